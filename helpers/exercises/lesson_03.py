"""Checkers for lesson 03, Choose a loss."""

import numpy as np
from scipy.special import entr, expit

from helpers.exercises import close


def best_variance(given) -> str | None:
    """The σ² that makes a Gaussian with 10 sq.err/image most likely is 10 / 784."""
    if close(given, 10 / 784, 1e-3):
        return None
    if close(given, (10 / 784) ** 0.5, 1e-3):
        return "that is σ; the question asks for the variance σ²."
    if close(given, 10, 1e-3):
        return "σ² belongs to one pixel, and the error is summed over 784 of them."
    if close(given, 10 / 784 / 2, 1e-3):
        return "a factor ½ too much: the derivatives of both terms carry a ½, and it cancels."
    return "set the derivative of L/(2σ²) + 784/2 · ln(2πσ²) with respect to σ² to zero."


def excess_of_log(given) -> str | None:
    """A log says 0.2880 a pixel, the floor is 188.3 an image: 0.2880 · 784 − 188.3."""
    if close(given, 0.2880 * 784 - 188.3, 5e-3):
        return None
    if close(given, 0.2880 - 188.3 / 784, 5e-3):
        return "right, but for one pixel: give nats for a whole image of 784."
    if close(given, 0.2880 * 784, 5e-3):
        return "the floor is still in it: subtract what no model can avoid."
    if close(given, 0.2880 - 188.3, 5e-3):
        return "the log is in nats a pixel, the floor in nats an image: bring both to one unit."
    if close(given, 188.3 - 0.2880 * 784, 5e-3):
        return "the sign is wrong: no loss lies below its floor."
    return "bring the log to nats an image (Keras divided by 784), then subtract the floor."


def huber_gradient(given) -> str | None:
    """∂/∂a of Huber's loss behind a sigmoid: clip(x̂ − x, −δ, δ) · x̂(1 − x̂)."""
    if not callable(given):
        return "give a function of a, x and delta that returns the slope."
    a = np.array([-4.0, -1.0, -0.2, 0.0, 0.3, 2.0, 5.0, 1.5])
    x = np.array([1.0, 0.3, 0.5, 0.5, 0.0, 0.85, 0.0, 0.9])
    for delta in (0.2, 1.0):
        p = expit(a)
        e, slope = p - x, p * (1 - p)
        clipped = np.clip(e, -delta, delta)
        got = np.asarray(given(a.copy(), x.copy(), delta), dtype="float64")
        if got.shape != a.shape:
            return f"a and x are arrays of shape {a.shape}: so must the slope be, not {got.shape}."
        if np.allclose(got, clipped * slope, rtol=1e-3, atol=1e-6):
            continue
        if np.allclose(got, clipped):
            return "that is the slope in x̂; the chain rule adds the slope of the sigmoid."
        if np.allclose(got, -clipped * slope):
            return "the sign is wrong: an output that is too bright must have a positive slope."
        if np.allclose(got, 2 * clipped * slope):
            return "twice too large: Huber's loss has ½ e² in the middle, not e²."
        if np.allclose(got, e * slope):
            return "beyond δ the loss is a straight line, so its slope in x̂ stops growing."
        if np.allclose(got, np.sign(e) * delta * slope):
            return "within δ the loss is a parabola, whose slope in x̂ is the error itself."
        return "differentiate in x̂ first (two cases), then multiply by the slope of the sigmoid."
    return None


def excess_from_logits(given) -> str | None:
    """Σ over pixels of softplus(a) − a x − H(x), finite and exact for any logit and any x."""
    if not callable(given):
        return "give a function of a and x that returns the excess BCE of each pixel."
    a = np.array([0.3, -2.0, 1.0, 4.0, 0.0, 20.0, -50.0, 100.0, 100.0, -100.0, 800.0])
    x = np.array([0.5, 0.2, 0.9, 0.0, 1.0, 1.0, 0.0, 0.0, 1.0, 0.4, 0.5])
    floor = entr(x) + entr(1 - x)
    loss = np.logaddexp(0, a) - a * x
    with np.errstate(all="ignore"):
        got = np.asarray(given(a.copy(), x.copy()), dtype="float64")
    if got.shape != a.shape:
        return f"a and x are arrays of shape {a.shape}: return one value a pixel, not {got.shape}."
    if np.allclose(got, loss - floor, rtol=1e-4, atol=1e-6):
        return None
    if np.allclose(got, loss, rtol=1e-4, atol=1e-6):
        return "that is the BCE itself: subtract the entropy of the pixel."
    if np.allclose(got, loss + floor, rtol=1e-4, atol=1e-6):
        return "the entropy has the wrong sign: H(x) = −x ln x − (1 − x) ln(1 − x)."
    edge = (x == 0) | (x == 1)
    far = np.abs(a) >= 20
    if np.isnan(got[edge & ~far]).any():
        return "it is NaN for pixels of exactly 0 or 1: make 0 · ln 0 nought, as scipy's entr does."
    if not np.isfinite(got).all():
        return "it is not finite for large logits: use the stable form of section 4."
    if np.allclose(got[~far], (loss - floor)[~far], rtol=1e-3, atol=1e-6):
        return "right for small logits, but cut off for large ones: start from a, not from x̂."
    return "excess BCE is softplus(a) − a x minus the entropy of x; mind the signs."


def best_constants(given) -> str | None:
    """The best constants for a pixel of given values: mean (MSE), mean (BCE), median (MAE)."""
    if not callable(given):
        return "give a function of the pixel's values that returns three numbers."
    cases = ([0, 0, 0, 0, 0, 0, 0, 1, 1, 1], [0.1, 0.2, 0.9], [0, 0, 0.4, 0.6, 1])
    for values in cases:
        v = np.array(values, dtype="float64")
        mean, median = v.mean(), np.median(v)
        got = np.asarray(given(v.copy()), dtype="float64")
        if got.shape != (3,):
            return "return three numbers: for MSE, for BCE and for MAE."
        if np.allclose(got, [mean, mean, median], atol=2e-3):
            continue
        if np.allclose(got, [mean, mean, mean], atol=2e-3):
            return "moving x̂ a little changes Σ|x − x̂| by who lies above and who below: not a mean."
        if np.allclose(got, [mean, median, median], atol=2e-3):
            return "set the derivative of BCE in x̂ to zero: which average of the values solves it?"
        if np.allclose(got, [median, mean, mean], atol=2e-3):
            return "the order is MSE, BCE, MAE."
        if np.allclose(got[:2], mean, atol=2e-3) and np.isclose(got[2], round(mean)):
            return "rounding the mean is not it: count how many values lie on either side of x̂."
        return f"for the values {values} you give {np.round(got, 3).tolist()}; find each minimum."
    return None


CHECKERS = {
    "03.1": best_variance,
    "03.2": excess_of_log,
    "03.3": huber_gradient,
    "03.4": excess_from_logits,
    "03.5": best_constants,
}
