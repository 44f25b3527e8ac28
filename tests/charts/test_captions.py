"""What captions count: one thing is one thing, and every mark is named."""

from __future__ import annotations

from typing import Any

import pytest

from app.charts.catalogue import PICTURES
from tests.charts import reports
from tests.charts.specifications import caption


def said(name: str, report: dict[str, Any]) -> str:
    return " ".join(caption(PICTURES[name](report, {})).split())


def enrolled(**counts: int) -> dict[str, Any]:
    report = reports.enrolment()
    return report | {"total": report["total"] | counts}


def kinetics_of(n: int) -> dict[str, Any]:
    report = reports.kinetics(rows=False)
    report["tables"][0]["n"] = n
    return report


def timeline_of(events: int) -> dict[str, Any]:
    report = reports.timeline()
    event, therapy = report["spans"]
    return report | {"spans": [event] * events + [therapy]}


@pytest.mark.parametrize(
    ("name", "report", "counted"),
    [
        ("enrolment", enrolled(screen_failed=1), "1 screen failure,"),
        ("enrolment", enrolled(screen_failed=2), "2 screen failures,"),
        ("car-kinetics", kinetics_of(1), "1 subject with a sample"),
        ("car-kinetics", kinetics_of(2), "2 subjects with a sample"),
        ("subject-timeline", timeline_of(1), "1 adverse event ·"),
        ("subject-timeline", timeline_of(2), "2 adverse events ·"),
        ("lab-series", reports.lab_series((0, "131", 0)), "1 result ·"),
        ("lab-series", reports.lab_series((0, "131", 0), (1, "130", 0)), "2 results ·"),
        (
            "adverse-events",
            reports.adverse_events(("Nausea", {"grade_1": 1}), n=1),
            "1 subject · 1 term ·",
        ),
        ("adverse-events", reports.adverse_events(n=2), "2 subjects · 0 terms ·"),
    ],
)
def test_one_is_said_as_one(name: str, report: dict[str, Any], counted: str) -> None:
    assert counted in said(name, report)


def test_responses_over_time_count_who_could_not_be_evaluated() -> None:
    report = reports.response(("M1", {"PR": 6, "NE": 4}))
    assert "without an evaluation" not in said("response-over-time", report)
    counted = said("response-over-time", report | {"n_missing": 1, "n_unmeasurable_at_baseline": 3})
    assert "1 without an evaluation" in counted
    assert "3 with nothing measurable at baseline" in counted


@pytest.mark.parametrize("rows", [True, False])
def test_the_grey_courses_are_explained_where_they_are_drawn(*, rows: bool) -> None:
    assert ("grey: each subject" in said("car-kinetics", reports.kinetics(rows=rows))) is rows


@pytest.mark.parametrize(
    ("limits", "explained"),
    [
        pytest.param({}, "band: reference range of the laboratory", id="both limits"),
        pytest.param(
            {"upper_limit": None}, "dashed: limit of the laboratory's reference range", id="one"
        ),
        pytest.param({"lower_limit": None, "upper_limit": None}, None, id="none"),
    ],
)
def test_the_reference_range_is_named_as_it_is_drawn(
    limits: dict[str, None], explained: str | None
) -> None:
    report = reports.lab_series((0, "131", 0))
    report["results"] = [one | limits for one in report["results"]]
    shown = said("lab-series", report)
    assert explained in shown if explained else "reference range" not in shown
