"""The three models that the benchmark trains, once for Keras; ``rivals`` builds their equals."""

from dataclasses import dataclass

import numpy as np

from helpers import data

import keras  # isort: skip  (after helpers, which keeps TensorFlow's log lines away)

BATCH = 256
layers = keras.layers


@dataclass(frozen=True)
class Case:
    """A model and how long to train it.

    units: of the dense hidden layers, the code in the middle; or channels of the convolutions.
    act: of the hidden layers. code: of the middle one (dense models only). steps: of an epoch.
    """

    title: str
    units: tuple[int, ...]
    act: str
    code: str
    steps: int
    epochs: int
    convolutional: bool = False

    @property
    def widths(self) -> tuple[int, ...]:
        """Numbers that go in, that each hidden layer gives, and that come out (dense models)."""
        return (784, *self.units, 784)

    @property
    def activations(self) -> list[str]:
        """Of every layer but the last, which is logistic."""
        middle = len(self.units) // 2
        return [self.code if i == middle else self.act for i in range(len(self.units))]

    def images(self) -> np.ndarray:
        """MNIST images of one epoch, flat or with a channel."""
        x = data.load("mnist", validation=0).x_train[: self.steps * BATCH]
        return x.reshape(-1, 28, 28, 1) if self.convolutional else x

    def build(self) -> keras.Model:
        if self.convolutional:
            return convolutional(self.units, self.act)
        hidden = [layers.Dense(*pair) for pair in zip(self.units, self.activations, strict=True)]
        return keras.Sequential([keras.Input((784,)), *hidden, layers.Dense(784, "sigmoid")])


def convolutional(channels: tuple[int, ...], act: str) -> keras.Model:
    """Down by convolutions of stride 2, up again by transposed ones."""
    how = {"strides": 2, "padding": "same"}
    down = [layers.Conv2D(c, 3, activation=act, **how) for c in channels]
    up = [layers.Conv2DTranspose(c, 3, activation=act, **how) for c in channels[-2::-1]]
    last = layers.Conv2DTranspose(1, 3, activation="sigmoid", **how)
    return keras.Sequential([keras.Input((28, 28, 1)), *down, *up, last])


HALF = (1000, 500, 250)
CASES = {
    "small": Case("784-128-32-128-784, ReLU", (128, 32, 128), "relu", "relu", 234, 10),
    "2006": Case(
        "784-1000-500-250-30 and back, logistic, the code linear",
        (*HALF, 30, *HALF[::-1]),
        "sigmoid",
        "linear",
        36,
        3,
    ),
    "convolutional": Case(
        "28 × 28, convolutions to 7 × 7 × 8 and back, ReLU", (8, 8), "relu", "relu", 60, 4, True
    ),
}
