"""What a reader sees of a run: a progress bar that leaves nothing behind, and nothing else."""

import os
import platform
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

from helpers import compat, train
from helpers.training import reuse
from tests.training.models import X, dense

ROOT = Path(__file__).resolve().parents[2]

CELL = """
from helpers import train
import numpy as np, keras

def build():
    return keras.Sequential([keras.Input((4,)), keras.layers.Dense(4, "sigmoid")])

def run(**options):
    return train(build, np.zeros((64, 4)), epochs=9, batch_size=4, label="bar", **options)
"""


def test_progress_bar_leaves_nothing_behind(tmp_path):
    cells = [
        CELL,
        "import os\nos.environ.pop('COURSE_PROGRESS', None)\nshown = []",
        # watches what the bar shows while it runs
        "from helpers import progress\nold = progress.display\n"
        "def display(bundle, **how):\n    shown.append(bundle)\n    return old(bundle, **how)\n"
        "progress.display = display",
        "r = run(), run()",  # two bars, one output
        "print(len(shown), 'bar' in shown[0]['text/plain'], '/144' in shown[0]['text/plain'])",
        "os.environ['COURSE_PROGRESS'] = '0'\nr = run()",
        "print(len(shown))",
    ]
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(c) for c in cells])
    notebook.metadata["kernelspec"] = {"name": "python3", "display_name": "", "language": "python"}
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    NotebookClient(notebook, timeout=120).execute(cwd=tmp_path, env=environment)
    outputs = [cell.outputs for cell in notebook.cells]
    assert outputs[0] == outputs[1] == outputs[2] == outputs[5] == []
    assert outputs[4][0].text == "1 True True\n" and outputs[6][0].text == "1\n"
    assert [out.output_type for out in outputs[3]] == ["display_data"]
    assert outputs[3][0].data == {} and "bar" not in str(outputs[3])


def test_nothing_is_printed(tmp_path):
    done = subprocess.run(
        [sys.executable, "-c", f"{CELL}\nrun()"],
        env={k: v for k, v in os.environ.items() if not k.startswith("TF_")}
        | {"PYTHONPATH": str(ROOT)},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_kernels_are_let_go_now_and_then(fresh, monkeypatch):
    cleared = []
    monkeypatch.setattr(reuse, "KEPT_KERNELS", 3)
    monkeypatch.setattr(compat, "clear_kernel_cache", lambda: cleared.append(1))
    for _ in range(6):
        train(dense, X, epochs=1)
    assert len(cleared) == 2


TRIED = (sys.platform, platform.machine()) == ("linux", "x86_64")
ASK = "import os, helpers; print(os.environ.get('XLA_FLAGS'))"
OTHER = "import importlib.metadata as m; m.version = lambda name: '2.22.0'; "
NONE = """import importlib.metadata as m
def version(name):
    raise m.PackageNotFoundError(name)
m.version = version
"""
FLAG = "--xla_cpu_experimental_ynn_fusion_type=LIBRARY_FUSION_TYPE_REDUCE"


@pytest.mark.parametrize(
    ("code", "given", "then"),
    [
        (ASK, {}, FLAG if TRIED else "None"),
        (ASK, {"XLA_FLAGS": ""}, ""),  # the learner's own choice stays
        (OTHER + ASK, {}, "None"),  # a flag that TensorFlow does not know ends the process
        (NONE + ASK, {}, "None"),  # tensorflow-cpu, say
    ],
)
def test_the_flag_for_matrix_products(code, given, then, tmp_path):
    kept = {name: value for name, value in os.environ.items() if name != "XLA_FLAGS"}
    environment = kept | {"PYTHONPATH": str(ROOT)} | given
    done = subprocess.run(
        [sys.executable, "-c", code], env=environment, cwd=tmp_path, capture_output=True, text=True
    )
    assert done.returncode == 0 and done.stdout.strip() == then, done.stderr
