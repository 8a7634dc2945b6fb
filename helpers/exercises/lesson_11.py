"""Checkers for lesson 11, Reduce complexity."""

import numpy as np

from helpers.exercises import close


def separable_share(given) -> str | None:
    """Separable over full convolution, 5 × 5, from 32 to 64 channels: 1/64 + 1/25."""
    got = float(given)
    if close(got, 1 / 64 + 1 / 25, 1e-3):
        return None
    known = (
        (1 / 32 + 1 / 25, "the channels that go in cancel: which number of channels is left?"),
        (1 / 64 + 1 / 5, "a kernel of side 5 has 25 places."),
        (1 / 25, "that is the pointwise half alone: the depthwise half costs something too."),
        (1 / 64, "that is the depthwise half alone: the pointwise half costs more."),
        (1 / (1 / 64 + 1 / 25), "wrong way round: separable over full."),
    )
    for wrong, hint in known:
        if close(got, wrong, 1e-3):
            return hint
    return "write down the products of both for one place of the output, and divide."


def break_even(given) -> str | None:
    """The largest rank at which two thin matrices hold fewer numbers than the m × n one."""
    if not callable(given):
        return "give a function of m and n."
    got = {(m, n): float(given(m, n)) for m, n in ((1568, 128), (128, 1568), (10, 3), (4, 4))}
    right = {(1568, 128): 118, (128, 1568): 118, (10, 3): 2, (4, 4): 1}
    if got == right:
        return None
    if got | {(4, 4): 1} == right:
        return "at rank 2 a 4 × 4 matrix and its two factors hold 16 numbers each: not fewer."
    if all(close(got[m, n], m * n / (m + n), 1e-6) for m, n in got):
        return "that is where the two are level; a rank is a whole number below it."
    if all(got[m, n] == min(m, n) // 2 for m, n in got):
        return "half the smaller side is no rule: count the numbers in m × r and r × n."
    if all(got[m, n] == min(m, n) for m, n in got):
        return "at full rank the two factors hold more numbers than the matrix."
    return "for which r is r(m + n) less than m n?"


def output_error(given) -> str | None:
    """Mean squared change of a layer's output when all but r singular values are dropped."""
    if not callable(given):
        return "give a function of W, the second moment M of the inputs, and the rank."
    rng = np.random.default_rng(0)
    X = rng.normal(size=(40, 5)) * [3, 1, 0.5, 2, 0.1] + 1
    W = rng.normal(size=(5, 4))
    M = X.T @ X / len(X)
    U, s, _ = np.linalg.svd(W, full_matrices=False)
    got = float(given(W.copy(), M.copy(), 2))
    weighted = s**2 * np.einsum("ij,ik,kj->j", U, M, U)
    if close(got, weighted[2:].sum(), 1e-6):
        if close(float(given(W.copy(), M.copy(), 3)), weighted[3:].sum(), 1e-6):
            return None
        return "the rank must decide how many are dropped."
    known = (
        ((s[2:] ** 2).sum(), "right if the inputs were white noise; these are not: use M."),
        (weighted[:2].sum(), "that is what is kept; the question is what is dropped."),
        (weighted[2:].sum() * 4, "a sum over the output, no factor for its size."),
        (weighted[2:].sum() / 4, "a sum over the output's numbers, not their mean."),
        (weighted[2:].sum() ** 0.5, "the squared change, without a root."),
        (weighted.sum(), "drop all but the first r, not all."),
        (
            (s * np.einsum("ij,ik,kj->j", U, M, U))[2:].sum(),
            "the change is squared, so the singular values are too.",
        ),
    )
    for wrong, hint in known:
        if close(got, wrong, 1e-6):
            return hint
    return "the change is x(W − W_r): write its mean square with M, and use that U is orthogonal."


def quantise(given) -> str | None:
    """Symmetric eight-bit integers: q = round(w / scale) with scale = max |w| / 127."""
    if not callable(given):
        return "give a function of an array of weights."
    w = np.random.default_rng(0).normal(size=(30, 7)).astype("float32")
    w[3, 4] = -4.5
    got = given(w.copy())
    if not isinstance(got, tuple | list) or len(got) != 2:
        return "return two things: the whole numbers, and the scale."
    q, scale = np.asarray(got[0], dtype=float), float(got[1])
    if q.shape != w.shape:
        return "as many whole numbers as weights, in the same shape."
    if not np.array_equal(q, np.round(q)):
        return "q must hold whole numbers: divide by the scale and round."
    if close(scale, 4.5 / 127, 1e-5):
        if np.abs(q - w / scale).max() > 0.5 + 1e-4:
            return "round to the nearest whole number: cutting off the fraction doubles the error."
        if not np.issubdtype(np.asarray(got[0]).dtype, np.int8):
            return "store q as np.int8: one byte a weight is what this is for."
        return _small_weights(given)
    if close(scale, w.max() / 127, 1e-5):
        return "the largest weight in size may be negative: use the absolute value."
    if close(scale, (w.max() - w.min()) / 255, 1e-5):
        return "that is the asymmetric kind, which needs a zero point; use max |w| alone."
    if close(scale, 4.5 / 128, 1e-5) or close(scale, 4.5 / 255, 1e-5):
        return "max |w| must land on 127, the largest whole number of eight bits with sign."
    if close(scale, 127 / 4.5, 1e-5):
        return "wrong way round: w is about scale × q."
    return "the scale is the size of one step: max |w| over the steps on one side, 127."


def _small_weights(given) -> str | None:
    tiny = np.array([1e-3, -2e-3], dtype="float32")
    q, scale = given(tiny.copy())
    if close(float(scale), 2e-3 / 127, 1e-5) and int(np.asarray(q)[1]) == -127:
        return None
    return "the scale must follow the weights that are given."


def front(given) -> str | None:
    """True for every row that no other row beats: nowhere worse and somewhere better."""
    if not callable(given):
        return "give a function of a table with one row a model."

    def ask(table):
        return np.asarray(given(np.array(table, dtype=float))).tolist()

    got = ask([[1, 5], [2, 3], [3, 4], [4, 1]])
    if len(got) != 4 or any(value not in (True, False) for value in got):
        return "return one True or False for each row."
    if got == [False, False, True, False]:
        return "wrong way round: True for the rows that nobody beats."
    if got != [True, True, False, True]:
        return "less is better: row (3, 4) is beaten by (2, 3), the other three by nobody."
    if ask([[1, 2], [1, 2], [2, 2]]) != [True, True, False]:
        return "equal rows do not beat each other, and (2, 2) is beaten by (1, 2)."
    if ask([[1, 1, 9], [2, 2, 1], [2, 2, 3], [3, 0, 9]]) != [True, True, False, True]:
        return "there may be any number of columns, and all of them count."
    return None


CHECKERS = {
    "11.1": separable_share,
    "11.2": break_even,
    "11.3": output_error,
    "11.4": quantise,
    "11.5": front,
}
