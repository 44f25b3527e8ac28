"""The picture of the best changes: each threshold over the bars that it holds for."""

from __future__ import annotations

from typing import Any

import pytest

from app.charts.response_waterfall import drawn
from tests.charts.reports import waterfall
from tests.charts.specifications import caption, mark_of, units, values_of

URINE, SERUM, CHAINS = "urine_m_protein", "serum_m_protein", "free_light_chains"


def picture(*markers: str) -> dict[str, Any]:
    report = waterfall(*((f"03-{at:03}", -95.0, "VGPR") for at, _ in enumerate(markers)))
    for row, marker in zip(report["rows"], markers, strict=True):
        row["marker"] = marker
    return drawn(report, {})


def thresholds(picture: dict[str, Any]) -> dict[str, set[tuple[int, str]]]:
    """Give the falls that are drawn over each bar."""
    found: dict[str, set[tuple[int, str]]] = {}
    for unit in units(picture):
        if mark_of(unit)["type"] == "rule":
            assert unit["encoding"]["x"]["field"] == unit["encoding"]["x2"]["field"] == "subject"
            for row in values_of(picture, unit):
                found.setdefault(row["subject"], set()).add((row["at"], row["asked_for"]))
    return found


def names(picture: dict[str, Any]) -> list[str]:
    return [
        line
        for unit in units(picture)
        if unit["encoding"].get("text", {}).get("field") == "said"
        for row in values_of(picture, unit)
        if "at" in row
        for line in row["said"].split("\n")
    ]


@pytest.mark.parametrize(
    ("marker", "falls"),
    [
        pytest.param(SERUM, {(-25, "MR"), (-50, "PR"), (-90, "VGPR")}, id="serum"),
        pytest.param(
            "immunoglobulin", {(-25, "MR"), (-50, "PR"), (-90, "VGPR")}, id="immunoglobulin"
        ),
        pytest.param(URINE, {(-50, "MR"), (-90, "PR")}, id="urine: VGPR is an amount"),
        pytest.param(CHAINS, {(-50, "PR"), (-90, "VGPR")}, id="light chains: no MR"),
        pytest.param("marrow_plasma_cells", {(-50, "PR")}, id="marrow"),
        pytest.param("plasmacytomas", {(-50, "PR")}, id="plasmacytomas"),
        pytest.param("circulating_plasma_cells", None, id="circulating cells: none"),
    ],
)
def test_a_bar_has_the_thresholds_of_its_own_marker(
    marker: str, falls: set[tuple[int, str]] | None
) -> None:
    shown = thresholds(picture(SERUM, marker))
    assert shown["03-000"] == {(-25, "MR"), (-50, "PR"), (-90, "VGPR")}
    assert shown.get("03-001") == falls


def test_the_thresholds_name_the_markers_they_hold_for() -> None:
    assert names(picture(SERUM, URINE)) == [
        "\u221225 %: MR (serum)",
        "\u221250 %: PR (serum)",
        "\u221250 %: MR (urine)",
        "\u221290 %: VGPR (serum)",
        "\u221290 %: PR (urine)",
    ]
    assert names(picture(URINE)) == ["\u221250 %: MR", "\u221290 %: PR"]


def test_the_levels_have_lines_of_their_own() -> None:
    [dashes] = [
        unit["encoding"]["strokeDash"]
        for unit in units(picture(SERUM, URINE))
        if "strokeDash" in unit["encoding"]
    ]
    drawn_as = dict(zip(dashes["scale"]["domain"], dashes["scale"]["range"], strict=True))
    assert len({tuple(dash) for dash in drawn_as.values()}) == 3
    assert dashes["legend"]["title"] == "Fall asked for"


def test_it_counts_who_has_no_change() -> None:
    said = " ".join(caption(picture(SERUM)).split())
    assert "1 with a change from baseline" in said
    assert "1 without one (nothing measurable at baseline)" in said
