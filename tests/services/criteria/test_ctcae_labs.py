"""CTCAE 5.0 grades of laboratory results, at their exact boundaries.

The numbers are those of CTCAE version 5.0 (NCI, 27 November 2017), written here by hand.
"""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.services.criteria.ctcae_labs.grading import NO_FACTS, grade_lab_result
from app.services.criteria.ctcae_labs.lab_grade import LabGrade, counting_grade
from app.vocabularies.laboratory import Comparator
from app.vocabularies.laboratory_grading import (
    AbnormalityDirection,
    DecidingFact,
    GradingReference,
    UngradedReason,
)

LOW, HIGH = AbnormalityDirection.LOW, AbnormalityDirection.HIGH


def both(
    analyte: str,
    value: str | None,
    unit: str | None,
    *,
    normal: tuple[str | None, str | None] = (None, None),
    baseline: str | None = None,
    baseline_upper_limit: str | None = None,
    comparator: str | None = None,
    facts: Mapping[DecidingFact, bool] = NO_FACTS,
) -> tuple[LabGrade, ...]:
    def number(text: str | None) -> Decimal | None:
        return None if text is None else Decimal(text)

    return grade_lab_result(
        analyte=analyte,
        value=number(value),
        unit=unit,
        comparator=None if comparator is None else Comparator(comparator),
        lower_limit=number(normal[0]),
        upper_limit=number(normal[1]),
        baseline=number(baseline),
        baseline_upper_limit=number(baseline_upper_limit),
        facts=facts,
    )


def one(direction: AbnormalityDirection, *sample: Any, **further: Any) -> LabGrade:
    (answer,) = (answer for answer in both(*sample, **further) if answer.direction is direction)
    return answer


LOW_VALUES: list[tuple[str, str, tuple[str | None, str], str]] = [
    ("HGB", "g/L", ("120", "160"), "120:0  119.9:1  100:1  99.9:2  80:2  79.9:3  10:3"),
    ("HGB", "g/dL", ("12", "16"), "12:0  10:1  9.9:2  8.0:2  7.9:3"),
    ("HGB", "mmol/L", ("7.4", "9.9"), "7.4:0  6.2:1  6.1:2  4.9:2  4.8:3"),
    ("NEUT", "10*9/L", ("1.8", "7.5"), "1.8:0  1.5:1  1.49:2  1.0:2  0.99:3  0.5:3  0.49:4  0:4"),
    ("NEUT", "/uL", ("1800", "7500"), "1500:1  1499:2  500:3  499:4"),
    ("PLT", "10*3/uL", ("125", "350"), "125:0  75:1  74:2  50:2  49:3  25:3  24:4"),
    ("LYMPH", "10*9/L", ("1.1", "3.2"), "1.1:0  0.8:1  0.5:2  0.2:3  0.19:4"),
    ("CD4", "/uL", ("500", "1500"), "500:0  499:2  200:2  50:3  49:4"),
    ("ALB", "g/L", ("35", "50"), "35:0  30:1  20:2  19.9:3  5:3"),
    ("MG", "mmol/L", ("0.7", "1.05"), "0.5:1  0.4:2  0.3:3  0.29:4"),
    ("CA_CORR", "mg/dL", ("8.6", "10.2"), "8.0:1  7.9:2  7.0:2  6.0:3  5.9:4"),
    ("CA_ION", "mmol/L", ("1.15", "1.33"), "1.0:1  0.9:2  0.8:3  0.79:4"),
    ("GLUC", "mmol/L", ("3.9", "6.1"), "3.9:0  3.0:1  2.9:2  2.2:2  1.7:3  1.6:4"),
    ("SODIUM", "mmol/L", ("136", "145"), "136:0  130:1  129.5:1  124.9:3  124.5:3  120:3  119:4"),
    ("PH", "[pH]", ("7.35", "7.45"), "7.35:0  7.30:1  7.29:3"),
    ("FIBRINO", "mg/dL", ("200", "400"), "200:0  150:1  149:2  100:2  99:3  50:3  49:4"),
]

HIGH_VALUES: list[tuple[str, str, tuple[str | None, str], str]] = [
    ("CREAT", "umol/L", (None, "100"), "100:0  150:1  150.1:2  300:2  600:3  600.1:4"),
    ("ALT", "U/L", (None, "40"), "40:0  120:1  121:2  200:2  800:3  801:4"),
    ("ALP", "U/L", (None, "100"), "100:0  250:1  500:2  2000:3  2001:4"),
    ("BILI", "mg/dL", (None, "1.2"), "1.2:0  1.8:1  3.6:2  12.0:3  12.1:4"),
    ("CPK", "U/L", (None, "200"), "200:0  500:1  1000:2  2000:3  2001:4"),
    ("LDH", "U/L", (None, "250"), "250:0  251:1  25000:1"),
    ("APTT", "s", (None, "36"), "36:0  54:1  90:2  90.1:3"),
    ("K", "mmol/L", ("3.5", "5.1"), "5.1:0  5.5:1  6.0:2  7.0:3  7.1:4"),
    ("SODIUM", "mmol/L", ("136", "145"), "145:0  150:1  155:2  160:3  161:4"),
    ("MG", "mg/dL", ("1.7", "2.4"), "2.4:0  3.0:1  3.1:3  8.0:3  8.1:4"),
    ("CA_CORR", "mmol/L", ("2.15", "2.55"), "2.55:0  2.9:1  3.1:2  3.4:3  3.5:4"),
    ("TRIG", "mg/dL", (None, "200"), "149:0  150:1  300:1  500:2  1000:3  1001:4"),
    ("CHOL", "mmol/L", (None, "5.2"), "5.2:0  7.75:1  10.34:2  12.92:3  12.93:4"),
    ("HGB", "g/dL", ("12", "16"), "16:0  18:1  20:2  20.1:3"),
    ("WBC", "10*9/L", ("4", "10"), "50:0  100:0  100.1:3"),
    ("LYMPH", "10*9/L", ("1.1", "3.2"), "4:0  4.1:2  20:2  20.1:3"),
    ("UPROT24", "g/(24.h)", (None, "0.15"), "0.14:0  0.15:1  0.99:1  1.0:2  3.5:3"),
    ("UPROT24", "mg/(24.h)", (None, "150"), "149:0  150:1  999:1  1000:2  3500:3"),
    ("PH", "[pH]", ("7.35", "7.45"), "7.45:0  7.50:1  7.51:3"),
]


def cuts(rows: list[tuple[str, str, tuple[str | None, str], str]]) -> list[Any]:
    return [
        pytest.param(
            analyte, unit, normal, value, int(grade), id=f"{analyte} {value} {unit}: {grade}"
        )
        for analyte, unit, normal, values in rows
        for value, grade in [pair.split(":") for pair in values.split()]
    ]


@pytest.mark.parametrize(("analyte", "unit", "normal", "value", "grade"), cuts(LOW_VALUES))
def test_it_grades_a_low_value(
    analyte: str, unit: str, normal: tuple[str, str], value: str, grade: int
) -> None:
    assert one(LOW, analyte, value, unit, normal=normal).grade == grade


@pytest.mark.parametrize(("analyte", "unit", "normal", "value", "grade"), cuts(HIGH_VALUES))
def test_it_grades_a_high_value(
    analyte: str, unit: str, normal: tuple[str, str], value: str, grade: int
) -> None:
    assert one(HIGH, analyte, value, unit, normal=normal).grade == grade


@pytest.mark.parametrize(
    ("analyte", "value", "baseline", "upper_limits", "grade"),
    [
        pytest.param("ALT", "119", "80", ("40", "40"), 0, id="3 x ULN, under 1.5 x baseline"),
        pytest.param("ALT", "120", "80", ("40", "40"), 1, id="1.5 x baseline itself"),
        pytest.param("ALT", "240", "80", ("40", "40"), 1, id="3 x baseline"),
        pytest.param("ALT", "241", "80", ("40", "40"), 2, id="above 3 x baseline"),
        pytest.param("ALT", "1601", "80", ("40", "40"), 4, id="above 20 x baseline"),
        pytest.param("ALT", "45", "40", ("40", "40"), 1, id="baseline at its limit is normal"),
        pytest.param("ALT", "45", "40", ("40", None), 1, id="at the limit of the result"),
        pytest.param("ALT", "45", "41", ("40", None), 0, id="above the limit of the result"),
        pytest.param("ALT", "121", "5", ("40", "40"), 2, id="a low baseline is normal"),
        pytest.param("ALT", "130", "45", ("40", "50"), 2, id="normal by the baseline's own limit"),
        pytest.param("ALT", "130", "45", ("50", "40"), 1, id="high by the baseline's own limit"),
        pytest.param("GGT", "199", "100", ("60", "60"), 0, id="GGT under 2 x baseline"),
        pytest.param("GGT", "200", "100", ("60", "60"), 1, id="GGT 2 x baseline itself"),
        pytest.param("BILI", "40", "40", ("20", "20"), 0, id="bilirubin at baseline"),
        pytest.param("BILI", "41", "40", ("20", "20"), 1, id="bilirubin above baseline"),
        pytest.param("CREAT", "75", "50", ("100", "100"), 0, id="1.5 x baseline, within normal"),
        pytest.param("CREAT", "76", "50", ("100", "100"), 2, id="above it, within normal"),
        pytest.param("CREAT", "151", "50", ("100", "100"), 3, id="above 3 x baseline, 1.5 x ULN"),
        pytest.param("CREAT", "601", "550", ("100", "100"), 4, id="above 6 x ULN, at baseline"),
        pytest.param("CREAT", "140", "130", ("100", "100"), 1, id="above ULN, near baseline"),
    ],
)
def test_it_looks_at_the_baseline(
    analyte: str, value: str, baseline: str, upper_limits: tuple[str, str | None], grade: int
) -> None:
    of_result, of_baseline = upper_limits
    unit = "umol/L" if analyte in {"BILI", "CREAT"} else "U/L"
    answer = one(
        HIGH,
        analyte,
        value,
        unit,
        normal=(None, of_result),
        baseline=baseline,
        baseline_upper_limit=of_baseline,
    )
    assert answer.grade == grade
    assert answer.without == ()


@pytest.mark.parametrize(
    ("value", "baseline", "grade"),
    [
        pytest.param("2.0", "4.0", 0, id="half of baseline, but not below LLN"),
        pytest.param("1.9", "2.5", 1, id="below LLN, 24 % below baseline"),
        pytest.param("1.8", "2.4", 2, id="exactly 25 % below baseline"),
        pytest.param("1.9", "3.8", 3, id="exactly 50 % below baseline"),
        pytest.param("1.6", "6.4", 4, id="exactly 75 % below baseline"),
        pytest.param("0.9", "0.9", 3, id="at baseline, below half of LLN"),
        pytest.param("1.9", "1.5", 1, id="risen from baseline"),
    ],
)
def test_fibrinogen_takes_the_higher_of_both_scales(value: str, baseline: str, grade: int) -> None:
    answer = one(LOW, "FIBRINO", value, "g/L", normal=("2.0", "4.0"), baseline=baseline)
    assert answer.grade == grade


def test_fibrinogen_has_an_absolute_floor() -> None:
    floor = one(LOW, "FIBRINO", "0.49", "g/L")
    assert (floor.grade, floor.without) == (4, ())
    assert one(LOW, "FIBRINO", "0.49", "g/L", normal=("1.0", "4.0")).grade == 4
    assert one(LOW, "FIBRINO", "0.5", "g/L", normal=("1.0", "4.0")).grade == 2


@pytest.mark.parametrize(
    ("value", "baseline", "grade", "without"),
    [
        ("0.6", "0.3", 1, ()),
        ("0.6", "0.6", 0, ()),
        ("0.5", "0.3", 0, ()),
        ("0.6", None, 1, (GradingReference.BASELINE,)),
        ("0.5", None, 0, ()),
    ],
)
def test_eosinophils_lie_above_normal_and_above_baseline(
    value: str, baseline: str | None, grade: int, without: tuple[GradingReference, ...]
) -> None:
    answer = one(HIGH, "EOS", value, "10*9/L", normal=("0.02", "0.5"), baseline=baseline)
    assert (answer.grade, answer.without) == (grade, without)


OPEN = [
    ("K", LOW, "3.2", "mmol/L", ("3.5", "5.1"), DecidingFact.SYMPTOMS, 1, 2),
    ("SODIUM", LOW, "127", "mmol/L", ("136", "145"), DecidingFact.SYMPTOMS, 2, 3),
    ("SODIUM", LOW, "129", "mmol/L", ("136", "145"), DecidingFact.SYMPTOMS, 2, 3),
    ("LIPASE", HIGH, "201", "U/L", (None, "100"), DecidingFact.SYMPTOMS, 2, 3),
    ("AMYLASE", HIGH, "501", "U/L", (None, "100"), DecidingFact.SYMPTOMS, 3, 4),
    ("URATE", HIGH, "430", "umol/L", (None, "420"), DecidingFact.PHYSIOLOGIC_CONSEQUENCES, 1, 3),
    ("TNT_HS", HIGH, "15", "ng/L", (None, "14"), DecidingFact.INFARCTION_LIMIT, 1, 3),
]


@pytest.mark.parametrize(
    ("analyte", "direction", "value", "unit", "normal", "fact", "if_not", "if_so"), OPEN
)
def test_a_clinical_fact_decides(
    analyte: str,
    direction: AbnormalityDirection,
    value: str,
    unit: str,
    normal: tuple[str, str],
    fact: DecidingFact,
    if_not: int,
    if_so: int,
) -> None:
    answer = one(direction, analyte, value, unit, normal=normal)
    assert (answer.grade, answer.grades, answer.needs) == (None, (if_not, if_so), (fact,))
    assert (answer.lowest, answer.highest) == (if_not, if_so)
    for so, grade in ((False, if_not), (True, if_so)):
        answer = one(direction, analyte, value, unit, normal=normal, facts={fact: so})
        assert (answer.grade, answer.needs) == (grade, ())


def test_bicarbonate_is_graded_while_nothing_is_done_about_it() -> None:
    normal = ("22", "29")
    assert one(LOW, "BICARB", "22", "mmol/L", normal=normal).grade == 0
    assert one(LOW, "BICARB", "15", "mmol/L", normal=normal).grades == (0, 1)


@pytest.mark.parametrize(
    ("value", "baseline", "anticoagulated", "grades"),
    [
        pytest.param("1.2", "1.2", None, (0,), id="1.2 is not above 1.2"),
        pytest.param("1.3", "1.0", False, (1,), id="absolute, not times the upper limit"),
        pytest.param("1.3", "0.8", False, (1,), id="baseline has no say without anticoagulation"),
        pytest.param("1.3", "0.8", True, (2,), id="above 1.5 x baseline on anticoagulation"),
        pytest.param("1.3", "0.8", None, (1, 2), id="not known: either"),
        pytest.param("2.6", "1.0", None, (3,), id="above 2.5 whatever the baseline"),
        pytest.param("1.3", None, None, (1, 2, 3), id="not known, and no baseline: open upwards"),
        pytest.param("1.3", None, True, (1,), id="by the absolute scale when there is no baseline"),
    ],
)
def test_inr_is_absolute_or_on_anticoagulation_a_multiple_of_baseline(
    value: str, baseline: str | None, anticoagulated: bool | None, grades: tuple[int, ...]
) -> None:
    facts = {} if anticoagulated is None else {DecidingFact.ANTICOAGULATION: anticoagulated}
    answer = one(HIGH, "INR", value, "{INR}", baseline=baseline, facts=facts)
    assert answer.grades == grades


@pytest.mark.parametrize(
    ("direction", "sample", "without"),
    [
        pytest.param(
            HIGH,
            {"analyte": "ALT", "value": "121", "normal": (None, "40")},
            (2, GradingReference.BASELINE),
            id="a missing baseline is read as normal",
        ),
        pytest.param(
            HIGH,
            {"analyte": "CREAT", "value": "60", "normal": (None, "100")},
            (0, GradingReference.BASELINE),
            id="by the limit alone",
        ),
        pytest.param(
            HIGH,
            {"analyte": "CREAT", "value": "160", "baseline": "50"},
            (3, GradingReference.UPPER_LIMIT),
            id="by the baseline alone",
        ),
        pytest.param(
            LOW,
            {"analyte": "FIBRINO", "value": "1.9", "normal": ("2", "4")},
            (1, GradingReference.BASELINE),
            id="without the fall from baseline",
        ),
    ],
)
def test_it_says_which_scale_it_did_without(
    direction: AbnormalityDirection, sample: dict[str, Any], without: tuple[int, GradingReference]
) -> None:
    units = {"ALT": "U/L", "CREAT": "umol/L", "FIBRINO": "g/L"}
    answer = one(direction, unit=units[sample["analyte"]], **sample)
    assert (answer.grade, answer.without) == (without[0], (without[1],))


def test_it_says_nothing_of_a_scale_that_could_not_raise_the_grade() -> None:
    assert one(HIGH, "CREAT", "601", "umol/L", normal=(None, "100")).without == ()
    assert one(HIGH, "ALT", "40", "U/L", normal=(None, "40")).without == ()
    assert one(LOW, "FIBRINO", "2.0", "g/L", normal=("2", "4")).without == ()


@pytest.mark.parametrize(
    ("direction", "sample", "reason"),
    [
        pytest.param(HIGH, ("ALT", "900", "U/L"), "upper_limit_missing", id="nothing without ULN"),
        pytest.param(HIGH, ("CREAT", "60", "umol/L"), "upper_limit_missing", id="neither scale"),
        pytest.param(LOW, ("PLT", "18000", "10*6/L"), "unit_not_accepted", id="no cuts in it"),
        pytest.param(LOW, ("PLT", "18", "10^9/L"), "unit_not_accepted", id="not UCUM"),
        pytest.param(HIGH, ("HGB", "12", "mmol/L"), "upper_limit_missing", id="restated, no ULN"),
        pytest.param(HIGH, ("LDH", "300", "U/L"), "upper_limit_missing", id="0 or 1 is all"),
        pytest.param(LOW, ("BICARB", "20", "mmol/L"), "lower_limit_missing", id="0 or 1, all"),
        pytest.param(LOW, ("FIBRINO", "1.0", "g/L"), "lower_limit_missing", id="0 to 4 is all"),
        pytest.param(LOW, ("PLT", None, None), "no_number", id="not done"),
        pytest.param(HIGH, ("GLUC", "30", "mmol/L"), "no_rule", id="version 5 has no numbers"),
        pytest.param(LOW, ("PHOS", "0.2", "mmol/L"), "no_rule", id="no numbers for phosphate"),
        pytest.param(None, ("FERRITIN", "9000", "ug/L"), "no_rule", id="no term"),
        pytest.param(None, ("X-LOCAL", "1", "g/L"), "no_rule", id="not listed"),
    ],
)
def test_it_says_why_there_is_no_grade(
    direction: AbnormalityDirection, sample: tuple[str, str | None, str | None], reason: str
) -> None:
    answer = one(direction, *sample)
    assert answer.ungraded_reason == UngradedReason(reason)
    assert (answer.grade, answer.grades, answer.lowest, answer.highest) == (None, (), None, None)


@pytest.mark.parametrize(
    ("direction", "sample", "grades"),
    [
        pytest.param(LOW, ("HGB", "105", "g/L"), (0, 1), id="haemoglobin 105 g/L"),
        pytest.param(LOW, ("HGB", "6.5", "mmol/L"), (0, 1), id="in mmol/L"),
        pytest.param(LOW, ("PLT", "80", "10*9/L"), (0, 1), id="platelets 80"),
        pytest.param(LOW, ("PLT", "300", "10*9/L"), (0, 1), id="platelets 300"),
        pytest.param(HIGH, ("K", "5.0", "mmol/L"), (0, 1), id="potassium 5.0"),
        pytest.param(LOW, ("K", "3.2", "mmol/L"), (0, 1, 2), id="and symptoms not known"),
        pytest.param(HIGH, ("UPROT24", "0.5", "g/(24.h)"), (0, 1), id="protein in urine"),
        pytest.param(LOW, ("PH", "7.32", "[pH]"), (0, 1), id="acidosis"),
    ],
)
def test_a_missing_limit_leaves_the_grades_open_that_need_it(
    direction: AbnormalityDirection, sample: tuple[str, str, str], grades: tuple[int, ...]
) -> None:
    answer = one(direction, *sample)
    limit = GradingReference.LOWER_LIMIT if direction is LOW else GradingReference.UPPER_LIMIT
    assert (answer.grades, answer.lowest, answer.without) == (grades, 0, (limit,))


@pytest.mark.parametrize(
    "sample", [("PLT", "24", "10*9/L", 4), ("PLT", "74", "10*9/L", 2), ("ALB", "29", "g/L", 2)]
)
def test_a_fixed_cut_needs_no_limit(sample: tuple[str, str, str, int]) -> None:
    *result, grade = sample
    assert one(LOW, *result).grade == grade


@pytest.mark.parametrize("limit", ["0", "-1"])
def test_an_upper_limit_of_zero_or_less_is_none(limit: str) -> None:
    answer = one(HIGH, "ALT", "20", "U/L", normal=("0", limit))
    assert answer.ungraded_reason is UngradedReason.UPPER_LIMIT_MISSING


@pytest.mark.parametrize("baseline", ["0", "-1"])
def test_a_baseline_of_zero_or_less_is_none(baseline: str) -> None:
    answer = one(HIGH, "CREAT", "60", "umol/L", normal=(None, "100"), baseline=baseline)
    assert (answer.grade, answer.without) == (0, (GradingReference.BASELINE,))


def test_a_fixed_cut_stands_where_the_laboratory_s_limit_lies_beyond_it() -> None:
    assert one(HIGH, "K", "5.6", "mmol/L", normal=("3.5", "5.8")).grade == 2
    assert one(LOW, "NEUT", "1.45", "10*9/L", normal=("1.4", "7")).grade == 2


OPEN_VALUES = [
    pytest.param("PLT", "<10", (4,), (0,), id="all below 25"),
    pytest.param("PLT", "<25", (4,), (0,), id="25 itself is not meant"),
    pytest.param("PLT", "<=25", (3, 4), (0,), id="25 itself is meant"),
    pytest.param("PLT", ">125", (0,), (0,), id="all normal"),
    pytest.param("PLT", ">=100", (0, 1), (0,), id="normal or just below"),
    pytest.param("PLT", "<60", (2, 3, 4), (0,), id="three grades"),
    pytest.param("LYMPH", "<0.1", (4,), (0,), id="lymphocytes after lymphodepletion"),
    pytest.param("LYMPH", ">30", (0,), (3,), id="CAR-T expansion"),
    pytest.param("LYMPH", ">10", (0,), (2, 3), id="open upwards"),
]


@pytest.mark.parametrize(("analyte", "result", "low", "high"), OPEN_VALUES)
def test_a_comparator_leaves_every_grade_open_that_its_values_have(
    analyte: str, result: str, low: tuple[int, ...], high: tuple[int, ...]
) -> None:
    comparator, value = result.rstrip("0123456789."), result.lstrip("<>=")
    normal = ("125", "350") if analyte == "PLT" else ("1.1", "3.2")
    answers = both(analyte, value, "10*9/L", normal=normal, comparator=comparator)
    for answer, grades in zip(answers, (low, high), strict=False):
        assert answer.grades == grades
        assert answer.needs == ((DecidingFact.EXACT_VALUE,) if len(grades) > 1 else ())


@pytest.mark.parametrize(
    ("value", "grades"),
    [
        pytest.param("30", (0,), id="below the limit of 40"),
        pytest.param("120", (0, 1), id="below 3 times the limit"),
        pytest.param("130", (0, 1, 2), id="above 3 times the limit"),
        pytest.param("800", (0, 1, 2, 3), id="below 20 times the limit"),
    ],
)
def test_a_comparator_leaves_multiples_of_the_limit_open(value: str, grades: Any) -> None:
    answer = one(HIGH, "ALT", value, "U/L", normal=(None, "40"), comparator="<")
    assert answer.grades == grades


def test_a_comparator_that_leaves_every_grade_open_gives_none() -> None:
    answer = one(HIGH, "ALT", "801", "U/L", normal=(None, "40"), comparator="<")
    assert (answer.grades, answer.ungraded_reason) == ((), UngradedReason.ANY_GRADE)


def test_a_comparator_and_a_fact_can_both_be_needed() -> None:
    answer = one(LOW, "K", "3.2", "mmol/L", normal=("3.5", "5.1"), comparator="<")
    assert answer.grades == (1, 2, 3, 4)
    assert set(answer.needs) == {DecidingFact.SYMPTOMS, DecidingFact.EXACT_VALUE}


def test_a_comparator_is_ungraded_where_one_of_its_values_is() -> None:
    answer = one(LOW, "PLT", "80", "10*9/L", comparator="<")
    assert answer.ungraded_reason is UngradedReason.LOWER_LIMIT_MISSING
    assert one(LOW, "PLT", "20", "10*9/L", comparator="<").grade == 4


def test_less_than_zero_is_no_number() -> None:
    answer = one(LOW, "PLT", "0", "10*9/L", normal=("125", "350"), comparator="<")
    assert answer.ungraded_reason is UngradedReason.NO_NUMBER


def test_it_answers_low_before_high() -> None:
    low, high = both("K", "3.2", "mmol/L", normal=("3.5", "5.1"))
    assert (low.direction, low.term) == (LOW, "Hypokalemia")
    assert (high.direction, high.term) == (HIGH, "Hyperkalemia")


def test_it_prints_the_criterion_beside_the_grade() -> None:
    platelets = one(LOW, "PLT", "30", "10*9/L", normal=("125", "350"))
    assert platelets.rule == "grade 3: >= 25 and < 50 10*9/L"
    transaminase = one(HIGH, "ALT", "130", "U/L", normal=(None, "40"), baseline="80")
    assert transaminase.rule == "grade 1: >= 1.5 x baseline and <= 3 x baseline, baseline high"
    assert one(HIGH, "K", "5.0", "mmol/L", normal=("3.5", "5.1")).rule is None


@pytest.mark.parametrize(("analyte", "same_as"), [("CA_TOTAL", "CA_CORR"), ("GLUC_FAST", "GLUC")])
def test_some_analytes_are_graded_as_another(analyte: str, same_as: str) -> None:
    def grades(code: str) -> list[tuple[int, ...]]:
        return [answer.grades for answer in both(code, "1.6", "mmol/L", normal=("2.1", "2.6"))]

    assert grades(analyte) == grades(same_as)
    assert {answer.analyte for answer in both(analyte, "1.6", "mmol/L")} == {analyte}


def test_febrile_neutropenia_is_not_read_from_a_count() -> None:
    terms = {answer.term for answer in both("NEUT", "0.2", "10*9/L")}
    assert terms == {"Neutrophil count decreased"}


def test_what_counts_is_the_direction_whose_lowest_grade_is_highest() -> None:
    counting = counting_grade(both("K", "3.2", "mmol/L", normal=("3.5", "5.1")))
    assert counting is not None
    assert (counting.direction, counting.lowest) == (LOW, 1)
    counting = counting_grade(both("K", "6.5", "mmol/L"))
    assert counting is not None, "low is ungraded without a limit"
    assert (counting.direction, counting.lowest) == (HIGH, 3)
    assert counting_grade(both("FERRITIN", "9000", "ug/L")) is None


def test_it_refuses_a_negative_value() -> None:
    with pytest.raises(ValueError, match="negative"):
        both("PLT", "-1", "10*9/L")


def test_what_is_not_graded_may_be_negative() -> None:
    (answer,) = both("BASE-EXCESS", "-3", "mmol/L")
    assert answer.ungraded_reason is UngradedReason.NO_RULE


values = st.decimals(min_value=0, max_value=500, places=2)


@given(value=values, lower=values)
def test_a_count_has_one_grade_in_all_its_units(value: Decimal, lower: Decimal) -> None:
    for analyte in ("WBC", "NEUT", "LYMPH", "PLT"):
        answers = [
            grade_lab_result(
                analyte=analyte, value=value * factor, unit=unit, lower_limit=lower * factor
            )
            for unit, factor in (("10*9/L", 1), ("10*3/uL", 1), ("/uL", 1000))
        ]
        assert len({tuple(one.grades for one in answer) for answer in answers}) == 1


@given(one=values, other=values, limit=values)
def test_a_grade_never_falls_as_the_value_moves_away_from_normal(
    one: Decimal, other: Decimal, limit: Decimal
) -> None:
    nearer, further = sorted((one, other))
    for analyte, unit in (("CREAT", "umol/L"), ("LIPASE", "U/L"), ("CPK", "U/L")):
        near, far = (
            grade_lab_result(analyte=analyte, value=value, unit=unit, upper_limit=limit + 1)[0]
            for value in (nearer, further)
        )
        assert near.lowest is not None
        assert far.lowest is not None
        assert near.lowest <= far.lowest


@given(value=values, bound=values, comparator=st.sampled_from(list(Comparator)))
def test_a_comparator_holds_the_grade_of_every_value_it_means(
    value: Decimal, bound: Decimal, comparator: Comparator
) -> None:
    meant = {
        Comparator.LESS: value < bound,
        Comparator.LESS_OR_EQUAL: value <= bound,
        Comparator.GREATER: value > bound,
        Comparator.GREATER_OR_EQUAL: value >= bound,
    }[comparator]
    if not meant:
        return
    limits: dict[str, Any] = {"lower_limit": Decimal(100), "upper_limit": Decimal(300)}
    for analyte, unit in (("PLT", "10*9/L"), ("K", "mmol/L"), ("FIBRINO", "mg/dL"), ("ALT", "U/L")):
        exact = grade_lab_result(analyte=analyte, value=value, unit=unit, **limits)
        open_ = grade_lab_result(
            analyte=analyte, value=bound, unit=unit, comparator=comparator, **limits
        )
        for certain, possible in zip(exact, open_, strict=True):
            if possible.ungraded_reason is UngradedReason.ANY_GRADE:
                continue
            assert set(certain.grades) <= set(possible.grades)
