"""How fast is ``helpers.train``? ``python -m bench.train_speed [rounds]``, on a quiet machine.

First, seconds an epoch of 784-128-32-128-784 (batch 256, Adam, binary cross-entropy, 60,000 MNIST
images) for Keras's own ``fit``, ``train`` and PyTorch; and for the multiply-adds alone, as large
matrix products in NumPy, which no training on this machine can beat. ``train`` counts whole:
building, copying and handing over included, compiling not. Every measurement is a process of its
own, so that no way inherits another's threads and memory; all take turns; medians are printed.

Then ``train`` with and without XLA, the measurements behind ``_suits_xla`` in helpers/training.py.
PyTorch is no part of the course; without it that line is left out.
"""

import os
import statistics
import subprocess
import sys
import time
from itertools import pairwise

import numpy as np

from helpers import data, train, training

import keras  # isort: skip  (after helpers, which keeps TensorFlow's log lines away)

SIZES = (784, 128, 32, 128, 784)
PAIRS = tuple(pairwise(SIZES))
N, BATCH, EPOCHS, ROUNDS = 60_000, 256, 10, 5
layers = keras.layers


def dense():
    hidden = [layers.Dense(units, "relu") for units in SIZES[1:-1]]
    return keras.Sequential([keras.Input((784,)), *hidden, layers.Dense(784, "sigmoid")])


def dropout():
    hidden = [layers.Dense(units, "relu") for units in SIZES[1:-1]]
    last = layers.Dense(784, "sigmoid")
    return keras.Sequential([keras.Input((784,)), layers.Dropout(0.2), *hidden, last])


def convolutional():
    how = {"strides": 2, "padding": "same"}
    down = [layers.Conv2D(8, 3, activation="relu", **how) for _ in range(2)]
    up = [layers.Conv2DTranspose(8, 3, activation="relu", **how)]
    last = layers.Conv2DTranspose(1, 3, activation="sigmoid", **how)
    return keras.Sequential([keras.Input((28, 28, 1)), *down, *up, last])


def by_fit(x):
    model = dense()
    model.compile("adam", loss="binary_crossentropy")
    return lambda: model.fit(x, x, batch_size=BATCH, epochs=EPOCHS, verbose=0)


def by_train(x):
    return lambda: train(dense, x, loss="binary_crossentropy", batch_size=BATCH, epochs=EPOCHS)


def by_torch(x):
    import torch
    from torch import nn

    parts = [part for a, b in PAIRS for part in (nn.Linear(a, b), nn.ReLU())]
    model, images = nn.Sequential(*parts[:-1]), torch.from_numpy(x)
    adam = torch.optim.Adam(model.parameters())

    def run():
        for _ in range(EPOCHS):
            for chosen in torch.randperm(len(images)).split(BATCH):
                batch = images[chosen]
                adam.zero_grad()
                nn.functional.binary_cross_entropy_with_logits(model(batch), batch).backward()
                adam.step()

    return run


def by_products(x, side=1_024):
    """Forward, towards the weights and (but for the first layer) towards the inputs: 3 products."""
    products = [a * b for a, b in PAIRS]
    times = round(EPOCHS * len(x) * (3 * sum(products) - products[0]) / side**3)
    a, b = np.ones((2, side, side), "float32")

    def run():
        for _ in range(times):
            a @ b

    return run


def measured(name: str) -> float:
    """Seconds an epoch of one way, after one warm-up, in this process."""
    run = WAYS[name](data.load("mnist", validation=0).x_train[:N])
    run()
    begin = time.perf_counter()
    run()
    return (time.perf_counter() - begin) / EPOCHS


def in_turns(rounds: int) -> dict[str, float]:
    """Median seconds an epoch of each way."""
    took = {name: [] for name in WAYS}
    for _ in range(rounds):
        for name, seconds in took.items():
            command = [sys.executable, "-m", "bench.train_speed", "--only", name]
            plain = {} if name == "train" else {"XLA_FLAGS": ""}  # as it is without the course
            env = os.environ | plain
            done = subprocess.run(command, capture_output=True, text=True, env=env)
            if done.returncode == 0:
                seconds.append(float(done.stdout.split()[-1]))
            elif name != "torch" or "No module named 'torch'" not in done.stderr:
                raise RuntimeError(done.stderr)
    took = {name: seconds for name, seconds in took.items() if seconds}
    for name, seconds in took.items():
        each = " ".join(f"{s:.3f}" for s in sorted(seconds))
        print(f"{name:24} {statistics.median(seconds):8.3f} s   (all: {each})")
    return {name: statistics.median(seconds) for name, seconds in took.items()}


WAYS = {"fit": by_fit, "train": by_train, "torch": by_torch, "large products alone": by_products}


def with_and_without_xla(build, x, rounds: int) -> None:
    chosen = training._suits_xla
    seconds = {True: [], False: []}
    for turn in range(2 * rounds):
        xla = turn % 2 == 0
        training._suits_xla = lambda model, xla=xla: xla
        training._STEPPERS.clear()
        history = train(build, x, loss="binary_crossentropy", epochs=2, batch_size=BATCH).history
        seconds[xla].append(history["seconds"].diff().iloc[-1])
    training._suits_xla = chosen
    training._STEPPERS.clear()
    on, off = (statistics.median(seconds[xla]) for xla in (True, False))
    takes = "XLA" if chosen(build()) else "graph"
    print(f"{build.__name__:28} XLA {on:7.3f} s   graph {off:7.3f} s   `train` takes {takes}")


def main(rounds: int) -> None:
    print(f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}; medians of {rounds} rounds")
    print(f"\nSeconds an epoch, {'-'.join(map(str, SIZES))}, {N:,} images, batch {BATCH}")
    medians = in_turns(rounds)
    if "torch" not in medians:
        print("PyTorch is not installed: left out.")
    ratios = [f"{name} / train {medians[name] / medians['train']:.2f}" for name in medians]
    print("; ".join(ratio for ratio in ratios if not ratio.startswith("train")))

    x = data.load("mnist", validation=0).x_train[: 50 * BATCH]
    print(f"\nSeconds an epoch of `train`, {len(x):,} images")
    for build in (dense, dropout, convolutional):
        shaped = x.reshape(-1, 28, 28, 1) if build is convolutional else x
        with_and_without_xla(build, shaped, max(2, rounds // 2))
    if os.getloadavg()[0] > 1.5 * os.cpu_count():
        print("Something else was running: these numbers mean little, PyTorch's least of all.")


if __name__ == "__main__":
    if sys.argv[1:2] == ["--only"]:
        print(measured(sys.argv[2]))
    else:
        main(int(sys.argv[1]) if len(sys.argv) > 1 else ROUNDS)
