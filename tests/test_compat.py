"""Private names of Keras and TensorFlow: each is still there, and the course goes on without it."""

import ast
from pathlib import Path

import keras
import numpy as np
import pytest
import tensorflow as tf
from keras.src.backend.common import global_state
from keras.src.random import seed_generator
from tensorflow.python.eager import context

from helpers import compat

ROOT = Path(__file__).parent.parent
UPGRADE = "an upgrade renamed it: find its new name and mend helpers/compat.py"
layers = keras.layers


def decay():
    return keras.optimizers.schedules.CosineDecay(0.1, 10)


def optimizer(rate=0.25):
    return keras.optimizers.AdamW(rate)


def nested():
    inner = keras.Sequential([keras.Input((3,)), layers.Dense(2, name="in_model")], name="inner")
    two = layers.Bidirectional(layers.LSTM(2, name="lstm"), name="two_ways")
    image = keras.Input((4, 3))
    middle = layers.TimeDistributed(inner, name="each")(image)
    return keras.Model(image, two(middle))


def huber():
    return keras.losses.Huber(delta=2.0)


def excluding(**what):
    made = optimizer()
    made.exclude_from_weight_decay(**what)
    return made


def _seeded() -> bool:
    tf.random.set_seed(1)
    return True


def test_seeds_are_set_and_put_back():
    def draw():
        return float(keras.random.uniform([])), float(tf.random.uniform([]))

    keras.utils.set_random_seed(3)
    undisturbed = draw(), draw()
    keras.utils.set_random_seed(3)
    first = draw()
    drawn = []
    for _ in range(2):
        with compat.global_seed(9, tensorflow=True):
            drawn.append((*draw(), layers.Dropout(0.5).seed_generator.state.numpy()[0]))
    assert drawn[0] == drawn[1] and (first, draw()) == undisturbed


def test_private_names_are_still_there():
    sigmoid = keras.Sequential([keras.Input((3,)), layers.Dense(2, "sigmoid")])
    output = sigmoid(np.ones((1, 3), "float32"))
    there = {
        "_learning_rate": hasattr(optimizer(), "_learning_rate"),
        "_flatten_layers": hasattr(sigmoid, "_flatten_layers"),
        "_keras_logits": hasattr(output, "_keras_logits"),
        "_fn_kwargs": hasattr(huber(), "_fn_kwargs"),
        "_exclude_from_weight_decay": hasattr(
            excluding(var_names=["bias"]), "_exclude_from_weight_decay"
        ),
        "_exclude_from_weight_decay_pattern": hasattr(
            excluding(var_names=["bias"]), "_exclude_from_weight_decay_pattern"
        ),
        "clear_kernel_cache": hasattr(context.context(), "clear_kernel_cache"),
        "python_random": hasattr(seed_generator, "python_random"),
        "global_state": hasattr(global_state, "set_global_attribute"),
        "GLOBAL_SEED_GENERATOR": seed_generator.GLOBAL_SEED_GENERATOR == "global_seed_generator",
        "_seed": hasattr(context.context(), "_seed"),
        "_rng": _seeded() and hasattr(context.context(), "_rng"),
    }
    gone = [name for name, found in there.items() if not found]
    assert not gone, f"{', '.join(gone)}: {UPGRADE}"


def test_learning_rate_as_it_was_given():
    schedule, function = decay(), lambda: 0.125
    assert compat.learning_rate_of(optimizer()) == 0.25
    assert type(compat.learning_rate_of(optimizer())) is float
    assert compat.learning_rate_of(optimizer(schedule)) is schedule, UPGRADE
    assert compat.learning_rate_of(optimizer(function)) is function, UPGRADE


def test_learning_rate_without_the_private_name():
    class Renamed:
        def __init__(self, inside):
            self.learning_rate, self.get_config = inside.learning_rate, inside.get_config

    assert compat.learning_rate_of(Renamed(optimizer())) == 0.25
    again = compat.learning_rate_of(Renamed(optimizer(decay())))
    assert [float(again(i)) for i in range(12)] == [float(decay()(i)) for i in range(12)]


NAMES = {"inner", "in_model", "each", "two_ways", "forward_lstm", "backward_lstm"}


def test_layers_at_any_depth(monkeypatch):
    model = nested()
    found = compat.all_layers(model)
    assert found[0] is model and {layer.name for layer in found} >= NAMES, UPGRADE
    assert compat.all_layers(model, itself=False) == found[1:]
    assert len({id(layer) for layer in found}) == len(found)


def test_layers_without_the_private_name():
    class Renamed(keras.Sequential):
        _flatten_layers = None

    inner = keras.Sequential([keras.Input((3,)), layers.Dense(2, name="in_model")], name="inner")
    model = Renamed([keras.Input((4, 3)), layers.TimeDistributed(inner, name="each")])
    found = compat.all_layers(model)
    assert found[0] is model and {"each"} <= {layer.name for layer in found}
    assert model not in compat.all_layers(model, itself=False)
    assert len({id(layer) for layer in found}) == len(found)


def test_logits_of_a_sigmoid_and_of_nothing():
    dense = layers.Dense(2, "sigmoid")
    probabilities = dense(np.ones((1, 3), "float32"))
    logits = compat.logits_of(probabilities)
    assert logits is not None, UPGRADE
    assert np.allclose(1 / (1 + np.exp(-np.asarray(logits))), probabilities, atol=1e-6)
    assert compat.logits_of(np.ones(3)) is None


def test_kernels_are_let_go(monkeypatch):
    cleared = []
    monkeypatch.setattr(context.Context, "clear_kernel_cache", lambda _: cleared.append(1))
    compat.clear_kernel_cache()
    assert cleared == [1], UPGRADE
    monkeypatch.delattr(context.Context, "clear_kernel_cache")
    compat.clear_kernel_cache()  # nothing to do, and nothing raised
    assert cleared == [1]


def test_what_weight_decay_leaves_out():
    variable = keras.Variable(1.0)
    assert compat.weight_decay_exclusions(optimizer()) == ()
    assert compat.weight_decay_exclusions(object()) == ()
    (pattern,) = compat.weight_decay_exclusions(excluding(var_names=["bias"]))
    assert pattern.search("dense/bias"), UPGRADE
    (keys,) = compat.weight_decay_exclusions(excluding(var_list=[variable]))
    assert len(keys) == 1, UPGRADE


def test_arguments_of_a_loss():
    assert compat.loss_arguments(huber())["delta"] == 2.0, UPGRADE
    assert compat.loss_arguments(huber())["reduction"] == "sum_over_batch_size"

    class Own(keras.Loss):
        def call(self, y_true, y_pred):
            return y_true - y_pred

    assert compat.loss_arguments(Own())["reduction"] == "sum_over_batch_size"


PRIVATE = {
    "_learning_rate",
    "_flatten_layers",
    "_keras_logits",
    "_fn_kwargs",
    *compat.EXCLUSIONS,
}


@pytest.mark.parametrize(
    "file",
    [f for f in sorted(ROOT.glob("helpers/**/*.py")) if f.name != "compat.py"],
    ids=lambda file: file.stem,
)
def test_no_other_helper_uses_a_private_name(file):
    used = set()
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        match node:
            case ast.Attribute(attr=name) | ast.Constant(value=str(name)):
                used |= {name} & PRIVATE
            case ast.ImportFrom(module=str(name)) | ast.alias(name=name):
                used |= {name} if name.startswith("tensorflow.python") else set()
    assert not used, f"{file.name} uses {used}: import what it needs from helpers.compat"
