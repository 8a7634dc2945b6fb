"""Explorers as text: one module, one style and one page each, from the files beside this one.

The JavaScript is written in ES modules. ``core.js`` holds an explorer's numbers, ``pictures.js``
what is drawn and said; neither touches a page, so that tests run them without one. ``render.js``
exports ``render({model, el})``, anywidget's interface. Nothing but the standard library is needed
here: the website's tests read this file without TensorFlow.
"""

import re
from html import escape
from pathlib import Path

FOLDER = Path(__file__).parent
TITLES = {"optimizers": "Optimizers on a bowl", "loss": "A loss by hand"}
PURE = ("shared/draw.js", "{}/core.js", "{}/pictures.js")
IN_PAGES = (*PURE, "shared/controls.js", "{}/render.js")
NO_SCRIPTS = "This picture can be moved where scripts are allowed."


def read(file: str) -> str:
    """Return the text of a file of this folder."""
    return (FOLDER / file).read_text(encoding="utf-8").strip() + "\n"


def joined(name: str, files: tuple[str, ...]) -> str:
    """Return JavaScript files of an explorer as one script, without imports and exports."""
    script = "\n".join(read(file.format(name)) for file in files)
    script = re.sub(r"(?ms)^import [^;]*;\n", "", script)
    return re.sub(r"(?m)^export ", "", script)


def module(name: str) -> str:
    """Return an explorer as one ES module that exports ``render`` and needs no other."""
    return joined(name, IN_PAGES) + "\nexport { render };\n"


def page(name: str, description: str) -> str:
    """Return the page of an explorer: a still picture, and the script that replaces it."""
    script = joined(name, (*IN_PAGES, "shared/host.js"))
    return (
        f'<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8"><title>{TITLES[name]}'
        f'</title><meta name="viewport" content="width=device-width">\n<style>\n'
        f'{read("shared/style.css")}</style></head>\n<body><main class="explorer">\n'
        f"<h1>{TITLES[name]}</h1>\n<p>{escape(description)}</p>\n"
        f"<noscript><p>{NO_SCRIPTS}</p></noscript>\n"
        f"{read(f'{name}/still.html')}</main>\n"
        f'<script type="module">\n{script}</script></body></html>\n'
    )


def frame(name: str, description: str) -> str:
    """Return the frame with an explorer's page in it, as HTML that loads nothing.

    What cleans HTML, as JupyterLab does in notebooks that it does not trust, drops the frame and
    keeps the description within it.
    """
    inside = page(name, description).replace("&", "&amp;").replace("'", "&#39;")
    return (
        f'<iframe class="course-explorer" title="{TITLES[name]}" width="100%" height="760" '
        f"style=\"border: 0; display: block\" srcdoc='{inside}'>"
        f"<p>{escape(description)}</p></iframe>"
    )
