"""Checkers for lesson 01, Encode and decode."""

import numpy as np

from helpers.exercises import close

NINE_IN_TEN = (13, 24)  # numbers in the code: what comes out varies with the seed
WITHOUT_EIGHTS = (1.2, 2.0)  # factor on the error of the 8s
AMONG_ONES = (0.3, 0.9)  # rank correlation of variety and error


def times_smaller(given) -> str | None:
    """784 pixels of a byte each against 32 numbers of four bytes each."""
    if close(given, 784 / 128, 0.02):
        return None
    if close(given, 784 / 32, 0.03):
        return "that counts numbers: a number of the code takes four bytes, a pixel takes one."
    if close(given, 128 / 784, 0.02) or close(given, 32 / 784, 0.03):
        return "the other way round: how many times does the code fit into the image?"
    return "784 pixels have 784 bytes; how many bytes have 32 numbers of 32 bits?"


def colleague(given) -> str | None:
    """A log says mse = 0.0128 a pixel; sq.err/image = 784 · 0.0128."""
    if close(given, 0.0128 * 784, 5e-3):
        return None
    if close(given, 0.0128 / 784, 1e-3):
        return "wrong way round: the sum over all pixels is larger than their mean."
    if close(given, 0.0128 * 28, 1e-3):
        return "the mean is over every pixel of the image, and it has 28 rows of 28."
    if close(given, 0.0128 * 784 / 2, 1e-3):
        return "there is no factor ½ in this course's objective."
    if close(given, 0.0128 * 784, 0.05):
        return "nearly: leave the product unrounded, or give three digits."
    return "Keras divides the summed squared error of an image by its number of pixels; undo that."


def smallest_code(given) -> str | None:
    """The least k from which the judge names nine in ten: found by training."""
    low, high = NINE_IN_TEN
    if low <= float(given) <= high:
        return None
    if close(given, 0.9, 0.2):
        return "that is the share; give the number of numbers in the code."
    if float(given) < low:
        return "from so few numbers the judge names fewer than nine in ten: have you measured it?"
    return "fewer numbers will do: try a code half as large."


def rounded(given) -> str | None:
    """Every column rounded to 2**bits equally spaced levels from its least to its greatest."""
    if not callable(given):
        return "give a function of the codes and the number of bits."
    rng = np.random.default_rng(3)
    z = rng.normal(size=(50, 3)) * [1.0, 10.0, 0.1] + [0.0, 5.0, -3.0]
    low, high = z.min(axis=0), z.max(axis=0)

    def right(bits: int, low, high) -> np.ndarray:
        step = (high - low) / (2**bits - 1)
        return low + np.round((z - low) / step) * step

    got = [np.asarray(given(z.copy(), bits), dtype="float64") for bits in (1, 3)]
    if got[0].shape != z.shape:
        return f"the rounded codes must have the shape of the codes, {z.shape}."
    if all(np.allclose(g, right(b, low, high)) for g, b in zip(got, (1, 3), strict=True)):
        return None
    if all(np.allclose(g, right(b, z.min(), z.max())) for g, b in zip(got, (1, 3), strict=True)):
        return "every column has levels of its own: use its own least and greatest value."
    levels = [len(np.unique(np.round(column, 9))) for column in got[1].T]
    if max(levels) > 8:
        return f"with 3 bits there are 8 levels, and a column of yours has {max(levels)}."
    if np.all(got[1] <= right(3, low, high) + 1e-9):
        return "the nearest level, please, not the one below."
    return "the lowest level is the column's least value, the highest its greatest, 2^b in all."


def without_eights(given) -> str | None:
    """Error of the 8s, without any in training, over that with them: found by training."""
    low, high = WITHOUT_EIGHTS
    if low <= float(given) <= high:
        return None
    if 1 / high <= float(given) <= 1 / low:
        return "the other way round: the error without 8s divided by the error with them."
    if 100 * (low - 1) <= float(given) <= 100 * (high - 1):
        return "that looks like a rise in per cent: give the factor."
    if low - 1 <= float(given) < 1 / high:
        return "that looks like the rise alone: the factor is the one error over the other."
    if 0.95 < float(given) < low:
        return "is that the error over all classes? Take the validation images of 8s alone."
    return "compare on the validation images of 8s, both trained with seed 0 and 8 epochs."


def variety_among_ones(given) -> str | None:
    """Spearman's rank correlation of variety and error among the validation images of a 1."""
    low, high = AMONG_ONES
    value = float(getattr(given, "statistic", given))
    if low <= value <= high:
        return None
    if not -1 <= value <= 1:
        return "a correlation lies between −1 and 1."
    if -high <= value <= -low:
        return "mind the sign: does the error rise or fall with the variety?"
    return "take only the images with label 1, and `variety`, not `ink`: rank it against `each`."


CHECKERS = {
    "01.a": times_smaller,
    "01.b": colleague,
    "01.1": smallest_code,
    "01.2": rounded,
    "01.3": without_eights,
    "01.4": variety_among_ones,
}
