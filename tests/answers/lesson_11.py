"""Right and wrong answers to the exercises of lesson 11."""

import math

import numpy as np


def break_even(m, n):
    return math.ceil(m * n / (m + n)) - 1


def break_even_by_counting(m, n):
    return max(r for r in range(min(m, n) + 1) if r * (m + n) < m * n)


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


def quantise(w):
    scale = np.abs(w).max() / 127
    return np.round(w / scale).astype(np.int8), scale


def quantise_with(scale_of, to_whole=np.round, kind=np.int8):
    return lambda w: (to_whole(w / scale_of(w)).astype(kind), scale_of(w))


def largest(w):
    return np.abs(w).max() / 127


def front(table):
    beaten = [any((other <= row).all() and (other < row).any() for other in table) for row in table]
    return ~np.array(beaten)


def front_at_once(table):
    worse = (table[:, None] <= table).all(axis=2) & (table[:, None] < table).any(axis=2)
    return ~worse.any(axis=0)


def front_of_two_columns(table):
    order = np.lexsort((table[:, 1], table[:, 0]))
    best, good = np.inf, np.zeros(len(table), bool)
    for i in order:
        good[i] = table[i, 1] < best or (table[:i, :2] == table[i, :2]).all(axis=1).any()
        best = min(best, table[i, 1])
    return good


def ties_lose(table):
    n = range(len(table))
    return [not any((table[j] <= table[i]).all() for j in n if j != i) for i in n]


RIGHT = {
    "11.1": [1 / 64 + 1 / 25, 0.0556, (25 * 32 + 32 * 64) / (25 * 32 * 64)],
    "11.2": [break_even, break_even_by_counting, lambda m, n: (m * n - 1) // (m + n)],
    "11.3": [dropped, dropped_by_trace],
    "11.4": [quantise, lambda w: [np.rint(w / largest(w)).astype("int8"), largest(w)]],
    "11.5": [front, front_at_once, lambda table: front(table).tolist()],
}

WRONG = {
    "11.1": [
        (1 / 32 + 1 / 25, "the channels that go in cancel"),
        (1 / 64 + 1 / 5, "has 25 places"),
        (1 / 25, "the pointwise half alone"),
        (1 / 64, "the depthwise half alone"),
        (17.98, "wrong way round"),
        (0.5, "write down the products"),
    ],
    "11.2": [
        (lambda m, n: m * n // (m + n), "not fewer"),
        (lambda m, n: m * n / (m + n), "a whole number below it"),
        (lambda m, n: min(m, n) // 2, "no rule"),
        (lambda m, n: min(m, n), "at full rank"),
        (lambda m, n: m + n, "less than m n"),
        (118, "give a function"),
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
        (quantise_with(largest, np.floor), "round to the nearest"),
        (quantise_with(largest, np.round, "float32"), "np.int8"),
        (quantise_with(largest, lambda q: q, "float32"), "must hold whole numbers"),
        (quantise_with(lambda w: w.max() / 127, kind=int), "may be negative"),
        (quantise_with(lambda w: np.ptp(w) / 255, kind=int), "asymmetric"),
        (quantise_with(lambda w: np.abs(w).max() / 128, kind=int), "must land on 127"),
        (lambda w: (quantise(w)[0], 1 / quantise(w)[1]), "wrong way round"),
        (quantise_with(lambda w: 4.5 / 127, kind=np.int8), "must follow the weights"),
        (lambda w: quantise(w)[0], "return two things"),
        (lambda w: (quantise(w)[0].ravel(), quantise(w)[1]), "in the same shape"),
        (lambda w: (np.zeros_like(w), 1.0), "the size of one step"),
        (1.0, "give a function"),
    ],
    "11.5": [
        (lambda table: ~front(table), "wrong way round"),
        (lambda table: front(-table), "less is better"),
        (front_of_two_columns, "any number of columns"),
        (ties_lose, "equal rows"),
        (lambda table: front(table)[:2], "one True or False"),
        (3, "give a function"),
    ],
}
