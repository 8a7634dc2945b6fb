"""Pin what the course needs: ``python -m tools.lock`` writes a .txt for each requirements*.in.

All versions, for all systems, with hashes, and without the address of a package index. The
versions of ``requirements.txt`` hold for the optional files too, so that they can be installed
on top of it; the website's are pinned apart. Needs ``uv``, which ``make lock`` installs.
"""

import re
import subprocess
import sys
from pathlib import Path

from tools.notebook import ROOT

PYTHON = "3.11"  # the oldest that the course runs on
MAIN = "requirements.in"
ADDRESS = re.compile(r"https?://\S+|--(?:extra-)?index-url|--find-links")


def command(source: Path) -> list[str]:
    """Return the call of uv that writes the pinned versions of a file, in its folder."""
    options = ["--quiet", "--universal", "--python-version", PYTHON, "--generate-hashes"]
    options += ["--no-emit-index-url", "--no-header", "--output-file", f"{source.stem}.txt"]
    if source.name != MAIN:
        options += ["--constraints", f"{Path(MAIN).stem}.txt"]
    return [sys.executable, "-m", "uv", "pip", "compile", source.name, *options]


def sources(folder: Path = ROOT) -> list[Path]:
    """Return the files to pin, the main one first, the website's last."""
    found = sorted(folder.glob("requirements*.in"), key=lambda path: (path.name != MAIN, path))
    return found + sorted(folder.glob(f"site/{MAIN}"))


def problems(text: str) -> list[str]:
    """Return what is wrong with pinned requirements: addresses, and pins without hashes."""
    found = [f"it names an address: {match[0]}" for match in ADDRESS.finditer(text)]
    for pin in re.split(r"\n(?=\S)", re.sub(r"(?m)^\s*#.*\n?", "", text).strip()):
        if not re.match(r"[A-Za-z0-9._-]+(\[[\w,.-]+\])?==", pin) or "--hash=sha256:" not in pin:
            found.append(
                f"it does not pin with hashes: {pin.splitlines()[0] if pin else 'nothing'}"
            )
    return found


def main(folder: Path = ROOT) -> int:
    """Write all pinned files; return the exit status."""
    for source in sources(folder):
        done = subprocess.run(command(source), cwd=source.parent)
        if done.returncode:
            return done.returncode
        target = source.with_suffix(".txt")
        if wrong := problems(target.read_text(encoding="utf-8")):
            print(f"{target.relative_to(folder)}: {wrong[0]}")
            return 1
        print(f"{target.relative_to(folder)} written.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
