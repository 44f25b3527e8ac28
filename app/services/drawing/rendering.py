"""A Vega-Lite specification -> a picture, with nothing from the network.

Importing this loads the renderer. It is never imported by a process that answers requests.
"""

import json
import re
from collections.abc import Callable, Mapping
from typing import Any, Final

import vl_convert

from app.services.drawing.forms import Form

VEGA_LITE: Final = "6.4"
"""The version that Altair writes and the renderer reads."""

PNG_SCALE: Final = 2
"""Pixels of the picture to one of the plan: 144 an inch."""

DRAWS: Final = 40
"""Of a PDF: with two fonts each draw is in order with one chance in two."""

_FONTS = re.compile(rb"(?<=/Font <<\n)(?: +/\w+ \d+ 0 R\n)+")
_NUMBER = re.compile(rb" (\d+) 0 R")
_LISTED = re.compile(rb"(?<= <<\n)(?: +/[a-z]+\d+ \d+ 0 R\n)+")
"""What a page refers to: fonts, groups, states."""

_NUMBERED = re.compile(r'(id="|url\(#)((?:clip|gradient_)\d+)')


def svg_of(specification: Mapping[str, Any]) -> str:
    """Draw a specification; the same one is always the same picture.

    The renderer numbers what a picture refers to within itself on from the one before; here each
    picture begins anew.
    """
    svg = vl_convert.vegalite_to_svg(
        json.dumps(specification), vl_version=VEGA_LITE, allowed_base_urls=[]
    )
    names: dict[str, str] = {}
    return _NUMBERED.sub(
        lambda found: found[1] + names.setdefault(found[2], f"part{len(names)}"), svg
    )


def pdf_of(svg: str) -> bytes:
    """Write a picture as PDF; the same picture is the same bytes.

    The renderer writes what a page refers to in an order that it draws by lot. Such a list is put
    in order where it stands, which keeps its length; for the objects of fonts it draws again.
    """
    for _ in range(DRAWS):
        pdf = _LISTED.sub(_in_order, vl_convert.svg_to_pdf(svg))
        places = [pdf.find(b"\n%b 0 obj" % number) for number in _fonts(pdf)]
        if places == sorted(places):
            break
    return pdf


def _in_order(listed: re.Match[bytes]) -> bytes:
    return b"".join(sorted(listed[0].splitlines(keepends=True)))


def _fonts(pdf: bytes) -> list[bytes]:
    """Give the numbers of the objects that are fonts, ascending."""
    found = {number for listed in _FONTS.findall(pdf) for number in _NUMBER.findall(listed)}
    return sorted(found, key=int)


def _vega_lite(specification: Mapping[str, Any]) -> bytes:
    return json.dumps(
        specification, ensure_ascii=False, separators=(",", ":"), sort_keys=True
    ).encode()


RENDERERS: Final[Mapping[Form, Callable[[dict[str, Any]], bytes]]] = {
    Form.SVG: lambda specification: svg_of(specification).encode(),
    Form.PNG: lambda specification: vl_convert.svg_to_png(
        svg_of(specification), scale=PNG_SCALE, ppi=72
    ),
    Form.PDF: lambda specification: pdf_of(svg_of(specification)),
    Form.VEGA_LITE: _vega_lite,
}
