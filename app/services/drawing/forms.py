"""The forms that a picture is given in."""

from enum import StrEnum
from typing import Final


class Form(StrEnum):
    """A media type of a picture or of the data behind it, the usual one first."""

    SVG = "image/svg+xml"
    PNG = "image/png"
    PDF = "application/pdf"
    VEGA_LITE = "application/vnd.vegalite.v6+json"
    CSV = "text/csv"

    @property
    def suffix(self) -> str:
        """What a file of this form is called."""
        return _SUFFIXES[self]


_SUFFIXES: Final = {
    Form.SVG: "svg",
    Form.PNG: "png",
    Form.PDF: "pdf",
    Form.VEGA_LITE: "vl.json",
    Form.CSV: "csv",
}
