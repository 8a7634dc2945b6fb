"""Formulas as HTML and MathML, made by KaTeX while the site is built; a bad one ends the build."""

import json
from functools import cache
from pathlib import Path

import quickjs
from docutils import nodes
from sphinx.application import Sphinx
from sphinx.errors import SphinxError

KATEX = Path(__file__).parent.parent / "vendor" / "katex" / "katex.min.js"
RENDER = """(formula, display) => JSON.stringify(katex.renderToString(formula,
    {displayMode: display, throwOnError: true, strict: "ignore", output: "htmlAndMathml"}))"""


class FormulaError(SphinxError):
    """A formula that KaTeX does not understand."""

    category = "Formula"


@cache
def renderer() -> quickjs.Object:
    """Return KaTeX's function from a formula, as TeX, to HTML in JSON."""
    context = quickjs.Context()
    context.eval(KATEX.read_text(encoding="utf-8"))
    return context.eval(RENDER)


@cache
def rendered(formula: str, display: bool = False) -> str:
    """Return the HTML of a formula.

    Raises
    ------
    FormulaError: KaTeX does not understand it.
    """
    try:
        return json.loads(renderer()(formula, display))
    except quickjs.JSException as error:
        raise FormulaError(f"{str(error).splitlines()[0]}\nin the formula {formula}") from None


def visit_inline(self, node: nodes.math) -> None:
    self.body.append(html(self, node, False))
    raise nodes.SkipNode


def visit_block(self, node: nodes.math_block) -> None:
    formula = html(self, node, True)
    self.body.append(f'<div class="course-formula">{formula}</div>\n')
    raise nodes.SkipNode


def html(self, node: nodes.Element, display: bool) -> str:
    """Return the HTML of a node, and name the page where it fails."""
    try:
        return rendered(node.astext(), display)
    except FormulaError as error:
        raise FormulaError(f"{self.builder.current_docname}: {error}") from None


def setup(app: Sphinx) -> dict:
    app.add_html_math_renderer("katex", (visit_inline, None), (visit_block, None))
    app.add_css_file("katex/katex.min.css")
    return {"parallel_read_safe": True, "parallel_write_safe": False}
