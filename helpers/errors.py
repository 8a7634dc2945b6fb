"""Errors that speak to the learner in one sentence."""


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
