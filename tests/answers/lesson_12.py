"""Right and wrong answers to the tasks and exercises of lesson 12."""

import numpy as np


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
    "12.a": [6, 6.0],
    "12.b": [75_548, 52_224 + 833 * 28],
    "12.1": [("conv", 1.59), ["conv", 1.8]],
    "12.2": [4.28, 5.0],
    "12.3": [front, front_at_once, lambda table: front(table).tolist()],
    "12.4": [1.22, 1.3],
}

WRONG = {
    "12.a": [
        (8, "not the fewest"),
        (5, "above the dotted line"),
        (1.5, "the first point"),
    ],
    "12.b": [
        (52_224 + 833 * 4, "the scales are missing"),
        (52_224 + 833 * 16, "a scale of its own"),
        (52_224 + 833 * 24, "the biases are missing"),
        (52_224 + 833 * 25, "four bytes, not one"),
        (52_224, "the weights alone"),
        (52_224 * 4 + 833 * 28, "one byte a weight"),
        (68_000, "weights × 1 byte"),
    ],
    "12.1": [
        (("from the code", 4.1), "another one minds less"),
        (("conv", 16.2), "too large a factor"),
        (("conv", 0.63), "above 1"),
        (("dense", 1.6), "give one of"),
    ],
    "12.2": [
        (1 / 4.28, "wrong way round"),
        (1.01, "level?"),
        (14.0, "below one threshold"),
    ],
    "12.3": [
        (lambda table: ~front(table), "wrong way round"),
        (lambda table: front(-table), "less is better"),
        (front_of_two_columns, "any number of columns"),
        (ties_lose, "equal rows"),
        (lambda table: front(table)[:2], "one True or False"),
        (3, "give a function"),
    ],
    "12.4": [
        (1 / 1.22, "wrong way round"),
        (2.0, "lost more than they should"),
        (0.1, "did better than they should"),
    ],
}
