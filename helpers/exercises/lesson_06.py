"""Checkers for lesson 06, Compare training curves."""

import numpy as np

from helpers.exercises import close

ADAM_ENDS = {1e-4: 33, 2.15e-4: 23, 4.64e-4: 15, 1e-3: 11.5, 2.15e-3: 9, 4.64e-3: 7.9, 0.01: 7.9}
ADAM_ENDS |= {0.0215: 13.5, 0.0464: 47, 0.1: 54}  # sq.err/image after 800 steps, MNIST


def factors_of_the_mean(given) -> str | None:
    """The gradient shrinks 784 times: SGD's rate must grow as much, Adam's stays."""
    got = np.ravel(np.array(given, dtype=float))
    if got.shape != (2,):
        return "give two factors: (SGD's, Adam's)."
    if np.allclose(got, (784, 1)):
        return None
    if np.allclose(got, (1 / 784, 1)):
        return "wrong way round: the mean's gradient is 784 times shorter, and the step must stay."
    if np.allclose(got, (28, 1)):
        return "SGD's step is the rate times the gradient, with no root anywhere."
    if np.allclose(got, (784, 784)):
        return "right for SGD; but Adam divides the gradient by its own size (lesson 04)."
    if np.allclose(got, (1, 784)):
        return "the two are exchanged: which of them divides the gradient by its own size?"
    if np.allclose(got[0], 1):
        return "SGD's step is the rate times the gradient, and the gradient has shrunk."
    return "what happens to the gradient when the loss is divided by 784, and to each step?"


def stuck_runs(given) -> str | None:
    """(1 − p)·28.5 + p·52.9 = 38.46: p = 0.41, four of ten."""
    if close(given, 4, 0.05):
        return None
    if close(given, 0.41, 0.05):
        return "that is the share; how many of ten runs is it?"
    if close(given, 6, 0.05):
        return "those are the good runs: which share of the way from 28.5 to 52.9 is 38.46?"
    return "how far is the mean from 28.5, as a share of the whole way to 52.9?"


def pick(given) -> str | None:
    """The rate with the least mean over the seeds; none if a seed diverged or at the edge."""
    if not callable(given):
        return "give a function of the rates and the table of errors."
    rates = np.array([0.1, 0.3, 1.0, 3.0, 10.0])
    nan = np.nan
    plain = [[30, 31, 32], [20, 21, 19], [12, 13, 11], [15, 14, 16], [40, 50, 60]]
    lucky = [[30, 31, 32], [20, 21, 19], [12, 13, 14], [5, 25, 26], [40, 50, 60]]
    broken = [[30, 31, 32], [20, 21, 19], [12, 13, 14], [8, nan, 9], [nan, nan, nan]]
    high = [[30, 31, 32], [20, 21, 19], [15, 16, 14], [12, 13, 11], [9, 8, 10]]
    low = high[::-1]

    def ask(errors):
        rate = given(rates.copy(), np.array(errors, dtype=float))
        return -1.0 if isinstance(rate, str) and rate == "widen the grid" else float(rate)

    if not close(ask(plain), 1.0):
        return "take the mean over the seeds (the columns) and the rate where it is least."
    if not close(ask(lucky), 1.0):
        return "one lucky seed decided: take the mean over the seeds, not the least error of all."
    rate = ask(broken)
    if not close(rate, 1.0):
        return "a rate at which one seed diverged (NaN) must not win, nor spoil the others."
    if ask(high) != -1.0 or ask(low) != -1.0:
        return "with the best at an end of the grid nobody knows what lies beyond: say so."
    return None


def fooled(given) -> str | None:
    """Adam's rate, SGD's error and Adam's error after 800 steps, so that SGD wins."""
    got = np.ravel(np.array(given, dtype=float))
    if got.shape != (3,):
        return "give three numbers: Adam's rate, SGD's error, Adam's error."
    rate, sgd, adam = got
    if not 1e-4 <= rate <= 0.1:
        return "stay between 0.0001 and 0.1: outside, every reader would smell it."
    expected = np.interp(np.log(rate), np.log([*ADAM_ENDS]), np.log([*ADAM_ENDS.values()]))
    if max(sgd, adam) < 1:
        return "that is Keras's mse, a mean over pixels: give sq.err/image, the column val_sq_err."
    if not 10 < sgd < 26:
        return "tuned SGD ends between 12 and 22 here: take its best rate and all ten epochs."
    if abs(np.log(adam) - expected) > np.log(1.5):
        return f"trained at that rate for ten epochs, Adam ends near {np.exp(expected):.0f}."
    if adam <= sgd:
        return "Adam still wins; go further from its best rate, to either side."
    return None


def late_momentum(given) -> str | None:
    """Steps that momentum needs for the error that Adam has after 800."""
    steps = float(given)
    if 5 < steps < 40:
        return "those are epochs; an epoch has 80 steps."
    if close(steps, 800, 1e-3):
        return "at 800 steps momentum is still behind; let it go on."
    if steps < 800:
        return "before step 800 momentum has not got there: compare validation errors."
    if steps > 2_400:
        return "it gets there earlier: take momentum's own best rate, not Adam's or the default."
    return None


def unmix(given) -> str | None:
    """Mean and deviation of ten runs that are good or stuck: p/(1 − p) = 0.9 sd²/(s − mean)²."""
    if not callable(given):
        return "give a function of mean, deviation, stuck error and number of runs."

    def made(good, stuck, lost, n):
        runs = np.array([stuck] * lost + [good] * (n - lost))
        return runs.mean(), runs.std(ddof=1), stuck, n

    cases = [(30.0, 53.0, 4, 10), (24.0, 68.0, 8, 10), (10.0, 50.0, 1, 5)]
    got = np.array([given(*made(*case)) for case in cases], dtype=float)
    if got.shape != (3, 2):
        return "return two numbers: how many runs are stuck, and the error of a good one."
    good, _, lost, n = (np.array(column) for column in zip(*cases, strict=True))
    if np.allclose(got, np.array([lost, good]).T, rtol=1e-6):
        return None
    if np.allclose(got[:, 0], lost / n):
        return "the first number is the share of stuck runs; how many are they?"
    ratio = (n - 1) / n
    if np.allclose(got[:, 0], n * (lost / (n - lost) / ratio) / (1 + lost / (n - lost) / ratio)):
        return "the deviation was estimated with n − 1: first take (n − 1)/n of the variance."
    if np.allclose(got[:, 0], n - lost):
        return "those are the good runs: count the stuck ones."
    if np.allclose(got[:, 0], lost):
        return "the number is right; the good error follows from the mean: m = (1 − p) g + p s."
    return "divide the variance p (1 − p)(s − g)² by (s − mean)² = (1 − p)²(s − g)²: what is left?"


CHECKERS = {
    "06.a": factors_of_the_mean,
    "06.b": stuck_runs,
    "06.1": pick,
    "06.2": fooled,
    "06.3": late_momentum,
    "06.4": unmix,
}
