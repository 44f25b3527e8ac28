"""The table of intervals against the lists it speaks of."""

import pytest

from app.vocabularies.ctcae import find_term
from app.vocabularies.ctcae_laboratory import (
    ANY_UNIT,
    CONDITIONS,
    GradeInterval,
    grade_intervals,
)
from app.vocabularies.laboratory import analytes, find_analyte
from app.vocabularies.laboratory_grading import AbnormalityDirection, GradingReference
from app.vocabularies.ucum import is_ucum


def of(analyte: str, direction: AbnormalityDirection) -> list[GradeInterval]:
    return [
        one for one in grade_intervals() if one.analyte == analyte and one.direction is direction
    ]


def test_every_term_is_published_and_has_the_grades_of_its_rows() -> None:
    for interval in grade_intervals():
        term = find_term(interval.term)
        assert term is not None
        assert term.term == interval.term
        assert interval.grade is None or interval.grade in term.grades, interval


def test_every_analyte_is_listed_as_one_with_numbers() -> None:
    numbered = {one.analyte for one in grade_intervals() if one.grade is not None}
    listed = {analyte.code for analyte in analytes() if analyte.ctcae_numbers}
    assert listed - numbered == {"CA_TOTAL", "GLUC_FAST"}, "graded as CA_CORR and GLUC"
    assert numbered <= listed


def test_every_unit_an_analyte_may_have_is_graded() -> None:
    for code in {one.analyte for one in grade_intervals() if one.grade is not None}:
        analyte = find_analyte(code)
        assert analyte is not None
        graded = {one.unit for one in grade_intervals() if one.analyte == code} - {""}
        assert graded == {ANY_UNIT} or graded == set(analyte.units), code


def test_units_are_ucum() -> None:
    assert all(is_ucum(one.unit) for one in grade_intervals() if one.unit not in {ANY_UNIT, ""})


def test_no_grade_is_death_or_none() -> None:
    assert {one.grade for one in grade_intervals()} == {None, 1, 2, 3, 4}


def test_conditions_come_in_words_that_are_known() -> None:
    conditions = {one.condition for one in grade_intervals()} - {""}
    assert conditions == set(CONDITIONS)


def test_multiples_never_carry_an_absolute_cut() -> None:
    for interval in grade_intervals():
        for cut in (interval.lower, interval.upper):
            if interval.unit == ANY_UNIT and cut is not None:
                assert isinstance(cut.of, GradingReference), interval


@pytest.mark.parametrize(
    ("analyte", "direction", "term"),
    [
        ("GLUC", AbnormalityDirection.HIGH, "Hyperglycemia"),
        ("PHOS", AbnormalityDirection.LOW, "Hypophosphatemia"),
        ("PHOS", AbnormalityDirection.HIGH, "Hyperphosphatemia"),
    ],
)
def test_version_5_has_no_numbers_for_what_versions_4_and_6_have(
    analyte: str, direction: AbnormalityDirection, term: str
) -> None:
    (interval,) = of(analyte, direction)
    assert (interval.term, interval.grade) == (term, None)
