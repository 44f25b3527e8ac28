"""The picture of a time to an event."""

from __future__ import annotations

from typing import Any

import pytest

from app.charts.kaplan_meier import drawn
from app.charts.tables.kaplan_meier import at_risk, rows
from app.services.statistics.days import DAYS_PER_MONTH
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


def axis_end(picture: dict[str, Any]) -> float:
    """Give the last month of the axis of every mark that has one."""
    [end] = {
        unit["encoding"]["x"]["scale"]["domain"][1]
        for unit in units(picture)
        if "scale" in unit["encoding"].get("x", {})
    }
    return float(end)


@pytest.mark.parametrize(
    ("last_day", "options", "months"),
    [
        pytest.param(800, {}, 800 / DAYS_PER_MONTH, id="with the data"),
        pytest.param(8, {}, 1, id="a month at least"),
        pytest.param(1096, {}, 1096 / DAYS_PER_MONTH, id="not before the last day of 36 months"),
        pytest.param(800, {"horizon": 36}, 36, id="36 months on request"),
        pytest.param(800, {"horizon": 12}, 800 / DAYS_PER_MONTH, id="never before the data"),
    ],
)
def test_the_axis_ends_with_the_data(last_day: int, options: dict[str, int], months: float) -> None:
    picture = drawn(survival((5, True), (last_day, False)), options)
    assert axis_end(picture) == pytest.approx(months)
    [table] = [
        unit
        for unit in units(picture)
        if unit["encoding"].get("text", {}).get("type") == "quantitative"
    ]
    landmarks = {row["months"] for row in values_of(picture, table)}
    assert landmarks == {0, *(one for one in range(6, 37, 6) if one <= months)}


def test_the_table_under_the_axis_has_the_reports_numbers(report: dict[str, Any]) -> None:
    picture = drawn(report, {"horizon": 36})
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
        pytest.param(
            ((61, True),), "median 2.0 months (95 % CI not reached)", id="neither limit reached"
        ),
        pytest.param(
            ((61, True), (70, True)),
            "median 2.2 months (95 % CI 2.0 to not reached)",
            id="no upper limit",
        ),
        pytest.param(
            ((10, False), (60, False)),
            "median not reached (95 % CI not reached)",
            id="not reached",
        ),
    ],
)
def test_the_caption_says_the_median(times: Any, said: str) -> None:
    assert said in " ".join(caption(drawn(survival(*times), {})).split())


@pytest.mark.parametrize(
    ("times", "said"),
    [
        pytest.param(((10, False),), "0 events, 1 censored", id="none"),
        pytest.param(((10, True),), "1 event, 0 censored", id="one"),
        pytest.param(((10, True), (11, True)), "2 events, 0 censored", id="two"),
    ],
)
def test_one_event_is_said_as_one(times: Any, said: str) -> None:
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
        pytest.param(10, "median 2.0 months", id="half have none"),
        pytest.param(
            11,
            "median not given: more than half of the subjects have no baseline evaluation",
            id="more than half",
        ),
    ],
)
def test_the_caption_says_who_has_no_baseline(without: int, median: str) -> None:
    days = (10, 20, 30, 40, 61, 61, 92, 93, 94, 95)
    picture = drawn(survival(*((day, True) for day in days), without_baseline=without), {})
    said = " ".join(caption(picture).split())
    assert median in said
    assert ("without a baseline evaluation" in said) is (without > 0)
    assert f"{without} of {10 + without} without" in said or not without
    assert bool(lines_to_a_median(picture)) is (without < 11)


@pytest.mark.parametrize("endpoint", ["progression-free-survival", "duration-of-response"])
def test_a_time_that_rests_on_evaluations_always_counts_them(endpoint: TimeToEvent) -> None:
    said = caption(drawn(survival(*TIMES, endpoint=endpoint), {}))
    assert "0 of 5 without a baseline evaluation" in " ".join(said.split())


def lines_to_a_median(picture: dict[str, Any]) -> list[dict[str, Any]]:
    return [unit for unit in units(picture) if "strokeDash" in mark_of(unit)]


@pytest.mark.parametrize(
    ("at_risk_there", "label"),
    [
        pytest.param(5, "median 3.0, n = 5", id="5 at risk"),
        pytest.param(4, None, id="4 at risk"),
    ],
)
def test_a_line_leads_to_a_median_that_5_are_at_risk_at(
    at_risk_there: int, label: str | None
) -> None:
    """Half of them have died by the median, one after the other."""
    before = at_risk_there - 2
    times = [(30 + n, True) for n in range(before)]
    times += [(91, True)] + [(200 + n, False) for n in range(at_risk_there - 1)]
    picture = drawn(survival(*times), {})
    said = caption(picture)
    labels = [
        row["said"] for unit in units(picture) for row in values_of(picture, unit) if "said" in row
    ]
    assert "median 3.0 months" in said
    assert labels == ([label] if label else [])
    assert len(lines_to_a_median(picture)) == (1 if label else 0)
    assert (f"no line to the median: {at_risk_there} at risk there" in said) is (label is None)


def test_no_line_leads_to_a_median_that_was_not_reached() -> None:
    picture = drawn(survival(*[(10 + n, False) for n in range(9)]), {})
    assert lines_to_a_median(picture) == []
    assert "no line" not in caption(picture)


def test_the_caption_says_of_whom_as_of_when_and_by_which_rules(picture: dict[str, Any]) -> None:
    said = caption(picture)
    for part in (
        "Overall survival",
        "Population: treated, n = 5",
        "as of 712, clinical cut-off 2026-03-31",
        "Rule set 2026-11-25, code 5c0de5",
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
