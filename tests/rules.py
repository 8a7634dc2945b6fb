"""What every notebook keeps to, whether or not it runs.

A rule is a function that takes a notebook and yields what is wrong, in words that name the cell.
Lessons are ``notebooks/NN_*.ipynb``, the extras and the template; solutions are
``solutions/*_solutions.ipynb``. How long a lesson is and how it asks: tests/form.py.
tests/test_hygiene.py applies the rules, and tries each of them on a bad notebook.
"""

import ast
import io
import re
import statistics
import tokenize
from collections.abc import Callable, Iterator
from urllib.parse import unquote

from tools.notebook import SETUP, Cell, Notebook, joined

SETUP_TEXT = SETUP.read_text(encoding="utf-8").strip()

TAGS = {
    "setup",  # the first code cell
    "parameters",  # the settings
    "nbval-check-output",  # compared with the stored output
    "raises-exception",  # must raise
    "stderr-expected",  # may write to stderr
    "hide-input",  # drawing or claims, collapsed until opened
    "hide-output",  # a result to be guessed first, collapsed until opened
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
    elif start := "Extra" if notebook.is_extra else notebook.number if notebook.is_lesson else "":
        if not titles[0][1].startswith(f"# {start} · "):
            yield f"the title is not `# {start} · …`"


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
    if first.source.strip() != SETUP_TEXT:
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
    course = notebook.course
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
    least = 1 if notebook.is_template or number == "00" else 2 if notebook.is_extra else 4
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
def collapsed(notebook: Notebook) -> Iterator[str]:
    for cell in notebook.code:
        hidden = cell.raw["metadata"].get("jupyter", {})
        for tag, key in (("hide-input", "source_hidden"), ("hide-output", "outputs_hidden")):
            if (tag in cell.tags) != hidden.get(key, False):
                yield f"{cell.name}: the tag {tag} and the metadata jupyter.{key} go together"


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
