"""What cannot be trained is refused before the first step, in one sentence."""

import re

import keras
import numpy as np
import pytest
import tensorflow as tf

from helpers.errors import TrainingError
from helpers.training import loop
from tests.training.models import PICTURES, VAL, D, X, dense, quick, weights

layers, optimizers, losses = keras.layers, keras.optimizers, keras.losses


class Failing(optimizers.schedules.LearningRateSchedule):
    def __call__(self, step):
        return 1 / 0


def excluding(**names):
    optimizer = optimizers.AdamW()
    optimizer.exclude_from_weight_decay(**names)
    return optimizer


ONE_MODEL, ENCODER = dense(), keras.Sequential([keras.Input((D,)), layers.Dense(4)])
NAN = np.where(np.arange(D) == 3, np.nan, X)

REFUSED = {
    "0 to 255": ({"images": X * 255}, r"images must lie in \[0, 1\].*divide them by 255"),
    "0 to 65,535": ({"images": X * 65_535}, "divide them by 65535"),
    "rounding": ({"images": X / X.max() * 1.0000002}, r"rounding, so clip them with np\.clip"),
    "0 to 1.5": ({"images": X * 1.5}, "rescale them"),
    "several sizes": (
        {"images": [np.zeros((8, 8)), np.zeros((9, 9))]},
        "images of several sizes .*bring them to one size",
    ),
    "text": ({"images": ["a", "b"]}, "images must hold numbers"),
    "a dict": ({"images": {"x": X}}, "images must be one array, not a dict"),
    "a dict of inputs": ({"inputs": {"x": X}}, "the inputs of images must be one array"),
    "tf.data": (
        {"images": tf.data.Dataset.from_tensor_slices(X)},
        "images must be an array in memory, not a .*Dataset: .*model.fit",
    ),
    "a generator": ({"images": iter([X])}, "images must be an array in memory"),
    "a pair": ({"images": (X, X)}, "images is a pair: .*`inputs=`"),
    "a pair for validation": (
        {"validation": (VAL, VAL)},
        "validation is a pair: .*`validation_inputs=`",
    ),
    "masked": (
        {"images": np.ma.masked_greater(X, 0.9)},
        r"images have masked pixels: .*\.filled\(0\)",
    ),
    "negative": ({"images": X - 0.5}, r"images must lie in \[0, 1\].*rescale them"),
    "NaN": ({"images": NAN}, "images hold values that are not finite"),
    "NaN inputs": ({"inputs": NAN}, "the inputs of images hold values that are not finite"),
    "NaN validation": ({"validation": NAN}, "validation hold values that are not finite"),
    "no images": ({"images": X[:0]}, r"images must have the shape .*not \(0, 16\)"),
    "one image": ({"images": X[0]}, r"images must have the shape .*not \(16,\)"),
    "output shape": (
        {"build": lambda: keras.Sequential([keras.Input((D,)), layers.Dense(9)])},
        r"output has shape \(9,\), but the target images have \(16,\)",
    ),
    "two outputs": (
        {"build": lambda: keras.Model(a := keras.Input((D,)), [layers.Dense(D)(a)] * 2)},
        "model has 2 outputs, but one is compared with the images",
    ),
    "stateful": (
        {
            "build": lambda: keras.Sequential(
                [
                    keras.Input((D, 1), batch_size=16),
                    layers.LSTM(2, stateful=True),
                    layers.Dense(D),
                    layers.Reshape((D, 1)),
                ]
            ),
            "images": X[..., None],
        },
        "carries its state from batch to batch",
    ),
    "input shape": (
        {"images": PICTURES},
        r"inputs of shape \(16,\), but these have \(8, 8, 1\): .*`shape`",
    ),
    "inputs of other length": ({"inputs": X[:9]}, "9 inputs cannot belong to 160 images"),
    "validation shape": (
        {"validation": VAL[:, :9]},
        r"have shape \(16,\), those for validation \(9,\)",
    ),
    "validation length": (
        {"validation": VAL, "validation_inputs": VAL[:9]},
        "9 inputs cannot belong to 40 validation",
    ),
    **{
        f"BCE of {end}": (
            {"build": lambda end=end: dense(end=end), "loss": loss},
            r"needs outputs between 0 and 1.*from -?\d.*sigmoid.*from_logits=True",
        )
        for end, loss in (
            ("tanh", "binary_crossentropy"),
            ("linear", losses.BinaryCrossentropy()),
            ("relu", "bce"),
        )
    },
    "unknown loss": ({"loss": "msle2"}, "loss='msle2' is no loss that Keras knows"),
    "unknown optimizer": ({"optimizer": "adom"}, "optimizer='adom' is no optimizer that Keras"),
    "no optimizer": ({"optimizer": None}, "optimizer=None does not train"),
    "a number as loss": ({"loss": 3}, "loss=a int is no loss that Keras knows"),
    "no loss": ({"loss": None}, "loss=None gives nothing to train on"),
    "unknown metric": ({"metrics": "mea"}, "metrics='mea' is no metrics that Keras knows"),
    "seed -1": ({"seed": -1}, "seed=-1 must be a whole number from 0 to 4,294,967,295"),
    "seed 2**32": ({"seed": 2**32}, "seed=4294967296 must be a whole number from 0"),
    "no seed": ({"seed": None}, "seed=None must be a whole number"),
    "half a seed": ({"seed": 0.5}, "seed=0.5 must be a whole number"),
    "a truth": ({"epochs": True}, "epochs=True must be a whole number"),
    **{
        name: ({name: 1}, f"train does not take `{name}=`: {cure}")
        for name, cure in (
            ("validation_split", "give held-out images as `validation=`"),
            ("validation_data", "give the held-out images as `validation=`"),
            ("sample_weight", "leave images out"),
            ("shuffle", "the order of the batches follows from `seed=`"),
            ("verbose", "a progress bar shows by itself"),
            ("learning_rate", "give an optimizer"),
            ("colour", "it takes inputs, validation"),
        )
    },
    "rates by callback": (
        {"callbacks": keras.callbacks.LearningRateScheduler(lambda epoch: 0.1)},
        "LearningRateScheduler changes the learning rate during the run: .*schedule",
    ),
    "a callback a batch": (
        {"callbacks": [keras.callbacks.TerminateOnNaN()]},
        "TerminateOnNaN wants to act after every batch",
    ),
    "no callback": ({"callbacks": [print]}, "callbacks must be Keras callbacks, not a builtin"),
    "a schedule that fails": (
        {"optimizer": optimizers.Adam(Failing())},
        "Failing cannot be asked for a rate, it raised ZeroDivisionError",
    ),
    "a rate that is no number": (
        {"optimizer": optimizers.Adam(lambda: "high")},
        "the function given as learning rate cannot be asked",
    ),
    "excluded variables": (
        {"optimizer": excluding(var_list=[keras.Variable(1.0)])},
        r"exclude_from_weight_decay\(var_list=...\) .*use var_names=",
    ),
    "scaled losses": (
        {"optimizer": optimizers.LossScaleOptimizer(optimizers.Adam())},
        "LossScaleOptimizer is not supported",
    ),
    "no batch": ({"batch_size": 0}, "batch_size=0 must be a whole number of at least 1"),
    "half a batch": ({"batch_size": 2.5}, "batch_size=2.5 must be a whole number of at least 1"),
    "no epochs": ({"epochs": 0}, "epochs=0 must be a whole number of at least 1"),
    "half an epoch": ({"epochs": 2.5}, "epochs=2.5 must be a whole number of at least 1"),
    "a model": ({"build": ONE_MODEL}, "must be a function that makes a model, not a model"),
    "no function": ({"build": None}, "must be a function that makes a model"),
    "no model": ({"build": lambda: None}, "must return a Keras model, not NoneType"),
    "one model": ({"build": lambda: ONE_MODEL}, "make the layers inside build"),
    "one encoder": (
        {"build": lambda: keras.Sequential([ENCODER, layers.Dense(D)])},
        "make the layers inside build",
    ),
}


@pytest.mark.parametrize("case", REFUSED)
@pytest.mark.filterwarnings("error")
def test_refused_before_the_first_step(case, monkeypatch):
    def steps(*_, **__):
        raise AssertionError("a step was taken")

    monkeypatch.setattr(loop.Loop, "__init__", steps)
    options, complaint = REFUSED[case]
    options = {"optimizer": optimizers.SGD(0.123, nesterov=True, momentum=0.1)} | options
    with pytest.raises(TrainingError, match=complaint) as error:
        quick(**options)
    message = str(error.value)
    assert message.endswith(".") and "\n" not in message and not re.search(r"\. [A-Z]", message)


def test_same_model_at_the_second_run():
    models = [dense(), dense(), dense()]
    quick(models.pop)
    with pytest.raises(TrainingError, match="make the layers inside build"):
        trained = quick().model
        quick(lambda: trained)


def test_frozen_layers_may_be_shared(graph):
    encoder = keras.Sequential([keras.Input((D,)), layers.Dense(4)])
    encoder.trainable = False
    before = weights(encoder)
    runs = [quick(lambda: keras.Sequential([encoder, layers.Dense(D)])) for _ in range(2)]
    assert np.array_equal(weights(runs[0].model), weights(runs[1].model))
    assert np.array_equal(weights(encoder), before)


@pytest.mark.parametrize("end", ["sigmoid", "linear"])
def test_binary_cross_entropy_that_fits(end, graph):
    loss = losses.BinaryCrossentropy(from_logits=end == "linear")
    assert not quick(lambda: dense(end=end), loss=loss).diverged
