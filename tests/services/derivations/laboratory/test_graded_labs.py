"""The grade of one result as it comes in, among the subject's others."""

from dataclasses import replace
from uuid import UUID

import pytest

from app.services.derivations.laboratory.graded_labs import graded_result
from app.services.derivations.laboratory.lab_baseline import lab_follow_up
from app.services.derivations.record_ref import RecordRef
from app.services.derivations.sampled_values import LabValue
from tests.subjects.base import TRIAL
from tests.subjects.laboratory import lab, subject


def numbered(result: LabValue, number: int, version: int = 1) -> LabValue:
    return replace(result, record=RecordRef("lab-results", UUID(int=number), version))


def grade(result: LabValue, *others: LabValue, infused: bool = True) -> int | None:
    history = subject(*others, infused=infused)
    follow_up = lab_follow_up(history, new_therapy=None) if infused else None
    [found] = graded_result(history, TRIAL, follow_up, result)
    return found.grade


RESULT = numbered(lab(9, "ALT", "241"), 5)
"""Above 3 times a baseline of 80, above 5 times the upper limit of 40."""
BASELINE = lab(-8, "ALT", "80")


@pytest.mark.parametrize("number", [1, 9])
def test_its_grade_looks_at_the_baseline_whichever_record_came_first(number: int) -> None:
    baseline = numbered(BASELINE, number)
    assert grade(RESULT, baseline) == 2
    assert grade(RESULT, baseline, numbered(lab(16, "ALT", "39"), 10 - number)) == 2


def test_a_baseline_of_another_analyte_is_none() -> None:
    others = (
        lab(-7, "CREAT", "300"),
        lab(-7, "ALP", "300", unit="U/L", normal=(None, "120")),
        lab(-7, "AST", "300", unit="U/L", normal=(None, "40")),
    )
    assert grade(RESULT, numbered(BASELINE, 1), *others) == 2


def test_without_a_baseline_or_an_infusion_it_has_its_own_grade() -> None:
    assert grade(RESULT) == 3
    assert grade(RESULT, numbered(BASELINE, 1), infused=False) == 3


def test_it_stands_in_the_place_of_its_earlier_version() -> None:
    lower, higher = (numbered(lab(-8, "ALT", value), 5) for value in ("80", "130"))
    again = numbered(lab(-8, "ALT", "130"), 5, version=2)
    later = numbered(lab(9, "ALT", "241"), 6)
    assert grade(again, lower) == grade(again, higher) == 2
    assert grade(later, again) == 1
