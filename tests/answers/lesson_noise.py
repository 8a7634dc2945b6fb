"""Right and wrong answers to the exercises and tasks of the extra Take the noise away."""

import math

import numpy as np

RIGHT = {
    "noise.a": [784 * 0.4**2, 125],
    "noise.b": [3, np.int64(3)],
    "noise.1": [0.98],
    "noise.2": [(9.5, 35.0), np.array([8.8, 40.0])],
    "noise.3": [(44.7, 28.8), [24.0, 24.5]],
}

WRONG = {
    "noise.a": [(0.16, "has 784"), (784 * 0.4, "squared"), (62, "add up 784")],
    "noise.b": [(1, "where it is"), (7, "narrower"), (2.5, "whole number")],
    "noise.1": [(0.5, "train both"), (3.0, "train both")],
    "noise.2": [
        ((35.0, 9.5), "other way round"),
        ((12.0, 14.0), "trained to denoise"),
        ((0.012, 0.04), "sq.err/image"),
        ((9.5, 300.0), "`inputs` left out"),
        (9.5, "two errors"),
    ],
    "noise.3": [
        ((24.0, 24.0), "same number"),
        ((5.0, 4.0), "paint test_noise"),
        ((24.0, 2.0), "not with each other"),
        ((0.03, 0.02), "sq.err/image"),
        ((24.0, math.nan), "sq.err/image"),
    ],
}
