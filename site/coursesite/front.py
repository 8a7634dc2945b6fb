"""The front page and the glossary: texts of ``site/pages`` filled in from notebooks and README."""

import re

from coursesite.outline import Outline, Page
from tests.rules import prose
from tools.notebook import ROOT

TEXTS = ROOT / "site" / "pages"


def front_page(outline: Outline, others: tuple[str, ...]) -> str:
    """Return the front page: what the course is, the ways through it, and every lesson."""
    text = (TEXTS / "index.md").read_text(encoding="utf-8")
    ways = "\n".join(f"- {outline.linked(named(way))}" for way in outline.ways)
    lessons = "\n\n".join(
        f"### {part}\n\n" + "\n".join(map(entry, lessons)) for part, lessons in outline.parts
    )
    extras = "\n".join(map(entry, outline.extras)) or "There are none yet."
    first = outline.lessons[0].file if outline.lessons else "glossary.md"
    for name, value in {"ways": ways, "lessons": lessons, "extras": extras, "first": first}.items():
        text = text.replace("{{ " + name + " }}", value)
    listed = [page.file for page in outline.pages] + ["glossary.md", *others]
    tree = "\n".join(["```{toctree}", ":hidden:", "", *listed, "```"])
    return f"{text}\n{tree}\n"


def named(way: str) -> str:
    """Return a way through the course with its name in bold, as the beginning of a line."""
    way = re.sub(r"\A\*(.+?)\*", r"**\1**", way)
    return re.sub(r"\A\W*\w", lambda found: found[0].upper(), way)


def entry(page: Page) -> str:
    """Return a page's line in a list: its title, its question, its minutes."""
    time = f" *{page.minutes} minutes*" if page.minutes else ""
    question = f"<br>{page.question}" if page.question else ""
    return f"- [{page.title}]({page.file}){time}{question}"


def glossary(outline: Outline) -> str:
    """Return the glossary; every term is followed by the lesson that first uses it."""
    text = (TEXTS / "glossary.md").read_text(encoding="utf-8")
    prose_of = [
        (lesson, "\n".join(prose(cell) for cell in lesson.notebook.texts).lower())
        for lesson in (*outline.lessons, *outline.extras)
    ]

    def placed(found: re.Match) -> str:
        term = re.sub(r" \(.*\)|[*`]", "", found[1]).lower()
        pattern = re.compile(rf"(?<!\w){re.escape(term)}")
        first = next((page for page, words in prose_of if pattern.search(words)), None)
        return found[0] + (f" *First in [{first.title}]({first.file}).*" if first else "")

    return re.sub(r"(?m)^(\S.*)\n: (?:.+)(?:\n  .+)*", placed, text)
