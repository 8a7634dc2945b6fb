"""How fast is ``helpers.sweep``? ``python -m bench.sweep_speed [rounds]``, on a quiet machine.

Lesson 06's own sweep (five methods at ten rates each, one seed) by ``sweep``; and one run of each
method as one would type it: build, compile and fit a fresh Keras model, as it comes and with
``fit``'s best switches. All count whole, compiling included. Then the same sweep, with one thread
a run, on two worker processes and here; and the cost and the memory of a run as a sweep grows from
9 to 90. In turns, each in a process of its own; medians with ranges.
"""

import gc
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from importlib.util import find_spec

import numpy as np
import psutil

from bench.models import CASES
from bench.rivals import LOSS
from bench.turns import middle, ranged
from helpers import data, sweep, workers
from helpers.training.remote import ONE_THREAD

import keras  # isort: skip  (after helpers, which keeps TensorFlow's log lines away)

N, VALIDATION, EPOCHS, BATCH = 10_240, 2_000, 10, 128
RATES = np.geomspace(1e-4, 1e-1, 10)
METHODS = {
    "SGD": {"optimizer": keras.optimizers.SGD(), "rates": 2e3 * RATES},
    "momentum": {"optimizer": keras.optimizers.SGD(momentum=0.9), "rates": 2e2 * RATES},
    "RMSprop": {"optimizer": keras.optimizers.RMSprop(), "rates": RATES},
    "Adam": {"optimizer": keras.optimizers.Adam(), "rates": RATES},
    "AdamW": {"optimizer": keras.optimizers.AdamW(), "rates": RATES},
}
HOW = {"epochs": EPOCHS, "batch_size": BATCH}
build = CASES["small"].build


def seconds_a_run(images, client=None) -> float:
    """Of the sweep over METHODS, here or on the workers of ``client``."""
    how = HOW | {"loss": LOSS, "metrics": ["mse"], "validation": images.x_val[:VALIDATION]}
    begin = time.perf_counter()
    table = sweep(build, images.x_train, METHODS, on=client, **how)
    return (time.perf_counter() - begin) / table["run"].nunique()


def by_sweep(images) -> dict[str, float]:
    return {"seconds": seconds_a_run(images)}


def by_workers(images, count: int = 2) -> dict[str, float]:
    """Workers that are up (TensorFlow imported), as they are from the second sweep on."""
    with workers(count) as client:
        client.run(seconds_to_import)
        return {"seconds": seconds_a_run(images, client)}


def seconds_to_import() -> float:
    begin = time.perf_counter()
    import helpers  # noqa: F401

    return time.perf_counter() - begin


def by_fit(**switches) -> Callable:
    """Every run builds, compiles and fits its own Keras model; one rate a method."""

    def way(images) -> dict[str, float]:
        held_out = images.x_val[:VALIDATION]
        how = HOW | {"verbose": 0, "validation_data": (held_out, held_out)}
        begin = time.perf_counter()
        for method in METHODS.values():
            keras.utils.set_random_seed(0)
            optimizer = method["optimizer"]
            config = optimizer.get_config() | {"learning_rate": float(method["rates"][4])}
            model = build()
            optimizer = type(optimizer).from_config(config)
            model.compile(optimizer, loss=LOSS, metrics=["mse"], **switches)
            model.fit(images.x_train, images.x_train, **how)
        return {"seconds": (time.perf_counter() - begin) / len(METHODS)}

    return way


def growth(images) -> dict[str, float]:
    """Seconds a run, and MiB that the process grows by, for sweeps of 9 and of 90 short runs."""
    process, found = psutil.Process(), {}
    for runs in (9, 9, 90):  # the first one compiles
        gc.collect()
        before, begin = process.memory_info().rss, time.perf_counter()
        seeds = range(runs // 3)
        sweep(build, images.x_train, {"Adam": {}}, rates=RATES[:3], seeds=seeds, epochs=1)
        found[f"{runs} runs, seconds a run"] = (time.perf_counter() - begin) / runs
        gc.collect()
        found[f"{runs} runs, MiB"] = (process.memory_info().rss - before) / 2**20
    return found


WAYS = {
    "sweep": by_sweep,
    "fit as it comes": by_fit(),
    "fit, jit_compile": by_fit(jit_compile=True),
    "fit, steps_per_execution=16": by_fit(steps_per_execution=16),
    "fit, both": by_fit(jit_compile=True, steps_per_execution=16),
    "sweep, one thread": by_sweep,
    "sweep, two workers": by_workers,
    "growth": growth,
}


def apart(way: str) -> dict[str, float]:
    """Measure one way in a new process."""
    env = os.environ | (dict.fromkeys(ONE_THREAD, "1") if way == "sweep, one thread" else {})
    env |= {"XLA_FLAGS": ""} if way.startswith("fit") else {}
    command = [sys.executable, "-m", "bench.sweep_speed", "--only", way]
    done = subprocess.run(command, capture_output=True, text=True, env=env)
    if done.returncode:
        raise RuntimeError(done.stderr)
    return json.loads(done.stdout.splitlines()[-1])


def main(rounds: int) -> None:
    print(f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}; medians of {rounds} rounds")
    found = {way: [] for way in WAYS if find_spec("distributed") or "workers" not in way}
    for _ in range(rounds):
        for way, measured in found.items():
            measured.append(apart(way))
    grown = found.pop("growth")
    print("\nSeconds a run, everything counted (least – greatest)")
    for way, measured in found.items():
        print(f"{way:30} {ranged(measured, 'seconds')}")
    fits = {way: middle(found[way], "seconds") for way in found if way.startswith("fit")}
    best = min(fits, key=fits.get)
    once = middle(found["sweep"], "seconds")
    print(f"A run of a sweep costs {fits[best] / once:.1f} times less than the cheapest: {best}")
    if "sweep, two workers" in found:
        alone, two = (
            middle(found[f"sweep, {way}"], "seconds") for way in ("one thread", "two workers")
        )
        print(f"Two workers with one thread each: {alone / two:.2f} times faster than one")
    else:
        print("distributed is not installed: workers left out.")
    print("\nAs a sweep grows (one epoch a run)")
    for what in grown[0]:
        print(f"{what:30} {ranged(grown, what)}")


if __name__ == "__main__":
    if sys.argv[1:2] == ["--only"]:
        print(json.dumps(WAYS[sys.argv[2]](data.load("mnist", n=N))))
    else:
        main(int(sys.argv[1]) if len(sys.argv) > 1 else 3)
