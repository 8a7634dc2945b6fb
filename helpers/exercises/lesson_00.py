"""Checkers for lesson 00, Start here."""

import numpy as np

from helpers.exercises import close

LEFT = {"PCA": 23, "autoencoder": 20}  # per cent of the mean image's error, at the defaults


def squared_error(given) -> str | None:
    """A function (x, x_hat) → Σ (x − x̂)² of one image."""
    rng = np.random.default_rng(0)
    x, x_hat = rng.random((2, 784))
    gaps, found = x - x_hat, given(x, x_hat)
    if np.ndim(found):
        return "that is one number a pixel; add them up."
    if close(found, (gaps**2).sum(), 1e-4):
        return None
    if close(found, (gaps**2).mean(), 1e-4):
        return "that is the mean over the pixels; the course's unit is their sum."
    if close(found, (gaps**2).sum() ** 0.5, 1e-4):
        return "no square root: that is the distance of the two images, not its square."
    if close(found, gaps.sum(), 1e-4) or close(found, np.abs(gaps).sum(), 1e-4):
        return "square the differences before you add them up."
    return "subtract pixel by pixel, square, and sum over the 784 pixels."


def error_left(given) -> str | None:
    """What PCA and the autoencoder leave of the mean image's error, in per cent."""
    if np.size(given) != 2:
        return "give two numbers in brackets: (PCA, autoencoder)."
    pca, autoencoder = (float(value) for value in given)
    if max(pca, autoencoder) < 1:
        return "in per cent, please: 100 times that."
    if max(abs(pca - LEFT["PCA"]), abs(autoencoder - LEFT["autoencoder"])) <= 1.5:
        return None
    if max(abs(100 - pca - LEFT["PCA"]), abs(100 - autoencoder - LEFT["autoencoder"])) <= 1.5:
        return "that is the part of the error that went away; how much is left?"
    if max(abs(pca - LEFT["autoencoder"]), abs(autoencoder - LEFT["PCA"])) <= 1.5:
        return "the two are exchanged: PCA first, then the autoencoder."
    return "divide each error of the table by the mean image's, at the default settings."


def smallest_code(given) -> str | None:
    """The smallest of 1, 2, 4, 8, 16 at which the error is at most half of the mean image's."""
    if given == 8:
        return None
    if given in (1, 2, 4):
        return "train it: its error is still more than half of the mean image's."
    if given == 16:
        return "that is small enough; is there a smaller one?"
    return "one of 1, 2, 4, 8 and 16."


def friend(given) -> str | None:
    """A code with ReLU, which can hold no negative number, against a linear one."""
    word = " ".join(str(given).lower().split())
    if word == "worse":
        return None
    if word == "better":
        return "train both with the same seeds: the linear code's error is the lower one."
    if word == "as good":
        return "compare at equal seeds: the difference is far above 3 %."
    return 'say "better", "worse" or "as good".'


CHECKERS = {
    "00.a": squared_error,
    "00.b": error_left,
    "00.1": smallest_code,
    "00.2": friend,
}
