"""The explorers' still pictures: ``python site/stills.py`` writes them anew.

They stand in an explorer's page until its script runs, and stay where scripts are off. A test of
the website says when they are not what the script draws first.
"""

import json
import runpy
from pathlib import Path

import quickjs

FOLDER = Path(__file__).resolve().parent.parent / "helpers" / "explorers"
DOCUMENT = runpy.run_path(str(FOLDER / "document.py"))  # the package itself needs TensorFlow


class Core:
    """What an explorer calculates, draws and says, without a page."""

    def __init__(self, name: str) -> None:
        self.context = quickjs.Context()
        self.context.eval(DOCUMENT["joined"](name, DOCUMENT["PURE"]))

    def __call__(self, expression: str) -> object:
        """Return the value of a JavaScript expression."""
        return json.loads(self.context.eval(f"JSON.stringify({expression})"))


def still(name: str) -> str:
    """Return the HTML that an explorer draws first."""
    pictures = Core(name)("pictures(START)")
    return '<div class="panels">\n' + "\n".join(pictures) + "\n</div>\n"


if __name__ == "__main__":
    for explorer in DOCUMENT["TITLES"]:
        (FOLDER / explorer / "still.html").write_text(still(explorer), encoding="utf-8")
