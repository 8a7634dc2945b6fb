"""Right and wrong answers to the exercises of lesson 06."""

import math

import numpy as np


def pick(rates, errors):
    means = np.where(np.isfinite(errors).all(axis=1), errors.mean(axis=1), np.inf)
    i = int(np.argmin(means))
    return "widen the grid" if i in (0, len(rates) - 1) else rates[i]


def pick_in_a_loop(rates, errors):
    means = [math.inf if any(math.isnan(e) for e in row) else sum(row) / len(row) for row in errors]
    i = means.index(min(means))
    return float(rates[i]) if 0 < i < len(means) - 1 else "widen the grid"


def unmix(mean, deviation, stuck, n):
    ratio = deviation**2 * (n - 1) / n / (stuck - mean) ** 2
    p = ratio / (1 + ratio)
    return n * p, (mean - p * stuck) / (1 - p)


def unmix_by_trial(mean, deviation, stuck, n):
    found = []
    for lost in range(1, n):
        good = (mean - lost / n * stuck) / (1 - lost / n)
        runs = [stuck] * lost + [good] * (n - lost)
        found.append((abs(np.std(runs, ddof=1) - deviation), lost, good))
    return min(found)[1:]


def unmix_of_all(mean, deviation, stuck, n):
    return unmix(mean, deviation * (n / (n - 1)) ** 0.5, stuck, n)


RIGHT = {
    "06.a": [(784, 1), [784.0, 1.0]],
    "06.b": [4, 4.08],
    "06.1": [pick, pick_in_a_loop],
    "06.2": [(1e-4, 16.1, 32.5), (0.0464, 15.0, 46.0)],
    "06.3": [1_440, 1_200.0],
    "06.4": [unmix, unmix_by_trial],
}

WRONG = {
    "06.a": [
        ((1 / 784, 1), "wrong way round"),
        ((784, 784), "right for SGD; but Adam"),
        ((1, 1), "the gradient has shrunk"),
        ((1, 784), "exchanged"),
        ((28, 1), "no root anywhere"),
        (784, "two factors"),
        ((500, 1), "divided by 784"),
    ],
    "06.b": [(0.41, "the share"), (6, "the good runs"), (8, "how far is the mean")],
    "06.1": [
        (lambda rates, errors: rates[np.nanmin(errors, axis=1).argmin()], "one lucky seed"),
        (lambda rates, errors: rates[np.nanmean(errors[:4], axis=1).argmin()], "must not win"),
        (lambda rates, errors: rates[errors.mean(axis=1).argmin()], "nor spoil the others"),
        (lambda rates, errors: rates[np.nan_to_num(errors, nan=99).mean(1).argmin()], "at an end"),
        (lambda rates, errors: rates[0], "where it is least"),
        (1.0, "give a function"),
    ],
    "06.2": [
        ((0.005, 15.2, 7.9), "Adam still wins"),
        ((1e-6, 15.2, 150), "stay between"),
        ((1e-4, 53.0, 60.0), "tuned SGD ends between"),
        ((0.002, 15.2, 30.0), "Adam ends near 9"),
        ((1e-4, 0.02, 0.04), "the column val_sq_err"),
        ((15.2, 32.5), "three numbers"),
    ],
    "06.3": [
        (18, "those are epochs"),
        (800, "still behind"),
        (400, "before step 800"),
        (8_000, "momentum's own best rate"),
    ],
    "06.4": [
        (lambda m, d, s, n: (unmix(m, d, s, n)[0] / n, unmix(m, d, s, n)[1]), "the share of stuck"),
        (unmix_of_all, "estimated with n − 1"),
        (lambda m, d, s, n: (n - unmix(m, d, s, n)[0], unmix(m, d, s, n)[1]), "the good runs"),
        (lambda m, d, s, n: (unmix(m, d, s, n)[0], m), "the number is right"),
        (lambda m, d, s, n: unmix(m, d, s, n)[0], "two numbers"),
        (lambda m, d, s, n: (n / 2, m), "what is left"),
        (4, "give a function"),
    ],
}
