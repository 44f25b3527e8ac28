"""The published vectors: every one gets the grade expected of it, or none where none is."""

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from app.services.criteria.ctcae_labs.grading import grade_lab_result
from app.services.criteria.ctcae_labs.lab_grade import LabGrade
from app.vocabularies.ctcae_laboratory import ANY_UNIT, grade_intervals
from app.vocabularies.laboratory import find_analyte
from app.vocabularies.laboratory_grading import AbnormalityDirection, UngradedReason

FILE = Path(__file__).parent / "data" / "lab_grading_cases.json"
VECTORS = json.loads(FILE.read_text(encoding="utf-8"), parse_float=Decimal)["vectors"]

UNITS = {"10^9/L": "10*9/L", "10^9/l": "10*9/L", "10^3/uL": "10*3/uL", "1/uL": "/uL", "G/L": "g/L"}
"""Units of the file in UCUM; it compares them whatever their case."""

UNITLESS = {"INR", "APTT", "PH"}
"""Terms whose unit the file leaves out because there is only one."""

LEGACY_UNIT = "10^3/mL"
"""Stands for counts per uL in the file."""

REFUSED = {
    "missing_limit_or_baseline": {
        UngradedReason.LOWER_LIMIT_MISSING,
        UngradedReason.UPPER_LIMIT_MISSING,
    },
    "unit_missing_or_wrong": {UngradedReason.UNIT_NOT_ACCEPTED},
    "missing_value": {UngradedReason.NO_NUMBER},
    "unknown_term": {UngradedReason.NO_RULE},
}
"""Why a vector has no grade, in the file's words and in ours."""


def analyte_of(vector: dict[str, Any]) -> str | None:
    """The file names the term, we name the analyte; an unknown term has none."""
    term = (vector["term"] or "").casefold()
    ionised = term.endswith(" (ionized)")
    analytes = {
        interval.analyte
        for interval in grade_intervals()
        if interval.term.casefold() == term.removesuffix(" (ionized)")
        and (interval.analyte == "CA_ION") is ionised
    }
    return analytes.pop() if analytes else None


def unit_of(vector: dict[str, Any], analyte: str) -> str | None:
    """Terms of multiples take any unit, so the file names none for them; nor for a bare ratio."""
    unit: str | None = vector["unit"]
    if unit is None:
        listed = find_analyte(analyte)
        assert listed is not None
        graded_in = {one.unit for one in grade_intervals() if one.analyte == analyte}
        if ANY_UNIT in graded_in or analyte in UNITLESS:
            return listed.units[0]
        return None
    return "/uL" if unit == LEGACY_UNIT else UNITS.get(unit, unit)


def number(value: Any) -> Decimal | None:
    return None if value is None else Decimal(value)


def graded(vector: dict[str, Any]) -> LabGrade:
    analyte = analyte_of(vector)
    if analyte is None:
        (answer,) = grade_lab_result(analyte="NOT_A_TERM", value=Decimal(1), unit="g/L")
        return answer
    value, baseline = number(vector["value"]), number(vector["baseline"])
    change = number(vector["pct_change_from_baseline"])
    if baseline is None and change is not None and value is not None:
        baseline = value / (1 + change / 100)
    above = vector["baseline_abnormal_high"]
    answers = grade_lab_result(
        analyte=analyte,
        value=value,
        unit=unit_of(vector, analyte),
        lower_limit=number(vector["lln"]),
        upper_limit=number(vector["uln"]),
        baseline=baseline,
        baseline_upper_limit=None
        if baseline is None or above is None
        else baseline - 1
        if above
        else baseline,
    )
    direction = AbnormalityDirection(vector["direction"])
    (answer,) = (one for one in answers if one.direction is direction)
    return answer


@pytest.mark.parametrize("vector", VECTORS, ids=lambda one: f"{one['id']} {one['term']}")
def test_it_gives_a_published_vector_its_grade(vector: dict[str, Any]) -> None:
    answer = graded(vector)
    expected = vector["expected_grade"]
    if (bounds := vector.get("expected_range")) is not None:
        assert [answer.lowest, answer.highest] == bounds
        assert answer.lowest == expected
        return
    if any(flag.startswith("disputed_vs_text") for flag in vector["flags"]):
        assert vector["flags"] == ["disputed_vs_text:text_says_1"]
        expected = 1
    if "worst_case_assumption" in vector["flags"] and expected is not None:
        assert answer.highest == expected
        return
    assert answer.grade == expected
    if expected is None and answer.grades == ():
        assert answer.ungraded_reason in REFUSED[vector["category"]]


def test_it_counts_the_lowest_grade_where_the_vectors_assume_the_worst() -> None:
    lower = {
        vector["term"].casefold(): (answer.lowest, answer.highest)
        for vector in VECTORS
        if "worst_case_assumption" in vector["flags"]
        and "expected_range" not in vector
        and (answer := graded(vector)).lowest != answer.highest
    }
    assert lower == {
        "hypokalemia": (1, 2),
        "hyponatremia": (2, 3),
        "inr increased": (0, 3),
        "serum amylase increased": (3, 4),
    }


def test_the_file_is_the_whole_file() -> None:
    assert len(VECTORS) == 400
    assert sum(vector["expected_grade"] is None for vector in VECTORS) == 93
    assert sum("expected_range" in vector for vector in VECTORS) == 43
