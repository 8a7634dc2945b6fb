"""The set-up cell finds the course from wherever in it a notebook lies, and says so elsewhere."""

import subprocess
import sys
from pathlib import Path

import pytest

from tools.notebook import NOTEBOOKS, ROOT, SETUP, load, paths
from tools.refresh import write_setup

TEXT = SETUP.read_text(encoding="utf-8")
FINDS = TEXT.partition("from helpers import")[0]  # the part before anything is imported
SAID = "ImportError: This notebook is outside the course: open it in the course's own folder."


def run(folder: Path, after: str = "print(sys.path[0])") -> subprocess.CompletedProcess:
    command = [sys.executable, "-c", f"{FINDS}\n{after}"]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True)


@pytest.mark.parametrize("folder", [ROOT, NOTEBOOKS, NOTEBOOKS / "solutions"])
def test_inside_the_course_its_helpers_come_first(folder: Path) -> None:
    assert run(folder).stdout.strip() == str(ROOT)


def foreign(folder: Path) -> None:
    """Another project's ``helpers``, or the package of that name on the index."""
    (folder / "helpers").mkdir()
    (folder / "helpers" / "__init__.py").touch()


@pytest.mark.parametrize("prepare", [lambda folder: None, foreign])
def test_outside_the_course_one_sentence_says_what_to_do(prepare, tmp_path: Path) -> None:
    inner = tmp_path / "a" / "b"
    inner.mkdir(parents=True)
    prepare(tmp_path / "a")
    done = run(inner)
    assert done.returncode == 1 and done.stdout == ""
    assert done.stderr.splitlines()[-1] == SAID
    assert len(done.stderr.splitlines()) <= 4  # no long traceback


def test_a_foreign_package_beside_the_notebook_does_not_win(tmp_path: Path) -> None:
    """A folder ``helpers`` beside the notebook is first on the path, until the cell has run."""
    course = tmp_path / "course"
    mark = course / "helpers" / "exercises" / "lesson_00.py"
    mark.parent.mkdir(parents=True)
    mark.touch()
    (course / "helpers" / "__init__.py").touch()
    (course / "notebooks").mkdir()
    foreign(course / "notebooks")
    done = run(course / "notebooks", "import helpers; print(helpers.__file__)")
    assert Path(done.stdout.strip()) == course / "helpers" / "__init__.py"


def test_the_mark_is_in_the_course() -> None:
    assert (ROOT / "helpers" / "exercises" / "lesson_00.py").is_file()
    assert "helpers/exercises/lesson_00.py" in FINDS


def test_renewing_the_cell_touches_nothing_else(tmp_path: Path) -> None:
    path = tmp_path / "00.ipynb"
    before = paths()[0].read_text(encoding="utf-8")
    old = before.replace('"import sys\\n",', '"import sys, os\\n",', 1)
    assert old != before
    path.write_text(old, encoding="utf-8", newline="\n")
    assert write_setup(path) and not write_setup(path)
    assert load(path).code[0].source == TEXT.strip()
    assert path.read_text(encoding="utf-8") == before
