"""Explorers as text: one module, one style and one page each, from the files beside this one.

The JavaScript is written in ES modules. ``core.js`` holds an explorer's numbers, ``pictures.js``
what is drawn and said; neither touches a page, so that tests run them without one. ``render.js``
exports ``render({model, el})``, anywidget's interface. Nothing but the standard library is needed
here: the website's tests read this file without TensorFlow.

An explorer with a file ``given.js`` shows a table. That file holds a lesson's own, from which the
still picture was drawn; a page of another table gets that table in its place.
"""

import json
import re
from html import escape
from pathlib import Path

FOLDER = Path(__file__).parent
TITLES = {
    "optimizers": "Optimizers on a bowl",
    "loss": "A loss by hand",
    "pick": "Pick your model",
}
GIVEN = "{}/given.js"  # only where there is a table
PURE = ("shared/draw.js", GIVEN, "{}/core.js", "{}/pictures.js")
IN_PAGES = (*PURE, "shared/controls.js", "{}/render.js")
STYLES = ("shared/style.css", "{}/style.css")
NO_SCRIPTS = "This picture can be moved where scripts are allowed."


def read(file: str) -> str:
    """Return the text of a file of this folder."""
    return (FOLDER / file).read_text(encoding="utf-8").strip() + "\n"


def there(name: str, files: tuple[str, ...]) -> list[str]:
    """Return those of the files that an explorer has."""
    return [file.format(name) for file in files if (FOLDER / file.format(name)).is_file()]


def takes_table(name: str) -> bool:
    """Return whether an explorer shows a table."""
    return bool(there(name, (GIVEN,)))


def written(given: dict) -> str:
    """Return a table as the text of ``given.js``, which no name in it can end."""
    text = json.dumps(given, ensure_ascii=False, allow_nan=False).replace("<", "\\u003c")
    return f"export const given = {text};\n"


def joined(name: str, files: tuple[str, ...], given: dict | None = None) -> str:
    """Return JavaScript files of an explorer as one script, without imports and exports.

    given: the table, if it is not the lesson's own: "columns", "names" and "values".
    """
    table = {GIVEN.format(name): written(given)} if given else {}
    script = "\n".join(table.get(file) or read(file) for file in there(name, files))
    script = re.sub(r"(?ms)^import [^;]*;\n", "", script)
    return re.sub(r"(?m)^export ", "", script)


def module(name: str, given: dict | None = None) -> str:
    """Return an explorer as one ES module that exports ``render`` and needs no other."""
    return joined(name, IN_PAGES, given) + "\nexport { render };\n"


def numbers(given: dict) -> str:
    """Return a table as HTML."""

    def row(kind: str, head: str, cells: list[str]) -> str:
        return f"<tr>{head}{''.join(f'<{kind}>{escape(cell)}</{kind}>' for cell in cells)}</tr>\n"

    rows = [
        row("td", f"<th>{escape(name)}</th>", ["–" if v is None else f"{v:.3g}" for v in values])
        for name, values in zip(given["names"], given["values"], strict=True)
    ]
    return f"<table>\n{row('th', '<td></td>', given['columns'])}{''.join(rows)}</table>\n"


def still(name: str, given: dict | None = None) -> str:
    """Return what stands where scripts are off: the picture, or another table's numbers."""
    if given is None or written(given) == read(GIVEN.format(name)):
        return read(f"{name}/still.html")
    return numbers(given)


def page(name: str, description: str, given: dict | None = None) -> str:
    """Return the page of an explorer: a still picture, and the script that replaces it."""
    script = joined(name, (*IN_PAGES, "shared/host.js"), given)
    style = "".join(read(file) for file in there(name, STYLES))
    return (
        f'<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8"><title>{TITLES[name]}'
        f'</title><meta name="viewport" content="width=device-width">\n<style>\n'
        f'{style}</style></head>\n<body><main class="explorer">\n'
        f"<h1>{TITLES[name]}</h1>\n<p>{escape(description)}</p>\n"
        f"<noscript><p>{NO_SCRIPTS}</p></noscript>\n"
        f"{still(name, given)}</main>\n"
        f'<script type="module">\n{script}</script></body></html>\n'
    )


def frame(name: str, description: str, given: dict | None = None) -> str:
    """Return the frame with an explorer's page in it, as HTML that loads nothing.

    What cleans HTML, as JupyterLab does in notebooks that it does not trust, drops the frame and
    keeps the description within it.
    """
    inside = page(name, description, given).replace("&", "&amp;").replace("'", "&#39;")
    return (
        f'<iframe class="course-explorer" title="{TITLES[name]}" width="100%" height="760" '
        f"style=\"border: 0; display: block\" srcdoc='{inside}'>"
        f"<p>{escape(description)}</p></iframe>"
    )
