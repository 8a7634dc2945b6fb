"""How fast is ``helpers.sweep``? ``python -m bench.sweep_speed``, on a quiet machine.

The same runs twice: by ``sweep``, and by building, compiling and fitting a fresh Keras model for
each, as one would type it. Then the cost and the memory of a run as the sweep grows from 9 to 90.
"""

import gc
import time

import numpy as np
import psutil

from bench.train_speed import dense
from helpers import data, sweep, training

import keras  # isort: skip  (after helpers, which keeps TensorFlow's log lines away)

N, EPOCHS, BATCH = 10_240, 8, 256
RATES = np.geomspace(1e-4, 1e-1, 4)
METHODS = {
    "momentum": {"optimizer": keras.optimizers.SGD(momentum=0.9), "rates": 1e3 * RATES},
    "Adam": {"optimizer": keras.optimizers.Adam(), "rates": RATES},
}


def by_sweep(images, rounds: int = 1) -> float:
    """Seconds a run of the sweep over METHODS, everything counted, compiling included."""
    training._STEPPERS.clear()
    common = dict(seeds=range(rounds), epochs=EPOCHS, batch_size=BATCH, loss="mse")
    begin = time.perf_counter()
    table = sweep(dense, images.x_train, METHODS, validation=images.x_val, **common)
    return (time.perf_counter() - begin) / table["run"].nunique()


def by_fit(images) -> float:
    """Seconds a run if every run builds, compiles and fits its own Keras model."""
    begin, runs = time.perf_counter(), 0
    for method in METHODS.values():
        for rate in method["rates"]:
            keras.utils.set_random_seed(0)
            config = method["optimizer"].get_config() | {"learning_rate": float(rate)}
            model = dense()
            model.compile(type(method["optimizer"]).from_config(config), loss="mse")
            validation = (images.x_val, images.x_val)
            how = dict(epochs=EPOCHS, batch_size=BATCH, verbose=0, validation_data=validation)
            model.fit(images.x_train, images.x_train, **how)
            runs += 1
    return (time.perf_counter() - begin) / runs


def growth(images, runs: int) -> tuple[float, float]:
    """Seconds a run, and MiB that the process has grown by, for a sweep of ``runs`` short runs."""
    gc.collect()
    process = psutil.Process()
    before, begin = process.memory_info().rss, time.perf_counter()
    sweep(dense, images.x_train, {"Adam": {}}, rates=RATES[:3], seeds=range(runs // 3), epochs=1)
    seconds = time.perf_counter() - begin
    gc.collect()
    return seconds / runs, (process.memory_info().rss - before) / 2**20


def main() -> None:
    images = data.load("mnist", n=N)
    fit, ours = by_fit(images), by_sweep(images, rounds=3)
    print(f"seconds a run: fit {fit:.2f}, sweep {ours:.2f}; ratio {fit / ours:.1f}")
    growth(images, 9)  # compiles
    for runs in (9, 90):
        seconds, grown = growth(images, runs)
        print(f"{runs:3d} runs: {seconds:.3f} s a run, the process grew by {grown:.0f} MiB")


if __name__ == "__main__":
    main()
