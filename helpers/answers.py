"""Answers to exercises and tasks: right, or a hint at the idea that is missing.

The checkers are in ``helpers/exercises``, one module a lesson.
"""

import importlib
import re
from collections.abc import Callable

from helpers.errors import CourseError, quoted
from helpers.say import say


class NotAttempted(Exception):
    """The answer is still ``...``, or a function that returns it."""


class _NothingReturned(Exception):
    """A function of the learner's returned None."""


def answer(exercise: str, given) -> None:
    """Check an answer to exercise ``"NN.k"``: a value, or a function that the checker calls.

    Prints "not attempted yet" while the stub's ``...`` is there, otherwise right, or wrong with a
    hint at the idea that is missing.

    Raises
    ------
    CourseError: there is no such exercise.
    """
    _report("Exercise", exercise, r"\w+\.\d+", given, "not attempted yet.")


def task(name: str, given) -> None:
    """The same for a small task ``"NN.a"`` inside the text, which says "not done yet"."""
    _report("Task", name, r"\w+\.[a-z]", given, "not done yet.")


def _report(kind: str, key: str, pattern: str, given, stub: str) -> None:
    if not re.fullmatch(pattern, str(key)):
        raise CourseError(f"There is no {kind.lower()} {quoted(key)}.")
    try:
        found = hint(key, given)
    except NotAttempted:
        say(f"{kind} {key}: {stub}")
    else:
        mark = "✓" if found is None else "✗"
        say(f"{mark} {kind} {key}: {found or 'right.'}")


def hint(key: str, given) -> str | None:
    """None for a right answer, otherwise a hint.

    Raises
    ------
    NotAttempted: the answer is a stub. CourseError: there is no such exercise or task.
    """
    try:
        lesson = importlib.import_module(f"helpers.exercises.lesson_{key.split('.')[0]}")
        checker: Callable[[object], str | None] = lesson.CHECKERS[key]
    except (ImportError, KeyError):
        raise CourseError(f"There is no exercise or task {quoted(key)}.") from None
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
        what = " ".join(f"{type(error).__name__}: {error}".split())  # one line, and not too long
        return f"your answer could not be checked, it raised {what[:200]}"
