"""The picture of the time on study: what stands without a response, and what is unconfirmed."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import pytest

from app.charts.style import CATEGORIES
from app.charts.swimmer import AFTER, BEFORE, MARKS, drawn
from app.charts.tables.swimmer import rows
from tests.charts.reports import swimmer
from tests.charts.specifications import caption, mark_of, units, values_of

SUBJECT = "03-009"


def subject(**more: Any) -> dict[str, Any]:
    row = swimmer()["rows"][1]
    return row | {"USUBJID": SUBJECT, "segments": [], "until": "2025-12-01"} | more


def segment(category: str, since: str, until: str) -> dict[str, str]:
    return {"category": category, "since": since, "until": until}


def stretches(picture: dict[str, Any]) -> list[tuple[str, float, float]]:
    """Give the stretches of the subject without a response, in days."""
    found = {
        (row["stretch"], row["since_months"], row["until_months"])
        for unit in units(picture)
        for row in values_of(picture, unit)
        if row.get("stretch") and row["subject"] == SUBJECT
    }
    ordered = sorted(found, key=lambda one: one[1])
    return [(name, round(since * 30.4375), round(to * 30.4375)) for name, since, to in ordered]


@pytest.mark.parametrize(
    ("more", "shown"),
    [
        pytest.param(
            {"segments": [segment("PR", "2025-02-01", "2025-12-01")]},
            [(BEFORE, 0, 31)],
            id="still in response",
        ),
        pytest.param(
            {
                "segments": [segment("SD", "2025-02-01", "2025-06-01")],
                "progression_on": "2025-06-01",
            },
            [(BEFORE, 0, 31), (AFTER, 151, 334)],
            id="stable, then progressed",
        ),
        pytest.param(
            {
                "segments": [segment("VGPR", "2025-02-01", "2025-06-01")],
                "new_therapy_on": "2025-06-01",
                "progression_on": "2025-07-01",
            },
            [(BEFORE, 0, 31), (AFTER, 151, 334)],
            id="new therapy first",
        ),
        pytest.param(
            {"progression_on": "2025-02-01"},
            [(BEFORE, 0, 31), (AFTER, 31, 334)],
            id="progressed at once",
        ),
        pytest.param({}, [(BEFORE, 0, 334)], id="never evaluated"),
        pytest.param(
            {
                "segments": [segment("PR", "2025-02-01", "2025-12-01")],
                "unconfirmed_progression_on": "2025-11-01",
            },
            [(BEFORE, 0, 31)],
            id="an unconfirmed progression ends no response",
        ),
    ],
)
def test_the_time_without_a_response_is_of_two_kinds(
    more: dict[str, Any], shown: list[tuple[str, int, int]]
) -> None:
    assert stretches(drawn(swimmer(subject(**more)), {})) == shown


def test_what_could_be_taken_for_one_grey_differs_in_form() -> None:
    """Before the first evaluation: empty, dashed; afterwards: thin, dark; stable disease: grey."""
    picture = drawn(swimmer(subject(progression_on="2025-06-01")), {})
    before, after = (
        mark_of(unit)
        for name in (BEFORE, AFTER)
        for unit in units(picture)
        if name in str(unit.get("transform", ""))
    )
    assert (before["fill"], before["strokeDash"]) == ("#ffffff", [2, 2])
    assert "height" not in before
    assert after["height"] < 4
    assert len({before["fill"], after["fill"], CATEGORIES["SD"]}) == 3


def test_the_legend_has_everything_that_is_drawn() -> None:
    picture = drawn(swimmer(), {})
    shown = {
        unit["encoding"][channel]["legend"]["title"]: unit["encoding"][channel]["scale"]["domain"]
        for unit in units(picture)
        for channel in ("shape", "color")
        if unit["encoding"].get(channel, {}).get("legend")
    }
    assert shown == {
        "Response": ["sCR", "CR", "VGPR", "PR", "MR", "SD"],
        "Without a category": [BEFORE, AFTER],
        "What happened": list(MARKS),
    }
    assert BEFORE.startswith("before the first evaluation")
    assert AFTER.startswith("after progression")


def test_an_unconfirmed_progression_is_a_hollow_mark_of_the_same_form() -> None:
    report = swimmer(subject(unconfirmed_progression_on="2025-11-01"))
    [row] = [row for row in rows(report, {}) if row["shows"] == "unconfirmed progression"]
    assert (row["subject"], row["since_days"]) == (SUBJECT, 304)
    assert MARKS["unconfirmed progression"] == (MARKS["progression"][0], "#ffffff")
    assert MARKS["progression"][1] != "#ffffff"
    said = " ".join(caption(drawn(report, {})).split())
    assert "1 progression · 1 unconfirmed progression" in said
    assert "1 death" in said


@pytest.mark.parametrize(
    ("until", "months"),
    [
        pytest.param("2025-12-01", 12, id="334 days, and room for a label"),
        pytest.param("2026-01-05", 15, id="369 days"),
    ],
)
def test_its_axis_ends_with_the_data(until: str, months: int) -> None:
    picture = drawn(swimmer(subject(until=until)), {})
    ends = {
        unit["encoding"]["x"]["scale"]["domain"][1]
        for unit in units(picture)
        if "scale" in unit["encoding"].get("x", {})
    }
    assert ends == {months}


def test_lightness_keeps_the_order_of_the_categories() -> None:
    lightness = [
        sum(int(colour[at : at + 2], 16) for at in (1, 3, 5))
        for name in ("sCR", "CR", "VGPR", "PR", "MR", "SD")
        for colour in (CATEGORIES[name],)
    ]
    assert all(deeper < lighter for deeper, lighter in pairwise(lightness))
