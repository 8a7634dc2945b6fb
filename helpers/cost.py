"""What a model costs: parameters, multiply-adds, memory, bytes on disk and milliseconds.

Conventions, the same for every layer; tests/test_cost.py holds them against Keras's
``count_params`` and TensorFlow's profiler:

- One *multiply-add* is one product added to a running sum: two floating-point operations. Counted
  for one image, in inference mode. Products with the zeros of "same" padding count as well.
- Calls count, not layers: a layer that a model uses four times costs four times as much.
- Additions of a bias, activation functions (the gates of a recurrent layer and PReLU's slopes
  too), looking up, reshaping, pooling and resizing count nothing. Batch normalisation counts one
  multiply-add an output number, though converters fold it away; the normalisations that measure
  each image count two: the square that goes into the spread, then scale and shift.
- ``parameters`` are all numbers that must be stored, those of batch normalisation's moving
  averages included (Keras's ``count_params``); ``trainable`` are those that training moves. A
  weight that two layers share, or a layer that is used twice, counts once.
"""

import gzip
import math
import os
import tempfile
import time
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import keras
import numpy as np
import pandas as pd
import tensorflow as tf

from helpers.compat import all_layers
from helpers.counting import trace
from helpers.errors import CourseError
from helpers.silence import quiet

__all__ = [
    "bytes_on_disk",
    "latency",
    "layers",
    "memory",
    "multiply_adds",
    "parameters",
    "quiet",
    "threads",
    "trainable",
]

FLOAT = 4  # bytes of a number while the model computes
WARM_UP = 4  # calls before the clock counts: the first ones pay for compiling


def layers(model: keras.Model) -> pd.DataFrame:
    """One row a call of a layer: ``layer, kind, output`` (shape), ``parameters, multiply_adds``.

    Rows stand in the order in which an image meets them, those of models inside the model too. A
    layer that is called again gets another row, with its multiply-adds and without parameters,
    so that both columns can be summed. A layer of one's own says what a call costs by a method
    ``multiply_adds()``; it needs none if all its weights belong to layers that it calls.

    Raises
    ------
    CourseError: the shape of the model's input is not known; or a layer, model or operation
        multiplies in a way that nobody here can count and has no such method.
    """
    rows, seen = [], set()
    for call in trace(model).calls:
        new = {id(w): w for w in call.layer.weights if id(w) not in seen}
        seen.update(new)
        rows.append(
            {
                "layer": call.layer.name,
                "kind": type(call.layer).__name__,
                "output": tuple(keras.tree.flatten(call.output)[0].shape[1:]),
                "parameters": _numbers(new.values()),
                "multiply_adds": call.multiply_adds,
            }
        )
    return pd.DataFrame(rows)


def parameters(model: keras.Layer) -> int:
    """All numbers that a model or layer must store, trainable or not.

    Raises
    ------
    CourseError: it has no weights yet, because nothing was given to it.
    """
    return _numbers(_built(model).weights)


def trainable(model: keras.Layer) -> int:
    """The numbers that training moves; neither frozen ones nor moving averages.

    Raises
    ------
    CourseError: the model or layer has no weights yet, because nothing was given to it.
    """
    return _numbers(_built(model).trainable_weights)


def multiply_adds(model: keras.Model) -> int:
    """Multiply-adds that one image costs; raises what ``layers`` raises."""
    return sum(call.multiply_adds for call in trace(model).calls)


def memory(model: keras.Model, batch: int = 1) -> int:
    """Bytes alive at the worst moment of a chain of layers, in float32.

    While a layer computes, its input and its output must exist; the largest such pair, times the
    batch, and all parameters. Computed from shapes: what a runtime allocates may be more.

    Raises
    ------
    CourseError: a layer takes something else than what the layer before it gave (a shortcut, an
        operation between two layers), so that more must exist than a pair.
    """
    traced = trace(model)
    if not traced.is_chain:
        raise CourseError("memory() knows only a chain of layers, without branches or shortcuts.")
    alive = [*traced.calls[0].inputs, *(call.output for call in traced.calls)]
    sizes = [math.prod(tensor.shape) for tensor in alive]
    pairs = [a + b for a, b in pairwise(sizes)]
    return FLOAT * (batch * max(pairs) + parameters(model))


def bytes_on_disk(content: keras.Model | bytes, *, packed: bool = False) -> int:
    """Size of a real file: a model's weights as Keras saves them (HDF5), or the given bytes.

    packed: with gzip, as a download would be.
    """
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "model.weights.h5"
        if isinstance(content, bytes):
            file.write_bytes(content)
        else:
            content.save_weights(file)
        if packed:
            file.write_bytes(gzip.compress(file.read_bytes(), 9, mtime=0))
        return file.stat().st_size


def threads() -> int:
    """Threads that TensorFlow may use inside one operation.

    As it was told in Python, else by the environment (``TF_NUM_INTRAOP_THREADS``), else all cores
    that this process may use.
    """
    told = tf.config.threading.get_intra_op_parallelism_threads()
    told = told or int(os.environ.get("TF_NUM_INTRAOP_THREADS") or 0)
    available = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    return told or available


def latency(
    calls: dict[str, Callable[[], object]], *, rounds: int = 9, seconds: float = 0.02
) -> pd.DataFrame:
    """Milliseconds a call takes: one row a name, ``median``, ``low``, ``high``, ``rounds``.

    Each call is warmed up (four calls uncounted), then all take turns for ``rounds`` rounds, so
    that a busy moment of the machine hits them alike. In a round a call is repeated for about
    ``seconds``, at least once, and its mean is kept. ``low`` to ``high`` is a 95 % interval for
    the median, from order statistics (binomial, no assumption about the distribution).
    """
    if rounds < 6:
        raise CourseError(f"rounds={rounds}: fewer than 6 give no 95 % interval for a median.")
    repeats = {}
    for name, call in calls.items():
        fastest = min(_seconds(call, 1) for _ in range(WARM_UP))
        repeats[name] = max(1, round(seconds / fastest))
    kept = {name: [] for name in calls}
    for _ in range(rounds):
        for name, call in calls.items():
            kept[name].append(1e3 * _seconds(call, repeats[name]))
    low = _rank(rounds)
    rows = {}
    for name, took in kept.items():
        took = np.sort(took)
        interval = {"low": took[low], "high": took[rounds - 1 - low]}
        rows[name] = {"median": np.median(took), **interval, "rounds": rounds}
    return pd.DataFrame.from_dict(rows, orient="index")


def _built(model: keras.Layer) -> keras.Layer:
    inside = all_layers(model, itself=False)
    if not model.built and not (inside and all(layer.built for layer in inside)):
        raise CourseError(
            f"{model.name} has no weights yet: give it the shape of its input, or some images."
        )
    return model


def _numbers(weights) -> int:
    return sum(math.prod(w.shape) for w in {id(w): w for w in weights}.values())


def _seconds(call: Callable[[], object], repeats: int) -> float:
    """Mean seconds of a call."""
    began = time.perf_counter()
    for _ in range(repeats):
        call()
    return (time.perf_counter() - began) / repeats


def _rank(n: int) -> int:
    """Place (from 0) of the lower end: P(at least that many of n below the median) ≥ 97.5 %."""
    below, k = 0.5**n, 0
    while below + math.comb(n, k + 1) * 0.5**n <= 0.025:
        k += 1
        below += math.comb(n, k) * 0.5**n
    return k
