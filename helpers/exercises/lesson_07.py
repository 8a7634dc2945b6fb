"""Checkers for lesson 07, See why depth stops learning."""

import numpy as np

from helpers.exercises import close

FACTOR_ONE = 10.149  # σ at which deep logistic layers have χ = 1


def silent_layer(given) -> str | None:
    """Read off section 2: layer 3 has 2e-8, layer 4 has 1e-6."""
    if close(given, 3):
        return None
    if close(given, 4):
        return "layer 4 has about 10⁻⁶: ten times too much."
    if close(given, 1) or close(given, 2):
        return "that layer is below 10⁻⁷, and so is a higher one."
    if close(given, 5):
        return "that is the picture of the spread; take the gradient."
    return "follow the curve of the small weights from layer 8 down to where it passes 10⁻⁷."


def kept_at_four(given) -> str | None:
    """4 times the root mean square slope at σ = 4 in layer 6, about 0.63."""
    kept = float(given)
    if 0.58 <= kept <= 0.68:
        return None
    if 0.36 <= kept <= 0.44:
        return "that is χ; the size of a gradient goes with its root."
    if 0.14 <= kept <= 0.17:
        return "that is the slope alone: where is σ?"
    if close(kept, 1, 0.02):
        return "the slopes are ¼ only where h is near 0; with σ = 4 many sums are large."
    return 'multiply σ = 4 by `typical(scaled(4))["slope"][6]`.'


def leaky_variance(given) -> str | None:
    """2 / (n (1 + a²)): half of the units have slope 1, half have slope a."""
    if not callable(given):
        return "give a function of the number of units and the slope."
    cases = ((100, 0.0), (100, 0.1), (300, 0.3), (50, 1.0))
    got = np.array([float(given(*case)) for case in cases])
    n, a = np.array(cases).T

    def is_(values) -> bool:
        return bool(np.allclose(got, values, rtol=1e-6, atol=0))

    if is_(2 / (n * (1 + a**2))):
        return None
    if is_((2 / (n * (1 + a**2))) ** 0.5):
        return "that is the standard deviation: the variance is asked for."
    if is_(2 / n):
        return "that is He's for a ReLU: what do the units with h < 0 add?"
    if is_(2 / (n * (1 + a))):
        return "squares add up: the slope a enters as a²."
    if is_(1 / (n * (1 + a**2))):
        return "each half of the units has weight ½ in the mean of the squared slope."
    if is_((1 + a**2) / (2 * n)):
        return "wrong way round: n s² ⟨φ′²⟩ must be 1."
    if np.isclose(got[0], 0.02) and not np.isclose(got[3], 0.02):
        return "right for a = 0; for a = 1 the unit is linear, and 1/n is known to be right."
    return "n s² ⟨φ′²⟩ = 1, where φ′² is 1 for half of the units and a² for the other half."


def sigma_of_one(given) -> str | None:
    """σ with q = σ²⟨φ²⟩ and σ²⟨φ′²⟩ = 1 for logistic units."""
    sigma = float(given)
    if close(sigma, FACTOR_ONE, 0.03):
        return None
    if close(sigma, 4, 0.03):
        return (
            "4 pays for the slope at h = 0; but with such weights q is large, and most units are "
            "far from 0: let q settle first."
        )
    if close(sigma, FACTOR_ONE**2, 0.06):
        return "that is σ²: its root is asked for."
    if close(sigma, 1, 0.03):
        return "that is Glorot's rule, which keeps less than a quarter."
    if not 0 < sigma < np.inf:
        return "give a positive number."
    return "for a σ, repeat q = σ²⟨φ(h)²⟩ until it settles, then look at σ²⟨φ′(h)²⟩."


def random_error(given) -> str | None:
    """√(784 · 2/64 · ½) is 3.5; its own error gives about 6.4."""
    factor = float(given)
    if 3.2 <= factor <= 4.1:
        return None
    if 5.5 <= factor <= 7.2:
        return "that is with its own error: send random numbers of the same size instead."
    if 10 <= factor <= 16.9:
        return "that is the factor of the squares; take the root."
    if 0.24 <= factor <= 0.32:
        return "the other way round: gradient of layer 7 divided by that of layer 8."
    return "replace `error = answer - x` by normal numbers whose mean square is that of answer − x."


def best_for_tanh(given) -> str | None:
    """One pass: 1.5 ends near 36, 1 near 49, 2 near 41, 3 and more near 50."""
    sigma = float(given)
    if close(sigma, 1.5):
        return None
    if close(sigma, 1):
        return "Glorot's start does learn; go on to larger weights."
    if close(sigma, 2):
        return "nearly: compare it with 1.5."
    if 3 <= sigma <= 4:
        return "that is good for logistic units, whose slope is four times smaller."
    if close(sigma, 0.5):
        return "with that one it stays at the mean image."
    return "give one of the six values of σ."


CHECKERS = {
    "07.a": silent_layer,
    "07.b": kept_at_four,
    "07.1": leaky_variance,
    "07.2": sigma_of_one,
    "07.3": random_error,
    "07.4": best_for_tanh,
}
