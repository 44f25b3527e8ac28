"""Which adverse event accounts for a severe laboratory result."""

import uuid
from dataclasses import replace
from typing import Any

import pytest

from app.services.criteria.ctcae_labs.lab_grade import LabGrade
from app.services.derivations.laboratory.unreported_grades import is_reported, is_unreported, severe
from app.services.derivations.subject_history import AdverseEvent
from app.vocabularies.laboratory_grading import AbnormalityDirection
from tests.subjects.course import adverse_event
from tests.subjects.laboratory import lab, on

TERM = "Platelet count decreased"


def grade(*grades: int, term: str = TERM) -> LabGrade:
    return LabGrade(analyte="PLT", direction=AbnormalityDirection.LOW, term=term, grades=grades)


def event(onset: int | str, end: int | str | None = None, *, term: str = TERM) -> AdverseEvent:
    """An event, its days counted from the infusion or written as a month."""

    def written(day: int | str) -> str:
        return day if isinstance(day, str) else on(day).isoformat()

    known = adverse_event(written(onset), end=None if end is None else written(end))
    return replace(known, term=term)


@pytest.mark.parametrize(
    ("events", "reported"),
    [
        pytest.param([], False, id="no event"),
        pytest.param([event(9)], True, id="begins on the day and has no end"),
        pytest.param([event(3)], True, id="began earlier and goes on"),
        pytest.param([event(10)], False, id="begins the day after"),
        pytest.param([event(3, 9)], True, id="ends on the day"),
        pytest.param([event(3, 8)], False, id="ended the day before"),
        pytest.param([event("2024-03")], True, id="begins on some day of the month"),
        pytest.param([event(3, "2024-03")], True, id="ends on some day of the month"),
        pytest.param([event(3, term="Anemia")], False, id="of another term"),
        pytest.param([event(3, 8), event(9, 20)], True, id="one of two"),
    ],
)
def test_an_event_of_the_term_accounts_for_its_days(
    events: list[AdverseEvent], reported: bool
) -> None:
    assert is_reported(lab(9, "PLT", "20"), grade(4), events) is reported
    assert is_unreported(lab(9, "PLT", "20"), [grade(4)], events) is not reported


def test_the_event_that_a_result_names_accounts_for_it_whatever_its_term() -> None:
    named = lab(9, "PLT", "20", adverse_event=uuid.UUID(int=7))
    assert is_reported(named, grade(4), [])


@pytest.mark.parametrize(
    ("grades", "certain"),
    [
        pytest.param((), False, id="no grade"),
        pytest.param((2,), False, id="grade 2"),
        pytest.param((3,), True, id="grade 3"),
        pytest.param((4,), True, id="grade 4"),
        pytest.param((2, 3), False, id="grade 2 or 3"),
        pytest.param((3, 4), True, id="grade 3 or 4"),
    ],
)
def test_a_result_is_severe_from_grade_3(grades: Any, certain: bool) -> None:
    assert bool(severe([grade(*grades)])) is certain
