"""Refreshing notebooks: the same bytes twice, and nothing written when something is wrong."""

import textwrap
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from tools.notebook import chosen
from tools.refresh import main, note_seconds

KEPT = {"tags": ["kept"], "jupyter": {"source_hidden": True, "outputs_hidden": True}}
TIMED = {"execution": {"iopub.execute_input": "2020-01-01T00:00:00Z"}, **KEPT}
PICTURE = """
    import os
    import matplotlib.pyplot as plt
    print(os.environ["COURSE_PROGRESS"])
    fig, ax = plt.subplots(figsize=(1, 1))
    ax.plot([1, 2])
    print("one", flush=True)
    print("two", flush=True)
"""


def write(path: Path, *sources: str) -> Path:
    """Write a notebook as an editor may leave it: old outputs, times, odd metadata."""
    cells = [new_markdown_cell("# Title")]
    for source in sources:
        source = textwrap.dedent(source).strip()
        cells.append(new_code_cell(source, metadata=TIMED, execution_count=7))
    metadata = {"kernelspec": {"name": "venv", "display_name": "My venv"}, "widgets": {}}
    path.parent.mkdir(exist_ok=True)
    nbformat.write(new_notebook(cells=cells, metadata=metadata | {"course": {"kept": 1}}), path)
    return path


def test_two_runs_give_the_same_bytes(tmp_path: Path) -> None:
    path = write(tmp_path / "01_picture.ipynb", PICTURE, "1 + 1")
    assert main([], tmp_path) == 0
    first = path.read_bytes()
    assert main(["01"], tmp_path) == 0
    assert path.read_bytes() == first
    assert first.endswith(b"}\n") and b"\r" not in first
    nb = nbformat.read(path, as_version=4)
    assert nb.metadata == {
        "course": {"kept": 1, "seconds": 20},
        "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
        "language_info": {"name": "python"},
    }
    picture, sum_ = nb.cells[1:]
    assert [picture.execution_count, sum_.execution_count] == [1, 2]
    assert picture.metadata == KEPT
    assert picture.outputs[0].text == "0\none\ntwo\n"
    assert "image/png" in picture.outputs[1].data
    assert sum_.outputs[0].data == {"text/plain": "2"}


def test_two_notebooks_at_a_time(tmp_path: Path) -> None:
    paths = [write(tmp_path / f"0{k}_x.ipynb", f"print({k})") for k in (1, 2)]
    assert main(["--jobs", "2"], tmp_path) == 0
    texts = [nbformat.read(path, as_version=4).cells[1].outputs[0].text for path in paths]
    assert texts == ["1\n", "2\n"]


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("1 / 0", "It raised ZeroDivisionError: division by zero"),
        ("import sys; print('careful', file=sys.stderr)", "It wrote to stderr:\ncareful"),
        ("import os; os._exit(1)", "The kernel died."),
        ("%no_such_magic", "It raised UsageError"),
    ],
)
def test_what_is_wrong_is_not_written(
    source: str, said: str, tmp_path: Path, capsys: pytest.CaptureFixture
) -> None:
    path = write(tmp_path / "01_bad.ipynb", "print(1)", source)
    before = path.read_bytes()
    assert main([], tmp_path) == 1
    assert path.read_bytes() == before
    told = capsys.readouterr().out
    assert "01_bad.ipynb  NOT WRITTEN: code cell 2\n" in told and said in told
    assert "0 of 1 notebooks written." in told


@pytest.mark.parametrize(
    ("noted", "took", "then"),
    [
        (None, 3.2, 20),
        (None, 71.4, 71),
        (60, 89, 60),
        (60, 41, 60),
        (60, 91, 91),
        (60, 39, 39),
        (300, 1, 20),
    ],
)
def test_seconds_are_noted_coarsely(noted: int | None, took: float, then: int) -> None:
    nb = new_notebook(metadata={"course": {} if noted is None else {"seconds": noted}})
    note_seconds(nb, took)
    assert nb.metadata.course.seconds == then


def test_names_choose_notebooks(tmp_path: Path) -> None:
    lesson = write(tmp_path / "01_a.ipynb")
    solutions = write(tmp_path / "solutions" / "01_a_solutions.ipynb")
    others = [
        write(tmp_path / "solutions" / "new_lesson_solutions.ipynb"),
        write(tmp_path / "template" / "new_lesson.ipynb"),
    ]
    assert chosen(["01"], tmp_path) == [lesson, solutions]
    assert chosen(["template"], tmp_path) == others
    assert chosen([], tmp_path) == [lesson, solutions, *others]
    with pytest.raises(SystemExit, match="There is no notebook for '02'"):
        chosen(["02"], tmp_path)
