"""TEACHING.md, held to the notebooks: the cells that it names, and the numbers that it quotes."""

import re

import pytest

from tools.notebook import NOTEBOOKS, ROOT, Cell, Notebook, load

PARTS = re.split(r"\n\n|\n(?=\|)", (ROOT / "TEACHING.md").read_text(encoding="utf-8"))
PLACE = re.compile(r"(\d\d)\s(?:§(\d)|(Summary))\s\[(\d+)\]")
LESSONS = {lesson.number: lesson for lesson in map(load, NOTEBOOKS.glob("[0-9]*.ipynb"))}
CITED = [part for part in PARTS if PLACE.search(part) and not part.startswith('"01')]


def heading(lesson: Notebook, cell: Cell) -> str:
    """Return the last heading of level 2 above a cell."""
    above = lesson.cells[: lesson.cells.index(cell)]
    text = "\n".join(c.source for c in above if c in lesson.texts)
    return re.findall(r"^## (.*)", text, re.MULTILINE)[-1]


@pytest.mark.parametrize("part", CITED, ids=range(len(CITED)))
def test_cells_and_numbers_are_those_of_the_lessons(part: str) -> None:
    printed = ""
    for number, section, summary, k in PLACE.findall(part):
        lesson = LESSONS[number]
        cell = lesson.code[int(k) - 1]
        assert heading(lesson, cell).startswith(summary or f"{section} ·"), f"{number} [{k}]"
        printed += cell.printed
    if part.startswith("|"):
        for quoted in re.findall(r"`([^`]*\d[^`]*)`", part.split("|")[2]):
            assert quoted in printed or quoted == "float32", f"{quoted} is not in the outputs"


def test_the_references_are_found() -> None:
    assert len(CITED) > 30


def test_times_are_those_of_the_lessons() -> None:
    rows = {p[3:5]: p.split("|")[2:4] for p in PARTS if re.match(r"\| \[\d\d", p)}
    assert rows
    for number, (text, exercises) in rows.items():
        said = "\n".join(cell.source for cell in LESSONS[number].texts)
        found = re.search(r"\*\*Time\*\* (\d+) minutes to read, .*?; (\d+) minutes for the", said)
        assert found and [*found.groups()] == [text.strip(), exercises.strip()], number
