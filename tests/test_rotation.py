"""Which notebooks a submission tries with everything: the changed ones, and every other in turn."""

import json
import subprocess
from pathlib import Path

import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from tools import rotation
from tools.notebook import load
from tools.rotation import BLOCKS, changed_lately, chosen, chosen_now, number, packed, weight

WEIGHTS = {f"{k:02}.ipynb": 100.0 + 37 * (k % 7) for k in range(22)}
COURSE = sum(WEIGHTS.values())


@pytest.mark.parametrize("stride", [1, 2, 3, 4, 6, 8, 9, 12, 24])
@pytest.mark.parametrize("start", [0, 1, 17, 1000])
def test_every_notebook_comes_round_within_as_many_submissions_as_blocks(stride, start):
    turns = [chosen(WEIGHTS, [], start + stride * k, budget=1000) for k in range(5)]
    assert {name for names in turns for name in names} == set(WEIGHTS)


@pytest.mark.parametrize("turn", range(7))
def test_what_changed_is_tried_whatever_the_turn(turn):
    assert {"03.ipynb", "05.ipynb"} <= set(
        chosen(WEIGHTS, ["05.ipynb", "03.ipynb", "gone"], turn, 1000)
    )


@pytest.mark.parametrize("changed", [[], ["01.ipynb"], list(WEIGHTS)])
def test_the_time_is_kept(changed):
    for turn in range(12):
        names = chosen(WEIGHTS, changed, turn, budget=1000)
        assert 0 < sum(WEIGHTS[name] for name in names) <= 2000


def test_a_large_budget_takes_all_and_no_notebook_is_too_heavy_to_come():
    assert chosen(WEIGHTS, [], 3, budget=1e9) == sorted(WEIGHTS)
    turns = [chosen({"a": 9e9, "b": 1.0}, [], k) for k in range(max(BLOCKS))]
    assert ["a"] in turns


def test_blocks_weigh_about_the_same():
    loads = [sum(WEIGHTS[name] for name in block) for block in packed(WEIGHTS, 5)]
    assert max(loads) - min(loads) <= max(WEIGHTS.values()) and sum(loads) == pytest.approx(COURSE)


# ---------------------------------------------------------------------------------------------
# In a repository


def write(path: Path, code: str, text: str = "", seconds: int = 7, setup: str = "1") -> None:
    cells = [
        new_code_cell(setup, metadata={"tags": ["setup"]}),
        new_markdown_cell(text),
        new_code_cell(code),
    ]
    metadata = {"course": {"seconds": seconds, "variants": [{"N": 1}]}}
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(new_notebook(cells=cells, metadata=metadata)), encoding="utf-8")


def git(root: Path, *arguments: str) -> None:
    who = ["-c", "user.name=a", "-c", "user.email=a@b.invalid", "-c", "commit.gpgsign=false"]
    subprocess.run(["git", "-C", root, *who, *arguments], check=True, capture_output=True)


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """Two notebooks, committed, and then as many commits as the rotation looks back."""
    root = tmp_path / "course"
    for name in ("00_a", "01_b"):
        write(root / "notebooks" / f"{name}.ipynb", "x = 1")
    git(tmp_path, "init", "-q", "course")
    git(root, "add", ".")
    for k in range(rotation.COMMITS + 1):
        git(root, "commit", "-q", "--allow-empty", "-m", str(k))
    return root


def lately(root: Path) -> list[str]:
    return changed_lately(root, root / "notebooks")


def test_changed_code_counts_and_text_outputs_and_seconds_do_not(repository):
    assert lately(repository) == []
    write(repository / "notebooks" / "00_a.ipynb", "x = 1", "More text.", seconds=99, setup="2")
    write(repository / "notebooks" / "01_b.ipynb", "x = 2")
    assert lately(repository) == ["01_b.ipynb"]
    write(repository / "notebooks" / "solutions" / "01_b_solutions.ipynb", "x = 2")
    git(repository, "add", ".")
    git(repository, "commit", "-q", "-m", "changed")
    assert lately(repository) == ["01_b.ipynb", "solutions/01_b_solutions.ipynb"]
    for k in range(rotation.COMMITS):
        git(repository, "commit", "-q", "--allow-empty", "-m", f"later {k}")
    assert lately(repository) == []


def test_a_shallow_clone_and_no_repository_do(repository, tmp_path):
    assert number(repository) == rotation.COMMITS + 1
    write(repository / "notebooks" / "01_b.ipynb", "x = 2")
    git(repository, "add", ".")
    git(repository, "commit", "-q", "-m", "changed")
    for depth, found in ((1, []), (2, ["01_b.ipynb"])):
        clone = tmp_path / f"clone{depth}"
        git(tmp_path, "clone", "-q", f"--depth={depth}", repository.as_uri(), str(clone))
        assert lately(clone) == found
        assert number(clone) > 19_000  # days since 1970
    bare = tmp_path / "unpacked"
    write(bare / "notebooks" / "00_a.ipynb", "x = 1")
    assert lately(bare) == [] and number(bare) == 0
    assert chosen_now(bare, bare / "notebooks") == [bare / "notebooks" / "00_a.ipynb"]


def test_the_weight_is_what_the_refresh_noted(repository):
    notebook = load(repository / "notebooks" / "00_a.ipynb")
    assert weight(notebook) == 7 * rotation.TIMES
    notebook.raw["metadata"].clear()
    assert weight(notebook) == rotation.UNKNOWN * rotation.TIMES
