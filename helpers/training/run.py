"""One run from a model to its history: what ``train`` does, in the order in which it happens."""

import time
from collections.abc import Callable
from dataclasses import dataclass

import keras
import numpy as np
import pandas as pd

from helpers.progress import Progress
from helpers.training import refuse
from helpers.training.loop import Loop, steps_of, stretches
from helpers.training.optimizers import copied, rates
from helpers.training.reuse import MEMORY
from helpers.training.settings import Settings, takes_settings


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


@takes_settings
def train(build: Callable[[], keras.Model], images: np.ndarray, **settings) -> Run:
    """Train a fresh autoencoder to reproduce ``images``; the same call gives the same numbers.

    (On the same machine with the same number of cores; elsewhere the last digits may differ, and
    so they may, in one run of many, where a model runs outside XLA and is compiled anew.)

    Parameters
    ----------
    build: a function without arguments that makes a new, uncompiled Keras model.
    images: the targets, shape (N, ...), values in [0, 1].
    inputs: what the model sees, if that is not ``images`` (noisy copies, say); shape (N, ...).
    validation, validation_inputs: the same pair for held-out images.
    loss, optimizer, metrics: anything ``model.compile`` takes; optimizers are copied, so that one
        object can serve many runs. Learning-rate schedules count optimizer steps. If the optimizer
        averages weights (``use_ema``), validation scores are those of the averaged weights.
    callbacks: Keras callbacks that act once an epoch, such as ``EarlyStopping``.
    epochs, batch_size: passes over the images, and images a step; the last step of an epoch takes
        whatever is left over, as in Keras.
    seed: initial weights, order of the batches, dropout: everything random; 0 to 2³² − 1. The
        random numbers that you draw yourself are not disturbed.
    label: text before the progress bar.

    Raises
    ------
    TrainingError: before the first step, in one sentence, if images, model, loss and settings do
        not fit together. A loss that turns NaN or infinite raises nothing: the run stops and is
        marked ``diverged``. Kernel → Interrupt stops it too, marked ``interrupted``.
    """
    return perform(build, images, Settings.of(settings))


def batch_order(n: int, epoch: int, seed: int) -> np.ndarray:
    """The order in which ``train`` visits ``n`` images in an epoch (counted from 1)."""
    return np.random.default_rng([seed, epoch]).permutation(n).astype("int32")


def perform(build, images, settings: Settings, *, origin: str | None = None) -> Run:
    """``train`` with its settings in one object.

    origin: a text for the code that ``build`` and the settings come from, if runs with the same
    text are known to use the same code (``sweep`` gives one a method).
    """
    optimizer, loss = refuse.parts(settings)
    pair = refuse.images(images, settings.inputs, "images")
    held_out = None
    if settings.validation is not None:
        held_out = refuse.images(settings.validation, settings.validation_inputs, "validation")
        refuse.mismatch(pair, held_out)
    built = MEMORY.build(build, settings.seed)
    refuse.model(built.model, *pair, loss)
    n = len(pair[1])
    batch_size = min(settings.batch_size, n)
    total = settings.epochs * steps_of(n, batch_size)
    by_step = rates(optimizer, total)
    given_back = copied(optimizer)
    data = dict(zip("xy", MEMORY.pair(*pair), strict=True)) | {"batch_size": batch_size}
    data["held_out"] = held_out and MEMORY.pair(*held_out)

    loop, course, interrupted = None, Course(settings, by_step), False
    try:
        with Progress(total, settings.label) as progress:
            parts = origin, optimizer, loss, settings.metrics, data
            loop = MEMORY.loop(built, build, settings.seed, *parts)
            course.go(loop, data, progress.update)
    except KeyboardInterrupt:
        interrupted = True
    if loop:
        loop.hand_over(built.model)
    MEMORY.run_ended()
    built.model.compile(optimizer=given_back, loss=loss, metrics=list(settings.metrics))
    if interrupted:
        print(f"Interrupted: history up to epoch {len(course.rows)}, weights of this moment.")
    diverged = bool(course.rows) and not np.isfinite(course.rows[-1]["loss"])
    return Run(built.model, course.history(), diverged, interrupted)


class Course:
    """The way of a run through its epochs: ``rows`` of the history so far."""

    def __init__(self, settings: Settings, by_step: np.ndarray):
        self.settings, self.by_step, self.rows = settings, by_step, []

    def go(self, loop: Loop, data: dict, report: Callable[[int, float], None]) -> None:
        """Take all steps, with the callbacks; one that says stop ends the run after its epoch."""
        callbacks = self.settings.callbacks
        for callback in callbacks:
            callback.set_model(loop.model)
            callback.set_params({"epochs": self.settings.epochs, "steps": len(self.by_step)})
            callback.on_train_begin()
        step, seconds = 0, 0.0
        for epoch in range(1, self.settings.epochs + 1):
            for callback in callbacks:
                callback.on_epoch_begin(epoch - 1)
            step, took, loss = self._epoch(loop, data, epoch, step, report)
            seconds += took
            row = {"epoch": epoch, "step": step, "seconds": seconds, **loop.logs(), "loss": loss}
            if data["held_out"]:
                scores = loop.evaluate(*data["held_out"])
                row |= {f"val_{name}": v for name, v in scores.items()}
            self.rows.append(row)
            for callback in callbacks:
                callback.on_epoch_end(epoch - 1, {k: v for k, v in row.items() if k not in COUNTS})
            if loop.model.stop_training or not np.isfinite(loss):
                break
        for callback in callbacks:
            callback.on_train_end()

    def _epoch(self, loop, data, epoch, step, report) -> tuple[int, float, float]:
        """(updates so far, seconds of this epoch's steps, its mean loss)."""
        loop.model.reset_metrics()
        seconds = 0.0
        order = batch_order(len(data["y"]), epoch, self.settings.seed)
        for some in stretches(order, data["batch_size"]):
            begin = time.perf_counter()
            done, loss = loop.steps(
                data["x"], data["y"], some, self.by_step[step : step + len(some)]
            )
            seconds += time.perf_counter() - begin
            step += done
            report(done, loss)
            if not np.isfinite(loss):
                break
        return step, seconds, loss

    def history(self) -> pd.DataFrame:
        return pd.DataFrame(self.rows or {"epoch": [], "step": [], "seconds": [], "loss": []})


COUNTS = ("epoch", "step", "seconds")  # of a row: callbacks get the rest, as from `fit`
