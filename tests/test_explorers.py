"""The explorers: their frames' bytes, and the numbers that their JavaScript is held to.

The JavaScript itself runs in the website's tests, and here where there is a Node.
"""

import json
import re
import shutil
import subprocess
from html.parser import HTMLParser

import numpy as np
import pytest

from helpers import CourseError, show
from helpers.explorers import document
from helpers.figures import explorers as source
from tests.explorers import CLOSE, far, references, stored

NAMES = tuple(document.TITLES)
MOST_BYTES = 250_000
DESCRIPTION = 'Two weights & a "bowl" <b>: it\'s steep.'


@pytest.fixture
def shown(monkeypatch):
    """The bundles that a notebook would get."""
    bundles = []
    monkeypatch.setattr(source.notebook, "display", lambda bundle, raw: bundles.append(bundle))
    return bundles


class Frame(HTMLParser):
    """Reads the one frame of an output: its attributes, and the text that stays without it."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.given, self.text = {}, ""
        self.feed(html)

    def handle_starttag(self, tag: str, attributes: list) -> None:
        self.given |= dict(attributes) if tag == "iframe" else {}

    def handle_data(self, data: str) -> None:
        self.text += data


def test_the_stored_numbers_are_those_of_keras_and_of_the_lessons():
    """Calculated anew; ``python -m tests.explorers`` stores them."""
    found = list(references())
    calls = [(one["explorer"], one["call"]) for one in stored()]
    assert [(explorer, call) for explorer, call, _ in found] == calls
    for one, (_, call, value) in zip(stored(), found, strict=True):
        assert far(one["value"], value) < CLOSE, call


@pytest.mark.skipif(not shutil.which("node"), reason="no Node; the website's tests do it, too")
@pytest.mark.parametrize("name", NAMES)
def test_the_javascript_agrees_with_them(name):
    calls = [one for one in stored() if one["explorer"] == name]
    values = ",\n".join(one["call"] for one in calls)
    script = document.joined(name, document.PURE) + f"console.log(JSON.stringify([{values}]));"
    done = subprocess.run(
        ["node", "-"], input=script, capture_output=True, text=True, encoding="utf-8", check=True
    )
    for one, found in zip(calls, json.loads(done.stdout), strict=True):
        assert far(found, one["value"]) < CLOSE, one["call"]


@pytest.mark.parametrize("name", NAMES)
def test_the_output_is_a_frame_and_a_sentence(shown, name):
    for _ in range(2):
        show.explorer(name, DESCRIPTION)
    first, second = shown
    assert first == second
    assert set(first) == {"text/html", "text/plain"} and first["text/plain"] == DESCRIPTION
    assert len(first["text/html"].encode()) <= MOST_BYTES
    frame = Frame(first["text/html"])
    assert frame.text == DESCRIPTION  # all that is left where frames are dropped
    assert frame.given["title"] == document.TITLES[name]
    assert frame.given["srcdoc"] == document.page(name, DESCRIPTION)


@pytest.mark.parametrize("name", NAMES)
def test_a_page_loads_nothing(name):
    page = document.page(name, DESCRIPTION)
    assert not re.search(r"(?i)https?:|\bsrc=|\bhref=|url\(|@import|\bimport\b|fetch\(", page)
    assert page.count("<script") == page.count("</script>") == 1
    assert "<svg" in page.split("<script")[0]  # the still picture


@pytest.mark.parametrize("name", NAMES)
def test_the_module_stands_alone(name):
    module = document.module(name)
    assert module.endswith("export { render };\n") and module.count("export ") == 1
    assert "function render({ model, el })" in module
    pure = document.joined(name, document.PURE)
    assert not re.search(r"\b(document|window|parent)\b[.\[]", pure)


def test_colours_are_those_of_the_figures():
    style = document.read("shared/style.css")
    light, dark = style.split(".explorer {", 1)[1].split("}", 1)
    found = dict(re.findall(r"--c(\d): (#\w{6})", light))
    assert {int(place): colour for place, colour in found.items()} == {
        place: show.COLOURS[place] for place in (0, 1, 3, 4)
    }
    assert set(re.findall(r"--c0: (#\w{6})", dark)) == {show.COLOURS[5]}  # blue, on dark paper


def test_an_unknown_explorer_is_refused(shown):
    with pytest.raises(CourseError, match=r'no explorer \'bowl\': .*"optimizers", "loss"\.$'):
        show.explorer("bowl", "A bowl.")
    assert not shown


def test_what_is_far_is_found():
    assert far([1, 2.0], [1, 2.5]) == 0.2 and far(0.5, 0.25) == 0.25
    assert np.isnan(far([np.nan], [1.0]))  # which is not below any limit
