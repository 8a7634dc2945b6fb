"""Checkers for the extra "Ask penalties and teachers"."""

import numpy as np

from helpers.exercises import close


def after_one(given) -> str | None:
    """0.9, −0.3 and 0.05, each 0.1 nearer to zero and not beyond it."""
    values = np.ravel(np.asarray(given, dtype="float64"))
    if values.shape != (3,):
        return "give three numbers, one for each weight."
    if np.allclose(values, [0.8, -0.2, 0.0], atol=1e-6):
        return None
    if np.allclose(values, [0.8, -0.2, -0.05], atol=1e-6):
        return "the last weight jumped over zero: that is what L1's gradient does."
    if np.allclose(values[1:], [-0.4, 0.0], atol=1e-6) or np.isclose(values[1], -0.4):
        return "a negative weight has to come *nearer* to zero, too."
    if np.allclose(values, [0.9 * 0.9, -0.3 * 0.9, 0.05 * 0.9], atol=1e-6):
        return "that takes a share of each; the soft threshold takes the same amount."
    return "take 0.1 off the size of each weight, and keep its sign; where less is there, leave 0."


def share_left(given) -> str | None:
    """exp(−0.3 · Σ η) with Σ η = 0.01 · 3,200 / 2."""
    value = float(given)
    if 0.0077 <= value <= 0.0087:
        return None
    if close(value, np.exp(-9.6), 0.1):
        return "the rate falls to zero: on average it is half of 0.01."
    if close(value, 1 - np.exp(-4.8), 0.01):
        return "that is the share that is gone."
    if close(value, 0.82, 0.02) or 0.5 < value < 1:
        return "is that a per cent? The exponent is d times the sum of all the rates."
    return "the shares multiply: e to the power of −d times the sum of the rates."


def zeros_for_free(given) -> str | None:
    """A strength that zeroes half of the weights and costs no held-out error."""
    try:
        strength, share, ratio = (float(value) for value in given)
    except (TypeError, ValueError):
        return "give three numbers: strength, share of zeros, error over the error without."
    if not 0 <= share <= 1:
        return "the share of zeros lies between 0 and 1: np.mean(w == 0) over all kernels."
    if ratio > 3:
        return "divide the held-out error by that of the model without a penalty."
    if strength <= 0:
        return "a strength of zero takes nothing away."
    if share < 0.5:
        return "fewer than half of the weights are zero: take more off in each step."
    if ratio > 1:
        return "that costs error: a weaker threshold leaves more of the model."
    if not 0.005 <= strength <= 0.3 or ratio < 0.6:
        return "these numbers do not belong together: train once more, at rate 0.01."
    return None


def three_errors(given) -> str | None:
    """Teacher 31.8, its student 25.4, student of the images 17.6: far above, below its teacher."""
    try:
        teacher, student, alone = (float(value) for value in given)
    except (TypeError, ValueError):
        return "give three held-out errors: the teacher's, its student's, and without a teacher."
    if max(teacher, student, alone) < 1:
        return "are these errors per pixel? measure.sq_err sums over the 784 pixels."
    if not 12 < alone < 23:
        return "the student of the images should end between 12 and 23: 3,200 steps at rate 0.005."
    if not 20 < teacher < 42:
        return "a code of 4 numbers costs between 20 and 42: is the teacher's code 4?"
    if student < 1.1 * alone:
        return "was the teacher's answer the *target*, for the whole training, and share 1?"
    if not 0.7 < student / teacher < 1.1:
        return "compare the student with the held-out *images*, not with its teacher's answers."
    return None


CHECKERS = {
    "penalties.1": zeros_for_free,
    "penalties.2": three_errors,
    "penalties.a": after_one,
    "penalties.b": share_left,
}
