"""CAR-T kinetics of one subject: from the results a centre sent to profiles and parameters."""

import json
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from math import log
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.services.derivations.kinetics.car_kinetics import (
    AnalyteKinetics,
    CarKinetics,
    car_kinetics,
)
from app.services.derivations.kinetics.kinetics_profile import ProfileFlag
from app.services.derivations.kinetics.kinetics_samples import KineticsAnalyte, SamplesLeftOut
from app.services.derivations.kinetics.noncompartmental import Noncompartmental
from app.services.derivations.possible_days import PossibleDays
from app.services.derivations.sampled_values import KineticsSample
from app.services.derivations.subject_history import SubjectHistory
from app.trial.trial import Trial
from app.vocabularies.kinetics import KineticsMethod, NotEvaluableReason, QuantificationState
from app.vocabularies.specimens import Matrix
from app.vocabularies.therapies import TherapyKind
from tests.subjects.base import TRIAL
from tests.subjects.kinetics import (
    INFUSED_AT,
    INFUSED_ON,
    at,
    history,
    infusion,
    on,
    profile_of,
    sample,
    therapy,
)

CASES = json.loads((Path(__file__).parents[1] / "data" / "nca.json").read_text())["cases"]
CART = sorted(name for name in CASES if name.startswith("cart_"))
QPCR = KineticsAnalyte(matrix=Matrix.PB, method=KineticsMethod.QPCR, unit="{copies}/ug")


def only(kinetics: CarKinetics) -> AnalyteKinetics:
    (analyte,) = kinetics.analytes
    return analyte


def derived(samples: list[KineticsSample], **others: Any) -> AnalyteKinetics:
    return only(car_kinetics(history(samples, **others), TRIAL))


def area(parameters: Noncompartmental, to_day: int) -> float | None:
    return next(one.area for one in parameters.partial_areas if one.end == to_day)


def near(expected: float) -> Any:
    return pytest.approx(expected, rel=1e-9)


# PKNCA 0.12.0.9000 under R 4.2.2; every profile of the file begins with a sample at time 0.
@pytest.mark.parametrize("name", CART)
def test_a_subjects_profile_equals_pknca(name: str) -> None:
    case = CASES[name]
    result = derived(profile_of(case["time"], case["conc"], lloq=None)).profile
    parameters = result.parameters
    assert parameters.cmax == Decimal(str(case["cmax"]))
    assert parameters.tmax == case["tmax"]
    assert parameters.tlast == case["tlast"]
    assert result.expanded == bool(case["cmax"])
    if not result.expanded:
        assert parameters.exposure is parameters.half_life is None
        assert {one.reason for one in parameters.partial_areas} == {"no quantifiable sample"}
        return
    assert parameters.exposure is not None
    assert parameters.exposure.auc_last == near(case["auc"]["luld"]["auc_last"])
    assert parameters.exposure.auc_all == near(case["auc"]["luld"]["auc_all"])
    for span, expected in case["auc"]["luld"]["partial"].items():
        wanted = near(expected["to_tlast"]) if expected["reached"] else None
        assert area(parameters, int(span.removeprefix("0_"))) == wanted
    if case["half_life"] and case["half_life"]["t_half"]:
        assert parameters.half_life is not None
        assert parameters.half_life.days == near(case["half_life"]["t_half"])
        assert parameters.exposure.auc_inf == near(case["half_life"]["aucinf_luld"])


def test_a_profile_without_a_sample_before_the_infusion_starts_from_an_inserted_zero() -> None:
    # D1 120, D7 22000, D14 48000, D28 6200; linear up, logarithmic down.
    result = derived(profile_of([1, 7, 14, 28], [120, 22_000, 48_000, 6_200])).profile
    rises = 120 / 2 + 6 * (120 + 22_000) / 2 + 7 * (22_000 + 48_000) / 2
    falls = 14 * (48_000 - 6_200) / log(48_000 / 6_200)
    assert area(result.parameters, 28) == pytest.approx(rises + falls)
    assert result.flags == (ProfileFlag.ZERO_INSERTED,)
    assert [one.nominal_day for one in result.samples] == [1, 7, 14, 28]


def test_the_last_sample_before_the_infusion_is_set_to_time_0() -> None:
    result = derived(profile_of([-8, -0.1, 7, 28], [0, 0, 900, 60])).profile
    assert [one.days for one in result.samples] == [0, 7, 28]
    assert result.samples[0].record.record_id.int == 2
    assert (result.samples[0].before_infusion, result.samples[0].nominal_day) == (True, 0)
    assert result.flags == ()


def test_a_quantified_sample_before_the_infusion_keeps_its_value_and_is_no_expansion() -> None:
    result = derived(profile_of([-0.1, 7, 28], [80, 0, 0]))
    assert result.profile.flags == (ProfileFlag.QUANTIFIED_BEFORE_INFUSION,)
    assert result.profile.parameters.cmax == 80
    assert not result.profile.expanded
    assert result.persistence is None


def test_time_is_what_elapsed_since_the_start_of_the_infusion() -> None:
    result = derived([sample(1, 7.25, 900), sample(2, 14.5, 300)]).profile
    assert [one.days for one in result.samples] == [7.25, 14.5]


def test_the_clock_tells_which_samples_are_of_day_1() -> None:
    # Day 1 is from 18 to 30 hours after the start; the infusion began at 10:00.
    samples = derived(profile_of([0.5, 0.8, 1.2, 1.3], [60, 70, 80, 90])).profile.samples
    assert [one.nominal_day for one in samples] == [None, 1, 1, None]


@pytest.mark.parametrize(
    ("taken", "nominal_day", "days"),
    [
        pytest.param(on(7), 7, 7, id="the nominal day is the calendar's"),
        pytest.param(on(8), 7, 8, id="a day late: the true day"),
        pytest.param(on(24), 28, 24, id="four days early"),
        pytest.param(on(8), None, 8, id="no nominal day: the calendar day"),
        pytest.param(on(2), 0, 2, id="a nominal day before the dose, dated after it"),
    ],
)
def test_without_a_clock_whole_calendar_days_are_the_time(
    taken: PossibleDays, nominal_day: int | None, days: float
) -> None:
    result = derived([sample(1, taken, 900, nominal_day=nominal_day)]).profile
    assert [one.days for one in result.samples] == [days]
    assert ProfileFlag.CLOCK_MISSING in result.flags
    assert not result.samples[0].time_known


@pytest.mark.parametrize(
    ("nominal_day", "before", "days"),
    [
        pytest.param(None, True, 0, id="no nominal time: before the dose"),
        pytest.param(0, True, 0, id="planned before the dose"),
        pytest.param(-3, True, 0, id="planned days before"),
        pytest.param(1, False, 7 / 24, id="planned after: half of the 14 hours left of the day"),
        pytest.param(7, False, 7 / 24, id="planned a week after"),
    ],
)
def test_on_the_infusion_day_the_nominal_time_only_says_before_or_after(
    nominal_day: int | None, before: bool, days: float
) -> None:
    samples = [sample(1, on(0), 900, nominal_day=nominal_day), sample(2, 14, 60)]
    profile = derived(samples).profile
    assert profile.samples[0].before_infusion is before
    assert profile.samples[0].days == pytest.approx(days)
    assert profile.parameters.tmax == (0 if before else pytest.approx(days))
    assert profile.expanded
    assert ProfileFlag.CLOCK_MISSING in profile.flags


def test_the_alternative_takes_the_nominal_day_of_every_sample_that_has_one() -> None:
    kinetics = TRIAL.kinetics.model_copy(update={"sample_time": "nominal"})
    trial = TRIAL.model_copy(update={"kinetics": kinetics})
    samples = [sample(1, 7.25, 900, nominal_day=7), sample(2, 14.5, 300)]
    found = only(car_kinetics(history(samples), trial))
    assert [one.days for one in found.profile.samples] == [7, 14.5]
    assert [one.time_known for one in found.profile.samples] == [False, True]
    assert ProfileFlag.NOMINAL_TIME in found.profile.flags


def test_of_two_samples_of_a_day_without_times_cmax_uses_both() -> None:
    profile = derived(
        [sample(1, on(7), 1_000), sample(2, on(7), 5_000), sample(3, 14, 400)]
    ).profile
    assert (profile.parameters.cmax, profile.parameters.tmax) == (5_000, 7)
    assert [one.in_profile for one in profile.samples] == [True, False, True]
    assert ProfileFlag.IDENTICAL_TIMES not in profile.flags


def test_a_sample_of_the_infusion_day_without_a_time_was_drawn_before_the_dose() -> None:
    result = derived([sample(1, on(0), 0), sample(2, 7, 900)]).profile
    assert [one.before_infusion for one in result.samples] == [True, False]
    assert result.flags == (ProfileFlag.CLOCK_MISSING,)


def test_of_two_samples_of_a_day_cmax_uses_both_and_the_profile_the_first() -> None:
    one_sample = derived([sample(1, 7, 1_000), sample(2, 14, 400)]).profile
    result = derived([sample(1, 7, 1_000), sample(3, 7.25, 5_000), sample(2, 14, 400)]).profile
    assert (result.parameters.cmax, result.parameters.tmax) == (5_000, 7.25)
    assert area(result.parameters, 14) == area(one_sample.parameters, 14)
    assert [one.in_profile for one in result.samples] == [True, False, True]
    assert ProfileFlag.SEVERAL_A_DAY in result.flags


def test_a_sample_after_the_dose_of_the_infusion_day_is_in_the_profile() -> None:
    result = derived([sample(1, -0.1, 0), sample(2, 0.25, 60), sample(3, 7, 900)]).profile
    assert [one.in_profile for one in result.samples] == [True, True, True]


def test_of_two_results_of_one_time_the_first_recorded_counts() -> None:
    result = derived([sample(3, 7, 9_000), sample(2, 7, 1_000), sample(4, 14, 400)]).profile
    assert result.parameters.cmax == 1_000
    assert ProfileFlag.IDENTICAL_TIMES in result.flags
    before = derived([sample(3, -1, 9_000), sample(2, -1, 0), sample(4, 14, 400)]).profile
    assert before.samples[0].concentration is None
    assert ProfileFlag.IDENTICAL_TIMES in before.flags


@pytest.mark.parametrize(
    ("value", "others", "state", "concentration"),
    [
        pytest.param("50", {}, QuantificationState.QUANTIFIABLE, 50, id="at the limit"),
        pytest.param("49.9", {}, QuantificationState.DETECTED_BELOW_LLOQ, None, id="just below"),
        pytest.param(
            "19", {"lod": Decimal(20)}, QuantificationState.NOT_DETECTED, None, id="below the LOD"
        ),
        pytest.param("0", {"lloq": None}, QuantificationState.NOT_DETECTED, None, id="zero"),
        pytest.param("7", {"lloq": None}, QuantificationState.QUANTIFIABLE, 7, id="no limit"),
        pytest.param(
            None,
            {"state": QuantificationState.NOT_DETECTED, "unit": None, "lloq": None},
            QuantificationState.NOT_DETECTED,
            None,
            id="a state alone",
        ),
    ],
)
def test_a_number_counts_only_from_the_limit_of_quantification_on(
    value: str | None, others: dict[str, Any], state: QuantificationState, concentration: int | None
) -> None:
    result = derived([sample(1, 7, value, **others), sample(2, 14, 900)]).profile
    assert result.samples[0].state is state
    assert result.samples[0].concentration == concentration
    assert (ProfileFlag.LIMIT_MISSING in result.flags) == (result.samples[0].lloq is None)


def test_what_is_no_result_is_left_out_and_counted() -> None:
    result = car_kinetics(
        history(
            [
                sample(1, 7, 900),
                sample(2, 10, 99_999, spurious=True),
                sample(3, 14, None, not_evaluable=NotEvaluableReason.ASSAY_FAILED),
                sample(4, 21, None),
            ]
        ),
        TRIAL,
    )
    assert only(result).profile.parameters.cmax == 900
    assert len(only(result).profile.samples) == 1
    assert result.left_out == SamplesLeftOut(spurious=1, not_evaluable=1, missing=1)


@pytest.mark.parametrize(
    ("data_cut", "last"),
    [
        pytest.param(INFUSED_ON + timedelta(28), 28, id="the cut is the day of a sample"),
        pytest.param(INFUSED_ON + timedelta(27), 7, id="the cut is the day before it"),
        pytest.param(date(2030, 1, 1), 1096, id="the horizon, three years later"),
    ],
)
def test_a_profile_ends_at_the_horizon_or_the_data_cut(data_cut: date, last: int) -> None:
    # Infused on 2024-01-15: the horizon is 2027-01-15, day 1096.
    samples = profile_of([7, 28, 1096, 1097], [900, 800, 700, 600])
    assert derived(samples, data_cut=data_cut).profile.samples[-1].days == last


def test_a_profile_ends_at_the_second_infusion_and_another_begins() -> None:
    samples = profile_of([7, 90, 97], [900, 60, 40_000])
    result = car_kinetics(
        history(samples, infusions=[infusion(), infusion(2, day=92, planned=False)]), TRIAL
    )
    first, second = result.analytes
    assert [one.days for one in first.profile.samples] == [7, 90]
    assert [(one.days, one.concentration) for one in second.profile.samples] == [
        (0, 60),
        (5, 40_000),
    ]
    assert (first.profile.infusion_number, second.profile.infusion_number) == (1, 2)
    assert second.at_visits == ()
    assert result.of(QPCR) is first


def test_the_second_part_of_a_split_infusion_belongs_to_it() -> None:
    samples = profile_of([7, 14], [900, 400])
    parts = [infusion(), infusion(2, day=1, part=2)]
    assert derived(samples, infusions=parts).profile.samples[0].days == 7


@pytest.mark.parametrize("unit", ["{copies}/mL", "{copies}/uL", "{copies}/L"])
def test_a_concentration_in_fluid_is_brought_to_copies_per_ml(unit: str) -> None:
    value = {"{copies}/mL": 4000, "{copies}/uL": 4, "{copies}/L": 4_000_000}[unit]
    fluid = sample(1, 14, value, matrix=Matrix.CSF, unit=unit, lloq="1")
    profile = derived([fluid]).profile
    assert (profile.analyte.unit, profile.samples[0].concentration) == ("{copies}/mL", 4000)


def test_a_first_infusion_begins_a_profile_whatever_part_it_is_called() -> None:
    samples = profile_of([7, 14], [900, 400])
    assert derived(samples, infusions=[infusion(part=2)]).profile.samples[0].days == 7


def test_new_therapy_does_not_end_a_profile_but_is_flagged() -> None:
    new = therapy(1, TherapyKind.NEW_ANTI_MYELOMA, on(20))
    samples = profile_of([7, 28], [900, 400])
    result = derived(samples, therapies=(new,)).profile
    assert len(result.samples) == 2
    assert ProfileFlag.NEW_THERAPY in result.flags
    others = (therapy(1, TherapyKind.TOCILIZUMAB, on(2)),)
    assert ProfileFlag.NEW_THERAPY not in derived(samples, therapies=others).profile.flags


def test_matrices_methods_and_units_are_never_mixed() -> None:
    flow = KineticsMethod.FLOW_PCT
    result = car_kinetics(
        history(
            [
                sample(1, 7, 900),
                sample(2, 7, 12, method=flow, lloq="0.05"),
                sample(3, 28, 300, matrix=Matrix.BM),
                sample(4, 10, 80, matrix=Matrix.CSF),
                sample(5, 14, 40, matrix=Matrix.CSF, unit="{copies}/mL", lloq="10"),
            ]
        ),
        TRIAL,
    )
    kinds = [
        (one.profile.analyte.matrix.value, one.profile.analyte.unit) for one in result.analytes
    ]
    assert kinds == [
        ("PB", "{copies}/ug"),
        ("PB", "%"),
        ("BM", "{copies}/ug"),
        ("CSF", "{copies}/mL"),
        ("CSF", "{copies}/ug"),
    ]


def test_units_of_one_method_that_differ_by_a_power_of_ten_are_one_profile() -> None:
    cells = {"method": KineticsMethod.FLOW_ABS}
    result = derived(
        [
            sample(1, 3, 4, lloq="0.5", **cells),
            sample(2, 7, "0.012", unit="10*9/L", lloq="0.0005", **cells),
            sample(3, 14, 6, unit="{cells}/uL", lloq="0.5", **cells),
        ]
    )
    assert result.profile.analyte.unit == "/uL"
    assert [one.concentration for one in result.profile.samples] == [4, 12, 6]
    assert {one.lloq for one in result.profile.samples} == {Decimal("0.5")}


def test_a_result_without_a_unit_has_that_of_the_subjects_other_results() -> None:
    csf = {"matrix": Matrix.CSF, "state": QuantificationState.NOT_DETECTED, "lloq": None}
    measured = sample(2, 14, 40, matrix=Matrix.CSF, unit="{copies}/mL", lloq="10")
    result = derived([sample(1, 10, None, unit=None, **csf), measured])
    assert result.profile.analyte.unit == "{copies}/mL"
    assert len(result.profile.samples) == 2
    alone = derived([sample(1, 10, None, unit=None, **csf)])
    assert alone.profile.analyte.unit == "{copies}/ug"


def test_a_result_without_a_unit_has_the_methods_first_where_the_others_disagree() -> None:
    fluid = {"matrix": Matrix.CSF, "lloq": "10"}
    unnamed = sample(
        1, 10, None, unit=None, matrix=Matrix.CSF, lloq=None, state=QuantificationState.NOT_DETECTED
    )
    others = [
        sample(2, 14, 40, unit="{copies}/mL", **fluid),
        sample(3, 21, 40, unit="{copies}/ug", **fluid),
    ]
    result = car_kinetics(history([unnamed, *others]), TRIAL)
    counted = {one.profile.analyte.unit: len(one.profile.samples) for one in result.analytes}
    assert counted == {"{copies}/mL": 1, "{copies}/ug": 2}


def test_cells_per_microlitre_follow_from_per_cent_and_the_cd3_count() -> None:
    percent = {"method": KineticsMethod.FLOW_PCT, "lloq": "0.05", "cd3_per_ul": Decimal(800)}
    result = car_kinetics(
        history([sample(1, 7, "12.5", **percent), sample(2, 14, "0.01", **percent)]), TRIAL
    )
    share, cells = result.analytes
    assert cells.profile.analyte == KineticsAnalyte(
        matrix=Matrix.PB, method=KineticsMethod.FLOW_ABS, unit="/uL", derived=True
    )
    assert [one.concentration for one in cells.profile.samples] == [Decimal(100), None]
    assert [one.lloq for one in cells.profile.samples] == [Decimal("0.4")] * 2
    assert share.profile.analyte.derived is False
    assert [one.concentration for one in share.profile.samples] == [Decimal("12.5"), None]


def test_measured_cells_per_microlitre_are_never_derived_again() -> None:
    percent = {"method": KineticsMethod.FLOW_PCT, "lloq": "0.05", "cd3_per_ul": Decimal(800)}
    measured = sample(3, 7, "93", method=KineticsMethod.FLOW_ABS, lloq="0.5")
    both = [sample(1, 7, "12.5", **percent), sample(2, 14, "2", **percent), measured]
    result = car_kinetics(history(both), TRIAL)
    absolute = {
        one.profile.analyte.derived: one.profile
        for one in result.analytes
        if one.profile.analyte.method is KineticsMethod.FLOW_ABS
    }
    assert [one.days for one in absolute[False].samples] == [7]
    assert [one.days for one in absolute[True].samples] == [14]
    assert ProfileFlag.ALSO_MEASURED in absolute[True].flags
    assert ProfileFlag.ALSO_MEASURED not in absolute[False].flags


@pytest.mark.parametrize(
    ("quantified", "sparse"), [pytest.param(3, True, id="three"), pytest.param(4, False, id="four")]
)
def test_marrow_has_an_area_from_four_quantifiable_samples_on(
    quantified: int, sparse: bool
) -> None:
    days = [28, 91, 183, 365, 548]
    values = [900, 500, 300, 90, 60][:quantified] + [0] * (5 - quantified)
    parameters = derived(profile_of(days, values, matrix=Matrix.BM)).profile.parameters
    assert (parameters.cmax, parameters.tmax) == (900, 28)
    assert (parameters.exposure is None) is sparse
    assert (parameters.half_life is None) is sparse
    # The infusion is the start of the curve: day 28 is its first sample.
    expected = ("fewer than 4 quantifiable samples", None) if sparse else (None, 12_600)
    found = next(one for one in parameters.partial_areas if one.end == 28)
    assert (found.reason, found.area) == expected


@pytest.mark.parametrize(
    ("blood", "ratio"),
    [
        pytest.param([(25, 400)], 0.5, id="3 days before"),
        pytest.param([(24, 400)], None, id="4 days before"),
        pytest.param([(31, 100)], 2.0, id="3 days after"),
        pytest.param([(27, 400), (29, 100)], 2.0, id="equally near: the later"),
        pytest.param([(26, 400), (27, 100)], 2.0, id="the nearest"),
        pytest.param([(28, 0), (29, 100)], None, id="the nearest is below the limit"),
    ],
)
def test_marrow_is_compared_with_the_blood_of_3_days(
    blood: list[tuple[float, float]], ratio: float | None
) -> None:
    samples = [sample(n, day, value) for n, (day, value) in enumerate(blood, start=1)]
    marrow = sample(9, 28, 200, matrix=Matrix.BM)
    ratios = car_kinetics(history([*samples, marrow]), TRIAL).ratios
    assert [one.ratio for one in ratios] == ([] if ratio is None else [ratio])


def test_fluid_below_the_limit_or_in_copies_per_ml_has_no_ratio() -> None:
    samples = [
        sample(1, 10, 900),
        sample(2, 10, 0, matrix=Matrix.CSF),
        sample(3, 10, 90, matrix=Matrix.CSF, unit="{copies}/mL", lloq="10"),
    ]
    assert car_kinetics(history(samples), TRIAL).ratios == ()


def test_a_subject_never_infused_has_no_kinetics() -> None:
    result = car_kinetics(history([sample(1, 7, 900)], infusions=()), TRIAL)
    assert (result.infused_on, result.analytes, result.ratios) == (None, (), ())
    later = car_kinetics(history([sample(1, 7, 900)], data_cut=date(2024, 1, 14)), TRIAL)
    assert later.infused_on is None


def test_samples_before_the_infusion_alone_make_no_profile() -> None:
    assert car_kinetics(history([sample(1, -1, 0)]), TRIAL).analytes == ()


def test_a_peak_after_day_28_is_flagged_as_late() -> None:
    parameters = derived(profile_of([0, 10, 61], [0, 4_000, 9_000])).profile.parameters
    assert (parameters.cmax, parameters.late_expansion) == (9_000, True)
    assert parameters.early_peak is not None
    assert parameters.early_peak.concentration == 4_000


@pytest.mark.parametrize(
    ("rule", "expected", "without_limit"),
    [
        pytest.param("pknca", 21_000, 21_000, id="nothing"),
        pytest.param("zero", 14_000, 14_000, id="0"),
        pytest.param("half_lloq", 14_175, 21_000, id="half the limit, nothing without one"),
    ],
)
def test_the_trial_says_what_a_sample_below_the_limit_between_two_stands_for(
    rule: str, expected: float, without_limit: float
) -> None:
    rules = TRIAL.kinetics.model_copy(update={"blq": rule, "auc": "linear"})
    trial: Trial = TRIAL.model_copy(update={"kinetics": rules})
    samples = profile_of([0, 14, 21, 28], [0, 1_000, 0, 1_000])
    for lloq, wanted in ((Decimal(50), expected), (None, without_limit)):
        limited = [replace(one, lloq=lloq) for one in samples]
        result = only(car_kinetics(history(limited), trial)).profile
        assert area(result.parameters, 28) == wanted
        assert len(result.samples) == 4


# Invariants: the order of the records, the date of the infusion and a spurious result say nothing.


@st.composite
def courses(draw: st.DrawFn) -> list[KineticsSample]:
    days = draw(st.lists(st.integers(-10, 400), min_size=1, max_size=12))
    kinds = st.sampled_from([(Matrix.PB, KineticsMethod.QPCR), (Matrix.BM, KineticsMethod.QPCR)])
    samples = []
    for number, day in enumerate(days, start=1):
        matrix, method = draw(kinds)
        value = draw(st.sampled_from(["0", "20", "50", "700", "90000"]))
        taken = at(day + 0.25) if draw(st.booleans()) else on(day)
        samples.append(sample(number, taken, value, matrix=matrix, method=method))
    return samples


def shifted(subject: SubjectHistory, days: int) -> SubjectHistory:
    delta = timedelta(days)
    return replace(
        subject,
        data_cut=subject.data_cut + delta,
        infusions=tuple(
            replace(one, started_at=one.started_at + delta) for one in subject.infusions
        ),
        kinetics=tuple(
            replace(
                one,
                collected=PossibleDays(
                    one.collected.earliest + delta,
                    one.collected.latest + delta,
                    one.collected.instant + delta if one.collected.instant else None,
                ),
            )
            for one in subject.kinetics
        ),
    )


def without_dates(result: CarKinetics) -> Any:
    return [
        (
            one.profile.analyte,
            one.profile.parameters,
            one.profile.flags,
            [(row.record, row.days, row.state, row.in_profile) for row in one.profile.samples],
            one.persistence and replace(one.persistence, lost_on=None),
        )
        for one in result.analytes
    ]


@settings(deadline=None, max_examples=60)
@given(courses(), st.randoms(use_true_random=False))
def test_the_order_of_the_records_does_not_matter(
    samples: list[KineticsSample], random: Any
) -> None:
    mixed = list(samples)
    random.shuffle(mixed)
    assert car_kinetics(history(mixed), TRIAL) == car_kinetics(history(samples), TRIAL)


@settings(deadline=None, max_examples=60)
@given(courses(), st.integers(-500, 500))
def test_moving_every_date_moves_nothing_else(samples: list[KineticsSample], days: int) -> None:
    here = history(samples)
    there = car_kinetics(shifted(here, days), TRIAL)
    assert without_dates(there) == without_dates(car_kinetics(here, TRIAL))
    assert there.infused_on == (INFUSED_AT + timedelta(days)).date()


@settings(deadline=None, max_examples=60)
@given(courses(), st.integers(-10, 400))
def test_a_spurious_result_changes_nothing(samples: list[KineticsSample], day: int) -> None:
    error = sample(999, day + 0.5, 1_000_000, spurious=True)
    with_error = car_kinetics(history([*samples, error]), TRIAL)
    without = car_kinetics(history(samples), TRIAL)
    assert with_error.analytes == without.analytes
    assert with_error.ratios == without.ratios
