"""``train`` takes what ``model.compile`` takes, and disturbs nothing of the reader's."""

import random
import threading

import keras
import numpy as np
import pytest
import tensorflow as tf

from helpers import train
from helpers.training import loop, reuse
from helpers.training.optimizers import copied, rates
from tests.training.models import BATCH, VAL, D, X, chain, dense, linear, numbers, quick, weights

layers, optimizers, losses = keras.layers, keras.optimizers, keras.losses


class Own(optimizers.SGD):
    """An optimizer with a constant that its configuration does not mention."""

    def __init__(self, factor=1.0, **how):
        super().__init__(**how)
        self.factor = factor

    def update_step(self, gradient, variable, learning_rate):
        super().update_step(self.factor * gradient, variable, learning_rate)


class Falling(optimizers.schedules.LearningRateSchedule):
    """A schedule without a configuration."""

    def __init__(self, rate):
        self.rate = rate

    def __call__(self, step):
        return self.rate / (1.0 + step)


# --- optimizers ----------------------------------------------------------------------------------


def test_an_optimizer_of_ones_own_keeps_its_constant(graph):
    runs = [
        quick(linear, optimizer=optimizer)
        for optimizer in (Own(3.0, learning_rate=0.1), optimizers.SGD(0.3), Own(learning_rate=0.1))
    ]
    tripled, same, plain = (weights(run.model) for run in runs)
    assert np.allclose(tripled, same, rtol=1e-5) and not np.allclose(tripled, plain, rtol=1e-3)
    assert runs[0].model.optimizer.factor == 3.0


def test_a_schedule_of_ones_own_is_followed_and_nothing_is_lost(graph):
    run = quick(linear, optimizer=optimizers.SGD(Falling(0.5)))
    model = linear()
    keras.utils.set_random_seed(0)
    model = linear()
    model.compile(optimizers.SGD(Falling(0.5)), "mse")
    order = loop.np.concatenate([BATCHES[i] for i in range(len(BATCHES))])
    model.fit(X[order], X[order], batch_size=BATCH, shuffle=False, verbose=0)
    assert np.allclose(weights(run.model), weights(model), atol=1e-6)
    assert float(run.model.optimizer.learning_rate) == pytest.approx(0.5)


BATCHES = list(next(loop.stretches(train.__globals__["batch_order"](len(X), 1, 0), BATCH)))


def test_a_rate_that_is_a_function(graph):
    first, second = (quick(linear, optimizer=optimizers.SGD(rate)) for rate in (lambda: 0.25, 0.25))
    assert np.array_equal(weights(first.model), weights(second.model))


def test_weight_decay_that_leaves_biases_out(graph):
    def run(*names):
        optimizer = optimizers.AdamW(1e-9, weight_decay=1e6)  # decay alone moves anything
        if names:
            optimizer.exclude_from_weight_decay(var_names=list(names))
        return quick(lambda: chain(layers.Dense(4, bias_initializer="ones")), optimizer=optimizer)

    bias, kernel = (run("bias").model.layers[0].get_weights()[i] for i in (1, 0))
    decayed = run().model.layers[0].get_weights()
    assert np.allclose(bias, 1, atol=1e-5) and not np.allclose(decayed[1], 1, atol=1e-3)
    assert np.allclose(kernel, decayed[0], atol=1e-6)


@pytest.mark.parametrize(
    "optimizer",
    [
        optimizers.SGD(0.1, momentum=0.9, nesterov=True, clipnorm=1.0),
        optimizers.Adam(optimizers.schedules.CosineDecay(0.1, 9), beta_1=0.5, use_ema=True),
        optimizers.AdamW(weight_decay=0.01, global_clipnorm=2.0, ema_overwrite_frequency=None),
        optimizers.RMSprop(rho=0.5, centered=True, gradient_accumulation_steps=2),
        optimizers.Muon(),
        optimizers.Lion(clipvalue=0.1),
        optimizers.Adagrad(),
        optimizers.Adafactor(),
        optimizers.Ftrl(),
    ],
    ids=lambda optimizer: optimizer.name,
)
def test_a_copy_has_the_same_configuration_and_nothing_shared(optimizer):
    same = copied(optimizer)
    drop = {"name"}
    first, second = (o.get_config() for o in (optimizer, same))
    assert {k: v for k, v in first.items() if k not in drop} == {
        k: v for k, v in second.items() if k not in drop
    }
    assert not {id(v) for v in optimizer.variables} & {id(v) for v in same.variables}
    assert float(copied(optimizer, 0.5).learning_rate) == 0.5


def test_a_built_optimizer_is_copied_without_its_past(graph):
    used = optimizers.Adam(0.01)
    model = dense()
    model.compile(used, "mse")
    model.fit(X, X, verbose=0)
    again, fresh = (quick(optimizer=optimizer) for optimizer in (used, optimizers.Adam(0.01)))
    assert np.array_equal(weights(again.model), weights(fresh.model))


def test_rates_of_schedules_are_those_that_keras_uses():
    steps = 50
    for schedule in (
        optimizers.schedules.CosineDecay(0.03, 40, warmup_target=0.1, warmup_steps=10),
        optimizers.schedules.PiecewiseConstantDecay([10, 20], [1.0, 0.1, 0.01]),
        optimizers.schedules.ExponentialDecay(0.1, 7, 0.9, staircase=True),
        Falling(0.3),
    ):
        one_by_one = [float(schedule(i)) for i in range(steps)]
        assert np.allclose(rates(optimizers.SGD(schedule), steps), one_by_one, rtol=1e-6, atol=0)


def test_averaged_weights_are_the_ones_that_are_scored(graph):
    optimizer = optimizers.SGD(1.0, use_ema=True, ema_momentum=0.9)
    run = quick(linear, validation=VAL, optimizer=optimizer, epochs=3)
    plain = quick(linear, validation=VAL, optimizer=optimizers.SGD(1.0), epochs=3)
    score = run.model.evaluate(VAL, VAL, verbose=0)
    assert run.history["val_loss"].iloc[-1] == pytest.approx(score, rel=1e-5)
    losses_seen = [one.history["loss"] for one in (run, plain)]  # the steps are not disturbed
    assert np.allclose(*losses_seen, rtol=1e-6, atol=0)
    assert not np.allclose(weights(run.model), weights(plain.model), rtol=1e-3)


# --- losses, metrics, callbacks ------------------------------------------------------------------


def test_one_metric_need_not_be_a_list(graph):
    first, second = (quick(metrics=metrics, epochs=1) for metrics in ("mae", ["mae"]))
    assert numbers(first.history).equals(numbers(second.history)) and "mae" in first.history


@pytest.mark.parametrize("seed", [np.int64(3), np.uint8(3)])
def test_whole_numbers_of_numpy(seed, graph):
    run = train(dense, X, seed=seed, epochs=np.int32(1), batch_size=np.int64(BATCH))
    assert np.array_equal(weights(run.model), weights(quick(seed=3).model))


def test_early_stopping_ends_the_run_and_restores_the_best(graph):
    rising = optimizers.SGD(optimizers.schedules.PiecewiseConstantDecay([20], [1.0, -0.1]))
    stop = keras.callbacks.EarlyStopping("val_loss", patience=2, restore_best_weights=True)
    for _ in range(2):  # the same object serves again
        options = {"optimizer": rising, "validation": VAL, "epochs": 20}
        run = quick(linear, callbacks=stop, **options)
        best = run.history["val_loss"].idxmin()
        assert len(run.history) == best + 3 < 20 and not run.interrupted
        score = run.model.evaluate(VAL, VAL, verbose=0)
        assert score == pytest.approx(run.history["val_loss"][best], rel=1e-5)


def test_callbacks_see_what_fit_would_tell_them(graph, tmp_path):
    seen = []
    tell = keras.callbacks.LambdaCallback(
        on_epoch_end=lambda epoch, logs: seen.append((epoch, logs))
    )
    file = tmp_path / "best.weights.h5"
    save = keras.callbacks.ModelCheckpoint(file, save_weights_only=True)
    run = quick(callbacks=[tell, save], validation=VAL, metrics=["mae"], epochs=2)
    assert [epoch for epoch, _ in seen] == [0, 1]
    assert set(seen[0][1]) == {"loss", "mae", "val_loss", "val_mae"}
    assert seen[1][1]["val_mae"] == run.history["val_mae"][1]
    model = dense()
    model.load_weights(file)
    assert np.array_equal(weights(model), weights(run.model))


# --- models with a train_step of their own -------------------------------------------------------


class Weighted(keras.Model):
    """Two losses of its own, reported by trackers, and a sampling layer with a seed."""

    def __init__(self, share=0.5):
        super().__init__()
        self.inner, self.outer = layers.Dense(4), layers.Dense(D, "sigmoid")
        self.seeds, self.share = keras.random.SeedGenerator(), share
        self.trackers = [keras.metrics.Mean(name=name) for name in ("loss", "fit", "size")]

    @property
    def metrics(self):
        return self.trackers

    def call(self, x):
        z = self.inner(x)
        return self.outer(z + 0.1 * keras.random.normal(keras.ops.shape(z), seed=self.seeds)), z

    def scores(self, x):
        x_hat, z = self(x)
        fit = keras.ops.mean(keras.ops.square(x - x_hat))
        size = keras.ops.mean(keras.ops.square(z))
        return fit + self.share * size, fit, size

    def train_step(self, data):
        with tf.GradientTape() as tape:
            scores = self.scores(data[0])
        gradients = tape.gradient(scores[0], self.trainable_weights)
        self.optimizer.apply_gradients(zip(gradients, self.trainable_weights, strict=True))
        for tracker, score in zip(self.trackers, scores, strict=True):
            tracker.update_state(score)
        return {tracker.name: tracker.result() for tracker in self.trackers}

    def test_step(self, data):
        for tracker, score in zip(self.trackers, self.scores(data[0]), strict=True):
            tracker.update_state(score)
        return {tracker.name: tracker.result() for tracker in self.trackers}


def test_a_train_step_of_ones_own_reports_all_its_losses(graph):
    options = {"loss": None, "optimizer": "adam", "validation": VAL, "epochs": 3}
    run = quick(Weighted, **options)
    assert {"loss", "fit", "size", "val_loss", "val_fit", "val_size"} < set(run.history)
    total = run.history["fit"] + 0.5 * run.history["size"]
    assert np.allclose(run.history["loss"], total, rtol=1e-4)
    assert run.history["fit"].is_monotonic_decreasing
    again = numbers(quick(Weighted, **options).history)  # compiled anew, outside XLA: last digits
    assert np.allclose(again, numbers(run.history), rtol=1e-6, atol=0)


def test_its_runs_share_a_loop_in_a_sweep_and_only_there(compiled, graph):
    from helpers import sweep

    how = {"loss": None, "epochs": 1, "batch_size": BATCH}
    methods = {str(s): {"build": lambda s=s: Weighted(s)} for s in (0.1, 0.9)}
    table = sweep(None, X, methods, seeds=range(3), **how)
    assert compiled() == 2
    alone = train(lambda: Weighted(0.9), X, seed=2, **how).history["loss"].item()
    together = table.query("method == '0.9' and seed == 2")["loss"].item()
    assert together == pytest.approx(alone, rel=1e-6)


def test_a_train_step_that_reports_no_loss(graph):
    class Silent(Weighted):
        def train_step(self, data):
            super().train_step(data)
            return {"fit": 0.0}

    with pytest.raises(ValueError, match=r"^The train_step of Silent must return a dict with"):
        quick(Silent, loss=None)


# --- XLA, with a way back ------------------------------------------------------------------------


def unsupported():
    """Layers that XLA cannot compile, though nothing says so."""

    def unique(z):
        return z + 0 * tf.cast(tf.size(tf.unique(tf.reshape(z, [-1]))[0]), z.dtype)

    return chain(layers.Lambda(unique), layers.Dense(4))


def resizing():
    inner = [layers.Reshape((4, 4, 1)), layers.Resizing(8, 8), layers.Flatten()]
    return chain(*inner, layers.Dense(4))


def says_no():
    class No(layers.Layer):
        def __init__(self):
            super().__init__()
            self.supports_jit = False

        def call(self, z):
            return z

    return chain(No(), layers.Dense(4))


@pytest.mark.parametrize("build", [unsupported, resizing, says_no])
def test_what_xla_cannot_do_runs_without_it(build, capfd):
    run = quick(build, validation=VAL, epochs=2, optimizer="sgd")
    assert (
        run.history["loss"].is_monotonic_decreasing and np.isfinite(run.history["val_loss"]).all()
    )
    assert capfd.readouterr().err == ""


def test_a_loss_that_prints(capfd):
    def told(y, y_hat):
        tf.print("told")
        return keras.ops.mean(keras.ops.square(y - y_hat), axis=-1)

    assert len(quick(loss=told).history) == 1
    assert "told" in capfd.readouterr().err  # tf.print writes there


def test_keras_is_asked_before_xla_is_tried():
    assert loop.suits_xla(dense()) and not loop.suits_xla(says_no())


# --- nothing of the reader's is disturbed --------------------------------------------------------


@pytest.mark.parametrize("build", [dense, says_no])  # the second has code of the reader's
def test_the_readers_random_numbers_go_on(build, graph):
    def draw():
        values = random.random(), np.random.random(), float(tf.random.uniform([]))  # noqa: NPY002
        return (*values, float(keras.random.uniform([])))

    def twice(between):
        keras.utils.set_random_seed(7)
        first = draw()
        between()
        return first, draw()

    undisturbed, disturbed = twice(lambda: None), twice(lambda: quick(build))
    assert undisturbed == disturbed and undisturbed[0] != undisturbed[1]


def test_other_threads_that_draw_random_numbers_change_nothing(graph):
    stop, alone = threading.Event(), quick(seed=5)

    def draw():
        while not stop.is_set():
            random.random()

    thread = threading.Thread(target=draw)
    thread.start()
    try:
        runs = [quick(seed=5) for _ in range(5)]
    finally:
        stop.set()
        thread.join()
    for run in runs:
        assert np.array_equal(weights(alone.model), weights(run.model))


def test_an_interrupt_while_it_compiles_still_hands_back_a_run(fresh, graph, monkeypatch, capsys):
    def interrupted(*_, **__):
        raise KeyboardInterrupt

    monkeypatch.setattr(reuse.Memory, "loop", interrupted)
    run = quick()
    assert run.interrupted and run.history.empty and run.model.optimizer is not None
    assert "Interrupted: history up to epoch 0" in capsys.readouterr().out


def test_validation_goes_through_in_slices_that_fit_memory(graph, monkeypatch):
    seen = []
    old = loop.Compiled.__call__

    def call(self, *args):
        if len(args) == 2:
            seen.append(len(args[0]))
        return old(self, *args)

    monkeypatch.setattr(loop.Compiled, "__call__", call)
    large = np.zeros((300, 64, 64, 3), "float32")

    def build():
        return keras.Sequential([keras.Input((64, 64, 3)), layers.Conv2D(3, 1)])

    train(build, large[:16], validation=large, epochs=1)
    assert sum(seen[-(-300 // max(seen)) :]) <= 300 and max(seen) * large[0].nbytes <= 2**25
