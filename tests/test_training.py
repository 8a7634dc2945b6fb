"""``train``: Keras's own numbers, the same at every call, quickly, and refusals in one sentence."""

import concurrent.futures
import os
import platform
import re
import subprocess
import sys
import time
from pathlib import Path

import keras
import nbformat
import numpy as np
import pandas as pd
import pytest
from nbclient import NotebookClient

import helpers
from helpers import batch_order, measure, train, training
from helpers.errors import TrainingError
from helpers.progress import Progress

ROOT = Path(__file__).resolve().parents[1]
N, D, BATCH = 160, 16, 16
RNG = np.random.default_rng(0)
X = RNG.random((N, D), "float32")
VAL = RNG.random((40, D), "float32")
PICTURES = RNG.random((N, 8, 8, 1), "float32")
layers, optimizers, losses = keras.layers, keras.optimizers, keras.losses


def dense(units=4, activation="relu", end="sigmoid"):
    return keras.Sequential(
        [keras.Input((D,)), layers.Dense(units, activation), layers.Dense(D, end)]
    )


def linear():
    return keras.Sequential([keras.Input((D,)), layers.Dense(3), layers.Dense(D)])


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


@pytest.fixture
def compiled(monkeypatch):
    """A function that tells how often something was compiled since the fixture or the last call."""
    monkeypatch.setattr(training, "_STEPPERS", type(training._STEPPERS)())
    made, seen = [], [0]
    old = training._Stepper.__init__

    def init(self, *args):
        old(self, *args)
        made.append(self)

    def count():
        now = sum(stepper.traces for stepper in made)
        new, seen[0] = now - seen[0], now
        return new

    monkeypatch.setattr(training._Stepper, "__init__", init)
    return count


@pytest.fixture
def graph(monkeypatch):
    """Dense models, too, run without XLA, which takes longer to compile."""
    monkeypatch.setattr(training, "_suits_xla", lambda model: False)


def test_it_is_this_package():
    assert Path(helpers.__file__).parents[1] == ROOT


# --- repeatable ----------------------------------------------------------------------------------


@pytest.mark.parametrize("build", [dense, with_everything])
def test_same_call_same_numbers(build, monkeypatch):
    runs = [quick(build, seed=seed, validation=VAL, epochs=2) for seed in (0, 1, 0)]
    monkeypatch.setattr(training, "_STEPPERS", type(training._STEPPERS)())
    np.random.random(5)  # noqa: NPY002 - what else draws numbers must not matter
    runs.append(quick(build, seed=0, validation=VAL, epochs=2))
    first, other, second, compiled_anew = (run.history.drop(columns="seconds") for run in runs)
    assert first.equals(second) and first.equals(compiled_anew)
    assert not np.isclose(first["loss"], other["loss"], rtol=1e-6).any()
    for run in (runs[2], runs[3]):
        assert np.array_equal(weights(runs[0].model), weights(run.model))
    assert not np.allclose(weights(runs[0].model), weights(runs[1].model), atol=1e-3)


def test_batch_order():
    order = batch_order(100, 1, 0)
    assert sorted(order) == list(range(100)) and order.dtype == np.int32
    assert np.array_equal(order, batch_order(100, 1, 0))
    for epoch, seed in ((2, 0), (1, 1)):
        assert not np.array_equal(order, batch_order(100, epoch, seed))


# --- the same as Keras's fit ---------------------------------------------------------------------


def same_as_fit(build, images=X, *, inputs=None, optimizer, loss="mse", metrics=(), seed=1):
    """Two epochs of ``train`` and of ``fit`` with the same order give the same run."""
    options = {"inputs": inputs, "optimizer": optimizer, "epochs": 2, "seed": seed}
    run = quick(build, images, loss=loss, metrics=metrics, **options)
    keras.utils.set_random_seed(seed)
    model = build()
    start = weights(model)
    metrics = [m if isinstance(m, str) else type(m).from_config(m.get_config()) for m in metrics]
    model.compile(type(optimizer).from_config(optimizer.get_config()), loss=loss, metrics=metrics)
    seen = images if inputs is None else inputs
    for epoch in (1, 2):
        order = batch_order(len(images), epoch, seed)
        fit = model.fit(
            *(seen[order], images[order]), batch_size=BATCH, shuffle=False, verbose=0
        ).history
        row = run.history.iloc[epoch - 1]
        assert row["epoch"] == epoch and row["step"] == epoch * -(-len(images) // BATCH)
        for name, (value,) in fit.items():
            assert row[name] == pytest.approx(value, rel=1e-5), name
    assert np.abs(weights(run.model) - weights(model)).max() < 1e-5
    assert np.abs(weights(run.model) - start).max() > 1e-3
    return run


@pytest.mark.parametrize(
    "optimizer",
    [optimizers.SGD(0.5, momentum=0.9), optimizers.RMSprop(0.01), optimizers.Adam(0.01)],
    ids=lambda optimizer: optimizer.name,
)
def test_optimizers_under_xla(optimizer):
    assert training._suits_xla(dense())
    same_as_fit(dense, optimizer=optimizer)


@pytest.mark.parametrize("build", [with_everything, without_randomness])
def test_states_and_penalties(build):
    assert training._suits_xla(build()) is (build is without_randomness)
    same_as_fit(build, optimizer=optimizers.Adam(0.01))


def test_convolutions():
    assert not training._suits_xla(convolutional())
    same_as_fit(convolutional, PICTURES, optimizer=optimizers.Adam(0.01), metrics=["mae"])


def test_leftover_batch_inputs_and_metrics():
    noisy = X + RNG.normal(0, 0.5, X.shape).astype("float32")
    run = same_as_fit(
        *(dense, X[:155]),
        inputs=noisy[:155],
        optimizer=optimizers.Adam(0.01),
        loss=losses.BinaryCrossentropy(),
        metrics=["mse", keras.metrics.MeanAbsoluteError(name="distance")],
    )
    assert list(run.history) == ["epoch", "step", "seconds", "loss", "mse", "distance"]


def test_schedule_and_loss_of_logits():
    same_as_fit(
        linear,
        optimizer=optimizers.Adam(optimizers.schedules.CosineDecay(0.03, 15)),
        loss=losses.BinaryCrossentropy(from_logits=True),
    )


def test_loss_function_of_the_learner(graph):
    def cubic(y, y_hat):
        return keras.ops.mean(keras.ops.abs(y - y_hat) ** 3, axis=-1)

    same_as_fit(dense, optimizer=optimizers.SGD(1.0), loss=cubic)


def test_subclassed_model(graph):
    class Own(keras.Model):
        def __init__(self):
            super().__init__()
            self.inner, self.outer = layers.Dense(4, "relu"), layers.Dense(D)

        def call(self, x):
            return self.outer(self.inner(x))

    assert quick(Own, epochs=3).history["loss"].is_monotonic_decreasing


def test_batch_larger_than_the_images():
    run = quick(images=X[:10], batch_size=256)
    assert list(run.history["step"]) == [1]
    same = quick(images=X[:10], batch_size=10)
    assert np.array_equal(weights(run.model), weights(same.model))


@pytest.mark.parametrize("build", [dense, with_everything])
def test_validation_is_evaluated_on_the_final_weights(build, monkeypatch):
    run = quick(build, validation=VAL, metrics=["mae"], epochs=2)
    assert [name for name in run.history if name.startswith("val_")] == ["val_loss", "val_mae"]
    last = run.history.iloc[-1]
    loss, mae = run.model.evaluate(VAL, VAL, verbose=0)
    assert last["val_loss"] == pytest.approx(loss, rel=1e-5)
    assert last["val_mae"] == pytest.approx(mae, rel=1e-5)
    if build is dense:  # elsewhere the loss has a penalty, too
        x_hat = measure.reconstruct(run.model, VAL)
        assert last["val_loss"] == pytest.approx(measure.mse(VAL, x_hat), rel=1e-5)


def test_validation_inputs():
    noise = RNG.random(VAL.shape, "float32")
    run = quick(inputs=X[::-1].copy(), validation=VAL, validation_inputs=noise)
    loss = run.model.evaluate(noise, VAL, verbose=0)
    assert run.history["val_loss"].item() == pytest.approx(loss, rel=1e-5)


def test_history_counts():
    run = quick(epochs=3)
    assert list(run.history["epoch"]) == [1, 2, 3]
    assert list(run.history["step"]) == [10, 20, 30]
    assert run.history["seconds"].is_monotonic_increasing
    assert repr(run) == "Run(3 epochs)" and not run.diverged and not run.interrupted


def test_optimizer_objects_serve_many_runs():
    optimizer = optimizers.Adam(0.01)
    first, second = (quick(optimizer=optimizer) for _ in range(2))
    assert np.array_equal(weights(first.model), weights(second.model))
    assert not optimizer.built


# --- one compilation for many runs ---------------------------------------------------------------


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
def test_every_setting_of_a_layer_counts(name):
    def recipe(strength):
        model = keras.Sequential([keras.Input((D,)), VARIANTS[name](strength), layers.Dense(D)])
        return training._recipe(model, optimizers.Adam(), "mse", [])

    first, same, other = (recipe(strength) for strength in (0.1, 0.1, 0.3))
    assert first == same is not None and first != other


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


def test_only_so_many_are_kept(compiled, graph, monkeypatch):
    monkeypatch.setattr(training, "KEPT", 1)
    for _ in range(2):
        quick()
        quick(lambda: dense(5))
    assert compiled() == 4 and len(training._STEPPERS) == 1


def test_sweep_runs_are_single_runs(compiled, graph):
    options = {"epochs": 2, "batch_size": 50, "validation": VAL}  # 50 leaves ten images over
    methods = {"Adam": {}, "wide": {"build": lambda: dense(6), "rates": [0.02]}}
    table = training.sweep(
        *(dense, X, methods),
        rates=[0.01, 0.1],
        seeds=(0, 1),
        schedule=optimizers.schedules.CosineDecay,
        judge=lambda model: {"weights": model.count_params()},
        **options,
    )
    assert compiled() <= 4  # two models, full and leftover batches
    assert table["run"].nunique() == 6 and len(table) == 12
    assert set(table.loc[table["method"] == "wide", "weights"]) == {dense(6).count_params()}
    schedule = optimizers.schedules.CosineDecay(0.1, 8)
    alone = train(dense, X, optimizer=optimizers.Adam(schedule), seed=1, **options).history
    row = table.query("method == 'Adam' and rate == 0.1 and seed == 1")
    for name in ("step", "loss", "val_loss"):
        assert list(row[name]) == list(alone[name])


def three_methods():
    return {"Adam": {}, "SGD": {"optimizer": "sgd"}, "wide": {"build": lambda: dense(6)}}


@pytest.mark.parametrize("at_once", [2, 8])
def test_runs_side_by_side_are_the_same_runs(at_once, compiled, monkeypatch):
    options = {"epochs": 3, "batch_size": 50, "validation": VAL, "metrics": ["mse"]}
    options |= {
        "rates": [0.01, 0.1],
        "seeds": (0, 1),
        "judge": lambda model: {"w": weights(model)[0]},
    }
    tables, traces = [], []
    for k in (at_once, 1):
        monkeypatch.setattr(training, "_STEPPERS", type(training._STEPPERS)())
        table = training.sweep(dense, X, three_methods(), at_once=k, **options)
        tables.append(table.drop(columns="seconds"))
        traces.append(compiled())
    pd.testing.assert_frame_equal(*tables, check_exact=True)
    assert traces[0] == traces[1]


def test_side_by_side_where_methods_share_a_compiled_loop(compiled):
    decay = {"schedule": optimizers.schedules.CosineDecay}
    options = {"rates": [0.01, 0.1], "epochs": 2}
    one, two = (
        training.sweep(dense, X, {"constant": {}, "cosine": decay}, at_once=k, **options)
        for k in (1, 2)
    )
    pd.testing.assert_frame_equal(
        one.drop(columns="seconds"), two.drop(columns="seconds"), check_exact=True
    )
    assert compiled() == 1


def test_an_interrupt_ends_all_that_run_side_by_side(monkeypatch, capsys):
    waits = []

    def wait(busy, **how):
        waits.append(how)
        if len(waits) == 2:  # in the midst of a run, however the threads took their turns
            until = time.monotonic() + 60
            while not all(job.rows for _, _, job in busy.values()):
                assert time.monotonic() < until, "a run ended before its first epoch"
                time.sleep(0.001)
            raise KeyboardInterrupt
        return concurrent.futures.wait(busy, **how)

    monkeypatch.setattr(training, "wait", wait)
    methods = dict(list(three_methods().items())[:2])
    options = {"seeds": range(3), "epochs": 2_000, "at_once": 2}
    table = training.sweep(dense, X, methods, **options)
    epochs = table.groupby("run")["epoch"].max()
    assert len(waits) == 3 and len(epochs) in (3, 4)  # 4: two runs ended at once before
    assert (epochs == 2_000).any() and (epochs < 2_000).any()
    assert "Interrupted: history up to epoch" in capsys.readouterr().out


@pytest.mark.parametrize("at_once", [0, -1, 1.5, True, "two"])
def test_a_number_at_once_that_makes_no_sense(at_once):
    with pytest.raises(TrainingError, match=r"at_once=.* must be a whole number of at least 1"):
        training.sweep(dense, X, three_methods(), at_once=at_once)


def test_a_method_that_does_not_fit_is_refused_side_by_side_too():
    methods = {"good": {"epochs": 3}, "bad": {"build": lambda: dense(6), "epochs": 0}}
    with pytest.raises(TrainingError, match="epochs=0"):
        training.sweep(dense, X, methods, at_once=2)


# --- runs that end early -------------------------------------------------------------------------


@pytest.mark.filterwarnings("error")
def test_diverging_run(capfd, monkeypatch):
    monkeypatch.setattr(training, "_STEPPERS", type(training._STEPPERS)())
    steps = {"images": np.tile(X, (8, 1)), "epochs": 500}  # 40,000 of them, if none goes wrong
    calm = {"optimizer": optimizers.SGD(0.01)}
    before = quick(linear, **calm)
    run = quick(linear, optimizer=optimizers.SGD(1e4), validation=VAL, **steps)
    assert run.diverged and not run.interrupted and repr(run) == "Run(1 epochs, diverged)"
    (last,) = run.history.itertuples()
    assert last.epoch == 1 and not np.isfinite([last.loss, last.val_loss]).any()
    assert 1 < last.step < 10
    (stepper,) = (s for s in training._STEPPERS.values() if int(s.model.optimizer.iterations) < 10)
    assert int(stepper.model.optimizer.iterations) == last.step
    after = quick(linear, **calm)
    assert not after.diverged and np.array_equal(weights(before.model), weights(after.model))
    assert capfd.readouterr() == ("", "")


def test_divergence_in_a_later_epoch(graph, monkeypatch):
    monkeypatch.setattr(training, "STRETCH", 4)  # so that not stopping would cost many steps
    late = optimizers.schedules.PiecewiseConstantDecay([84], [0.01, 1e30])
    run = quick(linear, np.tile(X, (8, 1)), optimizer=optimizers.SGD(late), epochs=50)
    assert run.diverged and list(run.history["epoch"]) == [1, 2]
    assert run.history["step"].iloc[0] == 80 and np.isfinite(run.history["loss"].iloc[0])
    assert 85 <= run.history["step"].iloc[1] < 90


def test_interrupted_run(monkeypatch, capsys):
    whole = quick(epochs=5, validation=VAL)
    calls = []

    def update(self, *_):
        calls.append(self)
        if len(calls) == 3:
            raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(Progress, "update", update)
        run = quick(epochs=5, validation=VAL)
    assert run.interrupted and not run.diverged and repr(run) == "Run(2 epochs, interrupted)"
    left = run.history.drop(columns="seconds")
    assert left.equals(whole.history.drop(columns="seconds").iloc[:2])
    assert re.fullmatch(r"Interrupted: [^\n]*epoch 2\b.*\.\n", capsys.readouterr().out)
    third = quick(epochs=3)  # its last epoch had been done when the interrupt came
    assert np.array_equal(weights(run.model), weights(third.model))
    assert len(calls) == 3 and np.isfinite(run.model.evaluate(VAL, VAL, verbose=0))


def test_interrupted_in_the_first_epoch(monkeypatch):
    def update(self, *_):
        raise KeyboardInterrupt

    monkeypatch.setattr(Progress, "update", update)
    run = quick(seed=3)
    assert run.interrupted and run.history.empty
    assert list(run.history) == ["epoch", "step", "seconds", "loss"]
    keras.utils.set_random_seed(3)
    assert np.abs(weights(run.model) - weights(dense())).max() > 1e-4


# --- refusals ------------------------------------------------------------------------------------

ONE_MODEL, ENCODER = dense(), keras.Sequential([keras.Input((D,)), layers.Dense(4)])
NAN = np.where(np.arange(D) == 3, np.nan, X)

REFUSED = {
    "0 to 255": ({"images": X * 255}, r"images must lie in \[0, 1\].*divide them by 255"),
    "negative": ({"images": X - 0.5}, r"images must lie in \[0, 1\].*rescale them"),
    "NaN": ({"images": NAN}, "images hold values that are not finite"),
    "NaN inputs": ({"inputs": NAN}, "the inputs of images are not all finite"),
    "NaN validation": ({"validation": NAN}, "validation hold values that are not finite"),
    "no images": ({"images": X[:0]}, r"images must have the shape .*not \(0, 16\)"),
    "one image": ({"images": X[0]}, r"images must have the shape .*not \(16,\)"),
    "output shape": (
        {"build": lambda: keras.Sequential([keras.Input((D,)), layers.Dense(9)])},
        r"output has shape \(9,\), but the target images have \(16,\)",
    ),
    "two outputs": (
        {"build": lambda: keras.Model(a := keras.Input((D,)), [layers.Dense(D)(a)] * 2)},
        "output has shape",
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
    def steps(*_):
        raise AssertionError("a step was taken")

    monkeypatch.setattr(training._Stepper, "steps", steps)
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


# --- what is seen of it --------------------------------------------------------------------------

CELL = """
from helpers import train
import numpy as np, keras

def build():
    return keras.Sequential([keras.Input((4,)), keras.layers.Dense(4, "sigmoid")])

def run(**options):
    return train(build, np.zeros((64, 4)), epochs=9, batch_size=4, label="bar", **options)
"""


def test_progress_bar_leaves_nothing_behind(tmp_path):
    cells = [
        CELL,
        "import os\nos.environ.pop('COURSE_PROGRESS', None)\nshown = []",
        # watches what the bar shows while it runs
        "from helpers import progress\nold = progress.display\n"
        "def display(bundle, **how):\n    shown.append(bundle)\n    return old(bundle, **how)\n"
        "progress.display = display",
        "r = run(), run()",  # two bars, one output
        "print(len(shown), 'bar' in shown[0]['text/plain'], '/144' in shown[0]['text/plain'])",
        "os.environ['COURSE_PROGRESS'] = '0'\nr = run()",
        "print(len(shown))",
    ]
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(c) for c in cells])
    notebook.metadata["kernelspec"] = {"name": "python3", "display_name": "", "language": "python"}
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    NotebookClient(notebook, timeout=120).execute(cwd=tmp_path, env=environment)
    outputs = [cell.outputs for cell in notebook.cells]
    assert outputs[0] == outputs[1] == outputs[2] == outputs[5] == []
    assert outputs[4][0].text == "1 True True\n" and outputs[6][0].text == "1\n"
    assert [out.output_type for out in outputs[3]] == ["display_data"]
    assert outputs[3][0].data == {} and "bar" not in str(outputs[3])


def test_nothing_is_printed(tmp_path):
    done = subprocess.run(
        [sys.executable, "-c", f"{CELL}\nrun()"],
        env={k: v for k, v in os.environ.items() if not k.startswith("TF_")}
        | {"PYTHONPATH": str(ROOT)},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_kernels_are_let_go_now_and_then(monkeypatch):
    cleared = []
    monkeypatch.setattr(training, "KEPT_KERNELS", 3)
    monkeypatch.setattr(training.context.Context, "clear_kernel_cache", lambda _: cleared.append(1))
    for _ in range(6):
        train(dense, X, epochs=1)
    assert len(cleared) == 2


TRIED = (sys.platform, platform.machine()) == ("linux", "x86_64")
ASK = "import os, helpers; print(os.environ.get('XLA_FLAGS'))"
OTHER = "import importlib.metadata as m; m.version = lambda name: '2.22.0'; "
NONE = """import importlib.metadata as m
def version(name):
    raise m.PackageNotFoundError(name)
m.version = version
"""
FLAG = "--xla_cpu_experimental_ynn_fusion_type=LIBRARY_FUSION_TYPE_REDUCE"


@pytest.mark.parametrize(
    ("code", "given", "then"),
    [
        (ASK, {}, FLAG if TRIED else "None"),
        (ASK, {"XLA_FLAGS": ""}, ""),  # the learner's own choice stays
        (OTHER + ASK, {}, "None"),  # a flag that TensorFlow does not know ends the process
        (NONE + ASK, {}, "None"),  # tensorflow-cpu, say
    ],
)
def test_the_flag_for_matrix_products(code, given, then, tmp_path):
    kept = {name: value for name, value in os.environ.items() if name != "XLA_FLAGS"}
    environment = kept | {"PYTHONPATH": str(ROOT)} | given
    done = subprocess.run(
        [sys.executable, "-c", code], env=environment, cwd=tmp_path, capture_output=True, text=True
    )
    assert done.returncode == 0 and done.stdout.strip() == then, done.stderr
