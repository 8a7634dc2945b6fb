"""Right and wrong answers to the exercises of lesson 06."""

import math

import numpy as np
import scipy.stats


def pick(rates, errors):
    means = np.where(np.isfinite(errors).all(axis=1), errors.mean(axis=1), np.inf)
    i = int(np.argmin(means))
    return "widen the grid" if i in (0, len(rates) - 1) else rates[i]


def pick_in_a_loop(rates, errors):
    means = [math.inf if any(math.isnan(e) for e in row) else sum(row) / len(row) for row in errors]
    i = means.index(min(means))
    return float(rates[i]) if 0 < i < len(means) - 1 else "widen the grid"


def paired(a, b):
    return paired_with(a, b, scipy.stats.t.ppf(0.975, len(a) - 1))


def paired_with(a, b, t, ddof=1, root=True):
    d = a - b
    return d.mean(), t * d.std(ddof=ddof) / (len(d) ** 0.5 if root else 1)


def paired_by_scipy(a, b):
    interval = scipy.stats.ttest_rel(a, b).confidence_interval()
    return [(interval.low + interval.high) / 2, (interval.high - interval.low) / 2]


def unpaired(a, b):
    width = 2.7764451 * np.sqrt(a.var(ddof=1) / len(a) + b.var(ddof=1) / len(b))
    return (a - b).mean(), width


def steps_to(target, steps, errors):
    below = np.flatnonzero(errors < target)
    if len(below) == 0:
        return np.nan
    i = below[0]
    return steps[0] if i == 0 else np.interp(-target, -errors[i - 1 : i + 1], steps[i - 1 : i + 1])


def steps_to_by_hand(target, steps, errors):
    for i, error in enumerate(errors):
        if error <= target:
            if i == 0:
                return steps[0]
            share = (errors[i - 1] - target) / (errors[i - 1] - error)
            return steps[i - 1] + share * (steps[i] - steps[i - 1])
    return math.nan


def last_crossing(target, steps, errors):
    above = np.flatnonzero(errors > target)
    i = above[-1] + 1 if len(above) else 0
    if i == len(steps):
        return np.nan
    return steps[0] if i == 0 else np.interp(-target, -errors[i - 1 : i + 1], steps[i - 1 : i + 1])


def warm_cosine(t, total, warm, peak):
    if t < warm:
        return peak * t / warm
    return peak * (1 + math.cos(math.pi * (t - warm) / (total - warm))) / 2


def warm_cosine_by_sine(t, total, warm, peak):
    left = (total - t) / (total - warm)
    return min(peak * t / warm, peak * math.sin(math.pi / 2 * min(left, 1)) ** 2)


def warm_then(shape):
    return lambda t, total, warm, peak: (
        peak * (t / warm if t < warm else shape(t, total, warm, (t - warm) / (total - warm)))
    )


RIGHT = {
    "06.1": [lambda sgd, adam: (sgd / 784, adam), lambda sgd, adam: [sgd / 28**2, adam]],
    "06.2": [pick, pick_in_a_loop],
    "06.3": [paired, paired_by_scipy],
    "06.4": [steps_to, steps_to_by_hand],
    "06.5": [warm_cosine, warm_cosine_by_sine],
}

WRONG = {
    "06.1": [
        (lambda sgd, adam: (sgd * 784, adam), "wrong way round"),
        (lambda sgd, adam: (sgd / 784, adam / 784), "right for SGD; but Adam"),
        (lambda sgd, adam: (sgd, adam), "the gradient has grown"),
        (lambda sgd, adam: (sgd / 28, adam), "with no root anywhere"),
        (lambda sgd, adam: sgd / 784, "return two numbers"),
        (lambda sgd, adam: (2 * sgd, adam), "multiplied by 784"),
        ((10 / 784, 0.005), "give a function"),
    ],
    "06.2": [
        (lambda rates, errors: rates[np.nanmin(errors, axis=1).argmin()], "one lucky seed"),
        (lambda rates, errors: rates[np.nanmean(errors[:4], axis=1).argmin()], "must not win"),
        (lambda rates, errors: rates[errors.mean(axis=1).argmin()], "nor spoil the others"),
        (lambda rates, errors: rates[np.nan_to_num(errors, nan=99).mean(1).argmin()], "at an end"),
        (lambda rates, errors: rates[0], "where it is least"),
        (1.0, "give a function"),
    ],
    "06.3": [
        (unpaired, "take the differences first"),
        (lambda a, b: paired(b, a), "first minus second"),
        (lambda a, b: paired_with(a, b, 1.959964), "Student's t"),
        (lambda a, b: paired_with(a, b, 2.570582), "four degrees of freedom"),
        (lambda a, b: paired_with(a, b, 2.131847), "2.5 % on either side"),
        (lambda a, b: paired_with(a, b, 2.7764451, ddof=0), "use n − 1"),
        (lambda a, b: paired_with(a, b, 2.7764451, root=False), "√n smaller"),
        (lambda a, b: paired_with(a, b, 1, root=False), "multiply by t"),
        (lambda a, b: paired_with(a, b, 2.7764451), "must follow the number of seeds"),
        (lambda a, b: (a - b).mean(), "return two numbers"),
    ],
    "06.4": [
        (lambda target, steps, errors: steps[np.argmax(errors < target)], "400 is the first point"),
        (
            lambda target, steps, errors: steps[np.argmax(errors < target) - 1],
            "300 is the last point",
        ),
        (last_crossing, "the first one counts"),
        (
            lambda target, steps, errors: np.nan_to_num(steps_to(target, steps, errors), nan=500),
            "return NaN",
        ),
        (lambda target, steps, errors: 0, "go along a straight line"),
        (350, "give a function"),
    ],
    "06.5": [
        (
            lambda t, total, warm, peak: peak * (1 + math.cos(math.pi * t / total)) / 2,
            "warm-up is missing",
        ),
        (
            warm_then(lambda t, total, warm, share: (1 + math.cos(math.pi * t / total)) / 2),
            "count its steps from there",
        ),
        (warm_then(lambda t, total, warm, share: 1 - share), "a straight line"),
        (warm_then(lambda t, total, warm, share: math.cos(math.pi * share)), "lift it by one"),
        (warm_then(lambda t, total, warm, share: math.cos(math.pi * share / 2)), "half a wave"),
        (
            lambda t, total, warm, peak: warm_cosine(max(t, warm), total, warm, peak),
            "rises from 0",
        ),
        (lambda t, total, warm, peak: peak, "0 at t = total"),
        (0.02, "give a function"),
    ],
}
