"""Every page in a headless Chromium: light and dark, narrow and wide, with eyes and without.

Without Chromium these tests are skipped; with ``COURSE_BROWSER=1`` they fail then.
"""

import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from browsing import ALL_RULES, COLOURS, NARROW, THIN, WIDE, axe, look, opened, overflow
from coursesite.outline import course
from playwright.sync_api import Browser

NAMES = ["index", "search", "glossary", "data/README", *(page.name for page in course().pages)]
SOLUTIONS = [page.name for page in course().solutions]


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
        for scheme, width, rules in (("dark", WIDE, COLOURS), ("light", NARROW, ALL_RULES)):
            look(page, scheme, width)
            found = axe(page, rules)
            assert not found, f"{scheme}: {found}"
    page.close()
    assert not wrong, wrong


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
