"""Signs of clinical relapse from the records around a visit."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from app.services.criteria.imwg.visit_response import VisitResponse
from app.services.derivations.response.clinical_relapse import clinical_relapse
from app.services.derivations.sampled_values import LabValue
from app.services.derivations.subject_history import AdverseEvent
from app.vocabularies.laboratory import Comparator
from tests.services.criteria.imwg_courses import read
from tests.services.criteria.imwg_courses import visit as evaluated
from tests.subjects.base import days
from tests.subjects.course import (
    INFUSED_ON,
    adverse_event,
    history,
    infusion,
    lab_value,
    preparation,
)

VISIT: VisitResponse = read(
    evaluated(-10, 4, 0), evaluated(46, 1, 0, calcium="11.5"), infused_on=INFUSED_ON
).last
"""Of 16 April 2024."""
BEFORE = preparation(lymphodepletion=(days("2024-01-10"),))


def lab(on: str, analyte: str, value: str, unit: str, number: int = 1, **more: Any) -> LabValue:
    known = lab_value(on, number)
    return replace(known, analyte=analyte, value=Decimal(value), unit=unit, **more)


def signs(*labs: LabValue, events: tuple[AdverseEvent, ...] = ()) -> list[str]:
    told = history(
        infusions=(infusion(),), preparations=(BEFORE,), lab_values=labs, adverse_events=events
    )
    found = clinical_relapse(VISIT, told)
    assert found.signs[:1] == ("hypercalcaemia",)
    return [*found.signs[1:], *found.to_be_attributed]


START = lab("2024-01-10", "HGB", "12.0", "g/dL", 1)


@pytest.mark.parametrize(
    ("now", "fallen"),
    [
        pytest.param(lab("2024-04-16", "HGB", "100", "g/L", 2), True, id="2 g/dL, in g/L"),
        pytest.param(lab("2024-04-16", "HGB", "10.1", "g/dL", 2), False, id="1.9 g/dL"),
        pytest.param(lab("2024-04-23", "HGB", "10", "g/dL", 2), True, id="7 days later"),
        pytest.param(lab("2024-04-24", "HGB", "10", "g/dL", 2), False, id="8 days later"),
        pytest.param(lab("2024-04-09", "HGB", "10", "g/dL", 2), True, id="7 days before"),
        pytest.param(lab("2024-04-16", "HGB", "10", "g/dL", 2, spurious=True), False, id="error"),
        pytest.param(
            lab("2024-04-16", "HGB", "10", "g/dL", 2, comparator=Comparator.LESS), True, id="below"
        ),
        pytest.param(
            lab("2024-04-16", "HGB", "9", "g/dL", 2, comparator=Comparator.GREATER),
            False,
            id="above",
        ),
        pytest.param(lab("2024-04-16", "HGB", "6", "mmol/L", 2), False, id="another unit"),
    ],
)
def test_haemoglobin_down_by_2_is_shown_to_be_attributed(now: LabValue, *, fallen: bool) -> None:
    assert signs(START, now) == (["haemoglobin_fall"] if fallen else [])


def test_the_nearest_result_speaks_and_the_later_of_two_equally_near() -> None:
    before = lab("2024-04-14", "HGB", "9", "g/dL", 2)
    assert signs(START, before, lab("2024-04-17", "HGB", "11", "g/dL", 3)) == []
    assert signs(START, before, lab("2024-04-18", "HGB", "11", "g/dL", 3)) == []
    assert signs(START, before, lab("2024-04-19", "HGB", "11", "g/dL", 3)) == ["haemoglobin_fall"]


def test_it_starts_from_the_last_value_before_lymphodepletion() -> None:
    later = lab("2024-01-12", "HGB", "9", "g/dL", 2)
    now = lab("2024-04-16", "HGB", "10", "g/dL", 3)
    assert signs(START, later, now) == ["haemoglobin_fall"]
    assert signs(later, now) == []
    untreated = history(infusions=(infusion(),), lab_values=(later, now))
    assert clinical_relapse(VISIT, untreated).to_be_attributed == ()
    first = replace(later, value=Decimal(12))
    untreated = history(infusions=(infusion(),), lab_values=(first, now))
    assert clinical_relapse(VISIT, untreated).to_be_attributed == ("haemoglobin_fall",)


def test_the_start_is_not_among_the_results_around_a_visit() -> None:
    day_1: VisitResponse = read(
        evaluated(-50, 4, 0), evaluated(-45, 1, 0), infused_on=INFUSED_ON
    ).last
    assert day_1.assessed_on == date(2024, 1, 16)
    later = lab("2024-01-23", "HGB", "10", "g/dL", 2)
    told = history(infusions=(infusion(),), preparations=(BEFORE,), lab_values=(START, later))
    found = clinical_relapse(day_1, told)
    assert found.to_be_attributed == ("haemoglobin_fall",)


def test_creatinine_up_by_2_is_shown_to_be_attributed() -> None:
    start = lab("2024-01-10", "CREAT", "0.9", "mg/dL", 1)
    for value, unit, risen in (("2.9", "mg/dL", True), ("2.8", "mg/dL", False)):
        found = signs(start, lab("2024-04-16", "CREAT", value, unit, 2))
        assert found == (["creatinine_rise"] if risen else [])
    assert signs(start, lab("2024-04-16", "CREAT", "257", "umol/L", 2)) == ["creatinine_rise"]


@pytest.mark.parametrize(
    ("event", "there"),
    [
        pytest.param(adverse_event("2024-04-16"), False, id="another event"),
        pytest.param(
            adverse_event("2024-04-16", other_specify="Hyperviscosity syndrome"), True, id="begun"
        ),
        pytest.param(
            adverse_event("2024-04-17", other_specify="Hyperviscosity"), False, id="a day later"
        ),
        pytest.param(
            adverse_event("2024-03-01", end="2024-04-15", other_specify="hyperviscosity"),
            False,
            id="over the day before",
        ),
        pytest.param(
            adverse_event("2024-03-01", end="2024-04-16", other_specify="hyperviscosity"),
            True,
            id="over on the day",
        ),
    ],
)
def test_hyperviscosity_is_an_event_by_that_name(event: AdverseEvent, *, there: bool) -> None:
    assert signs(events=(event,)) == (["hyperviscosity"] if there else [])
