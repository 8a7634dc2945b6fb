"""Checkers for lesson 11, Design it smaller."""

import numpy as np

from helpers.exercises import close

CODE, MOST = 32, 30_000
TO_BEAT, PLAUSIBLE = 18.0, 8.0  # sq.err/image; nobody gets below the latter in this budget


def channels_below(given) -> str | None:
    """3,218 C + 33 numbers: C = 6 is the largest below 20,000."""
    count = float(given)
    if count == 6:
        return None
    if count in (5, 7):
        total = 3_218 * int(count) + 33
        return f"near: {int(count)} channels make {total:,} numbers. Where is the border?"
    if count == 12:
        return "from the 49 places to the code, and back again: that matrix is there twice."
    return "each channel costs 17 + 49·32 + 49·32 + 49 + 16 numbers; 33 are there in any case."


def rank_enough(given) -> str | None:
    """Read off the figure: the smallest rank whose error is within 5 % of the uncut model's."""
    rank = float(given)
    if rank in ENOUGH:
        return None
    if rank in (48, 64, 96, 128):
        return "enough, but not the smallest: follow the lower curve further to the left."
    if rank in (4, 8, 12, 16, 24):
        return "there the error is up by more than 5 %: go right, to the dotted line."
    return "give one of the ranks on the axis, of the curve 'cut by outputs'."


ENOUGH = (32,)


def _numbers(convolutions) -> int:
    """Numbers of ``designed(convolutions)``: kernels and biases, both ways, and the code's."""
    side, channels, total = 28, 1, 0
    for filters, kernel, stride in convolutions:
        total += 2 * kernel**2 * channels * filters + filters + channels
        side, channels = side // stride, filters
    wide = side**2 * channels
    return total + 2 * wide * CODE + CODE + wide


def smaller_design(given) -> str | None:
    """At most 30,000 numbers and an error below 18: 8 channels reach 14.4 with kernel 8."""
    convolutions, reached = given
    convolutions = [tuple(int(number) for number in layer) for layer in convolutions]
    if not convolutions or any(len(layer) != 3 for layer in convolutions):
        return "give the convolutions as a list of (channels, kernel, stride), and the error."
    side = 28
    for *_, stride in convolutions:
        if stride < 1 or side % stride:
            return "each stride has to divide the side of the image that it meets."
        side //= stride
    total = _numbers(convolutions)
    if total > MOST:
        return f"this design has {total:,} numbers, and at most {MOST:,} are allowed."
    if convolutions == [(8, 4, 4)]:
        return "that is '8 channels' itself: change its kernel, its stride, or both."
    if not np.isfinite(reached) or reached < PLAUSIBLE:
        return (
            "that is less than this budget gives: EPOCHS passes, validation images, sq.err/image."
        )
    if reached >= TO_BEAT:
        return f"small enough ({total:,}), but its error is not below 18: let patches overlap."
    return None


def fewest_channels(given) -> str | None:
    """Of 4, 6, 8, 12 and 16 channels, the fewest below clipped PCA with 32 numbers."""
    count = float(given)
    if count in FEWEST:
        return None
    if count in (4, 6, 8):
        return "these stay above PCA's error: is yours the validation error of a trained model?"
    if count == 16:
        return "that beats PCA, but fewer do: try another rate for them."
    return "give one of 4, 6, 8, 12 and 16."


FEWEST = (12,)


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


def separable_shares(given) -> str | None:
    """Down 1/32 + 1/9; up four times 1/16 + 1/9."""
    down, up = (float(share) for share in given)
    if close(down, 1 / 32 + 1 / 9, 2e-3) and close(up, 4 * (1 / 16 + 1 / 9), 2e-3):
        return None
    if close(down, 1 / (1 / 32 + 1 / 9), 2e-3):
        return "wrong way round: separable over full."
    if close(up, 1 / 16 + 1 / 9, 2e-3):
        return (
            "on the way up the separable layer works on the enlarged image: four times the places."
        )
    if close(down, 4 * (1 / 16 + 1 / 9), 2e-3):
        return "the other order: way down first."
    if not close(down, 1 / 32 + 1 / 9, 2e-3):
        return "way down: both layers 3 × 3 with stride 2, from 16 to 32 channels?"
    return "way up: compare with Conv2DTranspose(16, 3, strides=2), which starts from 7 × 7 × 32."


CHECKERS = {
    "11.a": channels_below,
    "11.b": rank_enough,
    "11.1": smaller_design,
    "11.2": fewest_channels,
    "11.3": output_error,
    "11.4": separable_shares,
}
