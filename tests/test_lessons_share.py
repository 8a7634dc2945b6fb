"""What two lessons need stands in ``helpers``: no longer function is written out in both."""

import json
import re
from collections import defaultdict
from pathlib import Path

import pytest

from tools.notebook import Notebook, definitions, load, paths

LONG = 5  # lines of code: shorter functions may share a name


def shared(lessons: list[Notebook]) -> list[str]:
    """The functions of LONG or more lines that have one name in several lessons, with their places.

    Docstrings and blank lines do not count; nor do functions inside of others, which nobody can
    import, and notebooks that are no lesson ``NN_…``: solutions repeat their lesson's stubs.
    """
    places = defaultdict(dict)
    for lesson in lessons:
        if not lesson.number or not lesson.is_lesson:
            continue
        for found in definitions(lesson):
            if found.lines >= LONG:
                places[found.name].setdefault(lesson.number, f"{lesson.number}, {found.cell.name}")
    return [f"{n}: {'; '.join(at.values())}" for n, at in places.items() if len(at) > 1]


def test_no_longer_function_is_in_two_lessons():
    lessons = [load(path) for path in paths()]
    assert sum(bool(definitions(lesson)) for lesson in lessons) > 5  # there is something to compare
    found = shared(lessons)
    assert not found, "\n".join(["Move them to helpers, or rename them by what they are:", *found])


# --- on trial: notebooks made up for it ----------------------------------------------------------


def function(name: str, lines: int, docstring: str = "") -> str:
    body = [f"    x{i} = {i}\n\n" for i in range(lines - 1)]
    return "".join([f"def {name}():\n", f'    """{docstring}"""\n' if docstring else "", *body])


def notebook(folder: Path, name: str, *cells: str) -> Notebook:
    raw = [
        {"cell_type": "code", "metadata": {}, "source": cell, "outputs": [], "execution_count": 1}
        for cell in cells
    ]
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps({"cells": raw, "metadata": {}}), encoding="utf-8")
    return load(path)


def test_a_shared_function_is_found_with_its_places(tmp_path):
    one = notebook(tmp_path, "01_a.ipynb", "x = 1", function("tune", 5))
    two = notebook(tmp_path, "02_b.ipynb", function("tune", 6, "Another text.") + "\ny = 2\n")
    three = notebook(tmp_path, "03_c.ipynb", function("alone", 9))
    (found,) = shared([one, two, three])
    assert re.fullmatch(r"tune: 01, code cell 2 .*; 02, code cell 1 .*", found)


@pytest.mark.parametrize(
    ("name", "cell"),
    [
        ("02_b.ipynb", function("tune", 4)),
        ("02_b.ipynb", function("tune", 4, "Neither docstring\n\n    nor blank lines\n    count.")),
        ("02_b.ipynb", function("another", 5)),
        ("02_b.ipynb", "def outer():\n    " + function("tune", 5).replace("\n", "\n    ")),
        ("02_b.ipynb", "%matplotlib inline\n" + function("tune", 5)),
        ("solutions/01_a_solutions.ipynb", function("tune", 5)),
        ("template/new_lesson.ipynb", function("tune", 5)),
    ],
)
def test_what_may_stand_in_two_notebooks(tmp_path, name, cell):
    one = notebook(tmp_path, "01_a.ipynb", function("tune", 5))
    assert not shared([one, notebook(tmp_path, name, cell)])


def test_a_function_written_twice_in_one_lesson_is_that_lessons_affair(tmp_path):
    twice = notebook(tmp_path, "01_a.ipynb", function("tune", 5), function("tune", 7))
    assert not shared([twice])
