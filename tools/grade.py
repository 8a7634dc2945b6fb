"""Grade notebooks that learners hand in: ``python -m tools.grade folder/ [--lesson 03] [--csv x]``.

One row a file: how many tasks and exercises its saved outputs call right and, in a column of its
own, what to look at: ticks that do not fit their cells, bypassed checkers, copies, files that
cannot be read. **Nothing of theirs is run, imported or unpickled**: a notebook is read as text.

That is also the limit. Whoever edits a file with care (what looks like an answer, a number beside
the cell, the checker's sentence as its output) gets a clean row, and no notebook says who wrote it.
A remark proves nothing either: it says where to look, and changes no count.
"""

import argparse
import json
import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pandas as pd

from helpers.say import say
from helpers.solved import ASKED, marks
from tools.notebook import SETUP, Cell, Failure, Notebook, load, paths

MOST_BYTES = 20_000_000  # larger files are not opened; the course's own have less than a tenth
LONG = 5  # lines from which on two people do not write the same answer by chance
SETUP_TEXT = SETUP.read_text(encoding="utf-8").strip()
TICK = re.compile(r"^(?:✓|ok) (?:Task|Exercise) (\w+\.\w+): right", re.MULTILINE)
TRICKS = {
    "meddles with the checker or with print": r"CHECKERS|helpers[./](exercises|answers|say)|setattr"
    r"|\bcheck(\.\w+)?\s*=(?!=)|\b(def|class|as)\s+(check|print)\b|\bprint\s*=(?!=)",
    "writes a tick itself": r"✓|\\u2713|CHECK MARK|: right\b",
}
COUNTS = ["tasks", "of tasks", "exercises", "of exercises"]
BROKEN = (LookupError, TypeError, AttributeError, ValueError, RecursionError)


@cache
def course() -> dict[Notebook, str]:
    """Return the lessons, extras and solutions, each with what the table calls its lesson."""
    notebooks = [load(path) for path in paths() if not path.stem.startswith("new_lesson")]
    return {n: n.number or n.path.stem.removesuffix("_solutions") for n in notebooks}


def sources(notebook: Notebook) -> set[str]:
    """Return the texts of all cells but the set-up cell, which every notebook has."""
    return {cell.source.strip() for cell in notebook.cells} - {SETUP_TEXT, ""}


def asking(notebook: Notebook) -> dict[str, list[Cell]]:
    """Return the cells that call a checker, by task or exercise."""
    cells = defaultdict(list)
    for cell in notebook.code:
        for _, key in ASKED.findall(cell.source):
            cells[key].append(cell)
    return dict(cells)


def read(path: Path) -> Notebook:
    """Read a file that was handed in; a Failure says why it cannot be read."""
    try:
        if path.is_symlink() or not path.is_file():
            raise Failure("a link or no file: not followed")
        if (size := path.stat().st_size) > MOST_BYTES:
            raise Failure(f"too large: {size / 1e6:.0f} MB, not opened")
        raw = json.loads(path.read_bytes() if size else "{}")
    except OSError:
        raise Failure("cannot be opened") from None
    except (ValueError, RecursionError):
        raise Failure("no notebook, or a damaged one: it is not JSON") from None
    if not isinstance(raw, dict) or "nbformat" not in raw:
        raise Failure("no notebook" if size else "empty")
    if raw["nbformat"] != 4:
        raise Failure("not of nbformat 4: open it in JupyterLab and save it")
    return Notebook(path, raw, size)


def kin(theirs: Notebook) -> Notebook:
    """Return the course's notebook with which it has most in common."""
    cells, keys = sources(theirs), asking(theirs).keys()
    shared = {ours: len(cells & sources(ours)) + len(keys & asking(ours)) for ours in course()}
    if any(shared.values()):
        return max(shared, key=shared.get)
    raise Failure("no notebook of this course")


def remarks(theirs: Notebook, ours: Notebook) -> Iterator[str]:
    """Yield what deserves a look, in words of ours: nothing that they wrote is repeated."""
    if not ours.is_lesson:
        yield "the course's own worked solutions"
        return
    mine, stubs, known = asking(theirs), asking(ours), sources(ours) | {SETUP_TEXT}
    for cell in theirs.code:
        for what, pattern in TRICKS.items():
            if cell.source.strip() not in known and re.search(pattern, cell.source):
                yield f"{cell.name} {what}"
        for key in TICK.findall(cell.printed):
            if cell not in mine.get(key, []):  # cells are compared by identity
                what = key if key in stubs else "nothing of the lesson's"
                yield f"{cell.name} shows a tick for {what}, and calls no checker for it"
    for key, (stub, *_) in stubs.items():
        if key not in mine:
            yield f"{key}: the checker is not called"
        elif len(mine[key]) > 1:
            yield f"{key}: asked {len(mine[key])} times, and the last one counts"
        if key in mine and key in TICK.findall(mine[key][-1].printed):
            worked = asking(ours.solutions).get(key, []) if ours.solutions else []
            yield from (f"{key}: {what}" for what in doubts(mine[key][-1], stub, worked))
    asked = [stub for cells in stubs.values() for stub in cells]
    free = [c for c in ours.code if c in asked or "parameters" in c.tags or "= ..." in c.source]
    fixed = {cell.source.strip() for cell in ours.code if cell not in free}
    if (others := len(fixed - sources(theirs) - {SETUP_TEXT})) > len(fixed) / 4:
        ids, known_ids = ({cell.raw.get("id") for cell in n.code} for n in (theirs, ours))
        why = "much edited" if len(ids & known_ids) > len(known_ids) / 2 else "another version"
        yield f"{others} of {len(fixed)} code cells that need no change differ or lack: {why}?"
    if SETUP_TEXT not in [cell.source.strip() for cell in theirs.code]:
        yield "the set-up cell is not the course's"


def doubts(cell: Cell, stub: Cell, worked: list[Cell]) -> Iterator[str]:
    """Yield what speaks against an answer that is called right."""
    source = cell.source.strip()
    if source == stub.source.strip():
        yield "called right, but the cell holds the course's empty answer"
    if not isinstance(cell.raw.get("execution_count"), int):
        yield "called right, but the cell has no number: it was not run"
    printed = [o for o in cell.outputs if (o["output_type"], o.get("name")) == ("stream", "stdout")]
    if not TICK.search(Cell({"outputs": printed}, "").printed):
        yield "the tick was not printed"
    if cell.lines >= LONG and source in [other.source.strip() for other in worked]:
        yield "word for word the worked solution"


def graded(path: Path) -> dict:
    """Return a file's row, and its longer right answers, by which copies are found."""
    row: dict = {"lesson": "", "open": "", "answers": ()}
    try:
        theirs = read(path)
        row["lesson"] = course()[ours := kin(theirs)]
        asked, given = marks(ours.raw["cells"]), marks(theirs.raw["cells"])
        right = {key for kind in given.values() for key, solved in kind.items() if solved}
        for kind, word in (("task", "tasks"), ("answer", "exercises")):
            row |= {word: len(right & asked[kind].keys()), f"of {word}": len(asked[kind])}
        row["open"] = " ".join(key for kind in asked.values() for key in kind if key not in right)
        answers = [cells[-1] for key, cells in asking(theirs).items() if key in right]
        row["answers"] = tuple(cell.source for cell in answers if cell.lines >= LONG)
        row["look at"] = list(dict.fromkeys(remarks(theirs, ours)))
    except Failure as why:
        row["look at"] = [str(why)]
    except BROKEN:
        row["look at"] = ["damaged inside: its cells cannot be read"]
    return row


def grade(folder: Path) -> pd.DataFrame:
    """Return a row for each notebook in a folder and below; ``look at`` holds the remarks."""
    inside = [path.relative_to(folder) for path in paths(folder)]
    rows = [graded(folder / path) for path in inside]
    whose = [(path.parts[: len(path.parts) > 1], path.name.casefold()) for path in inside]
    names, answers = Counter(whose), Counter(row["answers"] for row in rows)
    for path, name, row in zip(inside, whose, rows, strict=True):
        row["file"] = "".join(c if c.isprintable() else "?" for c in path.as_posix())
        if names[name] > 1:
            row["look at"].append("its name occurs more than once in this folder")
        if row["answers"] and answers[row["answers"]] > 1:
            row["look at"].append("another file has the same answers, word for word")
        row["look at"] = "; ".join(row["look at"])
    table = pd.DataFrame(rows, columns=["file", "lesson", *COUNTS, "open", "look at"])
    return table.astype(dict.fromkeys(COUNTS, "Int64"))


def main(arguments: list[str] | None = None) -> None:
    """Print the table and what to look at, and write the file that was asked for."""
    parser = argparse.ArgumentParser(prog="python -m tools.grade", description=__doc__)
    lessons = {"choices": sorted({*course().values()}), "metavar": "03"}
    parser.add_argument("folder", type=Path, help="what was handed in, in folders or not")
    parser.add_argument("--lesson", **lessons, help="only this one, and what cannot be read")
    parser.add_argument("--csv", type=Path, help="write the table to this file as well")
    options = parser.parse_args(arguments)
    if not options.folder.is_dir():
        parser.error(f"there is no folder {options.folder}")
    table = grade(options.folder)
    if options.lesson:
        table = table[table["lesson"].isin(["", options.lesson])]
    say(table.drop(columns="look at").to_string(index=False, na_rep="", max_colwidth=60))
    means = table[table["lesson"] != ""].groupby("lesson")[COUNTS].mean()
    say(f"\nMeans:\n{means.round(1).to_string()}")
    for file, what in table.loc[table["look at"] != "", ["file", "look at"]].to_numpy():
        say("\n  - ".join([f"\n{file}", *what.split("; ")]))
    if options.csv:  # a name that a spreadsheet takes for a formula gets an apostrophe
        table = table.replace({"file": r"^(?=[=+\-@])"}, "'", regex=True)
        table.to_csv(options.csv, index=False, encoding="utf-8-sig")


if __name__ == "__main__":
    main()
