"""Right and wrong answers to the exercises of lesson 10."""

import math

import numpy as np

# --- 06.1, parameters of a convolution with batch normalisation ----------------------------------


def parameters(kernel, channels_in, channels_out):
    return (kernel * kernel * channels_in + 3) * channels_out


def parameters_with_keras(kernel, channels_in, channels_out):
    import keras

    layers = [keras.layers.Conv2D(channels_out, kernel), keras.layers.BatchNormalization()]
    model = keras.Sequential([keras.Input((8, 8, channels_in)), *layers])
    return sum(int(np.prod(w.shape)) for w in model.trainable_weights)


# --- 06.2, there and back ------------------------------------------------------------------------


def there_and_back(n, kernel, stride):
    for _ in range(2):
        n = (n - kernel) // stride + 1
    for _ in range(2):
        n = (n - 1) * stride + max(kernel, stride)
    return n


def there_and_back_with_keras(n, kernel, stride):
    import keras

    down = [keras.layers.Conv2D(1, kernel, stride) for _ in range(2)]
    up = [keras.layers.Conv2DTranspose(1, kernel, stride) for _ in range(2)]
    return keras.Sequential([keras.Input((n, n, 1)), *down, *up]).output_shape[1]


def same_padding(n, kernel, stride):
    return math.ceil(math.ceil(n / stride) / stride) * stride**2


def once(n, kernel, stride):
    return ((n - kernel) // stride) * stride + max(kernel, stride)


def without_max(n, kernel, stride):
    small = ((n - kernel) // stride + 1 - kernel) // stride + 1
    return (((small - 1) * stride + kernel) - 1) * stride + kernel


# --- 06.3, transposed convolution in one dimension -----------------------------------------------


def painted(y, kernel, stride):
    out = np.zeros((len(y) - 1) * stride + len(kernel))
    for i in range(len(y)):
        out[i * stride : i * stride + len(kernel)] += y[i] * kernel
    return out


def painted_by_matrix(y, kernel, stride):
    K, n = len(kernel), len(y)
    M = np.zeros((n, (n - 1) * stride + K))
    for i in range(n):
        M[i, i * stride : i * stride + K] = kernel
    return M.T @ y


def painted_by_zeros(y, kernel, stride):
    spaced = np.zeros((len(y) - 1) * stride + 1)
    spaced[::stride] = y
    return np.convolve(spaced, kernel)


def covered(y, kernel, stride):
    out = np.zeros((len(y) - 1) * stride + len(kernel))
    for i in range(len(y)):
        out[i * stride : i * stride + len(kernel)] = y[i] * kernel
    return out


# --- 06.4, layers for a receptive field ----------------------------------------------------------


def needed(n, kernel, stride):
    field, spacing, count = 1, 1, 0
    while field < n:
        field += (kernel - 1) * spacing
        spacing *= stride
        count += 1
    return count


def needed_by_sum(n, kernel, stride):
    return next(k for k in range(1_000) if 1 + (kernel - 1) * sum(stride**i for i in range(k)) >= n)


def needed_without_stride(n, kernel, stride):
    return math.ceil((n - 1) / (kernel - 1))


def needed_late(n, kernel, stride):
    field, spacing, count = 1, 1, 0
    while field < n:
        spacing *= stride
        field += (kernel - 1) * spacing
        count += 1
    return count


# --- 06.5, steps until a moving average forgets --------------------------------------------------


def steps(momentum, share):
    return math.ceil(math.log(share) / math.log(momentum))


def steps_by_counting(momentum, share):
    left, t = 1.0, 0
    while left >= share:
        left, t = left * momentum, t + 1
    return t


RIGHT = {
    "10.1": [
        parameters,
        parameters_with_keras,
        lambda K, c, d: K**2 * c * d + d + 2 * d,
    ],
    "10.2": [
        there_and_back,
        there_and_back_with_keras,
        lambda n, K, s: np.int64(there_and_back(n, K, s)),
    ],
    "10.3": [
        painted,
        painted_by_matrix,
        painted_by_zeros,
        lambda y, k, s: painted(y, k, s).tolist(),
    ],
    "10.4": [needed, needed_by_sum, lambda n, K, s: float(needed(n, K, s))],
    "10.5": [steps, steps_by_counting, lambda m, p: 1 + math.floor(math.log(p, m))],
}

WRONG = {
    "10.1": [
        (lambda K, c, d: K * K * c * d, "biases and batch norm"),
        (lambda K, c, d: K * K * c * d + d, "trains γ and β"),
        (lambda K, c, d: K * K * c * d + 2 * d, "a bias for each"),
        (lambda K, c, d: K * K * c * d + 5 * d, "kept, not trained"),
        (lambda K, c, d: K * c * d + 3 * d, "K rows and K columns"),
        (lambda K, c, d: K * K * d + 3 * d, "all input channels"),
        (lambda K, c, d: K * K * c * d + d + 2 * c, "sees the channels out"),
        (lambda K, c, d: 1.0, "for each pair of channels"),
        (1_097_218, "give a function"),
    ],
    "10.2": [
        (lambda n, K, s: there_and_back(n, K, s) - n, "the size itself"),
        (lambda n, K, s: n, "never comes back"),
        (same_padding, 'that is "same" padding'),
        (once, "one layer down and one up"),
        (without_max, "see max(K, s)"),
        (lambda n, K, s: n + 1, "twice; up"),
        (28, "give a function"),
    ],
    "10.3": [
        (covered, "they add up"),
        (lambda y, k, s: painted(y, k[::-1], s), "turned around"),
        (lambda y, k, s: painted(y[::-1], k, s), "wrong order"),
        (lambda y, k, s: painted(y, k, s)[: len(y) * s], "its whole kernel"),
        (lambda y, k, s: np.convolve(y, k), "positions"),
        (lambda y, k, s: 0 * painted(y, k, s), "number i paints"),
        (np.zeros(9), "give a function"),
    ],
    "10.4": [
        (needed_without_stride, "multiplies the spacing"),
        (needed_late, "counts after it"),
        (lambda n, K, s: needed(n + 1, K, s), "covers it"),
        (lambda n, K, s: needed(n, K, s) - 1, "one too few"),
        (lambda n, K, s: needed(n, K, s) + 1, "one too many"),
        (lambda n, K, s: 3, "add layers while"),
        (4, "give a function"),
    ],
    "10.5": [
        (lambda m, p: math.log(p) / math.log(m), "whole numbers"),
        (lambda m, p: math.floor(math.log(p) / math.log(m)), "too early"),
        (lambda m, p: math.ceil(1 / (1 - m)), "about 1/e"),
        (lambda m, p: m**100, "the number of steps is asked"),
        (lambda m, p: 100, "solve"),
        (459, "give a function"),
    ],
}
