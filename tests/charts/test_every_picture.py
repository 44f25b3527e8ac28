"""What every picture keeps: a caption, data within it, marks that colour alone does not tell."""

from __future__ import annotations

import json
from typing import Any

import altair
import pytest

from app.charts.catalogue import PICTURES
from app.charts.tables.catalogue import TABLES
from app.services.drawing.forms import Form
from tests.charts.reports import NOBODY, SHOWN, lab_abnormalities
from tests.charts.specifications import addresses, caption, mark_of, units, values_of

pictured = pytest.mark.parametrize("name", list(PICTURES))


@pytest.fixture(scope="module")
def drawn() -> dict[str, dict[str, Any]]:
    return {name: draw(SHOWN[name], {}) for name, draw in PICTURES.items()}


def test_each_picture_has_the_rows_behind_it() -> None:
    assert list(PICTURES) == list(TABLES) == list(SHOWN) == list(NOBODY)


def test_the_media_type_is_of_the_version_that_is_written(drawn: dict[str, Any]) -> None:
    major = altair.SCHEMA_VERSION.removeprefix("v").partition(".")[0]
    assert f"application/vnd.vegalite.v{major}+json" == Form.VEGA_LITE
    assert all(f"/v{major}." in one["$schema"] for one in drawn.values())


@pictured
def test_it_is_vega_lite(drawn: dict[str, Any], name: str) -> None:
    """The pictures are written without the check, which takes longer than drawing them."""
    altair.Chart.from_dict(drawn[name], validate=True)
    altair.Chart.from_dict(PICTURES[name](NOBODY[name], {}), validate=True)


@pictured
def test_it_fetches_nothing(drawn: dict[str, Any], name: str) -> None:
    assert addresses(drawn[name]) == []


@pictured
def test_its_caption_says_whom_when_and_by_which_rules(drawn: dict[str, Any], name: str) -> None:
    said = caption(drawn[name])
    report = SHOWN[name]
    whom = "Subject 03-001, centre 03" if "subject" in report else f"n = {report['n']}"
    assert whom in said
    assert "as of 712, clinical cut-off 2026-03-31" in said
    assert "Rule set 2026-11-25, code 5c0de5" in said
    assert "trial file c614de8d" in said
    assert "IMWG 2016, CTCAE 5.0, ASTCT 2019" in said


@pictured
def test_each_quantity_has_a_title_on_its_axis(drawn: dict[str, Any], name: str) -> None:
    titled: dict[str, set[str]] = {"x": set(), "y": set()}
    for unit in units(drawn[name]):
        for channel, titles in titled.items():
            axis = unit["encoding"].get(channel, {}).get("axis") or {}
            if axis.get("title"):
                titles.add(axis["title"])
    assert titled["x"]
    assert titled["y"] or name in {"adverse-events", "subject-timeline"}  # terms name themselves


@pictured
def test_no_line_or_point_is_told_by_its_colour_alone(drawn: dict[str, Any], name: str) -> None:
    for unit in units(drawn[name]):
        encoding = unit["encoding"]
        told = {
            encoding[channel]["field"]
            for channel in ("color", "fill")
            if encoding.get(channel, {}).get("type") == "nominal"
        }
        if not told or mark_of(unit)["type"] not in {"line", "point"}:
            continue
        beside = {encoding.get(channel, {}).get("field") for channel in ("shape", "strokeDash")}
        labelled = [
            one
            for one in units(drawn[name])
            if mark_of(one)["type"] == "text" and one["encoding"]["text"].get("field") in told
        ]
        assert told <= beside or labelled, told


@pictured
def test_each_bar_that_is_told_by_its_colour_has_an_outline_and_a_label(
    drawn: dict[str, Any], name: str
) -> None:
    found = list(units(drawn[name]))
    for unit in found:
        colour = unit["encoding"].get("color", {})
        if mark_of(unit)["type"] == "bar" and colour.get("type") == "nominal":
            assert mark_of(unit)["stroke"]
            assert [one for one in found if mark_of(one)["type"] == "text"]


@pictured
def test_nobody_is_a_picture_that_says_so(name: str) -> None:
    picture = PICTURES[name](NOBODY[name], {})
    [said] = [row["said"] for unit in units(picture) for row in values_of(picture, unit)]
    assert said.startswith("No ")
    assert said.endswith(" as of this data cut.")
    assert TABLES[name].rows(NOBODY[name], {}) == []
    assert "as of 712" in caption(picture)


@pictured
def test_every_row_has_the_columns_of_the_table(name: str) -> None:
    table = TABLES[name]
    rows = table.rows(SHOWN[name], {})
    assert rows
    assert {tuple(row) for row in rows} == {table.columns}


@pictured
def test_the_same_report_is_the_same_picture(drawn: dict[str, Any], name: str) -> None:
    again = json.dumps(PICTURES[name](SHOWN[name], {}), sort_keys=True)
    assert again == json.dumps(drawn[name], sort_keys=True)


def test_a_shift_by_the_limits_says_so() -> None:
    found = PICTURES["lab-shift"](
        lab_abnormalities(("ALT", "HIGH", {(3, 4): 1}), ("HGB", "LOW", {(0, 1): 1})), {}
    )
    panels = {row["panel"] for unit in units(found) for row in values_of(found, unit)}
    assert {panel.split("|")[1] for panel in panels} == {
        "ALT high, by the limits, n = 1",
        "HGB low, n = 1",
    }
    assert "by the limits: terms that CTCAE grades in multiples" in caption(found)
    assert "by the limits" not in caption(
        PICTURES["lab-shift"](lab_abnormalities(("HGB", "LOW", {(0, 1): 1})), {})
    )


def test_a_series_names_the_factors_that_restated_it() -> None:
    assert "1 mmol/L = 1.611 g/dL" in caption(PICTURES["lab-series"](SHOWN["lab-series"], {}))
