"""Right and wrong answers to the tasks and exercises of lesson 15."""

import math

import numpy as np


def ranked(scores, rate):
    k = math.ceil((len(scores) + 1) * (1 - rate) - 1e-9)
    return sorted(scores)[k - 1] if k <= len(scores) else np.inf


def tried_one_by_one(scores, rate):
    n = len(scores)
    for k, score in enumerate(np.sort(scores), start=1):
        if (n + 1 - k) / (n + 1) <= rate + 1e-12:
            return float(score)
    return float("inf")


def numpy_quantile(scores, rate):
    return np.quantile(scores, 1 - rate)


def one_rank_short(scores, rate):
    return np.sort(scores)[math.ceil(len(scores) * (1 - rate) - 1e-9) - 2]


def low_end(scores, rate):
    return np.sort(scores)[int(len(scores) * rate)]


def largest(scores, rate):
    return np.max(scores)


def never_infinite(scores, rate):
    k = math.ceil((len(scores) + 1) * (1 - rate) - 1e-9)
    return np.sort(scores)[min(k, len(scores)) - 1]


def unsorted(scores, rate):
    return scores[math.ceil((len(scores) + 1) * (1 - rate) - 1e-9) - 1]


RIGHT = {
    "15.a": [100 / 6, 16.7],
    "15.b": [(0, 100), [0.0, 100.0]],
    "15.1": [(12.0, 56.0), [13.5, 60.2]],
    "15.2": [0.011, 0.3],
    "15.3": [ranked, tried_one_by_one],
    "15.4": [(2.8, 34.9), [3.0, 35.0]],
    "15.5": [(19.7, 15.5), [21.0, 14.0]],
}

WRONG = {
    "15.a": [
        (1 / 6, "one of six pairs"),
        (83.3, "in the right order"),
        (50, "2 × 3 pairs"),
    ],
    "15.b": [
        ((900, 100), "lies in the plane"),
        ((0, 10), "asked is its square"),
        ((0, 900), "in units of the spread"),
        ((0, 900 / 81), "not by its square"),
        ((0, 3), "along a single axis"),
    ],
    "15.1": [
        ((0.12, 0.56), "per cent, not shares"),
        ((56.0, 12.0), "two pixels cannot cost less"),
        ((5.0, 5.0), "unmoved images"),
        ((40.0, 60.0), "after one pixel"),
        ((12.0, 95.0), "by two"),
    ],
    "15.2": [
        (60.0, "the error of clothes"),
        (8.0, "not yet settled"),
        (-1, "a sum of squares"),
    ],
    "15.3": [
        (numpy_quantile, "one rank short"),
        (low_end, "the low end"),
        (largest, "not the smallest"),
        (never_infinite, "return np.inf"),
        (unsorted, "are they sorted"),
        (3, "a function"),
    ],
    "15.4": [
        ((0.03, 0.35), "not as a share"),
        ((97.0, 65.0), "clothes first"),
        ((35.0, 3.0), "the other way round"),
        ((12.0, 35.0), "at 32"),
        ((3.0, 50.0), "at 600"),
    ],
    "15.5": [
        ((0.197, 0.155), "not as a share"),
        ((11.0, 10.0), "before: train on"),
        ((19.7, 24.0), "cleaning should help"),
        ((19.7, 19.5), "hardly better"),
    ],
}
