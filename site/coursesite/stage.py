"""Write the sources that Sphinx reads, ``build/source``: front page, glossary, one file a notebook.

Links between notebooks hold there as they stand, because every file keeps its place. A link to
another file of the course gets a copy of that file, a link to a folder leads to the front page.
"""

import re
import shutil
from pathlib import Path

from coursesite.cells import LINK, prepared, stored
from coursesite.front import front_page, glossary
from coursesite.outline import Outline
from tools.notebook import ROOT

SITE = ROOT / "site"
KATEX = SITE / "vendor" / "katex"
PAGES = ("data/README.md",)  # pages that are not notebooks


def stage(outline: Outline, folder: Path, root: Path = ROOT) -> None:
    """Write all sources into a folder, which is emptied first."""
    shutil.rmtree(folder, ignore_errors=True)
    texts = {f"{page.name}.ipynb": page for page in outline.pages}
    pages = {*texts, *PAGES}
    for name, page in texts.items():
        notebook = prepared(page, outline)
        for cell in notebook["cells"]:
            if cell["cell_type"] == "markdown":
                cell["source"] = completed(cell["source"], name, pages, folder, root)
        write(folder / name, stored(notebook))
    for name in PAGES:
        source = (root / name).read_text(encoding="utf-8")
        write(folder / name, completed(source, name, pages, folder, root))
    write(folder / "index.md", front_page(outline, PAGES))
    write(folder / "glossary.md", glossary(outline))


def completed(source: str, name: str, pages: set[str], folder: Path, root: Path) -> str:
    """Return Markdown whose links to files that are no pages lead to copies of these files."""
    place = (root / name).parent

    def better(found: re.Match) -> str:
        target = (place / found[2]).resolve()
        if not target.is_relative_to(root.resolve()) or not target.exists():
            return found[0]
        path = target.relative_to(root.resolve()).as_posix()
        up = "../" * name.count("/")
        if target.is_dir():
            return f"{found[1]}{up}index.md"
        if path in pages:
            return found[0]
        plain = path + (".txt" if target.suffix in (".md", ".ipynb") else "")
        write(folder / "files" / plain, target.read_bytes())
        return f"{found[1]}{up}files/{plain}"

    return LINK.sub(better, source)


def style(folder: Path) -> None:
    """Copy KaTeX's style sheet and its fonts, without the formats that are not there."""
    css = (KATEX / "katex.min.css").read_text(encoding="utf-8")
    css = re.sub(r',url\([^)]*\.(?:woff|ttf)\) format\("\w+"\)', "", css)
    write(folder / "katex" / "katex.min.css", css)
    for font in sorted((KATEX / "fonts").iterdir()):
        write(folder / "katex" / "fonts" / font.name, font.read_bytes())


def write(path: Path, content: str | bytes) -> None:
    """Write a file, and the folders above it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content.encode() if isinstance(content, str) else content)
