"""Settings, claims and the machine: what a learner reads, word for word where it matters."""

import math
import re

import pytest
from IPython.core.interactiveshell import InteractiveShell

from helpers import CourseError, check
from helpers.errors import ClaimError, SettingsError

SPECS = {
    "DATASET": ["mnist", "fashion-mnist"],
    "SHUFFLE": [True, False],
    "CODE": (32, 1, 256),
    "RATE": (5e-3, 1e-5, 0.1),
    "CODES": ([2, 8, 32], 1, 256),
    "RATES": ((0.1, 0.5), 0, 1),
}
DEFAULTS = {name: spec[0] for name, spec in SPECS.items()}


def settings(values: dict) -> None:
    """Run ``check.settings`` in a settings cell that holds ``values``."""
    exec("check.settings(**specs)", {"check": check, "specs": SPECS, **values})


@pytest.fixture(autouse=True)
def leave_defaults_behind():
    yield
    check._changed.clear()


# --- settings ------------------------------------------------------------------------------------


def test_defaults(capsys):
    settings(DEFAULTS)
    assert capsys.readouterr().out == "Settings: the defaults.\n"


def test_changed_settings_are_listed(capsys):
    settings(DEFAULTS | {"CODE": 8, "CODES": [4]})
    assert capsys.readouterr().out == (
        "Changed settings: CODE = 8, CODES = [4]. Numbers in the text belong to the defaults.\n"
    )


def test_back_to_the_defaults(capsys):
    settings(DEFAULTS | {"CODE": 8})
    settings(DEFAULTS)
    assert capsys.readouterr().out.endswith("Settings: the defaults.\n")
    assert not check._changed


@pytest.mark.parametrize(
    ("name", "value"),
    [
        *(("CODE", 1), ("CODE", 256), ("RATE", 0.1), ("RATE", 1e-5), ("SHUFFLE", False)),
        *(("DATASET", "fashion-mnist"), ("CODES", (5, 6)), ("CODES", [256]), ("RATES", [0, 1])),
    ],
)
def test_sense_is_accepted(name, value, capsys):
    settings(DEFAULTS | {name: value})
    assert f"{name} = {value!r}" in capsys.readouterr().out


WHOLE, NUMBER = "give a whole number from 1 to 256.", "give a number from 1e-05 to 0.1."
LIST = "give whole numbers from 1 to 256."
NONSENSE = [
    *(("CODE", value, WHOLE) for value in (0, 257, -1, 8.0, "8", None, True, [8], math.nan)),
    *(("RATE", value, NUMBER) for value in (0, 1, -0.1, math.nan, math.inf, "0.1", True, 0.1j)),
    *(("CODES", value, LIST) for value in ([], 8, [0], [2, 300], [2.0], ["2"], [True], "28", None)),
    *(("CODES", value, "every number once, please.") for value in ([2, 2], (8, 2, 8))),
    *(("RATES", value, "give numbers from 0 to 1.") for value in ([], 0.5, [0.1, 2], [None])),
    *(
        ("DATASET", value, "choose one of 'mnist', 'fashion-mnist'.")
        for value in ("MNIST", "", None, 0, ["mnist"])
    ),
    *(("SHUFFLE", value, "choose True or False.") for value in (0, 1, "True", None)),
]


@pytest.mark.parametrize(("name", "value", "cure"), NONSENSE)
def test_nonsense_is_refused(name, value, cure, capsys):
    with pytest.raises(SettingsError) as error:
        settings(DEFAULTS | {name: value})
    assert str(error.value) == f"{name} = {value!r} does not work: {cure}"
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize("name", SPECS)
def test_missing_setting(name):
    with pytest.raises(SettingsError, match=f"^{name} is not set: run the whole settings cell.$"):
        settings({key: value for key, value in DEFAULTS.items() if key != name})


# --- claims --------------------------------------------------------------------------------------


@pytest.mark.parametrize("always", [False, True])
@pytest.mark.parametrize("changed", [{}, {"CODE": 8}])
def test_true_claim(changed, always, capsys):
    settings(DEFAULTS | changed)
    check.claim("Water is wet.", True, always=always)
    assert capsys.readouterr().out.endswith("✓ Water is wet.\n")


def test_false_claim_under_the_defaults_raises():
    settings(DEFAULTS)
    with pytest.raises(ClaimError, match=r"^This should be true, and is not: Water is dry.$"):
        check.claim("Water is dry.", False)


def test_false_claim_under_other_settings_is_only_noted(capsys):
    settings(DEFAULTS | {"CODE": 8, "RATE": 0.1})
    check.claim("Water is dry.", False)
    assert capsys.readouterr().out.endswith(
        "– Not with your settings (CODE, RATE changed): Water is dry.\n"
    )


def test_identities_hold_under_all_settings():
    settings(DEFAULTS | {"CODE": 8})
    with pytest.raises(ClaimError):
        check.claim("1 = 2.", False, always=True)


# --- what a notebook shows -----------------------------------------------------------------------


def test_notebook_shows_only_the_sentence(capsys):
    shell = InteractiveShell()
    result = shell.run_cell(
        "from helpers import check\nCODE = 0\ncheck.settings(CODE=(32, 1, 256))", silent=True
    )
    assert isinstance(result.error_in_exec, SettingsError)
    shown = re.sub(r"\x1b\[[0-9;]*m", "", "".join(capsys.readouterr())).strip()
    assert shown == f"SettingsError: CODE = 0 does not work: {WHOLE}"


def test_every_course_error_is_a_value_error_with_the_hook():
    kinds = CourseError.__subclasses__()
    assert len(kinds) >= 4
    for kind in kinds:
        assert issubclass(kind, ValueError)
        assert kind("So it is.")._render_traceback_() == [f"{kind.__name__}: So it is."]


# --- the machine ---------------------------------------------------------------------------------


def test_machine_is_fine_here():
    table = check.machine()
    assert list(table.columns) == ["what", "found", "state"]
    assert {"Python", "tensorflow", "keras", "data/mnist"} <= set(table["what"])
    assert list(table["state"]) == ["ok"] * len(table)


def test_machine_says_what_to_do(monkeypatch):
    monkeypatch.setattr(check, "PYTHONS", ((2, 6), (2, 7)))
    monkeypatch.setattr(check, "MEMORY", 1e6)
    states = check.machine().set_index("what")["state"]
    assert states["Python"] == "make the environment anew with Python 2.6 to 2.7"
    assert states["free memory"] == "close other programs and notebooks"
