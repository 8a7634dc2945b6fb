"""Right and wrong answers to the tasks and exercises of lesson 08."""

import numpy as np


def normalised(h, kind):
    axis = 0 if kind == "batch" else 1
    return (h - h.mean(axis, keepdims=True)) / h.std(axis, keepdims=True)


def with_one_less(h, kind):
    rows = h if kind == "batch" else h.T
    out = (rows - rows.mean(axis=0)) / np.sqrt(rows.var(axis=0) + 1e-6)
    return out if kind == "batch" else out.T


def exchanged(h, kind):
    return normalised(h, "layer" if kind == "batch" else "batch")


def uncentred(h, kind):
    return h / h.std(0 if kind == "batch" else 1, keepdims=True)


def by_variance(h, kind):
    axis = 0 if kind == "batch" else 1
    return (h - h.mean(axis, keepdims=True)) / h.var(axis, keepdims=True)


RIGHT = {
    "08.a": [3.87, 15**0.5],
    "08.b": [3],
    "08.1": [2, 2.0],
    "08.2": [1e-12, 1e-10, 0],
    "08.3": [normalised, with_one_less],
    "08.4": [0.66, 0.84, 0.61],
}

WRONG = {
    "08.a": [
        (15, "take the root"),
        (1, "adds 15 of them"),
        (0.484, "no division by the width"),
        (8, "the sum of their squares"),
    ],
    "08.b": [
        (2, "one more"),
        (7, "the right panel"),
        (4, "by less than 3 %"),
        (0, "count the rows"),
    ],
    "08.1": [
        (1, "right for fifteen inputs"),
        (0.5, "too small"),
        (4, "too loud"),
        (3, "one of the four"),
    ],
    "08.2": [
        (1e-3, "Keras's own"),
        (0.1, "no norm at all"),
        (-1e-3, "at least 0"),
        (1e-5, "measure them"),
    ],
    "08.3": [
        (exchanged, "exchanged"),
        (lambda h, kind: normalised(h, "batch"), "one of the two is right"),
        (uncentred, "the mean has to go"),
        (by_variance, "not by the variance"),
        (lambda h, kind: (h - h.mean()) / h.std(), "give mean and std the axis"),
        (lambda h, kind: h.mean(0), "keep the shape"),
        (lambda h, kind: h, "subtract the mean"),
        (1.0, "give a function"),
    ],
    "08.4": [
        (4e-5, "with logistic units"),
        (0.22, "take tanh"),
        (0.145, "the norm `layer`"),
        (0.9998, "behind batch norm"),
        (0.6943, "layer 1"),
        (0.4, "the last of the six"),
    ],
}
