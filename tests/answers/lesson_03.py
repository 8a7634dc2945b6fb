"""Right and wrong answers to the exercises and tasks of lesson 03."""

from types import SimpleNamespace

import numpy as np
import pandas as pd


def run(*errors, loss="mse"):
    """What ``train`` returns, with the validation error of each epoch in sq.err/image."""
    history = pd.DataFrame({"val_mse": np.array(errors, "float64") / 784})
    return SimpleNamespace(history=history, model=SimpleNamespace(loss=loss))


NINE = [(r, c) for r in (-1, 0, 1) for c in (-1, 0, 1)]


def errors_of(x, y, shifts=NINE):
    return np.array([((x - np.roll(y, s, (1, 2))) ** 2).sum((1, 2)) for s in shifts])


def forgiving(x, y):
    return errors_of(x, y).min(axis=0)


def forgiving_with_paper(x, y):
    """The same, with empty paper coming in at the borders."""
    padded = np.pad(y, ((0, 0), (1, 1), (1, 1)))
    height, width = x.shape[1:]
    every = [
        ((x - padded[:, r : r + height, c : c + width]) ** 2).sum((1, 2))
        for r in range(3)
        for c in range(3)
    ]
    return np.min(every, axis=0)


def forgiving_by_pixel(x, y):
    every = [(x - np.roll(y, s, (1, 2))) ** 2 for s in NINE]
    return np.min(every, axis=0).sum((1, 2))


RIGHT = {
    "03.1": [10 / 784, 0.01276],
    "03.2": [run(300, 60, 20.0), run(25, 15), run(90, 60, 38, loss="mean_squared_error")],
    "03.3": [1.7, np.float64(1.5)],
    "03.4": [forgiving, forgiving_with_paper],
    "03.a": [392, 784 / 2],
    "03.b": [0.2880 * 784 - 188.3, 37.5],
}

WRONG = {
    "03.1": [
        ((10 / 784) ** 0.5, "that is σ; the question asks"),
        (10, "summed over 784"),
        (10 / 784 / 2, "a factor ½ too much"),
        (784 / 10, "set the derivative"),
    ],
    "03.2": [
        (run(90, 89, 89), "sits on the empty page"),
        (run(680, 670, 600), "too timid"),
        (run(300, 90, 60), "not much below the mean image"),
        (run(60, 30, 15, loss="binary_crossentropy"), "was not trained with MSE"),
        (run(90, 89, 60, 40, 30, 25), "more than the 3"),
        (run(90, np.nan), "diverged"),
        (12.5, "give what `full_of_ink` returns"),
    ],
    "03.3": [
        (1 / 1.7, "upside down"),
        (1.0, "nearly level"),
        (3.5, "a ratio of squared ones"),
        (46.0, "divide the least"),
    ],
    "03.4": [
        (lambda x, y: errors_of(x, y, [(0, 0)])[0], "does not forgive"),
        (lambda x, y: errors_of(x, y).mean(axis=0), "forgives nothing"),
        (forgiving_by_pixel, "one for each pixel"),
        (lambda x, y: errors_of(x, y, NINE[3:6]).min(axis=0), "not up or down"),
        (lambda x, y: errors_of(x, y, [(0, 0), *NINE[1::2]]).min(axis=0), "along the diagonal"),
        (lambda x, y: errors_of(x, y).min(), "one error an image"),
        (lambda x, y: errors_of(x, y).max(axis=0), "should cost nothing"),
    ],
    "03.a": [
        (0.5, "that gives L itself"),
        (784, "half of that"),
        (1 / 392, "the other way round"),
        (392**0.5, "that is σ"),
        (7, "solve 1/(2σ²)"),
    ],
    "03.b": [
        (0.2880 - 188.3 / 784, "but for one pixel"),
        (0.2880 * 784, "the floor is still in it"),
        (0.2880 - 188.3, "bring both to one unit"),
        (188.3 - 0.2880 * 784, "the sign is wrong"),
        (1.0, "then subtract the floor"),
    ],
}
