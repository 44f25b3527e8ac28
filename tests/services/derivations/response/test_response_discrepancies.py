"""Where the derived category is not the investigator's, and what that would change."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from app.services.criteria.imwg.evaluation import Imaging
from app.services.derivations.response.rated_visit import RatedVisit
from app.services.derivations.response.response_discrepancies import (
    Discrepancy,
    discrepancies,
    judgement_of,
)
from app.services.derivations.subject_history import Assessment, InvestigatorResponse
from app.trial.policy import ImwgPolicy
from app.vocabularies.imwg import PdBasis, ResponseCategory
from tests.subjects.course import INFUSED_ON, assessment

FEBRUARY, APRIL, JUNE = date(2024, 2, 12), date(2024, 4, 8), date(2024, 6, 3)


def rated(number: int, day: date, category: str, **more: Any) -> RatedVisit:
    given: dict[str, Any] = {"evaluation_ids": (f"evaluation {number}",)} | more
    return RatedVisit(assessed_on=day, category=ResponseCategory(category), **given)


def said(number: int, day: date, category: str | None, **more: Any) -> Assessment:
    response = category and InvestigatorResponse(category=ResponseCategory(category), **more)
    return assessment(day.isoformat(), number=number, investigator=response or None)


def found(visits: list[RatedVisit], assessments: list[Assessment]) -> tuple[Discrepancy, ...]:
    return discrepancies(
        visits,
        assessments,
        ImwgPolicy(),
        infused_on=INFUSED_ON,
        new_therapy_on=None,
        died_of_myeloma_on=None,
    )


DERIVED = [
    rated(1, FEBRUARY, "PR"),
    rated(2, APRIL, "VGPR"),
    rated(3, JUNE, "VGPR"),
]


@pytest.mark.parametrize(
    ("judgements", "speaks"),
    [
        pytest.param([(1, "PR")], "PR", id="the visit's own"),
        pytest.param([(1, None)], None, id="none was given"),
        pytest.param([(2, "CR")], None, id="that of another visit"),
        pytest.param([], None, id="no evaluation"),
    ],
)
def test_the_investigators_category_of_a_visit(
    judgements: list[tuple[int, str | None]], speaks: str | None
) -> None:
    assessments = [said(number, FEBRUARY, category) for number, category in judgements]
    judged = judgement_of(DERIVED[0], assessments)
    assert (judged and judged[1].category) == speaks


@pytest.mark.parametrize("order", [(1, 2), (2, 1)])
def test_of_several_records_of_one_visit_the_worst_category_speaks(order: tuple[int, int]) -> None:
    merged = rated(1, FEBRUARY, "PR", evaluation_ids=("evaluation 1", "evaluation 2"))
    categories = {1: "VGPR", 2: "SD"}
    judged = judgement_of(merged, [said(n, FEBRUARY, categories[n]) for n in order])
    assert judged is not None
    assert judged[1].category == "SD"


def test_agreement_is_no_discrepancy_and_silence_is_none_either() -> None:
    assessments = [said(1, FEBRUARY, "PR"), said(2, APRIL, None), said(3, JUNE, "VGPR")]
    assert found(DERIVED, assessments) == ()


def test_a_category_that_changes_the_best_response() -> None:
    """VGPR of April is confirmed by June; with PR in June only PR is."""
    (one,) = found(DERIVED, [said(3, JUNE, "PR")])
    assert (one.visit.assessed_on, one.kind) == (JUNE, "DERIVED_HIGHER_BY_1")
    assert (one.impact.best_response, one.impact.best_response_would_be) == (True, "PR")
    assert (one.impact.progression, one.impact.progression_would_be) == (False, None)


def test_a_category_that_changes_nothing() -> None:
    (one,) = found(DERIVED, [said(1, FEBRUARY, "MR")])
    assert (one.impact.best_response, one.impact.best_response_would_be) == (False, "VGPR")
    assert not one.impact.progression


def test_a_progression_that_only_the_investigator_saw() -> None:
    (one,) = found(DERIVED, [said(3, JUNE, "PD", pd_basis=PdBasis.IMAGING)])
    assert one.kind == "PD_DISAGREEMENT"
    assert (one.impact.progression, one.impact.progression_would_be) == (True, JUNE)


def test_each_visit_is_changed_alone() -> None:
    """Two categories of PR would each leave the other visit's VGPR unconfirmed."""
    visits = [*DERIVED, rated(4, date(2024, 7, 29), "VGPR")]
    one, other = found(visits, [said(3, JUNE, "PR"), said(4, date(2024, 7, 29), "PR")])
    assert (one.impact.best_response_would_be, other.impact.best_response_would_be) == (
        "PR",
        "VGPR",
    )


def imaged(number: int, day: date, category: str | None = None) -> Assessment:
    one = said(number, day, category)
    return replace(one, evaluation=replace(one.evaluation, imaging=Imaging(lesions=())))


ASKED = [*DERIVED[:2], rated(3, JUNE, "PD", basis="unanswered")]


def test_an_unanswered_lesion_is_one_with_what_calling_it_new_would_change() -> None:
    (one,) = found(ASKED, [imaged(3, JUNE)])
    assert (one.kind, one.investigator) == ("LESION-NOT-AT-BASELINE", None)
    assert one.assessment.record.record_id.int == 3
    assert (one.impact.progression, one.impact.progression_would_be) == (True, JUNE)


def test_the_investigators_category_of_it_is_another() -> None:
    first, second = found(ASKED, [imaged(3, JUNE, "PR")])
    assert [first.kind, second.kind] == ["LESION-NOT-AT-BASELINE", "PD_DISAGREEMENT"]
    assert not second.impact.progression
