"""``train``: Keras's own numbers, the same at every call, and runs that end early."""

import re
from pathlib import Path

import keras
import numpy as np
import pytest

import helpers
from helpers import batch_order, measure
from helpers.progress import Progress
from helpers.training import loop
from tests.training.models import (
    BATCH,
    PICTURES,
    RNG,
    VAL,
    D,
    X,
    convolutional,
    dense,
    linear,
    quick,
    weights,
    with_everything,
    without_randomness,
)

layers, optimizers, losses = keras.layers, keras.optimizers, keras.losses


def test_it_is_this_package():
    assert Path(helpers.__file__).parents[1] == Path(__file__).resolve().parents[2]


# --- repeatable ----------------------------------------------------------------------------------


@pytest.mark.parametrize("build", [dense, with_everything])
def test_same_call_same_numbers(build, fresh):
    runs = [quick(build, seed=seed, validation=VAL, epochs=2) for seed in (0, 1, 0)]
    fresh.loops.clear()
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
    assert loop.suits_xla(dense())
    same_as_fit(dense, optimizer=optimizer)


@pytest.mark.parametrize("build", [with_everything, without_randomness])
def test_states_and_penalties(build):
    assert loop.suits_xla(build()) is (build is without_randomness)
    same_as_fit(build, optimizer=optimizers.Adam(0.01))


def test_convolutions():
    assert not loop.suits_xla(convolutional())
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


# --- runs that end early -------------------------------------------------------------------------


@pytest.mark.filterwarnings("error")
def test_diverging_run(capfd, fresh):
    steps = {"images": np.tile(X, (8, 1)), "epochs": 500}  # 40,000 of them, if none goes wrong
    calm = {"optimizer": optimizers.SGD(0.01)}
    before = quick(linear, **calm)
    run = quick(linear, optimizer=optimizers.SGD(1e4), validation=VAL, **steps)
    assert run.diverged and not run.interrupted and repr(run) == "Run(1 epochs, diverged)"
    (last,) = run.history.itertuples()
    assert last.epoch == 1 and not np.isfinite([last.loss, last.val_loss]).any()
    assert 1 < last.step < 10
    (wild,) = (one for one in fresh.loops.values() if int(one.model.optimizer.iterations) < 10)
    assert int(wild.model.optimizer.iterations) == last.step
    after = quick(linear, **calm)
    assert not after.diverged and np.array_equal(weights(before.model), weights(after.model))
    assert capfd.readouterr() == ("", "")


def test_divergence_in_a_later_epoch(graph, monkeypatch):
    monkeypatch.setattr(loop, "STRETCH", 4)  # so that not stopping would cost many steps
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
