"""Checkers for lesson 06, Compare training curves."""

import numpy as np

from helpers.exercises import close


def rate_for_the_sum(given) -> str | None:
    """The gradient grows 784 times: SGD's rate shrinks as much, Adam's stays."""
    if not callable(given):
        return "give a function of the two rates."
    got = np.array([given(sgd, adam) for sgd, adam in ((10.0, 0.005), (3.0, 0.01))], dtype=float)
    if got.shape != (2, 2):
        return "return two numbers: the new rate of SGD and that of Adam."
    sgd, adam = got.T / np.array([[10.0, 3.0], [0.005, 0.01]])
    if np.allclose(sgd, 1 / 784) and np.allclose(adam, 1):
        return None
    if np.allclose(sgd, 784):
        return "wrong way round: the gradient is 784 times as long, and the step must stay."
    if np.allclose(sgd, 1 / 784**0.5):
        return "SGD's step is the rate times the gradient, with no root anywhere."
    if np.allclose(sgd, 1 / 784) and np.allclose(adam, 1 / 784):
        return "right for SGD; but Adam divides the gradient by its own size (lesson 04)."
    if np.allclose(sgd, 1):
        return "SGD's step is the rate times the gradient, and the gradient has grown."
    return "what happens to the gradient when the loss is multiplied by 784, and to the step?"


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


def paired(given) -> str | None:
    """Mean difference and half-width of its 95 % t-interval."""
    if not callable(given):
        return "give a function of two arrays of errors, in the order of the seeds."
    a = np.array([8.1, 8.6, 7.9, 8.3, 8.4])
    b = a + np.array([0.20, 0.30, 0.15, 0.25, 0.20])
    got = np.array(given(a, b), dtype=float)
    if got.shape != (2,):
        return "return two numbers: the mean difference and the half-width."
    mean, width = got
    d = a - b
    right = 2.7764451 * d.std(ddof=1) / 5**0.5
    if close(mean, -d.mean(), 1e-6):
        return "the sign is wrong: first minus second."
    if not close(mean, d.mean(), 1e-6):
        return "the first number is the mean of the differences, first minus second."
    if close(width, right, 1e-3):
        return _other_lengths(given)
    known = (
        (1.959964 * d.std(ddof=1) / 5**0.5, "1.96 is for many runs; with five it is Student's t."),
        (2.570582 * d.std(ddof=1) / 5**0.5, "five differences have four degrees of freedom."),
        (2.131847 * d.std(ddof=1) / 5**0.5, "95 % leaves 2.5 % on either side: t at 0.975."),
        (2.7764451 * d.std() / 5**0.5, "that is the spread of a population: use n − 1 (ddof=1)."),
        (2.7764451 * d.std(ddof=1), "that is for one run; the mean of n has a spread √n smaller."),
        (d.std(ddof=1), "that is the standard deviation: divide by √n, multiply by t."),
        (2 * right, "half the width, please."),
    )
    for wrong, hint in known:
        if close(width, wrong, 1e-3):
            return hint
    if width > 2.5 * right:
        return "the seeds are paired: take the differences first, then their spread."
    return "half-width = t(0.975, n − 1) · s/√n with s from the differences."


def _other_lengths(given) -> str | None:
    d = np.array([0.1, 0.4, 0.3])
    mean, width = given(d, np.zeros(3))
    right = close(mean, d.mean()) and close(width, 4.3026527 * d.std(ddof=1) / 3**0.5, 1e-3)
    return None if right else "right for five seeds; t and √n must follow the number of seeds."


def steps_to(given) -> str | None:
    """The first crossing, by a straight line between the two points around it."""
    if not callable(given):
        return "give a function of the target, the steps and the errors."
    steps = np.array([100, 200, 300, 400, 500])
    falling = np.array([50.0, 30.0, 20.0, 10.0, 8.0])
    bumpy = np.array([50.0, 30.0, 10.0, 30.0, 5.0])

    def ask(target, errors):
        return float(given(target, steps.copy(), errors.copy()))

    got = ask(15.0, falling)
    if close(got, 400):
        return "400 is the first point below the target; the line crosses it between two points."
    if close(got, 300):
        return "300 is the last point above the target; the line crosses it between two points."
    if not close(got, 350, 1e-4):
        return "between the last point above and the first below, go along a straight line."
    got = ask(20.0, bumpy)
    if close(got, 440, 1e-3):
        return "that is the last crossing; the first one counts."
    if not close(got, 250, 1e-4):
        return "on a bumpy curve the first crossing counts: look for the first point below."
    if ask(60.0, falling) != 100:
        return "a curve that starts below the target was there at its first point."
    if not np.isnan(ask(5.0, falling)):
        return "a curve that never gets there has no number of steps: return NaN."
    return None


def warm_cosine(given) -> str | None:
    """peak · t/warm, then peak · ½ (1 + cos(π (t − warm)/(total − warm)))."""
    if not callable(given):
        return "give a function of t, total, warm and peak."
    cases = [(t, 1_000, 100, 0.02) for t in (0, 50, 100, 325, 550, 1_000)]
    cases += [(t, 60, 20, 3.0) for t in (5, 20, 30, 60)]
    got = np.array([float(given(*case)) for case in cases])
    t, total, warm, peak = np.array(cases).T
    fall = np.clip((t - warm) / (total - warm), 0, 1)
    wave = (1 + np.cos(np.pi * fall)) / 2

    def is_(values) -> bool:
        return bool(np.allclose(got, values, rtol=1e-6, atol=1e-9))

    if is_(np.where(t < warm, peak * t / warm, peak * wave)):
        return None
    late = (1 + np.cos(np.pi * t / total)) / 2
    if is_(peak * late):
        return "that is a cosine from the first step on: the warm-up is missing."
    if is_(np.where(t < warm, peak * t / warm, peak * late)):
        return "the cosine begins at the end of the warm-up: count its steps from there."
    if is_(np.where(t < warm, peak * t / warm, peak * (1 - fall))):
        return "that falls along a straight line; the cosine is flat at both ends."
    if is_(np.where(t < warm, peak * t / warm, peak * np.cos(np.pi * fall))):
        return "this cosine runs down to −peak: lift it by one and halve it."
    if is_(np.where(t < warm, peak * t / warm, peak * np.cos(np.pi * fall / 2))):
        return "that is a quarter of a wave, which stops steeply; half a wave is meant."
    if is_(np.where(t < warm, peak, peak * wave)):
        return "during the warm-up the rate rises from 0."
    return "0 at t = 0, peak at t = warm, half of it midway to the end, 0 at t = total."


CHECKERS = {
    "06.1": rate_for_the_sum,
    "06.2": pick,
    "06.3": paired,
    "06.4": steps_to,
    "06.5": warm_cosine,
}
