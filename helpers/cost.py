"""What a model costs: parameters, multiply-adds, memory, bytes on disk and milliseconds.

Conventions, the same for every layer; tests/test_cost.py holds them against Keras's
``count_params`` and TensorFlow's profiler:

- One *multiply-add* is one product added to a running sum: two floating-point operations. Counted
  for one image, in inference mode. Products with the zeros of "same" padding count as well.
- Additions of a bias, activation functions, reshaping and nearest-neighbour upsampling count
  nothing. Batch normalisation counts one multiply-add an output, though converters fold it away.
- ``parameters`` are all numbers that must be stored, those of batch normalisation's moving
  averages included (Keras's ``count_params``); a weight that two layers share counts once.
"""

import gzip
import math
import os
import tempfile
import time
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path

import keras
import numpy as np
import pandas as pd
import tensorflow as tf

from helpers.errors import CourseError
from helpers.quiet import quiet

__all__ = [
    "bytes_on_disk",
    "latency",
    "layers",
    "memory",
    "multiply_adds",
    "parameters",
    "quiet",
    "threads",
]

FLOAT = 4  # bytes of a number while the model computes


def layers(model: keras.Model) -> pd.DataFrame:
    """One row a layer: ``layer``, ``kind``, ``output`` (shape), ``parameters``, ``multiply_adds``.

    A layer of one's own says what it costs by a method ``multiply_adds()``.

    Raises
    ------
    CourseError: a layer with weights that is of an unknown kind and has no such method.
    """
    rows, seen = [], set()
    for layer in _flat(model):
        new = [w for w in layer.weights if id(w) not in seen]
        seen.update(id(w) for w in new)
        rows.append(
            {
                "layer": layer.name,
                "kind": type(layer).__name__,
                "output": tuple(layer.output.shape[1:]),
                "parameters": sum(math.prod(w.shape) for w in new),
                "multiply_adds": _multiply_adds(layer),
            }
        )
    return pd.DataFrame(rows)


def parameters(model: keras.Model) -> int:
    """All numbers that must be stored, trainable or not."""
    return int(layers(model)["parameters"].sum())


def multiply_adds(model: keras.Model) -> int:
    """Multiply-adds that one image costs."""
    return int(layers(model)["multiply_adds"].sum())


def memory(model: keras.Sequential, batch: int = 1) -> int:
    """Bytes alive at the worst moment of a chain of layers, in float32.

    While a layer computes, its input and its output must exist; the largest such pair, times the
    batch, and all parameters. Computed from shapes: what a runtime allocates may be more.
    """
    if not isinstance(model, keras.Sequential):
        raise CourseError("memory() knows only a chain of layers, keras.Sequential.")
    sizes = [math.prod(model.input_shape[1:])]
    sizes += [math.prod(layer.output.shape[1:]) for layer in _flat(model)]
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
    """Threads that TensorFlow may use inside one operation."""
    asked = tf.config.threading.get_intra_op_parallelism_threads()
    available = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    return asked or available


def latency(
    calls: dict[str, Callable[[], object]], *, rounds: int = 9, seconds: float = 0.02
) -> pd.DataFrame:
    """Milliseconds a call takes: one row a name, ``median``, ``low``, ``high``, ``rounds``.

    Each call is warmed up (three calls uncounted), then all take turns for ``rounds`` rounds, so
    that a busy moment of the machine hits them alike. In a round a call is repeated for about
    ``seconds``, at least once, and its mean is kept. ``low`` to ``high`` is a 95 % interval for
    the median, from order statistics (binomial, no assumption about the distribution).
    """
    if rounds < 6:
        raise CourseError(f"rounds={rounds}: fewer than 6 give no 95 % interval for a median.")
    repeats = {}
    for name, call in calls.items():
        took = [_seconds(call, 1) for _ in range(4)]  # the first ones pay for compiling
        repeats[name] = max(1, round(seconds / min(took[1:])))
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


def _flat(model: keras.Model) -> Iterator[keras.Layer]:
    """The layers in order, those of models inside the model too; inputs left out."""
    for layer in model.layers:
        if isinstance(layer, keras.Model):
            yield from _flat(layer)
        elif not isinstance(layer, keras.layers.InputLayer):
            yield layer


def _multiply_adds(layer: keras.Layer) -> int:
    """Multiply-adds of one layer for one image; the formulas of lesson 07."""
    if callable(getattr(layer, "multiply_adds", None)):
        return int(layer.multiply_adds())
    if not layer.weights:
        return 0
    places = math.prod(layer.output.shape[1:-1])  # of the output, all channels at once
    match layer:
        case keras.layers.Conv2DTranspose():  # every input number meets the whole kernel
            places = math.prod(layer.input.shape[1:-1])
            return places * math.prod(layer.kernel.shape)
        case keras.layers.SeparableConv2D():
            kernels = (layer.depthwise_kernel, layer.pointwise_kernel)
            return places * sum(math.prod(kernel.shape) for kernel in kernels)
        case keras.layers.BatchNormalization():
            return math.prod(layer.output.shape[1:])
        case keras.layers.Dense() | keras.layers.Conv2D() | keras.layers.DepthwiseConv2D():
            return places * math.prod(layer.kernel.shape)
    raise CourseError(
        f"{type(layer).__name__} is a kind of layer that nobody here can count: give it a method "
        "multiply_adds()."
    )


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
