"""What a notebook looks like on its page: folds, the opening, and solutions under their exercises.

Everything is done to a copy of the notebook's JSON before Sphinx sees it.
"""

import copy
import json
import re

from coursesite.outline import Outline, Page, headed
from tools.notebook import Cell

PROMPTS = {  # what a fold says while it is closed: of the code, and of the result
    "setup": "The set-up cell, the same in every lesson",
    "hide-input": "Show the code",
    "hide-output": "Guess first, then open the result",
}
OPEN = "Close"


def text_cell(source: str) -> dict:
    """Return a Markdown cell."""
    return {"cell_type": "markdown", "metadata": {}, "source": source}


def folded(raw: dict) -> dict:
    """Return a code cell with MyST-NB's tags and words for what is folded in it."""
    metadata = raw["metadata"]
    tags = list(metadata.get("tags", []))
    said = [PROMPTS[tag] for tag in ("setup", "hide-input", "hide-output") if tag in tags]
    if "setup" in tags and "hide-input" not in tags:
        tags.append("hide-input")
    metadata["tags"] = tags
    if said:
        metadata["mystnb"] = {"code_prompt_show": said[0], "code_prompt_hide": OPEN}
    if "hide-input" in tags and "hide-output" in tags:  # code and result under one fold
        tags.append("hide-cell")
        metadata["mystnb"]["code_prompt_show"] = PROMPTS["hide-output"]
    return raw


def opening(raw: dict) -> dict:
    """Return the cell of outcomes, prerequisites and time, in a box of its own."""
    return text_cell(f":::::{{container}} course-opening\n{raw['source']}\n:::::")


def solutions(page: Page) -> dict[object, list[Cell]]:
    """Return the cells that solve each exercise, by its number, the heading first."""
    found = {}
    for group in headed(page.notebook.cells):
        for cell in group:
            for number in cell.answers() if cell.number else ():
                found[number] = group
    return found


def fold(number: object, cells: list[Cell]) -> list[dict]:
    """Return the cells of one solution between the ends of a fold."""
    name = str(number).rpartition(".")[2]
    start = f'<details class="course-solution">\n<summary>Solution of exercise {name}</summary>'
    inside = []
    for cell in cells:
        raw = copy.deepcopy(cell.raw)
        raw["source"] = cell.source
        if not cell.number:  # headings would end the fold in the middle
            raw["source"] = re.sub(r"\A## .*\n*", "", raw["source"])
            raw["source"] = re.sub(r"(?m)^#{2,6} (.+)$", r"**\1**", raw["source"])
        if raw["source"].strip():
            inside.append(raw)
    return [text_cell(start), *inside, text_cell("</details>")]


def prepared(page: Page, outline: Outline) -> dict:
    """Return the JSON of a notebook as its page shows it."""
    other = outline.solution_of(page) if page.kind != "solution" else None
    solved = solutions(other) if other else {}
    depth = page.name.count("/")
    cells = []
    for cell in page.notebook.cells:
        raw = copy.deepcopy(cell.raw)
        raw["source"] = cell.source
        if not cell.number and "**You will be able to**" in cell.source and len(cells) < 4:
            raw = opening(raw)
        cells.append(raw)
        for number in cell.answers() if cell.number else ():
            if number in solved:
                cells += [
                    relinked(inside, other.name, depth) for inside in fold(number, solved[number])
                ]
    for raw in cells:
        if raw["cell_type"] == "code":
            folded(raw)
    metadata = {key: page.notebook.raw["metadata"][key] for key in ("kernelspec", "language_info")}
    return {"cells": cells, "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}


LINK = re.compile(r"(\]\()(?![a-z][a-z0-9+.-]*:|#|/)([^)\s#]+)", re.IGNORECASE)


def relinked(raw: dict, home: str, depth: int) -> dict:
    """Return a text cell whose relative links, made for the page ``home``, hold elsewhere.

    ``depth`` is the number of folders above the page that it is shown on.
    """
    if raw["cell_type"] == "markdown":
        folder = home.split("/")[:-1]

        def moved(found: re.Match) -> str:
            parts = list(folder)
            for step in found[2].split("/"):
                if step == "..":
                    parts.pop()
                elif step != ".":
                    parts.append(step)
            return found[1] + "../" * depth + "/".join(parts)

        raw["source"] = LINK.sub(moved, raw["source"])
    return raw


def stored(notebook: dict) -> str:
    """Return the JSON of a notebook as text, the same every time."""
    for index, cell in enumerate(notebook["cells"]):
        cell["id"] = f"cell-{index}"
    return json.dumps(notebook, ensure_ascii=False, indent=1, sort_keys=True) + "\n"
