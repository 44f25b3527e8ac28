"""Strings of visits: the confirmed result of admiralonco's vignette, and this trial's reading."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any, Literal

import pytest

from app.services.derivations.response.best_response import best_response
from app.services.derivations.response.confirmed_response import ConfirmedVisit, confirmed_visits
from app.services.derivations.response.rated_visit import RatedVisit
from app.trial.policy import ImwgPolicy
from app.vocabularies.imwg import PdBasis, ResponseCategory
from tests.services.criteria.imwg_courses import load

SUBJECTS = load("imwg_confirmation_cases.json")["subjects"]
TREATED_ON = date(2024, 1, 1)
FIRST_VISIT = date(2024, 1, 29)
BASES = {"PDi": PdBasis.IMAGING, "PDb": PdBasis.BIOCHEMICAL}


def confirm(
    subject: dict[str, Any], on_new_therapy_day: Literal["included", "excluded"]
) -> tuple[ConfirmedVisit, ...]:
    visits = [
        RatedVisit(
            assessed_on=FIRST_VISIT + timedelta(days=28 * index),
            category=ResponseCategory.PD if code in BASES else ResponseCategory(code),
            basis=BASES.get(code),
        )
        for index, code in enumerate(subject["responses"])
    ]
    new_therapy = subject["new_therapy_date"]
    return confirmed_visits(
        visits,
        infused_on=TREATED_ON,
        new_therapy_on=date.fromisoformat(new_therapy) if new_therapy else None,
        died_of_myeloma_on=visits[-1].assessed_on + timedelta(days=10)
        if subject["death_due_to_pd_after_last_pd"]
        else None,
        policy=ImwgPolicy(),
        visit_on_new_therapy_day=on_new_therapy_day,
    )


def result(visits: tuple[ConfirmedVisit, ...]) -> dict[str, str | None]:
    found = best_response(visits)
    return {
        "best_confirmed_response": found.best or "MISSING",
        "best_date": _iso(found.best_on),
        "progression_date": _iso(found.progression_on),
        "first_response_date": _iso(found.first_response_on),
        "first_vgpr_or_better_date": _iso(found.first_vgpr_on),
        "first_cr_or_better_date": _iso(found.first_complete_response_on),
    }


def _iso(day: date | None) -> str | None:
    return None if day is None else day.isoformat()


def ids(subject: dict[str, Any]) -> str:
    therapy = subject["new_therapy_date"]
    return f"{subject['subject']} {' '.join(subject['responses'])}" + (
        f" N {therapy}" if therapy else ""
    )


by_subject: Callable[..., Any] = pytest.mark.parametrize("subject", SUBJECTS, ids=ids)


@by_subject
def test_it_reproduces_the_vignette(subject: dict[str, Any]) -> None:
    assert result(confirm(subject, "excluded")) == subject["expected"]


@by_subject
def test_it_runs_as_the_vignette_does(subject: dict[str, Any]) -> None:
    visits = confirm(subject, "excluded")
    assert [visit.running for visit in visits] == subject["confirmed_so_far"]
    assert [visit.in_endpoint_set for visit in visits] == subject["in_endpoint_set"]


@by_subject
def test_it_includes_the_visit_of_the_day_new_therapy_starts(subject: dict[str, Any]) -> None:
    found = result(confirm(subject, "included"))
    expected = subject.get("expected_under_default", subject["expected"])
    assert {name: found[name] for name in expected} == expected


def test_it_differs_from_the_vignette_where_the_file_says_so() -> None:
    differing = {
        subject["subject"]
        for subject in SUBJECTS
        if result(confirm(subject, "included")) != result(confirm(subject, "excluded"))
    }
    assert differing == {
        subject["subject"] for subject in SUBJECTS if subject["differs_under_recommended_default"]
    }
