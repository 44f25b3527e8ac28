"""Several pictures on one sheet."""

import re
from collections.abc import Sequence
from typing import Final

COLUMNS: Final = 2
WIDTH: Final = 640
"""Of a column."""

GAP: Final = 20
MARGIN: Final = 14
SHEET_SCALE: Final = 0.9
"""Pixels of the sheet's JPEG to one of its plan."""

SHEET_QUALITY: Final = 75

_SIZE = re.compile(r'width="(\d+(?:\.\d+)?)" height="(\d+(?:\.\d+)?)"')
_PART = re.compile(r'(id="|url\(#)(part\d+)')


def contact_sheet(pictures: Sequence[str]) -> str:
    """Put pictures, each an SVG, under one another in columns, each where the sheet is shortest.

    Raises:
        ValueError: a picture does not say its size.
    """
    ends = [GAP] * COLUMNS
    cells = []
    for at, picture in enumerate(pictures):
        column = ends.index(min(ends))
        scale, height = _fitted(picture)
        x, y = GAP + column * (WIDTH + GAP), ends[column]
        ends[column] += height + GAP
        cells.append(_cell(_PART.sub(rf"\g<1>picture{at}-\g<2>", picture), x, y, scale, height))
    width, height = COLUMNS * (WIDTH + GAP) + GAP, max(ends)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" '
        f'width="{width}" height="{height}" viewBox="0 0 {width} {height}">'
        f'<rect width="{width}" height="{height}" fill="#e9e9e9"/>{"".join(cells)}</svg>'
    )


def _fitted(picture: str) -> tuple[float, int]:
    """Give by how much a picture shrinks to the width of a column, and how high it is then."""
    size = _SIZE.search(picture)
    if size is None:
        raise ValueError("a picture says its width and its height")
    scale = min(1, (WIDTH - 2 * MARGIN) / float(size[1]))
    return scale, round(float(size[2]) * scale) + 2 * MARGIN


def _cell(picture: str, x: int, y: int, scale: float, height: int) -> str:
    return (
        f'<rect x="{x}" y="{y}" width="{WIDTH}" height="{height}" fill="#ffffff"/>'
        f'<g transform="translate({x + MARGIN},{y + MARGIN}) scale({scale:.4f})">{picture}</g>'
    )
