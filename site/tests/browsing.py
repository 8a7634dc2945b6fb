"""What the tests in a browser share: a page opened, its errors, its looks, what axe says."""

from pathlib import Path

import axe_playwright_python
from playwright.sync_api import Browser, Page

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


def look(page: Page, scheme: str, width: int) -> None:
    """Make a page light or dark, narrow or wide."""
    page.emulate_media(color_scheme=scheme)
    page.set_viewport_size({"width": width, "height": 900})
    page.wait_for_function(f"document.documentElement.dataset.theme == '{scheme}'")
    page.wait_for_timeout(500)  # until scripts have seen the new size


def axe(page: Page, rules: list[str]) -> list:
    """Return what axe finds serious, with one example each."""
    if not page.evaluate("Boolean(window.axe)"):
        page.evaluate(AXE.read_text(encoding="utf-8"))
    return page.evaluate(CHECK, rules)
