"""How far the reader has come, read from the notebooks as they saved them; nothing else is kept.

A task or exercise counts as solved if the last saved output of its cell says so. A fresh copy of
the course, where nothing was tried, always says the same.
"""

import json
import re
from pathlib import Path

from helpers.say import say

NOTEBOOKS = Path(__file__).parent.parent / "notebooks"
ASKED = re.compile(r"^check\.(answer|task)\(\s*[\"'](\w+\.\w+)[\"']", re.MULTILINE)
WIDTH = 48  # of a title, so that the marks stand below each other


def progress(folder: Path | None = None) -> None:
    """Print a line a lesson: which tasks (in the text) and exercises (at its end) are solved.

    ● is solved, ○ is not yet. Save a notebook before you ask. One that cannot be read, because it
    is half saved or damaged, has a line that says so.

    folder: of the notebooks; by default the course's own.
    """
    folder = folder or NOTEBOOKS
    files = sorted(folder.glob("[0-9][0-9]_*.ipynb")) + sorted(folder.glob("extras/*.ipynb"))
    count = {True: 0, False: 0}
    for file in files:
        try:
            title, kinds = _read(file)
        except (OSError, ValueError, LookupError, TypeError, AttributeError):
            say(f"{file.stem:{WIDTH}}  cannot be read: close it and save it again.")
            continue
        for solved in (solved for kind in kinds.values() for solved in kind.values()):
            count[solved] += 1
        shown = [
            f"{kind} {''.join('○●'[solved] for solved in found.values())}"
            for kind, found in (("tasks", kinds["task"]), ("exercises", kinds["answer"]))
            if found
        ]
        say(f"{title:{WIDTH}}  {'   '.join(shown)}".rstrip())
    say(f"Solved: {count[True]} of {sum(count.values())}.")


def _read(file: Path) -> tuple[str, dict[str, dict[str, bool]]]:
    """Return a notebook's title, and its tasks and exercises with whether they are solved."""
    cells = json.loads(file.read_text(encoding="utf-8"))["cells"]
    return "".join(cells[0]["source"]).splitlines()[0].removeprefix("# "), marks(cells)


def marks(cells: list[dict]) -> dict[str, dict[str, bool]]:
    """Return what the cells of a notebook ask for: ``{"task": {"03.a": solved}, "answer": ...}``.

    Where several cells ask for the same, the last one counts.
    """
    found: dict[str, dict[str, bool]] = {"task": {}, "answer": {}}
    for cell in cells:
        if cell["cell_type"] != "code":
            continue
        printed = "".join("".join(output.get("text", "")) for output in cell["outputs"])
        for kind, key in ASKED.findall("".join(cell["source"])):
            word = "Exercise" if kind == "answer" else "Task"
            solved = re.search(rf"^(✓|ok) {word} {re.escape(key)}: right", printed, re.MULTILINE)
            found[kind][key] = bool(solved)
    return found
