"""Errors that speak to the learner in one sentence."""

import reprlib

_REPR = reprlib.Repr()
_REPR.maxstring = _REPR.maxother = _REPR.maxlong = 50
_LONGEST = 60  # characters of a quoted value: the sentence around it stays below 200


def quoted(value) -> str:
    """``value`` as it is written in code, on one line and short enough for one sentence."""
    try:
        written = " ".join(_REPR.repr(value).split())
    except ValueError:  # Python does not write whole numbers of thousands of digits
        written = f"<{type(value).__name__}>"
    return written if len(written) <= _LONGEST else f"{written[: _LONGEST - 3]}..."


class CourseError(ValueError):
    """A mistake that the learner can mend; the message names the thing and the cure.

    In a notebook only the sentence is shown, without the traceback through the helpers.
    """

    def _render_traceback_(self) -> list[str]:  # the hook that IPython asks for
        return [f"{type(self).__name__}: {self}"]


class DataError(CourseError):
    """A data file is missing, damaged or not what its name says."""


class SettingsError(CourseError):
    """A value in the settings cell makes no sense."""


class TrainingError(CourseError):
    """Images, model, loss and training settings do not fit together."""


class ClaimError(CourseError):
    """A statement of the lesson is not true of the outputs above it."""
