"""The runs of a sweep on other processes: as independent tasks of Dask's ``distributed``.

A task carries everything that its run needs, so that any worker can do it, and do it again if
another worker died. The images go to every worker once. A worker keeps its compiled loops, so a
method is compiled once a worker.
"""

import copyreg
import io
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import lru_cache

import keras
import numpy as np
import pandas as pd

from helpers import compat
from helpers.errors import TrainingError
from helpers.progress import Progress
from helpers.training.optimizers import assembled, parts

ARRAYS = ("inputs", "validation", "validation_inputs")  # of the settings: sent apart, and once
ONE_THREAD = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "TF_NUM_INTRAOP_THREADS")
MISSING = "sweep on workers needs Dask: run `pip install distributed`, or leave out `on=`."


@contextmanager
def workers(count: int, **options) -> Iterator:
    """A client of ``count`` processes on this machine, one thread each, for ``sweep(on=...)``.

    They end with the ``with`` block. options: further arguments of ``distributed.LocalCluster``.

    Raises
    ------
    TrainingError: Dask's ``distributed`` is not installed.
    """
    try:
        import dask
        from distributed import Client, LocalCluster
    except ImportError:
        raise TrainingError(MISSING) from None
    names = {"distributed.nanny.pre-spawn-environ": dict.fromkeys(ONE_THREAD, "1")}
    how = {"n_workers": count, "threads_per_worker": 1, "dashboard_address": None} | options
    with dask.config.set(names), LocalCluster(**how) as cluster, Client(cluster) as client:
        yield client


def there(tasks: list, images, judge, client) -> Iterator[tuple]:
    """Each task with its rows, and that it is complete, in the order in which they are done.

    Raises
    ------
    TrainingError: Dask is missing, ``client`` is none of its clients, or what a run raised.
    """
    try:
        from distributed import as_completed
    except ImportError:
        raise TrainingError(MISSING) from None
    if not all(hasattr(client, name) for name in ("submit", "scatter", "cancel")):
        raise TrainingError(
            f"on={type(client).__name__} is no client: give a `distributed.Client`, such as "
            "`with workers(2) as client` makes."
        )
    sent, packed = [np.asarray(images)], []
    for task in tasks:
        packed.append(_packed(task, judge, sent))
    futures = {}
    try:
        data = client.scatter(sent, broadcast=True, hash=False)
        for task, (code, rest) in zip(tasks, packed, strict=True):
            how = {"pure": False, "priority": -task.run}
            futures[client.submit(_work, code, rest, *data, **how)] = task
        with Progress(len(tasks), "all runs", unit="run") as progress:
            for future in as_completed(list(futures)):
                table = future.result()
                progress.update()
                yield futures[future], table, True
    finally:
        client.cancel(list(futures))


def _work(code: bytes, rest: bytes, images: np.ndarray, *arrays: np.ndarray) -> pd.DataFrame:
    """A task's rows; called on a worker."""
    from helpers.training.sweeps import judged_by

    build, loss, metrics, callbacks, judge = _opened(code)
    task = _load(rest)
    own = {"loss": loss, "metrics": metrics, "callbacks": callbacks}
    places = {name: getattr(task.settings, name) for name in ARRAYS}
    own |= {name: (images, *arrays)[i] for name, i in places.items() if i is not None}
    task = replace(task, build=build, settings=replace(task.settings, **own))
    done = task.perform(images)
    return task.table(done, judged_by(judge, done.model), done.interrupted)


def _packed(task, judge, sent: list[np.ndarray]) -> tuple[bytes, bytes]:
    """(what all runs of a method share, the rest); its arrays are added to ``sent``."""
    settings = task.settings
    code = (task.build, settings.loss, settings.metrics, settings.callbacks, judge)
    places = {name: _place(getattr(settings, name), sent) for name in ARRAYS}
    bare = replace(settings, loss=None, metrics=(), callbacks=(), **places)
    return _dump(code), _dump(replace(task, build=None, settings=bare))


def _place(array, sent: list[np.ndarray]) -> int | None:
    """Where in ``sent`` this array is, which it is added to if it is new."""
    if array is None:
        return None
    for i, known in enumerate(sent):
        if known is array:
            return i
    sent.append(array if isinstance(array, np.ndarray) else np.asarray(array))
    return len(sent) - 1


@lru_cache(maxsize=8)
def _opened(code: bytes) -> tuple:
    """A method's functions, the same objects for all its runs."""
    return _load(code)


def _load(packed: bytes):
    import cloudpickle

    return cloudpickle.loads(packed)


def _dump(thing) -> bytes:
    """Pickled, the reader's own functions and classes too.

    Keras pickles an optimizer or a loss as its configuration, which may lose what is the reader's
    own: here they are taken apart.
    """
    import cloudpickle

    class Pickler(cloudpickle.Pickler):
        def reducer_override(self, thing):
            if isinstance(thing, keras.Optimizer):
                return assembled, (*parts(thing), compat.learning_rate_of(thing))
            if isinstance(thing, keras.Loss):
                return copyreg.__newobj__, (type(thing),), vars(thing)
            return super().reducer_override(thing)

    with io.BytesIO() as file:
        Pickler(file).dump(thing)
        return file.getvalue()
