"""Checkers for lesson 09, Look inside a convolution."""

from itertools import product

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from helpers.exercises import close


def shift_kernel(given) -> str | None:
    """One single 1, left of the middle: each output pixel copies its left neighbour."""
    kernel = np.asarray(given, dtype=float)
    if kernel.shape != (3, 3):
        return "a kernel of 3 × 3 numbers is asked: three rows of three."
    places = np.argwhere(kernel != 0)
    if len(places) != 1 or not close(kernel.sum(), 1):
        return "an exact copy needs a single 1, and zeros beside it."
    place = tuple(int(i) for i in places[0])
    if place == (1, 0):
        return None
    if place == (1, 1):
        return "that leaves every pixel where it is."
    if place == (1, 2):
        return "that moves the image to the left: each pixel copies its right neighbour."
    return "that moves the image up or down; it should only move sideways."


def valid_kernel(given) -> str | None:
    """⌊(28 − K)/3⌋ + 1 = 9 for K = 2, 3, 4."""
    size = float(given)
    if size in (2, 3, 4):
        return None
    if size == 1:
        return "kernel 1 fits once more: ⌊27/3⌋ + 1 = 10."
    if size == 5:
        return "kernel 5 fits only ⌊23/3⌋ + 1 = 8 times."
    return "⌊(28 − K)/3⌋ + 1 must be 9; K is a small whole number."


def transposed(given) -> str | None:
    """Paint the kernel, times each number, at every ``stride``; add where paintings overlap."""
    if not callable(given):
        return "give a function of y, the kernel and the stride."
    rng = np.random.default_rng(0)
    cases = [(4, 3, 2), (5, 4, 2), (3, 3, 1), (4, 5, 3)]

    def paint(y, kernel, stride, add=True):
        out = np.zeros((len(y) - 1) * stride + len(kernel))
        for i, number in enumerate(y):
            part = slice(i * stride, i * stride + len(kernel))
            out[part] = number * kernel + (out[part] if add else 0)
        return out

    for n, K, stride in cases:
        y, kernel = rng.normal(size=n), rng.normal(size=K)
        right = paint(y, kernel, stride)
        got = np.asarray(given(y.copy(), kernel.copy(), stride), dtype=float)
        if got.shape == (n * stride,) and n * stride != len(right):
            return "nothing is cut off here: the last number paints its whole kernel."
        if got.shape != right.shape:
            return "n numbers paint (n − 1) · stride + K positions."
        if np.allclose(got, right):
            continue
        if np.allclose(got, paint(y, kernel, stride, add=False)):
            return "where two paintings overlap they add up; yours covers the one below."
        if np.allclose(got, paint(y, kernel[::-1], stride)):
            return "your kernel is turned around: its first number comes first."
        if np.allclose(got, paint(y[::-1], kernel, stride)):
            return "your numbers come in the wrong order."
        return (
            "number i paints i · stride, …: the kernel times that number, added to what is there."
        )
    return None


def found_kernel(given) -> str | None:
    """Nine unknowns, thousands of equations: least squares on the windows."""
    if not callable(given):
        return "give a function of the images and the filtered images."
    rng = np.random.default_rng(0)
    for _ in range(2):
        secret = rng.normal(size=(3, 3))
        x = rng.random((20, 28, 28))
        y = np.einsum("nijab,ab->nij", sliding_window_view(x, (3, 3), axis=(1, 2)), secret)
        y = y + 0.01 * rng.normal(size=y.shape)
        got = np.asarray(given(x.copy(), y.copy()), dtype=float)
        if got.size != 9:
            return "return the kernel itself, 3 × 3 numbers."
        got = got.reshape(3, 3)
        if np.abs(got - secret).max() < 0.02:
            continue
        if np.abs(got[::-1, ::-1] - secret).max() < 0.02:
            return "yours is turned around: `slide` does not turn the kernel."
        if np.abs(got.T - secret).max() < 0.02:
            return "rows and columns of yours are exchanged."
        if np.abs(got - secret).max() < 0.3:
            return "near, but not there: train longer, or solve the least-squares problem."
        return "each result is the sum of nine pixels times the kernel: nine unknowns to fit."
    return None


def even_kernel(given) -> str | None:
    """The four numbers that meet at a pixel of one phase sum to 1, for each of the four phases."""
    kernel = np.asarray(given, dtype=float)
    if kernel.shape != (4, 4):
        return "a kernel of 4 × 4 numbers is asked: four rows of four."
    phases = np.array([[kernel[a::2, b::2].sum() for b in (0, 1)] for a in (0, 1)])
    if np.ptp(phases) > 1e-6 * max(1, np.abs(phases).max()):
        return (
            "still a checkerboard: at even and odd rows and columns different numbers of the "
            f"kernel add up, and yours add up to {', '.join(f'{p:.3g}' for p in phases.ravel())}."
        )
    if not np.allclose(phases, 1, atol=1e-6):
        return f"even, but the image of ones comes out as {phases[0, 0]:.3g}: scale it."
    if np.ptp(kernel) < 1e-9:
        return "even, but the kernel is the same number everywhere; find one that is not."
    return None


FIELD, CHOICES = 15, list(product((2, 3, 4, 5), (1, 2)))


def _field(stack) -> int:
    field = spacing = 1
    for K, s in stack:
        field, spacing = field + (K - 1) * spacing, spacing * s
    return field


def _work(stack) -> int:
    """Multiply-adds on 28 × 28 pixels, "same" padding, channels 1 → 16 → 16 → 16."""
    side, total = 28, 0
    for (K, s), channels in zip(stack, (1, 16, 16), strict=True):
        side = -(-side // s)
        total += side**2 * K**2 * channels * 16
    return total


def cheapest_stack(given) -> str | None:
    """The stack of three (kernel, stride) with a field of 15 and the fewest multiply-adds."""
    stack = [tuple(int(number) for number in layer) for layer in given]
    if len(stack) != 3 or any(layer not in CHOICES for layer in stack):
        return "give three pairs (kernel, stride): kernels from 2 to 5, strides 1 or 2."
    if _field(stack) < FIELD:
        return f"its receptive field is {_field(stack)} pixels wide, and {FIELD} are asked."
    fits = [other for other in product(CHOICES, repeat=3) if _field(other) >= FIELD]
    least = min(map(_work, fits))
    if _work(stack) == least:
        return None
    return (
        f"it sees far enough, for {_work(stack):,} multiply-adds; there is one that needs only "
        f"{100 * least / _work(stack):.0f} % of them."
    )


CHECKERS = {
    "09.a": shift_kernel,
    "09.b": valid_kernel,
    "09.1": transposed,
    "09.2": found_kernel,
    "09.3": even_kernel,
    "09.4": cheapest_stack,
}
