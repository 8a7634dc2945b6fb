"""Checkers for the extra Take the noise away."""

import functools

import numpy as np
from scipy import ndimage

from helpers import data, measure
from helpers.exercises import close

RATIO = (0.9, 1.06)  # wide over narrow: 0.98 in the solutions, and room for other seeds
CLEAN, NOISY = (6, 14), (20, 60)  # errors of an ordinary autoencoder


def unclipped_noise(given) -> str | None:
    """784 pixels times the variance."""
    error = float(given)
    if close(error, 784 * 0.16, 0.005):
        return None
    if close(error, 0.16, 0.01):
        return "that is the error of one pixel; an image has 784."
    if close(error, 784 * 0.4, 0.01):
        return "the *squared* error: a pixel's is the variance, 0.4 squared."
    return "a pixel's squared error is the variance of the noise, on average; add up 784 of them."


@functools.lru_cache(maxsize=1)
def _median_errors() -> dict[int, float]:
    x = data.load("mnist", n=10_240).x_val[:500]
    u = np.random.default_rng(0).random(x.shape, "float32")
    noisy = np.where(u < 0.3, (u < 0.15).astype("float32"), x).reshape(-1, 28, 28)
    filtered = {s: ndimage.median_filter(noisy, (1, s, s)) for s in range(1, 8)}
    return {s: measure.sq_err(x, f.reshape(x.shape)) for s, f in filtered.items()}


def window(given) -> str | None:
    """The window with the least error on salt and pepper at 0.3."""
    size = int(given)
    if size != given or not 1 <= size <= 28:
        return "give a whole number of pixels, the side of the window."
    errors = _median_errors()
    best = min(errors, key=errors.get)
    if size == best:
        return None
    if size == 1:
        return "a window of one pixel leaves the noise where it is."
    side = "wider" if size < best else "narrower"
    return f"there is a better one: try a {side} window."


def wide_or_narrow(given) -> str | None:
    """Error of the wide denoiser over that of the narrow one."""
    ratio = float(given)
    if RATIO[0] < ratio < RATIO[1]:
        return None
    return (
        "train both with the same noisy inputs, clean targets and steps, and judge both "
        "against the clean images."
    )


def ordinary(given) -> str | None:
    """Errors of a network trained without noise, on clean and on noisy images."""
    got = np.ravel(np.array(given, dtype=float))
    if got.shape != (2,):
        return "give two errors: (clean, Gaussian)."
    if not np.isfinite(got).all() or (got < 1).all():
        return "in sq.err/image, please: measure.sq_err(some, ...)."
    clean, noisy = got
    if noisy < clean:
        return "the other way round: clean first, then Gaussian."
    if noisy < NOISY[0]:
        return "so low ends a network that was trained to denoise: give it clean inputs."
    if CLEAN[0] < clean < CLEAN[1] and noisy < NOISY[1]:
        return None
    return "two passes, the same rate, `inputs` left out; judge both against the clean images."


def twice(given) -> str | None:
    """Errors after painting once and twice."""
    got = np.ravel(np.array(given, dtype=float))
    if got.shape != (2,):
        return "give two errors: (once, twice)."
    if not np.isfinite(got).all() or (got < 1).all():
        return "in sq.err/image, please: measure.sq_err(some, ...)."
    once, again = got
    if close(once, again, 1e-4):
        return "the same number twice: the second painting starts from the first."
    if not 15 < once < 60:
        return "paint test_noise['Gaussian', 0.8] first, and compare with the clean images."
    if not 0.4 < again / once < 1.5:
        return "compare both paintings with the clean images, not with each other."
    return None


CHECKERS = {
    "noise.a": unclipped_noise,
    "noise.b": window,
    "noise.1": wide_or_narrow,
    "noise.2": ordinary,
    "noise.3": twice,
}
