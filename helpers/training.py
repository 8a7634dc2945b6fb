"""Build, seed and fit a Keras model in one fast, repeatable call.

``train`` does what ``model.compile`` and ``model.fit`` do, with Keras's own ``train_step``, loss,
optimizer and metrics; lesson 00 shows the two side by side. What it adds: the same call always
gives the same numbers, the images live in memory as one tensor, a whole stretch of steps is one
compiled call, and a diverged or interrupted run still hands back what there is.
"""

import inspect
import json
import random
import re
import time
import warnings
import weakref
from collections import OrderedDict, deque
from collections.abc import Callable, Iterator
from concurrent.futures import FIRST_COMPLETED, wait
from concurrent.futures import ThreadPoolExecutor as _Pool
from dataclasses import dataclass
from functools import lru_cache
from itertools import count, groupby

import keras
import numpy as np
import pandas as pd
import tensorflow as tf
from tensorflow.python.eager import context

from helpers.errors import TrainingError
from helpers.progress import Progress

EPOCHS, BATCH = 10, 256  # of a run that does not say otherwise
STRETCH = 64  # steps in one compiled call: long enough to be fast, short enough to interrupt
KEPT_TENSORS = 2  # image tensors remembered: those to learn from and those held out
KEPT_KERNELS = 16  # runs between two clearings of TensorFlow's own memory; one costs 0.1 s
KEPT = 8  # compiled steps remembered, so that another seed or rate need not compile again


@dataclass(frozen=True)
class Run:
    """What ``train`` returns.

    ``history`` has one row an epoch: ``epoch``, ``step`` (updates so far), ``seconds`` (spent in
    training steps so far; compiling and validating not counted), ``loss`` (mean over the epoch's
    batches, as Keras reports it), ``val_loss`` and every further metric with its ``val_`` twin.
    """

    model: keras.Model
    history: pd.DataFrame
    diverged: bool = False
    interrupted: bool = False

    def __repr__(self) -> str:
        notes = [word for word in ("diverged", "interrupted") if getattr(self, word)]
        return f"Run({', '.join([f'{len(self.history)} epochs', *notes])})"


def train(
    build: Callable[[], keras.Model],
    images: np.ndarray,
    *,
    inputs: np.ndarray | None = None,
    validation: np.ndarray | None = None,
    validation_inputs: np.ndarray | None = None,
    loss="mse",
    optimizer="adam",
    metrics=(),
    epochs: int = EPOCHS,
    batch_size: int = BATCH,
    seed: int = 0,
    label: str = "",
) -> Run:
    """Train a fresh autoencoder to reproduce ``images``; the same call gives the same numbers.

    (On the same machine with the same number of cores; elsewhere, the last digits may differ.)

    Parameters
    ----------
    build: a function without arguments that makes a new, uncompiled Keras model.
    images: the targets, shape (N, ...), values in [0, 1].
    inputs: what the model sees, if that is not ``images`` (noisy copies, say); shape (N, ...).
    validation, validation_inputs: the same pair for held-out images.
    loss, optimizer, metrics: anything ``model.compile`` takes; optimizers are copied, so that one
        object can serve many runs. Learning-rate schedules count optimizer steps.
    epochs, batch_size: passes over the images, and images a step; the last step of an epoch takes
        whatever is left over, as in Keras.
    seed: initial weights, order of the batches, dropout: everything random.
    label: text before the progress bar.

    Raises
    ------
    TrainingError: before the first step, in one sentence, if images, model, loss and settings do
        not fit together. A loss that turns NaN or infinite raises nothing: the run stops and is
        marked ``diverged``. Kernel → Interrupt stops it too, marked ``interrupted``.
    """
    held_out = {"validation": validation, "validation_inputs": validation_inputs}
    parts = {"loss": loss, "optimizer": optimizer, "metrics": metrics}
    budget = {"epochs": epochs, "batch_size": batch_size, "seed": seed}
    job = _Job(build, images, inputs, **held_out, **parts, **budget)
    with Progress(job.total, label) as progress:
        job.ready()
        job.go(progress.update)
    return job.result()


def batch_order(n: int, epoch: int, seed: int) -> np.ndarray:
    """The order in which ``train`` visits ``n`` images in an epoch (counted from 1)."""
    return np.random.default_rng([seed, epoch]).permutation(n).astype("int32")


def sweep(
    build: Callable[[], keras.Model],
    images: np.ndarray,
    methods: dict[str, dict],
    *,
    rates=None,
    seeds=(0,),
    judge: Callable[[keras.Model], dict] | None = None,
    schedule: Callable[[float, int], object] | None = None,
    at_once: int = 1,
    **common,
) -> pd.DataFrame:
    """Run ``train`` for methods × learning rates × seeds and return one tidy table.

    Each method is compiled once; its runs differ only in weights, optimizer state, rate and seed.
    Every run equals the same ``train`` call made alone.

    Parameters
    ----------
    methods: {name: what it changes among train's arguments}, such as
        ``{"Adam": {"optimizer": "adam"}}``. A key ``"build"``, ``"schedule"`` or ``"rates"``
        replaces that argument for this method alone.
    rates: learning rates to try; ``None`` leaves each optimizer's own.
    seeds: one run for each, the same for all methods, so that differences can be paired.
    judge: called with the trained model of each run; what it returns becomes further columns.
        With several runs at once it is called in the order in which they end.
    schedule: a function of (rate, number of steps) that returns a Keras learning-rate schedule.
    at_once: how many runs, of different methods, share the cores. With as many as there are
        methods a sweep ends soonest (``make bench``). Its numbers are the same, but ``seconds``
        are then those of runs in each other's way.
    common: every other argument of ``train``, for all methods.

    Returns
    -------
    One row for each epoch of each run: ``run, method, rate, seed, diverged``, the columns of
    ``Run.history``, and those of ``judge``. Kernel → Interrupt returns the runs so far.
    """
    plans = []
    for method, changes in methods.items():
        plan = {"build": build, "rates": rates, "schedule": schedule} | common | changes
        grid = plan.pop("rates")
        plans += [(method, r, s, plan) for r in ([None] if grid is None else grid) for s in seeds]
    if not isinstance(at_once, int) or isinstance(at_once, bool) or at_once < 1:
        raise TrainingError(f"at_once={at_once!r} must be a whole number of at least 1.")
    ask = judge or (lambda model: {})
    take = _one_by_one if at_once == 1 else _side_by_side
    tables = {}
    for run, done in take(plans, images, at_once):
        method, rate, seed, _ = plans[run]
        about = {"run": run, "method": method, "rate": rate, "seed": seed}
        about["diverged"] = done.diverged
        tables[run] = pd.DataFrame(about, index=done.history.index).join(done.history)
        tables[run] = tables[run].assign(**ask(done.model))
    return pd.concat([tables[run] for run in sorted(tables)], ignore_index=True)


def best_rates(table: pd.DataFrame, by: str = "val_loss") -> pd.DataFrame:
    """The learning rate of each method with the least mean of ``by`` at the end of its runs.

    A rate at which any seed diverged does not count. Returns one row a method: ``rate``, ``by``,
    and ``inside``: whether the best rate lies inside the grid, with a worse one on either side.
    """
    last = table.groupby("run").tail(1)
    last = last.assign(**{by: last[by].where(~last["diverged"], np.inf).fillna(np.inf)})
    rows = {}
    for method, runs in last.groupby("method", sort=False):
        means = runs.groupby("rate")[by].mean()
        best = means.idxmin()
        inside = means.index[0] < best < means.index[-1]
        rows[method] = {"rate": best, by: means[best], "inside": inside}
    return pd.DataFrame.from_dict(rows, orient="index").rename_axis("method")


# --- the loop ------------------------------------------------------------------------------------


class _Job:
    """One run: made ready by whoever asks for it, its steps taken in any thread, then handed over.

    ``total`` steps are ahead; ``stop`` ends the run after the stretch it is in.
    """

    def __init__(
        self,
        build,
        images,
        inputs=None,
        validation=None,
        validation_inputs=None,
        loss="mse",
        optimizer="adam",
        metrics=(),
        epochs=EPOCHS,
        batch_size=BATCH,
        seed=0,
    ):
        for name, value in (("epochs", epochs), ("batch_size", batch_size)):
            if not isinstance(value, int | np.integer) or value < 1:
                raise TrainingError(f"{name}={value!r} must be a whole number of at least 1.")
        pair = _check_images(images, inputs, "images")
        held_out = None
        if validation is not None:
            held_out = _check_images(validation, validation_inputs, "validation")
            for name, a, b in zip(("inputs", "images"), pair, held_out, strict=True):
                if a.shape[1:] != b.shape[1:]:
                    raise TrainingError(
                        f"The {name} have shape {a.shape[1:]}, those for validation "
                        f"{b.shape[1:]}: the two must be equal."
                    )
        optimizer = _known("optimizer", optimizer, keras.optimizers.get)
        _known("loss", loss, keras.losses.get)
        _check_optimizer(optimizer)
        self.model, shared = _build(build, seed)
        _check_model(self.model, *pair, loss)
        key = None if shared else _recipe(self.model, optimizer, loss, metrics)
        self.stepper = _stepper(key, build, seed, pair[0][:1], optimizer, loss, metrics)
        self.pair, self.held_out = _tensors(*pair), held_out and _tensors(*held_out)
        self.parts = optimizer, loss, list(metrics)
        self.n, self.epochs, self.seed = len(pair[1]), epochs, seed
        self.batch_size = min(int(batch_size), self.n)
        self.total = epochs * _steps(self.n, self.batch_size)
        self.rows, self.step, self.stop, self.interrupted = [], 0, False, False

    def ready(self) -> None:
        """Give the compiled loop this run's weights, and trace what the clock should miss."""
        self.stepper.start_from(self.model)
        for order in _stretches(np.zeros(self.n, "int32"), self.batch_size):
            self.stepper.steps(*self.pair, order, np.zeros(0, "float32"))  # no step
        if self.held_out:
            self.stepper.trace_evaluate(*self.held_out)

    def go(self, report: Callable[[int, float], None] = lambda done, loss: None) -> None:
        """Take all steps; Kernel → Interrupt ends them early, with what there is so far."""
        try:
            self._epochs(report)
        except KeyboardInterrupt:
            self.interrupted = True

    def _epochs(self, report) -> None:
        """Add one row of the history an epoch; the last one if the loss is no longer finite."""
        rates, seconds = _rates(self.parts[0], self.total), 0.0
        for epoch in range(1, self.epochs + 1):
            self.stepper.model.reset_metrics()
            for order in _stretches(batch_order(self.n, epoch, self.seed), self.batch_size):
                if self.stop:
                    raise KeyboardInterrupt
                begin = time.perf_counter()
                some = rates[self.step : self.step + len(order)]
                done, loss = self.stepper.steps(*self.pair, order, some)
                seconds += time.perf_counter() - begin
                self.step += done
                report(done, loss)
                if not np.isfinite(loss):
                    break
            row = {"epoch": epoch, "step": self.step, "seconds": seconds, **self.stepper.logs()}
            row["loss"] = loss
            if self.held_out:
                scores = self.stepper.evaluate(*self.held_out)
                row |= {f"val_{name}": v for name, v in scores.items()}
            self.rows.append(row)
            if not np.isfinite(loss):
                return

    def result(self) -> Run:
        optimizer, loss, metrics = self.parts
        self.stepper.hand_over(self.model)
        if next(_RUNS) % KEPT_KERNELS == 0:
            context.context().clear_kernel_cache()  # it grows by about 1 MB a run
        self.model.compile(optimizer=_copy(optimizer), loss=loss, metrics=metrics)
        columns = self.rows or {"epoch": [], "step": [], "seconds": [], "loss": []}
        diverged = bool(self.rows) and not np.isfinite(self.rows[-1]["loss"])
        if self.interrupted:
            print(f"Interrupted: history up to epoch {len(self.rows)}, weights of this moment.")
        return Run(self.model, pd.DataFrame(columns), diverged, self.interrupted)


def _arguments(plan: dict, rate, seed: int, n: int) -> dict:
    """What a sweep's plan means as arguments of ``train``."""
    settings = dict(plan) | {"seed": seed}
    decay, optimizer = settings.pop("schedule"), settings.get("optimizer", "adam")
    optimizer = settings["optimizer"] = keras.optimizers.get(optimizer)
    if rate is not None:
        steps = settings.get("epochs", EPOCHS) * _steps(n, settings.get("batch_size", BATCH))
        wanted = decay(float(rate), steps) if decay else float(rate)
        settings["optimizer"] = _copy(optimizer, learning_rate=wanted)
    return settings


def _one_by_one(plans, images, _) -> Iterator[tuple[int, Run]]:
    """Each run of a sweep with its number, until one is interrupted."""
    for run, (method, rate, seed, plan) in enumerate(plans):
        settings = _arguments(plan, rate, seed, len(images))
        label = f"run {run + 1} of {len(plans)}, {method}"
        done = train(settings.pop("build"), images, label=label, **settings)
        yield run, done
        if done.interrupted:
            return


def _side_by_side(plans, images, at_once: int) -> Iterator[tuple[int, Run]]:
    """The same, ``at_once`` at a time. The runs of a method share one compiled loop, so each lane
    takes one method after the other; all but the steps happens in the caller's thread."""
    methods = deque(list(runs) for _, runs in groupby(range(len(plans)), lambda i: plans[i][0]))
    lanes, busy = [deque() for _ in range(at_once)], {}  # busy: {future: (lane, run, job)}
    with Progress(len(plans), "all runs", unit="run") as progress, _Pool(at_once) as pool:
        try:
            while True:
                for k in sorted(set(range(at_once)) - {lane for lane, _, _ in busy.values()}):
                    if not lanes[k] and methods:
                        lanes[k].extend(methods.popleft())
                    if lanes[k]:
                        _, rate, seed, plan = plans[lanes[k][0]]
                        job = _Job(images=images, **_arguments(plan, rate, seed, len(images)))
                        if all(job.stepper is not other.stepper for _, _, other in busy.values()):
                            job.ready()
                            busy[pool.submit(job.go)] = k, lanes[k].popleft(), job
                if not busy:
                    return
                for future in wait(busy, return_when=FIRST_COMPLETED).done:
                    future.result()
                    _, run, job = busy.pop(future)
                    progress.update()
                    yield run, job.result()
        except KeyboardInterrupt:
            for _, _, job in busy.values():
                job.stop = True
            wait(busy)
            for _, run, job in busy.values():
                yield run, job.result()
        finally:
            for _, _, job in busy.values():
                job.stop = True


def _tensors(x: np.ndarray, y: np.ndarray) -> tuple[tf.Tensor, tf.Tensor]:
    """Both as tensors in memory: one and the same if the images are their own targets."""
    inputs = _tensor(x)
    return inputs, inputs if y is x else _tensor(y)


def _tensor(x: np.ndarray) -> tf.Tensor:
    """A tensor of these numbers: the one of an earlier run, if its numbers are the same.

    Comparing costs less than asking the system for fresh memory again and again.
    """
    for i, known in enumerate(_TENSORS):
        if known.shape == x.shape and np.array_equal(known, x):
            _TENSORS.append(_TENSORS.pop(i))
            return known
    _TENSORS[:] = [*_TENSORS[1 - KEPT_TENSORS :], tf.constant(x)]
    return _TENSORS[-1]


def _stretches(order: np.ndarray, batch_size: int) -> Iterator[np.ndarray]:
    """Cut an epoch's order into (steps, batch) tables of at most STRETCH steps."""
    whole = len(order) // batch_size * batch_size
    batches = order[:whole].reshape(-1, batch_size)
    for i in range(0, len(batches), STRETCH):
        yield batches[i : i + STRETCH]
    if whole < len(order):
        yield order[None, whole:]


def _steps(n: int, batch_size: int) -> int:
    """Steps of an epoch, the last one with whatever is left over."""
    return -(-n // min(batch_size, n))


def _rates(optimizer, steps: int) -> np.ndarray:
    """The learning rate of every step, shape (steps,)."""
    rate = optimizer._learning_rate
    if not isinstance(rate, keras.optimizers.schedules.LearningRateSchedule):
        return np.full(steps, float(optimizer.learning_rate), "float32")
    if not type(rate).__module__.startswith("keras."):
        return np.array([float(rate(i)) for i in range(steps)], "float32")
    return _schedule(json.dumps(keras.optimizers.schedules.serialize(rate)), steps)


@lru_cache(maxsize=64)
def _schedule(config: str, steps: int) -> np.ndarray:
    """A schedule of Keras's own, asked once for each step."""
    schedule = keras.optimizers.schedules.deserialize(json.loads(config))
    return np.array([float(schedule(i)) for i in range(steps)], "float32")


class _Stepper:
    """Keras's own ``train_step`` in a compiled loop, for one model, optimizer and loss.

    It owns a twin of the learner's model; a run starts by copying weights in and ends by copying
    them out, so that any number of runs (other seeds, rates, images) share one compilation.
    """

    def __init__(self, twin: keras.Model, optimizer, loss, metrics):
        self.model, self.traces = twin, 0
        unit = _copy(optimizer, learning_rate=1.0)  # every step brings its own rate
        twin.compile(unit, loss=loss, metrics=list(metrics))
        twin.optimizer.build(twin.trainable_variables)
        self._fresh = [variable.numpy().copy() for variable in twin.optimizer.variables]
        self._any = tf.function(self._loop, reduce_retracing=True)
        self._xla = tf.function(self._loop, jit_compile=True) if _suits_xla(twin) else None
        test = lambda x, y: twin.test_step((x, y))  # noqa: E731
        self._test = tf.function(test, reduce_retracing=True, jit_compile=_suits_xla(twin))

    def _loop(self, x, y, same: bool, order, rates, count):
        """Take ``count`` steps, or fewer if the loss stops being finite; ``same``: y is x."""
        self.traces += 1

        def step(i, _):
            self.model.optimizer.learning_rate.assign(rates[i])
            inputs = tf.gather(x, order[i])
            batch = (inputs, inputs if same else tf.gather(y, order[i]))
            return i + 1, tf.cast(self.model.train_step(batch)["loss"], tf.float32)

        def go_on(i, loss):
            return (i < count) & tf.math.is_finite(loss)

        return tf.while_loop(go_on, step, [tf.constant(0), tf.constant(0.0)])

    def steps(self, x, y, order: np.ndarray, rates: np.ndarray) -> tuple[int, float]:
        """Run one step for each of ``rates``; return how many were taken and the mean loss."""
        loop, count = self._any, len(rates)
        if self._xla is not None and len(order) > 1:  # XLA wants one shape: pad to a full stretch
            loop = self._xla
            order = np.pad(order, ((0, STRETCH - len(order)), (0, 0)))
        rates = np.pad(rates, (0, len(order) - count))
        steps = (tf.constant(order), tf.constant(rates), tf.constant(count))
        done, loss = loop(x, y, y is x, *steps)
        return int(done), float(loss)

    def evaluate(self, x, y, batch: int = 1_000) -> dict[str, float]:
        """Loss and metrics in inference mode, as ``model.evaluate`` gives them."""
        self.model.reset_metrics()
        for i in range(0, len(y), batch):
            self._test(x[i : i + batch], y[i : i + batch])
        return self.logs()

    def trace_evaluate(self, x, y, batch: int = 1_000) -> None:
        for part in {min(batch, len(y)), len(y) % batch} - {0}:
            self._test.get_concrete_function(x[:part], y[:part])

    def logs(self) -> dict[str, float]:
        return {name: float(v) for name, v in self.model.get_metrics_result().items()}

    def start_from(self, model: keras.Model) -> None:
        """Take over weights and random states of ``model``; the optimizer forgets earlier runs."""
        _assign(self.model.variables, model.variables)
        _assign(self.model.optimizer.variables, self._fresh)

    def hand_over(self, model: keras.Model) -> None:
        """Copy the trained weights to ``model`` (averaged ones, if the optimizer keeps them)."""
        self.model.optimizer.finalize_variable_values(self.model.trainable_variables)
        _assign(model.variables, self.model.variables)


def _assign(into, values) -> None:
    for variable, value in zip(into, values, strict=True):
        variable.assign(value)


def _copy(optimizer, **changes):
    return type(optimizer).from_config(optimizer.get_config() | changes)


def _suits_xla(model: keras.Model) -> bool:
    """On a CPU, XLA speeds dense models up; convolutions inside its loop and random layers get
    slower than the plain graph, the latter about tenfold (``make bench`` measures all three)."""
    layers = list(model._flatten_layers(include_self=False))
    slow = ("Conv", "Pooling", "UpSampling", "Dropout", "Noise", "Random", "RNN", "LSTM", "GRU")
    return not any(word in type(layer).__name__ for layer in layers for word in slow)


# --- one compilation for many runs ---------------------------------------------------------------

_STEPPERS: OrderedDict[str, _Stepper] = OrderedDict()
_TENSORS: list[tf.Tensor] = []
_RUNS = count(1)
_HANDED_OUT: weakref.WeakSet = weakref.WeakSet()


def _build(build, seed: int) -> tuple[keras.Model, bool]:
    """A new model from ``build``, and whether it shares (frozen) layers with an earlier one."""
    if isinstance(build, keras.Model) or not callable(build):
        raise TrainingError(
            "The first argument must be a function that makes a model, not a model: "
            "write `train(build, images)` with `def build(): ... return model`."
        )
    model = _seeded(build, seed)
    if not isinstance(model, keras.Model):
        raise TrainingError(f"build() must return a Keras model, not {type(model).__name__}.")
    return model, _shared(model)


def _seeded(build, seed: int):
    """What ``build`` makes when everything random starts from ``seed``."""
    random.seed(seed)
    np.random.seed(seed)  # noqa: NPY002  (Keras's own layers draw from these two, and only)
    model = build()
    if isinstance(model, keras.Model) and _architecture(model) is None:
        keras.utils.set_random_seed(seed)  # TensorFlow's seed too; it slows every later call down
        model = build()
    return model


def _shared(model: keras.Model) -> bool:
    """Whether layers of ``model`` were in an earlier one: allowed only if they are frozen."""
    layers = list(model._flatten_layers())
    known = [layer for layer in layers if layer in _HANDED_OUT]
    if any(layer.trainable_weights for layer in known):
        raise TrainingError(
            "build() returned a model or layers that it gave out before: make the layers inside "
            "build(), so that every run starts from new weights."
        )
    _HANDED_OUT.update(layers)
    return any(layer.weights for layer in known)


def _stepper(key: str | None, build, seed, x, optimizer, loss, metrics) -> _Stepper:
    """The compiled loop for these parts: remembered, if nothing but Keras's own parts is in it."""
    if key in _STEPPERS:
        _STEPPERS.move_to_end(key)
        return _STEPPERS[key]
    twin = _seeded(build, seed)  # so that anything else random in it is the same as in the model
    shared = _shared(twin)
    if not twin.built:
        twin(x, training=False)
    stepper = _Stepper(twin, optimizer, loss, metrics)
    if key and not shared:
        _STEPPERS[key] = stepper
        while len(_STEPPERS) > KEPT:
            _STEPPERS.popitem(last=False)
    return stepper


def _recipe(model, optimizer, loss, metrics) -> str | None:
    """A text that is equal for equal computations; None if code of the learner's is involved."""
    parts = [_architecture(model), *metrics, loss]
    if isinstance(loss, keras.losses.Loss) and type(loss).__module__.startswith("keras."):
        settings = [loss.get_config(), getattr(loss, "_fn_kwargs", None)]  # Huber's config lacks δ
        parts[-1] = type(loss).__name__ + json.dumps(settings, default=repr)
    if not all(isinstance(part, str) for part in parts):
        return None
    if not type(optimizer).__module__.startswith("keras."):
        return None
    settings = optimizer.get_config() | {"learning_rate": None, "name": None}
    frozen = [variable.trainable for variable in model.variables]
    return json.dumps([type(optimizer).__name__, settings, frozen, *parts], default=repr)


def _architecture(model: keras.Model) -> str | None:
    """The model's configuration without its running names; None if it is not Keras's alone."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", UserWarning)  # given for a lambda, whose code may change
            text = model.to_json()
    except (NotImplementedError, TypeError, ValueError, UserWarning):
        return None
    functions = [
        value
        for layer in model._flatten_layers()
        for value in vars(layer).values()
        if inspect.isfunction(value)  # a learner's `relu` is saved under the name of Keras's
    ]
    if "__lambda__" in text or any(not f.__module__.startswith("keras.") for f in functions):
        return None
    for i, layer in enumerate(model._flatten_layers()):  # names count upwards from build to build
        given = re.sub(r"_\d+$", "", layer.name).replace("_", "")
        if given == type(layer).__name__.lower():  # the learner's own names may be meant: keep them
            text = text.replace(f'"{layer.name}"', f'"layer {i}"')
    modules = _values(json.loads(text), "module")
    return text if all((module or "").startswith("keras") for module in modules) else None


def _values(tree, key: str) -> Iterator:
    """Every value stored under ``key``, at any depth."""
    if isinstance(tree, dict):
        if key in tree:
            yield tree[key]
        tree = list(tree.values())
    if isinstance(tree, list):
        for branch in tree:
            yield from _values(branch, key)


# --- refusals, before the first step -------------------------------------------------------------


def _check_images(images, inputs, name: str) -> tuple[np.ndarray, np.ndarray]:
    """(inputs, targets) as float32 arrays; the same object twice if there are no other inputs."""
    y = np.asarray(images, dtype="float32")
    if y.ndim < 2 or len(y) == 0:
        raise TrainingError(f"{name} must have the shape (number, ...), not {y.shape}.")
    low, high = y.min(), y.max()
    if not np.isfinite([low, high]).all():
        raise TrainingError(f"{name} hold values that are not finite (NaN or infinite).")
    if low < 0 or high > 1:
        cure = "divide them by 255" if low >= 0 and high <= 255 else "rescale them"
        raise TrainingError(
            f"{name} must lie in [0, 1], but these run from {low:g} to {high:g}: {cure}."
        )
    if inputs is None:
        return y, y
    x = np.asarray(inputs, dtype="float32")
    if len(x) != len(y):
        raise TrainingError(f"{len(x)} inputs cannot belong to {len(y)} {name}.")
    if not np.isfinite([x.min(), x.max()]).all():
        raise TrainingError(f"the inputs of {name} are not all finite (NaN or infinite).")
    return x, y


def _check_model(model: keras.Model, x: np.ndarray, y: np.ndarray, loss) -> None:
    """Refuse a model whose output cannot be compared with the targets."""
    takes = getattr(model, "input_shape", None)  # None for a subclassed model not called yet
    if isinstance(takes, tuple) and not _fits(x.shape[1:], takes[1:]):
        raise TrainingError(
            f"The model takes inputs of shape {takes[1:]}, but these have {x.shape[1:]}: "
            "reshape them, or load the images with another `shape`."
        )
    output = model(x[:256], training=False)
    if not hasattr(output, "shape") or tuple(output.shape[1:]) != y.shape[1:]:
        shape = tuple(output.shape[1:]) if hasattr(output, "shape") else type(output).__name__
        raise TrainingError(
            f"The model's output has shape {shape}, but the target images have {y.shape[1:]}: "
            "the two must be equal."
        )
    if _is_bce_of_probabilities(loss):
        low, high = float(np.min(output)), float(np.max(output))
        saturated = hasattr(output, "_keras_logits")  # a sigmoid may round to exactly 0 or 1
        if not (low > 0 and high < 1) and not (saturated and 0 <= low <= high <= 1):
            raise TrainingError(
                "Binary cross-entropy needs outputs between 0 and 1, but this model's run from "
                f"{low:.3g} to {high:.3g}: end it with a sigmoid, or use "
                "keras.losses.BinaryCrossentropy(from_logits=True)."
            )


def _fits(shape: tuple, wanted: tuple) -> bool:
    return len(shape) == len(wanted) and all(
        b in (a, None) for a, b in zip(shape, wanted, strict=True)
    )


def _known(kind: str, given, get: Callable):
    """What Keras makes of ``given``, or a sentence if it knows no such name."""
    try:
        return get(given)
    except ValueError:
        raise TrainingError(
            f"{kind}={given!r} is no {kind} that Keras knows: check the spelling of the name."
        ) from None


def _check_optimizer(optimizer) -> None:
    """Refuse what a copy of the optimizer would lose."""
    if isinstance(optimizer, keras.optimizers.LossScaleOptimizer):
        raise TrainingError("LossScaleOptimizer is not supported: pass the optimizer inside it.")
    names = ("_exclude_from_weight_decay", "_exclude_from_weight_decay_pattern")
    if any(getattr(optimizer, name, None) for name in names):
        raise TrainingError(
            "exclude_from_weight_decay is lost when the optimizer is copied: leave it out, or use "
            "`model.fit`."
        )


def _is_bce_of_probabilities(loss) -> bool:
    loss = keras.losses.get(loss)
    if isinstance(loss, keras.losses.BinaryCrossentropy):
        return not loss.get_config()["from_logits"]
    return loss is keras.losses.binary_crossentropy
