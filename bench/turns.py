"""Measure ways in turns, each in a process of its own: seconds of the wall and of the processor.

No way inherits another's threads and memory, and what else the machine does hits all of them. The
rivals run without the course's flag for XLA, as they do for everybody else; ``train`` as it is.
"""

import json
import os
import resource
import statistics
import subprocess
import sys
import time

from bench.models import CASES
from bench.rivals import CHOICES, SWITCHES, WAYS

ALL = WAYS | CHOICES | SWITCHES


def here(case: str, way: str) -> dict[str, float]:
    """Measure one way in this process: after a first epoch, seconds an epoch and the last loss."""
    what = CASES[case]
    run = ALL[way](what, what.images())
    run(1)
    wall, cpu = time.perf_counter(), _cpu()
    loss = run(what.epochs)
    wall, cpu = time.perf_counter() - wall, _cpu() - cpu
    return {"wall": wall / what.epochs, "cpu": cpu / what.epochs, "loss": float(loss)}


def _cpu() -> float:
    """Seconds of the processor that this process has used, all threads, system calls included."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def apart(case: str, way: str) -> dict[str, float]:
    """The same in a new process.

    Raises
    ------
    RuntimeError: the process failed; the message is the end of what it said.
    """
    flags = {} if way.startswith("train") else {"XLA_FLAGS": ""}
    command = [sys.executable, "-m", "bench.turns", case, way]
    done = subprocess.run(command, capture_output=True, text=True, env=os.environ | flags)
    if done.returncode:
        raise RuntimeError(done.stderr.strip()[-2_000:])
    return json.loads(done.stdout.splitlines()[-1])


def in_turns(case: str, ways: list[str], rounds: int) -> dict[str, list[dict[str, float]]]:
    """``rounds`` measurements of each way; a way that fails is left out, with a line."""
    found: dict[str, list] = {way: [] for way in ways}
    for _ in range(rounds):
        for way in list(found):
            try:
                found[way].append(apart(case, way))
            except RuntimeError as error:
                if way.startswith(("train", "fit")):
                    raise
                del found[way]
                print(f"{way} left out: {str(error).splitlines()[-1][:150]}")
    return found


def middle(measured: list[dict[str, float]], what: str) -> float:
    return statistics.median(each[what] for each in measured)


def ranged(measured: list[dict[str, float]], what: str) -> str:
    """The median and, in brackets, the least and the greatest."""
    values = [each[what] for each in measured]
    return f"{statistics.median(values):.3f} ({min(values):.3f} – {max(values):.3f})"


if __name__ == "__main__":
    print(json.dumps(here(*sys.argv[1:])))
