"""Run notebooks anew and store their outputs: ``python -m tools.refresh [NN ...] [--jobs 2]``.

Without arguments it takes all of them; ``01`` means lesson 01 and its solutions, ``template`` the
template and its own. A notebook in which a cell raises, or writes to stderr, is not written. What
is written depends on nothing but the outputs: two runs on one machine give the same bytes. Tags
and what is collapsed stay as they are; ``metadata.course.seconds`` follows the running time
coarsely, so that the tests can plan.

``--setup`` runs nothing: it writes the text of tests/setup_cell.py into the set-up cells.
"""

import argparse
import hashlib
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import groupby
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from tools.kernel import Kernel, accept
from tools.notebook import NOTEBOOKS, SETUP, Failure, Notebook, chosen

TIMEOUT = 600  # seconds that a cell may take
TIMING = ("execution", "ExecuteTime")  # metadata of a cell that hold times
SHORT = 20  # seconds; shorter running times are not told apart


def refresh(path: Path) -> None:
    """Run a notebook as a learner does and write it with its new outputs.

    Raises
    ------
    Failure: names the cell that raised or wrote to stderr; the file is as it was.
    """
    nb = nbformat.read(path, as_version=4)
    began = time.monotonic()
    with Kernel(path) as kernel:
        for cell in Notebook(path, nb).code:
            done = kernel.run(cell, TIMEOUT)
            accept(cell, done)
            cell.raw.outputs = list(merged(done.outputs))
            cell.raw.execution_count = cell.number
    normalise(nb)
    note_seconds(nb, time.monotonic() - began)
    write(path, nb)


def write(path: Path, nb: NotebookNode) -> None:
    """Write a notebook as nbformat does, with one newline at its end."""
    nbformat.validate(nb)
    path.write_text(nbformat.writes(nb).rstrip("\n") + "\n", encoding="utf-8", newline="\n")


def normalise(nb: NotebookNode) -> None:
    """Bring everything that is not content into one form."""
    nb.nbformat, nb.nbformat_minor = 4, 5
    nb.metadata.pop("widgets", None)
    nb.metadata.kernelspec = {"display_name": "Python 3", "language": "python", "name": "python3"}
    nb.metadata.language_info = {"name": "python"}
    for index, cell in enumerate(nb.cells):
        if "id" not in cell:
            cell.id = hashlib.sha256(f"{index} {cell.source}".encode()).hexdigest()[:8]
        for name in TIMING:
            cell.metadata.pop(name, None)


def note_seconds(nb: NotebookNode, seconds: float) -> None:
    """Note the running time, unless the noted one is right to within a factor of 1.5."""
    course = nb.metadata.setdefault("course", NotebookNode())
    seconds = max(SHORT, round(seconds))
    if not 2 / 3 <= seconds / course.get("seconds", 1e-9) <= 3 / 2:
        course.seconds = seconds


def merged(outputs: list[NotebookNode]) -> Iterator[NotebookNode]:
    """Yield the outputs with neighbouring pieces of the same stream as one."""
    for stream, group in groupby(outputs, key=lambda output: output.get("name")):
        pieces = list(group)
        if stream:
            pieces[0].text = "".join(piece.text for piece in pieces)
            yield pieces[0]
        else:
            yield from pieces


def write_setup(path: Path) -> bool:
    """Bring the set-up cell of a notebook up to date; return whether it was not.

    The cell prints nothing, so the stored outputs stay true.
    """
    nb = nbformat.read(path, as_version=4)
    cell = Notebook(path, nb).code[0]
    text = SETUP.read_text(encoding="utf-8").strip()
    if "setup" not in cell.tags or cell.source == text:
        return False
    cell.raw.source = text
    write(path, nb)
    return True


def attempt(path: Path) -> tuple[float, str]:
    """Refresh a notebook and return the seconds it took, and what is wrong if something is."""
    began = time.monotonic()
    try:
        refresh(path)
        problem = ""
    except Failure as failure:
        problem = str(failure)
    return time.monotonic() - began, problem


def main(arguments: list[str] | None = None, folder: Path = NOTEBOOKS) -> int:
    """Refresh the notebooks on the command line; return the exit status."""
    parser = argparse.ArgumentParser(
        prog="python -m tools.refresh",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("names", nargs="*", help="numbers of lessons, or template; default: all")
    parser.add_argument("--jobs", type=int, default=1, help="notebooks at a time")
    parser.add_argument("--setup", action="store_true", help="write the set-up cells; run nothing")
    options = parser.parse_args(arguments)
    paths = chosen(options.names, folder)
    if options.setup:
        print(f"{sum(write_setup(path) for path in paths)} of {len(paths)} set-up cells renewed.")
        return 0
    failures = 0
    with ThreadPoolExecutor(options.jobs) as pool:
        results = (pool.map if options.jobs > 1 else map)(attempt, paths)
        for path, (seconds, problem) in zip(paths, results, strict=True):
            failures += bool(problem)
            said = f"NOT WRITTEN: {problem}" if problem else "written"
            print(f"{seconds:6.1f} s  {path.relative_to(folder)}  {said}", flush=True)
    print(f"{len(paths) - failures} of {len(paths)} notebooks written.")
    return 1 if failures or not paths else 0


if __name__ == "__main__":
    sys.exit(main())
