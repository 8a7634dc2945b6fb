"""The form of tests/form.py: every lesson keeps to it, and each rule finds what it forbids."""

import copy
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.form import LIMITS, Form, faults, lessons, limits, measured
from tests.rules import SETUP_TEXT
from tests.test_hygiene import PICTURE, code_cell, raw_notebook, text_cell
from tools.notebook import Notebook

LESSONS = lessons([])


@pytest.mark.parametrize("lesson", LESSONS, ids=[lesson.path.name for lesson in LESSONS])
def test_form(lesson: Notebook) -> None:
    found = list(faults(lesson))
    assert not found, "\n".join([f"{lesson.path.name}:", *found])


# --- on trial: a lesson of the right form, spoilt in one way at a time ---------------------------

TABLE = "<table><thead><tr><th></th><th>a</th></tr></thead><tbody>{}</tbody></table>"
ROW = "<tr><th>0</th><td>1</td></tr>"


def shown(cell: dict, data: dict) -> dict:
    """Return the cell with one more output."""
    kind = {"output_type": "display_data", "metadata": {}, "data": data}
    return {**cell, "outputs": [*cell["outputs"], kind]}


def part(number: int) -> list[dict]:
    """Return a section: a prediction, a task, some code, its claims."""
    return [
        text_cell(f"## {number} · A part\n\n" + "Some prose about it. " * 10),
        code_cell("guess = ..."),
        code_cell("check.guess(guess, 2, what='it')", "hide-output", printed="You made no guess."),
        text_cell("**Do.** Say what it is."),
        code_cell(f"check.task('03.{'abc'[number - 1]}', ...)", printed="not done yet"),
        *(
            cell
            for k in range(4)
            for cell in (text_cell("A line of prose."), code_cell(f"print({k})", printed=f"{k}"))
        ),
        code_cell("check.claim('It is so.', True)", "hide-input", printed="✓ It is so."),
    ]


def good() -> Notebook:
    """Return a lesson that keeps to the form."""
    cells = [
        text_cell("# 03 · Title\n\n**The question.** *Why?*"),
        text_cell(
            "**Time** 5 minutes to read, run and try; 7 minutes for the exercises. [A](b.ipynb)"
        ),
        code_cell(SETUP_TEXT, "setup"),
        code_cell("CODE = 32  # numbers", "parameters", printed="Settings: the defaults."),
        shown(code_cell("show.figure(fig, 'A figure.')"), copy.deepcopy(PICTURE["data"])),
        *part(1),
        *part(2),
        *part(3),
        text_cell("## Exercises\n\n**1 · One** (3 minutes)." + " Many words." * 500),
        code_cell("check.answer('03.1', ...)", printed="not attempted yet"),
        text_cell("**2 · Two** (4 minutes)."),
        code_cell("check.answer('03.2', ...)", printed="not attempted yet"),
        text_cell("## Summary\n\nIt is so.\n\n## References\n\n" + "Names. " * 300),
    ]
    raw = raw_notebook(cells, {"seconds": 30})
    return Notebook(Path("notebooks/03_x.ipynb"), raw)


def test_a_good_lesson_has_no_faults() -> None:
    lesson = good()
    assert list(faults(lesson)) == []
    form = measured(lesson)
    assert (form.cells, form.code_cells, form.claims, form.guesses, form.tasks) == (
        lesson_cells := len(lesson.raw["cells"]),
        len(lesson.code),
        3,
        3,
        3,
    )
    assert 45 <= lesson_cells <= 80
    assert form.figures == 1 and form.running == 30
    assert form.lines == 2 + 3 * (1 + 1 + 1 + 4)  # without set-up, claims and exercises
    assert 200 < form.words < 300  # without exercises and references


def test_the_seconds_of_a_slow_machine_do_not_count() -> None:
    lesson = good()
    lesson.raw["metadata"]["course"]["seconds"] = 1000
    assert measured(lesson).running == 120


@pytest.mark.parametrize(
    ("change", "minutes"),
    [
        ({}, 5),
        ({"words": 900}, 5),  # 180 a minute: exactly five minutes
        ({"words": 901}, 10),
        ({"lines": 51}, 10),  # six seconds each
        ({"figures": 16}, 10),  # twenty seconds each
        ({"running": 301}, 10),
    ],
)
def test_honest_minutes(change: dict, minutes: int) -> None:
    nothing = dict.fromkeys(Form.__dataclass_fields__, 0)
    assert Form(**{**nothing, **change}).minutes() == minutes


def edited(what: str) -> Callable[[list[dict]], None]:
    """Return a way to spoil a lesson: a statement about its ``cells``."""
    names = {"text_cell": text_cell, "code_cell": code_cell, "shown": shown, "copy": copy}
    return lambda cells: exec(what, {**names, "cells": cells, "TABLE": TABLE, "ROW": ROW})


TALL = "{'text/html': TABLE.format(ROW * 8)}"
WIDE = "{'text/html': TABLE.format('<tr>' + '<td>1</td>' * 6 + '</tr>')}"
SPOILT = [
    ("cells", "del cells[5:19]", "cells, not 45 to 80"),
    ("cells", "cells.extend([text_cell('')] * 40)", "cells, not 45 to 80"),
    ("code", "cells[-1:-1] = [code_cell('1', 'hide-input', printed='1')] * 26", "more than 45"),
    ("words", "cells[5]['source'] += ' more' * 300", "a line, not 6 to 10"),
    ("words", "cells[9]['source'] += '\\nx = 1' * 40", "a line, not 6 to 10"),
    ("first figure", "cells[4]['outputs'].clear()", "it is in nowhere"),
    ("first figure", "cells.insert(14, cells.pop(4))", "it is in code cell 8"),
    ("silent", "[c.get('outputs', []).clear() for c in cells[9:18]]", "the 4th code cell in a row"),
    ("tables", f"cells[9] = shown(cells[9], {TALL})", "code cell 6 (cell 10): a table of 8 rows"),
    ("tables", f"cells[9] = shown(cells[9], {WIDE})", "a table of 1 rows and 6 columns"),
    ("guesses", "[cells.pop(k) for k in (35, 21)]", "1 results ask check.guess"),
    ("guesses", "cells[7]['metadata']['tags'].clear()", "is not collapsed"),
    ("guesses", "cells[6]['source'] = 'guess = 2'", "no cell `guess = ...` stands"),
    ("guesses", "cells.insert(5, cells.pop(6)); cells[7:7] = [cells[-4]] * 3", "no cell `guess"),
    ("tasks", "[c.update(source='1') for c in (cells[9], cells[23])]", "1 calls of check.task"),
    ("claims", "cells[18]['source'] += '\\ncheck.claim(\"\", True)' * 13", "16 claims, more"),
    ("claims", "cells.insert(12, copy.deepcopy(cells[18]))", "another cell of claims in `1 · A"),
    ("claims", "cells.insert(12, cells.pop(18))", "it does not end its section `1 · A part`"),
    ("claims", "cells.insert(19, copy.deepcopy(cells[18]))", "the second cell of claims in a row"),
    ("time", "cells[1]['source'] = '**Time** an hour'", "there is no `**Time** N minutes"),
    ("time", "cells[1]['source'] = cells[1]['source'].replace('5', '20')", "it states 20 minutes"),
    ("time", "cells[1]['source'] = cells[1]['source'].replace('7', '9')", "which say 7"),
    ("time", "cells[5]['source'] += ' word' * 11000", "honest minutes, more than 60"),
]


@pytest.mark.parametrize(("rule", "spoil", "said"), SPOILT, ids=[said for *_, said in SPOILT])
def test_a_spoilt_form_is_found_out(rule: str, spoil: str, said: str) -> None:
    lesson = good()
    edited(spoil)(lesson.raw["cells"])
    found = list(faults(lesson))
    assert any(fault.startswith(f"[{rule}]") and said in fault for fault in found), found


def test_a_table_in_a_frame_is_part_of_a_picture() -> None:
    lesson = good()
    edited(
        "cells[9] = shown(cells[9], {'text/html': '<iframe>' + TABLE.format(ROW * 8) + "
        "'</iframe>'})"
    )(lesson.raw["cells"])
    assert list(faults(lesson)) == []


@pytest.mark.parametrize(
    ("name", "least"),
    [
        ("notebooks/03_x.ipynb", 45),
        ("notebooks/extras/x.ipynb", 15),
        ("notebooks/00_start_here.ipynb", 20),
    ],
)
def test_short_notebooks_have_limits_of_their_own(name: str, least: int) -> None:
    given = limits(Notebook(Path(name), {}))
    assert given.least_cells == least
    assert given.most_minutes == LIMITS.most_minutes
