"""Checkers for the extra on the pitfalls of the output layer."""

import numpy as np
from scipy.special import entr

from helpers.exercises import close


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
        return "it is not finite for large logits: use the stable form of section 2."
    if np.allclose(got[~far], (loss - floor)[~far], rtol=1e-3, atol=1e-6):
        return "right for small logits, but cut off for large ones: start from a, not from x̂."
    return "excess BCE is softplus(a) − a x minus the entropy of x; mind the signs."


def repaired_decoder(given) -> str | None:
    """A model from 32 numbers to (28, 28) values in (0, 1), whose BCE pushes at a logit of 30."""
    if not callable(given):
        return "give the function that builds the decoder."
    import keras
    import tensorflow as tf

    model = given()
    if not isinstance(model, keras.Model):
        return "the function has to return a Keras model."
    if sum(int(np.prod(v.shape)) for v in model.trainable_variables) != 32 * 784 + 784:
        return "keep the weights as they were: one dense layer from 32 numbers to 784."
    codes = tf.zeros((3, 32))
    x_hat = model(codes)
    if tuple(x_hat.shape) != (3, 28, 28):
        return f"three codes should give pictures of shape (3, 28, 28), not {tuple(x_hat.shape)}."
    bias = next(v for v in model.trainable_variables if tuple(v.shape) == (784,))
    bias.assign(np.full(784, 30.0))
    with tf.GradientTape() as tape:
        x_hat = model(codes)
        loss = keras.losses.binary_crossentropy(tf.zeros((3, 28, 28)), x_hat)
    if float(tf.reduce_max(x_hat)) > 1:
        return "the values must stay in (0, 1): the sigmoid is still needed, in another place."
    slope = tape.gradient(loss, bias)
    if slope is None or not np.allclose(slope, slope[0]) or float(slope[0]) <= 0:
        return "at a logit of 30 no gradient arrives: which layer must be the very last one?"
    return None


def error_of_tanh(given) -> str | None:
    """Training error of a tanh model with MSE on [−1, 1], in sq.err/image of [0, 1]: about 30."""
    value = float(given)
    if 18 <= value <= 45:
        return None
    if 4 * 18 <= value <= 4 * 45:
        return "distances double from [0, 1] to [−1, 1]: by what do squared errors grow?"
    if 2 * 18 < value < 4 * 18:
        return "that looks like half of a correction: squared errors grow fourfold, not twofold."
    if value <= 18 / 50:
        return "is that an error per pixel? Sum over the 784 pixels of an image."
    return "train tanh with MSE on 2x − 1, bring outputs back by (x̂ + 1)/2, take measure.sq_err."


def slope_at_30(given) -> str | None:
    """Beyond the clip the loss is constant."""
    if close(given, 0):
        return None
    if close(given, 1):
        return "that is the stable form's; clipped, the loss does not change with a any more."
    return "in the figure: at which height does the dashed line of the right panel end?"


def stretched_error(given) -> str | None:
    """(0.6 − 0)² = 4 · 0.3²."""
    if close(given, 0.36):
        return None
    if close(given, 0.09):
        return "that is the squared error before stretching."
    if close(given, 0.18):
        return "the distance doubles; what does its square do?"
    if close(given, 0.6):
        return "that is the distance; square it."
    return "stretch both numbers by 2x − 1, then take the square of their distance."


CHECKERS = {
    "pitfalls.1": excess_from_logits,
    "pitfalls.2": repaired_decoder,
    "pitfalls.3": error_of_tanh,
    "pitfalls.a": slope_at_30,
    "pitfalls.b": stretched_error,
}
