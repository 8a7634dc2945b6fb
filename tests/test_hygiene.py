"""What every notebook keeps to, whether or not it runs; each rule is tried on a bad notebook.

A rule is a function that takes a notebook and yields what is wrong, in words that name the cell.
Lessons are ``notebooks/NN_*.ipynb`` and the template, solutions ``solutions/*_solutions.ipynb``.
"""

import ast
import copy
import io
import json
import re
import statistics
import tokenize
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from urllib.parse import unquote

import pytest

ROOT = Path(__file__).parent.parent
NOTEBOOKS = ROOT / "notebooks"
SETUP = (ROOT / "tests" / "setup_cell.py").read_text(encoding="utf-8").strip()

TAGS = {
    "setup",  # the first code cell
    "parameters",  # the settings
    "nbval-check-output",  # compared with the stored output
    "raises-exception",  # must raise
    "stderr-expected",  # may write to stderr
    "volatile",  # prints seconds: not compared when it runs twice
}
HEADINGS = ("Exercises", "Summary", "What we did not find", "Where next", "References")
MOST_BYTES = 1_500_000
MOST_LINES, MOST_LINES_OF_NINE_IN_TEN, MOST_MEDIAN_LINES = 20, 16, 8

SHELL = (
    (r"^\s*(?:[\w, ]+=\s*)?!(?!=)", "a shell line (!)"),
    (r"^\s*%%(?:bash|sh|cmd|script|system|sx|perl|ruby)\b", "a shell cell"),
    (r"(?<!%)%(?:system|sx|sc)\b", "a shell magic"),
    (r"\bos\.(?:system|popen)\b|\bsubprocess\b", "a call of another program"),
)
PRIVATE = (
    (r"(?<![\w.)/])/(?:home|root|Users|tmp|work|private|mnt)\b(?!\s*/\s*\d)", "an absolute path"),
    (r"(?<!\w)[A-Za-z]:\\{1,2}\w", "an absolute path"),
    (
        r"pypi\.org|pythonhosted\.org|anaconda\.org|registry\.npmjs|index-url|://\S+/simple\b",
        "the address of a package index",
    ),
)
ADMONITIONS = (
    (r":::", "`:::`"),
    (r"<div\b", "`<div`"),
    (r"^>\s*\[!", "`> [!…]`"),
    (r"^!!!\s", "`!!!`"),
    (r"^```\{", "a directive in braces"),
    (r"^>\s*\*\*[\w ]+(?::\*\*|\*\*:)", "`> **Word:**` (write `> **Word.**`)"),
)


def joined(text: str | list[str]) -> str:
    """Return text that a notebook may hold as a list of lines."""
    return text if isinstance(text, str) else "".join(text)


@dataclass(frozen=True)
class Cell:
    """A cell; ``name`` is how reports call it."""

    name: str
    raw: dict

    @cached_property
    def source(self) -> str:
        return joined(self.raw["source"])

    @cached_property
    def tags(self) -> list[str]:
        return self.raw["metadata"].get("tags", [])

    @cached_property
    def outputs(self) -> list[dict]:
        return self.raw.get("outputs", [])

    @cached_property
    def printed(self) -> str:
        """The text of all outputs."""
        return "\n".join(text for output in self.outputs for text in output_texts(output))

    @cached_property
    def lines(self) -> int:
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


def output_texts(output: dict) -> Iterator[str]:
    """Yield the texts of an output; images that are not text are left out."""
    if "text" in output:
        yield joined(output["text"])
    yield from output.get("traceback", [])
    for kind, data in output.get("data", {}).items():
        if kind.startswith("text/") or kind == "image/svg+xml":
            yield joined(data)


@dataclass(frozen=True)
class Notebook:
    """A notebook as it is stored, and, of a lesson, the one with its solutions."""

    path: Path
    raw: dict
    size: int
    solutions: "Notebook | None" = None

    @property
    def is_template(self) -> bool:
        return self.path.parent.name == "template"

    @property
    def is_lesson(self) -> bool:
        return self.is_template or self.path.parent.name != "solutions"

    @property
    def number(self) -> str:
        """The two digits of the file's name; of the template, nothing."""
        found = re.match(r"(\d\d)_", self.path.name)
        return found[1] if found else ""

    @cached_property
    def cells(self) -> list[Cell]:
        cells, count = [], 0
        for index, raw in enumerate(self.raw["cells"], start=1):
            is_code = raw["cell_type"] == "code"
            count += is_code
            name = f"code cell {count} (cell {index})" if is_code else f"text in cell {index}"
            cells.append(Cell(name, raw))
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


def load(path: Path) -> Notebook:
    """Read a notebook, and the solutions where it is a lesson."""
    text = path.read_text(encoding="utf-8")
    notebook = Notebook(path, json.loads(text), len(text.encode()))
    partner = NOTEBOOKS / "solutions" / f"{path.stem}_solutions.ipynb"
    if notebook.is_lesson and partner.exists():
        return Notebook(path, notebook.raw, notebook.size, load(partner))
    return notebook


# ---------------------------------------------------------------------------------------------
# Rules

Rule = Callable[[Notebook], Iterator[str]]
RULES: list[Rule] = []


def rule(function: Rule) -> Rule:
    """Register a rule for all notebooks."""
    RULES.append(function)
    return function


def lesson_rule(function: Rule) -> Rule:
    """Register a rule for lessons."""

    def for_lessons(notebook: Notebook) -> Iterator[str]:
        if notebook.is_lesson:
            yield from function(notebook)

    for_lessons.__name__ = function.__name__
    RULES.append(for_lessons)
    return function


def prose(cell: Cell) -> str:
    """Return Markdown without code and mathematics, whose signs mean other things."""
    text = re.sub(r"^(```|~~~).*?^\1", "", cell.source, flags=re.MULTILINE | re.DOTALL)
    text = re.sub(r"`[^`\n]*`", "", text)
    text = re.sub(r"\$\$.*?\$\$", "", text, flags=re.DOTALL)
    return re.sub(r"(?<!\\)\$[^$\n]*\$", "", text)


@rule
def title(notebook: Notebook) -> Iterator[str]:
    titles = [
        (cell, line)
        for cell in notebook.texts
        for line in prose(cell).splitlines()
        if line.startswith("# ")
    ]
    if len(titles) != 1:
        yield f"there are {len(titles)} headings of level 1, not one"
    elif titles[0][0] is not notebook.cells[0]:
        yield f"{titles[0][0].name}: the title is not in the first cell"
    elif notebook.is_lesson and notebook.number:
        if not titles[0][1].startswith(f"# {notebook.number} · "):
            yield f"the title is not `# {notebook.number} · …`"


@lesson_rule
def opening(notebook: Notebook) -> Iterator[str]:
    first, second = notebook.cells[:2]
    if "**The question.**" not in first.source:
        yield f"{first.name}: it lacks **The question.**"
    for phrase in ("**You will be able to**", "**You need**", "**Time**"):
        if second.raw["cell_type"] != "markdown" or phrase not in second.source:
            yield f"{second.name}: it lacks {phrase}"


@rule
def setup(notebook: Notebook) -> Iterator[str]:
    first = notebook.code[0]
    if "setup" not in first.tags:
        yield f"{first.name}: the first code cell is not tagged setup"
    if first.source.strip() != SETUP:
        yield f"{first.name}: the set-up cell is not the text of tests/setup_cell.py"


@lesson_rule
def settings(notebook: Notebook) -> Iterator[str]:
    tagged = [cell for cell in notebook.code if "parameters" in cell.tags]
    if len(tagged) != 1 or notebook.code[1] is not tagged[0]:
        yield "the second code cell, and only that, has to be tagged parameters"
        return
    cell = tagged[0]
    problems, assigned = read_settings(cell)
    yield from (f"{cell.name}: {problem}" for problem in problems)
    course = notebook.raw["metadata"].get("course", {})
    variants, nonsense = course.get("variants", []), course.get("nonsense", [])
    if len(variants) < 3:
        yield f"metadata.course has {len(variants)} variants, fewer than 3"
    for variant in variants:
        if not any(assigned.get(name) != value for name, value in variant.items()):
            yield f"metadata.course: the variant {variant} changes nothing"
    for name in sorted({name for entry in variants + nonsense for name in entry} - set(assigned)):
        yield f"metadata.course: {name} is no setting"
    for name in assigned:
        if not any(name in entry for entry in nonsense):
            yield f"metadata.course: there is no nonsense for {name}"


def read_settings(cell: Cell) -> tuple[list[str], dict[str, object]]:
    """Return what is wrong with a settings cell, and the settings with their values."""
    problems, assigned = [], {}
    *assignments, call = cell.tree.body or [ast.Pass()]
    commented = {
        token.start[0]
        for token in tokenize.generate_tokens(io.StringIO(cell.source).readline)
        if token.type == tokenize.COMMENT
    }
    for line in assignments:
        target = line.targets[0] if isinstance(line, ast.Assign) else None
        if not (isinstance(target, ast.Name) and re.fullmatch("[A-Z][A-Z0-9_]*", target.id)):
            problems.append(f"`{ast.unparse(line)}` does not assign to an upper-case name")
            continue
        try:
            assigned[target.id] = ast.literal_eval(line.value)
        except ValueError:
            problems.append(f"{target.id} is not set to a literal")
        if not commented & {line.lineno - 1, *range(line.lineno, line.end_lineno + 1)}:
            problems.append(f"{target.id} has no comment")
    if not (isinstance(call, ast.Expr) and ast.unparse(call).startswith("check.settings(")):
        return [*problems, "it does not end with check.settings(...)"], assigned
    checked = {keyword.arg: keyword.value for keyword in call.value.keywords}
    if call.value.args or set(checked) != set(assigned):
        problems.append("check.settings does not name exactly the settings")
    for name in checked.keys() & assigned.keys():
        try:
            spec = ast.literal_eval(checked[name])
        except ValueError:
            problems.append(f"{name}: what check.settings allows is not a literal")
            continue
        if not ((isinstance(spec, list) and spec) or (isinstance(spec, tuple) and len(spec) == 3)):
            problems.append(f"{name}: give check.settings [choices] or (default, low, high)")
        elif spec[0] != assigned[name] or type(spec[0]) is not type(assigned[name]):
            problems.append(f"{name} is {assigned[name]!r}, but the default is {spec[0]!r}")
    return problems, assigned


@lesson_rule
def headings(notebook: Notebook) -> Iterator[str]:
    found = [
        line
        for cell in notebook.texts
        for line in prose(cell).splitlines()
        if line.startswith("## ")
    ]
    places = []
    for heading in HEADINGS:
        place = next((k for k, line in enumerate(found) if heading in line), None)
        if place is None:
            yield f"there is no heading `## {heading}`"
        else:
            places.append(place)
    if places != sorted(places):
        yield f"the headings are not in the order {', '.join(HEADINGS)}"


@lesson_rule
def exercises(notebook: Notebook) -> Iterator[str]:
    found = notebook.exercises()
    ids = [answer for answer, _ in found]
    number = notebook.number or str(ids[0] if ids else "").split(".")[0]
    expected = [f"{number}.{k}" for k in range(1, len(ids) + 1)]
    if ids != expected:
        yield f"the exercises are numbered {ids}, not {expected}"
    least = 1 if notebook.is_template or number == "00" else 4
    if len(ids) < least:
        yield f"there are {len(ids)} exercises, fewer than {least}"
    for answer, cell in found:
        if "not attempted yet" not in cell.printed:
            yield f"{cell.name}: exercise {answer} does not print `not attempted yet`"
    if notebook.solutions is None:
        yield f"solutions/{notebook.path.stem}_solutions.ipynb does not exist"
        return
    solved = notebook.solutions.exercises()
    if [answer for answer, _ in solved] != ids:
        yield f"the solutions answer {[answer for answer, _ in solved]}, not {ids}"
    for answer, cell in solved:
        if "nbval-check-output" not in cell.tags:
            yield f"solutions, {cell.name}: exercise {answer} is not tagged nbval-check-output"
        if not cell.printed.startswith("✓"):
            yield f"solutions, {cell.name}: the stored output of {answer} does not start with ✓"


@rule
def one_exercise_a_cell(notebook: Notebook) -> Iterator[str]:
    for cell in notebook.code:
        if len(cell.answers()) > 1:
            yield f"{cell.name}: it answers more than one exercise"


@lesson_rule
def compared(notebook: Notebook) -> Iterator[str]:
    count = sum("nbval-check-output" in cell.tags and bool(cell.printed) for cell in notebook.code)
    if count < 3:
        yield f"{count} cells are tagged nbval-check-output and have an output, fewer than 3"


@rule
def tags(notebook: Notebook) -> Iterator[str]:
    for cell in notebook.cells:
        for tag in sorted(set(cell.tags) - TAGS):
            yield f"{cell.name}: there is no tag {tag!r}"
        if {"volatile", "nbval-check-output"} <= set(cell.tags):
            yield f"{cell.name}: a volatile output cannot be compared"
        if re.search(r"^\s*#\s*(NBVAL|PYTEST_VALIDATE)_", cell.source, re.MULTILINE):
            yield f"{cell.name}: use a tag, not an nbval comment"


@rule
def executed(notebook: Notebook) -> Iterator[str]:
    for count, cell in enumerate(notebook.code, start=1):
        if not cell.source.strip():
            yield f"{cell.name}: it is empty"
        if cell.raw.get("execution_count") != count:
            yield f"{cell.name}: its execution count is {cell.raw.get('execution_count')}"
        if "outputs" not in cell.raw:
            yield f"{cell.name}: it has no key `outputs`"
        kinds = {output["output_type"] for output in cell.outputs}
        if "error" in kinds and "raises-exception" not in cell.tags:
            yield f"{cell.name}: an error is stored"
        streams = {output.get("name") for output in cell.outputs}
        if "stderr" in streams and "stderr-expected" not in cell.tags:
            yield f"{cell.name}: text on stderr is stored"


@rule
def shell(notebook: Notebook) -> Iterator[str]:
    for cell in notebook.code:
        for pattern, what in SHELL:
            if re.search(pattern, cell.source, re.MULTILINE):
                yield f"{cell.name}: {what}"


@rule
def length(notebook: Notebook) -> Iterator[str]:
    lines = [cell.lines for cell in notebook.code]
    for cell in notebook.code:
        if cell.lines > MOST_LINES:
            yield f"{cell.name}: {cell.lines} lines, more than {MOST_LINES}"
    if statistics.median(lines) > MOST_MEDIAN_LINES:
        yield f"half of the code cells have more than {MOST_MEDIAN_LINES} lines"
    if sum(n <= MOST_LINES_OF_NINE_IN_TEN for n in lines) < 0.9 * len(lines):
        yield f"more than one code cell in ten has over {MOST_LINES_OF_NINE_IN_TEN} lines"


@rule
def size(notebook: Notebook) -> Iterator[str]:
    if notebook.size > MOST_BYTES:
        yield f"the file has {notebook.size / 1e6:.1f} MB, more than {MOST_BYTES / 1e6} MB"


@rule
def private(notebook: Notebook) -> Iterator[str]:
    for cell in notebook.cells:
        is_code = cell.raw["cell_type"] == "code"
        source = cell.source if is_code else re.sub(r"\$[^$]*\$", "", cell.source)
        for where, text in (("", source), ("the output shows ", cell.printed)):
            for pattern, what in PRIVATE:
                if found := re.search(pattern, text):
                    yield f"{cell.name}: {where}{what}: {found[0]}"


@rule
def described(notebook: Notebook) -> Iterator[str]:
    for cell in notebook.code:
        for output in cell.outputs:
            data = output.get("data", {})
            text = joined(data.get("text/plain", "")).strip()
            if any(kind.startswith("image/") for kind in data):
                if len(text) < 40 or text.startswith(("<Figure", "Figure(")):
                    yield f"{cell.name}: an image has no description of 40 characters: {text!r}"


@rule
def metadata(notebook: Notebook) -> Iterator[str]:
    kernel = notebook.raw["metadata"].get("kernelspec", {})
    if (kernel.get("name"), kernel.get("display_name")) != ("python3", "Python 3"):
        yield f"the kernelspec is {kernel}, not python3, `Python 3`"
    widgets = notebook.raw["metadata"].get("widgets", {})
    if any("state" not in widget for widget in widgets.values()):
        yield "the widgets have no state: GitHub will not show the notebook"
    for cell in notebook.cells:
        if timing := {"execution", "ExecuteTime"} & cell.raw["metadata"].keys():
            yield f"{cell.name}: its metadata holds times ({', '.join(timing)})"


@rule
def links(notebook: Notebook) -> Iterator[str]:
    for cell in notebook.texts:
        text = prose(cell)
        targets = re.findall(r"\]\(\s*<?([^)\s>]+)", text)
        targets += re.findall(r"""(?:src|href)=["']([^"']+)""", text)
        targets += re.findall(r"^\[[^\]]+\]:\s*(\S+)", text, re.MULTILINE)
        for target in targets:
            if re.match(r"[a-z][a-z0-9+.-]*:|#", target, re.IGNORECASE):
                continue
            file = notebook.path.parent / unquote(target.split("#")[0].split("?")[0])
            if target.startswith("/") or not file.exists():
                yield f"{cell.name}: the link to {target} leads nowhere"


@rule
def admonitions(notebook: Notebook) -> Iterator[str]:
    for cell in notebook.texts:
        for pattern, what in ADMONITIONS:
            if re.search(pattern, cell.source, re.MULTILINE):
                yield f"{cell.name}: {what} is not shown everywhere; write `> **Note.** …`"


def problems(notebook: Notebook) -> list[str]:
    """Return everything that is wrong with a notebook."""
    return [f"[{check.__name__}] {what}" for check in RULES for what in check(notebook)]


# ---------------------------------------------------------------------------------------------
# The course's notebooks

PATHS = sorted(
    path for path in NOTEBOOKS.rglob("*.ipynb") if ".ipynb_checkpoints" not in path.parts
)


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
            r"\d\d_\w+\.ipynb|template/new_lesson\.ipynb|solutions/\w+_solutions\.ipynb", name
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
        code_cell(SETUP, "setup"),
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
    cells = [text_cell("# Solutions"), code_cell(SETUP, "setup")]
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
