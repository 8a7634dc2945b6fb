"""The form of a lesson, measured: how long it is, when the reader sees something, and how it asks.

One table of limits (``LIMITS``), one measurement of a notebook (``measured``), and the rules that
hold the two together (``faults``), each in words that name the cell. tests/test_form.py applies
them to every lesson and tries each of them on a lesson that breaks it. By hand::

    python -m tests.form          # one line a lesson, and what is wrong
    python -m tests.form 03 06    # only these
"""

import ast
import math
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass, replace

from tests.rules import prose
from tools.notebook import Cell, Notebook, chosen, joined, load

WORDS_A_MINUTE, SECONDS_A_LINE, SECONDS_A_FIGURE, ROUNDED_TO = 180, 6, 20, 5
SLOWER = 2.0  # the stored running time is another machine's: by this factor, either way
MOST_RUNNING = 120  # seconds that count at most: a lesson takes about 60 on two quiet cores


@dataclass(frozen=True)
class Limits:
    """What a notebook's form is held to. The comments say what is counted."""

    least_cells: int = 45  # of any kind
    most_cells: int = 80
    most_code_cells: int = 45
    most_minutes: int = 60  # reading, running and tasks, exercises apart
    first_figure: int = 6  # the code cell, at the latest, that shows one
    most_silent: int = 3  # code cells without output between two with one
    least_guesses: int = 2  # collapsed results that call check.guess
    least_tasks: int = 2  # calls of check.task
    most_claims: int = 15  # calls of check.claim
    most_claims_cells: int = 1  # of one section
    least_words: float = 6  # of prose for each line of visible code
    most_words: float = 10
    most_rows: int = 7  # of a table that a cell shows
    most_columns: int = 5


LIMITS = Limits()
SHORT = {  # notebooks that are no full lesson, and why
    # One of each device, and its text explains the rules.
    "template": replace(LIMITS, least_cells=0, least_guesses=1, least_tasks=1, most_words=14),
    "extras": replace(LIMITS, least_cells=15, most_cells=60, least_guesses=1, least_tasks=1),
    # It holds the course's map and the list of what the machine needs.
    "00_start_here": replace(LIMITS, least_cells=20, most_words=16, most_rows=8),
}


def limits(notebook: Notebook) -> Limits:
    """Return the limits of a lesson, an extra or the template."""
    return SHORT.get(notebook.path.stem) or SHORT.get(notebook.path.parent.name) or LIMITS


@dataclass(frozen=True)
class Section:
    """A heading ``## …`` with the cells below it, up to the next one."""

    title: str
    cells: list[Cell]

    @property
    def is_body(self) -> bool:
        """Whether it counts for the reading time."""
        return in_body(self.title)


def in_body(title: str) -> bool:
    """Return whether what stands under a heading counts for the reading time."""
    return not re.match(r"Exercises|References", title)


def sections(notebook: Notebook) -> list[Section]:
    """Return the parts of a notebook; a cell belongs to the first heading in it."""
    found = [Section("the opening", [])]
    for cell in notebook.cells:
        if cell.raw["cell_type"] == "markdown":
            heads = [line[3:] for line in prose(cell).splitlines() if line.startswith("## ")]
            if heads:
                found.append(Section(heads[0], []))
        found[-1].cells.append(cell)
    return found


@dataclass(frozen=True)
class Form:
    """What was measured in a notebook; ``body`` leaves the exercises and the references out."""

    cells: int
    code_cells: int
    lines: int  # of visible code in the body: neither collapsed nor the set-up cell
    words: int  # of prose in the body
    figures: int  # in the body
    claims: int
    guesses: int
    tasks: int
    running: float  # seconds, as the last refresh stored them

    def minutes(self, running: float | None = None) -> int:
        """Honest minutes to read, run and try, rounded up; ``running`` in seconds."""
        running = self.running if running is None else running
        seconds = 60 * self.words / WORDS_A_MINUTE + SECONDS_A_LINE * self.lines
        seconds += SECONDS_A_FIGURE * self.figures + running
        return ROUNDED_TO * max(1, math.ceil(seconds / 60 / ROUNDED_TO))

    @property
    def words_a_line(self) -> float:
        return self.words / max(1, self.lines)


def measured(notebook: Notebook) -> Form:
    """Measure a notebook."""
    body = [cell for section in sections(notebook) if section.is_body for cell in section.cells]
    code = [cell for cell in body if cell.number]
    visible = [cell for cell in code if not {"hide-input", "setup"} & cell.tags]
    text = "\n".join(prose(cell) for cell in notebook.texts)
    parts = [text for text in re.split(r"^## ", text, flags=re.MULTILINE) if in_body(text)]
    text = re.sub(r"\]\([^)]*\)", "]", "\n".join(parts))  # addresses of links are not read
    return Form(
        cells=len(notebook.cells),
        code_cells=len(notebook.code),
        lines=sum(cell.lines for cell in visible),
        words=len(re.findall(r"[^\W_][\w'’\-]*", text)),
        figures=sum(images(cell) for cell in code),
        claims=sum(len(calls(cell, "claim")) for cell in notebook.code),
        guesses=sum(bool(calls(cell, "guess")) for cell in notebook.code),
        tasks=sum(len(calls(cell, "task")) for cell in notebook.code),
        running=min(notebook.course.get("seconds", 0), MOST_RUNNING),
    )


def calls(cell: Cell, name: str) -> list[ast.Call]:
    """Return the calls of ``check.<name>`` in a cell."""
    return [
        node
        for node in ast.walk(cell.tree)
        if isinstance(node, ast.Call) and ast.unparse(node.func) == f"check.{name}"
    ]


def images(cell: Cell) -> int:
    """Return how many pictures a cell shows."""
    return sum(
        any(kind.startswith("image/") for kind in output.get("data", {})) for output in cell.outputs
    )


def tables(cell: Cell) -> Iterator[tuple[int, int]]:
    """Yield the rows and columns of the tables that a cell shows, headings and index apart.

    What stands in an explorer's frame is part of a picture.
    """
    for output in cell.outputs:
        html = joined(output.get("data", {}).get("text/html", ""))
        html = re.sub(r"<iframe.*?</iframe>", "", html, flags=re.DOTALL)
        rows = [row.count("<td") for row in re.findall(r"<tr.*?</tr>", html, re.DOTALL)]
        if any(rows):
            yield sum(map(bool, rows)), max(rows)


def faults(notebook: Notebook) -> Iterator[str]:
    """Yield what breaks the form, in words that name the cell."""
    form, limit = measured(notebook), limits(notebook)
    if not limit.least_cells <= form.cells <= limit.most_cells:
        yield f"[cells] {form.cells} cells, not {limit.least_cells} to {limit.most_cells}"
    if form.code_cells > limit.most_code_cells:
        yield f"[code] {form.code_cells} code cells, more than {limit.most_code_cells}"
    if not limit.least_words <= form.words_a_line <= limit.most_words:
        yield (
            f"[words] {form.words} words for {form.lines} lines of visible code are "
            f"{form.words_a_line:.1f} a line, not {limit.least_words} to {limit.most_words}"
        )
    yield from seen(notebook, limit)
    yield from asked(notebook, form, limit)
    yield from claimed(notebook, form, limit)
    yield from told(notebook, form, limit)


def seen(notebook: Notebook, limit: Limits) -> Iterator[str]:
    """When something is to be seen, and how large its tables are."""
    first = next((cell.number for cell in notebook.code if images(cell)), None)
    if first is None or first > limit.first_figure:
        where = f"code cell {first}" if first else "nowhere"
        yield f"[first figure] it is in {where}, not in the first {limit.first_figure} code cells"
    silent = 0
    for cell in notebook.code[1:]:
        silent = 0 if cell.outputs else silent + 1
        if silent == limit.most_silent + 1 and any(c.outputs for c in notebook.code[: cell.number]):
            yield f"[silent] {cell.name}: the {silent}th code cell in a row without output"
    for cell in notebook.code:
        for rows, columns in tables(cell):
            if rows > limit.most_rows or columns > limit.most_columns:
                yield (
                    f"[tables] {cell.name}: a table of {rows} rows and {columns} columns, more "
                    f"than {limit.most_rows} × {limit.most_columns}"
                )


def asked(notebook: Notebook, form: Form, limit: Limits) -> Iterator[str]:
    """Whether the reader predicts, before a collapsed result, and does something."""
    if form.guesses < limit.least_guesses:
        yield f"[guesses] {form.guesses} results ask check.guess, fewer than {limit.least_guesses}"
    if form.tasks < limit.least_tasks:
        yield f"[tasks] {form.tasks} calls of check.task, fewer than {limit.least_tasks}"
    for cell in notebook.code:
        for call in calls(cell, "guess"):
            name = ast.unparse(call.args[0]) if call.args else ""
            before = notebook.code[max(0, cell.number - 4) : cell.number - 1]
            if "hide-output" not in cell.tags:
                yield f"[guesses] {cell.name}: the result is not collapsed (tag hide-output)"
            if not any(re.search(rf"^{name} = \.\.\.", c.source, re.MULTILINE) for c in before):
                yield f"[guesses] {cell.name}: no cell `{name} = ...` stands shortly before it"


def claimed(notebook: Notebook, form: Form, limit: Limits) -> Iterator[str]:
    """How many claims there are, and where: one cell at the end of a section."""
    if form.claims > limit.most_claims:
        yield f"[claims] {form.claims} claims, more than {limit.most_claims}"
    for section in sections(notebook):
        code = [cell for cell in section.cells if cell.number]
        claims = [cell for cell in code if calls(cell, "claim")]
        if len(claims) > limit.most_claims_cells:
            yield f"[claims] {claims[1].name}: another cell of claims in `{section.title}`"
        elif claims and claims[0] is not code[-1]:
            yield f"[claims] {claims[0].name}: it does not end its section `{section.title}`"
    claiming = [bool(calls(cell, "claim")) for cell in notebook.cells]
    for cell, this, before in zip(notebook.cells[1:], claiming[1:], claiming, strict=False):
        if this and before:
            yield f"[claims] {cell.name}: the second cell of claims in a row"


TIME = re.compile(r"\*\*Time\*\* (\d+) minutes to read, run and try; (\d+) minutes? for the exerc")


def told(notebook: Notebook, form: Form, limit: Limits) -> Iterator[str]:
    """Whether the stated times are honest."""
    if form.minutes() > limit.most_minutes:
        yield f"[time] {form.minutes()} honest minutes, more than {limit.most_minutes}"
    stated = next((m for cell in notebook.texts if (m := TIME.search(cell.source))), None)
    if stated is None:
        wanted = "**Time** N minutes to read, run and try; M minutes for the exercises."
        yield f"[time] there is no `{wanted}`"
        return
    low, high = (form.minutes(form.running * factor) for factor in (1 / SLOWER, SLOWER))
    if not low <= int(stated[1]) <= high:
        yield f"[time] it states {stated[1]} minutes and takes {form.minutes()}"
    region = [s for s in sections(notebook) if "Exercises" in s.title]
    text = "\n".join(cell.source for section in region for cell in section.cells if not cell.number)
    needed = sum(map(int, re.findall(r"\((\d+) minutes?\)", text)))
    if int(stated[2]) != needed:
        yield f"[time] it states {stated[2]} minutes for the exercises, which say {needed}"


def lessons(names: list[str]) -> list[Notebook]:
    """Return the lessons that the form holds for."""
    found = [load(path) for path in chosen(names)]
    return [n for n in found if n.is_lesson]


def main(names: list[str]) -> int:
    """Print one line a lesson, and what is wrong with it."""
    wrong = 0
    for notebook in lessons(names):
        form = measured(notebook)
        print(
            f"{notebook.path.stem:32} {form.cells:3} cells, {form.code_cells:2} with code, "
            f"{form.lines:3} lines, {form.words:4} words ({form.words_a_line:.1f} a line), "
            f"{form.figures:2} figures, {form.claims:2} claims, {form.guesses} guesses, "
            f"{form.tasks} tasks, runs {form.running} s: {form.minutes()} minutes"
        )
        for fault in faults(notebook):
            wrong += 1
            print(f"    {fault}")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
