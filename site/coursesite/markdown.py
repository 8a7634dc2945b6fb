"""Each page as plain Markdown, and ``llms.txt``, the list of these files for machines that read."""

import re

from coursesite.outline import Outline, Page
from tools.notebook import Cell, joined

SUMMARY = (
    "A course in Jupyter notebooks. Every statement in it is tested by the notebook's own code."
)


def markdown(page: Page) -> str:
    """Return a notebook as Markdown: text as it stands, code in fences, outputs as text."""
    parts = []
    for cell in page.notebook.cells:
        if not cell.number:
            parts.append(cell.source)
            continue
        parts.append(fenced(cell.source, "python"))
        parts += results(cell)
    return "\n\n".join(part.strip("\n") for part in parts) + "\n"


def fenced(text: str, language: str = "text") -> str:
    """Return text between fences that are longer than any in it."""
    fence = "`" * max(3, 1 + max(map(len, re.findall("`+", text)), default=0))
    return f"{fence}{language}\n{text.rstrip()}\n{fence}"


def results(cell: Cell) -> list[str]:
    """Return the outputs of a cell, pictures by their descriptions."""
    found = []
    for output in cell.outputs:
        data = output.get("data", {})
        text = joined(output.get("text", data.get("text/plain", "")))
        if any(kind.startswith("image/") for kind in data):
            found.append(f"*Figure: {' '.join(text.split())}*")
        elif text.strip():
            found.append(fenced(text))
    return found


def llms(outline: Outline, title: str) -> str:
    """Return the list of all pages' Markdown, as the convention llms.txt wants it."""
    lines = [f"# {title}", "", f"> {SUMMARY}", ""]
    groups = (("Lessons", outline.lessons), ("Extras", outline.extras))
    for heading, pages in (*groups, ("Optional", outline.solutions)):
        if pages:
            lines += [f"## {heading}", ""]
            lines += [
                f"- [{page.title}]({page.name}.md)" + (page.question and f": {page.question}")
                for page in pages
            ]
            lines.append("")
    return "\n".join(lines)
