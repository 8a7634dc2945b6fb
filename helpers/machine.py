"""Is this machine ready? Python, packages, Keras's settings, memory and data, a row each."""

import importlib.metadata
import sys
from pathlib import Path

import pandas as pd
import psutil

from helpers import data, surroundings

PYTHONS = ((3, 11), (3, 13))  # oldest and newest that the course is made for
MEMORY = 3.0  # GiB that a lesson may need


def machine() -> pd.DataFrame:
    """Look at what a lesson needs; one row each, with "ok" or what to do."""
    rows = []

    def add(what: str, found: str, fine: bool, cure: str) -> None:
        rows.append({"what": what, "found": found, "state": "ok" if fine else cure})

    low, high = (".".join(map(str, version)) for version in PYTHONS)
    version = ".".join(map(str, sys.version_info[:3]))
    fine = PYTHONS[0] <= sys.version_info[:2] <= PYTHONS[1]
    add("Python", version, fine, f"make the environment anew with Python {low} to {high}")
    for package, wanted in (("tensorflow", "2.21"), ("keras", "3.15"), ("scikit-learn", "1.")):
        found = importlib.metadata.version(package)
        cure = f"written for {wanted}: run `pip install -r requirements.txt` again"
        add(package, found, found.startswith(wanted), cure)
    found = surroundings.keras_settings()
    fine = found == surroundings.KERAS
    add("Keras's settings", ", ".join(found.values()), fine, surroundings.RESTART)
    free, limited = free_memory()
    cure = "raise the memory limit of this process" if limited else "close other programs"
    add("free memory", f"{free / 2**30:.1f} GiB", free / 2**30 >= MEMORY, f"{cure}, or notebooks")
    files = data.verify()
    for name, group in files.groupby(files["file"].str.split("/").str[0], sort=False):
        wrong = group["state"][group["state"] != "ok"]
        add(f"data/{name}", f"{group['MB'].sum():.0f} MB", wrong.empty, " ".join(wrong))
    return pd.DataFrame(rows)


def free_memory(root: Path = Path("/")) -> tuple[int, bool]:
    """Bytes that this process may still take, and whether a limit of its own says so.

    The least of what the machine has left, what its control groups allow (Linux, both versions:
    docs.kernel.org/admin-guide/cgroup-v2.html and cgroup-v1/memory.html) and what RLIMIT_AS
    leaves of the address space. root: of the file system, for tests.
    """
    found = [(int(psutil.virtual_memory().available), False)]
    found += [(left, True) for left in (*_left_in_groups(root), *_left_in_address_space())]
    return min(found)


def _left_in_groups(root: Path) -> list[int]:
    """What each memory control group above this process has left; cached files do not count."""
    try:
        lines = (root / "proc/self/cgroup").read_text().splitlines()
    except OSError:  # not on Linux
        return []
    left, mount = [], root / "sys/fs/cgroup"
    for _, controllers, path in (line.split(":", 2) for line in lines):
        if controllers == "":  # version 2
            base, limit, usage, idle = mount, "memory.max", "memory.current", "inactive_file"
        elif "memory" in controllers.split(","):
            base, idle = mount / "memory", "total_inactive_file"
            limit, usage = "memory.limit_in_bytes", "memory.usage_in_bytes"
        else:
            continue
        here = base / path.strip("/")  # in a container this path may lie outside of what it sees
        for group in (here, *here.parents):
            if base not in (group, *group.parents):
                break
            try:
                most, used = ((group / name).read_text().strip() for name in (limit, usage))
                stat = dict(line.split() for line in (group / "memory.stat").open())
                left.append(max(0, int(most) - int(used) + int(stat.get(idle, 0))))
            except (OSError, ValueError):  # no such file, or the limit is "max": none
                continue
    return left


def _left_in_address_space() -> list[int]:
    try:
        import resource
    except ImportError:  # Windows
        return []
    most = resource.getrlimit(resource.RLIMIT_AS)[0]
    if most == resource.RLIM_INFINITY:
        return []
    return [max(0, most - psutil.Process().memory_info().vms)]
