"""A report as a web page that needs nothing else: no script, no address, its pictures inside."""

import base64
from functools import cache
from typing import Final

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from app.printing.document import Printed

MAY_LOAD: Final = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; "
    "form-action 'none'; frame-ancestors 'none'"
)
"""What a browser may do for the page: show it."""


def page(report: Printed) -> bytes:
    """Write a report as HTML. Whatever a text of it looks like, it stays text."""
    return _templates().get_template("report.html").render(report=report).encode()


def css_text(text: str) -> Markup:
    """Write a text as a string of a style sheet; nothing of it can end the string, or the sheet."""
    escaped = (
        letter if letter.isascii() and letter.isalnum() else f"\\{ord(letter):06x}"
        for letter in text
    )
    return Markup(f'"{"".join(escaped)}"')  # noqa: S704 - letters, digits and escapes alone


def picture_address(svg: str) -> str:
    """Give a picture as an address that holds it, so that nothing of it is part of the page."""
    return f"data:image/svg+xml;base64,{base64.b64encode(svg.encode()).decode()}"


@cache
def _templates() -> Environment:
    environment = Environment(
        loader=PackageLoader("app.printing", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["css_text"] = css_text
    environment.filters["picture_address"] = picture_address
    return environment
