"""Checkers for lesson 07, Train deep networks."""

import numpy as np

from helpers.exercises import close

FACTOR_ONE = 10.149  # standard deviation times √n at which logistic layers have χ = 1


def shrink(given) -> str | None:
    """(√n s / 4) ** layers: the gradient's size behind so many logistic layers."""
    if not callable(given):
        return "give a function of the width, the standard deviation and the number of layers."
    cases = ((128, 0.01, 1), (128, 0.01, 7), (1_000, 0.02, 3), (64, 0.5, 2))
    got = np.array([float(given(*case)) for case in cases])
    n, s, depth = np.array(cases).T

    def is_(values) -> bool:
        return bool(np.allclose(got, values, rtol=1e-6, atol=0))

    if is_((n**0.5 * s / 4) ** depth):
        return None
    if is_((n * s**2 / 16) ** depth):
        return "that is χ, the factor of the squared gradient: its size goes with the root."
    if is_((n * s / 4) ** depth):
        return "n independent terms add up like √n, not like n."
    if is_((s / 4) ** depth):
        return "each δ is a sum of n terms: where is the width?"
    if is_((n**0.5 * s) ** depth):
        return "the slope of the logistic unit is missing: at h = 0 it is 1/4."
    if is_((n**0.5 * s / 16) ** depth):
        return "1/16 is the squared slope; under the root it is 1/4."
    if is_((n**0.5 * s / 4) * depth):
        return "factors multiply from layer to layer: compound interest, not a sum."
    if is_((4 / (n**0.5 * s)) ** depth):
        return "wrong way round: the gradient that is left, not how much was lost."
    return "χ = n s² ⟨φ′²⟩ with φ′ = 1/4; the size is √χ at each layer, and layers multiply."


def factor_one(given) -> str | None:
    """σ with q = σ²⟨φ²⟩ and σ²⟨φ′²⟩ = 1 for logistic units."""
    sigma = float(given)
    if close(sigma, FACTOR_ONE, 0.02):
        return None
    if close(sigma, 4, 0.02):
        return (
            "4 pays for the slope at h = 0; but logistic outputs are near ½ or above, so q is "
            "large with such weights, and most units are far from 0: let q settle first."
        )
    if close(sigma, FACTOR_ONE**2, 0.04):
        return "that is n s²: the standard deviation is asked for."
    if close(sigma, 1, 0.02):
        return "that is Glorot's rule, whose factor for logistic units is a quarter."
    if not 0 < sigma < np.inf:
        return "give a positive number, s·√n."
    return "for a σ, repeat q = σ²⟨φ(h)²⟩ until it settles, then look at σ²⟨φ′(h)²⟩."


def leaky_variance(given) -> str | None:
    """2 / (n (1 + a²)): half of the units have slope 1, half have slope a."""
    if not callable(given):
        return "give a function of the number of inputs and the slope."
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


def clip(given) -> str | None:
    """All gradients times limit / length, if the length of all together is above the limit."""
    if not callable(given):
        return "give a function of a list of arrays and the limit."
    gradients = [np.array([[3.0, 0.0], [0.0, 0.0]]), np.array([0.0, 4.0])]  # length 5

    def ask(limit):
        out = given([g.copy() for g in gradients], limit)
        if len(out) != 2 or any(
            np.shape(o) != g.shape for o, g in zip(out, gradients, strict=True)
        ):
            raise ValueError("return a list of arrays with the shapes of the gradients")
        return [np.asarray(o, dtype=float) for o in out]

    def same(out, factors) -> bool:
        return all(np.allclose(o, f * g) for o, f, g in zip(out, factors, gradients, strict=True))

    long, short = ask(1.0), ask(10.0)
    if same(long, (1 / 5, 1 / 5)) and same(short, (1, 1)):
        return None
    if same(long, (1 / 5, 1 / 5)):
        return "a gradient shorter than the limit must stay as it is."
    if same(long, (1 / 3, 1 / 4)):
        return (
            "each array was cut on its own or entry by entry, which turns the step in another "
            "direction: take one length of all of them together."
        )
    if same(long, (1 / 7, 1 / 7)):
        return "lengths do not add up: square root of the sum of all squares."
    if same(long, (1 / 25, 1 / 25)):
        return "the square root is missing."
    if same(long, (1, 1)):
        return "nothing was shortened: all together are 5 long, and the limit was 1."
    return "multiply all by limit / length, length = √(sum of the squares of all entries)."


def stop_early(given) -> str | None:
    """(epoch to keep, epoch to stop at), counted from 1."""
    if not callable(given):
        return "give a function of the validation errors and the patience."
    bumpy = [9.0, 7.0, 8.0, 6.0, 6.5, 5.5, 5.0, 5.5, 5.6, 5.7, 4.0]

    def ask(errors, patience):
        kept, end = given(list(errors), patience)
        return int(kept), int(end)

    got = ask(bumpy, 3)
    if got == (6, 9) or got == (6, 10):
        return "epochs count from 1, as everywhere in this course."
    if got[0] == 11:
        return "that needs a look at epochs after the stop: with patience 3 epoch 11 never comes."
    if got == (7, 9):
        return "stop when `patience` epochs in a row brought no new best: 8, 9 and 10."
    if got == (7, 11):
        return "that waits one epoch too long: after 8, 9 and 10 patience 3 is used up."
    if got == (10, 10):
        return "keep the best epoch, not the one you stopped at."
    if got == (7, 8):
        return "every new best starts the count anew."
    if got != (7, 10):
        return "keep the best epoch so far, stop once `patience` epochs have passed since it."
    if ask(bumpy, 1) != (2, 3):
        return "right for a patience of 3, wrong for 1: epoch 3 is the first without a new best."
    if ask([5.0, 4.0, 3.0], 2) != (3, 3):
        return "a run that ends before the patience is used up stops at its last epoch."
    if ask([5.0, 5.0, 5.0, 5.0], 2) != (1, 3):
        return "an equal error is no new best."
    return None


CHECKERS = {
    "07.1": shrink,
    "07.2": factor_one,
    "07.3": leaky_variance,
    "07.4": clip,
    "07.5": stop_early,
}
