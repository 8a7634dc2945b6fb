"""Checkers for lesson 01, Encode and decode."""

from itertools import pairwise

import numpy as np

from helpers.exercises import close


def sq_err_from_mse(given) -> str | None:
    """A log says mse = 0.0128 a pixel; sq.err/image = 784 · 0.0128."""
    if close(given, 0.0128 * 784, 1e-3):
        return None
    if close(given, 0.0128 / 784, 1e-3):
        return "wrong way round: the sum over all pixels is larger than their mean."
    if close(given, 0.0128 * 28, 1e-3):
        return "the mean is over every pixel of the image, and it has 28 rows of 28."
    if close(given, 0.0128 * 784 / 2, 1e-3):
        return "there is no factor ½ in this course's objective."
    if close(given, 0.0128 * 784, 0.05):
        return "nearly: leave the product unrounded, or give three digits."
    return "Keras divides the summed squared error of an image by its number of pixels; undo that."


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


def smallest_code(given) -> str | None:
    """The least k whose first k variances hold at least the wanted share of their sum."""
    if not callable(given):
        return "give a function of the variances and the share."
    cases = (([4.0, 3.0, 2.0, 1.0], 0.65, 2), ([4.0, 3.0, 2.0, 1.0], 0.75, 3), ([1.0], 0.5, 1))
    cases += (([5.0, 4.0, 1.0], 1.0, 3), ([2.0, 1.0, 1.0], 0.5, 1), ([9.0, 5.0, 4.0, 2.0], 0.8, 3))
    got = [given(np.array(variances), share) for variances, share, _ in cases]
    off = [g - k for g, (_, _, k) in zip(got, cases, strict=True)]
    if not any(off):
        return None
    if set(off) == {-1}:
        return "one too few: position 0 of a cumulative sum already holds one direction."
    if set(off) <= {0, 1} and off[4] == 1 and off[0] == 0:
        return "one too many: with exactly the wanted share you may stop."
    variances, share, k = next(case for case, wrong in zip(cases, off, strict=True) if wrong)
    return (
        f"variances {variances} and share {share} need k = {k}: add the variances up from the "
        "largest, divide by their total, and find the first sum that reaches the share."
    )


def n_parameters(given) -> str | None:
    """Weights and biases of 784-128-k-128-784, as a function of k."""
    if not callable(given):
        return "give a function of k."

    def count(k: int, biases: bool = True) -> int:
        sizes = (784, 128, k, 128, 784)
        return sum(a * b + (b if biases else 0) for a, b in pairwise(sizes))

    got = [int(given(k)) for k in (2, 32, 100)]
    if got == [count(k) for k in (2, 32, 100)]:
        return None
    if got == [count(k, biases=False) for k in (2, 32, 100)]:
        return "every unit of a Dense layer also has a bias."
    half = [784 * 128 + 128 + 128 * k + k for k in (2, 32, 100)]
    if got == half:
        return "that is the encoder; the decoder has weights too."
    if got == [2 * h for h in half]:
        return "encoder and decoder differ in their biases: count each layer's own outputs."
    return "a Dense layer from a to b units has a·b weights and b biases; there are four layers."


def disguise(given) -> str | None:
    """(W_E, W_D, A) → (W_E A, A⁻¹ W_D): another code, the same reconstructions."""
    if not callable(given):
        return "give a function of W_E, W_D and A that returns the two new matrices."
    rng = np.random.default_rng(11)
    w_e, w_d, a = rng.normal(size=(9, 3)), rng.normal(size=(3, 9)), rng.normal(size=(3, 3))
    try:
        pair = given(w_e.copy(), w_d.copy(), a.copy())
    except ValueError:
        return "the shapes do not fit: the code becomes z A, so what stands to the left of W_D?"
    if not isinstance(pair, tuple | list) or len(pair) != 2:
        return "return two matrices: the new encoder and the new decoder."
    new_e, new_d = (np.asarray(m) for m in pair)
    if new_e.shape != w_e.shape or new_d.shape != w_d.shape:
        return "the new matrices must have the shapes of the old ones."
    if np.allclose(new_e, w_e):
        return "the code must change: A has to act on what the encoder gives out."
    if np.allclose(new_e @ new_d, w_e @ w_d):
        return None if np.allclose(new_e, w_e @ a) else "the new code should be z A: multiply by A."
    if np.allclose(new_d, a.T @ w_d):
        return "Aᵀ undoes A only if A is a rotation; any invertible A must do."
    if np.allclose(new_d, a @ w_d):
        return "the decoder must undo what A did to the code, not repeat it."
    return "the product of the two new matrices must equal W_E W_D."


CHECKERS = {
    "01.1": sq_err_from_mse,
    "01.2": tied_gradient,
    "01.3": smallest_code,
    "01.4": n_parameters,
    "01.5": disguise,
}
