"""Right and wrong answers to the exercises of lesson 04."""

import math

import numpy as np


def lion(w, g, m, rate):
    step = np.sign(0.9 * m + 0.1 * g)
    return w - rate * step, 0.99 * m + 0.01 * g


def lion_in_place(w, g, m, rate):
    w -= rate * np.where(m + (g - m) / 10 > 0, 1, -1)
    return [w, m + 0.01 * (g - m)]


def lion_with(first=0.9, second=0.99, late=False, shape=np.sign, way=-1):
    def rule(w, g, m, rate):
        new = second * m + (1 - second) * g
        mean = new if late else first * m + (1 - first) * g
        return w + way * rate * shape(mean), new

    return rule


RIGHT = {
    "04.1": [
        lambda t: 1e-7 / np.sqrt(1 - 0.999**t),
        lambda t: 1e-7 * (1 - 0.999**t) ** -0.5,
    ],
    "04.2": [
        lambda curvature, mu: 2 * (1 + mu) / curvature,
        lambda curvature, mu: (2 + 2 * mu) * curvature**-1,
    ],
    "04.3": [lion, lion_in_place],
    "04.4": [288, 32 * 3**2, 288.0],
    "04.5": [
        lambda kappa, share: np.log(share) / np.log((kappa - 1) / (kappa + 1)),
        lambda kappa, share: math.ceil(math.log(share, (kappa - 1) / (kappa + 1))),
    ],
}

WRONG = {
    "04.1": [
        (lambda t: 1e-7 * np.sqrt(1 - 0.999**t), "wrong way round"),
        (lambda t: 1e-7 / (1 - 0.999**t), "under a root together with v"),
        (lambda t: 1e-7, "ε has to change with t"),
        (lambda t: 1e-7 / np.sqrt(1 - 0.9**t), "which of the two averages"),
        (lambda t: 1e-7 / t, "take the common factor out"),
        (1e-7, "give a function"),
    ],
    "04.2": [
        (lambda curvature, mu: 2 / curvature, "without momentum"),
        (lambda curvature, mu: 2 * (1 - mu) / curvature, "widens the range"),
        (lambda curvature, mu: 2 / (1 - mu) / curvature, "under a constant gradient"),
        (lambda curvature, mu: (1 + mu**0.5) ** 2 / curvature, "the roots become real"),
        (lambda curvature, mu: curvature, "solve for η"),
    ],
    "04.3": [
        (lion_with(way=1), "goes uphill"),
        (lion_with(late=True), "its own mean, with β₁"),
        (lion_with(first=0.99, second=0.9), "are exchanged"),
        (lion_with(shape=lambda mean: mean), "every weight moves by η"),
        (lion_with(first=0), "of memory and gradient, not of the gradient"),
        (lambda w, g, m, rate: lion(w, g, m, rate)[::-1], "return w first"),
        (lambda w, g, m, rate: (w.sum(), m), "must keep its shape"),
    ],
    "04.4": [
        (96, "the noise itself falls more slowly"),
        (32 / 9, "a larger batch is quieter"),
        (32 * 3**0.5, "square where you took the root"),
        (64, "how much larger"),
    ],
    "04.5": [
        (
            lambda k, share: np.log(share) / np.log((k**0.5 - 1) / (k**0.5 + 1)),
            "momentum's pace",
        ),
        (lambda k, share: np.log(share) / np.log(1 - 1 / k), "the pace at η = 1/λ_max"),
        (lambda k, share: -np.log(share) * k / 2, "approximation for large κ"),
        (lambda k, share: np.log(share) / np.log((k - 1) / (k + 1)) / 2, "about the distance"),
        (lambda k, share: -np.log(share) / np.log((k - 1) / (k + 1)), "both logarithms"),
        (lambda k, share: k, "solve for t"),
    ],
}
