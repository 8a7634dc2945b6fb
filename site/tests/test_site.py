"""The finished site, without a browser: its bytes, its links, its pictures, what is folded."""

import re
import subprocess
import sys
import zipfile
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from urllib.parse import unquote, urldefrag

import pytest
from coursesite import downloads, furniture
from coursesite.figures import described, pictures
from coursesite.maths import FormulaError, rendered
from coursesite.outline import Page, course
from pages import read

from tools.notebook import ROOT, joined

PAGES = course().pages
MOST_BYTES, MOST_ZIPPED = 1_000_000, 25_000_000
pages = pytest.mark.parametrize("page", PAGES, ids=[page.name for page in PAGES])


def every(site: Path, ending: str = "html") -> list[Path]:
    """Return all files of the site with an ending."""
    return sorted(site.rglob(f"*.{ending}"))


def test_two_builds_have_the_same_bytes(site: Path, build: Callable[[], Path]) -> None:
    other = build()
    names = [path.relative_to(site) for path in sorted(site.rglob("*")) if path.is_file()]
    assert names == [path.relative_to(other) for path in sorted(other.rglob("*")) if path.is_file()]
    differ = [name for name in names if (site / name).read_bytes() != (other / name).read_bytes()]
    assert not differ, f"not the same twice: {differ}"


def test_every_link_leads_somewhere(site: Path) -> None:
    wrong = []
    for path in every(site):
        for link in read(path).links + read(path).loads:
            target, anchor = urldefrag(link)
            if re.match(r"[a-z][a-z0-9+.-]*:|//", link):
                continue
            target = unquote(target.split("?")[0])
            file = (path.parent / target).resolve() if target else path
            if not file.is_file():
                wrong.append(f"{path.relative_to(site)}: {link}")
            elif anchor and file.suffix == ".html" and unquote(anchor) not in read(file).ids:
                wrong.append(f"{path.relative_to(site)}: {link} (no such place)")
    assert not wrong, "\n".join(wrong)


def test_nothing_is_loaded_from_elsewhere(site: Path) -> None:
    off = re.compile(r"(?:[a-z]+:)?//")
    for path in every(site):
        away = [load for load in read(path).loads if off.match(load)]
        assert not away, f"{path.name} loads {away}"
    for path in every(site, "css"):
        text = path.read_text(encoding="utf-8")
        assert not re.search(r"(?:@import|url\()\s*[\"']?(?:https?:)?//", text), path.name


def test_links_to_other_hosts_are_the_courses_own(site: Path) -> None:
    texts = [cell.source for page in PAGES for cell in page.notebook.texts]
    known = "\n".join([*texts, (ROOT / "data" / "README.md").read_text(encoding="utf-8")])
    for path in every(site):
        for link in read(path).links:
            if re.match(r"[a-z]+:", link):
                assert link in known, f"{path.name} leads to {link}"


def test_no_page_is_heavy(site: Path) -> None:
    heavy = {path.name: path.stat().st_size for path in every(site)}
    assert max(heavy.values()) <= MOST_BYTES, heavy


def test_nothing_tells_where_it_was_built(site: Path) -> None:
    for path in site.rglob("*"):
        if path.suffix in (".html", ".js", ".txt", ".md", ".css"):
            text = path.read_text(encoding="utf-8")
            assert str(ROOT) not in text and str(Path.home()) + "/" not in text, path.name
            assert str(site) not in text, path.name


@pages
def test_every_figure_is_described(site: Path, page: Page) -> None:
    shown = read(site / f"{page.name}.html").pictures
    known = pictures(page)
    own = [picture for picture in shown if Path(picture["src"]).stem in known]
    assert {Path(picture["src"]).stem for picture in own} == set(known)
    for picture in own:
        text, width, height = known[Path(picture["src"]).stem]
        assert picture["alt"] == text
        assert (picture["width"], picture["height"]) == (str(width), str(height))
    assert all(len(picture["alt"]) >= 40 for picture in shown)


@pages
def test_what_is_folded(site: Path, page: Page) -> None:
    found = read(site / f"{page.name}.html")
    everything = "\n".join(found.folds)
    words = " ".join(everything.split())
    assert "sys.path.insert(0, str(course))" in words, "the set-up cell is not folded"
    for cell in page.notebook.code:
        hidden = cell.source if "hide-input" in cell.tags else ""
        if "hide-output" in cell.tags:
            hidden += "\n" + "".join(joined(output.get("text", "")) for output in cell.outputs)
            for stem in described(cell):
                seen = [shown["folded"] for shown in found.pictures if stem in shown["src"]]
                assert seen == [True], f"{cell.name}: its result is not folded"
        for line in hidden.splitlines():
            assert " ".join(line.split()) in words, f"{cell.name} is not folded: {line}"


@pages
def test_exercises_are_followed_by_their_solutions(site: Path, page: Page) -> None:
    folds = read(site / f"{page.name}.html").folds
    found = [fold for fold in folds if fold.strip().startswith("Solution of exercise")]
    wanted = page.notebook.exercises() if page.kind != "solution" else []
    assert len(found) == len(wanted)
    for fold, (number, _) in zip(found, wanted, strict=True):
        assert f"Solution of exercise {str(number).rpartition('.')[2]}" in fold
        assert f'"{number}"' in fold


@pages
def test_time_and_outcomes_are_on_top(site: Path, page: Page) -> None:
    html = (site / f"{page.name}.html").read_text(encoding="utf-8")
    assert ("course-opening" in html) == (page.kind != "solution")
    if page.kind != "solution":
        assert html.index("course-opening") < html.index('<details class="admonition hide')


def test_previous_and_next_follow_the_course(site: Path) -> None:
    order = [name for name, _ in furniture.order(course())]
    for here, after in pairwise(order):
        html = (site / f"{here}.html").read_text(encoding="utf-8")
        link = re.search(r'class="right-next"\s+href="([^"]+)"', html)[1]
        assert (site / f"{here}.html").parent.joinpath(link).resolve() == site / f"{after}.html"


def test_the_front_page_has_ways_and_lessons(site: Path) -> None:
    front = read(site / "index.html")
    assert len(course().ways) >= 2
    for way in course().ways:
        name = re.sub(r"[*]", "", way.split(":")[0])
        assert name.lower() in " ".join(front.text.split()).lower()
    for page in (*course().lessons, *course().extras):
        assert f"{page.name}.html" in front.links and page.title in front.text


def test_downloads_are_the_committed_bytes(site: Path) -> None:
    changed = downloads.git("status", "--porcelain").splitlines()
    changed = {line[3:] for line in changed}
    for page in PAGES:
        stored = (ROOT / page.file).read_bytes()
        if page.file in downloads.files() and page.file not in changed:
            stored = subprocess.check_output(["git", "show", f"HEAD:{page.file}"], cwd=ROOT)
        assert (site / page.file).read_bytes() == stored


def test_the_zips_hold_the_course(site: Path) -> None:
    names = []
    for name in (downloads.COURSE, downloads.CLOTHES):
        with zipfile.ZipFile(site / name) as archive:
            for entry in archive.infolist():
                file = entry.filename.removeprefix(f"{downloads.FOLDER}/")
                assert archive.read(entry) == (ROOT / file).read_bytes()
                names.append(file)
    assert sorted(names) == downloads.files()
    assert (site / downloads.COURSE).stat().st_size <= MOST_ZIPPED


def test_machines_find_the_markdown_of_every_page(site: Path) -> None:
    listed = re.findall(r"\]\(([^)]+)\)", (site / "llms.txt").read_text(encoding="utf-8"))
    assert listed == [f"{page.name}.md" for page in PAGES]
    for page in PAGES:
        text = (site / f"{page.name}.md").read_text(encoding="utf-8")
        assert text.startswith(f"# {page.title}\n")
        assert all(cell.source.strip() in text for cell in page.notebook.cells)


def test_formulas_are_html_and_mathml() -> None:
    html = rendered(r"\frac12 \lVert x - \hat x\rVert^2", True)
    assert 'class="katex-mathml"' in html and 'class="katex-html" aria-hidden="true"' in html
    with pytest.raises(FormulaError, match=r"Expected 'EOF'|Unexpected end"):
        rendered(r"\frac{1")


def test_a_bad_formula_ends_the_build(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "index.md").write_text("# A\n\nA formula: $\\frac{1$\n", encoding="utf-8")
    code = (
        "import sys; sys.path.insert(0, 'site'); import coursesite\n"
        "from sphinx.cmd.build import main; sys.exit(main(sys.argv[1:]))"
    )
    words = ["-q", "-c", "site", "-D", "html_static_path=static", str(tmp_path / "in")]
    done = subprocess.run(
        [sys.executable, "-c", code, *words, str(tmp_path / "out")],
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    assert done.returncode and r"in the formula \frac{1" in done.stderr, done.stderr


def test_how_a_mistake_is_reported(site: Path) -> None:
    assert furniture.report("", "index", "abc") == ""
    address = furniture.report("https://example.org/course/", "notebooks/01", "abc")
    assert address.startswith(
        "https://example.org/course/issues/new?title=Mistake+in+notebooks%2F01"
    )
    assert "Commit%3A+abc" in address
    for path in every(site):
        if path.name != "search.html":
            text = " ".join(read(path).text.split())
            assert "Found a mistake?" in text and downloads.commit() in text, path.name
