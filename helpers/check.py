"""Settings and claims, and all that a lesson checks: it is tested where the reader can see it.

``check.settings`` and ``check.claim`` are here; ``check.guess``, ``check.answer``, ``check.task``,
``check.progress`` and ``check.machine`` have modules of their own and are reached from here, under
one short name.
"""

import sys
from numbers import Integral, Real

import numpy as np

from helpers import idx
from helpers.answers import NotAttempted, answer, hint, task
from helpers.errors import ClaimError, CourseError, SettingsError, quoted
from helpers.guesses import guess
from helpers.machine import machine
from helpers.say import say
from helpers.solved import progress

__all__ = [
    "NotAttempted",
    "answer",
    "claim",
    "guess",
    "hint",
    "machine",
    "progress",
    "settings",
    "task",
]

LESSON_IMAGES = (28, 28)  # pixels of the images that the lessons' models take

_changed: dict[str, object] = {}


def settings(**specs) -> None:
    """Check the settings of the cell that calls this, and say which ones were changed.

    Each keyword names a setting and gives its default first:
    a list of choices ``["mnist", "fashion-mnist"]``, or a range ``(default, low, high)``.
    ``["mnist", "fashion-mnist", ...]``, with a literal ``...``, also allows every set of 28 × 28
    grey images that the reader added to ``data/``.
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
        if isinstance(spec, list):
            _check_choice(name, value, spec)
        else:
            _check_range(name, value, *spec)
        if value != default:
            _changed[name] = value
    if _changed:
        listed = ", ".join(f"{name} = {quoted(value)}" for name, value in _changed.items())
        say(f"Changed settings: {listed}. Numbers in the text belong to the defaults.")
    else:
        say("Settings: the defaults.")


def _refuse(name: str, value, why: str) -> None:
    raise SettingsError(f"{name} = {quoted(value)} does not work: {why}")


def _check_choice(name: str, value, spec: list) -> None:
    choices = [choice for choice in spec if choice is not ...]
    if any(_same(value, choice) for choice in choices):
        return
    if isinstance(choices[0], bool):
        _refuse(name, value, "choose True or False.")
    listed = ", ".join(repr(choice) for choice in choices)
    data_sets = set(choices) & set(idx.COURSE)
    if (
        data_sets
        and isinstance(value, str)
        and value in set(idx.sets(idx.FOLDER)) - set(idx.COURSE)
    ):
        if ... not in spec:
            _refuse(name, value, f"this lesson's results exist only for {listed}.")
        shape = idx.image_shape(idx.FOLDER, value) or LESSON_IMAGES  # a damaged file: see load
        if shape != LESSON_IMAGES:
            size = " × ".join(map(str, shape))
            _refuse(name, value, f"this lesson takes 28 × 28 grey images, and these are {size}.")
        return
    own = ", or a set of your own in data/" if ... in spec else ""
    _refuse(name, value, f"choose one of {listed}{own}.")


def _same(value, choice) -> bool:
    """Equal, and of one kind: 1 is not True, while NumPy's 16 is 16."""
    if isinstance(choice, bool) or isinstance(value, bool | np.bool_):
        return isinstance(choice, bool) and isinstance(value, bool | np.bool_) and value == choice
    kind = Real if isinstance(choice, Real) else type(choice)
    return isinstance(value, kind) and bool(value == choice)


def _check_range(name: str, value, default, low, high) -> None:
    several = isinstance(default, list | tuple)
    kind = type(default[0]) if several else type(default)
    members = value if several else [value]
    wanted = f"{'whole numbers' if kind is int else 'numbers'} from {low} to {high}"
    if not several:
        wanted = f"a {wanted.replace('numbers', 'number')}"
    good = isinstance(members, list | tuple) and len(members) > 0
    numbers = Integral if kind is int else Real
    good = good and all(
        isinstance(m, numbers) and not isinstance(m, bool) and low <= m <= high for m in members
    )
    if not good:
        _refuse(name, value, f"give {wanted}.")
    if several and len(set(members)) < len(members):
        _refuse(name, value, "every number once, please.")


def claim(sentence: str, condition, *, always: bool = False) -> None:
    """State something about the outputs above, and fail if it is not true of them.

    condition: True or False, Python's or NumPy's. Anything else is refused: an array, a missing
    number or a generator would count as true whatever it holds.

    Under the lesson's default settings a false claim raises. Where the reader changed a setting,
    a result may well differ, and only a note is printed; ``always=True`` marks what must hold
    whatever the settings (identities, gradients, bounds).

    Raises
    ------
    ClaimError: if ``condition`` is false and the settings are the defaults, or ``always``.
    CourseError: if ``condition`` is neither true nor false.
    """
    if isinstance(condition, np.ndarray) and condition.shape == ():
        condition = condition[()]
    if not isinstance(condition, bool | np.bool_):
        raise CourseError(
            f"A claim needs True or False, not {quoted(condition)}: compare something, and reduce "
            "several answers to one with .all() or .any()."
        )
    if condition:
        say(f"✓ {sentence}")
    elif _changed and not always:
        say(f"– Not with your settings ({', '.join(_changed)} changed): {sentence}")
    else:
        raise ClaimError(f"This should be true, and is not: {sentence}")
