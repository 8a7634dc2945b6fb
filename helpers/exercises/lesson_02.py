"""Checkers for lesson 02, Meet the linear optimum."""

from functools import cache

import numpy as np

from helpers import data, measure
from helpers.exercises import close

CODE, HARD_CODE = 8, 128  # numbers in the code: the default, and in exercise 4
BETTER = 0.98  # of the error of PCA: what counts as beaten


@cache
def _images() -> data.Images:
    """The lesson's images at its default settings."""
    return data.load("mnist", n=10_240)


@cache
def _principal() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Mean, eigenvalues (largest first) and eigenvectors (columns) of the default images."""
    x = _images().x_train.astype("float64")
    mean = x.mean(axis=0)
    values, vectors = np.linalg.eigh((x - mean).T @ (x - mean) / len(x))
    return mean, values[::-1], vectors[:, ::-1]


@cache
def _hard_to_beat() -> float:
    """Validation error of PCA-128, clipped."""
    mean, _, vectors = _principal()
    x, v = _images().x_val, vectors[:, :HARD_CODE]
    return measure.sq_err(x, ((x - mean) @ v @ v.T + mean).clip(0, 1))


def loss_at_a_saddle(given) -> str | None:
    """Eigenvalues 5, 3, 2, 1 of which the first and the last are used: 3 + 2 are left out."""
    if close(given, 5):
        return None
    if close(given, 6):
        return "that is the variance it keeps, 5 + 1; the loss is what it leaves out."
    if close(given, 3):
        return "that would be the loss at PCA's choice, v₁ and v₂; this network uses v₁ and v₄."
    return "add up the eigenvalues of the directions that were not chosen."


def undoing_decoder(given) -> str | None:
    """(A, W_D) → A⁻¹ W_D."""
    if not callable(given):
        return "give a function of A and W_D that returns the new decoder."
    rng = np.random.default_rng(11)
    w_d, a = rng.normal(size=(3, 9)), rng.normal(size=(3, 3))
    try:
        new = np.asarray(given(a.copy(), w_d.copy()))
    except ValueError:
        return "the shapes do not fit: the code is z A, so what stands to the left of W_D?"
    if new.shape != w_d.shape:
        return f"the new decoder must have the shape of the old one, {w_d.shape}."
    if np.allclose(new, np.linalg.inv(a) @ w_d):
        return None
    if np.allclose(new, a.T @ w_d):
        return "Aᵀ undoes A only if A is a rotation; any invertible A must do."
    if np.allclose(new, a @ w_d):
        return "the decoder must undo what A did to the code, not repeat it."
    if np.allclose(new, w_d):
        return "the code has changed, so the decoder must, too."
    return "W_E A times the new decoder must equal W_E W_D: what has to stand between A and W_D?"


def principal_axes(given) -> str | None:
    """The right singular vectors of the reconstructions X W_E W_D, the strongest first."""
    if not callable(given):
        return "give a function of X, W_E and W_D that returns the axes as rows."
    rng = np.random.default_rng(5)
    axes = np.linalg.qr(rng.normal(size=(7, 7)))[0]  # columns
    x = rng.normal(size=(400, 7)) * [5, 4, 3, 0.5, 0.4, 0.3, 0.2] @ axes.T
    x -= x.mean(axis=0)
    right = np.linalg.svd(x, full_matrices=False)[2][:3]
    a = np.array([[2.0, 1.0, 0.0], [0.0, 0.5, 1.0], [1.0, 0.0, 1.0]])
    w_e, w_d = right.T @ a, np.linalg.inv(a) @ right
    got = np.asarray(given(x.copy(), w_e.copy(), w_d.copy()))
    if got.shape == right.T.shape:
        return "one axis a row, please: transpose."
    if got.shape == (7, 7):
        return "the decoder has only k rows, so there are only k axes to return: keep the first k."
    if got.shape != right.shape:
        return f"with 3 numbers in the code and 7 pixels the axes have the shape {right.shape}."
    length = np.linalg.norm(got, axis=1, keepdims=True)
    cosines = np.abs(got / np.where(length == 0, 1, length) @ right.T)
    if np.allclose(np.diag(cosines), 1, atol=1e-4):
        if not np.allclose(length, 1, atol=1e-4):
            return "divide each axis by its length."
        if not _asks_the_network(given, x, axes):
            return "that is PCA of X, whatever was learned: look at what leaves the network."
        return None
    if np.allclose(np.diag(cosines[::-1]), 1, atol=1e-4):
        return "these are the axes, the weakest first: turn the order round."
    if np.allclose(cosines, np.abs(np.linalg.svd(w_d, full_matrices=False)[2] @ right.T)):
        return (
            "without weight decay the decoder's own SVD says nothing about the axes: you need the "
            "variances of the images inside the subspace, too."
        )
    if np.allclose(got, w_d):
        return "these are the decoder's rows, one basis among infinitely many."
    return "look at what leaves the network, X W_E W_D: which directions does it vary in most?"


def _asks_the_network(given, x: np.ndarray, axes: np.ndarray) -> bool:
    """Whether the axes stay inside the network's subspace where that is not PCA's."""
    basis = axes[:, [0, 1, 4]]
    got = np.asarray(given(x.copy(), basis.copy(), basis.T.copy()))
    return np.allclose(got @ basis @ basis.T, got, atol=1e-6)


def tied_gradient(given) -> str | None:
    """∂/∂W of 1/N ‖X − X W Wᵀ‖² is 2/N (Xᵀ E W + Eᵀ X W) with E = X W Wᵀ − X."""
    if not callable(given):
        return "give a function of X and W that returns the gradient."
    rng = np.random.default_rng(7)
    x, w = rng.normal(size=(11, 6)), rng.normal(size=(6, 2))
    e = x @ w @ w.T - x
    encoder, decoder = 2 / len(x) * x.T @ e @ w, 2 / len(x) * e.T @ x @ w
    try:
        got = given(x.copy(), w.copy())
    except ValueError:
        return "the shapes do not fit: one contribution has the shape of Wᵀ, transpose it."
    got = np.asarray(got)
    if got.shape != w.shape:
        return f"the gradient must have the shape of W, {w.shape}, not {got.shape}."
    right = encoder + decoder
    if np.allclose(got, right, rtol=1e-3, atol=1e-5):
        return None
    if np.allclose(got, encoder) or np.allclose(got, decoder):
        return "W stands in the loss twice, as encoder and as decoder: add what both contribute."
    if np.allclose(got, -right):
        return "the sign is wrong: the gradient points uphill."
    scale = float(np.sum(got * right) / np.sum(right * right))
    if np.allclose(got, scale * right, rtol=1e-3, atol=1e-5):
        return (
            f"the direction is right, the factor is not (yours is {scale:.3g} times the right one)."
        )
    return "use the two gradients of the lesson with W_E = W and W_D = Wᵀ; mind a transpose."


def decay_for_five(given) -> str | None:
    """Between the sixth and the fifth eigenvalue of the default images."""
    mu, values = float(given), _principal()[1]
    kept = int(np.sum(values[:CODE] > mu)) if mu > 0 else CODE
    if kept == 5 and mu > 0:
        return None
    if mu <= 0:
        return "without a price on the weights nothing is given up: μ must be above 0."
    if kept < 5:
        return f"too strong: only {kept} of the eigenvalues are larger than that."
    return f"too weak: {kept} of the first eight eigenvalues are larger than that."


def beat_pca(given) -> str | None:
    """An encoder to at most 128 numbers and a decoder, 2 % below PCA-128 on validation images."""
    if not isinstance(given, tuple | list) or len(given) != 2 or not all(map(callable, given)):
        return "give two models in a tuple: (encoder, decoder)."
    encoder, decoder = given
    x, wanted = _images().x_val, _hard_to_beat()
    z = measure.reconstruct(encoder, x)
    if z.ndim != 2 or z.shape[1] > HARD_CODE:
        return f"the code may hold {HARD_CODE} numbers, and yours has the shape {z.shape[1:]}."
    x_hat = measure.reconstruct(decoder, z).reshape(len(x), -1)
    error = measure.sq_err(x, x_hat)
    if error <= BETTER * wanted:
        return None
    said = f"its validation error is {error:.2f}, and PCA-{HARD_CODE} has {wanted:.2f}"
    if error <= 1.01 * wanted:
        return f"close: {said}, so {BETTER * wanted:.2f} is wanted."
    if error > 3 * wanted:
        return f"{said}: are its weights trained, and its pixels between 0 and 1?"
    return f"{said}: more steps, a rate that rises and then falls, or wider layers?"


CHECKERS = {
    "02.a": loss_at_a_saddle,
    "02.b": undoing_decoder,
    "02.1": principal_axes,
    "02.2": tied_gradient,
    "02.3": decay_for_five,
    "02.4": beat_pca,
}
