"""check.progress: what the reader's own saved notebooks say, and nothing else."""

import json
from pathlib import Path

import pytest

from helpers import check
from tools.notebook import NOTEBOOKS


def save(folder: Path, name: str, title: str, *cells: tuple[str, str]) -> None:
    """Save a notebook: a title, and code cells with what each printed."""
    raw = [{"cell_type": "markdown", "source": [f"# {title}\n", "\n", "Text."]}]
    for source, printed in cells:
        output = {"output_type": "stream", "text": printed.splitlines(keepends=True)}
        raw.append({"cell_type": "code", "source": source, "outputs": [output]})
    (folder / name).parent.mkdir(exist_ok=True)
    (folder / name).write_text(json.dumps({"cells": raw}), encoding="utf-8")


def test_a_line_a_lesson_says_what_is_solved(tmp_path, capsys):
    save(
        tmp_path,
        "01_a.ipynb",
        "01 · A",
        ("x = 3\ncheck.task('01.a', x)", "✓ Task 01.a: right.\n"),
        ('check.answer("01.1", ...)', "Exercise 01.1: not attempted yet.\n"),
        ('check.answer(\n    "01.2", f\n)', "Wait.\n✓ Exercise 01.2: right.\n"),
        ('check.answer("01.3", 2)', "✗ Exercise 01.3: no.\n"),
        ("# check.answer('01.4', 1)", ""),
        ('check.answer("01.1", ...)', "✓ Exercise 01.11: right.\n"),
    )
    save(tmp_path, "02_b.ipynb", "02 · B", ("1", "1\n"))
    save(tmp_path, "extras/c.ipynb", "Extra · C", ("check.task('c.a', 1)", "ok Task c.a: right.\n"))
    save(tmp_path, "solutions/01_a_solutions.ipynb", "01", ("check.answer('01.1', 1)", "✓"))
    check.progress(tmp_path)
    lines = [" ".join(line.split()) for line in capsys.readouterr().out.splitlines()]
    assert lines == [
        "01 · A tasks ● exercises ○●○",
        "02 · B",
        "Extra · C tasks ●",
        "Solved: 3 of 5.",
    ]


@pytest.mark.parametrize("text", ["", "{", "[]", '{"cells": []}', '{"cells": [{"source": 1}]}'])
def test_a_notebook_that_cannot_be_read_says_so(tmp_path, capsys, text):
    save(tmp_path, "01_a.ipynb", "01 · A", ("check.task('01.a', 1)", "✓ Task 01.a: right.\n"))
    (tmp_path / "02_b.ipynb").write_text(text, encoding="utf-8")
    check.progress(tmp_path)
    first, second, last = capsys.readouterr().out.splitlines()
    assert "●" in first and "Solved: 1 of 1." == last
    assert second.startswith("02_b ") and second.endswith("close it and save it again.")


def test_the_course_as_it_is_delivered_has_nothing_solved(capsys):
    check.progress()
    said = capsys.readouterr().out
    assert "●" not in said and "Solved: 0 of " in said
    assert len(said.splitlines()) > len(list(NOTEBOOKS.glob("[0-9]*.ipynb")))
