"""Checkers for the extra Catch an overfitting autoencoder."""

import numpy as np

from helpers.exercises import close


def rise_and_gap(given) -> str | None:
    """From 15 to 18: 20 %; 18 over 3: a factor of 6."""
    got = np.ravel(np.array(given, dtype=float))
    if got.shape != (2,):
        return "give two numbers: (rise in per cent, gap as a factor)."
    rise, gap = got
    if close(rise, 20, 0.01) and close(gap, 6, 0.01):
        return None
    if close(rise, 0.2, 0.01) and close(gap, 6, 0.01):
        return "the rise is wanted in per cent."
    if close(gap, 15, 0.01):
        return "the gap as a factor: validation error over training error, not their difference."
    if close(gap, 3, 0.01):
        return "the gap belongs to one pass: both errors of the last column."
    if close(rise, 3, 0.01):
        return "the rise in per cent of the least validation error, 15."
    if close(gap, 6, 0.01):
        return "the gap is right; the rise compares the last validation error with the least one."
    return "rise: last over least validation error. Gap: validation over training error at the end."


def shifts(given) -> str | None:
    """Originals and four neighbours, each image moved as a whole."""
    rng = np.random.default_rng(5)
    pictures = np.zeros((3, 28, 28), "float32")
    pictures[:, 4:24, 5:22] = rng.random((3, 20, 17))
    x = pictures.reshape(3, 784)
    got = np.asarray(given(x.copy()))
    if got.shape == (15, 28, 28):
        return "the network takes flat images: reshape the result to (-1, 784)."
    if got.shape == (12, 784):
        return "that is four times as many: the images themselves belong to it, too."
    if got.shape != (15, 784):
        return f"three images must give fifteen, of shape (15, 784), not {got.shape}."

    def contains(wanted) -> bool:
        gaps = np.abs(got[:, None] - wanted.reshape(3, 784)[None]).max(axis=2)
        return bool((gaps.min(axis=0) < 1e-6).all())

    if not contains(pictures):
        return "the images themselves are missing, or changed."
    moves = {"down": (1, 1), "up": (-1, 1), "right": (1, 2), "left": (-1, 2)}
    missing = [
        name for name, (by, axis) in moves.items() if not contains(np.roll(pictures, by, axis))
    ]
    if not missing:
        return None
    if contains(np.roll(pictures, 2, axis=1)) or contains(np.roll(pictures, 2, axis=2)):
        return "one pixel, and not two."
    if all(np.abs(image - x).max(axis=1).min() < 1e-6 for image in got):
        return "axis 0 counts the images: rolling along it moves nothing within an image."
    return f"moved by one pixel {' and '.join(missing)}: missing."


def with_and_without(given) -> str | None:
    """(without, with): both between 8 and 20, shifts below."""
    got = np.ravel(np.array(given, dtype=float))
    if got.shape != (2,):
        return "give two errors: (without shifts, with shifts)."
    if not np.isfinite(got).all():
        return "one of them is no number: Adam at 0.001 does not diverge here."
    if (got < 1).all():
        return "that is Keras's mse, a mean over pixels: multiply it by 784."
    without, shifted = got
    if without < 7 or shifted < 7:
        return "so low are errors on training images: judge by digits.x_val[:500]."
    if max(got) > 20:
        return "3,200 steps each: 160 passes over 500 images, 32 over 2,500."
    if close(without, shifted, 1e-4):
        return "the same number twice: did the second run get the shifted images?"
    if shifted > without:
        return "exchanged, or the shifted images are not shifted: the first number is without."
    return None


def best_of_pca(given) -> str | None:
    """Nested subspaces: an unclipped projection on one more direction never raises an error."""
    k = float(given)
    if k == 99:
        return None
    if k in (100, 98):
        return "100 images minus their mean span 99 directions: look at both ends of the range."
    return (
        "is that the least of the unclipped errors of all 99? One more direction: can the "
        "distance to the projection grow?"
    )


def two_judges(given) -> str | None:
    """(on the 20, on 2,000 others): images other than the 20 cannot come out as the same number."""
    got = np.ravel(np.array(given, dtype=float))
    if got.shape != (2,):
        return "give two errors: (on the 20 images, on the 2,000 others)."
    if not np.isfinite(got).all():
        return "one of them is no number."
    if (got < 1).all():
        return "that is Keras's mse, a mean over pixels: multiply it by 784."
    if close(*got, 1e-6):
        return "the same number twice: the second is of digits.x_val[500:2_500]."
    if got.min() < 7:
        return "so low are errors on training images: judge by validation images."
    if got.max() > 25:
        return "160 passes over 500 digits, and the kept weights put into the model: `set_weights`."
    return None


CHECKERS = {
    "overfitting.a": rise_and_gap,
    "overfitting.1": shifts,
    "overfitting.2": with_and_without,
    "overfitting.3": best_of_pca,
    "overfitting.4": two_judges,
}
