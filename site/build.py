"""Build the website from the committed notebooks: ``make site``. Nothing is executed or fetched.

``python site/build.py FOLDER`` builds it elsewhere.
"""

import shutil
import sys
import time
from pathlib import Path

from coursesite.downloads import downloads
from coursesite.outline import SiteError, course
from coursesite.stage import stage, style
from sphinx.cmd.build import main as sphinx

SITE = Path(__file__).resolve().parent
BUILD = SITE.parent / "build"
TITLE = "Optimising autoencoders: efficiency and performance"


def build(folder: Path, work: Path) -> int:
    """Build everything anew, with ``work`` for what is between; return the exit status."""
    for old in (folder, work):
        shutil.rmtree(old, ignore_errors=True)
    stage(course(), work / "source")
    style(work / "static")
    words = ["-W", "--keep-going", "-q", "-b", "html", "-c", str(SITE), "-d", str(work / "trees")]
    words += ["-D", f"html_static_path=static,{work / 'static'}"]
    if status := sphinx([*words, str(work / "source"), str(folder)]):
        return status
    for rest in (".buildinfo", "objects.inv", "_static/webpack-macros.html"):  # for Sphinx alone
        (folder / rest).unlink(missing_ok=True)
    shutil.rmtree(folder / "_sources", ignore_errors=True)
    downloads(course(), folder, TITLE)
    return 0


def main(words: list[str]) -> int:
    """Build the site and say where it is."""
    start = time.perf_counter()
    folder = Path(words[0]).resolve() if words else BUILD / "site"
    try:
        status = build(folder, folder.with_name(f"{folder.name}-work"))
    except SiteError as error:
        print(error, file=sys.stderr)
        return 1
    if not status:
        size = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
        seconds = time.perf_counter() - start
        name = folder.relative_to(Path.cwd()) if folder.is_relative_to(Path.cwd()) else folder
        print(f"{name} is ready: {size / 1e6:.0f} MB in {seconds:.0f} s. Open its index.html.")
    return status


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
