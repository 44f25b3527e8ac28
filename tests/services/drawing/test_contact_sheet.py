"""Several pictures on one sheet."""

from __future__ import annotations

import re
from xml.etree import ElementTree

import pytest

from app.services.drawing.contact_sheet import GAP, WIDTH, contact_sheet


def picture(width: int, height: int) -> str:
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}">'
        '<clipPath id="part0"/><g clip-path="url(#part0)"/></svg>'
    )


def test_each_picture_goes_where_the_sheet_is_shortest() -> None:
    sheet = contact_sheet([picture(600, 900), picture(600, 300), picture(600, 300)])
    cells = re.findall(
        r'<rect x="(\d+)" y="(\d+)" width="\d+" height="(\d+)" fill="#ffffff"', sheet
    )
    left, right = GAP, GAP + WIDTH + GAP
    assert [int(x) for x, _, _ in cells] == [left, right, right]
    assert int(cells[2][1]) == int(cells[1][1]) + int(cells[1][2]) + GAP


def test_a_wide_picture_shrinks_and_a_small_one_does_not_grow() -> None:
    scales = re.findall(r"scale\(([\d.]+)\)", contact_sheet([picture(1224, 10), picture(100, 10)]))
    assert scales == ["0.5000", "1.0000"]


def test_the_parts_of_one_picture_are_not_those_of_another() -> None:
    sheet = contact_sheet([picture(100, 100), picture(100, 100)])
    ElementTree.fromstring(sheet)
    assert re.findall(r'id="([^"]+)"', sheet) == ["picture0-part0", "picture1-part0"]
    assert re.findall(r"url\(#([^)]+)\)", sheet) == ["picture0-part0", "picture1-part0"]


def test_a_picture_without_a_size_is_refused() -> None:
    with pytest.raises(ValueError, match="width"):
        contact_sheet(["<svg/>"])
