"""Read a page of the site: its links, pictures and folds."""

from dataclasses import dataclass, field
from functools import cache
from html.parser import HTMLParser
from pathlib import Path

LOADS = {"script": "src", "img": "src", "iframe": "src", "source": "src", "link": "href"}
VOID = {"area", "br", "col", "hr", "img", "input", "link", "meta", "source", "wbr"}


@dataclass
class Found(HTMLParser):
    """What a page holds. ``depth`` counts the open ``<details>``."""

    ids: set[str] = field(default_factory=set)
    links: list[str] = field(default_factory=list)  # of <a>
    loads: list[str] = field(default_factory=list)  # what the browser fetches by itself
    pictures: list[dict] = field(default_factory=list)  # attributes of <img>
    folds: list[str] = field(default_factory=list)  # the text of each <details>
    text: str = ""  # without scripts and styles
    within: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.open_folds: list[int] = []

    def handle_starttag(self, tag: str, attributes: list) -> None:
        given = {name: value or "" for name, value in attributes}
        if "id" in given:
            self.ids.add(given["id"])
        if tag == "a" and "href" in given:
            self.links.append(given["href"])
        if tag in LOADS and LOADS[tag] in given:
            self.loads.append(given[LOADS[tag]])
        if tag == "img":
            self.pictures.append({**given, "folded": bool(self.open_folds)})
        if tag == "details":
            self.open_folds.append(len(self.folds))
            self.folds.append("")
        if tag not in VOID:
            self.within.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag == "details":
            self.open_folds.pop()
        while self.within and self.within.pop() != tag:
            pass

    def handle_data(self, data: str) -> None:
        if not {"script", "style"} & set(self.within):
            self.text += data
            for fold in self.open_folds:
                self.folds[fold] += data


@cache
def read(path: Path) -> Found:
    """Read a page."""
    found = Found()
    found.feed(path.read_text(encoding="utf-8"))
    return found
