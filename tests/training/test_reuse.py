"""Runs share a compiled loop when, and only when, they compute the same."""

import keras
import numpy as np
import pytest

from helpers import measure
from helpers.training import reuse
from tests.training.models import D, X, chain, dense, quick, weights

layers, optimizers, losses = keras.layers, keras.optimizers, keras.losses


def test_what_needs_no_second_compilation(compiled):
    quick(optimizer=optimizers.Adam(0.01))
    assert compiled() == 1
    for options in (
        {"seed": 1},
        {"optimizer": "adam"},
        {"optimizer": optimizers.Adam(0.02, name="mine")},
        {"optimizer": optimizers.Adam(optimizers.schedules.CosineDecay(0.1, 9))},
        {"build": lambda: dense(), "images": X[::-1]},
        {"epochs": 3},
    ):
        quick(**options)
        assert compiled() == 0, options


def test_what_needs_a_second_compilation(compiled, graph):
    quick()
    compiled()
    for options in (
        {"build": lambda: dense(activation="tanh")},
        {"optimizer": optimizers.Adam(beta_1=0.5)},
        {"optimizer": "sgd"},
        {"loss": "mae"},
        {"loss": losses.Huber(0.1)},
        {"loss": losses.Huber(0.2)},
        {"metrics": ["mae"]},
    ):
        quick(**options)
        assert compiled(), options


L1 = keras.regularizers.L1
VARIANTS = {
    "activity": (lambda s: layers.Dense(4, activity_regularizer=L1(s))),
    "weights": (lambda s: layers.Dense(4, kernel_regularizer=L1(s))),
    "penalty layer": layers.ActivityRegularization,
    "dropout": layers.Dropout,
    "noise": layers.GaussianNoise,
    "momentum": (lambda s: layers.BatchNormalization(momentum=s)),
    "slope": layers.LeakyReLU,
    "frozen": (lambda s: layers.Dense(4, trainable=s < 0.2)),
    "constraint": (lambda s: layers.Dense(4, kernel_constraint=keras.constraints.MaxNorm(10 * s))),
}


@pytest.mark.parametrize("name", VARIANTS)
def test_every_setting_of_a_layer_counts(name, compiled, graph):
    def with_strength(strength):
        return lambda: chain(layers.Dense(4), VARIANTS[name](strength))

    def run(build):
        return weights(quick(build, epochs=2).model)

    first, again, other = (run(with_strength(strength)) for strength in (0.1, 0.1, 0.3))
    assert compiled() == 2
    assert np.array_equal(first, again) and not np.allclose(first, other, rtol=1e-6, atol=0)


WIDTH, SCALE = 4, 1.0


def test_build_that_reads_a_changed_global(compiled, graph, monkeypatch):
    def build():
        return dense(WIDTH)

    assert quick(build).model.layers[0].units == 4
    monkeypatch.setitem(globals(), "WIDTH", 6)
    run = quick(build)
    assert compiled() == 2
    assert run.model.layers[0].units == 6 and run.model.layers[0].kernel.shape == (D, 6)


def scaled_by(kind: str):
    def scale(z):
        return SCALE * z

    def relu(z):  # saved under this name, which is Keras's own, too
        return SCALE * z

    return {
        "lambda layer": lambda: layers.Lambda(lambda z: SCALE * z),
        "function": lambda: layers.Dense(4, scale),
        "namesake": lambda: layers.Dense(4, relu),
        "lambda": lambda: layers.Dense(4, lambda z: SCALE * z),
    }[kind]


@pytest.mark.filterwarnings("error::UserWarning")
@pytest.mark.parametrize("kind", ["lambda layer", "function", "namesake", "lambda"])
def test_code_that_reads_a_changed_global(kind, graph, monkeypatch):
    def build():
        return keras.Sequential([keras.Input((D,)), scaled_by(kind)(), layers.Dense(D)])

    quick(build)
    monkeypatch.setitem(globals(), "SCALE", 0.0)
    run = quick(build)
    x_hat = measure.reconstruct(run.model, X)
    assert (x_hat == x_hat[0]).all()  # the code is nothing but zeros
    keras.utils.set_random_seed(0)
    kernels = [model.layers[-1].kernel.numpy() for model in (build(), run.model)]
    assert np.array_equal(*kernels)  # and nothing flowed back


def test_layer_redefined_under_the_same_name(graph):
    losses_seen = []
    for factor in (1.0, 0.0):

        class Own(layers.Layer):
            def call(self, z, factor=factor):
                return factor * z

        def build(own=Own):
            return keras.Sequential([keras.Input((D,)), own(), layers.Dense(D, "sigmoid")])

        losses_seen.append(quick(build).history["loss"].item())
    assert losses_seen[0] != losses_seen[1]


def test_layers_called_after_what_they_do(graph):
    def build(activation):
        hidden = layers.Dense(4, activation, name=activation)
        return keras.Sequential([keras.Input((D,)), hidden, layers.Dense(D)])

    runs = [quick(lambda a=a: build(a), optimizer="sgd") for a in ("relu", "tanh")]
    assert runs[0].history["loss"].item() != runs[1].history["loss"].item()


def test_only_so_many_are_kept(fresh, compiled, graph, monkeypatch):
    monkeypatch.setattr(reuse, "KEPT_LOOPS", 1)
    for _ in range(2):
        quick()
        quick(lambda: dense(5))
    assert compiled() == 4 and len(fresh.loops) == 1
