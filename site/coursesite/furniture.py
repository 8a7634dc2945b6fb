"""Around the text: list of lessons, previous and next, downloads, how to report a mistake."""

from urllib.parse import urlencode

from sphinx.application import Sphinx

from coursesite.downloads import CLOTHES, COURSE, commit
from coursesite.outline import Outline, Page, course

LAST = (("glossary", "Glossary and notation"), ("data/README", "The data"))


def order(outline: Outline) -> list[tuple[str, str]]:
    """Return names and titles of the pages in the order in which they are read."""
    pages = (*outline.lessons, *outline.extras)
    return [("index", "Start"), *((page.name, page.title) for page in pages), *LAST]


def neighbours(outline: Outline, name: str, link) -> dict[str, dict | None]:
    """Return the pages before and after one; of solutions, the lesson that they belong to."""
    page = outline.by_name.get(name)
    if page and page.kind == "solution":
        lesson = outline.lesson_of(page)
        back = lesson and {"link": link(lesson.name), "title": lesson.title}
        return {"prev": back, "next": None}
    places = order(outline)
    names = [place for place, _ in places]
    if name not in names:
        return {"prev": None, "next": None}
    here = names.index(name)
    beside = {"prev": here - 1, "next": here + 1}
    return {
        side: {"link": link(places[k][0]), "title": places[k][1]} if 0 <= k < len(places) else None
        for side, k in beside.items()
    }


def report(repository: str, page: str, version: str) -> str:
    """Return the address of a form that reports a mistake; nothing without a repository."""
    if not repository:
        return ""
    body = f"Page: {page}\nCommit: {version}\n\nWhat is wrong, and what should stand there?\n"
    return f"{repository.rstrip('/')}/issues/new?" + urlencode(
        {"title": f"Mistake in {page}", "body": body}
    )


def fill(app: Sphinx, name: str, template: str, context: dict, doctree: object) -> None:
    """Hand the templates what they show."""
    outline = course()
    page: Page | None = outline.by_name.get(name)

    def link(target: str) -> str:
        return app.builder.get_relative_uri(name, target)

    def entries(pages: list[Page]) -> list[dict]:
        return [
            {
                "link": link(p.name),
                "title": p.title.removeprefix("Extra · "),
                "here": p.name == name,
            }
            for p in pages
        ]

    version = commit_of(app)
    context |= neighbours(outline, name, link)
    context["course_parts"] = [(part, entries(pages)) for part, pages in outline.parts]
    context["course_extras"] = entries(outline.extras)
    context["course_solutions"] = entries(outline.solutions)
    context["course_in_solutions"] = bool(page and page.kind == "solution")
    context["course_last"] = [
        {"link": link(place), "title": title, "here": place == name} for place, title in LAST
    ]
    up = link("index").removesuffix("index.html").rstrip("#") if name != "index" else ""
    context["course_up"] = up
    context["course_page"] = page and {
        "file": page.file,
        "notebook": page.file.rpartition("/")[2],
        "markdown": page.name.rpartition("/")[2] + ".md",
    }
    context["course_zip"], context["course_clothes"] = up + COURSE, up + CLOTHES
    context["course_commit"] = version
    context["course_report"] = report(app.config.course_repository, name, version)


def commit_of(app: Sphinx) -> str:
    """Return the commit, asked for once in a build."""
    if not hasattr(app, "course_commit"):
        app.course_commit = commit()
    return app.course_commit


def setup(app: Sphinx) -> dict:
    app.add_config_value("course_repository", "", "html", types=(str,))
    app.connect("html-page-context", fill, priority=900)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
