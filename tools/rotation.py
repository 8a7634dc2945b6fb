"""Which notebooks a submission tries with everything that learners do: the changed, and a part.

Changed settings, nonsense and "every cell twice" cost about five times a plain run. A submission
pays that for the notebooks whose code changed in the last commits, and for one of several blocks
of about equal weight; the number of commits says which block, so all of them come round.
"""

import hashlib
import json
import subprocess
from pathlib import Path

from tools.notebook import Notebook, joined, load, paths

COMMITS = 12  # how far back "changed" looks
BUDGET = 500.0  # seconds of one core for the block, and as much again for what changed
TIMES = 5.0  # the whole costs about so many plain runs: twice, and variants like two, and nonsense
UNKNOWN = 60.0  # seconds assumed for a notebook that was never refreshed
BLOCKS = (1, 2, 3, 5, 7, 11, 13, 17, 19, 23)  # primes: no usual stride in commits skips a block


def chosen(
    weights: dict[str, float], changed: list[str], number: int, budget: float = BUDGET
) -> list[str]:
    """Return the notebooks to try, in order.

    Parameters
    ----------
    weights: of every notebook, the seconds that trying it takes.
    changed: those that changed lately. If together they cost more than ``budget``, they too take
        turns.
    number: which turn it is; any whole number that grows from one submission to the next.
    """
    first = turn({name: weights[name] for name in changed if name in weights}, number, budget)
    return sorted({*first, *turn(weights, number, budget)})


def turn(weights: dict[str, float], number: int, budget: float) -> list[str]:
    """Return the block whose turn it is, of as few blocks as keep each within the budget."""
    for count in BLOCKS:
        blocks = packed(weights, count)
        if max(sum(weights[name] for name in block) for block in blocks) <= budget:
            break
    return blocks[number % count]


def packed(weights: dict[str, float], count: int) -> list[list[str]]:
    """Divide notebooks into blocks of about equal weight: the heaviest first, to the lightest."""
    blocks: list[list[str]] = [[] for _ in range(count)]
    loads = [0.0] * count
    for name in sorted(weights, key=lambda name: (-weights[name], name)):
        lightest = loads.index(min(loads))
        blocks[lightest].append(name)
        loads[lightest] += weights[name]
    return blocks


def weight(notebook: Notebook) -> float:
    """Return the seconds that trying a notebook takes, from what its last refresh noted."""
    return TIMES * notebook.course.get("seconds", UNKNOWN)


def content(raw: dict) -> str:
    """Return a hash of what the tests of a notebook depend on: its code and its settings.

    The set-up cell is the same everywhere and left out; outputs and text are tried by default.
    """
    code = [cell for cell in raw["cells"] if cell["cell_type"] == "code"]
    kept = [
        (joined(cell["source"]), sorted(cell["metadata"].get("tags", [])))
        for cell in code
        if "setup" not in cell["metadata"].get("tags", [])
    ]
    course = {k: v for k, v in raw["metadata"].get("course", {}).items() if k != "seconds"}
    return hashlib.sha256(json.dumps([kept, course], sort_keys=True).encode()).hexdigest()


def git(root: Path, *arguments: str) -> str | None:
    """Return what git says, and nothing where there is no git, no history or no such file."""
    try:
        done = subprocess.run(
            ["git", "-C", str(root), *arguments], capture_output=True, text=True, encoding="utf-8"
        )
    except OSError:
        return None
    return done.stdout if done.returncode == 0 else None


def changed_lately(root: Path, folder: Path, commits: int = COMMITS) -> list[str]:
    """Return the notebooks whose code differs from ``commits`` ago, or from the oldest known.

    A clone without so much history is compared with the oldest commit it has.
    """
    history = (git(root, "rev-list", "--first-parent", f"-n{commits + 1}", "HEAD") or "").split()
    if not history:
        return []
    found = []
    for path in paths(folder):
        before = git(root, "show", f"{history[-1]}:{path.relative_to(root).as_posix()}")
        now = json.loads(path.read_text(encoding="utf-8"))
        if before is None or content(json.loads(before)) != content(now):
            found.append(path.relative_to(folder).as_posix())
    return found


def number(root: Path) -> int:
    """Return the number of commits; in a shallow clone, which cannot count, the last one's day."""
    if (git(root, "rev-parse", "--is-shallow-repository") or "").strip() == "true":
        return int(git(root, "log", "-1", "--format=%ct") or 0) // 86_400
    return int(git(root, "rev-list", "--count", "HEAD") or 0)


def chosen_now(root: Path, folder: Path) -> list[Path]:
    """Return the notebooks that this submission tries with everything that learners do."""
    weights = {path.relative_to(folder).as_posix(): weight(load(path)) for path in paths(folder)}
    return [folder / name for name in chosen(weights, changed_lately(root, folder), number(root))]
