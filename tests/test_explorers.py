"""The explorers: their frames' bytes, and the numbers that their JavaScript is held to.

The JavaScript itself runs in the website's tests, and here where there is a Node.
"""

import json
import re
import shutil
import subprocess
from html.parser import HTMLParser

import numpy as np
import pandas as pd
import pytest

from helpers import CourseError, show
from helpers.exercises import lesson_12
from helpers.explorers import document
from helpers.figures import explorers as source
from helpers.figures.explorers import given_by
from tests.explorers import CLOSE, far, files_table, on_the_front, references, some_table, stored
from tools.notebook import NOTEBOOKS, load

NAMES = tuple(document.TITLES)
MOST_BYTES = 250_000
OWN = files_table()  # lesson 12's
DESCRIPTION = 'Two weights & a "bowl" <b>: it\'s steep.'


@pytest.fixture
def shown(monkeypatch):
    """The bundles that a notebook would get."""
    bundles = []
    monkeypatch.setattr(source.notebook, "display", lambda bundle, raw: bundles.append(bundle))
    return bundles


def arguments(name: str) -> list:
    """What an explorer is called with after its name."""
    return [DESCRIPTION, OWN] if document.takes_table(name) else [DESCRIPTION]


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
        show.explorer(name, *arguments(name))
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
    with pytest.raises(CourseError, match=r'no explorer \'bowl\': .*"loss", "pick"\.$'):
        show.explorer("bowl", "A bowl.")
    assert not shown


def test_the_table_is_that_of_the_lessons_stored_results():
    """In ``given.js`` and in the frame that lesson 12 shows; ``python -m tests.explorers``."""
    given = document.written(given_by("pick", OWN))
    assert document.read("pick/given.js") == given
    lesson = load(next(NOTEBOOKS.glob("12_*.ipynb")))
    outputs = [output for cell in lesson.code for output in cell.outputs]
    pages = ["".join(output.get("data", {}).get("text/html", "")) for output in outputs]
    (frame,) = [page for page in pages if page.startswith('<iframe class="course-explorer"')]
    assert given.removeprefix("export ") in Frame(frame).given["srcdoc"]


def test_the_front_of_the_tests_solves_the_lessons_exercise():
    assert lesson_12.front(on_the_front) is None


def test_another_table_is_shown_in_numbers_and_never_in_an_old_picture(shown):
    table = OWN.rename(index={"int8": "</script> & <b>"}) * 2
    show.explorer("pick", DESCRIPTION, table)
    page = Frame(shown[0]["text/html"]).given["srcdoc"]
    assert page.count("<script") == page.count("</script>") == 1 and "&lt;/script&gt;" in page
    before = page.split("<script")[0]
    assert "<svg" not in before and before.count("<tr>") == 1 + len(table)
    assert f"<td>{table['kB'].iloc[0]:.3g}</td>" in before and "<td>–</td>" in before
    assert document.written(given_by("pick", table)).removeprefix("export ") in page


@pytest.mark.parametrize(
    ("name", "table", "said"),
    [
        ("loss", OWN, "'loss' takes no table"),
        ("pick", None, "'pick' wants a data frame .* 3 columns"),
        ("pick", OWN[["kB", "error"]], "wants a data frame"),
        ("pick", OWN[:0], "wants a data frame"),
        ("pick", OWN.assign(kB="small"), "columns .* are numbers"),
        ("pick", OWN.assign(kB=np.nan), "needs a number"),
        ("pick", OWN.assign(kB=np.inf), "none is infinite"),
    ],
)
def test_a_table_that_does_not_fit_is_refused(shown, name, table, said):
    with pytest.raises(CourseError, match=said):
        show.explorer(name, DESCRIPTION, table)
    assert not shown


def test_a_table_keeps_names_digits_and_gaps():
    given = given_by("pick", some_table())
    assert given["columns"] == ["a", "b", "c"] and given["names"][:2] == ["0", "1"]
    found = pd.DataFrame(given["values"], columns=given["columns"], dtype=float)
    pd.testing.assert_frame_equal(found, some_table())
    values = given_by("pick", OWN)["values"]
    assert given_by("pick", OWN)["names"][0] == "16 channels, dynamic"
    assert np.allclose(np.array(values, float), OWN.to_numpy(), rtol=1e-8, equal_nan=True)


def test_what_is_far_is_found():
    assert far([1, 2.0], [1, 2.5]) == 0.2 and far(0.5, 0.25) == 0.25
    assert np.isnan(far([np.nan], [1.0]))  # which is not below any limit
