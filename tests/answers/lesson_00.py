"""Right and wrong answers to the tasks and exercises of lesson 00."""

import numpy as np

RIGHT = {
    "00.a": [
        lambda x, x_hat: ((x - x_hat) ** 2).sum(),
        lambda x, x_hat: np.sum(np.square(x_hat - x)),
        lambda x, x_hat: float((x - x_hat) @ (x - x_hat)),
        lambda x, x_hat: 784 * np.mean((x - x_hat) ** 2),
    ],
    "00.b": [(23, 20), [23.2, 19.5], np.array([23, 20])],
    "00.1": [8, 8.0, np.int64(8)],
    "00.2": ["worse", " Worse"],
}

WRONG = {
    "00.a": [
        (lambda x, x_hat: np.mean((x - x_hat) ** 2), "the mean over the pixels"),
        (lambda x, x_hat: np.linalg.norm(x - x_hat), "no square root"),
        (lambda x, x_hat: (x - x_hat).sum(), "square the differences"),
        (lambda x, x_hat: (x - x_hat) ** 2, "one number a pixel"),
        (lambda x, x_hat: 7.0, "pixel by pixel"),
    ],
    "00.b": [
        ((0.23, 0.2), "in per cent"),
        ((77, 80), "went away"),
        ((20, 23), "exchanged"),
        ((12, 10), "divide each error"),
        (20, "two numbers in brackets"),
    ],
    "00.1": [
        (4, "still more than half"),
        (16, "is there a smaller one"),
        (3, "one of 1, 2, 4, 8"),
    ],
    "00.2": [
        ("better", "the linear code"),
        ("as good", "far above 3 %"),
        ("no", 'say "better"'),
    ],
}
