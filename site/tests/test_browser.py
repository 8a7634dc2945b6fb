"""Every page in a headless Chromium: light and dark, narrow and wide, with eyes and without.

Without Chromium these tests are skipped; with ``COURSE_BROWSER=1`` they fail then.
"""

import os
import shutil
import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import axe_playwright_python
import pytest
from coursesite.outline import course
from playwright.sync_api import Browser, Page, sync_playwright

NAMES = ["index", "search", "glossary", "data/README", *(page.name for page in course().pages)]
SOLUTIONS = [page.name for page in course().solutions]
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
FLAGS = (
    "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync"
).split()
AXE = next(Path(axe_playwright_python.__file__).parent.rglob("axe*.js"))
CHECK = """async rules => {
    const found = await axe.run(document, {
        resultTypes: ["violations"], preload: false, runOnly: rules,
    });
    return found.violations
        .filter(rule => ["serious", "critical"].includes(rule.impact))
        .map(rule => [rule.id, rule.nodes.length, rule.nodes[0].html.slice(0, 200)]);
}"""
# axe takes minutes for ten thousand little elements: formulas and all but a few code blocks, each
# made the same way everywhere, are left out on its behalf.
THIN = """() => {
    document.querySelectorAll(".katex").forEach(part => part.remove());
    [...document.querySelectorAll(".highlight pre")].slice(8).forEach(part => part.remove());
}"""
ALL_RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"]
COLOURS = ["color-contrast"]  # all that the dark look can change
NARROW, WIDE = 390, 1280


@pytest.fixture(scope="module")
def address(site: Path) -> Iterator[str]:
    """The address under which the site is served."""

    class Quiet(SimpleHTTPRequestHandler):
        def log_message(self, *words: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(site)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """A headless Chromium."""
    program = next(filter(None, map(shutil.which, BROWSERS)), None)
    if program is None:
        said = "There is no Chromium here; the tests in a browser need one."
        pytest.fail(said) if os.environ.get("COURSE_BROWSER") == "1" else pytest.skip(said)
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=program, args=FLAGS)
        yield started
        started.close()


def opened(browser: Browser, url: str, scheme: str, width: int) -> tuple[Page, list[str]]:
    """Open a page; return it and the list that its errors and foreign requests go to."""
    page = browser.new_page(color_scheme=scheme, viewport={"width": width, "height": 900})
    wrong: list[str] = []
    home = url.split("//")[0] + "//" + url.split("//")[1].split("/")[0]
    page.on("console", lambda said: said.type == "error" and wrong.append(said.text))
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("request", lambda asked: asked.url.startswith(home) or foreign(asked.url, wrong))
    page.on("response", lambda got: got.status >= 400 and wrong.append(f"{got.status}: {got.url}"))
    page.on("requestfailed", lambda asked: wrong.append(f"failed: {asked.url}"))
    page.goto(url, wait_until="load")
    return page, wrong


def foreign(url: str, wrong: list[str]) -> None:
    """Note an address that is not the site's."""
    if not url.startswith(("data:", "blob:")):
        wrong.append(f"asks for {url}")


def overflow(page: Page) -> list[str]:
    """Return what is wider than the page, so that all of it has to be pushed sideways."""
    return page.evaluate("""() => {
        const width = document.documentElement.clientWidth;
        if (document.documentElement.scrollWidth <= width) return [];
        return [...document.querySelectorAll("main *")]
            .filter(element => element.getBoundingClientRect().right > width + 1)
            .slice(0, 3).map(element => element.outerHTML.slice(0, 150));
    }""")


@pytest.mark.parametrize("name", NAMES)
def test_page(name: str, browser: Browser, address: str) -> None:
    """Light and dark, wide and narrow, with every fold open."""
    page, wrong = opened(browser, f"{address}{name}.html", "light", WIDE)
    page.evaluate("document.querySelectorAll('main details').forEach(fold => fold.open = true)")
    for scheme, width in (("light", WIDE), ("light", NARROW), ("dark", NARROW), ("dark", WIDE)):
        look(page, scheme, width)
        assert not overflow(page), f"too wide at {width} pixels"
    if "/solutions/" not in name or name == SOLUTIONS[0]:  # the lessons show them, too
        page.evaluate(THIN)
        page.evaluate(AXE.read_text(encoding="utf-8"))
        for scheme, width, rules in (("dark", WIDE, COLOURS), ("light", NARROW, ALL_RULES)):
            look(page, scheme, width)
            found = page.evaluate(CHECK, rules)
            assert not found, f"{scheme}: {found}"
    page.close()
    assert not wrong, wrong


def look(page: Page, scheme: str, width: int) -> None:
    """Make a page light or dark, narrow or wide."""
    page.emulate_media(color_scheme=scheme)
    page.set_viewport_size({"width": width, "height": 900})
    page.wait_for_function(f"document.documentElement.dataset.theme == '{scheme}'")
    page.wait_for_timeout(500)  # until scripts have seen the new size


def test_dark_from_the_start(browser: Browser, address: str) -> None:
    page, wrong = opened(browser, f"{address}index.html", "dark", NARROW)
    assert page.evaluate("document.documentElement.dataset.theme") == "dark"
    page.close()
    assert not wrong, wrong


@pytest.mark.parametrize("word", ["momentum", "PCA", "entropy floor"])
def test_search_finds(word: str, browser: Browser, address: str) -> None:
    page, wrong = opened(browser, f"{address}search.html?q={word}", "light", WIDE)
    page.wait_for_selector("#search-results ul.search li a")
    links = page.locator("#search-results ul.search li a")
    assert any("notebooks/" in (link.get_attribute("href") or "") for link in links.all())
    page.close()
    assert not wrong, wrong


def test_pages_open_from_disk(browser: Browser, site: Path) -> None:
    lesson = course().lessons[0].name
    for name in ("index", lesson, "search"):
        url = (site / f"{name}.html").as_uri()
        page, wrong = opened(browser, url, "light", WIDE)
        assert page.locator("h1").count() >= 1
        page.close()
        assert not [text for text in wrong if not text.startswith("asks for file:")], wrong


def test_the_keyboard_reaches_text_and_folds(browser: Browser, address: str) -> None:
    page, _ = opened(browser, f"{address}{course().lessons[0].name}.html", "light", WIDE)
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.getAttribute('href')") == "#main-content"
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate("document.querySelector('main').contains(document.activeElement)")
    fold = page.locator("main details > summary").first
    fold.focus()
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.parentElement.open")
    page.close()


def test_print_shows_the_text_without_furniture(browser: Browser, address: str) -> None:
    page, _ = opened(browser, f"{address}{course().lessons[0].name}.html", "light", WIDE)
    page.emulate_media(media="print")
    assert not page.locator("#pst-header").is_visible()
    assert not page.locator(".course-nav").is_visible()
    assert page.locator(".course-opening").is_visible()
    page.close()
