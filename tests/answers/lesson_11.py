"""Right and wrong answers to the tasks and exercises of lesson 11."""

import numpy as np


def dropped(W, M, rank):
    U, s, _ = np.linalg.svd(W, full_matrices=False)
    return sum(s[j] ** 2 * U[:, j] @ M @ U[:, j] for j in range(rank, len(s)))


def dropped_by_trace(W, M, rank):
    U, s, Vt = np.linalg.svd(W, full_matrices=False)
    change = W - U[:, :rank] * s[:rank] @ Vt[:rank]
    return np.trace(change.T @ M @ change)


def spectrum(W, M):
    U, s, _ = np.linalg.svd(W, full_matrices=False)
    return s, np.diag(U.T @ M @ U)


DOWN, UP = 1 / 32 + 1 / 9, 4 * (1 / 16 + 1 / 9)

RIGHT = {
    "11.a": [6, 6.0],
    "11.b": [32, 32.0],
    "11.1": [([(8, 8, 4)], 14.4), [[[8, 7, 4]], 15.0]],
    "11.2": [12, 12.0],
    "11.3": [dropped, dropped_by_trace],
    "11.4": [(DOWN, UP), [0.1424, 0.694]],
}

WRONG = {
    "11.a": [
        (7, "Where is the border"),
        (12, "that matrix is there twice"),
        (20, "33 are there"),
    ],
    "11.b": [
        (64, "enough, but not the smallest"),
        (16, "up by more than 5 %"),
        (17, "one of the ranks"),
    ],
    "11.1": [
        (([(16, 4, 4)], 15.0), "30,000 are allowed"),
        (([(8, 4, 4)], 12.0), "that is '8 channels' itself"),
        (([(8, 5, 5)], 12.0), "divide the side"),
        (([(20, 7, 7)], 20.8), "not below 18"),
        (([(8, 7, 4)], 0.02), "less than this budget gives"),
        (([(8, 7)], 12.0), "a list of (channels"),
    ],
    "11.2": [
        (8, "stay above PCA"),
        (16, "but fewer do"),
        (5, "give one of"),
    ],
    "11.3": [
        (lambda W, M, r: (spectrum(W, M)[0][r:] ** 2).sum(), "white noise"),
        (lambda W, M, r: dropped(W, M, 0) - dropped(W, M, r), "what is kept"),
        (lambda W, M, r: dropped(W, M, r) / W.shape[1], "not their mean"),
        (lambda W, M, r: dropped(W, M, r) ** 0.5, "without a root"),
        (lambda W, M, r: dropped(W, M, 0), "not all"),
        (lambda W, M, r: (np.prod(spectrum(W, M), axis=0))[r:].sum(), "so the singular values"),
        (lambda W, M, r: dropped(W, M, 2), "the rank must decide"),
        (lambda W, M, r: 0.0, "use that U is orthogonal"),
        (1.0, "give a function"),
    ],
    "11.4": [
        ((UP, DOWN), "way down first"),
        ((1 / DOWN, 1 / UP), "wrong way round"),
        ((DOWN, UP / 4), "four times the places"),
        ((0.5, UP), "way down: both"),
        ((DOWN, 0.5), "way up: compare"),
    ],
}
