"""Checkers for lesson 03, Choose a loss."""

import numpy as np

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


def variance_of_mse(given) -> str | None:
    """L/784 is L/(2σ²) with σ² = 784/2."""
    if close(given, 784 / 2):
        return None
    if close(given, 1 / 2):
        return "that gives L itself, the sum over pixels; Keras divides it by 784."
    if close(given, 784):
        return "half of that: it is 2σ² that stands below ‖x − x̂‖²."
    if close(given, 1 / 784) or close(given, 1 / (2 * 784)) or close(given, 2 / 784):
        return "the other way round: a smaller loss belongs to wider noise."
    if close(given, 392**0.5, 1e-3):
        return "that is σ; the question asks for the variance σ²."
    return "solve 1/(2σ²) = 1/784."


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


def recovered(given) -> str | None:
    """A run of ``full_of_ink("MSE", ...)`` that ends well below the mean image's 53."""
    history = getattr(given, "history", None)
    if history is None or "val_mse" not in history:
        return "give what `full_of_ink` returns: a run with its history."
    if getattr(given.model, "loss", "") not in ("mse", "mean_squared_error"):
        return "this run was not trained with MSE: keep the loss, and change how it is trained."
    if len(history) > 3:
        return f"{len(history)} epochs are more than the 3 that the stuck run had."
    end = 784 * float(history["val_mse"].iloc[-1])
    if not np.isfinite(end):
        return "this run diverged: its last step is no number."
    if end < 40:
        return None
    if end > 300:
        return f"it still fills the page with ink ({end:.0f} sq.err/image): now it is too timid."
    if end > 80:
        return (
            f"at {end:.0f} sq.err/image it sits on the empty page, or has only just come there: "
            "what threw the logits so far?"
        )
    return f"it moves, but {end:.0f} sq.err/image is not much below the mean image's 53: go on."


def mae_ratio(given) -> str | None:
    """Absolute error of MAE- over MSE-trained models on MNIST: about 1.7."""
    ratio = float(given)
    if 1.2 <= ratio <= 2.5:
        return None
    if 0.4 <= ratio <= 0.83:
        return "upside down? MAE-trained over MSE-trained; and give each loss its own best rate."
    if 0.83 < ratio < 1.2:
        return "nearly level: are both judged by `val_mae`, at the end, each at its own best rate?"
    if 2.5 < ratio <= 5:
        return "too large for absolute errors: is it a ratio of squared ones, or at a bad rate?"
    return "divide the least mean `val_mae` of the MAE runs by the least of the MSE runs."


def forgiving(given) -> str | None:
    """For each image the least squared error over the nine shifts of the copy by up to a pixel."""
    if not callable(given):
        return "give a function of x and y, both (n, 28, 28), that returns n errors."
    x = np.zeros((4, 28, 28))
    x[:, 8:20, 9:18] = np.random.default_rng(3).random((4, 12, 9))
    moved = np.stack([np.roll(image, s, (0, 1)) for image, s in zip(x, NINE[1::2], strict=True)])
    corner = np.roll(x, (1, -1), (1, 2))
    half = x.copy()
    half[:, :14] = 0
    every = [((moved - np.roll(x, s, (1, 2))) ** 2).sum((1, 2)) for s in NINE]
    got = np.asarray(given(x.copy(), moved.copy()), dtype="float64")
    if got.shape != (4,):
        return f"return one error an image, shape (4,) for four images, not {got.shape}."
    if np.allclose(got, ((x - moved) ** 2).sum((1, 2))):
        return "that is the squared error itself, which does not forgive: try the nine shifts."
    if np.allclose(got, np.mean(every, axis=0)):
        return "the mean over shifts forgives nothing: which of the nine should count?"
    lost = np.asarray(given(x.copy(), half.copy()), dtype="float64")
    due = np.min([((half - np.roll(x, s, (1, 2))) ** 2).sum((1, 2)) for s in NINE], axis=0)
    if (lost < 0.99 * due).any():
        return "it forgives too much: choose one shift for a whole image, not one for each pixel."
    if np.allclose(got[1:3], 0) and not np.allclose(got, 0):
        return "it forgives a move to the side, but not up or down: shift rows as well as columns."
    if not np.allclose(got, 0, atol=1e-6):
        return "a copy moved by one pixel, in any of four directions, should cost nothing."
    if not np.allclose(given(x.copy(), corner.copy()), 0, atol=1e-6):
        return "four directions are forgiven; a move along the diagonal should be, too."
    if not np.allclose(lost, due):
        return "for a copy without its upper half it is not the least squared error over shifts."
    return None


NINE = [(r, c) for r in (-1, 0, 1) for c in (-1, 0, 1)]  # [1::2]: up, left, right, down

CHECKERS = {
    "03.1": best_variance,
    "03.2": recovered,
    "03.3": mae_ratio,
    "03.4": forgiving,
    "03.a": variance_of_mse,
    "03.b": excess_of_log,
}
