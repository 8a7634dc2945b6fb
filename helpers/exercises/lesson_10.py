"""Checkers for lesson 10, Repair a published autoencoder."""

import numpy as np

from helpers.exercises import close


def unit_parameters(given) -> str | None:
    """K² C C' + C' of the convolution and 2 C' of the batch normalisation."""
    if not callable(given):
        return "give a function of the kernel size and the channels in and out."
    cases = [(5, 256, 128), (3, 1, 16), (4, 16, 8)]
    got = np.array([float(given(*case)) for case in cases])
    K, c, d = np.array(cases, dtype=float).T
    weights = K**2 * c * d

    def is_(values) -> bool:
        return bool(np.allclose(got, values, rtol=1e-9))

    if is_(weights + 3 * d):
        return None
    known = (
        (weights, "those are the kernel's weights; biases and batch norm's γ and β are missing."),
        (weights + d, "that is the convolution; batch norm trains γ and β for each channel."),
        (weights + 2 * d, "the convolution has a bias for each output channel, too."),
        (weights + 5 * d, "the two moving averages are kept, not trained: do not count them."),
        (K * c * d + 3 * d, "the kernel has K rows and K columns."),
        (K**2 * d + 3 * d, "every output channel looks at all input channels."),
        (
            weights + d + 2 * c,
            "batch norm stands behind the convolution: it sees the channels out.",
        ),
    )
    for wrong, hint in known:
        if is_(wrong):
            return hint
    return "K² weights for each pair of channels, one bias, and γ and β for each channel out."


def _size(n, K, s, padding, transposed):
    if padding == "same":
        return n * s if transposed else -(-n // s)
    return (n - 1) * s + max(K, s) if transposed else (n - K) // s + 1


def crop(given) -> str | None:
    """Size after two "valid" convolutions and two "valid" transposed ones."""
    if not callable(given):
        return "give a function of the image size, the kernel and the stride."
    cases = [(28, 4, 2), (28, 3, 2), (29, 5, 2), (40, 3, 3), (31, 2, 3), (28, 5, 1)]

    def there_and_back(n, K, s, down=("valid", False), up=("valid", True)):
        for kind in (down, down, up, up):
            n = _size(n, K, s, *kind)
        return n

    got = [float(given(*case)) for case in cases]
    if got == [there_and_back(*case) for case in cases]:
        return None
    if got == [there_and_back(n, K, s) - n for n, K, s in cases]:
        return "that is the difference to the image; return the size itself."
    if got == [case[0] for case in cases]:
        return "what does not fit is dropped on the way down, and never comes back."
    if got == [there_and_back(*case, down=("same", False), up=("same", True)) for case in cases]:
        return 'that is "same" padding; here it is "valid".'
    if got == [_size(_size(*case, "valid", False), *case[1:], "valid", True) for case in cases]:
        return "that is one layer down and one up; there are two of each."

    def small_strides(n, K, s):
        for _ in range(2):
            n = (n - K) // s + 1
        for _ in range(2):
            n = (n - 1) * s + K
        return n

    if got == [small_strides(*case) for case in cases]:
        return "right while the kernel is not smaller than the stride: see max(K, s)."
    return "down: ⌊(n − K)/s⌋ + 1, twice; up: (n − 1) s + max(K, s), twice."


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


def layers_needed(given) -> str | None:
    """The fewest equal layers whose receptive field covers the image."""
    if not callable(given):
        return "give a function of the image size, the kernel and the stride."
    cases = [(28, 3, 1), (28, 3, 2), (28, 5, 2), (13, 5, 2), (64, 4, 2), (15, 3, 2), (5, 3, 1)]
    cases += [(3, 3, 3), (100, 2, 2)]

    def fewest(n, K, s, grows=True, late=False):
        field = spacing = 1
        count = 0
        while field < n:
            if late:
                spacing *= s
            field, count = field + (K - 1) * spacing, count + 1
            if grows and not late:
                spacing *= s
        return count

    got = [float(given(*case)) for case in cases]
    if got == [fewest(*case) for case in cases]:
        return None
    if got == [fewest(*case, grows=False) for case in cases]:
        return "each stride multiplies the spacing: the field grows faster than by K − 1 a layer."
    if got == [fewest(*case, late=True) for case in cases]:
        return "the first layer still sees neighbouring pixels: its own stride counts after it."
    if got == [fewest(n + 1, K, s) for n, K, s in cases]:
        return "a field just as wide as the image covers it."
    if got == [fewest(*case) - 1 for case in cases]:
        return "one too few: the field must reach the size of the image."
    if got == [fewest(*case) + 1 for case in cases]:
        return "one too many: a single pixel is seen without any layer."
    return "add layers while the field r is below n: r grows by (K − 1) d, then d by the factor s."


def steps_to_forget(given) -> str | None:
    """The first t with momentum ** t below the share."""
    if not callable(given):
        return "give a function of the momentum and the share."
    cases = [(0.99, 0.01), (0.9, 0.01), (0.99, 0.5), (0.999, 0.01), (0.5, 0.3)]
    got = [float(given(*case)) for case in cases]
    ratio = np.array([np.log(share) / np.log(m) for m, share in cases])
    if got == list(np.ceil(ratio)):
        return None
    if np.allclose(got, ratio, rtol=1e-6):
        return "steps are whole numbers: the first at which the share is below."
    if got == list(np.floor(ratio)):
        return "one step too early: there the starting value still weighs more."
    if np.allclose(got, np.ceil([1 / (1 - m) for m, _ in cases]), rtol=1e-6):
        return "1/(1 − m) is where the share is about 1/e; ask for the share that is given."
    if np.allclose(got, [m**100 for m, _ in cases]):
        return "that is the share after a number of steps; the number of steps is asked."
    if close(got[0], np.ceil(np.log(0.01) / np.log(0.01))):
        return "after t steps the starting value weighs momentum to the power t."
    return "the starting value weighs mᵗ after t steps: solve mᵗ < share for the least whole t."


CHECKERS = {
    "10.1": unit_parameters,
    "10.2": crop,
    "10.3": transposed,
    "10.4": layers_needed,
    "10.5": steps_to_forget,
}
