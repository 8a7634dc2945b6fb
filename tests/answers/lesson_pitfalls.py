"""Right and wrong answers to the exercises and tasks of the extra on output-layer pitfalls."""

import numpy as np
from scipy.special import entr


def sigmoid(a):
    return 1 / (1 + np.exp(-a))


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


def decoder(*layers):
    """A function that builds a decoder of these layers, written as functions of keras.layers."""

    def build():
        import keras

        made = [layer(keras.layers) for layer in layers]
        return keras.Sequential([keras.Input((32,)), *made])

    return build


def dense(output=None):
    return lambda layers: layers.Dense(784, output)


def picture(layers):
    return layers.Reshape((28, 28))


def last(layers):
    return layers.Activation("sigmoid")


RIGHT = {
    "pitfalls.1": [excess, excess_by_hand, excess_by_keras],
    "pitfalls.2": [
        decoder(dense(), picture, last),
        decoder(dense("linear"), picture, lambda layers: layers.Activation("sigmoid")),
    ],
    "pitfalls.3": [29.0, np.float64(25), 33],
    "pitfalls.a": [0, 0.0],
    "pitfalls.b": [0.36, (0.6 - 0.0) ** 2],
}

WRONG = {
    "pitfalls.1": [
        (lambda a, x: excess(a, x) + entr(x) + entr(1 - x), "subtract the entropy"),
        (lambda a, x: excess(a, x) + 2 * (entr(x) + entr(1 - x)), "the entropy has the wrong sign"),
        (excess_without_limits, "NaN for pixels of exactly 0 or 1"),
        (excess_unstable, "not finite for large logits"),
        (excess_clipped, "start from a, not from x̂"),
        (lambda a, x: excess(a, x).sum(), "one value a pixel"),
        (lambda a, x: np.logaddexp(0, a) + a * x, "mind the signs"),
    ],
    "pitfalls.2": [
        (decoder(dense("sigmoid"), picture), "the very last one"),
        (
            decoder(dense("sigmoid"), picture, lambda layers: layers.Activation("linear")),
            "the very last one",
        ),
        (decoder(dense(), picture), "must stay in (0, 1)"),
        (decoder(dense("sigmoid")), "pictures of shape (3, 28, 28)"),
        (decoder(lambda layers: layers.Dense(64), dense(), picture, last), "keep the weights"),
        (lambda: 3, "return a Keras model"),
    ],
    "pitfalls.3": [
        (116.0, "by what do squared errors grow"),
        (58.0, "fourfold, not twofold"),
        (0.04, "Sum over the 784 pixels"),
        (1000, "train tanh with MSE"),
    ],
    "pitfalls.a": [
        (1, "the stable form's"),
        (0.5, "the dashed line"),
    ],
    "pitfalls.b": [
        (0.09, "before stretching"),
        (0.18, "what does its square do"),
        (0.6, "square it"),
        (7, "stretch both numbers"),
    ],
}
