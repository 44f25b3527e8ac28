"""Grades of a result and a baseline in different units, and of a result without printed cuts."""

from decimal import Decimal

import pytest

from app.services.criteria.ctcae_labs.grading import grade_lab_result
from app.services.criteria.ctcae_labs.lab_grade import LabGrade
from app.vocabularies.laboratory import Comparator
from app.vocabularies.laboratory_grading import (
    AbnormalityDirection,
    DecidingFact,
    GradeScale,
    GradingReference,
    UngradedReason,
)

LOW, HIGH = AbnormalityDirection.LOW, AbnormalityDirection.HIGH

Reported = tuple[str, str, str | None]
"""Value, unit and the laboratory's limit of that side."""


def graded(
    analyte: str,
    result: Reported,
    baseline: Reported | None = None,
    *,
    direction: AbnormalityDirection = HIGH,
    baseline_comparator: str | None = None,
    own: bool = False,
) -> LabGrade:
    value, unit, limit = result
    number = None if limit is None else Decimal(limit)
    before = baseline or (None, None, None)
    answers = grade_lab_result(
        analyte=analyte,
        value=Decimal(value),
        unit=unit,
        lower_limit=number if direction is LOW else None,
        upper_limit=number if direction is HIGH else None,
        baseline=None if before[0] is None else Decimal(before[0]),
        baseline_unit=before[1],
        baseline_comparator=None
        if baseline_comparator is None
        else Comparator(baseline_comparator),
        baseline_upper_limit=None if before[2] is None else Decimal(before[2]),
        own=own,
    )
    (answer,) = (one for one in answers if one.direction is direction)
    return answer


@pytest.mark.parametrize(
    ("analyte", "baseline", "result", "grades", "restated"),
    [
        pytest.param(
            "BILI",
            ("60", "umol/L", "21"),
            ("4.0", "mg/dL", "1.2"),
            (1,),
            ("68.416", "umol/L", "1 mg/dL = 17.104 umol/L"),
            id="bilirubin 1.14 times an abnormal baseline",
        ),
        pytest.param(
            "BILI",
            ("4.0", "mg/dL", "1.2"),
            ("60", "umol/L", "21"),
            (0,),
            ("3.5080", "mg/dL", "1 mg/dL = 17.104 umol/L"),
            id="and the other way round below it",
        ),
        pytest.param(
            "BILI",
            ("20", "umol/L", "21"),
            ("4.0", "mg/dL", "1.2"),
            (3,),
            ("68.416", "umol/L", "1 mg/dL = 17.104 umol/L"),
            id="a normal baseline leaves the limits",
        ),
        pytest.param(
            "CREAT",
            ("35", "umol/L", None),
            ("1.25", "mg/dL", "1.3"),
            (3,),
            ("110.50", "umol/L", "1 mg/dL = 88.4 umol/L"),
            id="creatinine 3.16 times the baseline, within normal",
        ),
        pytest.param(
            "CREAT",
            ("88.4", "umol/L", "100"),
            ("1.5075", "mg/dL", "3"),
            (0, 2),
            ("133.26", "umol/L", "1 mg/dL = 88.4 umol/L"),
            id="0.5 % above 1.5 times the baseline",
        ),
        pytest.param(
            "CREAT",
            ("88.4", "umol/L", "100"),
            ("1.4925", "mg/dL", "3"),
            (0, 2),
            ("131.94", "umol/L", "1 mg/dL = 88.4 umol/L"),
            id="0.5 % below it",
        ),
        pytest.param(
            "CREAT",
            ("88.4", "umol/L", "100"),
            ("1.508", "mg/dL", "3"),
            (2,),
            ("133.31", "umol/L", "1 mg/dL = 88.4 umol/L"),
            id="more than that above",
        ),
        pytest.param(
            "CREAT",
            ("88.4", "umol/L", "100"),
            ("1.492", "mg/dL", "3"),
            (0,),
            ("131.89", "umol/L", "1 mg/dL = 88.4 umol/L"),
            id="more than that below",
        ),
        pytest.param(
            "CREAT",
            ("88.4", "umol/L", "100"),
            ("3.001", "mg/dL", "1.0"),
            (3,),
            ("265.29", "umol/L", "1 mg/dL = 88.4 umol/L"),
            id="above 3 times its own limit, which is exact",
        ),
    ],
)
def test_a_baseline_is_restated_by_the_factor(
    analyte: str,
    baseline: Reported,
    result: Reported,
    grades: tuple[int, ...],
    restated: tuple[str, str, str],
) -> None:
    answer = graded(analyte, result, baseline)
    assert (answer.grades, answer.without) == (grades, ())
    assert answer.restated is not None
    value, unit, factor = restated
    assert (str(answer.restated.value), answer.restated.unit) == (value, unit)
    assert answer.restated.factor == factor
    assert (DecidingFact.RESTATED_VALUE in answer.needs) is (len(grades) > 1)


def test_a_power_of_ten_is_exact_and_names_no_factor() -> None:
    answer = graded("CREAT", ("0.1321", "mmol/L", None), ("88.4", "umol/L", "100"))
    assert answer.ungraded_reason is UngradedReason.UPPER_LIMIT_MISSING
    answer = graded("CREAT", ("0.1327", "mmol/L", "0.2"), ("88.4", "umol/L", "100"))
    assert (answer.grades, answer.restated) == ((2,), None)


@pytest.mark.parametrize(
    ("value", "unit", "limit", "grade"),
    [
        pytest.param("2.88", "mmol/L", "2.6", 1, id="2.88 mmol/L: 11.54 mg/dL would be 2"),
        pytest.param("2.9", "mmol/L", "2.6", 1, id="the cut in mmol/L"),
        pytest.param("11.54", "mg/dL", "10.4", 2, id="the cut in mg/dL"),
    ],
)
def test_the_cut_printed_for_the_reported_unit_comes_first(
    value: str, unit: str, limit: str, grade: int
) -> None:
    answer = graded("CA_CORR", (value, unit, limit))
    assert (answer.grade, answer.restated) == (grade, None)


@pytest.mark.parametrize(
    ("value", "grades"),
    [
        pytest.param("9.9", (0,), id="at its limit"),
        pytest.param("9.91", (1,), id="above its own limit, which is exact"),
        pytest.param("11.0", (1,), id="1.77 g/dL above"),
        pytest.param("11.1", (1, 2), id="1.93 g/dL above: within 0.5 % of 17.95"),
        pytest.param("11.2", (2,), id="2.09 g/dL above"),
        pytest.param("11.3", (2,), id="2.26 g/dL above"),
        pytest.param("12.6", (3,), id="4.35 g/dL above"),
    ],
)
def test_haemoglobin_in_mmol_goes_against_the_cuts_in_g(
    value: str, grades: tuple[int, ...]
) -> None:
    answer = graded("HGB", (value, "mmol/L", "9.9"))
    assert answer.grades == grades
    assert answer.restated is not None
    assert answer.restated.factor == "1 mmol/L = 1.611 g/dL"


@pytest.mark.parametrize(
    ("baseline", "comparator", "grade"),
    [
        pytest.param(("500", "U/L", "40"), ">", None, id="abnormal, and no number"),
        pytest.param(("30", "U/L", "40"), ">=", None, id="may be abnormal"),
        pytest.param(("60", "U/L", "40"), "<", None, id="may be abnormal too"),
        pytest.param(("10", "U/L", "40"), "<", 4, id="normal for certain"),
        pytest.param(("40", "U/L", "40"), "<", 4, id="below its limit for certain"),
        pytest.param(("500", "ug/L", "40"), None, None, id="abnormal, in another kind of unit"),
        pytest.param(("30", "ug/L", "40"), None, 4, id="normal, in another kind of unit"),
        pytest.param(("500", "ug/L", None), None, 4, id="not known to be abnormal"),
    ],
)
def test_an_abnormal_baseline_that_cannot_be_compared_leaves_no_grade(
    baseline: Reported, comparator: str | None, grade: int | None
) -> None:
    answer = graded("ALT", ("900", "U/L", "40"), baseline, baseline_comparator=comparator)
    assert answer.grade == grade
    if grade is None:
        assert answer.ungraded_reason is UngradedReason.BASELINE_NOT_COMPARABLE
    else:
        assert answer.without == (GradingReference.BASELINE,)


def test_creatinine_keeps_the_scale_that_needs_no_baseline() -> None:
    answer = graded(
        "CREAT", ("700", "umol/L", "100"), ("200", "umol/L", "100"), baseline_comparator=">"
    )
    assert answer.grade == 4
    answer = graded(
        "CREAT", ("160", "umol/L", "100"), ("200", "umol/L", "100"), baseline_comparator=">"
    )
    assert (answer.grade, answer.without) == (2, (GradingReference.BASELINE,))


@pytest.mark.parametrize(
    ("analyte", "result", "own", "scale"),
    [
        pytest.param("ALT", ("210", "U/L", "40"), 3, GradeScale.LIMITS, id="ALT 5.25 x ULN"),
        pytest.param("ALP", ("200", "U/L", "120"), 1, GradeScale.LIMITS, id="ALP 1.7 x ULN"),
        pytest.param("BILI", ("60", "umol/L", "21"), 2, GradeScale.LIMITS, id="bilirubin"),
        pytest.param("CREAT", ("200", "umol/L", "100"), 2, None, id="creatinine 2 x ULN"),
        pytest.param("INR", ("1.6", "{INR}", None), 2, None, id="INR by the absolute cuts"),
        pytest.param("EOS", ("0.6", "10*9/L", "0.5"), 1, None, id="eosinophils above ULN"),
    ],
)
def test_the_own_grade_refers_to_no_baseline(
    analyte: str, result: Reported, own: int, scale: GradeScale | None
) -> None:
    answer = graded(analyte, result, result, own=True)
    assert (answer.grade, answer.without, answer.scale) == (own, (), scale)


def test_a_grade_says_which_scale_it_is_of() -> None:
    before = ("210", "U/L", "40")
    assert graded("ALT", ("450", "U/L", "40"), before).scale is GradeScale.BASELINE
    assert graded("ALT", ("210", "U/L", "40"), before).grade == 0
    assert graded("ALT", ("450", "U/L", "40"), ("30", "U/L", "40")).scale is GradeScale.LIMITS
    assert graded("ALT", ("450", "U/L", "40")).scale is GradeScale.LIMITS
    assert graded("CREAT", ("450", "umol/L", "100"), ("90", "umol/L", "100")).scale is None
