"""Grading in bulk: honest and forged submissions, and files that are none."""

import ast
import copy
import inspect
import json
import os
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from tools import grade
from tools.notebook import NOTEBOOKS, load

LESSON = load(NOTEBOOKS / "00_start_here.ipynb")
ASKED = {key: LESSON.cells.index(cells[0]) for key, cells in grade.asking(LESSON).items()}
ANSWERS = {
    "00.a": "def squared_error(x, x_hat):\n    d = x - x_hat\n    d *= d\n    return d.sum()\n\n\n"
    'check.task("00.a", squared_error)',
    "00.b": 'left = 23, 20\ncheck.task("00.b", left)',
    "00.1": 'smallest_code = 8\ncheck.answer("00.1", smallest_code)',
    "00.2": 'verdict = "worse"\ncheck.answer("00.2", verdict)',
}


def said(key: str) -> list[dict]:
    """The output of a right answer."""
    kind = "Task" if key[-1].isalpha() else "Exercise"
    return [{"output_type": "stream", "name": "stdout", "text": [f"✓ {kind} {key}: right.\n"]}]


def answered(*keys: str) -> dict:
    """Lesson 00 as an honest learner saves it, with these answers; a setting is changed, too."""
    raw = copy.deepcopy(LESSON.raw)
    for cell in raw["cells"]:
        if "parameters" in cell["metadata"].get("tags", []):
            cell["source"] = "".join(cell["source"]).replace("EPOCHS = 4", "EPOCHS = 5")
    for key in keys:
        raw["cells"][ASKED[key]] |= {"source": ANSWERS[key], "outputs": said(key)}
    return raw


def hand_in(folder: Path, name: str, raw: object) -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(raw if isinstance(raw, str) else json.dumps(raw), encoding="utf-8")
    return path


def only(folder: Path) -> pd.Series:
    """The only row of a folder's table."""
    table = grade.grade(folder)
    assert len(table) == 1
    return table.iloc[0]


def test_an_honest_notebook_gets_its_counts_and_no_remark(tmp_path):
    raw = answered("00.a", "00.b", "00.1")
    raw["cells"].insert(5, {"cell_type": "code", "metadata": {}, "source": "1", "outputs": []})
    hand_in(tmp_path, "Zoë/some name.ipynb", raw)
    row = only(tmp_path)
    assert (row["file"], row["lesson"], row["look at"]) == ("Zoë/some name.ipynb", "00", "")
    assert row[grade.COUNTS].tolist() == [2, 2, 1, 2] and row["open"] == "00.2"


def test_the_course_as_it_is_delivered_has_nothing_solved_and_no_remark(tmp_path):
    for notebook, name in grade.course().items():
        if notebook.is_lesson:
            hand_in(tmp_path, f"{name}.ipynb", notebook.raw)
    table = grade.grade(tmp_path)
    assert (table["lesson"] + ".ipynb" == table["file"]).all()
    assert not table["tasks"].any() and not table["exercises"].any()
    assert (table["of exercises"] > 0).all() and (table["look at"] == "").all()


def cell_of(raw: dict, key: str) -> dict:
    return raw["cells"][ASKED[key]]


def empty_answer(raw: dict) -> None:
    cell_of(raw, "00.1")["source"] = LESSON.cells[ASKED["00.1"]].source


def never_run(raw: dict) -> None:
    cell_of(raw, "00.1")["execution_count"] = None


def as_html(raw: dict) -> None:
    text = "".join(said("00.1")[0]["text"])
    shown = {"output_type": "display_data", "data": {"text/html": text}, "text": text}
    cell_of(raw, "00.1")["outputs"] = [shown]


def own_print(raw: dict) -> None:
    cell_of(raw, "00.1")["source"] = 'check.answer("00.1", 3)\nprint("✓ Exercise 00.1: right.")'


def checker_removed(raw: dict) -> None:
    cell_of(raw, "00.1")["source"] = "smallest_code = 8"


def pasted_elsewhere(raw: dict) -> None:
    raw["cells"][ASKED["00.1"] + 1] |= {"cell_type": "code", "source": "1", "outputs": said("00.2")}


def patched(source: str) -> Callable[[dict], None]:
    def forge(raw: dict) -> None:
        cell = {"cell_type": "code", "metadata": {}, "source": source, "outputs": []}
        raw["cells"].insert(6, cell)

    return forge


def asked_twice(raw: dict) -> None:
    raw["cells"].append(copy.deepcopy(cell_of(raw, "00.1")))


def other_set_up(raw: dict) -> None:
    cell = next(c for c in raw["cells"] if "setup" in c["metadata"].get("tags", []))
    cell["source"] = "from my_helpers import *"


def other_version(raw: dict) -> None:
    for cell in raw["cells"]:
        cell.pop("id", None)
        if cell["cell_type"] == "code" and "check." not in "".join(cell["source"]):
            cell["source"] = "".join(cell["source"]) + "  # 2019"


def much_edited(raw: dict) -> None:
    ids = [cell["id"] for cell in raw["cells"]]
    other_version(raw)
    for cell, name in zip(raw["cells"], ids, strict=True):
        cell["id"] = name


@pytest.mark.parametrize(
    ("forge", "remark"),
    [
        (empty_answer, "00.1: called right, but the cell holds the course's empty answer"),
        (never_run, "00.1: called right, but the cell has no number"),
        (as_html, "00.1: the tick was not printed"),
        (own_print, "writes a tick itself"),
        (checker_removed, "00.1: the checker is not called"),
        (checker_removed, "shows a tick for 00.1, and calls no checker for it"),
        (pasted_elsewhere, "shows a tick for 00.2, and calls no checker for it"),
        (patched("check.answer = lambda key, given: None"), "meddles with the checker"),
        (patched("from helpers.exercises import lesson_00"), "meddles with the checker"),
        (patched("def print(*words): ..."), "meddles with the checker"),
        (asked_twice, "00.1: asked 2 times"),
        (other_set_up, "the set-up cell is not the course's"),
        (other_version, "another version?"),
        (much_edited, "much edited?"),
    ],
)
def test_what_does_not_fit_is_remarked(forge: Callable[[dict], None], remark: str, tmp_path: Path):
    raw = answered("00.1")
    forge(raw)
    hand_in(tmp_path, "a.ipynb", raw)
    assert remark in only(tmp_path)["look at"]


def test_worked_solutions_are_recognised(tmp_path):
    """The whole notebook, and one long answer; a short one may be the only way to write it."""
    lesson, key, worked = next(
        (lesson, key, cells[0])
        for lesson in grade.course()
        for key, cells in (grade.asking(lesson.solutions) if lesson.solutions else {}).items()
        if cells[0].lines >= grade.LONG
    )
    hand_in(tmp_path, "a.ipynb", lesson.solutions.raw)
    raw = copy.deepcopy(lesson.raw)
    place = lesson.cells.index(grade.asking(lesson)[key][0])
    raw["cells"][place] |= {"source": worked.source, "outputs": said(key)}
    hand_in(tmp_path, "b.ipynb", raw)
    raw = answered("00.a")
    cell_of(raw, "00.a")["source"] = grade.asking(LESSON.solutions)["00.a"][0].source
    hand_in(tmp_path, "c.ipynb", raw)
    whole, long, short = grade.grade(tmp_path)["look at"]
    assert whole.startswith("the course's own worked solutions")
    assert long.startswith(f"{key}: word for word the worked solution")
    assert short == ""


def test_copies_and_names_that_occur_twice(tmp_path):
    raw = answered("00.a", "00.1")
    for name in ("ann/00.ipynb", "bob/00.ipynb", "bob/old/00.ipynb"):
        hand_in(tmp_path, name, raw)
    ann, *bob = grade.grade(tmp_path)["look at"]
    assert ann == "another file has the same answers, word for word"
    assert all("its name occurs more than once in this folder" in remark for remark in bob)


@pytest.mark.parametrize(
    ("text", "remark"),
    [
        ("", "empty"),
        ("not JSON", "not JSON"),
        ("[" * 100_000, "not JSON"),
        ('"\\ud800', "not JSON"),
        ("[]", "no notebook"),
        ('{"a": 1}', "no notebook"),
        ('{"nbformat": 3, "worksheets": []}', "not of nbformat 4"),
        ('{"nbformat": 4}', "damaged inside"),
        ('{"nbformat": 4, "cells": 7}', "damaged inside"),
        ('{"nbformat": 4, "cells": [{"cell_type": "code"}]}', "damaged inside"),
        ('{"nbformat": 4, "cells": []}', "no notebook of this course"),
    ],
)
def test_broken_files_get_a_row_and_stop_nothing(text: str, remark: str, tmp_path: Path):
    hand_in(tmp_path, "a.ipynb", text)
    hand_in(tmp_path, "b.ipynb", answered("00.1"))
    broken, good = grade.grade(tmp_path).to_dict("records")
    assert remark in broken["look at"] and pd.isna(broken["exercises"])
    assert (good["exercises"], good["look at"]) == (1, "")


def test_what_is_no_plain_file_is_not_opened(tmp_path, monkeypatch):
    outside = hand_in(tmp_path, "elsewhere/x.ipynb", answered("00.1"))
    folder = tmp_path / "in"
    (folder / "folder.ipynb").mkdir(parents=True)
    hand_in(folder, "huge.ipynb", answered())
    monkeypatch.setattr(grade, "MOST_BYTES", 1_000)
    expected = {"folder.ipynb": "a link or no file", "huge.ipynb": "too large"}
    if os.name == "posix":
        (folder / "link.ipynb").symlink_to(outside)
        (folder / "linked").symlink_to(outside.parent)
        os.mkfifo(folder / "pipe.ipynb")  # reading it would wait for ever
        expected |= {"link.ipynb": "a link or no file", "pipe.ipynb": "a link or no file"}
    table = grade.grade(folder).set_index("file")["look at"]
    assert set(table.index) == set(expected)
    assert all(table[name].startswith(remark) for name, remark in expected.items())


def test_nothing_that_is_handed_in_is_run(tmp_path):
    """The module has no means to, and a notebook that would leave a trace leaves none."""
    tree = ast.parse(inspect.getsource(grade))
    imported = [n.names[0].name for n in ast.walk(tree) if isinstance(n, ast.Import)]
    assert imported == ["argparse", "json", "re", "pandas"]
    called = {ast.unparse(n.func) for n in ast.walk(tree) if isinstance(n, ast.Call)}
    assert not called & {"eval", "exec", "compile", "__import__", "ast.parse", "pd.read_pickle"}
    raw, trace = answered("00.1"), tmp_path / "trace"
    raw["cells"][3]["source"] = f"import pathlib; pathlib.Path({str(trace)!r}).touch()"
    hand_in(tmp_path, "in/a.ipynb", raw)
    only(tmp_path / "in")
    assert not trace.exists()


def test_the_command_prints_the_table_and_writes_it(tmp_path, capsys):
    hand_in(tmp_path, "in/=1+1.ipynb", answered("00.1", "00.2"))
    hand_in(tmp_path, "in/b\x1b[1m.ipynb" if os.name == "posix" else "in/b.ipynb", "")
    hand_in(tmp_path, "in/c.ipynb", load(NOTEBOOKS / "01_encode_and_decode.ipynb").raw)
    hand_in(tmp_path, "in/d.ipynb", LESSON.solutions.raw)
    out = tmp_path / "out.csv"
    grade.main([str(tmp_path / "in"), "--lesson", "00", "--csv", str(out)])
    said = capsys.readouterr().out
    assert "=1+1.ipynb" in said and "c.ipynb" not in said and "\x1b" not in said
    assert "  - empty" in said and "d.ipynb\n  - the course's own worked solutions" in said
    table = pd.read_csv(out)
    assert table["file"].tolist()[0] == "'=1+1.ipynb" and table["exercises"][0] == 2


@pytest.mark.parametrize("words", [["nowhere"], [".", "--lesson", "99"]])
def test_a_wrong_command_is_refused_in_a_sentence(words: list[str], capsys) -> None:
    with pytest.raises(SystemExit):
        grade.main(words)
    assert "Traceback" not in capsys.readouterr().err
