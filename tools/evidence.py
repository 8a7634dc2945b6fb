"""Make stored results anew: ``python -m tools.evidence [NN | TABLE ...] [--all] [--jobs 2]``.

Only what is missing, damaged or stale is made; ``--all`` makes everything named. Each table is
stored as soon as it is done: Ctrl-C loses the one in progress, and the next call goes on there.
A table is computed by the statements of its lesson that its hash covers, and by no others, with
one thread a process. ``make refresh`` afterwards draws the new results.

``--state`` makes nothing and lists what is there. ``--confirm NN`` is for tables that are stale
only because helpers changed, in ways meant to leave numbers alone: it computes the cheapest of
them anew, and if no number moved by more than one part in 10,000, the others of the lesson that
reach no other changed helper are stamped as of today's helpers. Each stamp records that.
"""

import argparse
import json
import os
import re
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from itertools import groupby
from pathlib import Path

from tools.fingerprint import Lesson, Table, all_tables
from tools.kernel import Kernel, accept
from tools.notebook import NOTEBOOKS, ROOT, Cell, Failure, load, paths
from tools.package import Package
from tools.results import State, cheapest_first, differences, states

TIMEOUT = 6 * 3600  # seconds a table
ONE_THREAD = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "TF_NUM_INTRAOP_THREADS")


def compute(
    path: Path, tables: list[Table], folder: Path, tell: Callable[[Table], None], into: Path
) -> None:
    """Compute tables of a lesson and store them in ``into``; ``tell`` each before it begins.

    Stored tables that they are computed from are read from ``folder``.

    Raises
    ------
    Failure: a statement raised, or the kernel died; what was stored before stays.
    """
    stamps = {
        table.name: {"code": table.code, "helpers": table.helpers, "from": table.sources}
        for table in tables
    }
    asked = json.dumps({"from": str(folder), "into": str(into), "tables": stamps})
    with Kernel(path, COURSE_EVIDENCE=asked) as kernel:
        for table, source in Lesson(load(path)).program(tables):
            if table:
                tell(table)
            raw = {"cell_type": "code", "metadata": {"tags": ["stderr-expected"]}, "source": source}
            cell = Cell(raw, table.name if table else "set-up")
            accept(cell, kernel.run(cell, TIMEOUT))


class Progress:
    """Says which table is computed, the how manyth of how many, and for how long still."""

    def __init__(self, todo: list[State], label: str = "") -> None:
        self.todo, self.label, self.done = todo, label, 0
        self.began = time.monotonic()

    def __call__(self, table: Table) -> None:
        """Announce a table; those announced before it are done."""
        left = [state.seconds for state in self.todo[self.done :]]
        self.done += 1
        now = time.monotonic() - self.began
        known = [seconds for seconds in left if seconds]
        still = f"about {spoken(sum(known))} to go" if known else "no earlier time known"
        if len(known) < len(left) and known:
            still += " and more"
        count = f"[{self.done} of {len(self.todo)}]"
        print(f"{self.label}{count} {table.name}: {spoken(now)} so far, {still}", flush=True)


def spoken(seconds: float) -> str:
    """Return a time as people say it."""
    if seconds < 90:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 5400 else f"{seconds / 3600:.1f} h"


def make(todo: list[State], folder: Path) -> int:
    """Compute tables, lesson by lesson; return how many lessons failed."""
    tell, failures = Progress(todo), 0
    for path, group in groupby(todo, key=lambda state: state.table.path):
        try:
            compute(path, [state.table for state in group], folder, tell, folder)
        except Failure as failure:
            failures += 1
            print(f"{path.name}, {failure}", flush=True)
    return failures


def make_side_by_side(todo: list[State], jobs: int) -> int:
    """Compute the tables of several lessons at a time, each lesson in a process of its own."""
    lessons = [list(group) for _, group in groupby(todo, key=lambda state: state.table.path)]
    lessons.sort(key=lambda group: -sum(state.seconds or 600 for state in group))
    running: list[subprocess.Popen] = []

    def run(group: list[State]) -> int:
        names = [state.name for state in group]
        command = [sys.executable, "-m", "tools.evidence", "--all", *names]
        process = subprocess.Popen(command, start_new_session=True)
        running.append(process)
        return process.wait()

    with ThreadPoolExecutor(jobs) as pool:
        futures = [pool.submit(run, group) for group in lessons]
        try:
            return sum(future.result() != 0 for future in futures)
        except KeyboardInterrupt:
            pool.shutdown(wait=False, cancel_futures=True)
            for process in running:
                if process.poll() is None and os.name == "posix":  # elsewhere Ctrl-C reaches it
                    process.send_signal(signal.SIGINT)
            raise


def confirm(found: list[State], folder: Path) -> int:
    """Stamp tables that are stale only through helpers, where a sample comes out equal."""
    from helpers import evidence

    left = [state for state in found if state.kind == "helpers"]
    if not left:
        print("No table is stale through helpers alone.")
        return 0
    failures = 0
    while left:
        by = cheapest_first(left)[0]
        covered = [state for state in left if state.changed <= by.changed]
        left = [state for state in left if state not in covered]
        print(f"{by.name}: computed anew, last time in {spoken(by.seconds or 0)}.", flush=True)
        with tempfile.TemporaryDirectory() as place:
            compute(by.table.path, [by.table], folder, lambda table: None, Path(place))
            fresh, _ = evidence.load(by.name, Path(place))
        if moved := differences(evidence.load(by.name, folder)[0], fresh):
            failures += 1
            print(f"{by.name}: {moved}. Make its lesson's tables anew: {by.cure}")
            continue
        for state in covered:
            about = evidence.load(state.name, folder)[1]
            record = {"by": by.name, "date": date.today().isoformat(), "old": about["helpers"]}
            about |= {"helpers": state.table.helpers, "confirmed": record}
            evidence.write_about(state.name, about, folder)
        print(f"{by.name}: equal. Confirmed: {', '.join(state.name for state in covered)}.")
    return failures


def asked_for(found: list[State], names: list[str]) -> list[State]:
    """Return the tables that names on the command line mean: ``06``, or a table."""
    for name in names:
        if not any(means(name, state) for state in found):
            raise SystemExit(f"No lesson names stored results {name!r}.")
    return [state for state in found if not names or any(means(name, state) for name in names)]


def with_sources(todo: list[State], every: list[State]) -> list[State]:
    """Return tables with those that they are computed from, as far as these are not good."""
    names = {state.name for state in todo}
    sources = {source for state in todo for source in state.table.sources}
    wanted = names | {state.name for state in every if state.name in sources and not state.good}
    return [state for state in every if state.name in wanted]


def means(name: str, state: State) -> bool:
    """Return whether a name means a table: its own, or the number that it begins with."""
    return name == state.name or (bool(re.fullmatch(r"\d\d", name)) and state.name[:2] == name)


def main(
    arguments: list[str] | None = None, notebooks: Path = NOTEBOOKS, folder: Path | None = None
) -> int:
    """Do what the command line says; return the exit status."""
    parser = argparse.ArgumentParser(
        prog="python -m tools.evidence",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("names", nargs="*", help="lessons (06) or tables (06_finals); default: all")
    parser.add_argument("--all", action="store_true", help="make also what is up to date")
    parser.add_argument("--jobs", type=int, default=1, help="lessons at a time")
    parser.add_argument("--state", action="store_true", help="list what is there; make nothing")
    parser.add_argument("--confirm", action="store_true", help="see above")
    options = parser.parse_args(arguments)
    for name in ONE_THREAD:
        os.environ.setdefault(name, "1")
    folder = folder or ROOT / "data" / "results"
    tables = all_tables([load(path) for path in paths(notebooks)], Package())
    every = states(tables, folder)
    found = asked_for(every, options.names)
    if options.state:
        print("\n".join(f"{state.name:20} {state.said}" for state in found))
        return 0
    try:
        if options.confirm:
            return 1 if confirm(found, folder) else 0
        todo = [s for s in found if s.table and (options.all or not s.good)]
        todo = with_sources(todo, every)
        if not todo:
            print("All stored results are up to date.")
            return 0
        side_by_side = options.jobs > 1 and len({state.table.path for state in todo}) > 1
        failures = make_side_by_side(todo, options.jobs) if side_by_side else make(todo, folder)
    except KeyboardInterrupt:
        print("\nInterrupted: finished tables are kept; the same command goes on from here.")
        return 130
    except Failure as failure:
        print(failure)
        return 1
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
