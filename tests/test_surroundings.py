"""A reader's keras.json, KERAS_BACKEND and matplotlibrc change nothing in the course."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
REPORT = """
import hashlib, json, sys
import helpers
import keras, matplotlib.pyplot as plt, numpy as np
from helpers import measure, surroundings, train

def build():
    return keras.Sequential([keras.Input((8, 8, 1)), keras.layers.Conv2D(2, 3, padding="same"),
                             keras.layers.BatchNormalization(), keras.layers.Conv2D(1, 1)])

x = np.random.default_rng(0).random((64, 8, 8, 1)).astype("float32")
run = train(build, x, epochs=3, batch_size=16)
fig, ax = plt.subplots()
ax.plot([1, 2])
ax.set(title="A title")
fig.canvas.draw()
pixels = hashlib.sha256(fig.canvas.buffer_rgba()).hexdigest()
print(json.dumps([surroundings.keras_settings(), run.history["loss"].tolist(), pixels,
                  plt.rcParams["savefig.transparent"], plt.rcParams["text.usetex"]]))
"""


def run(folder: Path, code: str, keras_json: dict | None = None, rc: str = "", **environment):
    """Run ``code`` in a process with a reader's own settings."""
    (folder / "keras").mkdir(exist_ok=True)
    if keras_json is not None:
        (folder / "keras" / "keras.json").write_text(json.dumps(keras_json), encoding="utf-8")
    (folder / "matplotlibrc").write_text(rc, encoding="utf-8")
    keep = {key: value for key, value in os.environ.items() if not key.startswith("KERAS_")}
    keep |= {"KERAS_HOME": str(folder / "keras"), "MATPLOTLIBRC": str(folder / "matplotlibrc")}
    keep |= {"MPLBACKEND": "agg", "COURSE_PROGRESS": "0", "PYTHONIOENCODING": "utf-8"}
    return subprocess.run(
        [sys.executable, "-c", code],
        **{"env": keep | environment, "cwd": ROOT, "capture_output": True, "text": True},
    )


def report(folder: Path, **settings) -> list:
    done = run(folder, REPORT, **settings)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])


@pytest.fixture(scope="module")
def untouched(tmp_path_factory):
    return report(tmp_path_factory.mktemp("untouched"))


OWN = {
    "another backend": {"KERAS_BACKEND": "jax"},
    "runs cut short": {"KERAS_MAX_EPOCHS": "1", "KERAS_MAX_STEPS_PER_EPOCH": "1"},
    "keras.json": {
        "keras_json": {
            **{"floatx": "float16", "epsilon": 1e-3, "backend": "torch"},
            "image_data_format": "channels_first",
        }
    },
    "matplotlibrc": {
        "rc": "savefig.transparent: True\ntext.usetex: True\nfigure.facecolor: none\n"
        "axes.facecolor: black\nfont.size: 30\nlines.linewidth: 9\nimage.cmap: jet\n"
    },
}


@pytest.mark.parametrize("which", OWN)
def test_own_settings_change_nothing(tmp_path, untouched, which):
    assert report(tmp_path, **OWN[which]) == untouched


def test_defaults_are_what_is_promised(untouched):
    settings, losses, _, transparent, latex = untouched
    assert settings == {
        **{"backend": "tensorflow", "floatx": "float32", "epsilon": "1e-07"},
        **{"image_data_format": "channels_last", "dtype_policy": "float32"},
    }
    assert len(losses) == 3 and not transparent and not latex


def test_no_file_is_touched(tmp_path):
    own = OWN["keras.json"]["keras_json"]
    run(tmp_path, "import helpers", keras_json=own)
    assert json.loads((tmp_path / "keras" / "keras.json").read_text(encoding="utf-8")) == own


def test_keras_json_that_keras_refuses(tmp_path):
    done = run(tmp_path, "import helpers", keras_json={"epsilon": 1})
    last = done.stderr.strip().splitlines()[-1]
    assert last.startswith("helpers.errors.CourseError: Keras cannot read its settings: mend")


LATE = """
import keras
from helpers import check
print(check.machine().set_index("what").loc["Keras's settings", "state"])
"""


def test_keras_imported_before_the_course_is_named(tmp_path):
    """Its settings may be meant; the reader is told, in the first cell and by check.machine."""
    done = run(tmp_path, LATE, keras_json={"floatx": "float16"}, KERAS_BACKEND="tensorflow")
    first, second = done.stdout.splitlines()
    assert first == (
        "Keras is set to float16, which changes the course's numbers: restart the kernel, "
        "and run the set-up cell before anything else."
    )
    assert second == "restart the kernel, and run the set-up cell before anything else"


def test_other_backend_that_runs_already_is_refused(tmp_path):
    fake = "import sys, types; import keras; keras.config.backend = lambda: 'jax'; import helpers"
    done = run(tmp_path, fake, KERAS_BACKEND="tensorflow")
    assert done.stderr.strip().splitlines()[-1] == (
        "helpers.errors.CourseError: Keras runs on jax, and the course needs TensorFlow: "
        "restart the kernel, and run the set-up cell before anything else."
    )
