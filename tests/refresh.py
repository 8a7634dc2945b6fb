"""Run notebooks anew and store their outputs: ``python -m tests.refresh [NN ...] [--jobs 2]``.

Without arguments it takes all of them; ``01`` means lesson 01 and its solutions, ``template`` the
template and its own. A notebook in which a cell raises, or writes to stderr, is not written. What
is written depends on nothing but the outputs: two runs on one machine give the same bytes.
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

from tests.strict import Failure, Kernel, as_cell, judge

NOTEBOOKS = Path(__file__).parent.parent / "notebooks"
TIMEOUT = 600  # seconds that a cell may take
TIMING = ("execution", "ExecuteTime")  # metadata of a cell that hold times


def refresh(path: Path) -> None:
    """Run a notebook as tests/strict.py does and write it with its new outputs.

    Raises
    ------
    Failure: names the cell that raised or wrote to stderr; the file is as it was.
    """
    nb = nbformat.read(path, as_version=4)
    with Kernel(path) as kernel:
        nodes = [cell for cell in nb.cells if cell.cell_type == "code"]
        for number, node in enumerate(nodes, start=1):
            cell = as_cell(node, number)
            done = kernel.run(cell, TIMEOUT)
            judge(cell, done)
            node.outputs, node.execution_count = list(merged(done.outputs)), number
    normalise(nb)
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


def merged(outputs: list[NotebookNode]) -> Iterator[NotebookNode]:
    """Yield the outputs with neighbouring pieces of the same stream as one."""
    for stream, group in groupby(outputs, key=lambda output: output.get("name")):
        pieces = list(group)
        if stream:
            pieces[0].text = "".join(piece.text for piece in pieces)
            yield pieces[0]
        else:
            yield from pieces


def attempt(path: Path) -> tuple[float, str]:
    """Refresh a notebook and return the seconds it took, and what is wrong if something is."""
    began = time.monotonic()
    try:
        refresh(path)
        problem = ""
    except Failure as failure:
        problem = str(failure)
    return time.monotonic() - began, problem


def chosen(names: list[str], folder: Path) -> list[Path]:
    """Return the notebooks that the names mean; all of them if there are no names."""
    paths = sorted(
        path for path in folder.rglob("*.ipynb") if ".ipynb_checkpoints" not in path.parts
    )
    for name in names:
        if not any(matches(path, name) for path in paths):
            raise SystemExit(f"There is no notebook for {name!r}.")
    return [path for path in paths if not names or any(matches(path, name) for name in names)]


def matches(path: Path, name: str) -> bool:
    """Return whether a name on the command line means this notebook."""
    stem = "new_lesson" if name == "template" else name
    return path.name.startswith(stem)


def main(arguments: list[str] | None = None, folder: Path = NOTEBOOKS) -> int:
    """Refresh the notebooks on the command line; return the exit status."""
    parser = argparse.ArgumentParser(prog="python -m tests.refresh", description=__doc__)
    parser.add_argument("names", nargs="*", help="numbers of lessons, or template; default: all")
    parser.add_argument("--jobs", type=int, default=1, help="notebooks at a time")
    options = parser.parse_args(arguments)
    paths = chosen(options.names, folder)
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
