"""The site that the tests look at: built once, in a folder of its own."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tools.notebook import ROOT


@pytest.fixture(scope="session")
def build(tmp_path_factory: pytest.TempPathFactory) -> Callable[[], Path]:
    """A function that builds the site anew and returns its folder."""

    def run() -> Path:
        folder = tmp_path_factory.mktemp("build") / "site"
        done = subprocess.run(
            [sys.executable, "site/build.py", str(folder)],
            cwd=ROOT,
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        assert not done.stderr, done.stderr
        return folder

    return run


@pytest.fixture(scope="session")
def site(build: Callable[[], Path]) -> Path:
    """The folder of the finished site."""
    return build()
