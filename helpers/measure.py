"""Errors in the course's units, reference values and sizes.

Units (the first trap of this subject). For N images of D pixels in [0, 1]:

- ``sq_err``: mean over images of the SUM over pixels of (x − x̂)². The course's objective
  L = 1/N Σ‖x_i − x̂_i‖², and the unit of Hinton & Salakhutdinov (Science 313, 2006).
- ``mse``: ``sq_err`` / D, what Keras calls ``mse``.
- ``bce``: mean over images of the sum over pixels of −x ln x̂ − (1 − x) ln(1 − x̂), in nats.
  Keras's ``binary_crossentropy`` is ``bce`` / D.
- ``excess_bce``: ``bce`` minus ``entropy_floor``; zero for a perfect reconstruction.
- ``abs_err``: mean over images of the sum over pixels of |x − x̂|. Keras's ``mae`` is that / D.
- ``ssim``: structural similarity, no unit, 1 for a perfect reconstruction.
"""

import numpy as np
import tensorflow as tf
from scipy.special import entr

CLIP = 1e-7  # keras.config.epsilon(): how far from 0 and 1 a probability is kept


def reconstruct(model, x: np.ndarray, batch: int = 1_000) -> np.ndarray:
    """Pass ``x`` through ``model`` in inference mode, ``batch`` images at a time."""
    parts = [np.asarray(model(x[i : i + batch], training=False)) for i in range(0, len(x), batch)]
    return np.concatenate(parts)


def per_image(x, x_hat) -> np.ndarray:
    """Squared error of each image: Σ over pixels of (x − x̂)², shape (N,)."""
    x, x_hat = _pair(x, x_hat)
    return np.einsum("ij,ij->i", x - x_hat, x - x_hat, dtype="float64")


def sq_err(x, x_hat) -> float:
    """Mean squared error per image, 1/N Σ‖x_i − x̂_i‖²."""
    return float(per_image(x, x_hat).mean())


def mse(x, x_hat) -> float:
    """Mean squared error per pixel, ``sq_err`` / D."""
    return sq_err(x, x_hat) / _pair(x, x_hat)[0].shape[1]


def bce(x, x_hat) -> float:
    """Binary cross-entropy in nats per image, x̂ clipped to [CLIP, 1 − CLIP].

    Keras clips likewise where it sees probabilities; where it can trace a sigmoid back to its
    logits it does not clip, which differs only for outputs that round to 0 or 1.
    """
    x, x_hat = _pair(x, x_hat)
    p = np.clip(x_hat.astype("float64"), CLIP, 1 - CLIP)
    return float(-(x * np.log(p) + (1 - x) * np.log1p(-p)).sum(axis=1).mean())


def entropy_floor(x) -> float:
    """The least BCE any reconstruction of ``x`` can reach: Σ H(x_ij) in nats per image."""
    x = np.asarray(x, "float64").reshape(len(x), -1)
    return float((entr(x) + entr(1 - x)).sum(axis=1).mean())


def excess_bce(x, x_hat) -> float:
    """``bce`` above the entropy floor: the mean KL divergence of x̂ from x, nats per image."""
    return bce(x, x_hat) - entropy_floor(x)


def abs_err(x, x_hat) -> float:
    """Mean absolute error per image, 1/N Σ Σ |x_ij − x̂_ij|."""
    x, x_hat = _pair(x, x_hat)
    return float(np.abs(x - x_hat).sum(axis=1, dtype="float64").mean())


def ssim(x, x_hat) -> float:
    """Mean structural similarity of square images in [0, 1] of at least 11 × 11 pixels.

    Wang et al., IEEE Trans. Image Processing 13 (2004), as TensorFlow has it: Gaussian windows of
    11 × 11 pixels (σ = 1.5), K1 = 0.01, K2 = 0.03. Lesson 02 checks one window by hand.
    """
    pair = [np.asarray(part, "float32") for part in _pair(x, x_hat)]
    side = round(pair[0].shape[1] ** 0.5)
    grey = [tf.constant(part.reshape(-1, side, side, 1)) for part in pair]
    return float(tf.reduce_mean(tf.image.ssim(*grey, max_val=1.0)))


def errors(x, x_hat) -> dict[str, float]:
    """All of the above, by their names in tables."""
    return {
        "sq.err/image": sq_err(x, x_hat),
        "MSE/pixel": mse(x, x_hat),
        "BCE/image": bce(x, x_hat),
        "excess BCE/image": excess_bce(x, x_hat),
    }


def parameters(model) -> int:
    """Number of trainable weights of a Keras model."""
    return sum(int(np.prod(w.shape)) for w in model.trainable_variables)


def _pair(x, x_hat) -> tuple[np.ndarray, np.ndarray]:
    """Both as (N, D) arrays; refuses shapes that would broadcast, and bytes that would wrap."""
    x, x_hat = np.asarray(x), np.asarray(x_hat)
    if x.shape != x_hat.shape:
        raise ValueError(f"images {x.shape} and reconstructions {x_hat.shape} differ in shape")
    if x.dtype == x_hat.dtype == np.uint8:
        raise ValueError("images of whole bytes wrap around when subtracted: divide them by 255")
    return x.reshape(len(x), -1), x_hat.reshape(len(x), -1)
