"""How fast is ``helpers.sweep``? ``python -m bench.sweep_speed [rounds]``, on a quiet machine.

Lesson 04's own sweep (five methods at ten rates each, one seed) by ``sweep``, with one run, two
and five at once; and one run of each method as one would type it: build, compile and fit a fresh
Keras model. All in turns; medians are printed. Then the cost and the memory of a run as a sweep
grows from 9 to 90.
"""

import gc
import statistics
import sys
import time
from functools import partial

import numpy as np
import psutil

from bench.train_speed import dense
from helpers import data, sweep, training

import keras  # isort: skip  (after helpers, which keeps TensorFlow's log lines away)

optimizers = keras.optimizers
N, VALIDATION, EPOCHS, BATCH = 10_240, 2_000, 10, 128
RATES = np.geomspace(1e-4, 1e-1, 10)
METHODS = {
    "SGD": {"optimizer": optimizers.SGD(), "rates": 2e3 * RATES},
    "momentum": {"optimizer": optimizers.SGD(momentum=0.9), "rates": 2e2 * RATES},
    "RMSprop": {"optimizer": optimizers.RMSprop(), "rates": RATES},
    "Adam": {"optimizer": optimizers.Adam(), "rates": RATES},
    "AdamW": {"optimizer": optimizers.AdamW(), "rates": RATES},
}
HOW = {"epochs": EPOCHS, "batch_size": BATCH}


def by_sweep(images, at_once: int) -> float:
    """Seconds a run of the sweep over METHODS, everything counted, compiling included."""
    training._STEPPERS.clear()
    how = HOW | {"loss": "binary_crossentropy", "metrics": ["mse"]}
    begin = time.perf_counter()
    held_out = images.x_val[:VALIDATION]
    table = sweep(dense, images.x_train, METHODS, validation=held_out, at_once=at_once, **how)
    return (time.perf_counter() - begin) / table["run"].nunique()


def by_fit(images) -> float:
    """Seconds a run if every run builds, compiles and fits its own Keras model."""
    begin = time.perf_counter()
    for method in METHODS.values():
        keras.utils.set_random_seed(0)
        config = method["optimizer"].get_config() | {"learning_rate": float(method["rates"][4])}
        model = dense()
        optimizer = type(method["optimizer"]).from_config(config)
        model.compile(optimizer, loss="binary_crossentropy", metrics=["mse"])
        held_out = images.x_val[:VALIDATION]
        how = HOW | {"verbose": 0, "validation_data": (held_out, held_out)}
        model.fit(images.x_train, images.x_train, **how)
    return (time.perf_counter() - begin) / len(METHODS)


def growth(images, runs: int) -> tuple[float, float]:
    """Seconds a run, and MiB that the process has grown by, for a sweep of ``runs`` short runs."""
    gc.collect()
    process = psutil.Process()
    before, begin = process.memory_info().rss, time.perf_counter()
    sweep(dense, images.x_train, {"Adam": {}}, rates=RATES[:3], seeds=range(runs // 3), epochs=1)
    seconds = time.perf_counter() - begin
    gc.collect()
    return seconds / runs, (process.memory_info().rss - before) / 2**20


def main(rounds: int) -> None:
    images = data.load("mnist", n=N)
    ways = {"fit": by_fit}
    ways |= {f"sweep, {k} at once": partial(by_sweep, at_once=k) for k in (1, 2, len(METHODS))}
    took = {name: [] for name in ways}
    for _ in range(rounds):
        for name, way in ways.items():
            took[name].append(way(images))
    fit = statistics.median(took["fit"])
    for name, seconds in took.items():
        each, middle = " ".join(f"{s:.2f}" for s in sorted(seconds)), statistics.median(seconds)
        print(f"{name:18} {middle:5.2f} s a run   fit / it {fit / middle:.1f}   (all: {each})")
    growth(images, 9)  # compiles
    for runs in (9, 90):
        seconds, grown = growth(images, runs)
        print(f"{runs:3d} runs: {seconds:.3f} s a run, the process grew by {grown:.0f} MiB")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 3)
