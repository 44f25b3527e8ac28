"""The rows behind the pictures, and how they are written."""

from __future__ import annotations

import pytest

from app.charts.tables import (
    adverse_events,
    car_kinetics,
    enrolment,
    lab_shift,
    response_over_time,
    response_waterfall,
    subject_timeline,
    swimmer,
)
from tests.charts import reports


def test_the_longest_on_study_comes_first() -> None:
    found = swimmer.rows(reports.swimmer(), {})
    assert [row["subject"] for row in found if row["shows"] == "on study"] == ["03-001", "03-002"]
    assert found[0]["until_months"] == pytest.approx(334 / 30.4375)


def test_a_bar_says_what_happened_and_whether_it_goes_on() -> None:
    shows: dict[str, list[str]] = {"03-001": [], "03-002": []}
    for row in swimmer.rows(reports.swimmer(), {}):
        shows[row["subject"]].append(row["shows"])
    assert shows == {
        "03-001": ["on study", "response", "ongoing"],
        "03-002": ["on study", "progression", "new therapy", "death"],
    }


@pytest.mark.parametrize("end", ["lost", "withdrew", "off_study"])
def test_a_bar_of_one_who_left_says_so(end: str) -> None:
    left = reports.swimmer()["rows"][1] | {"USUBJID": "03-003", "end": end}
    found = swimmer.rows(reports.swimmer(left), {})
    assert [row["shows"] for row in found if row["subject"] == "03-003"][-1] == "left study"


def test_the_waterfall_falls() -> None:
    report = reports.waterfall(
        ("03-003", -50.0, "PR"), ("03-001", -97.0, "CR"), ("03-002", 12.0, None)
    )
    found = [row["subject"] for row in response_waterfall.rows(report, {})]
    assert found == ["03-002", "03-003", "03-001"]


def test_a_visit_without_a_closed_window_is_not_shown() -> None:
    report = reports.response(("M1", {"PR": 10}), ("M2", {"PR": 10}))
    report["by_month"][1]["window_closed"] = 0
    assert {row["visit"] for row in response_over_time.rows(report, {})} == {"M1"}


def test_the_most_frequent_terms_are_shown() -> None:
    report = reports.adverse_events(
        ("Anemia", {"grade_3": 2}), ("Cough", {"grade_1": 1}), ("Nausea", {"grade_1": 2})
    )
    found = adverse_events.rows(report, {"limit": 2})
    assert list(dict.fromkeys(row["term"] for row in found)) == ["Anemia", "Nausea"]
    assert [row["subjects"] for row in found if row["term"] == "Anemia"] == [0, 0, 2, 0, 0, 0]


def test_the_worst_analytes_are_shown_unless_one_is_asked_for() -> None:
    report = reports.lab_abnormalities(
        ("ALT", "HIGH", {(0, 1): 5}),
        ("HGB", "LOW", {(0, 3): 1}),
        ("HGB", "HIGH", {(0, 0): 6}),
    )
    shown = [(one["analyte"], one["direction"]) for one in lab_shift.panels(report, {})]
    assert shown == [("HGB", "LOW"), ("ALT", "HIGH"), ("HGB", "HIGH")]
    asked = lab_shift.rows(report, {"analyte": "ALT"})
    assert [(row["baseline_grade"], row["worst_grade"], row["subjects"]) for row in asked] == [
        ("0", "1", 5)
    ]
    assert [row["shift_scale"] for row in asked] == ["limits"]


def test_the_kinetics_are_those_after_the_first_infusion() -> None:
    found = car_kinetics.rows(reports.kinetics(rows=True), {})
    samples = [row for row in found if row["subject"] == "03-001"]
    assert [(row["days"], row["concentration"], row["below_lloq"]) for row in samples] == [
        (7.2, 800.0, False),
        (28.0, 25.0, True),
    ]


def test_without_rows_there_is_nobody_in_the_kinetics() -> None:
    found = car_kinetics.rows(reports.kinetics(rows=False), {})
    assert {row["subject"] for row in found} == {None}
    assert [(row["days"], row["median"], row["lower_quartile"]) for row in found] == [
        (7, 900.0, 800.0),
        (28, 25.0, None),
    ]


@pytest.mark.parametrize("options", [{"matrix": "CSF"}, {"method": "flow_abs"}])
def test_a_matrix_that_nobody_has_is_shown_as_nobody(options: dict[str, str]) -> None:
    assert car_kinetics.rows(reports.kinetics(rows=True), options) == []


@pytest.mark.parametrize(
    ("whole", "planned", "target"),
    [
        pytest.param(True, 12, 60, id="the slots of the trial"),
        pytest.param(False, 12, 12, id="what a centre plans"),
        pytest.param(False, None, None, id="nothing planned"),
    ],
)
def test_the_target_of_the_accrual(whole: bool, planned: int | None, target: int | None) -> None:
    assert enrolment.target(reports.enrolment(whole=whole, planned=planned)) == target


def test_a_timeline_counts_days_from_the_infusion() -> None:
    found = {row["label"]: row for row in subject_timeline.rows(reports.timeline(), {})}
    assert found["consent"]["since_day"] == -42
    assert found["infusion"]["since_day"] == 0
    assert (found["g_csf"]["since_day"], found["g_csf"]["until_day"]) == (9, None)
    assert found["Cytokine release syndrome"]["lane"] == "adverse event"
