"""Checkers for lesson 08, Cure deep networks."""

import numpy as np

from helpers.exercises import close


def sigma_of_sparse(given) -> str | None:
    """15 weights of size 1: √15 = 3.87, nearly the σ = 4 that was best in lesson 07."""
    sigma = float(given)
    if close(sigma, 15**0.5, 0.02):
        return None
    if close(sigma, 15, 0.02):
        return "that is the sum of the squares; take the root."
    if close(sigma, 1, 0.02):
        return "each weight has size 1; a unit adds 15 of them."
    if close(sigma, 0.48, 0.05):
        return "no division by the width: the other weights are 0 and add nothing."
    return "15 weights of size 1 arrive: the root of the sum of their squares."


def cures_with_sgd(given) -> str | None:
    """ReLU + He, batch norm, residual: all five runs over 3 % below the line in 320 steps."""
    if close(given, 3):
        return None
    if close(given, 2):
        return "one more: look just left of the line, all five marks count."
    if close(given, 6) or close(given, 7):
        return "that is the right panel; take 320 steps."
    if close(given, 4) or close(given, 5):
        return "a larger start gets SGD off the line by less than 3 %, which does not count."
    return "count the rows in which no mark of SGD touches the dashed line."


def size_of_four(given) -> str | None:
    """Four inputs of size 2: σ = 4 once more. ½ stays on the line, 1 and 4 hardly leave it."""
    size = float(given)
    if close(size, 2):
        return None
    if close(size, 1):
        return "that was right for fifteen inputs; with four of them the signal fades."
    if close(size, 0.5):
        return "with that one nothing is learned: the weights are too small."
    if close(size, 4):
        return "too loud: most units sit on the flat ends of the logistic curve."
    return "give one of the four sizes."


def small_epsilon(given) -> str | None:
    """The smallest variance, in layer 5, is 8e-7: 0.9 needs an ε of a ninth of it at most."""
    epsilon = float(given)
    if 0 <= epsilon <= 9e-8:
        return None
    if close(epsilon, 1e-3):
        return "that is Keras's own, with which the run ends higher."
    if epsilon > 1e-3:
        return "more ε makes it more like no norm at all."
    if epsilon < 0:
        return "ε is added to a variance: give a number of at least 0."
    return "nearer, but the v of some layers are smaller still: measure them."


def normalised(given) -> str | None:
    """Batch: over the rows (axis 0), unit by unit. Layer: over the columns, image by image."""
    if not callable(given):
        return "give a function of h and kind."
    h = np.random.default_rng(1).normal(3, 2, (50, 7)) * np.arange(1, 8) + np.arange(7)
    got = {kind: np.asarray(given(h.copy(), kind), dtype=float) for kind in ("batch", "layer")}
    if any(out.shape != h.shape for out in got.values()):
        return "the result must keep the shape of h; keepdims=True helps."

    def by(axis, centred=True, power=1):
        middle = h.mean(axis, keepdims=True) if centred else 0
        return (h - middle) / h.std(axis, keepdims=True) ** power

    def both(batch, layer) -> bool:
        return np.allclose(got["batch"], batch, atol=0.02) and np.allclose(
            got["layer"], layer, atol=0.02
        )

    if both(by(0), by(1)):
        return None
    if both(by(1), by(0)):
        return "the two are exchanged: batch norm takes its mean over the images."
    if both(by(0), by(0)) or both(by(1), by(1)):
        return "one of the two is right; the other goes over the other axis."
    if both(by(0, centred=False), by(1, centred=False)):
        return "the mean has to go as well."
    if both(by(0, power=2), by(1, power=2)):
        return "divide by the standard deviation, not by the variance."
    if both((h - h.mean()) / h.std(), (h - h.mean()) / h.std()):
        return "give mean and std the axis: one number for each unit, or for each image."
    return "subtract the mean and divide by the standard deviation, over axis 0 or over axis 1."


def share_with_tanh(given) -> str | None:
    """Layer 7, layer norm: tanh 0.6 to 0.9, logistic 3e-5 to 8e-5; ReLU, batch norm 0.1 to 0.4."""
    share = float(given)
    if close(share, 0.6943, 0.001):
        return "that is layer 1, the same for all units: take the last of the six numbers."
    if 0.45 <= share <= 0.97:
        return None
    if 0 < share < 1e-3:
        return "that is with logistic units: change the activation."
    if 0.1 <= share <= 0.39:
        return "that looks like ReLU units or batch norm: take tanh, and the norm `layer`."
    if share > 0.97:
        return "that looks like tanh behind batch norm: set the norm to `layer`."
    return "take the last of the six numbers that `spread_share` returns."


CHECKERS = {
    "08.a": sigma_of_sparse,
    "08.b": cures_with_sgd,
    "08.1": size_of_four,
    "08.2": small_epsilon,
    "08.3": normalised,
    "08.4": share_with_tanh,
}
