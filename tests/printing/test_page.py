"""The report as a web page: text stays text, and nothing is loaded or run."""

import re
from html.parser import HTMLParser

from app.printing.page import css_text, page
from tests.printing.hostile import HOSTILE, hostile_report


class Elements(HTMLParser):
    """The elements of a page, their attributes, and its text."""

    def __init__(self, written: str) -> None:
        super().__init__()
        self.names: set[str] = set()
        self.attributes: list[tuple[str, str | None]] = []
        self.text = ""
        self.feed(written)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.names.add(tag)
        self.attributes += attrs

    def handle_data(self, data: str) -> None:
        self.text += data


def test_hostile_text_stays_text() -> None:
    found = Elements(page(hostile_report()).decode())
    assert "script" not in found.names
    assert not [name for name, _ in found.attributes if name.startswith("on")]
    assert found.text.count(HOSTILE) >= 10
    assert found.text.count("#panic") == found.text.count(HOSTILE)


def test_it_loads_nothing() -> None:
    found = Elements(page(hostile_report()).decode())
    addresses = [value for name, value in found.attributes if name in {"src", "href"}]
    assert all(value and re.match(r"data:image/svg\+xml;base64,|#", value) for value in addresses)
    assert {"link", "iframe", "object", "form", "base"}.isdisjoint(found.names)


def test_the_style_sheet_cannot_be_left() -> None:
    written = page(hostile_report()).decode()
    style = written.partition("<style>")[2].partition("</style>")[0]
    assert "@bottom-right" in style
    assert "display: none" not in style
    assert re.fullmatch(r'"(?:[A-Za-z0-9]|\\[0-9a-f]{6})*"', css_text(HOSTILE))


def test_the_cut_is_on_every_page() -> None:
    style = page(hostile_report()).decode()
    assert re.search(r"@top-left \{ content: \"\S+", style)
    assert 'counter(page) " of " counter(pages)' in style
