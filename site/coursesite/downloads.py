"""What can be taken away: each notebook, its Markdown, and the course as zips of git's files."""

import subprocess
import zipfile
from pathlib import Path

from coursesite.markdown import llms, markdown
from coursesite.outline import Outline, SiteError
from coursesite.stage import write
from tools.notebook import ROOT

COURSE, CLOTHES = "course.zip", "fashion-mnist.zip"
APART = "data/fashion-mnist/"  # two thirds of the whole, and most lessons do without
FOLDER = "optimising-autoencoders"  # what the zips unpack to
MOMENT = (1980, 1, 1, 0, 0, 0)  # the same in every build
PACKED = (".gz", ".png", ".woff2")  # no smaller when packed again


def git(*words: str, root: Path = ROOT) -> str:
    """Return what git says.

    Raises
    ------
    SiteError: this is no clone, or there is no git.
    """
    try:
        done = subprocess.run(
            ["git", *words], cwd=root, capture_output=True, encoding="utf-8", check=True
        )
    except (OSError, subprocess.CalledProcessError):
        raise SiteError("The site is built from a clone of the course, with git.") from None
    return done.stdout


def commit(root: Path = ROOT) -> str:
    """Return the commit that is built, and whether files differ from it."""
    changed = git("status", "--porcelain", "--untracked-files=no", root=root).strip()
    return git("rev-parse", "--short=12", "HEAD", root=root).strip() + " and changes" * bool(
        changed
    )


def files(root: Path = ROOT) -> list[str]:
    """Return the paths of all files that git keeps and that are there."""
    names = git("ls-files", "-z", root=root).split("\0")
    return sorted({name for name in names if name and (root / name).is_file()})


def pack(target: Path, names: list[str], root: Path = ROOT) -> None:
    """Write files into a zip whose bytes depend on nothing but them and their names."""
    target.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(target, "w") as archive:
        for name in names:
            entry = zipfile.ZipInfo(f"{FOLDER}/{name}", MOMENT)
            entry.create_system = 3
            runs = (root / name).read_bytes()[:2] == b"#!"
            entry.external_attr = (0o100755 if runs else 0o100644) << 16
            packed = name.endswith(PACKED)
            entry.compress_type = zipfile.ZIP_STORED if packed else zipfile.ZIP_DEFLATED
            archive.writestr(entry, (root / name).read_bytes(), compresslevel=9)


def downloads(outline: Outline, folder: Path, title: str, root: Path = ROOT) -> None:
    """Put all downloads into the finished site."""
    for page in outline.pages:
        write(folder / page.file, page.notebook.path.read_bytes())
        write(folder / f"{page.name}.md", markdown(page))
    write(folder / "llms.txt", llms(outline, title))
    names = files(root)
    pack(folder / COURSE, [name for name in names if not name.startswith(APART)], root)
    pack(folder / CLOTHES, [name for name in names if name.startswith(APART)], root)
    write(folder / ".nojekyll", "")  # hosts that would leave out _static
