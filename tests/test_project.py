"""The course's own files about itself: what it needs, how that is pinned, how lines end."""

import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from tools import lock
from tools.notebook import ROOT

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
PINNED = [path.with_suffix(".txt") for path in lock.sources()]


def listed(path: Path) -> list[str]:
    """Return the requirements that a file lists, without comments and references to files."""
    lines = [line.split("#")[0].strip() for line in path.read_text(encoding="utf-8").splitlines()]
    return [line for line in lines if line and not line.startswith("-")]


def name_of(requirement: str) -> str:
    return re.match(r"[A-Za-z0-9._-]+", requirement)[0].lower()


def test_the_project_table_lists_what_requirements_in_lists():
    assert PROJECT["dependencies"] == listed(ROOT / "requirements.in")


def test_the_python_versions_are_those_that_the_course_checks():
    from helpers.machine import PYTHONS

    low, (major, minor) = PYTHONS
    assert PROJECT["requires-python"] == f">={low[0]}.{low[1]},<{major}.{minor + 1}"


@pytest.mark.parametrize("path", PINNED, ids=[path.name for path in PINNED])
def test_what_is_pinned_is_what_is_asked_for(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert lock.problems(text) == []
    pinned = {name_of(line) for line in text.splitlines() if re.match(r"[A-Za-z0-9]", line)}
    missing = {name_of(line) for line in listed(path.with_suffix(".in"))} - pinned
    assert not missing, f"{', '.join(sorted(missing))} not in {path.name}: make lock"


HASH = "--hash=sha256:" + 64 * "0"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (f"numpy==2.0 \\\n    {HASH}\n    # via scipy\nidna[all]==3 ; python > '3' {HASH}\n", ""),
        ("numpy==2.0\n", "it does not pin with hashes: numpy==2.0"),
        (f"numpy>=2.0 {HASH}\n", "it does not pin with hashes: numpy>=2.0"),
        (f"--index-url https://example.org/simple\nnumpy==2.0 {HASH}\n", "it names an address"),
        (f"numpy @ https://example.org/n.whl {HASH}\n", "it names an address"),
        ("", "it does not pin with hashes: nothing"),
    ],
)  # fmt: skip
def test_what_is_wrong_with_pins_is_found(text: str, said: str) -> None:
    found = "; ".join(lock.problems(text))
    assert said in found and bool(said) == bool(found)


def test_optional_files_are_pinned_to_the_main_ones_versions(tmp_path, monkeypatch, capsys):
    for name in ("requirements-extra.in", "requirements.in"):
        (tmp_path / name).touch()
    called = []

    def run(command: list[str], cwd: Path) -> subprocess.CompletedProcess:
        called.append(command)
        (cwd / command[command.index("--output-file") + 1]).write_text(f"a==1 {HASH}\n")
        return subprocess.CompletedProcess(command, 0)

    monkeypatch.setattr(lock.subprocess, "run", run)
    assert lock.main(tmp_path) == 0
    assert [command[5] for command in called] == ["requirements.in", "requirements-extra.in"]
    assert "--constraints" not in called[0] and called[1][-2:] == [
        "--constraints",
        "requirements.txt",
    ]
    assert all("--no-emit-index-url" in command for command in called)
    assert "requirements-extra.txt written." in capsys.readouterr().out


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("notebooks/a.ipynb", "lf"),
        ("data/results/a.csv", "lf"),
        ("data/results/a.json", "lf"),
        ("data/SHA256SUMS", "lf"),
        ("requirements.txt", "lf"),
        ("requirements-x.in", "lf"),
        ("helpers/a.py", "lf"),
        (".ci/run", "lf"),
        ("data/mnist/a.gz", "binary"),
    ],
)
def test_line_ends_do_not_depend_on_the_system(name: str, kind: str) -> None:
    """What git would do on a system whose lines end otherwise, from the attributes alone."""
    patterns = {}
    for line in (ROOT / ".gitattributes").read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            pattern, *attributes = line.split()
            patterns[pattern] = attributes
    found = ["auto"]
    for pattern, attributes in patterns.items():
        if Path(name).match(pattern):
            found = attributes
    assert ("eol=lf" in found) == (kind == "lf") and ("binary" in found) == (kind == "binary")


def test_tools_need_no_tensorflow_to_say_what_they_do():
    """Reading, hashing and planning stay quick: they import neither helpers nor TensorFlow."""
    modules = "tools.notebook, tools.fingerprint, tools.rotation, tools.results, tools.evidence"
    code = f"import sys, {modules}; print('tensorflow' in sys.modules, 'helpers' in sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout == "False False\n"
