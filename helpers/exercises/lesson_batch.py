"""Checkers for the extra Choose a batch size."""

import numpy as np

from helpers.exercises import close


def by_two_rules(given) -> str | None:
    """A quarter of the batch: 2 / 4 by the linear rule, 0.004 / 2 by the root rule."""
    got = np.ravel(np.array(given, dtype=float))
    if got.shape != (2,):
        return "give two rates: (momentum's, Adam's)."
    if np.allclose(got, (0.5, 0.002)):
        return None
    if np.allclose(got, (8, 0.008)):
        return "wrong way round: 16 is a quarter of 64, and the rate falls with the batch."
    if np.allclose(got, (1, 0.001)):
        return "the rules are exchanged: linear for momentum, the root for Adam."
    if np.allclose(got[0], 0.5):
        return "momentum's is right; Adam's falls with the root of the batch."
    return "the batch falls by a factor of 4: divide by 4 for momentum, by the root of 4 for Adam."


def from_two_lengths(given) -> str | None:
    """Of E‖g_b‖² = G + N/b, two batches give N and G, and N/G is the noise scale."""
    for signal, noise, small, large in ((1.0, 4.0, 1, 2), (0.5, 30.0, 16, 256), (2e-3, 1e-3, 8, 9)):
        lengths = signal + noise / small, signal + noise / large
        got = float(given(small, lengths[0], large, lengths[1]))
        if close(got, noise / signal, 1e-4):
            continue
        told = f"for signal {signal:g} and noise {noise:g} it gives {got:.4g}"
        if close(got, signal / noise, 1e-4):
            return f"{told}: that is signal over noise."
        if close(got, noise, 1e-4):
            return f"{told}: that is the noise N alone; divide it by the signal."
        if close(got, noise / lengths[1], 1e-4):
            return f"{told}: the larger batch's squared length still holds N / b of noise."
        return f"{told}, and not {noise / signal:g}: two equations, two unknowns."
    return None


def broken_rule(given) -> str | None:
    """The rule's rate at a batch of 256 is 8; a lower one must do better, or the rule diverges."""
    got = np.ravel(np.array(given, dtype=float))
    if got.shape != (4,):
        return "give four numbers: the rule's rate, its error, your rate, its error."
    rule, lost, rate, error = got
    if not close(rule, 8, 1e-3):
        return "four times the batch of 64: the linear rule makes 8 of the rate 2."
    if not np.isfinite(error):
        return "your run diverged as well; go further down with the rate."
    if max(np.nan_to_num(lost, nan=50), error) < 1:
        return "that is Keras's mse, a mean over pixels: give sq.err/image, the column val_sq_err."
    if not 6 < error < 50 or close(rate, rule, 0.01):
        return "your own run: five passes, a batch of 256, a rate that is not the rule's."
    if np.isfinite(lost) and error >= lost:
        return "the rule's rate still does better; try a lower one."
    return None


def growing_batch(given) -> str | None:
    """(16 throughout, 128 throughout, 16 then 128): the last must end lowest."""
    got = np.ravel(np.array(given, dtype=float))
    if got.shape != (3,):
        return "give three errors: (16 throughout, 128 throughout, 16 then 128)."
    if not np.isfinite(got).all():
        return "a run diverged: Adam's rate is 0.004 in all three."
    if (got < 1).all():
        return "that is Keras's mse, a mean over pixels: multiply it by 784."
    small, large, grown = got
    if not (got > 5).all() or not (got < 30).all():
        return "four passes over 10,240 digits end between 5 and 30: check images and passes."
    if close(grown, small, 1e-6) or close(grown, large, 1e-6):
        return "the third run is one of the others: did the second half start from the first's end?"
    if large < small:
        return "at one rate the batch of 128 takes an eighth of the steps: are the two exchanged?"
    if grown > large:
        return (
            "so high ends a run whose second half began with new weights: build must return a "
            "copy of the trained model."
        )
    if grown >= small:
        return "two passes with 16 and then two with 128, at the same rate: it ends below both."
    return None


CHECKERS = {
    "batch.a": by_two_rules,
    "batch.1": from_two_lengths,
    "batch.2": broken_rule,
    "batch.3": growing_batch,
}
