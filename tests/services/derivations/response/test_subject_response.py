"""A subject's response by three sources: the measurements, the investigator, the reviewers."""

from datetime import date
from typing import Any

import pytest

from app.services.derivations.response.confirmed_response import ConfirmedVisit
from app.services.derivations.response.rated_visit import RatedVisit
from app.services.derivations.response.subject_response import (
    derived_course,
    rated_visits,
    response_at_month_end,
    subject_response,
)
from app.services.derivations.subject_history import Assessment, InvestigatorResponse
from app.trial.policy import ImwgPolicy
from app.trial.windows import VisitWindow
from app.vocabularies.imwg import PdBasis, ResponseCategory, ResponseSource
from tests.subjects.base import ref
from tests.subjects.course import INFUSED_ON, assessment, history

UNTIL = date(2025, 2, 18)
POLICY = ImwgPolicy()
INVESTIGATOR, DERIVED = ResponseSource.INVESTIGATOR, ResponseSource.DERIVED
ADJUDICATED = ResponseSource.ADJUDICATED


def said(category: str, **more: Any) -> InvestigatorResponse:
    return InvestigatorResponse(category=ResponseCategory(category), **more)


def visits(source: ResponseSource, *assessments: Assessment, **more: Any) -> tuple[RatedVisit, ...]:
    subject = history(assessments=assessments)
    derived = derived_course(subject, POLICY, infused_on=INFUSED_ON, until=UNTIL)
    return rated_visits(subject, derived, source, infused_on=INFUSED_ON, until=UNTIL, **more)


def brief(found: tuple[RatedVisit, ...]) -> list[tuple[str, str]]:
    return [(str(one.assessed_on), one.category.value) for one in found]


@pytest.mark.parametrize(
    ("source", "found"),
    [
        (INVESTIGATOR, [("2024-02-12", "PR"), ("2024-03-11", "VGPR")]),
        (DERIVED, [("2024-02-12", "NE"), ("2024-03-11", "NE"), ("2024-04-08", "NE")]),
        (ADJUDICATED, [("2024-02-12", "NE"), ("2024-03-11", "CR"), ("2024-04-08", "NE")]),
    ],
)
def test_each_source_has_its_own_categories(
    source: ResponseSource, found: list[tuple[str, str]]
) -> None:
    """Nothing was measured: the derived category is NE, and stands where no reviewer judged."""
    assert (
        brief(
            visits(
                source,
                assessment("2024-02-12", investigator=said("PR")),
                assessment(
                    "2024-03-11", number=2, investigator=said("VGPR"), adjudicated=said("CR")
                ),
                assessment("2024-04-08", number=3),
            )
        )
        == found
    )


@pytest.mark.parametrize(
    ("day", "counts"),
    [
        pytest.param("2024-01-14", False, id="the day before the infusion"),
        pytest.param("2024-01-15", False, id="the day of the infusion"),
        pytest.param("2024-01-16", True, id="the day after"),
        pytest.param("2025-02-18", True, id="the last day"),
        pytest.param("2025-02-19", False, id="the day after the last"),
    ],
)
def test_a_judgement_counts_after_the_infusion_and_up_to_the_last_day(
    day: str, counts: bool
) -> None:
    found = visits(INVESTIGATOR, assessment(day, investigator=said("PR")))
    assert brief(found) == ([(day, "PR")] if counts else [])


def test_the_day_that_a_judgement_names_is_the_day_it_counts_from() -> None:
    earlier = said("PD", dated=date(2024, 3, 4), pd_basis=PdBasis.IMAGING)
    (found,) = visits(INVESTIGATOR, assessment("2024-03-11", investigator=earlier))
    assert (found.assessed_on, found.basis) == (date(2024, 3, 4), PdBasis.IMAGING)


@pytest.mark.parametrize("turned", [False, True])
@pytest.mark.parametrize(
    ("first", "second", "stands"),
    [
        pytest.param(said("CR"), said("PR"), ("PR", None), id="the worse of two"),
        pytest.param(said("NE"), said("VGPR"), ("VGPR", None), id="NE only for want of any"),
        pytest.param(
            said("PD"),
            said("PD", pd_basis=PdBasis.IMAGING),
            ("PD", PdBasis.IMAGING),
            id="of two progressions the one that needs no second visit",
        ),
    ],
)
def test_of_two_judgements_of_one_day_one_stands_and_names_both(
    first: InvestigatorResponse, second: InvestigatorResponse, stands: Any, turned: bool
) -> None:
    records = (
        assessment("2024-03-11", investigator=first),
        assessment("2024-03-11", number=2, investigator=second),
    )
    (found,) = visits(INVESTIGATOR, *(reversed(records) if turned else records))
    assert (found.category.value, found.basis) == stands
    names = {str(ref("assessments", number).record_id) for number in (1, 2)}
    assert set(found.evaluation_ids) == names


@pytest.mark.parametrize(
    ("day", "interval"),
    [
        pytest.param("2024-03-01", 10, id="before the window of the next visit"),
        pytest.param("2024-03-08", 31, id="the window has opened: the one after it"),
        pytest.param("2024-04-05", None, id="no visit follows"),
    ],
)
def test_the_gap_to_the_next_scheduled_evaluation(day: str, interval: int | None) -> None:
    windows = (
        VisitWindow("M2", date(2024, 3, 11), date(2024, 3, 8), date(2024, 3, 14)),
        VisitWindow("M3", date(2024, 4, 8), date(2024, 4, 5), date(2024, 4, 11)),
    )
    (found,) = visits(INVESTIGATOR, assessment(day, investigator=said("PR")), windows=windows)
    assert found.days_to_next_scheduled == interval


def confirmed(*categories: tuple[str, str]) -> tuple[ConfirmedVisit, ...]:
    rated = [
        RatedVisit(assessed_on=date.fromisoformat(day), category=ResponseCategory(category))
        for day, category in categories
    ]
    return subject_response(
        INVESTIGATOR,
        rated,
        POLICY,
        infused_on=INFUSED_ON,
        new_therapy_on=None,
        died_of_myeloma_on=None,
    ).visits


PR_CONFIRMED_IN_APRIL = [("2024-02-12", "PR"), ("2024-04-08", "VGPR"), ("2024-06-03", "VGPR")]


@pytest.mark.parametrize(
    ("day", "best"),
    [
        pytest.param("2024-02-11", None, id="before the first visit"),
        pytest.param("2024-03-31", None, id="PR waits for its second visit"),
        pytest.param("2024-04-07", None, id="the day before it"),
        pytest.param("2024-04-08", "PR", id="on the day of the second visit"),
        pytest.param("2024-06-02", "PR", id="VGPR waits for its own"),
        pytest.param("2024-06-03", "VGPR", id="VGPR confirmed"),
        pytest.param("2025-01-31", "VGPR", id="and it stays"),
    ],
)
def test_the_best_response_confirmed_by_the_end_of_a_month(day: str, best: str | None) -> None:
    found = response_at_month_end(confirmed(*PR_CONFIRMED_IN_APRIL), date.fromisoformat(day))
    assert (found and found.value) == best
