"""Is the machine ready: every row says what it found, and what to do if that is too little."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from helpers import check, machine

ROOT = Path(__file__).parents[1]
GIB = 2**30


def states() -> dict[str, str]:
    return dict(check.machine().set_index("what")["state"])


def test_machine_is_fine_here():
    table = check.machine()
    assert list(table.columns) == ["what", "found", "state"]
    assert {"Python", "tensorflow", "keras", "Keras's settings", "data/mnist"} <= set(table["what"])
    assert list(table["state"]) == ["ok"] * len(table)


def test_machine_says_what_to_do(monkeypatch):
    monkeypatch.setattr(machine, "PYTHONS", ((2, 6), (2, 7)))
    monkeypatch.setattr(machine, "MEMORY", 1e6)
    assert states()["Python"] == "make the environment anew with Python 2.6 to 2.7"
    assert "memory limit" in states()["free memory"] or "close other" in states()["free memory"]


@pytest.mark.parametrize("limited", [False, True])
def test_machine_tells_a_limit_from_a_full_machine(monkeypatch, limited):
    monkeypatch.setattr(machine, "free_memory", lambda: (GIB, limited))
    row = check.machine().set_index("what").loc["free memory"]
    cure = "raise the memory limit of this process" if limited else "close other programs"
    assert row["found"] == "1.0 GiB" and row["state"] == f"{cure}, or notebooks"


@pytest.mark.parametrize(("free", "fine"), [(2.99, False), (3.0, True), (3.01, True)])
def test_how_much_is_enough(monkeypatch, free, fine):
    monkeypatch.setattr(machine, "free_memory", lambda: (int(free * GIB), False))
    assert (states()["free memory"] == "ok") == fine


# --- limits --------------------------------------------------------------------------------------


@pytest.fixture(autouse=True)
def plenty(monkeypatch):
    """A machine with 64 GiB free, and no limit on the address space, whatever runs the tests."""
    memory = type("", (), {"available": 64 * GIB})
    monkeypatch.setattr(machine.psutil, "virtual_memory", lambda: memory)
    monkeypatch.setattr(machine, "_left_in_address_space", list)


def group(root: Path, path: str, version: int, most, used: int, idle: int = 0) -> None:
    """A memory control group below ``root``, as Linux shows it."""
    folder = root / "sys/fs/cgroup" / ("memory" if version == 1 else "") / path
    folder.mkdir(parents=True, exist_ok=True)
    names = {1: ("limit_in_bytes", "usage_in_bytes"), 2: ("max", "current")}[version]
    for name, value in zip(names, (most, used), strict=True):
        (folder / f"memory.{name}").write_text(f"{value}\n")
    key = {1: "total_inactive_file", 2: "inactive_file"}[version]
    (folder / "memory.stat").write_text(f"anon 5\n{key} {idle}\n")


def belongs(root: Path, *lines: str) -> Path:
    (root / "proc/self").mkdir(parents=True)
    (root / "proc/self/cgroup").write_text("".join(f"{line}\n" for line in lines))
    return root


LINES = {1: ("12:cpu,cpuacct:/a/b", "7:memory:/a/b", "0::/"), 2: ("0::/a/b",)}


def test_no_limit(tmp_path):
    assert machine.free_memory(tmp_path) == (64 * GIB, False)


@pytest.mark.parametrize("version", [1, 2])
def test_limit_of_the_own_group(tmp_path, version):
    group(belongs(tmp_path, *LINES[version]), "a/b", version, 4 * GIB, 3 * GIB, idle=GIB // 2)
    assert machine.free_memory(tmp_path) == (3 * GIB // 2, True)


@pytest.mark.parametrize("version", [1, 2])
def test_the_tightest_group_above_counts(tmp_path, version):
    belongs(tmp_path, *LINES[version])
    group(tmp_path, "a/b", version, 8 * GIB, 1 * GIB)
    group(tmp_path, "a", version, 6 * GIB, 4 * GIB)
    group(tmp_path, "other", version, 2 * GIB, 1 * GIB)
    assert machine.free_memory(tmp_path) == (2 * GIB, True)


def test_container_that_sees_only_its_own_group(tmp_path):
    """Its path in /proc is the host's, and does not exist inside."""
    group(belongs(tmp_path, "0::/../../host/path"), "", 2, 2 * GIB, 0)
    assert machine.free_memory(tmp_path) == (2 * GIB, True)


@pytest.mark.parametrize(("version", "most"), [(2, "max"), (1, 2**63 - 4096)])
def test_group_without_a_limit(tmp_path, version, most):
    group(belongs(tmp_path, *LINES[version]), "a/b", version, most, GIB)
    assert machine.free_memory(tmp_path) == (64 * GIB, False)


def test_group_that_is_full(tmp_path):
    group(belongs(tmp_path, "0::/a"), "a", 2, GIB, 2 * GIB)
    assert machine.free_memory(tmp_path) == (0, True)


LIMITED = """
import resource, sys; sys.path.insert(0, {root!r})
import psutil
from helpers import check
resource.setrlimit(resource.RLIMIT_AS, (psutil.Process().memory_info().vms + 2 * 2**30, -1))
print(check.machine().set_index("what").loc["free memory"].to_list())
"""


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux heeds RLIMIT_AS")
def test_limit_of_the_address_space():
    done = subprocess.run(
        [sys.executable, "-c", LIMITED.format(root=str(ROOT))],
        **{"capture_output": True, "text": True, "env": os.environ | {"PYTHONIOENCODING": "utf-8"}},
    )
    wanted = "['2.0 GiB', 'raise the memory limit of this process, or notebooks']"
    assert done.stdout.strip() == wanted, done.stderr
