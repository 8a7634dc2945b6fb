"""Many runs as one tidy table: methods × learning rates × seeds, here or on a cluster."""

import itertools
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import keras
import numpy as np
import pandas as pd

from helpers.errors import TrainingError, quoted
from helpers.training import refuse
from helpers.training.loop import steps_of
from helpers.training.optimizers import copied
from helpers.training.run import Run, perform
from helpers.training.settings import NAMES, Settings, takes_settings

CHANGES = (*NAMES, "build", "schedule", "rates")  # what a method may change


@dataclass(frozen=True)
class Task:
    """One run of a sweep, complete in itself, wherever it is done."""

    run: int
    method: str
    rate: float | None
    build: Callable[[], keras.Model]
    settings: Settings
    origin: str

    def perform(self, images: np.ndarray, label: str = "") -> Run:
        settings = replace(self.settings, label=label)
        return perform(self.build, images, settings, origin=self.origin)

    def table(self, done: Run, judged: dict, interrupted: bool) -> pd.DataFrame:
        """The run's rows of the sweep's table."""
        about = {"run": self.run, "method": self.method, "rate": self.rate}
        about |= {"seed": self.settings.seed, "diverged": done.diverged}
        about["interrupted"] = interrupted
        return pd.DataFrame(about, index=done.history.index).join(done.history).assign(**judged)


@takes_settings
def sweep(
    build: Callable[[], keras.Model] | None,
    images: np.ndarray,
    methods: dict[str, object],
    *,
    rates=None,
    seeds=(0,),
    judge: Callable[[keras.Model], dict] | None = None,
    schedule: Callable[[float, int], object] | None = None,
    on=None,
    **common,
) -> pd.DataFrame:
    """Run ``train`` for methods × learning rates × seeds and return one tidy table.

    Each method is compiled once; its runs differ only in weights, optimizer state, rate and seed.
    Every run equals the same ``train`` call made alone.

    Parameters
    ----------
    methods: {name: what it changes among train's arguments}, such as
        ``{"Adam": {"optimizer": "adam"}}``, or an optimizer alone. A key ``"build"``,
        ``"schedule"`` or ``"rates"`` replaces that argument for this method alone.
    rates: learning rates to try; ``None`` leaves each optimizer's own.
    seeds: one run for each, the same for all methods, so that differences can be paired.
    judge: called with the trained model of each run; what it returns becomes further columns.
    schedule: a function of (rate, number of steps) that returns a Keras learning-rate schedule.
    on: where to run, if not here: a client of Dask's ``distributed``, of processes on this machine
        or of a cluster. The table is the same on the same number of threads; a worker that dies
        loses nothing, its runs are done anew by another.
    common: every other argument of ``train``, for all methods.

    Returns
    -------
    One row for each epoch of each run: ``run, method, rate, seed, diverged, interrupted``, the
    columns of ``Run.history``, and those of ``judge``. Kernel → Interrupt returns the runs so far;
    a run that was cut off is marked ``interrupted``, and ``best_rates`` does not rank it.

    Raises
    ------
    TrainingError: in one sentence, if there is nothing to run or an argument makes no sense.
    """
    tasks = list(_tasks(build, images, methods, rates, seeds, schedule, common))
    if on is None:
        tables = _here(tasks, images, judge)
    else:
        from helpers.training.remote import there  # needs distributed

        tables = there(tasks, images, judge, on)
    found, whole = {}, 0
    try:
        for task, table, complete in tables:
            found[task.run] = table
            whole += complete
    except KeyboardInterrupt:
        if not found:
            raise
    if whole < len(tasks):
        print(f"Interrupted: {whole} of {len(tasks)} runs are complete.")
    return pd.concat([found[run] for run in sorted(found)], ignore_index=True)


def _here(tasks: list[Task], images, judge) -> Iterator[tuple[Task, pd.DataFrame, bool]]:
    """Each run with its rows, and whether it is complete, until one is interrupted."""
    for task in tasks:
        done = task.perform(images, f"run {task.run + 1} of {len(tasks)}, {task.method}")
        judged, interrupted = {}, done.interrupted
        if not interrupted:
            try:
                judged = judged_by(judge, done.model)
            except KeyboardInterrupt:  # the run is done, but its columns are missing
                interrupted = True
        yield task, task.table(done, judged, interrupted), not interrupted
        if interrupted:
            return


def judged_by(judge, model: keras.Model) -> dict:
    """The further columns of a run.

    Raises
    ------
    TrainingError: ``judge`` returns no dict.
    """
    judged = {} if judge is None else judge(model)
    if not isinstance(judged, dict):
        raise TrainingError(f"judge must return a dict of columns, not {quoted(judged)}.")
    return judged


def _tasks(build, images, methods, rates, seeds, schedule, common) -> Iterator[Task]:
    """All runs in order; everything that can be refused is refused before the first is done."""
    for name, cure in (("seed", "give `seeds=`, a list"), ("label", "its bars name the runs")):
        if name in common:
            raise TrainingError(f"sweep does not take `{name}=`: {cure}.")
    if not isinstance(methods, dict) or not methods:
        raise TrainingError(
            f"methods={quoted(methods)} must be a dict of at least one method, such as "
            '{"Adam": {"optimizer": "adam"}}.'
        )
    seeds = _several("seeds", seeds)
    number, sweep = itertools.count(), uuid.uuid4()  # no other sweep has this code
    for method, changes in methods.items():
        if isinstance(changes, str | keras.Optimizer):
            changes = {"optimizer": changes}
        if not isinstance(changes, dict):
            raise TrainingError(
                f"the method {method!r} must be a dict of train's arguments or an optimizer, not "
                f"{quoted(changes)}."
            )
        plan = {"build": build, "rates": rates, "schedule": schedule} | common | changes
        make, grid, decay = (plan.pop(name) for name in ("build", "rates", "schedule"))
        settings = Settings.of(plan, f"the method {method!r}")
        if make is None:
            raise TrainingError(f"the method {method!r} has no build, and neither has sweep.")
        optimizer, _ = refuse.parts(settings)
        steps = settings.epochs * steps_of(len(images), settings.batch_size)
        for rate in [None] if grid is None else _several("rates", grid):
            mine = replace(settings, optimizer=_rated(optimizer, rate, decay, steps))
            for seed in seeds:
                about = {"build": make, "origin": f"{sweep} {method}"}
                yield Task(next(number), method, rate, settings=replace(mine, seed=seed), **about)


def _rated(optimizer: keras.Optimizer, rate, decay, steps: int) -> keras.Optimizer:
    if rate is None:
        return optimizer
    if isinstance(rate, bool) or not isinstance(rate, int | float | np.number) or not rate >= 0:
        raise TrainingError(f"rates must be numbers of at least 0, not {quoted(rate)}.")
    return copied(optimizer, decay(float(rate), steps) if decay else float(rate))


def _several(name: str, given) -> list:
    """A list of at least one; a single value or none is refused by name."""
    if isinstance(given, str) or not hasattr(given, "__iter__"):
        raise TrainingError(f"{name}={quoted(given)} must be a list, such as [0, 1, 2].")
    listed = list(given)
    if not listed:
        raise TrainingError(f"{name} is empty: there is nothing to run.")
    return listed
