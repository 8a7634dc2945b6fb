"""The state of the stored tables: good, missing, damaged, stale, orphaned, and each one's cure."""

import re
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pandas as pd

from tools.fingerprint import Table

CLOSE = 1e-4  # relative difference that the same computation may show after a harmless change
TIMES = re.compile(r"seconds|minutes|(?<![a-z])m?s(?![a-z])", re.IGNORECASE)  # columns that vary


@dataclass(frozen=True)
class State:
    """What is the matter with a table, and what mends it."""

    name: str
    kind: str  # good, missing, damaged, stale, helpers (stale through them alone), orphaned
    why: str = ""
    table: Table | None = None  # nothing for an orphan
    seconds: float | None = None  # that it took the last time
    changed: frozenset[str] = field(default=frozenset())  # helper modules that are not as they were

    @property
    def good(self) -> bool:
        return self.kind == "good"

    @property
    def cure(self) -> str:
        """The command that mends it."""
        if self.kind == "orphaned":
            return f"git rm data/results/{self.name}.*"
        number = self.table.path.name[:2]
        confirm = f", or python -m tools.evidence --confirm {number}"
        return f"make evidence LESSON={self.name}" + confirm * (self.kind == "helpers")

    @property
    def said(self) -> str:
        """The state in one line."""
        return "good" if self.good else f"{self.kind}: {self.why}; {self.cure}"


def states(tables: list[Table], folder: Path) -> list[State]:
    """Return the state of every table that a notebook names, and of every other file there is."""
    named = {table.name for table in tables}
    files = sorted(path.name for path in folder.iterdir()) if folder.is_dir() else []
    stems = dict.fromkeys(re.sub(r"\.(csv|json)(\.new)?$", "", name) for name in files)
    orphans = [State(stem, "orphaned", "no notebook names it") for stem in stems]
    return [*(state_of(t, folder) for t in tables), *(o for o in orphans if o.name not in named)]


def state_of(table: Table, folder: Path) -> State:
    """Return the state of a table that a notebook names."""
    from helpers import evidence
    from helpers.errors import DataError

    if not any((folder / f"{table.name}.{ending}").exists() for ending in ("csv", "json")):
        return State(table.name, "missing", "there are no files", table)
    try:
        _, about = evidence.load(table.name, folder)
    except DataError as error:
        return State(table.name, "damaged", str(error).split(":")[0], table)
    seconds = about["seconds"]
    if not isinstance(about.get("helpers"), dict) or "sha256" not in about:
        return State(table.name, "stale", "it does not say what made it", table, seconds)
    if about.get("code") != table.code:
        return State(table.name, "stale", "the lesson's code is another", table, seconds)
    for name, then in about.get("from", {}).items():
        try:
            now = evidence.load(name, folder)[1].get("sha256")
        except DataError:
            now = None
        if now != then:
            return State(table.name, "stale", f"{name} was made anew since", table, seconds)
    then, now = about["helpers"], table.helpers
    changed = frozenset(m for m in then.keys() | now.keys() if then.get(m) != now.get(m))
    if changed:
        why = f"changed since: {', '.join(sorted(changed))}"
        return State(table.name, "helpers", why, table, seconds, changed)
    return State(table.name, "good", "", table, seconds)


def cheapest_first(found: list[State]) -> list[State]:
    """Return tables with the quickest to compute first, those of the widest reach among equals."""
    return sorted(found, key=lambda state: (state.seconds, -len(state.changed), state.name))


def differences(old: pd.DataFrame, new: pd.DataFrame) -> str:
    """Return the first thing in which two tables differ; times may. Nothing where they agree."""
    if list(old.columns) != list(new.columns) or len(old) != len(new):
        return f"the table is another: {len(new)} rows instead of {len(old)}, or other columns"
    for name in old.columns:
        if TIMES.search(str(name)):
            continue
        a, b = old[name], new[name]
        if pd.api.types.is_numeric_dtype(a) and pd.api.types.is_numeric_dtype(b):
            same = np.isclose(b.astype(float), a.astype(float), CLOSE, 0, equal_nan=True)
        else:
            same = ((a == b) | (a.isna() & b.isna())).to_numpy(bool)
        if not same.all():
            row = int(np.argmin(same))
            return f"{name} in row {row} is {b[row]}, and was {a[row]}"
    return ""
