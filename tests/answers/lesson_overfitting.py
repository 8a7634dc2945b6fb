"""Right and wrong answers to the exercises of the extra Catch an overfitting autoencoder."""

import math

import numpy as np


def shifted(x):
    pictures = x.reshape(-1, 28, 28)
    moved = [np.roll(pictures, by, axis) for axis in (1, 2) for by in (1, -1)]
    return np.concatenate([pictures, *moved]).reshape(-1, 784)


def padded(x):
    """With white pixels at the edges instead of rolled ones, and in another order."""
    wide = np.pad(x.reshape(-1, 28, 28), ((0, 0), (1, 1), (1, 1)))
    corners = [(0, 1), (2, 1), (1, 0), (1, 2), (1, 1)]
    return np.concatenate([wide[:, i : i + 28, j : j + 28].reshape(-1, 784) for i, j in corners])


def without_originals(x):
    return shifted(x)[len(x) :]


def pictures_only(x):
    return shifted(x).reshape(-1, 28, 28)


def along_images(x):
    return np.concatenate([x, *[np.roll(x, by, 0) for by in (1, -1, 2, -2)]])


def two_pixels(x):
    pictures = x.reshape(-1, 28, 28)
    moved = [np.roll(pictures, by, axis) for axis in (1, 2) for by in (2, -2)]
    return np.concatenate([pictures, *moved]).reshape(-1, 784)


def sideways(x):
    return np.concatenate([x, *[np.roll(x, by, 1) for by in (1, -1, 1, -1)]])


RIGHT = {
    "overfitting.a": [(20, 6), (20.0, 6.0)],
    "overfitting.1": [shifted, padded],
    "overfitting.2": [(15.1, 12.9), (14.8, 12.2)],
    "overfitting.3": [99, np.int64(99)],
    "overfitting.4": [(13.1, 14.9), (15.6, 15.1)],
}

WRONG = {
    "overfitting.a": [
        ((0.2, 6), "in per cent"),
        ((20, 15), "not their difference"),
        ((20, 3), "one pass"),
        ((3, 7), "in per cent of the least"),
        ((100 * 1 / 18, 6), "the gap is right"),
        (20, "two numbers"),
    ],
    "overfitting.1": [
        (without_originals, "four times"),
        (pictures_only, "flat images"),
        (along_images, "axis 0"),
        (two_pixels, "not two"),
        (sideways, "missing"),
    ],
    "overfitting.2": [
        ((12.9, 15.1), "exchanged"),
        ((0.0192, 0.0165), "multiply it by 784"),
        ((2.3, 5.0), "training images"),
        ((15.1, 24.0), "32 over 2,500"),
        ((15.1, 15.1), "same number"),
        (15.1, "two errors"),
        ((15.1, math.nan), "no number"),
    ],
    "overfitting.3": [(32, "can the"), (1, "can the"), (100, "99 directions")],
    "overfitting.4": [
        ((13.1, 13.1), "same number"),
        ((0.0167, 0.019), "multiply it by 784"),
        ((2.3, 14.9), "training images"),
        ((13.1, 60.0), "set_weights"),
        (14.9, "two errors"),
    ],
}
