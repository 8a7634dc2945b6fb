"""Right and wrong answers to the exercises and tasks of lesson 13."""

import numpy as np

from helpers.exercises import lesson_13

# --- 13.1, shifted queries: the checker measures, and so these are measured ----------------------


class Measured:
    """Two of the checker's own numbers, asked for when they are needed."""

    def __init__(self, *names, off=0.0):
        self.names, self.off = names, off

    def __iter__(self):
        return iter([lesson_13._shifted()[name] + self.off for name in self.names])


# --- 13.3, two stages ----------------------------------------------------------------------------


def nearest(rows, query, k):
    return np.argsort(((rows - query) ** 2).sum(axis=1))[:k]


def two_stages(codes, pixels, code, image, m, k):
    short = nearest(codes, code, m)
    return short[nearest(pixels[short], image, k)]


def two_stages_listed(codes, pixels, code, image, m, k):
    short = sorted(range(len(codes)), key=lambda i: np.linalg.norm(codes[i] - code))[:m]
    return sorted(short, key=lambda i: np.linalg.norm(pixels[i] - image))[:k]


def inside(codes, pixels, code, image, m, k):
    return nearest(pixels[nearest(codes, code, m)], image, k)


# --- 13.4, whitening -----------------------------------------------------------------------------


def by_eigenvectors(seen, others):
    mean = seen.mean(axis=0)
    values, vectors = np.linalg.eigh(np.cov((seen - mean).T))
    turn = vectors / np.sqrt(values)
    return (seen - mean) @ turn, (others - mean) @ turn


def by_cholesky(seen, others):
    mean = seen.mean(axis=0)
    turn = np.linalg.inv(np.linalg.cholesky(np.cov(seen.T))).T
    return [(seen - mean) @ turn, (others - mean) @ turn]


def columns_only(seen, others):
    mean, std = seen.mean(axis=0), seen.std(axis=0)
    return (seen - mean) / std, (others - mean) / std


def each_its_own(seen, others):
    return by_eigenvectors(seen, seen)[0], by_eigenvectors(others, others)[0]


RIGHT = {
    "13.a": [0.1, 1 / 10],
    "13.b": [100, np.int64(100)],
    "13.1": [
        Measured("pixels shifted", "code shifted"),
        Measured("pixels shifted", "code shifted", off=0.5),
    ],
    "13.2": [(71.9, 89.9), [70.0, 89.0]],
    "13.3": [two_stages, two_stages_listed],
    "13.4": [by_eigenvectors, by_cholesky],
}

WRONG = {
    "13.a": [(10, "a share"), (1, "divide by ten"), (0.5, "which share")],
    "13.b": [(10, "higher mark"), (5_000, "short"), (2.5, "on the axis")],
    "13.1": [
        (Measured("pixels", "code"), "leave the collection"),
        ((80.0, 70.0), "shift the queries"),
        ((0.5, 0.6), "per cent"),
    ],
    "13.2": [
        ((0.6, 0.89), "per cent"),
        ((89, 60), "other way round"),
        ((60, 60.2), "same number"),
        ((30, 95), "ten passes"),
    ],
    "13.3": [
        (inside, "places within the shortlist"),
        (lambda c, p, code, image, m, k: nearest(c, code, k), "order by code"),
        (lambda c, p, code, image, m, k: nearest(p, image, k), "searches all pixels"),
        (lambda *given: two_stages(*given)[::-1], "another order"),
    ],
    "13.4": [
        (columns_only, "rotate first"),
        (each_its_own, "training* codes"),
        (lambda seen, others: (seen, others), "mean zero"),
    ],
}
