"""``sweep`` on Dask's workers: the same table, and a worker that dies loses nothing."""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]

# Run in a process of its own: numbers agree exactly only on the same number of threads.
HEAD = """
import os, signal
import keras, numpy as np, pandas as pd
from helpers import sweep, workers

layers = keras.layers
X = np.random.default_rng(0).random((160, 16), "float32")
UNITS = 4

def build():
    return keras.Sequential(
        [keras.Input((16,)), layers.Dense(UNITS, "relu"), layers.Dense(16, "sigmoid")]
    )

class Own(keras.optimizers.SGD):
    def __init__(self, factor=1.0, **how):
        super().__init__(**how)
        self.factor = factor
    def update_step(self, gradient, variable, rate):
        super().update_step(self.factor * gradient, variable, rate)

class Falling(keras.optimizers.schedules.LearningRateSchedule):
    def __init__(self, rate):
        self.rate = rate
    def __call__(self, step):
        return self.rate / (1.0 + step)

def cubic(y, y_hat):
    return keras.ops.mean(keras.ops.abs(y - y_hat) ** 3, axis=-1)

METHODS = {
    "Adam": "adam",
    "own": {"optimizer": Own(3.0, learning_rate=1.0)},
    "falling": {"optimizer": keras.optimizers.Adam(Falling(0.1)), "rates": None, "loss": cubic},
    "Huber": {"loss": keras.losses.Huber(0.1), "inputs": X[::-1].copy()},
}

def judge(model):
    return {"pid": os.getpid(), "weight": float(model.weights[0].numpy().sum())}

HOW = {"rates": [0.01, 0.1], "seeds": [0, 1], "epochs": 3, "batch_size": 16, "validation": X[:40]}
"""
BODY = """
def fatal(model):
    \"\"\"Kills the worker it runs on, in the middle of the sweep, once.\"\"\"
    if float(model.optimizer.learning_rate) > 0.05 and not os.path.exists("killed"):
        open("killed", "w").close()
        os.kill(os.getpid(), signal.SIGKILL)
    return judge(model)

def bad(model):
    raise RuntimeError("no such column")

def same(here, there):
    tables = [table.drop(columns=["seconds", "pid"]) for table in (here, there)]
    pd.testing.assert_frame_equal(*tables, check_exact=True)
    assert os.getpid() not in set(there["pid"])

if __name__ == "__main__":
    here = sweep(build, X, METHODS, judge=judge, **HOW)
    with workers(2) as client:
        there = sweep(build, X, METHODS, judge=judge, on=client, **HOW)
        same(here, there)
        assert there["pid"].nunique() == 2
        print("the same")
        same(here, sweep(build, X, METHODS, judge=fatal, on=client, **HOW))
        assert os.path.exists("killed")
        print("nothing lost")
        try:
            sweep(build, X, {"Adam": "adam"}, judge=bad, on=client, **HOW)
        except RuntimeError as error:
            print("raised:", error)
"""


def test_on_workers(tmp_path):
    script = tmp_path / "sweeps.py"
    script.write_text(HEAD + BODY, encoding="utf-8")
    one = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "TF_NUM_INTRAOP_THREADS"), "1")
    done = subprocess.run(
        [sys.executable, str(script)],
        env=os.environ | one | {"PYTHONPATH": str(ROOT)},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=500,
    )
    said = ["the same", "nothing lost", "raised: no such column"]
    assert done.stdout.splitlines() == said, done.stdout + done.stderr
