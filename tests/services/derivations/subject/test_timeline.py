"""What happened to one subject, for a picture."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from app.services.derivations.subject.timeline import subject_timeline
from app.trial.trial import load_trial
from app.vocabularies.imwg import ResponseSource
from app.vocabularies.preparations import PreparationOutcome
from app.vocabularies.visits import VisitStatus
from tests.subjects.base import days
from tests.subjects.course import (
    adverse_event,
    alive,
    died,
    enrolment,
    history,
    preparation,
    therapy,
    visit,
)

TRIAL = load_trial()


def told(**records: Any) -> dict[str, Any]:
    return subject_timeline(history(**records), TRIAL, ResponseSource.DERIVED)


def events(found: dict[str, Any]) -> set[tuple[str, str, str]]:
    return {(one["lane"], one["kind"], one["on"].isoformat()) for one in found["events"]}


def test_it_gives_the_days_of_the_course() -> None:
    found = told(
        enrolment=enrolment("2023-12-01", consented_on=date(2023, 11, 20)),
        preparations=(preparation(leukapheresis_on=(date(2023, 12, 10),)),),
        visits=(visit("M1", "2024-02-12"), visit("M2", None, VisitStatus.MISSED)),
        follow_ups=(alive("2024-05-01"), died("2024-09-01", told="2024-09-02")),
        therapies=(therapy("2024-06-01"),),
    )
    assert events(found) == {
        ("course", "consent", "2023-11-20"),
        ("course", "enrolment", "2023-12-01"),
        ("course", "leukapheresis", "2023-12-10"),
        ("course", "infusion", "2024-01-15"),
        ("visit", "visit", "2024-02-12"),
        ("course", "new_therapy", "2024-06-01"),
        ("course", "death", "2024-09-01"),
    }
    assert [one["visit"] for one in found["events"] if one["lane"] == "visit"] == ["M1"]
    assert found["on_study"] == {"until": date(2024, 9, 1), "end": "died"}
    assert (found["origin"], found["origin_is"]) == (date(2024, 1, 15), "infusion")


def test_it_tells_an_earlier_lymphodepletion_from_the_one_that_counts() -> None:
    found = told(
        preparations=(
            preparation(
                lymphodepletion=(days("2023-11-02"),), outcome=PreparationOutcome.PROGRESSED
            ),
            preparation(2, lymphodepletion=(days("2024-01-10"),)),
        ),
    )
    assert events(found) == {
        ("course", "earlier_lymphodepletion", "2023-11-02"),
        ("course", "lymphodepletion", "2024-01-10"),
        ("course", "infusion", "2024-01-15"),
    }


def test_a_screening_failure_is_a_day_of_the_course() -> None:
    failed = enrolment(None, consented_on=date(2023, 11, 20), screen_failed_on=date(2023, 12, 4))
    found = told(enrolment=failed, infused=False)
    assert events(found) == {
        ("course", "consent", "2023-11-20"),
        ("course", "screen_failure", "2023-12-04"),
    }


def test_it_gives_what_lasted_and_what_goes_on() -> None:
    found = told(
        adverse_events=(
            adverse_event("2024-01-17", end="2024-01-20", grade=2, other_specify="her own words"),
        ),
        therapies=(therapy("2024-06-01", name="a name somebody typed"),),
    )
    assert [
        (one["lane"], one["label"], one["since"], one["until"], one["grade"])
        for one in found["spans"]
    ] == [
        ("adverse_event", "Nausea", date(2024, 1, 17), date(2024, 1, 20), 2),
        ("therapy", "new_anti_myeloma", date(2024, 6, 1), None, None),
    ]
    assert "own words" not in repr(found)
    assert "typed" not in repr(found)


def test_nothing_after_the_data_cut_is_told() -> None:
    found = told(
        cut="2024-03-01",
        visits=(visit("M1", "2024-02-12"), visit("M2", "2024-03-16")),
        therapies=(therapy("2024-06-01"),),
        follow_ups=(alive("2024-02-12"),),
    )
    assert ("visit", "M2", "2024-03-16") not in events(found)
    assert found["spans"] == []


@pytest.mark.parametrize(
    ("records", "origin", "named"),
    [
        ({"enrolment": enrolment("2023-12-01")}, date(2023, 12, 1), "enrolment"),
        (
            {"enrolment": enrolment(None, consented_on=date(2023, 11, 20))},
            date(2023, 11, 20),
            "consent",
        ),
        ({"therapies": (therapy("2024-06-01"),)}, date(2024, 6, 1), "the first record"),
        ({}, None, "the first record"),
    ],
)
def test_without_an_infusion_the_days_count_from_what_came_before(
    records: dict[str, Any], origin: date | None, named: str
) -> None:
    found = told(infused=False, **records)
    assert (found["origin"], found["origin_is"]) == (origin, named)
    assert found["on_study"] is None
