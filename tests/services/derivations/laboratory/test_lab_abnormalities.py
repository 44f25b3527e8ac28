"""The laboratory abnormalities of one subject."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.services.derivations.laboratory.graded_labs import graded_labs
from app.services.derivations.laboratory.lab_abnormalities import (
    LabAbnormality,
    ShiftScale,
    lab_abnormalities,
)
from app.services.derivations.laboratory.lab_baseline import BaselineFlag, lab_follow_up
from app.services.derivations.laboratory.lab_course import FlagAndRule
from app.services.derivations.sampled_values import LabValue
from app.vocabularies.laboratory_grading import (
    AbnormalityDirection,
    GradeScale,
    GradingReference,
    UngradedReason,
)
from app.vocabularies.specimens import Specimen
from app.vocabularies.therapies import TherapyKind
from tests.subjects.base import TRIAL
from tests.subjects.laboratory import When, lab, on, subject, therapy

LOW, HIGH = AbnormalityDirection.LOW, AbnormalityDirection.HIGH


def found(
    *labs: LabValue, new_therapy: int | None = None, **history: Any
) -> dict[tuple[str, AbnormalityDirection | None], LabAbnormality]:
    started = None if new_therapy is None else on(new_therapy)
    abnormalities = lab_abnormalities(subject(*labs, **history), TRIAL, new_therapy=started)
    return {(one.analyte, one.direction): one for one in abnormalities}


def platelets(*samples: tuple[When, str], **history: Any) -> LabAbnormality:
    """The platelets of a subject, 10^9/L; normal from 125."""
    return found(*(lab(when, "PLT", count) for when, count in samples), **history)["PLT", LOW]


@pytest.mark.parametrize(
    ("samples", "worst", "day", "shift"),
    [
        pytest.param([(-8, "180"), (3, "60"), (9, "20"), (14, "24")], 4, 9, (0, 4), id="first day"),
        pytest.param([(-8, "60"), (3, "49")], 3, 3, (2, 3), id="from grade 2"),
        pytest.param([(-8, "180"), (-2, "20"), (3, "60")], 2, 3, (0, 2), id="not before infusion"),
        pytest.param([(3, "49")], 3, 3, (None, 3), id="without a baseline"),
        pytest.param([(-8, "180"), (3, "130")], 0, 3, (0, 0), id="never abnormal"),
        pytest.param(
            [(-8, "180"), (0, "20"), (1, "60")], 2, 1, (0, 2), id="infusion day without a time"
        ),
        pytest.param([(-8, "180"), ((0, "09:00"), "20"), (1, "60")], 2, 1, (0, 2), id="pre-dose"),
    ],
)
def test_the_worst_grade_after_the_infusion(
    samples: list[tuple[When, str]], worst: int, day: int, shift: tuple[int | None, int]
) -> None:
    row = platelets(*samples)
    assert row.worst is not None
    assert (row.worst.lowest, row.worst.result.day) == (worst, day)
    assert row.shift == shift


def test_a_range_counts_with_its_lowest_grade_and_is_shown() -> None:
    row = found(lab(-8, "K", "4"), lab(3, "K", "3.2"), lab(5, "K", "3.3"))["K", LOW]
    assert row.worst is not None
    assert (row.worst.lowest, row.worst.range, row.worst.result.day) == (1, (1, 2), 3)
    row = found(lab(3, "K", "2.9"))["K", LOW]
    assert row.worst is not None
    assert (row.worst.lowest, row.worst.range) == (3, ())


def test_results_between_lymphodepletion_and_infusion_stand_apart() -> None:
    row = platelets((-8, "180"), (-2, "20"), (3, "60"))
    assert row.worst_in_lymphodepletion is not None
    assert (row.worst_in_lymphodepletion.lowest, row.worst_in_lymphodepletion.result.day) == (4, -2)
    assert not row.outlier


def test_a_subject_who_has_only_those_still_has_them() -> None:
    row = platelets((-8, "180"), (-2, "20"))
    assert row.results == ()
    assert row.worst is None
    assert row.worst_in_lymphodepletion is not None


def test_nothing_counts_after_new_therapy() -> None:
    row = platelets((-8, "180"), (90, "60"), (120, "20"), new_therapy=100)
    assert row.worst is not None
    assert row.worst.lowest == 2
    on_its_day = platelets((-8, "180"), (100, "60"), new_therapy=100)
    assert on_its_day.worst is not None


@pytest.mark.parametrize(
    ("samples", "resolved", "on_day"),
    [
        pytest.param([(-8, "180"), (3, "20"), (9, "60"), (14, "75")], True, 14, id="to grade 1"),
        pytest.param([(-8, "60"), (3, "20"), (9, "60")], True, 9, id="to the baseline value"),
        pytest.param([(-8, "60"), (3, "20"), (9, "59")], False, None, id="not to its grade alone"),
        pytest.param([(-8, "180"), (3, "20"), (9, "60")], False, None, id="only to grade 2"),
        pytest.param([(-8, "180"), (1, "130"), (3, "20")], False, None, id="not by an earlier one"),
        pytest.param([(-8, "180"), (3, "80")], None, None, id="grade 1 needs no resolution"),
        pytest.param([(-8, "60"), (3, "62")], None, None, id="nor does the baseline value"),
        pytest.param([(-8, "60"), (3, "55")], False, None, id="worse than the baseline value"),
    ],
)
def test_a_worst_grade_resolves(
    samples: list[tuple[When, str]], resolved: bool | None, on_day: int | None
) -> None:
    row = platelets(*samples)
    assert row.resolved is resolved
    assert row.resolved_on == (None if on_day is None else on(on_day))


def test_an_outlier_is_grade_3_above_baseline() -> None:
    assert platelets((-8, "180"), (3, "49")).outlier
    assert not platelets((-8, "180"), (3, "50")).outlier
    assert not platelets((-8, "40"), (3, "30")).outlier
    assert platelets((-8, "40"), (3, "20")).outlier


def test_a_missing_baseline_counts_as_grade_0_and_shows() -> None:
    row = platelets((3, "49"))
    assert row.outlier
    assert row.baseline is None
    flagged = platelets((-2, "49"), (3, "30"))
    assert flagged.baseline is not None
    assert flagged.baseline.flags == (BaselineFlag.AFTER_LYMPHODEPLETION,)
    assert not flagged.outlier


@pytest.mark.parametrize(
    ("samples", "episodes"),
    [
        pytest.param([(3, "20"), (6, "40"), (9, "60"), (14, "80")], [(3, 14, 4, 2)], id="one run"),
        pytest.param(
            [(3, "20"), (6, "60"), (9, "40"), (14, "80"), (20, "30")],
            [(3, 14, 4, 2), (20, None, 3, 1)],
            id="grade 2 does not end it, grade 1 does",
        ),
        pytest.param([(3, "60"), (6, "80")], [], id="no outlier, no episode"),
        pytest.param([(3, "20")], [(3, None, 4, 1)], id="still open"),
    ],
)
def test_an_episode_lasts_until_grade_1(
    samples: list[tuple[When, str]], episodes: list[tuple[int, int | None, int, int]]
) -> None:
    row = platelets((-8, "180"), *samples)
    assert [
        (one.started_on, one.ended_on, one.worst_grade, one.outliers) for one in row.episodes
    ] == [
        (on(start), None if end is None else on(end), worst, outliers)
        for start, end, worst, outliers in episodes
    ]


@pytest.mark.parametrize(("between", "starts"), [("60", [3, 9]), ("55", [3])])
def test_an_episode_ends_at_the_baseline_value(between: str, starts: list[int]) -> None:
    row = platelets((-8, "60"), (3, "20"), (6, between), (9, "20"))
    assert [one.started_on for one in row.episodes] == [on(day) for day in starts]


def test_a_limit_makes_outliers_and_episodes_without_a_grade() -> None:
    values = [(2, "9000"), (4, "12000"), (6, "15000"), (9, "8000"), (12, "11000")]
    row = found(*(lab(day, "FERRITIN", value) for day, value in values))["FERRITIN", HIGH]
    assert (row.term, row.worst, row.resolved, row.outlier) == (None, None, None, True)
    assert [(one.started_on, one.ended_on, one.outliers) for one in row.episodes] == [
        (on(4), on(9), 2),
        (on(12), None, 1),
    ]


def test_a_limit_counts_beside_the_grade() -> None:
    row = found(lab(-8, "LDH", "200"), lab(3, "LDH", "1251"))["LDH", HIGH]
    assert row.worst is not None
    assert row.worst.lowest == 1
    assert row.outlier


def test_an_outlier_by_a_limit_does_not_settle_at_grade_1() -> None:
    values = [(3, "1300"), (5, "1400"), (9, "600")]
    row = found(*(lab(day, "LDH", value) for day, value in values))["LDH", HIGH]
    assert [(one.started_on, one.ended_on, one.outliers) for one in row.episodes] == [
        (on(3), on(9), 2)
    ]


def test_flag_and_rule_stand_side_by_side() -> None:
    judged = [
        (3, "20", True),
        (5, "20", False),
        (7, "20", None),
        (9, "60", True),
        (11, "60", False),
    ]
    labs = [lab(day, "PLT", count, clinically_significant=flag) for day, count, flag in judged]
    row = found(lab(-8, "PLT", "180"), *labs)["PLT", LOW]
    assert row.agreement == FlagAndRule(both=1, rule_only=1, rule_not_judged=1, flag_only=1)
    assert row.agreement.disagreements == 2
    assert row.outlier
    assert row.clinically_significant


def test_a_flag_belongs_to_the_side_that_the_result_lies_on() -> None:
    rows = found(lab(3, "K", "5.3", clinically_significant=True))
    assert rows["K", HIGH].clinically_significant
    assert not rows["K", LOW].clinically_significant
    assert rows["K", LOW].agreement == FlagAndRule()


@pytest.mark.parametrize(
    ("result", "direction"),
    [
        pytest.param(lab(3, "IL10", "90", normal=(None, "9")), HIGH, id="above its range"),
        pytest.param(lab(3, "IL10", "90"), None, id="nothing places it"),
        pytest.param(lab(3, "IGG", "5"), LOW, id="below its range"),
        pytest.param(lab(3, "HBV_DNA", "DETECTED"), HIGH, id="a detection"),
    ],
)
def test_a_flag_is_not_lost_without_a_term(
    result: LabValue, direction: AbnormalityDirection | None
) -> None:
    flagged = LabValue(
        record=result.record,
        analyte=result.analyte,
        collected=result.collected,
        value=result.value,
        coded_value=result.coded_value,
        unit=result.unit,
        lower_limit=result.lower_limit,
        upper_limit=result.upper_limit,
        clinically_significant=True,
    )
    rows = found(flagged)
    assert [key for key, row in rows.items() if row.clinically_significant] == [
        (result.analyte, direction)
    ]


def test_an_analyte_with_neither_term_nor_limit_nor_flag_has_nothing_to_say() -> None:
    assert found(lab(3, "IL10", "90")) == {}


def test_errors_and_what_was_not_done_are_left_out() -> None:
    row = platelets((-8, "180"), (3, "60"))
    same = found(
        lab(-8, "PLT", "180"),
        lab(3, "PLT", "60"),
        lab(4, "PLT", "5", spurious=True),
        lab(5, "PLT", None),
    )["PLT", LOW]
    assert len(same.results) == len(row.results) == 1


@pytest.mark.parametrize(
    ("specimen", "counts"),
    [(Specimen.PLASMA, True), (Specimen.SERUM, True), (Specimen.URINE, False), (None, True)],
)
def test_another_material_is_left_out(specimen: Specimen | None, counts: bool) -> None:
    assert bool(found(lab(3, "K", "20", specimen=specimen))) is counts


def test_why_results_have_no_grade_is_counted() -> None:
    rows = found(
        lab(3, "ALT", "100", normal=(None, None)),
        lab(4, "PLT", "20", unit="10*6/L"),
        lab(5, "GLUC", "20"),
    )
    assert rows["ALT", HIGH].ungraded == {UngradedReason.UPPER_LIMIT_MISSING: 1}
    assert rows["PLT", LOW].ungraded == {UngradedReason.UNIT_NOT_ACCEPTED: 1}
    assert rows["GLUC", HIGH].ungraded == {UngradedReason.NO_RULE: 1}
    assert rows["GLUC", HIGH].term == "Hyperglycemia"


def test_an_abnormal_baseline_moves_the_cuts() -> None:
    row = found(lab(-8, "ALT", "80"), lab(3, "ALT", "130"), lab(5, "ALT", "250"))["ALT", HIGH]
    assert [one.lowest for one in row.results] == [1, 2]
    assert row.shift == (1, 3), "both by the limits: 2 x and 6.25 x ULN"


def test_two_scales_are_never_set_against_each_other() -> None:
    row = found(lab(-8, "ALT", "210"), lab(3, "ALT", "450"), lab(9, "ALT", "1100"))["ALT", HIGH]
    assert [one.lowest for one in row.results] == [1, 3], "2.1 x and 5.2 x baseline"
    assert [one.own_grade and one.own_grade.lowest for one in row.results] == [3, 4]
    assert (row.shift, row.shift_scale) == ((3, 4), ShiftScale.LIMITS)
    assert [one.outlier for one in row.results] == [False, True]
    assert row.worst is not None
    assert row.worst.grade is not None
    assert (row.worst.lowest, row.worst.grade.scale) == (3, GradeScale.BASELINE)


def test_the_worst_of_a_shift_need_not_be_the_worst_by_the_baseline() -> None:
    labs = lab(3, "ALT", "500", normal=(None, "100")), lab(9, "ALT", "450")
    row = found(lab(-8, "ALT", "210"), *labs)["ALT", HIGH]
    assert row.worst is not None
    assert (row.worst.result.day, row.shift) == (3, (3, 3)), "5 x ULN, and 11.25 x ULN later"


def test_one_scale_goes_from_the_own_grade_to_the_grade_of_ctcae() -> None:
    row = found(lab(-8, "CREAT", "160"), lab(3, "CREAT", "500"))["CREAT", HIGH]
    assert (row.shift, row.shift_scale) == ((2, 3), ShiftScale.CTCAE)


def test_what_came_before_the_baseline_has_its_own_grade() -> None:
    history = subject(lab(-20, "ALT", "210"), lab(-8, "ALT", "100"), lab(-2, "ALT", "210"))
    follow_up = lab_follow_up(history, new_therapy=None)
    assert follow_up is not None
    (labs,) = graded_labs(history, TRIAL, follow_up)
    assert [one.grades[0].lowest for one in labs.results] == [3, 1, 1]


@pytest.mark.parametrize(
    ("baseline", "result", "shift", "factors"),
    [
        pytest.param(
            lab(-8, "CREAT", "50"),
            lab(3, "CREAT", "0.08", unit="mmol/L", normal=(None, "0.1")),
            (0, 2),
            (),
            id="a power of ten",
        ),
        pytest.param(
            lab(-8, "CREAT", "35"),
            lab(3, "CREAT", "1.25", unit="mg/dL", normal=(None, "1.3")),
            (0, 3),
            ("1 mg/dL = 88.4 umol/L",),
            id="creatinine 110 after 35",
        ),
        pytest.param(
            lab(-8, "BILI", "60"),
            lab(3, "BILI", "4.0", unit="mg/dL", normal=(None, "1.2")),
            (2, 3),
            ("1 mg/dL = 17.104 umol/L",),
            id="bilirubin by the limits of each",
        ),
        pytest.param(
            lab(-8, "GLUC", "5"),
            lab(3, "GLUC", "520", unit="mg/dL", normal=("70", "110")),
            (None, None),
            ("1 mmol/L = 18.016 mg/dL",),
            id="a limit of the trial",
        ),
    ],
)
def test_a_baseline_in_another_unit_is_restated(
    baseline: LabValue,
    result: LabValue,
    shift: tuple[int | None, int | None],
    factors: tuple[str, ...],
) -> None:
    row = found(baseline, result)[baseline.analyte, HIGH]
    assert (row.shift, row.factors, row.baseline_not_comparable) == (shift, factors, 0)
    assert row.baseline is not None


def test_a_baseline_with_a_comparator_is_no_number_to_compare_with() -> None:
    row = found(lab(-8, "CREAT", "<50"), lab(3, "CREAT", "76"))["CREAT", HIGH]
    assert row.shift == (None, 0)
    assert (row.baseline, row.baseline_not_comparable) == (None, 1)
    assert row.baseline_flags == (BaselineFlag.NOT_COMPARABLE,)
    assert row.worst is not None
    assert row.worst.grade is not None
    assert row.worst.grade.without == (GradingReference.BASELINE,)


def test_an_abnormal_baseline_that_cannot_be_compared_leaves_no_grade() -> None:
    row = found(lab(-8, "ALT", ">400"), lab(3, "ALT", "900"), lab(5, "ALT", "950"))["ALT", HIGH]
    assert row.ungraded == {UngradedReason.BASELINE_NOT_COMPARABLE: 2}
    assert (row.worst, row.baseline_not_comparable) == (None, 2)


def test_a_baseline_that_some_results_cannot_be_compared_with_stays_one() -> None:
    other = lab(5, "CREAT", "3", unit="U/L")
    row = found(lab(-8, "CREAT", "50"), lab(3, "CREAT", "76"), other)["CREAT", HIGH]
    assert (row.baseline is not None, row.baseline_not_comparable) == (True, 1)
    assert row.baseline_flags == (BaselineFlag.NOT_COMPARABLE,)


def test_a_grade_without_a_baseline_needs_no_comparison() -> None:
    row = found(lab(-8, "PLT", "<60"), lab(3, "PLT", "20"))["PLT", LOW]
    assert (row.baseline_not_comparable, row.baseline_flags) == (0, ())
    assert row.baseline is not None


def test_anticoagulation_on_the_day_decides_the_grade_of_inr() -> None:
    labs = lab(-8, "INR", "1.0"), lab(3, "INR", "1.4"), lab(30, "INR", "1.4")
    row = found(*labs, therapies=[therapy(TherapyKind.ANTICOAGULANT, 20, 40)])["INR", HIGH]
    assert [(one.lowest, one.range) for one in row.results] == [(1, ()), (1, ())]
    labs = lab(-8, "INR", "0.9"), *(lab(day, "INR", "1.4") for day in (3, 20, 40, 41))
    row = found(*labs, therapies=[therapy(TherapyKind.ANTICOAGULANT, 20, 40)])["INR", HIGH]
    assert [(one.lowest, one.range) for one in row.results] == [
        (1, (1, 2)),
        (2, ()),
        (2, ()),
        (1, (1, 2)),
    ]


def test_calcium_is_counted_once_corrected_where_it_can_be() -> None:
    rows = found(lab(3, "CA_TOTAL", "2.65"), lab(3, "ALB", "25"), lab(9, "CA_TOTAL", "2.65"))
    corrected, total = rows["CA_CORR", HIGH], rows["CA_TOTAL", HIGH]
    assert corrected.worst is not None
    assert (corrected.worst.lowest, len(corrected.results)) == (2, 1)
    assert len(corrected.worst.result.lab.derived_from) == 2
    assert total.worst is not None
    assert (total.worst.lowest, len(total.results)) == (1, 1)


def test_low_comes_before_high_by_analyte() -> None:
    rows = found(lab(3, "K", "4"), lab(3, "HGB", "100"), lab(3, "PLT", "100"))
    assert list(rows) == [("HGB", LOW), ("HGB", HIGH), ("K", LOW), ("K", HIGH), ("PLT", LOW)]


def test_who_was_not_infused_has_none() -> None:
    assert found(lab(3, "PLT", "20"), infused=False) == {}


counts = st.lists(st.tuples(st.integers(0, 90), st.integers(0, 300)), min_size=1, max_size=12)


@given(samples=counts, baseline=st.integers(0, 300))
def test_episodes_hold_every_outlier_once(samples: list[tuple[int, int]], baseline: int) -> None:
    row = platelets((-8, str(baseline)), *((day, str(count)) for day, count in samples))
    assert sum(one.outliers for one in row.episodes) == sum(one.outlier for one in row.results)
    assert bool(row.episodes) is row.outlier
    assert all(one.ended_on for one in row.episodes[:-1])


@given(samples=counts, baseline=st.integers(0, 300))
def test_the_order_of_the_records_does_not_matter(
    samples: list[tuple[int, int]], baseline: int
) -> None:
    told = {day: str(count) for day, count in samples}
    row = platelets((-8, str(baseline)), *told.items())
    assert row == platelets(*reversed([(-8, str(baseline)), *told.items()]))
