"""The reader of notebooks: numbers of cells, definitions and their lines, what a name means."""

import textwrap
from pathlib import Path

import pytest

from tools.notebook import Cell, Failure, Notebook, code_cell, definitions

FUNCTIONS = '''
@cache
def long(x):
    """Two lines of
    docstring.

    """
    y = x

    def inner():
        return y

    return inner


def short(x): return x
class Other:
    def method(self): ...
'''


def notebook(*sources: str, tags: tuple[str, ...] = ()) -> Notebook:
    cells = [{"cell_type": "markdown", "metadata": {}, "source": ["# Title\n", "text"]}]
    cells += [
        {"cell_type": "code", "metadata": {"tags": [*tags]}, "source": textwrap.dedent(source)}
        for source in sources
    ]
    return Notebook(Path("03_x.ipynb"), {"cells": cells, "metadata": {}})


def test_definitions_count_lines_of_code_of_functions_at_the_top_level():
    found = definitions(notebook("%matplotlib inline", FUNCTIONS))
    assert [(d.name, d.lines, d.cell.number) for d in found] == [("long", 5, 2), ("short", 1, 2)]


def test_cells_have_numbers_and_names():
    text, first, second = notebook("1", "!ls").cells
    assert (text.name, text.number, text.source) == ("text in cell 1", None, "# Title\ntext")
    assert (second.name, second.number, second.tree.body) == ("code cell 2 (cell 3)", 2, [])
    assert first.tree.body and notebook("1").number == "03"


def test_the_settings_cell_is_the_tagged_one():
    assert notebook("N = 1", tags=("parameters",)).settings_cell().source == "N = 1"
    with pytest.raises(Failure, match="no cell is tagged parameters"):
        notebook("N = 1").settings_cell()


def test_a_failure_shows_the_cell_and_no_colours():
    cell = code_cell("\n".join("abcdefgh"), 4)
    said = str(cell.failure("It \x1b[31mbroke\x1b[0m.", "detail"))
    shown = [*(f"    {letter}" for letter in "abcdef"), "    … (2 more lines)"]
    assert said == "\n".join(["code cell 4", *shown, "It broke.", "detail"])


def test_texts_of_outputs_are_found_wherever_they_are():
    outputs = [
        {"output_type": "stream", "name": "stdout", "text": ["a\n", "b"]},
        {"output_type": "error", "traceback": ["c"]},
        {"output_type": "display_data", "data": {"text/plain": "d", "image/png": "no"}},
    ]
    assert Cell({"source": "", "outputs": outputs}, "x").printed == "a\nb\nc\nd"
