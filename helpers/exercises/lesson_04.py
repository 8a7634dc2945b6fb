"""Checkers for lesson 04, Derive the optimizers."""

import numpy as np

from helpers.exercises import close


def best_rate(given) -> str | None:
    """Equal factors for curvatures 0.04 and 1: 2 / (0.04 + 1)."""
    rate = float(given)
    if close(rate, 2 / 1.04, 0.01):
        return None
    if close(rate, 2):
        return "that is the limit: there the steep direction only just does not grow."
    if close(rate, 1):
        return "that solves the steep direction at once; the thick line is lower elsewhere."
    if close(rate, 50):
        return "that is the limit of the flat direction; the steep one has long blown up."
    if rate > 2:
        return "beyond 2 the steep direction grows."
    if close(rate, 2 / 1.04, 0.05):
        return "nearly; now calculate it: both factors are equal, 1 − 0.04 η = η − 1."
    return "the thick line is lowest where both factors are equal, 1 − 0.04 η = η − 1."


def first_step(given) -> str | None:
    """v = (1 − ρ) g² in step 1, so the step is η / √(1 − ρ): 10 η."""
    if close(given, 10):
        return None
    if close(given, 100):
        return "v stands under a root: divide by √(1 − ρ)."
    if close(given, 1):
        return "η is the length in the long run; in step 1 the mean v is still too small."
    if close(given, 0.1) or close(given, 0.01):
        return "v is too small in step 1, and you divide by its root: the step is longer than η."
    if close(given, 10**0.5, 0.02):
        return "that is the first step with ρ = 0.9."
    return "what is v after one step, in units of g²? The step is η g / √v."


def eta_and_mu(given) -> str | None:
    """Run momentum on curvatures from 0.01 to 1: below a millionth after 100 steps."""
    if not isinstance(given, list | tuple | np.ndarray) or len(given) != 2:
        return "give two numbers, (η, μ)."
    eta, mu = (float(number) for number in given)
    if not (np.isfinite([eta, mu]).all() and eta > 0 and 0 <= mu < 1):
        return "η must be above 0, and μ from 0 to below 1."
    curvature = np.geomspace(0.01, 1, 9)
    w, m = np.ones(9), np.zeros(9)
    for _ in range(100):
        m = mu * m - eta * curvature * w
        w = w + m
    left = np.abs(w)
    if left.max() < 1e-6:
        return None
    if eta > 2 * (1 + mu):
        return "the steep direction blows up: the map of section 3 has a border."
    if mu == 0:
        return f"{left.max():.1e} is left in the flat direction: without memory it creeps."
    if left[0] == left.max() and 0.01 * eta < (1 - mu**0.5) ** 2:  # its roots are real
        return f"{left[0]:.1e} is left in the flat direction: it creeps; a larger η or μ helps."
    if mu > 0.72:
        return f"{left.max():.1e} is left, swinging: a memory this long dies out too slowly."
    if left[-1] == left.max():
        return (
            f"{left[-1]:.1e} is left in the steep direction, close to its border: a little less η "
            "or a little more μ helps."
        )
    return f"{left.max():.1e} is left: look up Polyak's pair in section 3, for κ = 100."


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


def rmsprop_repaired(given) -> str | None:
    """RMSprop divided by the root of v / (1 − ρ^t): Adam with β₁ = 0."""
    if not callable(given):
        return "give a function of w, g, state, the rate and rho that returns w and the state."
    grads = np.random.default_rng(7).normal(size=(25, 30))
    grads = np.sign(grads) * (0.5 + np.abs(grads))  # not small, so that ε's place does not matter
    start = np.linspace(-1, 1, 30)

    def run(rule, rho) -> np.ndarray:
        w, state, path = start.copy(), 0, []
        for g in grads:
            w, state = rule(w, g.copy(), state, 0.01, rho)
            path.append(np.asarray(w, dtype=float))
        return np.array(path)

    def other(correction, root=True, stored=False):
        def rule(w, g, state, rate, rho):
            v, t = state or (0, 0)
            v, t = rho * v + (1 - rho) * g**2, t + 1
            seen = v / correction(rho, t)
            step = rate * g / (np.sqrt(seen) if root else np.sqrt(v) / correction(rho, t))
            return w - step, (seen if stored else v, t)

        return rule

    def is_(rule) -> bool:
        return all(np.allclose(got, run(rule, rho), atol=1e-6) for got, rho in tried)

    tried = [(run(given, rho), rho) for rho in (0.9, 0.99)]
    if tried[0][0].shape != grads.shape:
        return f"w must keep its shape, {start.shape}."

    def right(rho, t):
        return 1 - rho**t

    if is_(other(right)):
        return None
    if is_(other(lambda rho, t: 1)):
        return "that is RMSprop as it was: its first step is η/√(1 − ρ)."
    if is_(other(lambda rho, t: (1 - rho) ** t)):
        return "t is an exponent of ρ alone: 1 − ρ^t, not (1 − ρ)^t."
    if is_(other(right, stored=True)):
        return "keep v uncorrected in the state: only the step uses the corrected one."
    if is_(other(right, root=False)):
        return "correct v before you take the root."
    if is_(other(lambda rho, t: 1 - rho)):
        return "the correction fades away: 1 − ρ^t grows to 1 with the steps t."
    first = np.abs(tried[0][0][0] - start) / 0.01
    if not np.allclose(first, 1, atol=1e-3):
        return "the first step is not η long: divide by the root of v / (1 − ρ^t)."
    return "the first step is η long, and later ones differ: count t in the state, from 1."


CHECKERS = {
    "04.a": best_rate,
    "04.b": first_step,
    "04.1": eta_and_mu,
    "04.2": momentum_limit,
    "04.3": lion,
    "04.4": rmsprop_repaired,
}
