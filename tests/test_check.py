"""Settings and claims: what a learner reads, word for word where it matters."""

import io
import math
import os
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from IPython.core.interactiveshell import InteractiveShell

from helpers import CourseError, check, data, idx
from helpers.errors import ClaimError, SettingsError
from helpers.say import say

ROOT = Path(__file__).parents[1]
SPECS = {
    "DATASET": ["mnist", "fashion-mnist"],
    "BATCH": [16, 64],
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
        *(("CODE", np.int64(8)), ("CODE", np.uint8(8)), ("RATE", np.float32(0.01))),
        *(("RATE", np.float64(0.01)), ("RATE", np.int64(0) + 0.05), ("SHUFFLE", np.False_)),
        *(("BATCH", 64), ("BATCH", np.int32(64)), ("CODES", [np.int64(5), 6])),
        *(
            ("DATASET", np.str_("fashion-mnist")),
            ("DATASET", "fashion-mnist"),
            ("CODES", (5, 6)),
            ("CODES", [256]),
            ("RATES", [0, 1]),
        ),
    ],
)
def test_sense_is_accepted(name, value, capsys):
    settings(DEFAULTS | {name: value})
    assert f"{name} = {value!r}" in capsys.readouterr().out


WHOLE, NUMBER = "give a whole number from 1 to 256.", "give a number from 1e-05 to 0.1."
LIST = "give whole numbers from 1 to 256."
NONSENSE = [
    *(
        ("CODE", value, WHOLE)
        for value in (0, 257, -1, 8.0, "8", None, True, [8], math.nan, np.True_)
    ),
    *(("CODE", value, WHOLE) for value in (np.int64(0), np.float64(8), np.array([8]))),
    *(("BATCH", value, "choose one of 16, 64.") for value in (True, 17, "16", None, [16])),
    *(("RATE", value, NUMBER) for value in (np.float64(0), np.float32(np.nan), np.int64(1))),
    *(("RATE", value, NUMBER) for value in (0, 1, -0.1, math.nan, math.inf, "0.1", True, 0.1j)),
    *(("CODES", value, LIST) for value in ([], 8, [0], [2, 300], [2.0], ["2"], [True], "28", None)),
    *(("CODES", value, "every number once, please.") for value in ([2, 2], (8, 2, 8))),
    *(("RATES", value, "give numbers from 0 to 1.") for value in ([], 0.5, [0.1, 2], [None])),
    *(
        ("DATASET", value, "choose one of 'mnist', 'fashion-mnist'.")
        for value in ("MNIST", "", None, 0, ["mnist"])
    ),
    *(("SHUFFLE", value, "choose True or False.") for value in (0, 1, "True", None, np.int64(1))),
]


@pytest.mark.parametrize(("name", "value", "cure"), NONSENSE)
def test_nonsense_is_refused(name, value, cure, capsys):
    with pytest.raises(SettingsError) as error:
        settings(DEFAULTS | {name: value})
    assert str(error.value) == f"{name} = {value!r} does not work: {cure}"
    assert capsys.readouterr().out == ""


HUGE = [
    *("a" * 10_000, "mnist\n" * 99, list(range(10_000)), 10**80, 10**9_999, {"a": list(range(99))}),
    *(["x" * 99] * 99, np.zeros((99, 99)), pd.DataFrame({"a": range(999)}), object()),
]


@pytest.mark.parametrize("place", range(len(HUGE)))
@pytest.mark.parametrize("name", SPECS)
def test_huge_nonsense_does_not_flood_the_sentence(name, place):
    with pytest.raises(SettingsError) as error:
        settings(DEFAULTS | {name: HUGE[place]})
    message = str(error.value)
    assert message.startswith(f"{name} = ") and message.endswith(".")
    assert len(message) <= 200 and message.isprintable()


def test_long_change_is_listed_in_short(capsys):
    settings(DEFAULTS | {"CODES": list(range(1, 257))})
    out = capsys.readouterr().out
    assert out.startswith("Changed settings: CODES = [1, 2, 3, 4, 5, 6, ...]. ") and len(out) < 120


# --- images of one's own -------------------------------------------------------------------------


@pytest.fixture
def own(tmp_path, monkeypatch):
    """A data folder with two sets of the reader's: small grey images, and photographs."""
    x = np.full((9, 28, 28), 7, "uint8")
    data.add("mine", x, None, x, None, folder=tmp_path)
    photos = np.full((9, 20, 30, 3), 7, "uint8")
    data.add("photos", photos, None, photos, None, folder=tmp_path)
    monkeypatch.setattr(idx, "FOLDER", tmp_path)
    return tmp_path


def choose(value, *choices):
    specs = {"DATASET": list(choices)}
    exec("check.settings(**specs)", {"check": check, "specs": specs, "DATASET": value})


def test_own_images_where_the_lesson_takes_them(own, capsys):
    choose("mine", "mnist", "fashion-mnist", ...)
    assert capsys.readouterr().out.startswith("Changed settings: DATASET = 'mine'.")
    choose("mnist", "mnist", "fashion-mnist", ...)
    assert capsys.readouterr().out == "Settings: the defaults.\n"


@pytest.mark.parametrize(
    ("value", "choices", "cure"),
    [
        (
            *("mine", ["mnist", "fashion-mnist"]),
            "this lesson's results exist only for 'mnist', 'fashion-mnist'.",
        ),
        (
            *("photos", ["mnist", ...]),
            "this lesson takes 28 × 28 grey images, and these are 20 × 30 × 3.",
        ),
        *(
            (value, ["mnist", ...], "choose one of 'mnist', or a set of your own in data/.")
            for value in ("mein", "fashion-mnist", None, 3, ["mine"], ...)
        ),
        ("mine", ["SGD", "Adam"], "choose one of 'SGD', 'Adam'."),
        ("mein", ["mnist"], "choose one of 'mnist'."),
    ],
)
def test_other_images_are_refused(own, value, choices, cure):
    with pytest.raises(SettingsError) as error:
        choose(value, *choices)
    assert str(error.value) == f"DATASET = {value!r} does not work: {cure}"


def test_damaged_own_set_is_left_to_the_loading_cell(own):
    (own / "mine" / data.FILES["x_train"]).write_bytes(b"")
    choose("mine", "mnist", ...)
    with pytest.raises(CourseError, match="is damaged"):
        data.load("mine", folder=own)


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


@pytest.mark.parametrize("yes", [np.True_, np.array(True), np.array([1, 2]).all()])
def test_numpy_truth(yes, capsys):
    settings(DEFAULTS)
    check.claim("Water is wet.", yes)
    assert capsys.readouterr().out.endswith("✓ Water is wet.\n")
    with pytest.raises(ClaimError):
        check.claim("Water is dry.", ~yes)


NEITHER = [
    *(math.nan, np.nan, None, 1, 0, 1.0, "", "False", (False,), [], [False], {}, np.int64(1)),
    *((x for x in [False]), np.array([True]), np.array([False, False]), np.array(1), print, ...),
    *(pd.Series([True]), pd.Series([], dtype=bool), pd.NA, math.isnan),
]


@pytest.mark.parametrize("changed", [{}, {"CODE": 8}])
@pytest.mark.parametrize("place", range(len(NEITHER)))
def test_what_is_neither_true_nor_false_is_no_claim(place, changed, capsys):
    settings(DEFAULTS | changed)
    capsys.readouterr()
    with pytest.raises(CourseError, match=r"^A claim needs True or False, not ") as error:
        check.claim("Water is wet.", NEITHER[place])
    message = str(error.value)
    assert message.endswith(" with .all() or .any().") and len(message) <= 200
    assert message.isprintable() and capsys.readouterr().out == ""


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


# --- consoles ------------------------------------------------------------------------------------

SIGNS = """
import sys; sys.path.insert(0, {root!r})
from helpers import check
CODE = 8
check.settings(CODE=(32, 1, 256))
check.claim("λ is 2 × 3.", True)
check.claim("λ is 2 − 3.", False)
check.answer("00.1", 8)
check.answer("00.1", 1)
"""


@pytest.mark.parametrize(
    ("encoding", "lines"),
    [
        ("utf-8:strict", ["✓ λ is 2 × 3.", "λ is 2 − 3.", "✓ Exercise", "✗ Exercise 00.1: tra"]),
        ("cp1252:strict", ["ok ? is 2 x 3.", "? is 2 - 3.", "ok Exercise", "x Exercise 00.1: tra"]),
        ("ascii:strict", ["ok ? is 2 x 3.", "? is 2 - 3.", "ok Exercise", "x Exercise 00.1: tra"]),
    ],
)
def test_console_that_lacks_the_signs(encoding, lines):
    done = subprocess.run(
        [sys.executable, "-X", "utf8=0", "-c", SIGNS.format(root=str(ROOT))],
        env=os.environ | {"PYTHONIOENCODING": encoding},
        capture_output=True,
    )
    assert done.returncode == 0, done.stderr.decode()
    out = done.stdout.decode(encoding.split(":")[0])
    assert [line in out for line in lines] == [True] * 4, out


def test_what_the_console_knows_stays(monkeypatch):
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(io.BytesIO(), "cp1252"))
    say("– 2 × 3 = 6")  # a dash and a cross that cp1252 holds
    sys.stdout.flush()
    assert sys.stdout.buffer.getvalue().decode("cp1252").rstrip() == "– 2 × 3 = 6"
