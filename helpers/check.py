"""Settings, claims, answers and the machine: a lesson is tested where the reader can see it."""

import importlib
import importlib.metadata
import sys
from collections.abc import Callable

import pandas as pd
import psutil

from helpers import data
from helpers.errors import ClaimError, CourseError, SettingsError

PYTHONS = ((3, 11), (3, 13))  # oldest and newest that the course is made for
MEMORY = 3.0  # GiB that a lesson may need

_changed: dict[str, object] = {}


def settings(**specs) -> None:
    """Check the settings of the cell that calls this, and say which ones were changed.

    Each keyword names a setting and gives its default first:
    a list of choices ``["mnist", "fashion-mnist"]``, or a range ``(default, low, high)``.
    A setting whose default is a list or tuple (several code sizes, say) may hold any number of
    different values, each in the range.

    Raises
    ------
    SettingsError: one sentence that names the setting, its value and what is allowed.
    """
    values = sys._getframe(1).f_globals
    _changed.clear()
    for name, spec in specs.items():
        if name not in values:
            raise SettingsError(f"{name} is not set: run the whole settings cell.")
        value, default = values[name], spec[0]
        if isinstance(default, bool) and not isinstance(value, bool):
            raise SettingsError(f"{name} = {value!r} does not work: choose True or False.")
        if isinstance(spec, list):
            if value not in spec or isinstance(value, bool) != isinstance(default, bool):
                choices = ", ".join(repr(choice) for choice in spec)
                raise SettingsError(f"{name} = {value!r} does not work: choose one of {choices}.")
        else:
            _check_range(name, value, *spec)
        if value != default:
            _changed[name] = value
    if _changed:
        listed = ", ".join(f"{name} = {value!r}" for name, value in _changed.items())
        print(f"Changed settings: {listed}. Numbers in the text belong to the defaults.")
    else:
        print("Settings: the defaults.")


def _check_range(name: str, value, default, low, high) -> None:
    several = isinstance(default, list | tuple)
    kind = type(default[0]) if several else type(default)
    members = value if several else [value]
    wanted = f"{'whole numbers' if kind is int else 'numbers'} from {low} to {high}"
    if not several:
        wanted = f"a {wanted.replace('numbers', 'number')}"
    good = isinstance(members, list | tuple) and len(members) > 0
    numbers = int if kind is int else (int, float)
    good = good and all(
        isinstance(m, numbers) and not isinstance(m, bool) and low <= m <= high for m in members
    )
    if not good:
        raise SettingsError(f"{name} = {value!r} does not work: give {wanted}.")
    if several and len(set(members)) < len(members):
        raise SettingsError(f"{name} = {value!r} does not work: every number once, please.")


def claim(sentence: str, condition, *, always: bool = False) -> None:
    """State something about the outputs above, and fail if it is not true of them.

    Under the lesson's default settings a false claim raises. Where the reader changed a setting,
    a result may well differ, and only a note is printed; ``always=True`` marks what must hold
    whatever the settings (identities, gradients, bounds).

    Raises
    ------
    ClaimError: if ``condition`` is false and the settings are the defaults, or ``always``.
    """
    if bool(condition):
        print(f"✓ {sentence}")
    elif _changed and not always:
        print(f"– Not with your settings ({', '.join(_changed)} changed): {sentence}")
    else:
        raise ClaimError(f"This should be true, and is not: {sentence}")


class NotAttempted(Exception):
    """The answer is still ``...``, or a function that returns it."""


class _NothingReturned(Exception):
    """A function of the learner's returned None."""


def answer(exercise: str, given) -> None:
    """Check an answer to exercise ``"NN.k"``: a value, or a function that the checker calls.

    Prints "not attempted yet" while the stub's ``...`` is there, otherwise right, or wrong with a
    hint at the idea that is missing.
    """
    try:
        found = hint(exercise, given)
    except NotAttempted:
        print(f"Exercise {exercise}: not attempted yet.")
    else:
        mark = "✓" if found is None else "✗"
        print(f"{mark} Exercise {exercise}: {found or 'right.'}")


def hint(exercise: str, given) -> str | None:
    """None for a right answer, otherwise a hint; the checkers are in ``helpers/exercises``.

    Raises
    ------
    NotAttempted: the answer is a stub. CourseError: there is no such exercise.
    """
    try:
        lesson = importlib.import_module(f"helpers.exercises.lesson_{exercise.split('.')[0]}")
        checker: Callable[[object], str | None] = lesson.CHECKERS[exercise]
    except (ImportError, KeyError):
        raise CourseError(f"There is no exercise {exercise!r}.") from None
    if given is ...:
        raise NotAttempted

    def guarded(*args, **kwargs):
        out = given(*args, **kwargs)
        if out is ...:
            raise NotAttempted
        if out is None:
            raise _NothingReturned
        return out

    try:
        return checker(guarded if callable(given) else given)
    except NotAttempted:
        raise
    except _NothingReturned:
        return "your function returned nothing: is `return` missing?"
    except Exception as error:
        return f"your answer could not be checked, it raised {type(error).__name__}: {error}"


def machine() -> pd.DataFrame:
    """Look at Python, packages, memory and data; one row each, with "ok" or what to do."""
    rows = []

    def add(what: str, found: str, fine: bool, cure: str) -> None:
        rows.append({"what": what, "found": found, "state": "ok" if fine else cure})

    low, high = (".".join(map(str, version)) for version in PYTHONS)
    version = ".".join(map(str, sys.version_info[:3]))
    fine = PYTHONS[0] <= sys.version_info[:2] <= PYTHONS[1]
    add("Python", version, fine, f"make the environment anew with Python {low} to {high}")
    for package, wanted in (("tensorflow", "2.21"), ("keras", "3.15"), ("scikit-learn", "1.")):
        found = importlib.metadata.version(package)
        cure = f"written for {wanted}: run `pip install -r requirements.txt` again"
        add(package, found, found.startswith(wanted), cure)
    free = psutil.virtual_memory().available / 2**30
    add("free memory", f"{free:.0f} GiB", free >= MEMORY, "close other programs and notebooks")
    files = data.verify()
    for name, group in files.groupby(files["file"].str.split("/").str[0], sort=False):
        wrong = group["state"][group["state"] != "ok"]
        add(f"data/{name}", f"{group['MB'].sum():.0f} MB", wrong.empty, " ".join(wrong))
    return pd.DataFrame(rows)
