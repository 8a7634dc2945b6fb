"""Checkers for lesson 05, Find the edge of stability."""

import numpy as np

from helpers.exercises import close


def none_survives(given) -> str | None:
    """Read off the figure of section 3: at 16 × the limit every start has blown up."""
    if close(given, 16):
        return None
    if close(given, 8):
        return "at 8 some starts have blown up, and others have not."
    if close(given, 4):
        return "that is where they end lowest."
    if close(given, 1):
        return "that is the limit of a bowl; look for the place where every start has a cross."
    return "look for the first multiple at which there are only crosses."


def other_epsilon(given) -> str | None:
    """√(c² v + ε) = c √(v + ε / c²): ε must shrink with c², c = 1/784."""
    epsilon = float(given)
    if close(epsilon, 1e-7 / 784**2, 0.02):
        return None
    if close(epsilon, 1e-7 / 784, 0.02):
        return "v is a mean of squares: it changes with the square of the unit."
    if close(epsilon, 1e-7 * 784**2, 0.02) or close(epsilon, 1e-7 * 784, 0.02):
        return "gradients became smaller, and ε has to follow them."
    if close(epsilon, 1e-7 / 784**0.5, 0.02):
        return "v is a square of a gradient, not its root."
    return "pull c out of √(c² v + ε), and see what became of ε beside v."


def chain_edge(given) -> str | None:
    """Run u, v, s on L = ½ (uvs)² from (0.01, 2, 1), below and above the given multiple."""
    multiple = float(given)
    if not 0 < multiple < 100:
        return "give a multiple of 2/λ, such as 1.5."

    def survives(share: float) -> bool:
        w = np.array([0.01, 2.0, 1.0])
        others = [w[1] * w[2], w[0] * w[2], w[0] * w[1]]
        rate = share * 2 / np.square(others).sum()
        for _ in range(2_000):
            w = w - rate * w.prod() * np.array([w[1] * w[2], w[0] * w[2], w[0] * w[1]])
            if not np.abs(w).max() < 1e3:
                return False
        return True

    below, above = survives(0.97 * multiple), survives(1.03 * multiple)
    if below and not above:
        return None
    if close(multiple, 1, 0.05):
        return "that is a bowl's limit: this run is thrown, lands, and survives. Go on."
    if close(multiple, 2, 0.03):
        return "that is the edge of two weights; three survive more."
    if 4.9 < multiple < 5.3:
        return "that is η λ; give the multiple of 2/λ."
    if below:
        return f"at {multiple:g} × the limit it still survives: turn the rate up."
    return f"at {multiple:g} × the limit it has long blown up: turn the rate down."


def edge_with_momentum(given) -> str | None:
    """Start 0, momentum 0.9: about 29 at twice the limit (the course's own run; ± 4 for chaos)."""
    lowest = float(given)
    if 25 <= lowest <= 32:
        return None
    if 32 < lowest <= 40:
        return "that is momentum well below the edge: go on to larger rates."
    if 40 < lowest <= 47:
        return "that is about what plain gradient descent reaches; is m = 0.9 m − η g in the loop?"
    if 47 < lowest <= 120:
        return "it gets much lower; take the lowest over the multiples from 1/8 to 8."
    return "give the lowest mean of the last ten losses, in sq.err/image."


def clipped(given) -> str | None:
    """Keras's global_clipnorm: g · min(1, c / ‖g‖)."""
    if not callable(given):
        return "give a function of the gradient and c that returns a gradient."
    long, short = np.array([3.0, -4.0, 12.0]), np.array([0.3, -0.4, 1.2])  # norms 13 and 1.3
    got = [np.asarray(given(g.copy(), 2.0), dtype=float) for g in (long, short)]
    if any(part.shape != (3,) for part in got):
        return "the clipped gradient must keep the gradient's shape."

    def is_(first, second) -> bool:
        pairs = zip(got, (first, second), strict=True)
        return all(np.allclose(part, wanted, atol=1e-5) for part, wanted in pairs)

    if is_(long * 2 / 13, short):
        return None
    if is_(np.clip(long, -2, 2), short):
        return "that clips each number for itself, and turns the gradient: scale it as a whole."
    if is_(long * 2 / 13, short * 2 / 1.3):
        return "a gradient shorter than c stays as it is; yours is stretched."
    if is_(long * 2 / 169, short) or is_(long * 2 / 169, short * 2 / 1.69):
        return "divide by the norm ‖g‖, not by its square."
    if is_(long / 13, short) or is_(long / 13, short / 1.3):
        return "the clipped gradient should have the length c, not 1."
    if is_(long, short):
        return "a gradient longer than c must become shorter."
    return "return g unchanged if ‖g‖ ≤ c, and g · c / ‖g‖ otherwise."


def silent_beta(given) -> str | None:
    """After one gradient, steps change by β₁ / √β₂ each: they grow below β₂ = β₁² = 0.81."""
    beta_2 = float(given)
    if abs(beta_2 - 0.81) <= 0.011:
        return None
    if close(beta_2, 0.9, 0.01):
        return "m and √v must shrink equally fast: which β₂ has the root 0.9?"
    if close(beta_2, 0.9**0.5, 0.01):
        return "the root belongs to v: √β₂ = β₁."
    if 0 < beta_2 < 0.8:
        return f"with β₂ = {beta_2:g} the steps still grow; go up until they do not."
    return f"with β₂ = {beta_2:g} the steps shrink; go down until they grow."


CHECKERS = {
    "05.a": none_survives,
    "05.b": other_epsilon,
    "05.1": chain_edge,
    "05.2": edge_with_momentum,
    "05.3": clipped,
    "05.4": silent_beta,
}
