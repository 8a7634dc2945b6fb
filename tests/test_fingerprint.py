"""Fingerprints: what makes a stored table stale, what does not, and what is run to make it."""

import ast
import builtins
from pathlib import Path

import pytest

from tools.fingerprint import Lesson, Table, all_tables
from tools.names import binds, reads
from tools.notebook import Failure, Notebook, load, paths
from tools.package import Package

SETUP = "import sys\nfrom helpers import data, evidence, measure, show\nimport numpy as np"
SETTINGS = "N = 10  # images\nCOLOUR = 'red'  # of the curve\nRECOMPUTE = False  # anew?"
LESSON = [
    SETUP,
    SETTINGS,
    "images = data.load(N)\nSIZES = {'small': 1}",
    "SIZES['large'] = 2",
    "def fill(target):\n    target['huge'] = 3\n\n\nfill(SIZES)",
    "def error(x):\n    return measure.sq_err(x, x)",
    "def rows():\n    return [error(images) for size in SIZES]",
    "first = evidence.stored('01_first', rows, {'N': N}, recompute=RECOMPUTE)",
    "def draw(table):\n    show.figure(table, COLOUR)\n\n\ndraw(first)",
    "best = first['rate'].min()",
    "second = evidence.stored('01_second', lambda: measure.half(best), {'N': N})",
    "best = 0\nimages = None",
]
HELPERS = {
    "__init__.py": "from helpers import data, evidence, measure, show",
    "data.py": "from .files import read as take\n\ndef load(n):\n    return take(n)[:n]",
    "files.py": "LIMIT = 5\n\ndef read(n):\n    return range(LIMIT + n)\n\ndef f():\n    return 1",
    "measure/__init__.py": "from .errors import sq_err\nfrom helpers.measure.half import half",
    "measure/errors.py": '''
def sq_err(x, y):
    """The error."""
    from helpers import scale
    if x is None:
        raise ValueError("no images")
    return scale.FACTOR * (x - y) ** 2
''',
    "measure/half.py": "class Half:\n    by = 2\n\ndef half(x):\n    return x / Half.by",
    "scale.py": "FACTOR = 784",
    "show.py": "def figure(table, colour):\n    return table",
    "evidence.py": "def stored(*_, **__):\n    pass",
}


def notebook(cells: list[str]) -> Notebook:
    raw = [
        {"cell_type": "code", "metadata": {"tags": ["setup"] if k == 0 else []}, "source": source}
        for k, source in enumerate(cells)
    ]
    return Notebook(Path("01_toy.ipynb"), {"cells": raw, "metadata": {}})


def package(folder: Path, **changed: str) -> Package:
    """Write helpers and parse them; ``changed`` names files with ``__`` for ``/``."""
    for name, text in HELPERS.items():
        path = folder / "helpers" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(changed.get(name.removesuffix(".py").replace("/", "__"), text))
    return Package(folder / "helpers")


def tables(tmp_path: Path, cells: list[str] = LESSON, **changed: str) -> dict[str, Table]:
    found = all_tables([notebook(cells)], package(tmp_path, **changed))
    return {table.name: table for table in found}


def edited(old: str, new: str) -> list[str]:
    cells = [cell.replace(old, new) for cell in LESSON]
    assert cells != LESSON
    return cells


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("    return measure", "    # squared\n    return measure"),
        ("    return measure", '    """The error."""\n    return measure'),
        ("[error(images) for", "[\n        error( images )\n        for"),
        ("def error(x):", "def error(x: np.ndarray) -> float:"),
        ("'red'", "'blue'"),
        ("show.figure(table, COLOUR)", "show.figure(table)"),
        ("recompute=RECOMPUTE", "recompute=True"),
        ("{'N': N}", "{'N': N, 'COLOUR': COLOUR}"),
        ("images = None", "images = 7"),
        ("import numpy as np", "import numpy as np\nimport pandas as pd"),
        ("# images", "# how many images"),
    ],
)
def test_what_changes_no_number_makes_nothing_stale(old: str, new: str, tmp_path: Path) -> None:
    assert tables(tmp_path, edited(old, new)) == {
        name: table if "import pandas" not in new else moved(table)
        for name, table in tables(tmp_path).items()
    }


def moved(table: Table) -> Table:
    """The same table one statement further down."""
    return Table(table.name, table.path, table.place + 1, table.code, table.helpers, table.sources)


@pytest.mark.parametrize(
    ("old", "new", "stale"),
    [
        ("N = 10", "N = 11", {"01_first", "01_second"}),
        ("'small': 1", "'small': 0", {"01_first", "01_second"}),
        ("['large'] = 2", "['large'] = 4", {"01_first", "01_second"}),
        ("['huge'] = 3", "['huge'] = 4", {"01_first", "01_second"}),
        ("sq_err(x, x)", "sq_err(x, 0)", {"01_first", "01_second"}),
        ("first['rate'].min()", "first['rate'].max()", {"01_second"}),
        ("measure.half(best)", "measure.half(best + 1)", {"01_second"}),
    ],
)
def test_what_may_change_a_number_makes_its_tables_stale(
    old: str, new: str, stale: set[str], tmp_path: Path
) -> None:
    before, after = tables(tmp_path), tables(tmp_path, edited(old, new))
    assert {name for name in before if before[name].code != after[name].code} == stale


@pytest.mark.parametrize(
    ("changed", "modules"),
    [
        ({"files": HELPERS["files.py"].replace("LIMIT = 5", "LIMIT = 6")}, {"helpers.files"}),
        ({"files": HELPERS["files.py"].replace("return 1", "return 2")}, set()),
        ({"data": HELPERS["data.py"].replace("[:n]", "[1:n]")}, {"helpers.data"}),
        ({"scale": "FACTOR = 1"}, {"helpers.scale"}),
        ({"measure__errors": HELPERS["measure/errors.py"].replace("The error", "Error")}, set()),
        ({"measure__errors": HELPERS["measure/errors.py"].replace("no images", "none")}, set()),
        ({"measure__errors": HELPERS["measure/errors.py"].replace("** 2", "** 3")},
         {"helpers.measure.errors"}),
        ({"measure__half": HELPERS["measure/half.py"].replace("by = 2", "by = 3")}, set()),
        ({"show": "def figure(*_):\n    return 1"}, set()),
        ({"evidence": "def stored(*_, **__):\n    return 1"}, set()),
    ],
)  # fmt: skip
def test_helpers_count_as_far_as_they_are_reached(
    changed: dict[str, str], modules: set[str], tmp_path: Path
) -> None:
    before, after = tables(tmp_path / "a"), tables(tmp_path / "b", **changed)
    then, now = before["01_first"], after["01_first"]
    assert then.helpers.keys() == now.helpers.keys()
    assert {name for name in then.helpers if then.helpers[name] != now.helpers[name]} == modules
    assert then.code == now.code


def test_a_table_reaches_the_helpers_of_those_it_is_computed_from(tmp_path: Path) -> None:
    found = tables(tmp_path)
    assert "helpers.measure.half" not in found["01_first"].helpers
    assert {"helpers.measure.half", "helpers.scale"} < found["01_second"].helpers.keys()
    assert (found["01_first"].sources, found["01_second"].sources) == ([], ["01_first"])


def test_the_program_is_what_the_hash_covers(tmp_path: Path) -> None:
    lesson = Lesson(notebook(LESSON))
    first, second = lesson.tables(package(tmp_path))
    setup, made, then = lesson.program([first, second])
    assert setup == (None, SETUP) and (made[0], then[0]) == (first, second)
    assert "fill(SIZES)" in made[1] and "def error(x):" in made[1] and "RECOMPUTE" in made[1]
    assert made[1].endswith("first = " + made[1].split("first = ")[1])
    whole = made[1] + then[1]
    assert "draw" not in whole and "COLOUR" not in whole and "images = None" not in whole
    assert "best = first['rate'].min()" in then[1] and "best = 0" not in whole


@pytest.mark.parametrize(
    ("cells", "said"),
    [
        ([SETUP, "name = 'x'", "evidence.stored(name, rows, {})"], "has to be a literal"),
        ([SETUP, "evidence.stored('a', f, {})", "evidence.stored('a', f, {})"], "named twice"),
    ],
)
def test_names_of_tables_are_literal_and_single(
    cells: list[str], said: str, tmp_path: Path
) -> None:
    with pytest.raises(Failure, match=said):
        tables(tmp_path, cells)


WITH_TABLES = [path for path in paths() if "evidence.stored" in path.read_text(encoding="utf-8")]


@pytest.mark.parametrize("path", WITH_TABLES, ids=[path.stem for path in WITH_TABLES])
def test_programs_of_lessons_lack_no_name(path: Path) -> None:
    """What each table's program reads is bound in it: nothing was missed."""
    lesson, helpers = Lesson(load(path)), Package()
    for table in lesson.tables(helpers):
        pieces = lesson.program([table])
        bound = set(dir(builtins))
        for _, source in pieces:
            for node in ast.parse(source).body:
                bound |= binds([node])
        read = {
            chain[0]
            for _, source in pieces
            for node in ast.parse(source).body
            for chain, _ in reads(node)
        }
        assert read - {""} <= bound, (table.name, read - bound)


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("def f(a, *b, c=d):\n    e = a + g\n    return e", {"d", "g"}),
        ("[x for x in xs if x > low]", {"xs", "low"}),
        ("lambda a: a.b + c.d.e", {"c.d.e"}),
        ("class A(B):\n    def f(self):\n        return C", {"B", "C"}),
        ("def f():\n    from helpers import data\n    return data.load()", {".helpers.data"}),
        ("x[i] += y", {"x", "i", "y"}),
        ("total += 1", {"total"}),
        ("def f():\n    global n\n    n = n + 1", {"n"}),
        ("with open(p) as f:\n    f.read(q)", {"open", "p", "f.read", "q"}),
        ("try:\n    pass\nexcept E as e:\n    raise e", {"E", "e"}),
    ],
)
def test_reads(source: str, found: set[str]) -> None:
    assert {".".join(chain) for chain, _ in reads(ast.parse(source).body[0])} == found
