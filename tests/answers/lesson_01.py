"""Right and wrong answers to the exercises and tasks of lesson 01."""

from types import SimpleNamespace

import numpy as np


def rounded(z, bits):
    low, high = z.min(axis=0), z.max(axis=0)
    step = (high - low) / (2**bits - 1)
    return low + np.round((z - low) / step) * step


def rounded_by_search(z, bits):
    out = np.empty_like(z)
    for j, column in enumerate(z.T):
        levels = np.linspace(column.min(), column.max(), 2**bits)
        out[:, j] = levels[np.abs(column[:, None] - levels).argmin(axis=1)]
    return out


def rounded_by_integers(z, bits):
    z = z - (low := z.min(axis=0))
    top = z.max(axis=0)
    return np.rint(z / top * (2**bits - 1)).astype("uint8") / (2**bits - 1) * top + low


def rounded_together(z, bits):
    step = (z.max() - z.min()) / (2**bits - 1)
    return z.min() + np.round((z - z.min()) / step) * step


def rounded_down(z, bits):
    low = z.min(axis=0)
    step = (z.max(axis=0) - low) / (2**bits - 1)
    return low + np.floor((z - low) / step) * step


def one_level_too_many(z, bits):
    low = z.min(axis=0)
    step = (z.max(axis=0) - low) / 2**bits
    return low + np.round((z - low) / step) * step


RIGHT = {
    "01.a": [784 / 128, 6.125, 6.1],
    "01.b": [0.0128 * 784, 10.04, 10, np.float64(10.035)],
    "01.1": [16, 14, np.int64(20)],
    "01.2": [rounded, rounded_by_search, rounded_by_integers],
    "01.3": [1.5, np.float32(1.45)],
    "01.4": [0.6, SimpleNamespace(statistic=0.55, pvalue=0.0)],
}

WRONG = {
    "01.a": [(24.5, "four bytes"), (128 / 784, "other way round"), (7, "how many bytes")],
    "01.b": [
        (0.0128 / 784, "wrong way round"),
        (0.0128 * 28, "28 rows of 28"),
        (0.0128 * 784 / 2, "no factor ½"),
        (10.4, "nearly"),
        (0.0128, "undo that"),
    ],
    "01.1": [(8, "fewer than nine in ten"), (64, "half as large"), (0.9, "that is the share")],
    "01.2": [
        (rounded_together, "levels of its own"),
        (rounded_down, "not the one below"),
        (one_level_too_many, "a column of yours has 9"),
        (lambda z, bits: np.round(z, bits), "with 3 bits there are 8 levels"),
        (lambda z, bits: rounded(z, bits)[0], "the shape of the codes"),
        (lambda z, bits: rounded(z, bits) + 1, "the lowest level is the column's least"),
        (lambda z, bits: None, "returned nothing"),
        (rounded(np.eye(3), 2), "give a function"),
    ],
    "01.3": [
        (1 / 1.5, "other way round"),
        (50, "rise in per cent"),
        (0.46, "the rise alone"),
        (1.05, "over all classes"),
        (9.0, "on the validation images of 8s"),
    ],
    "01.4": [(-0.6, "mind the sign"), (0.15, "and `variety`, not `ink`"), (60, "between −1")],
}
