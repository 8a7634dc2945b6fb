"""The explorers: their JavaScript's numbers, and what people meet in a browser.

All of them stand on a page that is built as every lesson's is.
"""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
from browsing import ALL_RULES, NARROW, WIDE, axe, look, opened, overflow
from coursesite.stage import style
from playwright.sync_api import Browser, Frame, Page
from stills import DOCUMENT, FOLDER, Core, still

from tools.notebook import ROOT

NAMES = list(DOCUMENT["TITLES"])
CLOSE = 1e-6  # of the greatest number of a call, as in tests/explorers.py
CALLS = json.loads((ROOT / "tests" / "explorers.json").read_text(encoding="utf-8"))
DESCRIPTION = "An explorer of something that goes down."
PAPER = {"light": "rgb(255, 255, 255)", "dark": "rgb(20, 24, 30)"}


def flat(value: object) -> list[float]:
    """The numbers in a value, in order."""
    if not isinstance(value, list):
        return [value]
    return [number for part in value for number in flat(part)]


@pytest.mark.parametrize("name", NAMES)
def test_the_numbers_are_those_of_keras_and_pandas(name: str) -> None:
    core = Core(name)
    calls = [one for one in CALLS if one["explorer"] == name]
    assert len(calls) >= 5
    for one in calls:
        found, wanted = flat(core(one["call"])), flat(one["value"])
        most = CLOSE * max(1, *map(abs, wanted))
        for here, there in zip(found, wanted, strict=True):
            assert abs(here - there) < most, one["call"]


@pytest.mark.parametrize("name", NAMES)
def test_the_still_picture_is_what_the_script_draws_first(name: str) -> None:
    """Up to a tenth of a pixel, which another processor may round otherwise."""
    number = re.compile(r"-?\d+(?:\.\d+)?")
    kept, drawn = (FOLDER / name / "still.html").read_text(encoding="utf-8"), still(name)
    assert number.sub("0", kept) == number.sub("0", drawn), "python site/stills.py"
    for one, other in zip(number.findall(kept), number.findall(drawn), strict=True):
        assert abs(float(one) - float(other)) < 0.11, "python site/stills.py"


def states(core: Core, *changes: str) -> list[str]:
    """What an explorer says when its first state is changed so."""
    return [core(f"sentence({{ ...START, ...{change} }})") for change in changes]


def test_what_the_bowl_says() -> None:
    core = Core("optimizers")
    said = states(
        core,
        "{}",
        "{ rates: { ...START.rates, SGD: 2.1 } }",
        "{ method: 'momentum', memories: { ...START.memories, momentum: 0.5 } }",
        "{ method: 'Adam', steps: 1, compare: true }",
        "{ rates: { ...START.rates, SGD: 10 }, steps: 400 }",
    )
    assert "steep 0.800, flat 0.928. The limit is η < 2.00." in said[0]
    assert "steep 1.10, flat 0.916. η is not below the limit, 2.00" in said[1]
    assert "Momentum with η = 0.300, μ = 0.50" in said[2] and "η < 3.00" in said[2]
    assert "in 1 step." in said[3] and "The last step is 1.0 η long." in said[3]
    assert re.search(r"SGD \S+, momentum \S+, RMSprop \S+, Adam \S+\.$", said[3])
    assert "to beyond all numbers in 400 steps" in said[4]
    for text in core("[10, 3000].map((k) => pictures({ ...START, steps: k, rates: START.rates }))"):
        assert "NaN" not in "".join(text)


def test_what_the_pixel_says() -> None:
    core = Core("loss")
    said = states(core, "{}", "{ target: 0, logit: 8 }", "{ target: 1, logit: 10 }")
    assert "MSE 0.0900; BCE 0.693, of which 0.500 is floor and 0.193 excess." in said[0]
    assert "BCE pushes 1491 times as hard." in said[1]
    for x in (0, 0.5, 1):
        for a in (-10, 0, 10):
            drawn = "".join(core(f"pictures({{ target: {x}, logit: {a} }})"))
            assert "NaN" not in drawn and "Infinity" not in drawn


def test_what_the_pick_says() -> None:
    core = Core("pick")
    said = states(
        core,
        "{}",
        "{ limits: [40, 45, null] }",
        "{ limits: [60, 28, null] }",
        "{ limits: [57, null, 5.58], by: 1 }",
        "{ limits: [20, 10, 6], by: 0 }",
        "{ limits: [70, null, 6], by: 0 }",
    )
    assert said[0].startswith("Without limits, 12 of 12 models stay, 8 on the front. Best by error")
    assert "With at most 40 kB and 45 µs, 1 of 12 models stays, 1 on the front." in said[1]
    assert "Best by error: 8 channels, int8, with 31.3 kB, 39.1 µs and error 6.95." in said[1]
    worst = "the limit of 28 µs excludes most, 11 of 12, 8 of them not measured."
    assert said[2] == f"No model meets all limits: {worst}"
    assert said[3].endswith("None of them has its µs measured.")
    assert "the limits of 20 kB and 10 µs exclude most, 12 of 12 each." in said[4]
    assert "With at most 70 kB and error 6, 2 of 12 models stay" in said[5]
    assert "Best by kB: 16 channels, dynamic, with 56.1 kB, µs not measured" in said[5]
    for limits in ("[null, null, null]", "[0, 1e9, 6]", "[40, 45, 7]"):
        drawn = "".join(core(f"pictures({{ ...START, limits: {limits} }})"))
        assert "NaN" not in drawn and "undefined" not in drawn and drawn.count("<svg") > 12


def test_the_marks_of_the_pick_differ_in_shape() -> None:
    core = Core("pick")
    shapes = core("Object.values(KINDS).map(({ shape }) => shape)")
    assert len(set(shapes)) == len(shapes) == 4
    crowd = "{ columns: ['a', 'b', 'c'], names: ['<b>', '&'], values: [[1, 1, 1], [1, 1, 1]] }"
    drawn = "".join(core(f"pictures({{ ...START, ...{crowd} }})"))  # columns of one number
    assert "&lt;b&gt;" in drawn and "<b>" not in drawn and "NaN" not in drawn


def test_a_slider_reaches_from_nothing_to_everything() -> None:
    core = Core("pick")
    for column in range(3):
        values = core(f"START.values.map((row) => row[{column}])")
        ends = core(f"range(START.values, {column})")
        measured = [value for value in values if value is not None]
        assert ends["first"] * ends["step"] < min(measured)
        assert (ends["last"] - 1) * ends["step"] >= max(measured)  # the last one is no limit
        assert ends["last"] - ends["first"] <= 102


def test_numbers_are_written_for_people() -> None:
    core = Core("loss")
    for value, text in (
        ("0", "0"),
        ("0.99996", "1.0"),
        ("-0.0314", "−0.031"),
        ("0.00042", "4e−4"),
        ("12.34", "12"),
        ("123456", "1e5"),
        ("0 / 0", "beyond all numbers"),
    ):
        assert core(f"said({value})") == text


# --- in a browser --------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A page with all explorers, made of a notebook as the website makes its pages."""
    folder = tmp_path_factory.mktemp("explorers")
    cells = [{"cell_type": "markdown", "id": "a", "metadata": {}, "source": "# Explorers\n\nText."}]
    for name in NAMES:
        bundle = {"text/html": DOCUMENT["frame"](name, DESCRIPTION), "text/plain": DESCRIPTION}
        output = {"output_type": "display_data", "metadata": {}, "data": bundle}
        call = f'show.explorer("{name}", "{DESCRIPTION}")'
        cell = {"cell_type": "code", "id": name, "metadata": {}, "source": call}
        cells.append({**cell, "outputs": [output], "execution_count": 1})
    language = {"name": "python", "pygments_lexer": "ipython3"}
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    metadata = {"kernelspec": kernel, "language_info": language}
    notebook = {"cells": cells, "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}
    (folder / "in").mkdir()
    (folder / "in" / "index.ipynb").write_text(json.dumps(notebook), encoding="utf-8")
    style(folder / "static")
    code = (
        "import sys; sys.path[:0] = ['site', '.']\n"
        "from sphinx.cmd.build import main; sys.exit(main(sys.argv[1:]))"
    )
    words = ["-W", "-q", "-c", "site", "-d", str(folder / "trees")]
    words += ["-D", f"html_static_path=static,{folder / 'static'}"]
    done = subprocess.run(
        [sys.executable, "-c", code, *words, str(folder / "in"), str(folder / "out")],
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return folder / "out"


@pytest.fixture
def seen(browser: Browser, folder: Path) -> tuple[Page, list[str]]:
    """The page from disk, light and wide, and the list of its errors; it loads its own files."""
    page, wrong = opened(browser, (folder / "index.html").as_uri(), "light", WIDE)
    ready = "[...document.querySelectorAll('iframe')].every(frame => frame.style.height)"
    page.wait_for_function(ready)
    assert len(page.frames) == 1 + len(NAMES)
    yield page, wrong
    page.close()
    assert not [text for text in wrong if not text.startswith("asks for file:")], wrong


def frame_of(page: Page, name: str) -> Frame:
    """The frame of an explorer, ready."""
    found = page.frames[1 + NAMES.index(name)]
    found.wait_for_selector(".sentence:not(:empty)")
    return found


def colour(frame: Frame) -> str:
    return frame.evaluate("getComputedStyle(document.querySelector('.explorer')).backgroundColor")


def test_light_and_dark_wide_and_narrow(seen: tuple[Page, list[str]]) -> None:
    page, _ = seen
    for scheme, width in (("light", WIDE), ("light", NARROW), ("dark", NARROW), ("dark", WIDE)):
        look(page, scheme, width)
        assert not overflow(page), f"too wide at {width} pixels"
        for name in NAMES:
            frame = frame_of(page, name)
            assert colour(frame) == PAPER[scheme]
            card = "getComputedStyle(frameElement.closest('.text_html')).backgroundColor"
            assert frame.evaluate(card) == "rgba(0, 0, 0, 0)"
            within = frame.evaluate(
                "[document.documentElement.scrollWidth - innerWidth,"
                " document.documentElement.scrollHeight - innerHeight]"
            )
            assert max(within) <= 1, f"{name} is larger than its frame at {width} pixels"


def test_the_theme_button_reaches_into_the_frame(seen: tuple[Page, list[str]]) -> None:
    page, _ = seen
    page.evaluate("document.documentElement.dataset.theme = 'dark'")
    page.wait_for_timeout(200)
    assert colour(frame_of(page, NAMES[0])) == PAPER["dark"]


@pytest.mark.parametrize("name", NAMES)
def test_axe_finds_nothing(browser: Browser, tmp_path: Path, name: str) -> None:
    (tmp_path / "a.html").write_text(DOCUMENT["page"](name, DESCRIPTION), encoding="utf-8")
    page, wrong = opened(browser, (tmp_path / "a.html").as_uri(), "light", NARROW)
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        assert not axe(page, ALL_RULES)
    page.close()
    assert not [text for text in wrong if not text.startswith("asks for file:")], wrong


def said(frame: Frame, *words: str) -> str:
    """What the explorer says, once it says all these words."""
    frame.wait_for_function(
        "words => words.every("
        "  word => document.querySelector('[role=status]').innerText.includes(word))",
        arg=list(words),
    )
    return frame.locator("[role=status]").inner_text()


def test_the_bowl_by_keyboard(seen: tuple[Page, list[str]]) -> None:
    page, _ = seen
    frame, press = frame_of(page, "optimizers"), page.keyboard.press
    said(frame, "SGD with η = 1.80", "(−3.54, −2.12)")
    frame.locator("input[type=radio]").first.focus()
    press("ArrowRight")
    said(frame, "Momentum with η = 0.300, μ = 0.90")
    press("Tab")  # compare
    press("Space")
    said(frame, "Heights at the end: SGD")
    press("Tab")  # rate
    press("End")
    said(frame, "η = 10.0", "not below the limit, 3.80")
    press("Tab")  # memory
    press("ArrowLeft")
    said(frame, "μ = 0.89")
    for _ in range(2):  # condition, angle
        press("Tab")
    press("Home")
    said(frame, "from (−4.00, 1.00)")  # the start turns along
    for _ in range(45):
        press("ArrowRight")
    said(frame, "from (−3.54, −2.12)")
    for _ in range(3):  # steps, start again, map
        press("Tab")
    assert page.evaluate("document.activeElement.tagName") == "IFRAME"
    assert frame.evaluate("document.activeElement.className") == "map"
    press("ArrowRight")
    press("Shift+ArrowUp")
    said(frame, "(−3.44, −1.12)")
    assert "first weight −3.44" in frame.locator(".map").get_attribute("aria-valuetext")
    press("Home")
    said(frame, "(−3.54, −2.12)")
    frame.get_by_role("button", name="Start again").press("Enter")
    assert "Heights" not in said(frame, "SGD with η = 1.80")
    frame.locator("input[type=radio]").first.focus()
    press("ArrowRight")
    press("ArrowRight")
    said(frame, "RMSprop with", "cannot blow up")


def start_of(frame: Frame) -> list[float]:
    """Where the path starts, as screen readers hear it."""
    text = frame.locator(".map").get_attribute("aria-valuetext").replace("−", "-")
    return [float(number) for number in re.findall(r"-?\d+(?:\.\d+)?", text)]


def test_the_bowl_by_pointer(seen: tuple[Page, list[str]]) -> None:
    page, _ = seen
    frame = frame_of(page, "optimizers")
    star, ring = (frame.locator(f".map .{kind}").bounding_box() for kind in ("goal", "start"))
    page.mouse.click(star["x"] + star["width"] / 2, star["y"] + star["height"] / 2)
    frame.wait_for_timeout(400)
    assert max(map(abs, start_of(frame))) < 0.15
    page.mouse.click(ring["x"] + ring["width"] / 2, ring["y"] + ring["height"] / 2)
    frame.wait_for_timeout(400)
    assert start_of(frame) == pytest.approx([-3.54, -2.12], abs=0.1)


def test_the_loss_by_keyboard(seen: tuple[Page, list[str]]) -> None:
    page, _ = seen
    frame, press = frame_of(page, "loss"), page.keyboard.press
    frame.locator("input[type=range]").first.focus()
    press("Home")
    said(frame, "Pixel 0.00", "of which 0 is floor")
    press("Tab")
    press("End")  # a prediction of one: the logit is 10
    said(frame, "logit 10.0")
    press("Tab")
    press("PageDown")
    assert "−10" not in frame.locator("input[type=range]").nth(2).get_attribute("aria-valuetext")
    press("Home")
    said(frame, "logit −10.0")
    frame.get_by_role("button", name="Start again").press("Enter")
    said(frame, "Pixel 0.80, prediction 0.500")
    frame.get_by_role("button", name="One step down BCE").press("Enter")
    said(frame, "logit 0.300")
    frame.get_by_role("button", name="One step down MSE").press("Enter")
    said(frame, "logit 0.41")


def test_the_pick_by_keyboard(seen: tuple[Page, list[str]]) -> None:
    page, _ = seen
    frame, press = frame_of(page, "pick"), page.keyboard.press
    sliders = frame.locator("input[type=range]")
    said(frame, "Without limits", "Best by error: 16 channels, float32")
    sliders.first.focus()
    press("Home")
    said(frame, "No model meets all limits: the limit of 30 kB excludes most, 12 of 12.")
    for _ in range(5):
        press("ArrowRight")
    said(frame, "With at most 40 kB, 2 of 12 models stay", "µs not measured")
    press("Tab")
    press("Home")
    said(frame, "No model meets all limits", "8 of them not measured")
    for _ in range(40):
        press("ArrowRight")
    said(frame, "With at most 40 kB and 45 µs, 1 of 12 models stays", "8 channels, int8")
    assert sliders.nth(1).get_attribute("aria-valuetext") == "45 µs"
    assert frame.locator(".panels line.edge").count() == 2
    press("End")
    press("Tab")
    press("Home")
    press("End")
    assert sliders.nth(2).get_attribute("aria-valuetext") == "no limit"
    press("Tab")  # best by
    press("ArrowLeft")
    said(frame, "Best by µs")
    frame.get_by_role("button", name="Start again").press("Enter")
    said(frame, "Without limits", "Best by error")


def test_without_scripts_there_is_a_picture(browser: Browser, folder: Path) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto((folder / "index.html").as_uri())
    assert len(page.frames) == 1 + len(NAMES)
    for frame in page.frames[1:]:
        assert frame.get_by_text(DESCRIPTION).is_visible()
        assert frame.locator(".panels svg").first.is_visible()
    context.close()
