"""Errors in the course's units, and the reconstructions that they judge.

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

import math

import keras
import numpy as np
import tensorflow as tf
from scipy.special import entr

from helpers.errors import CourseError

CLIP = 1e-7  # keras.config.epsilon(): how far from 0 and 1 a probability is kept
MOST = 1_000  # images in a batch, however small they are
ROOM = MOST * 28 * 28  # numbers in a batch: 3 MB; a model's own tensors are many times larger
WINDOW = 11  # pixels, width and height of the window of structural similarity


def batch_for(shape: tuple[int, ...]) -> int:
    """How many images of this shape (of one image) go through a model at once where nobody says.

    As many as hold together as many numbers as 1,000 images of 28 × 28 pixels, and at most 1,000:
    a convolutional network keeps tens to hundreds of numbers for each one that goes in, so that
    1,000 photographs at once would need gigabytes.
    """
    return min(MOST, max(1, ROOM // max(1, math.prod(shape))))


def reconstruct(model, x: np.ndarray, batch: int | None = None) -> np.ndarray:
    """Pass ``x`` (N, ...) through ``model`` in inference mode, ``batch`` images at a time.

    The batch does not change the result (but for the last digits); it is chosen by ``batch_for``
    if it is not given.

    Raises
    ------
    CourseError: there is no image; the model has several outputs; ``batch`` is not at least 1.
    """
    if not hasattr(x, "shape"):
        x = np.asarray(x)
    if len(x.shape) < 2 or not x.shape[0]:
        raise CourseError(f"Images must have the shape (number, ...), not {tuple(x.shape)}.")
    if batch is not None and not (isinstance(batch, int | np.integer) and batch >= 1):
        raise CourseError(f"batch={batch} must be a whole number of at least 1.")
    count, step, whole = x.shape[0], batch or batch_for(tuple(x.shape[1:])), None
    for i in range(0, count, step):
        part = model(x[i : i + step], training=False)
        if not hasattr(part, "shape"):
            raise CourseError(
                "The model gives several outputs: make one with the output that is meant, "
                "`keras.Model(model.inputs[0], model.outputs[0])`."
            )
        part = keras.ops.convert_to_numpy(part)
        if whole is None:
            whole = np.empty((count, *part.shape[1:]), part.dtype)
        whole[i : i + step] = part
    return whole


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
    """Mean structural similarity of images in [0, 1] of at least 11 × 11 pixels.

    Shapes (N, height, width) or (N, height, width, channels), where the channels' values are
    averaged; flat rows (N, D) are taken for square grey images, D = side².

    Wang et al., IEEE Trans. Image Processing 13 (2004), as TensorFlow has it: Gaussian windows of
    11 × 11 pixels (σ = 1.5), K1 = 0.01, K2 = 0.03. Lesson 03 checks one window by hand.

    Raises
    ------
    CourseError: flat rows that are no square, or images smaller than a window.
    """
    _pair(x, x_hat)
    pair = [_pictures(np.asarray(part, "float32")) for part in (x, x_hat)]
    step, values = batch_for(pair[0].shape[1:]), []
    for i in range(0, len(pair[0]), step):
        some = [tf.constant(part[i : i + step]) for part in pair]
        values.append(tf.image.ssim(*some, max_val=1.0, filter_size=WINDOW).numpy())
    return float(np.concatenate(values).mean(dtype="float64"))


def _pictures(x: np.ndarray) -> np.ndarray:
    """Images as (N, height, width, channels)."""
    side = math.isqrt(math.prod(x.shape[1:]))
    if x.ndim == 2 and side**2 == x.shape[1]:
        x = x.reshape(-1, side, side)
    if x.ndim not in (3, 4):
        raise CourseError(
            f"Images of shape {x.shape[1:]} have no height and width: give them as "
            "(N, height, width) or (N, height, width, channels)."
        )
    if min(x.shape[1:3]) < WINDOW:
        raise CourseError(
            f"Structural similarity looks through windows of {WINDOW} × {WINDOW} pixels, but these "
            f"images have {x.shape[1]} × {x.shape[2]}: use another measure."
        )
    return x[..., None] if x.ndim == 3 else x


def errors(x, x_hat) -> dict[str, float]:
    """All of the above, by their names in tables."""
    return {
        "sq.err/image": sq_err(x, x_hat),
        "MSE/pixel": mse(x, x_hat),
        "BCE/image": bce(x, x_hat),
        "excess BCE/image": excess_bce(x, x_hat),
    }


def _pair(x, x_hat) -> tuple[np.ndarray, np.ndarray]:
    """Both as (N, D) arrays; refuses shapes that would broadcast, and bytes that would wrap."""
    x, x_hat = np.asarray(x), np.asarray(x_hat)
    if x.shape != x_hat.shape:
        raise CourseError(
            f"Images {x.shape} and reconstructions {x_hat.shape} differ in shape: reshape one of "
            "them."
        )
    if x.ndim < 2 or not len(x):
        raise CourseError(f"Images must have the shape (number, ...), not {x.shape}.")
    if x.dtype == x_hat.dtype == np.uint8:
        raise CourseError(
            "Images of whole bytes wrap around when they are subtracted: divide them by 255."
        )
    return x.reshape(len(x), -1), x_hat.reshape(len(x), -1)
