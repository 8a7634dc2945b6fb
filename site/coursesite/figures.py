"""Figures: the text stored beside a picture is its alternative text; pictures load when needed.

Paragraphs that begin with **Predict.** or **Do.** get a class of their own, too.
"""

import base64
import hashlib
import struct
from pathlib import Path

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util import logging

from coursesite.outline import Page, course
from tools.notebook import Cell, joined

LOGGER = logging.getLogger(__name__)
CALLS = {"Predict.": "course-predict", "Do.": "course-do"}


Picture = tuple[str, int, int]  # description, width and height


def described(cell: Cell) -> dict[str, Picture]:
    """Return what belongs to the pictures that a cell shows, by their SHA-256."""
    found = {}
    for output in cell.outputs:
        data = output.get("data", {})
        if "image/png" in data:
            picture = base64.b64decode(joined(data["image/png"]))
            width, height = struct.unpack(">II", picture[16:24])
            text = " ".join(joined(data.get("text/plain", "")).split())
            found[hashlib.sha256(picture).hexdigest()] = text, width, height
    return found


def pictures(page: Page) -> dict[str, Picture]:
    """Return what belongs to all pictures of a notebook."""
    found = {}
    for cell in page.notebook.code:
        found |= described(cell)
    return found


def describe(app: Sphinx, doctree: nodes.document) -> None:
    """Give every picture of a page its description and its size."""
    outline = course()
    page = outline.by_name.get(app.env.docname)
    if page is None:
        return
    other = outline.solution_of(page)
    known = {**(pictures(other) if other else {}), **pictures(page)}
    for image in doctree.findall(nodes.image):
        text, width, height = known.get(Path(image["uri"]).stem, ("", 0, 0))
        if not text:
            LOGGER.warning("%s: a picture without a description", page.file)
            continue
        image["alt"], image["course-size"] = text, (width, height)
    for paragraph in doctree.findall(nodes.paragraph):
        first = paragraph.children[0] if paragraph.children else None
        if isinstance(first, nodes.strong) and first.astext() in CALLS:
            paragraph["classes"].append(CALLS[first.astext()])


def visit_image(self, node: nodes.image) -> None:
    """Write a picture with its size, to be loaded when the reader comes near."""
    type(self).visit_image(self, node)
    if size := node.get("course-size"):
        extra = f'<img width="{size[0]}" height="{size[1]}" loading="lazy" decoding="async" '
        self.body[-1] = self.body[-1].replace("<img ", extra, 1)


def depart_image(self, node: nodes.image) -> None:
    type(self).depart_image(self, node)


def setup(app: Sphinx) -> dict:
    app.connect("doctree-read", describe)
    app.add_node(nodes.image, override=True, html=(visit_image, depart_image))
    return {"parallel_read_safe": True, "parallel_write_safe": True}
