"""Right and wrong answers to the exercises and tasks of lesson 10."""

import keras
import numpy as np

# --- 10.a, where the error is --------------------------------------------------------------------


def share(x, x_hat):
    return ((x - x_hat) ** 2)[x_hat < 0].sum() / ((x - x_hat) ** 2).sum()


def share_of_means(x, x_hat):
    return np.mean((x - x_hat) ** 2 * (x_hat < 0)) / np.mean((x - x_hat) ** 2)


# --- 10.1, a new patient -------------------------------------------------------------------------


def patient(*, divide=(), code="relu", drop=(), last="sigmoid", numbers=32):
    dense = keras.layers.Dense
    parts = [*divide, keras.layers.Flatten(), dense(128, "relu"), dense(numbers, code), *drop]
    parts += [dense(128, "relu"), dense(784, last), keras.layers.Reshape((28, 28, 1))]
    return keras.Sequential([keras.Input((28, 28, 1)), *parts])


def rescaling():
    return keras.layers.Rescaling(1 / 255)


def dropout():
    return keras.layers.Dropout(0.5)


# --- 10.2, averages anew -------------------------------------------------------------------------


def by_passes(model, x):
    for _ in range(400):
        model(x, training=True)
    return model


def by_momentum(model, x):
    for layer in model.layers:
        if isinstance(layer, keras.layers.BatchNormalization):
            layer.momentum = 0.0
    model(x, training=True)
    return model


def by_fitting(model, x):
    model.compile(optimizer=keras.optimizers.SGD(0.01), loss="mse")
    model.fit(x, x, epochs=2, verbose=0)
    return model


def in_inference(model, x):
    for _ in range(5):
        model(x, training=False)
    return model


def too_few(model, x):
    for _ in range(20):
        model(x, training=True)
    return model


# --- 10.4, a check-up ----------------------------------------------------------------------------


def looked_over(model, x):
    found = set()
    used, trained = (np.asarray(model(x, training=mode)) for mode in (False, True))
    if used.shape != x.shape:
        found.add("shape")
    if used.min() < 0 or used.max() > 1:
        found.add("range")
    if np.abs(used - trained).max() > 1e-3:
        found.add("modes")
    if used.std(axis=0).max() < 1e-6:
        found.add("constant")
    return found


def without(name):
    return lambda model, x: looked_over(model, x) - {name}


LETTERS = {"A": "slow averages", "B": "code too small", "C": "dead output", "D": "sound"}

RIGHT = {
    "10.a": [share, share_of_means],
    "10.b": [0.9, 0.96, np.float32(0.5)],
    "10.1": [lambda: patient(code=None), patient],
    "10.2": [by_passes, by_momentum],
    "10.3": [LETTERS],
    "10.4": [looked_over, lambda model, x: sorted(looked_over(model, x))],
}

WRONG = {
    "10.a": [
        (lambda x, x_hat: 100 * share(x, x_hat), "per cent"),
        (lambda x, x_hat: (x_hat < 0).mean(), "share of the pixels"),
        (lambda x, x_hat: 1 - share(x, x_hat), "all other pixels"),
        (lambda x, x_hat: ((x - x_hat) ** 2)[x_hat < 0].mean(), "by the sum over all"),
        (lambda x, x_hat: (x - x_hat) ** 2, "one number"),
        (0.5, "give a function"),
    ],
    "10.b": [(0.99, "are left"), (0.1, "decide alone"), (1.5, "between 0 and 1")],
    "10.1": [
        (lambda: patient(divide=[rescaling()], drop=[dropout()], last="softmax"), "add up to 1"),
        (lambda: patient(divide=[rescaling()], drop=[dropout()]), "[0, 1] already"),
        (lambda: patient(drop=[dropout()]), "half the code is missing"),
        (lambda: patient(numbers=64), "the code must stay"),
        (lambda: patient(numbers=2), "it ends at"),
        (lambda: "model", "return a Keras model"),
    ],
    "10.2": [
        (by_fitting, "only the moving averages"),
        (in_inference, "training=True"),
        (too_few, "go on"),
        (lambda model, x: x, "return the model"),
    ],
    "10.3": [
        (LETTERS | {"A": "sound", "D": "slow averages"}, "look again at A, D"),
        (LETTERS | {"B": "dead output", "C": "code too small"}, "look again at B, C"),
        (LETTERS | {"B": "overfitting"}, "among the four"),
        ({"A": "sound"}, "letters A, B, C and D"),
    ],
    "10.4": [
        (without("shape"), "another shape"),
        (without("range"), "outside [0, 1]"),
        (without("modes"), "two modes differ"),
        (without("constant"), "same picture"),
        (lambda model, x: {"shape"}, "it reports"),
    ],
}
