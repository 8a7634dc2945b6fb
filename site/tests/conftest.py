"""The site that the tests look at: built once, in a folder of its own."""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

from tools.notebook import ROOT

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
FLAGS = (
    "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync"
).split()


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


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """A headless Chromium."""
    program = next(filter(None, map(shutil.which, BROWSERS)), None)
    if program is None:
        said = "There is no Chromium here; the tests in a browser need one."
        pytest.fail(said) if os.environ.get("COURSE_BROWSER") == "1" else pytest.skip(said)
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=program, args=FLAGS)
        yield started
        started.close()
