"""Right and wrong answers to the exercises of lesson 03."""

import numpy as np
from scipy.special import entr


def sigmoid(a):
    return 1 / (1 + np.exp(-a))


def huber(a, x, delta):
    p = sigmoid(a)
    return np.clip(p - x, -delta, delta) * p * (1 - p)


def huber_in_cases(a, x, delta):
    p = sigmoid(a)
    e = p - x
    return np.where(np.abs(e) <= delta, e, delta * np.sign(e)) * p * (1 - p)


def huber_by_differences(a, x, delta, h=1e-5):
    def loss(a):
        e = np.abs(sigmoid(a) - x)
        return np.where(e <= delta, e**2 / 2, delta * (e - delta / 2))

    return (loss(a + h) - loss(a - h)) / (2 * h)


def excess(a, x):
    return np.logaddexp(0, a) - a * x - entr(x) - entr(1 - x)


def excess_by_hand(a, x):
    with np.errstate(all="ignore"):
        entropy = -np.nan_to_num(x * np.log(x)) - np.nan_to_num((1 - x) * np.log(1 - x))
    return np.maximum(a, 0) - a * x + np.log1p(np.exp(-np.abs(a))) - entropy


def excess_by_keras(a, x):
    import keras

    bce = keras.losses.binary_crossentropy(x[:, None], a[:, None], from_logits=True)
    return np.asarray(bce) - entr(x) - entr(1 - x)


def excess_unstable(a, x):
    return np.log(1 + np.exp(a)) - a * x - entr(x) - entr(1 - x)


def excess_clipped(a, x):
    p = np.clip(sigmoid(a), 1e-7, 1 - 1e-7)
    return -x * np.log(p) - (1 - x) * np.log(1 - p) - entr(x) - entr(1 - x)


def excess_without_limits(a, x):
    return np.logaddexp(0, a) - a * x + x * np.log(x) + (1 - x) * np.log(1 - x)


RIGHT = {
    "03.1": [10 / 784, 0.01276],
    "03.2": [0.2880 * 784 - 188.3, 37.5],
    "03.3": [huber, huber_in_cases, huber_by_differences],
    "03.4": [excess, excess_by_hand, excess_by_keras],
    "03.5": [
        lambda values: (np.mean(values), np.mean(values), np.median(values)),
        lambda values: np.array([sum(values) / len(values)] * 2 + [np.quantile(values, 0.5)]),
    ],
}

WRONG = {
    "03.1": [
        ((10 / 784) ** 0.5, "that is σ; the question asks"),
        (10, "summed over 784"),
        (10 / 784 / 2, "a factor ½ too much"),
        (784 / 10, "set the derivative"),
    ],
    "03.2": [
        (0.2880 - 188.3 / 784, "but for one pixel"),
        (0.2880 * 784, "the floor is still in it"),
        (0.2880 - 188.3, "bring both to one unit"),
        (188.3 - 0.2880 * 784, "the sign is wrong"),
        (1.0, "then subtract the floor"),
    ],
    "03.3": [
        (lambda a, x, d: np.clip(sigmoid(a) - x, -d, d), "adds the slope of the sigmoid"),
        (lambda a, x, d: -huber(a, x, d), "the sign is wrong"),
        (lambda a, x, d: 2 * huber(a, x, d), "twice too large"),
        (lambda a, x, d: huber(a, x, 9), "its slope in x̂ stops growing"),
        (
            lambda a, x, d: np.sign(sigmoid(a) - x) * d * sigmoid(a) * (1 - sigmoid(a)),
            "within δ the loss is a parabola",
        ),
        (lambda a, x, d: huber(a, x, d).sum(), "so must the slope be"),
        (lambda a, x, d: np.zeros_like(a), "two cases"),
    ],
    "03.4": [
        (lambda a, x: excess(a, x) + entr(x) + entr(1 - x), "subtract the entropy"),
        (lambda a, x: excess(a, x) + 2 * (entr(x) + entr(1 - x)), "the entropy has the wrong sign"),
        (excess_without_limits, "NaN for pixels of exactly 0 or 1"),
        (excess_unstable, "not finite for large logits"),
        (excess_clipped, "start from a, not from x̂"),
        (lambda a, x: excess(a, x).sum(), "one value a pixel"),
        (lambda a, x: np.logaddexp(0, a) + a * x, "mind the signs"),
    ],
    "03.5": [
        (lambda values: [np.mean(values)] * 3, "not a mean"),
        (lambda values: [np.mean(values)] + [np.median(values)] * 2, "the derivative of BCE"),
        (lambda values: [np.median(values)] + [np.mean(values)] * 2, "the order is MSE, BCE, MAE"),
        (lambda values: [np.mean(values)] * 2 + [round(np.mean(values))], "rounding the mean"),
        (lambda values: np.mean(values), "return three numbers"),
        (lambda values: [0, 0, 0], "find each minimum"),
    ],
}
