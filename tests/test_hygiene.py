"""The rules of tests/rules.py: every notebook keeps to them, and each one finds what it forbids."""

import copy
import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.rules import RULES, SETUP_TEXT, problems
from tools.notebook import NOTEBOOKS, ROOT, Notebook, load, paths

# ---------------------------------------------------------------------------------------------
# The course's notebooks

PATHS = paths()


@pytest.mark.parametrize("path", PATHS, ids=[path.name for path in PATHS])
def test_hygiene(path: Path) -> None:
    found = problems(load(path))
    assert not found, "\n".join([f"{path.relative_to(ROOT)}:", *found])


def test_the_notebooks_are_there() -> None:
    names = [path.relative_to(NOTEBOOKS).as_posix() for path in PATHS]
    assert "template/new_lesson.ipynb" in names
    assert any(re.match(r"\d\d_.*\.ipynb", name) for name in names)
    for name in names:
        assert re.fullmatch(
            r"(\d\d_|extras/)\w+\.ipynb|template/new_lesson\.ipynb|solutions/\w+_solutions\.ipynb",
            name,
        ), f"{name} is neither a lesson nor a solution"
    stems = {path.stem for path in PATHS}
    for path in PATHS:
        if path.parent.name == "solutions":
            assert path.stem.removesuffix("_solutions") in stems, f"{path.name} has no lesson"


# ---------------------------------------------------------------------------------------------
# The rules on trial: a good lesson, spoilt in one way at a time

SETTINGS = """\
CODE = 32  # numbers in the code: 1 to 256
DATASET = "mnist"  # or "fashion-mnist"

check.settings(CODE=(32, 1, 256), DATASET=["mnist", "fashion-mnist"])
"""
PICTURE = {
    "output_type": "display_data",
    "metadata": {},
    "data": {
        "image/png": "iVBORw0KGgo=",
        "text/plain": "A figure of the error against the code size.",
    },
}


def text_cell(source: str) -> dict:
    return {"cell_type": "markdown", "metadata": {}, "source": source}


def code_cell(source: str, *tags: str, printed: str = "") -> dict:
    stream = {"output_type": "stream", "name": "stdout", "text": printed}
    return {
        "cell_type": "code",
        "metadata": {"tags": [*tags]},
        "source": source,
        "outputs": [stream] if printed else [],
        "execution_count": None,
    }


def raw_notebook(cells: list[dict], course: dict) -> dict:
    """Return a notebook whose cells were run in order."""
    code = [cell for cell in cells if cell["cell_type"] == "code"]
    for count, cell in enumerate(code, start=1):
        cell["execution_count"] = count
    kernelspec = {"name": "python3", "display_name": "Python 3", "language": "python"}
    return {"cells": cells, "metadata": {"course": course, "kernelspec": kernelspec}}


def good_lesson() -> dict:
    """Return a lesson that keeps to every rule."""
    course = {
        "variants": [{"CODE": 2}, {"CODE": 8, "DATASET": "mnist"}, {"DATASET": "fashion-mnist"}],
        "nonsense": [{"CODE": 0}, {"DATASET": "cifar"}],
    }
    cells = [
        text_cell("# 03 · Title\n\n**The question.** *Why $C:\\mathcal{X}$?*"),
        text_cell("**You will be able to** see.\n\n**You need** eyes.\n\n**Time** 1 minute."),
        code_cell(SETUP_TEXT, "setup"),
        code_cell(SETTINGS, "parameters", "nbval-check-output", printed="Settings: the defaults."),
        code_cell("print(784 / CODE)", "nbval-check-output", printed="24.5"),
        code_cell(
            "check.claim('It is so.', CODE != 3)", "nbval-check-output", printed="✓ It is so."
        ),
        code_cell("1 / 1"),
        text_cell("> **Note.** See [solutions](solutions/03_x_solutions.ipynb#a) and [top](#top)."),
        text_cell("## Exercises"),
        *(
            code_cell(f"check.answer('03.{k}', ...)", printed="Exercise: not attempted yet.")
            for k in range(1, 5)
        ),
        text_cell("## Summary\n\n## What we did not find\n\n## Where next\n\n## References"),
    ]
    cells[6]["outputs"].append(copy.deepcopy(PICTURE))
    return raw_notebook(cells, course)


def good_solutions() -> dict:
    """Return the solutions of that lesson."""
    cells = [text_cell("# Solutions"), code_cell(SETUP_TEXT, "setup")]
    for k in range(1, 5):
        source = f"check.answer('03.{k}', 1)"
        cells.append(code_cell(source, "nbval-check-output", printed=f"✓ Exercise 03.{k}: right."))
    return raw_notebook(cells, {})


def replaced(cell: int, old: str, new: str) -> Callable[[dict, dict], None]:
    """Return a way to spoil a lesson: another text in one of its cells."""

    def spoil(lesson: dict, solutions: dict) -> None:
        assert old in lesson["cells"][cell]["source"]
        lesson["cells"][cell]["source"] = lesson["cells"][cell]["source"].replace(old, new)

    return spoil


def edited(what: str) -> Callable[[dict, dict], None]:
    """Return a way to spoil a lesson: a statement about ``cells``, ``meta`` and ``solutions``."""

    def spoil(lesson: dict, solutions: dict) -> None:
        names = {"cells": lesson["cells"], "meta": lesson["metadata"]}
        exec(what, {**names, "solutions": solutions["cells"], "text_cell": text_cell})

    return spoil


TAGS_OF = "cells[{}]['metadata']['tags']"
PRINTED = "cells[{}]['outputs'][0]['text']"
SPOILT: list[tuple[str, Callable[[dict, dict], None], str]] = [
    ("title", edited("cells.append(text_cell('# Another'))"), "2 headings of level 1"),
    ("title", edited("cells.insert(0, text_cell('Hello'))"), "not in the first cell"),
    ("title", replaced(0, "03 ·", "3."), "the title is not `# 03 · …`"),
    ("opening", replaced(0, "**The question.**", "Why?"), "it lacks **The question.**"),
    ("opening", replaced(1, "**You need**", "Bring"), "it lacks **You need**"),
    ("setup", edited(f"{TAGS_OF.format(2)}.clear()"), "is not tagged setup"),
    ("setup", replaced(2, "import numpy as np", "import numpy"), "is not the text of"),
    ("settings", edited(f"{TAGS_OF.format(3)}.remove('parameters')"), "tagged parameters"),
    ("settings", edited(f"{TAGS_OF.format(4)}.append('parameters')"), "tagged parameters"),
    ("settings", replaced(3, "CODE = 32  #", "code = 2  #\nCODE = 32  #"), "upper-case name"),
    ("settings", replaced(3, "CODE = 32", "CODE = 30 + 2"), "CODE is not set to a literal"),
    ("settings", replaced(3, "  # numbers in the code: 1 to 256", ""), "CODE has no comment"),
    ("settings", replaced(3, "check.settings(", "print("), "does not end with check.settings"),
    ("settings", replaced(3, "CODE=(32, 1, 256), ", ""), "does not name exactly the settings"),
    ("settings", replaced(3, "(32, 1, 256)", "(32, 1, TOP)"), "allows is not a literal"),
    ("settings", replaced(3, "(32, 1, 256)", "(32, 1)"), "[choices] or (default, low, high)"),
    ("settings", replaced(3, "(32, 1, 256)", "(32.0, 1, 256)"), "but the default is 32.0"),
    ("settings", replaced(3, "CODE = 32", "CODE = 16"), "CODE is 16, but the default is 32"),
    ("settings", edited("meta['course']['variants'].pop()"), "2 variants, fewer than 3"),
    ("settings", edited("meta['course']['variants'][0]['CODE'] = 32"), "changes nothing"),
    ("settings", edited("meta['course']['nonsense'].pop()"), "no nonsense for DATASET"),
    ("settings", edited("meta['course']['variants'].append({'COED': 1})"), "COED is no setting"),
    ("headings", replaced(-1, "## Summary", "### Summary"), "no heading `## Summary`"),
    ("headings", edited("cells.insert(4, cells.pop())"), "the headings are not in the order"),
    ("exercises", replaced(10, "03.2", "03.3"), "the exercises are numbered"),
    ("exercises", replaced(10, "'03.2'", "name"), "the exercises are numbered"),
    ("exercises", edited("del cells[12], solutions[5]"), "3 exercises, fewer than 4"),
    ("exercises", edited(f"{PRINTED.format(9)} = '✓'"), "does not print `not attempted yet`"),
    ("exercises", edited("solutions[2]['source'] = ''"), "the solutions answer"),
    ("exercises", edited(f"solutions[3]{TAGS_OF.format(3)[8:]}.clear()"), "is not tagged nbval"),
    ("exercises", edited("solutions[3]['outputs'].clear()"), "does not start with ✓"),
    ("one_exercise_a_cell", replaced(9, "..)", "..); check.answer('03.9', 1)"), "more than one"),
    ("compared", edited(f"{TAGS_OF.format(4)}.clear()"), "2 cells are tagged"),
    ("compared", edited("cells[4]['outputs'].clear()"), "2 cells are tagged"),
    ("tags", edited(f"{TAGS_OF.format(4)}.append('nbval-skip')"), "there is no tag 'nbval-skip'"),
    ("tags", edited(f"{TAGS_OF.format(4)}.append('volatile')"), "cannot be compared"),
    ("tags", replaced(4, "print", "# NBVAL_SKIP\nprint"), "not an nbval comment"),
    ("collapsed", edited(f"{TAGS_OF.format(4)}.append('hide-input')"), "jupyter.source_hidden go"),
    (
        "collapsed",
        edited("cells[4]['metadata']['jupyter'] = {'outputs_hidden': True}"),
        "the tag hide-output and",
    ),
    ("executed", edited("cells[4]['execution_count'] = None"), "its execution count is None"),
    ("executed", edited("cells[4]['execution_count'] = 7"), "its execution count is 7"),
    ("executed", edited("cells[6]['source'] = ' '"), "it is empty"),
    ("executed", edited("del cells[6]['outputs']"), "it has no key `outputs`"),
    ("executed", edited("cells[4]['outputs'][0]['name'] = 'stderr'"), "text on stderr"),
    ("executed", edited("cells[6]['outputs'][0]['output_type'] = 'error'"), "an error is stored"),
    ("shell", replaced(4, "print", "!ls\nprint"), "a shell line (!)"),
    ("shell", replaced(4, "print", "files = !ls\nprint"), "a shell line (!)"),
    ("shell", replaced(4, "print", "%%bash\nprint"), "a shell cell"),
    ("shell", replaced(4, "print", "%sx ls\nprint"), "a shell magic"),
    ("shell", replaced(4, "print", "import subprocess\nprint"), "a call of another program"),
    ("length", replaced(6, "1 / 1", "1 / 1\n" * 21), "21 lines, more than 20"),
    ("length", replaced(6, "1 / 1", "1 / 1\n" * 17), "one code cell in ten has over 16 lines"),
    ("length", edited("for c in cells[4:]: c['source'] += '\\n0' * 9"), "half of the code cells"),
    ("size", edited("cells[7]['source'] += ' ' * 1_500_000"), "the file has 1.5 MB"),
    ("private", replaced(6, "1 / 1", "open('/home/me/x')"), "an absolute path: /home"),
    ("private", replaced(6, "1 / 1", "open('C:\\\\x')"), "an absolute path: C:"),
    ("private", edited(f"{PRINTED.format(4)} = 'in /tmp/x'"), "the output shows an absolute path"),
    ("private", replaced(7, "See", "See https://pypi.org/simple"), "of a package index"),
    ("described", edited("cells[6]['outputs'][0]['data'].pop('text/plain')"), "no description"),
    (
        "described",
        edited("cells[6]['outputs'][0]['data']['text/plain'] = f'<Figure size{9:50}>'"),
        "no description",
    ),
    ("metadata", edited("meta['kernelspec']['display_name'] = 'venv'"), "the kernelspec is"),
    ("metadata", edited("meta['widgets'] = {'application/x': {}}"), "the widgets have no state"),
    ("metadata", edited("cells[4]['metadata']['execution'] = {}"), "its metadata holds times"),
    ("links", replaced(7, "03_x_solutions", "03_y_solutions"), "leads nowhere"),
    ("links", replaced(7, "See", "See ![it](figure.png)"), "the link to figure.png leads nowhere"),
    ("admonitions", replaced(7, "> **Note.**", "::: note"), "`:::` is not shown everywhere"),
    ("admonitions", replaced(7, "> **Note.**", '<div class="x">'), "`<div` is not shown"),
    ("admonitions", replaced(7, "**Note.**", "**Note:**"), "(write `> **Word.**`)"),
]


def in_memory(folder: Path, lesson: dict, solutions: dict | None) -> Notebook:
    """Return the lesson as if it were stored in a folder, where only the solutions' file is."""
    partner = folder / "solutions" / "03_x_solutions.ipynb"
    partner.parent.mkdir()
    partner.touch()
    other = Notebook(partner, solutions, 1) if solutions else None
    return Notebook(folder / "03_x.ipynb", lesson, len(json.dumps(lesson)), other)


def test_good_notebooks_have_no_problems(tmp_path: Path) -> None:
    lesson = in_memory(tmp_path, good_lesson(), good_solutions())
    assert problems(lesson) == []
    assert problems(lesson.solutions) == []


@pytest.mark.parametrize(("name", "spoil", "said"), SPOILT, ids=[said for _, _, said in SPOILT])
def test_a_spoilt_notebook_is_found_out(
    name: str, spoil: Callable[[dict, dict], None], said: str, tmp_path: Path
) -> None:
    lesson, solutions = good_lesson(), good_solutions()
    spoil(lesson, solutions)
    found = problems(in_memory(tmp_path, lesson, solutions))
    assert any(problem.startswith(f"[{name}]") and said in problem for problem in found), found


def test_missing_solutions_are_found_out(tmp_path: Path) -> None:
    found = problems(in_memory(tmp_path, good_lesson(), None))
    assert found == ["[exercises] solutions/03_x_solutions.ipynb does not exist"]


def test_every_rule_is_on_trial() -> None:
    assert {check.__name__ for check in RULES} == {name for name, _, _ in SPOILT}
