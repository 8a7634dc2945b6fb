"""Notebooks as they are stored: one reader for the rules, the tests, the refresh and the evidence.

A :class:`Notebook` is a file's JSON with what is asked of it; a :class:`Cell` is one of its cells.
Code cells are numbered from 1, as in Jupyter's ``[1]``.
"""

import ast
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

ROOT = Path(__file__).parent.parent
NOTEBOOKS = ROOT / "notebooks"
SETUP = ROOT / "tests" / "setup_cell.py"  # the text of the first code cell of every notebook
SHOWN = 6  # lines of a failing cell that a report shows


class Failure(Exception):
    """Something that a learner should not meet; the message is the report."""


def joined(text: str | list[str]) -> str:
    """Return text that a notebook may hold as a list of lines."""
    return text if isinstance(text, str) else "".join(text)


def output_texts(output: dict) -> Iterator[str]:
    """Yield the texts of an output; images that are not text are left out."""
    if "text" in output:
        yield joined(output["text"])
    yield from output.get("traceback", [])
    for kind, data in output.get("data", {}).items():
        if kind.startswith("text/") or kind == "image/svg+xml":
            yield joined(data)


@dataclass(frozen=True, eq=False)
class Cell:
    """A cell: its JSON, what reports call it, and of a code cell its number."""

    raw: dict
    name: str
    number: int | None = None

    @cached_property
    def source(self) -> str:
        return joined(self.raw["source"])

    @cached_property
    def tags(self) -> frozenset[str]:
        return frozenset(self.raw.get("metadata", {}).get("tags", []))

    @cached_property
    def outputs(self) -> list[dict]:
        return self.raw.get("outputs", [])

    @cached_property
    def printed(self) -> str:
        """The text of all outputs."""
        return "\n".join(text for output in self.outputs for text in output_texts(output))

    @cached_property
    def lines(self) -> int:
        """Lines that are not blank."""
        return sum(bool(line.strip()) for line in self.source.splitlines())

    @cached_property
    def tree(self) -> ast.Module:
        """The parsed source; nothing where it is no plain Python."""
        try:
            return ast.parse(self.source)
        except SyntaxError:
            return ast.Module([], [])

    def answers(self) -> list[object]:
        """Return the first arguments of the calls of ``check.answer``."""
        return [
            node.args[0].value if node.args and isinstance(node.args[0], ast.Constant) else None
            for node in ast.walk(self.tree)
            if isinstance(node, ast.Call) and ast.unparse(node.func) == "check.answer"
        ]

    def failure(self, what: str, detail: str = "") -> Failure:
        """Return a report: the cell, its first lines, what is wrong and the evidence."""
        lines = self.source.splitlines()
        shown = [f"    {line}" for line in lines[:SHOWN]]
        if len(lines) > SHOWN:
            shown.append(f"    … ({len(lines) - SHOWN} more lines)")
        report = "\n".join([f"code cell {self.number}", *shown, what, detail])
        return Failure(re.sub(r"\x1b\[[0-9;]*m", "", report).rstrip())


def code_cell(source: str, number: int = 1) -> Cell:
    """Return a code cell that stands in no notebook."""
    raw = {"cell_type": "code", "metadata": {}, "source": source}
    return Cell(raw, f"code cell {number}", number)


@dataclass(frozen=True, eq=False)
class Notebook:
    """A notebook as it is stored, and, of a lesson, the one with its solutions."""

    path: Path
    raw: dict
    size: int = 0
    solutions: "Notebook | None" = None

    @property
    def is_template(self) -> bool:
        return self.path.parent.name == "template"

    @property
    def is_extra(self) -> bool:
        return self.path.parent.name == "extras"

    @property
    def is_lesson(self) -> bool:
        return self.path.parent.name != "solutions"

    @property
    def number(self) -> str:
        """The two digits of the file's name; of the template, nothing."""
        found = re.match(r"(\d\d)_", self.path.name)
        return found[1] if found else ""

    @property
    def course(self) -> dict:
        """What the notebook's metadata tell the tests: ``variants``, ``nonsense``, ``seconds``."""
        return self.raw["metadata"].get("course", {})

    @cached_property
    def cells(self) -> list[Cell]:
        cells, count = [], 0
        for index, raw in enumerate(self.raw["cells"], start=1):
            if raw["cell_type"] == "code":
                count += 1
                cells.append(Cell(raw, f"code cell {count} (cell {index})", count))
            else:
                cells.append(Cell(raw, f"text in cell {index}"))
        return cells

    @cached_property
    def code(self) -> list[Cell]:
        return [cell for cell in self.cells if cell.raw["cell_type"] == "code"]

    @cached_property
    def texts(self) -> list[Cell]:
        return [cell for cell in self.cells if cell.raw["cell_type"] == "markdown"]

    def exercises(self) -> list[tuple[object, Cell]]:
        """Return the exercises' numbers with their cells, in order."""
        return [(answer, cell) for cell in self.code for answer in cell.answers()]

    def settings_cell(self) -> Cell:
        """Return the cell that the settings are in."""
        for cell in self.code:
            if "parameters" in cell.tags:
                return cell
        raise Failure("no cell is tagged parameters, yet metadata.course changes settings")


def load(path: Path) -> Notebook:
    """Read a notebook, and the solutions where it is a lesson."""
    text = path.read_text(encoding="utf-8")
    notebook = Notebook(path, json.loads(text), len(text.encode()))
    inner = notebook.is_template or notebook.is_extra
    folder = path.parent.parent if inner else path.parent
    partner = folder / "solutions" / f"{path.stem}_solutions.ipynb"
    if notebook.is_lesson and partner.exists():
        return replace(notebook, solutions=load(partner))
    return notebook


def paths(folder: Path = NOTEBOOKS) -> list[Path]:
    """Return the files of all notebooks in a folder and below, in order."""
    found = folder.rglob("*.ipynb")
    return sorted(path for path in found if ".ipynb_checkpoints" not in path.parts)


def chosen(names: list[str], folder: Path = NOTEBOOKS) -> list[Path]:
    """Return the notebooks that the names mean (``01``, ``template``); all if there are none."""
    found = paths(folder)
    for name in names:
        if not any(matches(path, name) for path in found):
            raise SystemExit(f"There is no notebook for {name!r}.")
    return [path for path in found if not names or any(matches(path, name) for name in names)]


def matches(path: Path, name: str) -> bool:
    """Return whether a name on the command line means this notebook."""
    return path.name.startswith("new_lesson" if name == "template" else name)


def override(cell: Cell, settings: dict[str, object]) -> Cell:
    """Return the settings cell with other literals, as if a learner had edited it.

    Raises
    ------
    Failure: a name is no setting.
    """
    source = cell.source.encode()  # ast counts bytes
    starts = [0]
    for line in source.splitlines(keepends=True):
        starts.append(starts[-1] + len(line))
    literals = {
        target.id: statement.value
        for statement in ast.parse(source).body
        if isinstance(statement, ast.Assign)
        for target in statement.targets
        if isinstance(target, ast.Name)
    }
    if unknown := sorted(settings.keys() - literals.keys()):
        raise cell.failure(f"{', '.join(unknown)} is no setting; there are {', '.join(literals)}.")
    for name in sorted(settings, key=lambda name: literals[name].lineno, reverse=True):
        literal = literals[name]
        start = starts[literal.lineno - 1] + literal.col_offset
        end = starts[literal.end_lineno - 1] + literal.end_col_offset
        source = source[:start] + repr(settings[name]).encode() + source[end:]
    return replace(cell, raw={**cell.raw, "source": source.decode()})


@dataclass(frozen=True)
class Definition:
    """A function that a notebook defines at the top level of a cell."""

    name: str
    lines: int  # without blank lines and without the docstring
    cell: Cell


def definitions(notebook: Notebook) -> list[Definition]:
    """Return the functions that a notebook defines, in order, with their numbers of lines."""
    found = []
    for cell in notebook.code:
        lines = cell.source.splitlines()
        for node in cell.tree.body:
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                taken = set(range(node.lineno, node.end_lineno + 1))
                if ast.get_docstring(node, clean=False) is not None:
                    taken -= set(range(node.body[0].lineno, node.body[0].end_lineno + 1))
                count = sum(bool(lines[number - 1].strip()) for number in taken)
                found.append(Definition(node.name, count, cell))
    return found
