"""Right and wrong answers to the tasks and exercises of the extra on a wrong Adam."""

import numpy as np


def steps(rule, gradients):
    """The steps of a row of weights, in units of η."""
    w, state, path = np.zeros(gradients.shape[1]), 0, []
    for g in gradients:
        before, (w, state) = w, rule(w, g, state, 1.0)
        path.append(before - w)
    return np.array(path)


def by_probes(rule):
    constant = steps(rule, np.ones((1_000, 1)))
    noise = np.random.default_rng(0).normal(size=(300, 200))
    typical = np.sqrt(np.mean(steps(rule, noise)[-50:] ** 2))
    return bool(
        np.abs(constant - 1).max() < 1e-3
        and (steps(rule, np.zeros((3, 1))) == 0).all()
        and np.allclose(steps(rule, noise[:20]), steps(rule, 1e3 * noise[:20]), atol=1e-3)
        and abs(typical - 0.23) < 0.03
    )


def by_reference(rule):
    gradients = np.random.default_rng(1).normal(size=(50, 30))
    gradients[:, 0] = 0
    return np.allclose(steps(rule, gradients), steps(right, gradients), atol=1e-3)


def right(w, g, state, rate):
    m, v, t = state or (0, 0, 0)
    m, v, t = 0.9 * m + 0.1 * g, 0.999 * v + 0.001 * g**2, t + 1
    return w - rate * m / (1 - 0.9**t) / (np.sqrt(v / (1 - 0.999**t)) + 1e-7), (m, v, t)


def constant_only(rule):
    return bool(np.abs(steps(rule, np.ones((1_000, 1))) - 1).max() < 1e-3)


def strict(rule):
    gradients = np.random.default_rng(1).normal(size=(50, 30))
    return bool(np.abs(steps(rule, gradients) - steps(right, gradients)).max() < 1e-12)


def with_mistakes(from_m=False, late=False, outside=False):
    def rule(w, g, state, rate):
        m, v, t = state or (0, 0, 0 if late else 1)
        m = 0.9 * m + 0.1 * g
        v = 0.999 * v + 0.001 * (m if from_m else g) ** 2
        inside, added = (0, 1e-7) if outside else (1e-7, 0)
        with np.errstate(all="ignore"):
            step = m / np.float64(1 - 0.9**t) / (np.sqrt(v / np.float64(1 - 0.999**t)) + inside)
        return w - rate * step + added, (m, v, t + 1)

    return rule


def inside_the_root(w, g, state, rate):
    m, v, t = state or (0, 0, 0)
    m, v, t = 0.9 * m + 0.1 * g, 0.999 * v + 0.001 * g**2, t + 1
    return w - rate * m / (1 - 0.9**t) / np.sqrt(v / (1 - 0.999**t) + 1e-7), (m, v, t)


RIGHT = {
    "hunt.a": ["D", "d", ["D"]],
    "hunt.b": ["F", "f "],
    "hunt.1": [by_probes, by_reference],
    "hunt.2": [right, with_mistakes()],
}

WRONG = {
    "hunt.a": [
        ("DE", "no number for a weight"),
        ("BD", "yields no number at all"),
        ("DG", "on the grey line all the way"),
        ("DX", "A to H"),
        (4, "give letters"),
    ],
    "hunt.b": [
        ("H", "a hat on m"),
        ("A", "of the wrong form"),
        ("G", "no power of t"),
        ("FH", "one letter"),
    ],
    "hunt.1": [
        (lambda rule: True, "uphill"),
        (constant_only, "divides 0 by 0"),
        (strict, "convicts an innocent"),
        (lambda rule: False, "convicts an innocent"),
        (lambda rule: 1, "return True or False"),
        (True, "give a function"),
    ],
    "hunt.2": [
        (with_mistakes(late=True), "its first step is no number"),
        (with_mistakes(outside=True), "ε belongs to the denominator"),
        (with_mistakes(from_m=True), "still a mean of m²"),
        (inside_the_root, "after the root is taken"),
        (lambda w, g, state, rate: (w - rate * g, state), "another rule"),
        (lambda w, g, state, rate: (w.sum(), state), "must keep its shape"),
        (3, "the mended function itself"),
    ],
}
