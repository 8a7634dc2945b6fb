"""Checkers for lesson 12, Compress a trained model."""

import numpy as np

from helpers.exercises import close

KERNELS = ("conv", "to the code", "from the code", "conv back")
BYTES = 52_224 + 833 * (4 + 12 + 12)


def bits_by_column(given) -> str | None:
    """Read off the figure: bits that are enough with one scale a column."""
    bits = float(given)
    if bits in ENOUGH_BITS:
        return None
    if bits == 8 or bits > max(ENOUGH_BITS):
        return "enough, but not the fewest: follow the dashed curve to the left."
    if bits in (2, 3, 4, 5):
        return "there the error is above the dotted line."
    return "the first point of the dashed curve below the dotted line; its place on the x axis."


ENOUGH_BITS = (6,)


def bytes_of_int8(given) -> str | None:
    """52,224 weights, and 833 outputs with a bias of 4 bytes and two scales of 12."""
    total = float(given)
    if total == BYTES:
        return None
    known = (
        (52_224 + 833 * 4, "the scales are missing: 12 bytes each, two for each output."),
        (52_224 + 833 * 16, "the bias has a scale of its own: 12 bytes more for each output."),
        (52_224 + 833 * 24, "the biases are missing: four bytes for each output."),
        (52_224 + 833 * 25, "a bias stays a 32-bit integer: four bytes, not one."),
        (52_224, "that is the weights alone."),
        (52_224 * 4 + 833 * 28, "eight bits are one byte a weight."),
    )
    for wrong, hint in known:
        if close(total, wrong):
            return hint
    return "weights × 1 byte, plus 16 + 32 + 784 + 1 outputs × (4 + 12 + 12) bytes."


def who_needs_bits(given) -> str | None:
    """To 3 bits: conv 1.6, from the code 4.1, conv back 4.4, to the code 4.5 times the error."""
    least, factor = str(given[0]), float(given[1])
    if least not in KERNELS:
        return f"give one of {', '.join(KERNELS)}, and a factor."
    if least != LEAST:
        return "another one minds less: one rounded at a time, the other three in float32?"
    low, high = FACTOR
    if low <= factor <= high:
        return None
    if factor < low:
        return "the right kernel; the error over the float model's is above 1: 3 bits, one scale?"
    return "the right kernel, too large a factor: 3 bits, and nothing else rounded?"


LEAST, FACTOR = "conv", (1.25, 2.2)


def one_heap(given) -> str | None:
    """Half of all kernel weights in one heap pruned, over half of each kernel: 4.3."""
    ratio = float(given)
    low, high = HEAP
    if low <= ratio <= high:
        return None
    if low <= 1 / max(ratio, 1e-9) <= high:
        return "wrong way round: one heap over each kernel's own."
    if abs(ratio - 1) < 0.1:
        return "level? The quantile has to be taken of all kernels together."
    return "half of all kernel weights below one threshold; biases untouched, no training on."


HEAP = (2.5, 7.0)


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


def same_bytes(given) -> str | None:
    """16 channels at 4 bits over 8 channels at 8 bits: 1.22."""
    ratio = float(given)
    low, high = SAME_BYTES
    if low <= ratio <= high:
        return None
    if low <= 1 / max(ratio, 1e-9) <= high:
        return "wrong way round: sixteen channels over eight."
    if ratio > high:
        return "sixteen channels lost more than they should: one scale a column, 4 bits?"
    return "sixteen channels did better than they should: are both rounded, sixteen to 4 bits?"


SAME_BYTES = (1.08, 1.45)

CHECKERS = {
    "12.a": bits_by_column,
    "12.b": bytes_of_int8,
    "12.1": who_needs_bits,
    "12.2": one_heap,
    "12.3": front,
    "12.4": same_bytes,
}
