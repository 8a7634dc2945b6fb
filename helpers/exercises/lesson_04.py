"""Checkers for lesson 04, Derive the optimizers."""

import numpy as np

from helpers.exercises import close


def epsilon_of_algorithm_1(given) -> str | None:
    """Keras's ε̂ = 1e-7 is the ε of Algorithm 1 times √(1 − β₂^t)."""
    if not callable(given):
        return "give a function of the step t."
    steps = (1, 2, 10, 500, 20_000)
    got = np.array([float(given(t)) for t in steps])
    bare = np.sqrt([1 - 0.999**t for t in steps])

    def is_(values) -> bool:
        return bool(np.allclose(got, values, rtol=1e-3, atol=0))

    if is_(1e-7 / bare):
        return None
    if is_(1e-7 * bare):
        return "wrong way round: pull √(1 − β₂^t) out of the denominator and see what ε̂ becomes."
    if is_(1e-7 / bare**2):
        return "the correction stands under a root together with v."
    if is_(np.full(5, 1e-7)):
        return "the two forms agree only when β₂^t has died away; ε has to change with t."
    if is_(1e-7 / np.sqrt([1 - 0.9**t for t in steps])):
        return "which of the two averages stands under the root, the one with β₁ or with β₂?"
    return "write v as v̂ (1 − β₂^t) in √v + ε̂ and take the common factor out."


def momentum_limit(given) -> str | None:
    """z² − (1 + μ − ηλ) z + μ = 0 has the root −1 at η = 2 (1 + μ) / λ."""
    if not callable(given):
        return "give a function of λ_max and μ."
    cases = ((1.0, 0.5), (4.0, 0.9), (0.1, 0.3))
    got = np.array([float(given(a, mu)) for a, mu in cases])
    curvature, mu = np.array(cases).T
    if np.allclose(got, 2 * (1 + mu) / curvature, rtol=1e-4):
        return None
    if np.allclose(got, 2 / curvature):
        return "that is the limit without momentum."
    if np.allclose(got, 2 * (1 - mu) / curvature):
        return "momentum widens the range here: put z = −1 into the equation once more, with signs."
    if np.allclose(got, 2 / (1 - mu) / curvature):
        return "1/(1 − μ) is the gain under a constant gradient; here it changes sign every step."
    if np.allclose(got, (1 + np.sqrt(mu)) ** 2 / curvature):
        return "there the roots become real; they leave the circle later, at z = −1."
    return "put z = −1 into z² − (1 + μ − ηλ) z + μ = 0 and solve for η."


def lion(given) -> str | None:
    """Chen et al. 2023: the step is the sign of a mean with β₁, the memory has β₂."""
    if not callable(given):
        return "give a function of w, g, m and the rate that returns w and m."
    grads = np.random.default_rng(5).normal(size=(30, 40))
    start = np.linspace(-1, 1, 40)

    def run(rule) -> np.ndarray:
        w, m = start.copy(), 0
        for g in grads:
            w, m = rule(w, g.copy(), m, 0.01)
        return np.asarray(w, dtype=float)

    def other(first=0.9, second=0.99, late=False, shape=np.sign, way=-1):
        def rule(w, g, m, rate):
            new = second * m + (1 - second) * g
            mean = new if late else first * m + (1 - first) * g
            return w + way * rate * shape(mean), new

        return run(rule)

    got = run(given)
    if got.shape != start.shape:
        return f"w must keep its shape, {start.shape}, and is {got.shape}."
    if np.allclose(got, other(), atol=1e-9):
        return None
    known = (
        (other(way=1), "the sign is wrong: this goes uphill."),
        (other(late=True), "the step does not use the new memory but its own mean, with β₁."),
        (other(first=0.99, second=0.9), "the two β are exchanged."),
        (other(shape=lambda mean: mean), "take the sign of the mean: every weight moves by η."),
        (other(first=0.0), "take the sign of a mean of memory and gradient, not of the gradient."),
    )
    for wrong, hint in known:
        if np.allclose(got, wrong, atol=1e-9):
            return hint
    return "compute the sign from the old m, then update m; return w first, m second."


def batch_for_a_third(given) -> str | None:
    """‖g_B − g‖ falls as 1/√B: 9 · 32."""
    if close(given, 288):
        return None
    if close(given, 96):
        return "the squared noise falls as 1/B; the noise itself falls more slowly."
    if close(given, 32 / 9) or close(given, 32 / 3) or close(given, 32 / 3**0.5):
        return "a larger batch is quieter."
    if close(given, 32 * 3**0.5):
        return "square where you took the root: B stands under a root in the noise."
    return "the noise falls as 1/√B; how much larger must B be for a third?"


def steps_needed(given) -> str | None:
    """ln(share) / ln((κ − 1)/(κ + 1)), as it is or rounded up."""
    if not callable(given):
        return "give a function of the condition number and the share."
    cases = ((4.0, 1e-6), (16.0, 1e-3), (100.0, 0.01))
    got = np.array([float(given(k, share)) for k, share in cases])
    kappa, share = np.array(cases).T

    def steps(factor) -> np.ndarray:
        return np.log(share) / np.log(factor)

    def is_(values) -> bool:
        exact, up = (np.isclose(got, v, rtol=1e-4) for v in (values, np.ceil(values - 1e-9)))
        return bool(np.all(exact | up))

    right = (kappa - 1) / (kappa + 1)
    if is_(steps(right)):
        return None
    r = np.sqrt(kappa)
    if is_(steps((r - 1) / (r + 1))):
        return "that is momentum's pace; SGD has κ where momentum has its root."
    if is_(steps(1 - 1 / kappa)):
        return "that is the pace at η = 1/λ_max; the best rate is nearly twice as large."
    if is_(-np.log(share) * kappa / 2):
        return "(κ/2) ln(1/share) is the approximation for large κ; use the factor itself."
    if is_(steps(right**2)):
        return "that is when the height has fallen so far; the question is about the distance."
    if is_(-steps(right)):
        return "the sign is wrong: both logarithms are negative."
    return "the distance after t steps is ((κ − 1)/(κ + 1))^t of the first; solve for t."


CHECKERS = {
    "04.1": epsilon_of_algorithm_1,
    "04.2": momentum_limit,
    "04.3": lion,
    "04.4": batch_for_a_third,
    "04.5": steps_needed,
}
