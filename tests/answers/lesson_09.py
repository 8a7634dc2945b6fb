"""Right and wrong answers to the exercises and tasks of lesson 09."""

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

# --- 09.1, transposed convolution in one dimension -----------------------------------------------


def painted(y, kernel, stride):
    out = np.zeros((len(y) - 1) * stride + len(kernel))
    for i in range(len(y)):
        out[i * stride : i * stride + len(kernel)] += y[i] * kernel
    return out


def painted_by_matrix(y, kernel, stride):
    K, n = len(kernel), len(y)
    M = np.zeros((n, (n - 1) * stride + K))
    for i in range(n):
        M[i, i * stride : i * stride + K] = kernel
    return M.T @ y


def painted_by_zeros(y, kernel, stride):
    spaced = np.zeros((len(y) - 1) * stride + 1)
    spaced[::stride] = y
    return np.convolve(spaced, kernel)


def covered(y, kernel, stride):
    out = np.zeros((len(y) - 1) * stride + len(kernel))
    for i in range(len(y)):
        out[i * stride : i * stride + len(kernel)] = y[i] * kernel
    return out


# --- 09.2, which kernel was it? ------------------------------------------------------------------


def by_least_squares(x, y):
    windows = sliding_window_view(x, (3, 3), axis=(1, 2)).reshape(-1, 9)
    return np.linalg.lstsq(windows, y.ravel(), rcond=None)[0].reshape(3, 3)


def by_descent(x, y):
    windows = sliding_window_view(x - x.mean(), (3, 3), axis=(1, 2)).reshape(-1, 9)
    kernel, y = np.zeros(9), (y - y.mean()).ravel()
    for _ in range(200):
        kernel -= 6 * windows.T @ (windows @ kernel - y) / len(y)
    return kernel.reshape(3, 3)


def by_correlation(x, y):
    windows = sliding_window_view(x - x.mean(), (3, 3), axis=(1, 2)).reshape(-1, 9)
    return (windows.T @ y.ravel() / len(windows)).reshape(3, 3)


# --- 09.3, an even kernel ------------------------------------------------------------------------

BILINEAR = np.outer([0.25, 0.75, 0.75, 0.25], [0.25, 0.75, 0.75, 0.25])
DOUBLING = np.zeros((4, 4))
DOUBLING[:2, :2] = 1


RIGHT = {
    "09.a": [[[0, 0, 0], [1, 0, 0], [0, 0, 0]], np.eye(9)[3].reshape(3, 3)],
    "09.b": [2, 3, np.int64(4)],
    "09.1": [
        painted,
        painted_by_matrix,
        painted_by_zeros,
        lambda y, k, s: painted(y, k, s).tolist(),
    ],
    "09.2": [by_least_squares, by_descent, lambda x, y: by_least_squares(x, y)[..., None, None]],
    "09.3": [BILINEAR, DOUBLING, BILINEAR.tolist()],
    "09.4": [[(2, 2), (2, 2), (4, 2)], np.array([[2, 2], [2, 2], [4, 2]])],
}

WRONG = {
    "09.a": [
        ([[0, 0, 0], [0, 0, 1], [0, 0, 0]], "to the left"),
        ([[0, 0, 0], [0, 1, 0], [0, 0, 0]], "where it is"),
        ([[0, 1, 0], [0, 0, 0], [0, 0, 0]], "up or down"),
        ([[0, 0, 0], [1, 0, -1], [0, 0, 0]], "a single 1"),
        ([1, 0, 0], "three rows of three"),
    ],
    "09.b": [(1, "once more"), (5, "only"), (9, "must be 9")],
    "09.1": [
        (covered, "they add up"),
        (lambda y, k, s: painted(y, k[::-1], s), "turned around"),
        (lambda y, k, s: painted(y[::-1], k, s), "wrong order"),
        (lambda y, k, s: painted(y, k, s)[: len(y) * s], "its whole kernel"),
        (lambda y, k, s: np.convolve(y, k), "positions"),
        (lambda y, k, s: 0 * painted(y, k, s), "number i paints"),
        (np.zeros(9), "give a function"),
    ],
    "09.2": [
        (by_correlation, "nine unknowns"),
        (lambda x, y: by_least_squares(x, y)[::-1, ::-1], "turned around"),
        (lambda x, y: by_least_squares(x, y).T, "exchanged"),
        (lambda x, y: by_least_squares(x, y) + 0.1, "train longer"),
        (lambda x, y: np.zeros(5), "3 × 3 numbers"),
        (np.zeros((3, 3)), "give a function"),
    ],
    "09.3": [
        (np.full((4, 4), 0.25), "the same number everywhere"),
        (np.arange(16).reshape(4, 4) / 30, "still a checkerboard"),
        (2 * BILINEAR, "scale it"),
        (np.ones((3, 3)), "four rows of four"),
    ],
    "09.4": [
        ([(3, 1), (3, 1), (3, 1)], "and 15 are asked"),
        ([(5, 1), (5, 1), (5, 2)], "and 15 are asked"),
        ([(5, 2), (5, 2), (5, 1)], "one that needs only"),
        ([(7, 2), (3, 2), (3, 2)], "three pairs"),
    ],
}
