"""Which pages there are, in which order, and what README says about parts and ways through.

The notebooks decide which pages exist; README alone says how lessons are grouped (``parts``) and
which ways lead through them (``ways``), so that nothing is typed twice.
"""

import re
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path

from tools.notebook import ROOT, Cell, Notebook, load, paths

OTHER = "Lessons"  # the part of lessons that README does not group


class SiteError(Exception):
    """Something that keeps the site from being built; the message says what to do."""


@dataclass(frozen=True, eq=False)
class Page:
    """A page made from a notebook. ``name`` is its address without an ending."""

    name: str
    kind: str  # lesson, extra or solution
    notebook: Notebook

    @property
    def file(self) -> str:
        """The notebook's path in the course, with slashes."""
        return f"{self.name}.ipynb"

    @cached_property
    def title(self) -> str:
        found = re.match(r"# +(.+)", self.notebook.cells[0].source)
        if not found:
            raise SiteError(f"{self.file}: the first cell has no title (`# …`).")
        return found[1].strip()

    @property
    def number(self) -> str:
        return self.notebook.number

    @cached_property
    def question(self) -> str:
        """What the lesson asks, without emphasis; nothing where it does not say."""
        found = re.search(r"\*\*The question\.\*\*\s*(.+)", self.notebook.cells[0].source)
        return found[1].strip().strip("*") if found else ""

    @cached_property
    def minutes(self) -> str:
        """The minutes that the lesson states for itself, without the exercises."""
        texts = "\n".join(cell.source for cell in self.notebook.texts[:3])
        found = re.search(r"\*\*Time\*\*\D{0,20}(\d+) minutes", texts)
        return found[1] if found else ""


@dataclass(frozen=True, eq=False)
class Outline:
    """All pages of the course that are made from notebooks."""

    lessons: list[Page]
    extras: list[Page]
    solutions: list[Page]
    readme: str

    @property
    def pages(self) -> list[Page]:
        return [*self.lessons, *self.extras, *self.solutions]

    @cached_property
    def by_name(self) -> dict[str, Page]:
        return {page.name: page for page in self.pages}

    def solution_of(self, page: Page) -> Page | None:
        """Return the page with the worked solutions of a lesson or an extra."""
        stem = page.notebook.path.stem
        return self.by_name.get(f"notebooks/solutions/{stem}_solutions")

    def lesson_of(self, page: Page) -> Page | None:
        """Return the lesson or the extra that a page of solutions belongs to."""
        stem = page.notebook.path.stem.removesuffix("_solutions")
        found = (self.by_name.get(f"notebooks/{folder}{stem}") for folder in ("", "extras/"))
        return next((lesson for lesson in found if lesson), None)

    @cached_property
    def parts(self) -> list[tuple[str, list[Page]]]:
        """The lessons under the headings of README's table (its rows in bold)."""
        starts = [("", OTHER)]  # the first number under a heading, and the heading
        heading = None
        for line in self.readme.splitlines():
            if found := re.match(r"\|\s*\|\s*\*\*(.+?)\*\*\s*\|", line):
                heading = found[1]
            elif heading and (found := re.match(r"\|\s*\[?(\d\d)\b", line)):
                starts.append((found[1], heading))
                heading = None
        parts: dict[str, list[Page]] = {}
        for lesson in self.lessons:
            title = [title for first, title in starts if first <= lesson.number][-1]
            parts.setdefault(title, []).append(lesson)
        return list(parts.items())

    @cached_property
    def ways(self) -> list[str]:
        """The ways through the course, as README's paragraph (or list) names them."""
        found = re.search(
            r"\*\*[^*\n]*ways through[^*\n]*\*\*:?(.*?)(?=\n\n[^-]|\Z)", self.readme, re.DOTALL
        )
        if not found:
            raise SiteError("README.md has no paragraph that begins with **Three ways through:**.")
        marks = r"^- " if re.search(r"^- ", found[1], re.MULTILINE) else r" · "
        ways = [" ".join(way.split()) for way in re.split(marks, found[1], flags=re.MULTILINE)]
        return [way.rstrip(".") for way in ways if way]

    def linked(self, text: str) -> str:
        """Return text whose numbers of lessons are links from the front page."""
        address = {lesson.number: lesson.file for lesson in self.lessons}
        return re.sub(
            r"(?<![\w\[(/])\d\d(?![\w\])])",
            lambda found: f"[{found[0]}]({address[found[0]]})" if found[0] in address else found[0],
            text,
        )


def headed(cells: list[Cell], start: str = "## ") -> list[list[Cell]]:
    """Return the cells in groups, each but the first beginning with a heading."""
    groups: list[list[Cell]] = [[]]
    for cell in cells:
        if cell.raw["cell_type"] == "markdown" and cell.source.startswith(start):
            groups.append([])
        groups[-1].append(cell)
    return groups


def outline(root: Path = ROOT) -> Outline:
    """Read the course's notebooks; the template for authors is left out."""
    kinds: dict[str, list[Page]] = {"lesson": [], "extra": [], "solution": []}
    for path in paths(root / "notebooks"):
        notebook = load(path)
        if notebook.is_template or path.stem.startswith("new_lesson"):
            continue
        kind = "extra" if notebook.is_extra else "lesson" if notebook.is_lesson else "solution"
        name = path.relative_to(root).with_suffix("").as_posix()
        kinds[kind].append(Page(name, kind, notebook))
    readme = (root / "README.md").read_text(encoding="utf-8")
    return Outline(kinds["lesson"], kinds["extra"], kinds["solution"], readme)


@cache
def course() -> Outline:
    """Return the outline of this course, read once."""
    return outline()
