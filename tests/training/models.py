"""Small models and images that the tests of ``train`` and ``sweep`` share."""

import keras
import numpy as np

from helpers import train

N, D, BATCH = 160, 16, 16
RNG = np.random.default_rng(0)
X = RNG.random((N, D), "float32")
VAL = RNG.random((40, D), "float32")
PICTURES = RNG.random((N, 8, 8, 1), "float32")
layers = keras.layers


def dense(units=4, activation="relu", end="sigmoid"):
    return keras.Sequential(
        [keras.Input((D,)), layers.Dense(units, activation), layers.Dense(D, end)]
    )


def linear():
    return keras.Sequential([keras.Input((D,)), layers.Dense(3), layers.Dense(D)])


def chain(*inner):
    """These layers, and a last one with as many outputs as inputs."""
    return keras.Sequential([keras.Input((D,)), *inner, layers.Dense(D)])


def with_everything():
    """Random layers, layers with states, and a penalty."""
    return keras.Sequential(
        [
            keras.Input((D,)),
            layers.GaussianNoise(0.1),
            layers.Dense(8, "relu", kernel_regularizer=keras.regularizers.L2(0.01)),
            layers.BatchNormalization(momentum=0.9),
            layers.Dropout(0.25),
            layers.Dense(D, "sigmoid"),
        ]
    )


def without_randomness():
    """The same with layers that suit XLA."""
    return keras.Sequential(
        [
            keras.Input((D,)),
            layers.Dense(8, "relu", kernel_regularizer=keras.regularizers.L2(0.01)),
            layers.BatchNormalization(momentum=0.9),
            layers.Dense(D, "sigmoid"),
        ]
    )


def convolutional():
    return keras.Sequential(
        [
            keras.Input((8, 8, 1)),
            layers.Conv2D(4, 3, strides=2, padding="same", activation="relu"),
            layers.Conv2DTranspose(1, 3, strides=2, padding="same", activation="sigmoid"),
        ]
    )


def quick(build=dense, images=X, **options):
    """One short run."""
    return train(build, images, **({"epochs": 1, "batch_size": BATCH} | options))


def weights(model) -> np.ndarray:
    return np.concatenate([w.ravel() for w in model.get_weights()])


def numbers(history):
    """A history without its clock."""
    return history.drop(columns="seconds")
