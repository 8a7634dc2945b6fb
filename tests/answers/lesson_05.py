"""Right and wrong answers to the tasks and exercises of lesson 05."""

import numpy as np


def clipped(g, c):
    return g * min(1.0, c / float(np.sqrt((g**2).sum())))


def clipped_in_place(g, c):
    norm = np.linalg.norm(g)
    if norm > c:
        g *= c / norm
    return g.astype("float32")


RIGHT = {
    "05.a": [16, 16.0],
    "05.b": [1e-7 / 784**2, 1.63e-13],
    "05.1": [2.55, 2.53],
    "05.2": [29.5, 28, 31.5],
    "05.3": [clipped, clipped_in_place],
    "05.4": [0.81, 0.82, 0.9**2],
}

WRONG = {
    "05.a": [
        (8, "others have not"),
        (4, "they end lowest"),
        (1, "limit of a bowl"),
        (32, "only crosses"),
    ],
    "05.b": [
        (1e-7 / 784, "the square of the unit"),
        (1e-7 * 784**2, "ε has to follow"),
        (1e-7 / 28, "not its root"),
        (1e-14, "pull c out"),
    ],
    "05.1": [
        (1, "that is a bowl's limit"),
        (2, "the edge of two weights"),
        (5.1, "give the multiple"),
        (1.5, "turn the rate up"),
        (3.5, "turn the rate down"),
        (-1, "such as 1.5"),
    ],
    "05.2": [
        (36, "go on to larger rates"),
        (43, "is m = 0.9 m − η g in the loop"),
        (50, "it gets much lower"),
        (2, "the lowest mean of the last ten"),
    ],
    "05.3": [
        (lambda g, c: np.clip(g, -c, c), "clips each number for itself"),
        (lambda g, c: g * c / np.linalg.norm(g), "yours is stretched"),
        (lambda g, c: g * min(1, c / (g**2).sum()), "not by its square"),
        (lambda g, c: g / max(1, np.linalg.norm(g)), "the length c, not 1"),
        (lambda g, c: g, "must become shorter"),
        (lambda g, c: g * 0.5, "g · c / ‖g‖ otherwise"),
        (lambda g, c: g.sum(), "must keep the gradient's shape"),
        (10, "give a function"),
    ],
    "05.4": [
        (0.9, "which β₂ has the root"),
        (0.949, "the root belongs to v"),
        (0.5, "still grow"),
        (0.999, "go down"),
    ],
}
