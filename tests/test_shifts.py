"""``--course=seeds``: which seeds are shifted, and that a claim that does not survive is named."""

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from nbformat.v4 import new_code_cell, new_notebook, writes

from helpers import check
from tests import shifts
from tools.notebook import ROOT


def takes(images, n=None, *, seed=0):
    return seed


def order(n, epoch, seed):
    return seed


def anything(build, **settings):
    return settings["seed"]


@pytest.mark.parametrize(
    ("function", "args", "named", "seed"),
    [
        (takes, ("x",), {}, 1000),
        (takes, ("x",), {"seed": 3}, 1003),
        (takes, ("x",), {"seed": np.int64(3)}, 1003),
        (takes, ("x",), {"seed": -1}, -1),
        (takes, ("x",), {"seed": None}, None),
        (takes, ("x",), {"seed": True}, True),
        (order, (1, 2, 3), {}, 1003),
        (order, (1, 2), {"seed": 3}, 1003),
        (anything, ("b",), {}, 1000),
        (anything, ("b",), {"seed": 3}, 1003),
    ],
)
def test_a_seed_is_another_one_wherever_it_stands(function, args, named, seed):
    given = shifts.moved(function, 1000)(*args, **named)
    assert given == seed and type(given) is not float


def test_a_sweep_takes_other_seeds_and_shows_the_lessons():
    seen = []

    def sweep(*, seeds=(0,)):
        seen.extend(seeds)
        return pd.DataFrame({"seed": list(seeds), "val_loss": 1.0})

    shifted = shifts.swept(sweep, 1000)
    assert list(shifted(seeds=range(2))["seed"]) == [0, 1]
    assert list(shifted()["seed"]) == [0]
    assert seen == [1000, 1001, 1000]


def test_claims_are_written_down_and_what_is_no_claim_raises(monkeypatch):
    monkeypatch.setattr(shifts, "claims", [])
    monkeypatch.setattr("helpers.check._changed", {})
    claim = shifts.written_down(check.claim)
    claim("So it is.", True)
    claim("So it is not.", False)
    with pytest.raises(Exception, match="True or False"):
        claim("A number.", 3)
    assert shifts.claims == [("So it is.", True), ("So it is not.", False)]


LESSON = """\
SEED = 0  # a seed
check.settings(SEED=(0, 0, 9))
images = data.load("mnist", n=10, validation=10, seed=SEED)
check.claim("The split is that of another seed.", images.seed != 0)
check.claim("Its seed is not among the first ten thousand.", not images.seed < 2_500)
"""


def test_a_claim_that_does_not_survive_is_named(tmp_path: Path):
    start = f"import sys; sys.path.insert(0, {str(ROOT)!r}); from helpers import check, data"
    source = LESSON.replace("images.seed", "seen[-1]").replace(
        "images =",
        "seen = []; np_rng = data.np.random.default_rng\n"
        "data.np.random.default_rng = lambda s: seen.append(s) or np_rng(s)\nimages =",
    )
    cells = [
        new_code_cell(start, metadata={"tags": ["setup"]}),
        new_code_cell(source, metadata={"tags": ["parameters"]}),
    ]
    (tmp_path / "01_a.ipynb").write_text(writes(new_notebook(cells=cells)), encoding="utf-8")
    (tmp_path / "02_b.ipynb").write_text(writes(new_notebook(cells=cells[:1])), encoding="utf-8")
    command = [sys.executable, "-m", "pytest", "-c", ROOT / "pyproject.toml", "--rootdir", tmp_path]
    done = subprocess.run(
        [*command, "--course=seeds", "-q", "-p", "no:cacheprovider", tmp_path],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    assert "2 failed, 1 passed" in done.stdout, done.stdout + done.stderr
    assert "claims with other seeds: 4 of 6 held" in done.stdout
    assert done.stdout.count("Its seed is not among the first ten thousand.") >= 2
    assert "Lost with seeds shifted by 1000:" in done.stdout
    assert "Lost with seeds shifted by 3000:" not in done.stdout
