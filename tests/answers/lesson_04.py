"""Right and wrong answers to the tasks and exercises of lesson 04."""

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


def repaired(w, g, state, rate, rho=0.9):
    v, t = state or (0, 0)
    v, t = rho * v + (1 - rho) * g**2, t + 1
    return w - rate * g / np.sqrt(v / (1 - rho**t) + 1e-7), (v, t)


def repaired_in_the_rate(w, g, state, rate, rho=0.9):
    v, power = state or (0.0, 1.0)
    power, v = power * rho, v + (1 - rho) * (g * g - v)
    return w - rate * (1 - power) ** 0.5 * g / (v**0.5 + 1e-8), [v, power]


def repaired_with(correction, root=True, stored=False):
    def rule(w, g, state, rate, rho=0.9):
        v, t = state or (0, 0)
        v, t = rho * v + (1 - rho) * g**2, t + 1
        hat = v / correction(rho, t)
        bottom = np.sqrt(hat) if root else np.sqrt(v) / correction(rho, t)
        return w - rate * g / bottom, (hat if stored else v, t)

    return rule


def polyak(condition):
    root = condition**0.5
    return 4 / (1 + 1 / root) ** 2, ((root - 1) / (root + 1)) ** 2


RIGHT = {
    "04.a": [2 / 1.04, 1.92],
    "04.b": [10, 1 / 0.01**0.5],
    "04.1": [polyak(100), (3.2, 0.68), np.array([3.1, 0.7])],
    "04.2": [
        lambda curvature, mu: 2 * (1 + mu) / curvature,
        lambda curvature, mu: (2 + 2 * mu) * curvature**-1,
    ],
    "04.3": [lion, lion_in_place],
    "04.4": [repaired, repaired_in_the_rate],
}

WRONG = {
    "04.a": [
        (2, "that is the limit: there"),
        (1.0, "the steep direction at once"),
        (50, "limit of the flat direction"),
        (2.5, "the steep direction grows"),
        (1.9, "nearly"),
        (1.7, "where both factors are equal"),
    ],
    "04.b": [
        (100, "under a root"),
        (1, "still too small"),
        (0.1, "longer than η"),
        (3.16, "with ρ = 0.9"),
        (5, "what is v after one step"),
    ],
    "04.1": [
        ((3.7, 0.9), "swinging"),
        (polyak(1_000), "swinging"),
        ((2 / 1.01, 0), "without memory it creeps"),
        (polyak(25), "it creeps"),
        ((1.0, 0.74), "it creeps"),
        ((3.31, 0.67), "a little less η"),
        ((3.5, 0.5), "blows up"),
        ((3.3, 1.2), "from 0 to below 1"),
        (3.3, "two numbers"),
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
        (repaired_with(lambda rho, t: 1), "as it was"),
        (repaired_with(lambda rho, t: (1 - rho) ** t), "exponent of ρ alone"),
        (repaired_with(lambda rho, t: 1 - rho**t, stored=True), "uncorrected in the state"),
        (repaired_with(lambda rho, t: 1 - rho**t, root=False), "before you take the root"),
        (repaired_with(lambda rho, t: 1 - rho), "fades away"),
        (repaired_with(lambda rho, t: t), "not η long"),
        (repaired_with(lambda rho, t: 1 - rho if t == 1 else 1), "count t in the state"),
        (lambda w, g, state, rate, rho: (w.sum(), state), "must keep its shape"),
        (0.9, "give a function"),
    ],
}
