"""The compiled loop: Keras's own ``train_step``, many steps in one call, for many runs.

A loop owns a twin of the reader's model. A run begins by copying weights in and ends by copying
them out, so that runs with other seeds and rates share one compilation.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import keras
import numpy as np
import tensorflow as tf

from helpers import compat, measure
from helpers.errors import TrainingError
from helpers.training.optimizers import copied

STRETCH = 64  # steps in one compiled call: long enough to be fast, short enough to interrupt
# How far two first steps may differ, as a share of the step; rounding is far below that ...
AGREE, AGREE_LOSS = 1e-3, 1e-5
# ... but where a gradient is nothing but rounding (a bias before batch normalisation), which an
# optimizer with a memory scales up to a step like any other: the memory itself shows the gradient.
ROUNDING, SCALED_UP = 1e-6, 0.1


class Compiled:
    """A function as a graph: compiled by XLA where that works and pays, as it is elsewhere."""

    def __init__(self, function: Callable, xla: bool):
        self._plain = tf.function(function, reduce_retracing=True)
        self._fast = tf.function(function, jit_compile=True) if xla else None
        self._proven = False

    @property
    def xla(self) -> bool:
        return self._fast is not None

    def __call__(self, *args):
        """Call it; where the first call shows that XLA lacks something, never try XLA again."""
        if self._fast is not None:
            try:
                result = self._fast(*args)
            except Exception:
                if self._proven:
                    raise
                self._fast = None  # what is wrong with the function itself, the plain graph tells
            else:
                self._proven = True
                return result
        return self._plain(*args)


class Loop:
    """Training steps and evaluation of a twin, for images of one shape.

    twin: a built model of its own. x, y: float32 tensors (N, ...), inputs and targets; one and the
    same object if the images are their own targets. held_out: the same pair for validation.
    """

    def __init__(self, twin: keras.Model, optimizer, loss, metrics, x, y, held_out, batch_size):
        self.model, self.traces, self.batch_size = twin, 0, batch_size
        self._height = max(1, min(STRETCH, len(y) // batch_size))  # of a table of whole batches
        self.proven: set[str | None] = set()  # origins of runs that it was found to serve
        self._complaint = None  # about the model's own code, found while it was compiled
        self._parts = optimizer, loss, list(metrics)
        twin.compile(copied(optimizer, 1.0), loss=loss, metrics=list(metrics))  # steps bring rates
        twin.optimizer.build(twin.trainable_variables)
        self._fresh = [variable.numpy().copy() for variable in twin.optimizer.variables]
        xla = suits_xla(twin)
        self._steps = Compiled(self._many, xla)
        self._test = Compiled(lambda x, y: twin.test_step((x, y)), xla)
        self._slice = measure.batch_for(tuple(y.shape[1:]))
        for order in stretches(np.zeros(len(y), "int32"), batch_size):
            self.steps(x, y, order, np.zeros(0, "float32"))  # compiles, and takes no step
        if held_out:
            for part in {min(self._slice, len(held_out[1])), len(held_out[1]) % self._slice} - {0}:
                self._test(held_out[0][:part], held_out[1][:part])

    def _many(self, x, y, same: bool, order, rates, count):
        """Take ``count`` steps, or fewer if the loss stops being finite; ``same``: y is x."""
        self.traces += 1

        def step(i, _):
            self.model.optimizer.learning_rate.assign(rates[i])
            inputs = tf.gather(x, order[i])
            batch = (inputs, inputs if same else tf.gather(y, order[i]))
            logs = self.model.train_step(batch)
            if not (isinstance(logs, dict) and "loss" in logs):
                name = type(self.model).__name__
                self._complaint = f"The train_step of {name} must return a dict with a 'loss'."
                raise TrainingError(self._complaint)
            return i + 1, tf.cast(tf.reduce_mean(logs["loss"]), tf.float32)

        def go_on(i, loss):
            return (i < count) & tf.math.is_finite(loss)

        return tf.while_loop(go_on, step, [tf.constant(0), tf.constant(0.0)])

    def steps(self, x, y, order: np.ndarray, rates: np.ndarray) -> tuple[int, float]:
        """Run one step for each of ``rates``; return how many were taken and the mean loss."""
        count = len(rates)
        if order.shape[1] == self.batch_size:  # one shape for all stretches, to compile once
            order = np.pad(order, ((0, self._height - len(order)), (0, 0)))
        rates = np.pad(rates, (0, len(order) - count))
        told = (tf.constant(order), tf.constant(rates), tf.constant(count))
        try:
            done, loss = self._steps(x, y, y is x, *told)
        except Exception:
            if self._complaint:
                raise TrainingError(self._complaint) from None
            raise
        return int(done), float(loss)

    def evaluate(self, x, y) -> dict[str, float]:
        """Loss and metrics in inference mode, of the weights that ``hand_over`` would give."""
        self.model.reset_metrics()
        with self._final_weights():
            for i in range(0, len(y), self._slice):
                self._test(x[i : i + self._slice], y[i : i + self._slice])
        return self.logs()

    def logs(self) -> dict[str, float]:
        return {name: float(v) for name, v in self.model.get_metrics_result().items()}

    def start_from(self, model: keras.Model) -> None:
        """Take over weights and random states of ``model``; the optimizer forgets earlier runs."""
        _assign(self.model.variables, model.variables)
        _assign(self.model.optimizer.variables, self._fresh)
        self.model.stop_training = False

    def hand_over(self, model: keras.Model) -> None:
        """Copy the trained weights to ``model`` (averaged ones, if the optimizer keeps them)."""
        with self._final_weights():
            _assign(model.variables, self.model.variables)

    @contextmanager
    def _final_weights(self) -> Iterator[None]:
        """The averaged weights, if the optimizer keeps any, for as long as this lasts."""
        weights, optimizer = self.model.trainable_variables, self.model.optimizer
        averaged = optimizer.use_ema and int(optimizer.iterations) > 0
        kept = [w.numpy().copy() for w in weights] if averaged else []
        if averaged:
            optimizer.finalize_variable_values(weights)
        try:
            yield
        finally:
            if averaged:
                _assign(weights, kept)

    def steps_like(self, model: keras.Model, x, y) -> bool:
        """Whether this loop takes the first step as ``model`` itself would, taken step by step.

        Nothing that decides a step can differ unnoticed: layers, penalties, loss, the reader's own
        code, and values that it reads. Both are afterwards as they were.
        """
        optimizer, loss, metrics = self._parts
        before = [v.numpy().copy() for v in model.variables]
        self.start_from(model)
        self.model.reset_metrics()
        order = next(stretches(np.arange(len(y), dtype="int32"), self.batch_size))[:1]
        _, ours = self.steps(x, y, order, np.ones(1, "float32"))
        try:
            model.compile(copied(optimizer, 1.0), loss=loss, metrics=metrics)
            model.optimizer.build(model.trainable_variables)
            some = x[: order.shape[1]]
            theirs = model.train_step((some, some if y is x else y[: order.shape[1]]))["loss"]
            same = np.isclose(ours, float(tf.reduce_mean(theirs)), rtol=AGREE_LOSS, atol=1e-12)
            begun = [*before, *self._fresh]
            same = bool(same) and _same_moves(_moves(self.model, begun), _moves(model, begun))
        finally:
            _assign(model.variables, before)
        self.start_from(model)
        return same


def stretches(order: np.ndarray, batch_size: int) -> Iterator[np.ndarray]:
    """Cut an epoch's order into (steps, batch) tables of at most STRETCH steps."""
    whole = len(order) // batch_size * batch_size
    batches = order[:whole].reshape(-1, batch_size)
    for i in range(0, len(batches), STRETCH):
        yield batches[i : i + STRETCH]
    if whole < len(order):
        yield order[None, whole:]


def steps_of(n: int, batch_size: int) -> int:
    """Steps of an epoch, the last one with whatever is left over."""
    return -(-n // min(batch_size, n))


def suits_xla(model: keras.Model) -> bool:
    """Whether XLA may compile this model (Keras says) and makes it faster (``make bench`` says).

    On a CPU, convolutions inside its loop and random layers get slower than the plain graph, the
    latter about tenfold.
    """
    layers = compat.all_layers(model)
    slow = ("Conv", "Pooling", "UpSampling", "Dropout", "Noise", "Random", "RNN", "LSTM", "GRU")
    allowed = all(getattr(layer, "supports_jit", True) for layer in layers)
    return allowed and not any(w in type(layer).__name__ for layer in layers for w in slow)


def _assign(into, values) -> None:
    for variable, value in zip(into, values, strict=True):
        variable.assign(value)


def _moves(model: keras.Model, begun: list[np.ndarray]) -> dict[str, list]:
    """How far weights, the optimizer's memory and all other states moved, and from what size."""
    groups = {"weights": [], "memory": [], "rest": []}
    trained = {id(v) for v in model.trainable_variables}
    now = [*model.variables, *model.optimizer.variables]
    for i, (variable, was) in enumerate(zip(now, begun, strict=True)):
        group = "memory" if i >= len(model.variables) and was.ndim else "rest"
        move = np.asarray(variable, "float64") - was
        groups["weights" if id(variable) in trained else group].append((move, np.linalg.norm(was)))
    return groups


def _same_moves(ours: dict[str, list], theirs: dict[str, list]) -> bool:
    """Whether all went the same way, but for rounding."""
    for group in ours:
        least = SCALED_UP if group == "weights" and ours["memory"] else ROUNDING
        least *= max((np.linalg.norm(move) for move, _ in theirs[group]), default=0)
        for (a, size), (b, _) in zip(ours[group], theirs[group], strict=True):
            allowed = AGREE * np.linalg.norm(b) + least + 2e-7 * size + 1e-30
            if not np.linalg.norm(a - b) <= allowed:  # NaN is no agreement
                return False
    return True
