"""The picture of a time to an event."""

from __future__ import annotations

from typing import Any

import pytest

from app.charts.kaplan_meier import drawn
from app.charts.tables.kaplan_meier import at_risk, rows
from app.vocabularies.times_to_event import TimeToEvent
from tests.charts.reports import survival
from tests.charts.specifications import caption, mark_of, units, values_of

TIMES = ((85, True), (101, False), (113, True), (400, False), (800, False))


@pytest.fixture(scope="module")
def report() -> dict[str, Any]:
    return survival(*TIMES)


@pytest.fixture(scope="module")
def picture(report: dict[str, Any]) -> dict[str, Any]:
    return drawn(report, {})


def test_the_table_under_the_axis_has_the_reports_numbers(
    report: dict[str, Any], picture: dict[str, Any]
) -> None:
    [table] = [
        unit for unit in units(picture) if unit["encoding"].get("text", {}).get("field") == "n"
    ]
    shown = values_of(picture, table)
    assert shown == at_risk(report)
    risk = {row["months"]: row["n"] for row in shown if row["count"] == "At risk"}
    assert risk == {0: 5, **{one["months"]: one["n_risk"] for one in report["landmarks"]}}
    assert risk == {0: 5, 6: 2, 12: 2, 18: 1, 24: 1, 30: 0, 36: 0}


def test_the_table_stands_under_the_same_axis_as_the_curve(picture: dict[str, Any]) -> None:
    curve, table = picture["vconcat"]
    assert table["width"] == curve["width"]
    assert picture["resolve"]["scale"]["x"] == "shared"


def test_the_curve_is_drawn_in_steps_from_the_start(picture: dict[str, Any]) -> None:
    lines = [
        unit
        for unit in units(picture)
        if mark_of(unit).get("interpolate") == "step-after" and mark_of(unit)["type"] == "line"
    ]
    assert len(lines) == 1
    assert values_of(picture, lines[0])[0]["survival_percent"] == 100.0


def test_each_censored_time_has_a_tick(report: dict[str, Any]) -> None:
    censored = [row["days"] for row in rows(report, {}) if row["n_censor"]]
    assert censored == [days for days, observed in TIMES if not observed]


@pytest.mark.parametrize(
    ("times", "said"),
    [
        pytest.param(((10, True), (61, True), (92, True)), "median 2.0 months", id="reached"),
        pytest.param(((10, False), (60, False)), "median not reached", id="not reached"),
    ],
)
def test_the_caption_says_the_median(times: Any, said: str) -> None:
    assert said in caption(drawn(survival(*times), {}))


@pytest.mark.parametrize(
    ("endpoint", "variant", "said"),
    [
        ("overall-survival", None, ["death of any cause", "nothing after the horizon counts"]),
        (
            "progression-free-survival",
            "EMA,unconfirmed_pd=event,truncate",
            [
                "EMA regime: new therapy and missed evaluations do not censor",
                "unconfirmed progression an event",
                "derived from all data and cut at the horizon",
            ],
        ),
        ("progression-free-survival", "TTP", ["FDA regime", "deaths censored"]),
        ("duration-of-response", "EMA,DOCR", ["EMA regime", "complete response to progression"]),
    ],
)
def test_the_caption_says_the_whole_definition(
    endpoint: TimeToEvent, variant: str | None, said: list[str]
) -> None:
    shown = caption(drawn(survival(*TIMES, endpoint=endpoint, variant=variant), {}))
    assert [part for part in said if part not in " ".join(shown.split())] == []


@pytest.mark.parametrize(
    ("without", "median"),
    [
        pytest.param(0, "median 2.0 months", id="all have a baseline"),
        pytest.param(3, "median 2.0 months", id="half have none"),
        pytest.param(
            4,
            "median not given: more than half of the subjects have no baseline evaluation",
            id="more than half",
        ),
    ],
)
def test_the_caption_says_who_has_no_baseline(without: int, median: str) -> None:
    report = survival((10, True), (61, True), (92, True), without_baseline=without)
    picture = drawn(report, {})
    said = " ".join(caption(picture).split())
    assert median in said
    assert ("without a baseline evaluation" in said) is (without > 0)
    assert f"{without} of {3 + without} without" in said or not without
    dashed = [unit for unit in units(picture) if "strokeDash" in mark_of(unit)]
    assert bool(dashed) is (without < 4)


def test_a_median_that_was_reached_leads_to_the_axis() -> None:
    picture = drawn(survival((10, True), (61, True), (92, True)), {})
    dashed = [unit for unit in units(picture) if "strokeDash" in mark_of(unit)]
    assert len(dashed) == 1
    assert not [
        unit for unit in units(drawn(survival((10, False)), {})) if "strokeDash" in mark_of(unit)
    ]


def test_the_caption_says_of_whom_as_of_when_and_by_which_rules(picture: dict[str, Any]) -> None:
    said = caption(picture)
    for part in (
        "Overall survival",
        "Population: treated, n = 5",
        "as of 712, clinical cut-off 2026-03-31",
        "Rule set 2026-11-25, trial file c614de8d",
        "2 events, 3 censored",
        "95 % limits (log-log)",
    ):
        assert part in said


def test_nobody_is_a_picture_that_says_so() -> None:
    picture = drawn(survival(), {})
    said = [row for unit in units(picture) for row in values_of(picture, unit)]
    assert said == [{"said": "No subjects have this time as of this data cut."}]
    assert "n = 0" in caption(picture)
    assert rows(survival(), {}) == []
