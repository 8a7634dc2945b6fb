"""Right and wrong answers to the tasks and exercises of lesson 07."""

import numpy as np


def by_moments(n, a):
    slopes = np.array([1.0, a])
    return 1 / (n * (slopes**2).mean())


RIGHT = {
    "07.a": [3, 3.0],
    "07.b": [0.627, 0.65],
    "07.1": [lambda n, a: 2 / (n * (1 + a**2)), by_moments],
    "07.2": [10.1, 10.3, 9.95],
    "07.3": [3.6, 3.55, np.float64(3.75)],
    "07.4": [1.5],
}

WRONG = {
    "07.a": [
        (4, "ten times too much"),
        (2, "so is a higher one"),
        (5, "the picture of the spread"),
        (8, "follow the curve"),
    ],
    "07.b": [
        (0.39, "that is χ"),
        (0.156, "where is σ"),
        (1, "many sums are large"),
        (2.5, "multiply σ = 4"),
    ],
    "07.1": [
        (lambda n, a: (2 / (n * (1 + a**2))) ** 0.5, "the variance is asked for"),
        (lambda n, a: 2 / n, "units with h < 0"),
        (lambda n, a: 2 / (n * (1 + a)), "enters as a²"),
        (lambda n, a: 1 / (n * (1 + a**2)), "weight ½"),
        (lambda n, a: (1 + a**2) / (2 * n), "wrong way round"),
        (lambda n, a: 2 / n * (1 - a), "right for a = 0"),
        (lambda n, a: 1 / n, "half of the units"),
        (0.02, "give a function"),
    ],
    "07.2": [
        (4, "let q settle first"),
        (103, "its root is asked for"),
        (1, "Glorot's rule"),
        (-3, "a positive number"),
        (6, "until it settles"),
    ],
    "07.3": [
        (6.3, "with its own error"),
        (13, "take the root"),
        (0.28, "the other way round"),
        (1, "replace"),
    ],
    "07.4": [
        (1, "go on to larger weights"),
        (2, "compare it with 1.5"),
        (4, "good for logistic units"),
        (0.5, "stays at the mean image"),
        (10, "one of the six"),
    ],
}
