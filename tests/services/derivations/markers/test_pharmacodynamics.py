"""Blood markers of one subject: baseline, peak, nadir, exposure, B cells, immunoglobulins."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.services.criteria.imwg.evaluation import (
    DiseaseEvaluation,
    Isotype,
    SerumMProtein,
    SerumMProteinOfIsotype,
)
from app.services.criteria.imwg.usable import MyelomaType
from app.services.derivations.markers.marker_course import MarkerCourse, MarkerFlag
from app.services.derivations.markers.marker_values import LeftOutValues, Level
from app.services.derivations.markers.pharmacodynamics import (
    SubjectPharmacodynamics,
    followed_markers,
    pharmacodynamics,
)
from app.services.derivations.possible_days import PossibleDays
from app.services.derivations.sampled_values import LabValue
from app.services.derivations.subject_history import Assessment, Enrolment, Preparation
from app.vocabularies.imwg import HeavyChain
from app.vocabularies.laboratory import Comparator
from app.vocabularies.specimens import Specimen
from app.vocabularies.therapies import TherapyKind
from tests.subjects import base
from tests.subjects.base import TRIAL, ref
from tests.subjects.kinetics import INFUSED_AT, INFUSED_ON, at, history, infusion, lab, on, therapy

LYMPHODEPLETION = Preparation(
    record=ref("preparations", 1), lymphodepletion=(on(-4), on(-5), on(-3))
)


def derived(values: Iterable[LabValue], **others: Any) -> SubjectPharmacodynamics:
    others.setdefault("preparations", (LYMPHODEPLETION,))
    return pharmacodynamics(history(lab_values=tuple(values), **others), TRIAL)


def course(values: Iterable[LabValue], **others: Any) -> MarkerCourse:
    (marker,) = derived(values, **others).markers
    return marker


def il6(*values: tuple[float | PossibleDays, str]) -> list[LabValue]:
    return [
        lab(number, "IL6", taken, value, "pg/mL")
        for number, (taken, value) in enumerate(values, start=1)
    ]


def sbcma(*values: tuple[float, str], **others: Any) -> list[LabValue]:
    return [
        lab(number, "SBCMA", taken, value, "ng/mL", lloq="1", **others)
        for number, (taken, value) in enumerate(values, start=1)
    ]


def test_a_marker_is_found_by_analyte_and_unit() -> None:
    found = derived([*il6((1, "40")), *sbcma((2, "90"))])
    assert [found.of(one.analyte, one.unit) for one in found.markers] == list(found.markers)
    assert len(found.markers) == 2
    assert found.of("IL6", "ng/mL") is None


def test_every_marker_of_the_trial_file_is_followed_once() -> None:
    followed = followed_markers(TRIAL.pharmacodynamics)
    assert followed[:3] == ("IL6", "IL10", "IFNG")
    assert set(followed) >= {"SBCMA", "IGG", "CD19", "CRP", "FERRITIN"}
    assert len(set(followed)) == len(followed)


@pytest.mark.parametrize(
    ("analyte", "values", "baseline"),
    [
        pytest.param("IL6", [(-8, "3"), (-0.1, "5"), (0.1, "9")], "5", id="just before the dose"),
        pytest.param("IL6", [(-8, "3"), (on(0), "5"), (1, "9")], "5", id="infusion day, no time"),
        pytest.param("IL6", [(0.1, "9")], None, id="only after the infusion"),
        pytest.param("SBCMA", [(-8, "300"), (-1, "90"), (7, "9")], "300", id="sBCMA: before LD"),
        pytest.param("SBCMA", [(on(-5), "280"), (7, "9")], "280", id="sBCMA: LD day, no time"),
        pytest.param("SBCMA", [(on(-4), "280"), (7, "9")], None, id="sBCMA: second day of LD"),
    ],
)
def test_a_baseline_is_the_last_value_before_infusion_or_lymphodepletion(
    analyte: str, values: list[tuple[Any, str]], baseline: str | None
) -> None:
    unit = "pg/mL" if analyte == "IL6" else "ng/mL"
    found = course([lab(n, analyte, taken, v, unit) for n, (taken, v) in enumerate(values)])
    assert (found.baseline and str(found.baseline.amount)) == baseline


def test_without_lymphodepletion_the_baseline_is_the_last_value_before_the_infusion() -> None:
    found = course(sbcma((-8, "300"), (-1, "90")), preparations=())
    assert found.baseline is not None
    assert found.baseline.amount == 90


def test_on_the_first_day_of_lymphodepletion_everything_is_baseline() -> None:
    timed = Preparation(record=ref("preparations", 1), lymphodepletion=(at(-5),))
    found = course(sbcma((-5.1, "300"), (-4.9, "90"), (-4, "20")), preparations=(timed,))
    assert found.baseline is not None
    assert found.baseline.amount == 90


def test_a_day_of_lymphodepletion_of_which_one_time_is_missing_is_before_it_as_a_whole() -> None:
    doses = Preparation(record=ref("preparations", 1), lymphodepletion=(at(-5), on(-5)))
    found = course(sbcma((-5.1, "300"), (-4.9, "90")), preparations=(doses,))
    assert found.baseline is not None
    assert found.baseline.amount == 90


def test_values_are_taken_in_the_order_of_their_time_not_of_their_records() -> None:
    found = course(il6((28, "8"), (3, "40"), (-0.1, "5"), (-8, "3"), (7, "40")))
    assert found.baseline is not None
    assert found.peak is not None
    assert found.last is not None
    assert (found.baseline.amount, found.peak.day, found.last.day) == (5, 3, 28)


@pytest.mark.parametrize(
    ("values", "peak", "day"),
    [
        pytest.param([(-0.1, "10"), (3, "40"), (7, "120"), (14, "8")], "120", 7, id="highest"),
        pytest.param([(-0.1, "900"), (3, "40")], "40", 3, id="the baseline is no peak"),
        pytest.param([(3, "40"), (5, "40")], "40", 3, id="the first on a tie"),
        pytest.param([(3, "40"), (28, "50"), (29, "60")], "50", 28, id="up to day 28"),
        pytest.param([(3, "40"), (3.3, "70"), (7, "8")], "70", 3, id="every value of a day"),
        pytest.param([(35, "60")], None, None, id="none by day 28"),
    ],
)
def test_the_peak_is_the_highest_value_of_the_first_28_days(
    values: list[tuple[float, str]], peak: str | None, day: int | None
) -> None:
    found = course(il6(*values)).peak
    assert (found and str(found.amount), found and found.day) == (peak, day)


def test_the_fold_change_is_peak_over_baseline() -> None:
    assert course(il6((-0.1, "8"), (3, "100"))).fold_change == 12.5
    assert course(il6((3, "100"))).fold_change is None


@pytest.mark.parametrize(
    ("value", "others", "amount", "level"),
    [
        pytest.param("5", {"lloq": "2"}, "5", Level.QUANTIFIED, id="quantified"),
        pytest.param("2", {"lloq": "2"}, "2", Level.QUANTIFIED, id="at the LLOQ"),
        pytest.param("1.5", {"lloq": "2"}, "1", Level.BELOW_LLOQ, id="below it: half"),
        pytest.param(
            "2", {"lloq": "2", "comparator": Comparator.LESS}, "1", Level.BELOW_LLOQ, id="<2"
        ),
        pytest.param(
            "2", {"comparator": Comparator.LESS}, "1", Level.BELOW_LLOQ, id="<2, no LLOQ sent"
        ),
        pytest.param("5000", {"uloq": "5000"}, "5000", Level.QUANTIFIED, id="at the ULOQ"),
        pytest.param("9000", {"uloq": "5000"}, "5000", Level.ABOVE_ULOQ, id="above: the ULOQ"),
        pytest.param(
            "5000", {"comparator": Comparator.GREATER}, "5000", Level.ABOVE_ULOQ, id=">5000"
        ),
    ],
)
def test_half_the_lloq_and_the_uloq_stand_for_what_lies_beyond(
    value: str, others: dict[str, Any], amount: str, level: Level
) -> None:
    found = course([lab(1, "IL6", 3, value, "pg/mL", **others)])
    assert found.peak is not None
    assert (found.peak.amount, found.peak.level) == (Decimal(amount), level)
    assert found.n_below_lloq == (level is Level.BELOW_LLOQ)
    assert found.n_above_uloq == (level is Level.ABOVE_ULOQ)
    assert (MarkerFlag.PEAK_ABOVE_ULOQ in found.flags) == (level is Level.ABOVE_ULOQ)


def test_a_baseline_below_the_lloq_is_flagged() -> None:
    found = course([lab(1, "IL6", -1, "1", "pg/mL", lloq="4"), *il6((3, "100"))[:1]])
    assert found.fold_change == 50
    assert found.flags == (MarkerFlag.BASELINE_BELOW_LLOQ,)


@pytest.mark.parametrize(
    ("values", "area", "reason"),
    [
        # 10 -> 110 over 7 days, 110 -> 40 over 7, 40 -> 12 over 14: 420 + 525 + 364.
        pytest.param(
            [(-0.1, "10"), (7, "110"), (14, "40"), (28, "12")], 1309, None, id="to day 28"
        ),
        # The last segment reaches 12 on day 42: at day 28 it stands at 26.
        pytest.param(
            [(-0.1, "10"), (7, "110"), (14, "40"), (42, "12")], 1407, None, id="cut at day 28"
        ),
        pytest.param([(-0.1, "10"), (26, "10")], 260, None, id="2 days short"),
        pytest.param([(-0.1, "10"), (25, "10")], None, "profile ends before T", id="3 days short"),
        pytest.param([(7, "10"), (28, "10")], None, "no baseline", id="no baseline"),
        pytest.param([(-0.1, "10")], None, "no value after the infusion", id="nothing after"),
        pytest.param(
            [(-0.1, "10"), (14, "10"), (14.2, "999"), (28, "10")],
            280,
            None,
            id="the first value of a day",
        ),
    ],
)
def test_the_area_is_linear_from_the_baseline_to_day_28(
    values: list[tuple[float, str]], area: float | None, reason: str | None
) -> None:
    found = course(il6(*values))
    assert found.area == pytest.approx(area)
    assert found.no_area == reason


def test_soluble_bcma_is_followed_by_its_nadir() -> None:
    found = course(
        sbcma((-8, "200"), (7, "150"), (28, "100"), (91, "0.4"), (183, "20"), (274, "101"))
    )
    assert found.peak is found.fold_change is None
    assert found.nadir is not None
    assert (found.nadir.amount, found.nadir.day) == (Decimal("0.5"), 91)
    assert found.percent_change == pytest.approx(-99.75)
    assert found.first_below_lloq is not None
    assert found.first_below_lloq.day == 91
    assert found.first_return is not None
    assert found.first_return.day == 274
    assert found.last is not None
    assert found.last.day == 274


@pytest.mark.parametrize(
    ("later", "day"),
    [
        pytest.param([(28, "100"), (91, "100.1")], 91, id="half the baseline is not above it"),
        pytest.param([(28, "100"), (91, "100")], None, id="stays at half"),
        pytest.param([(28, "120"), (91, "180")], None, id="never fell to half"),
        pytest.param([(7, "150"), (28, "90"), (61, "110"), (91, "190")], 61, id="the first"),
    ],
)
def test_the_return_is_the_first_value_above_half_the_baseline_after_the_fall(
    later: list[tuple[float, str]], day: int | None
) -> None:
    found = course(sbcma((-8, "200"), *later)).first_return
    assert (found and found.day) == day


def test_a_marker_followed_by_its_peak_has_no_nadir() -> None:
    found = course([lab(1, "IL6", -1, "9", "pg/mL"), lab(2, "IL6", 3, "1", "pg/mL", lloq="2")])
    assert found.nadir is found.percent_change is found.first_below_lloq is None


def test_values_in_several_units_are_one_series_in_the_unit_of_the_summaries() -> None:
    found = course(
        [lab(1, "IGG", -8, "900", "mg/dL"), lab(2, "IGG", 28, "4.5", "g/L", lloq="0.3")],
    )
    assert (found.unit, found.percent_change) == ("g/L", -50)
    assert found.baseline is not None
    assert str(found.baseline.amount) == "9.00"


def test_a_baseline_in_another_unit_is_restated_by_the_factor() -> None:
    rules = TRIAL.pharmacodynamics.model_copy(update={"panel": ("URATE",)})
    trial = TRIAL.model_copy(update={"pharmacodynamics": rules})
    labs = [lab(1, "URATE", -1, "5", "mg/dL"), lab(2, "URATE", 3, "594.8", "umol/L")]
    (found,) = pharmacodynamics(history(lab_values=tuple(labs)), trial).markers
    assert (found.unit, found.restated_by) == ("umol/L", "1 mg/dL = 59.48 umol/L")
    assert found.flags == (MarkerFlag.RESTATED,)
    assert found.fold_change == 2
    same = [lab(1, "URATE", -1, "297.4", "umol/L"), labs[1]]
    (found,) = pharmacodynamics(history(lab_values=tuple(same)), trial).markers
    assert (found.fold_change, found.restated_by, found.flags) == (2, None, ())


def test_a_unit_that_cannot_be_converted_is_kept_apart() -> None:
    mass = lab(1, "SIL2R", 3, "4000", "pg/mL")
    arbitrary = lab(2, "SIL2R", 3, "700", "[arb'U]/mL")
    first, second = sorted(derived([mass, arbitrary]).markers, key=lambda one: one.unit)
    assert (first.unit, first.flags) == ("[arb'U]/mL", (MarkerFlag.UNIT_KEPT_APART,))
    assert (second.unit, second.flags) == ("pg/mL", ())
    assert first.peak is not None
    assert first.peak.amount == 700


def test_what_does_not_count_is_left_out_and_counted() -> None:
    result = derived(
        [
            *il6((3, "40")),
            lab(2, "IL6", 5, "9000", "pg/mL", spurious=True),
            lab(3, "IL6", 5, "800", "pg/mL", specimen=Specimen.CSF),
            lab(4, "IL6", 5, "100", "pg/mL", comparator=Comparator.LESS, lloq="2"),
            lab(5, "ALT", 5, "40", "U/L", spurious=True),
        ]
    )
    assert result.left_out == LeftOutValues(spurious=1, other_specimen=1, not_placed=1)
    assert result.markers[0].n_values == 1


@pytest.mark.parametrize(
    ("data_cut", "last"),
    [
        pytest.param(INFUSED_ON + timedelta(14), 14, id="the cut is the day of a value"),
        pytest.param(INFUSED_ON + timedelta(13), 3, id="the day before"),
        pytest.param(date(2030, 1, 1), 1096, id="the horizon"),
    ],
)
def test_nothing_after_the_data_cut_or_the_horizon_counts(data_cut: date, last: int) -> None:
    found = course(il6((3, "4"), (14, "5"), (1096, "6"), (1097, "7")), data_cut=data_cut).last
    assert found is not None
    assert found.day == last


def test_a_visit_has_the_value_nearest_its_target() -> None:
    found = course(
        il6((-4, "7"), (-0.1, "9"), (0.3, "99"), (26, "1"), (27, "2"), (29, "3"), (29.2, "4"))
    )
    assert [(one.visit, one.target, str(one.value.amount)) for one in found.visits] == [
        ("D0", 0, "9"),
        ("M1", 28, "3"),
    ]


@pytest.mark.parametrize(
    ("start", "flagged"),
    [
        pytest.param(on(2), True, id="the day before the peak"),
        pytest.param(on(3), True, id="the day of the peak, no time"),
        pytest.param(at(2.9), True, id="hours before the peak"),
        pytest.param(at(3.1), False, id="hours after the peak"),
        pytest.param(on(4), False, id="the day after"),
    ],
)
def test_tocilizumab_before_the_peak_of_interleukin_6_is_flagged(
    start: PossibleDays, flagged: bool
) -> None:
    dose = therapy(1, TherapyKind.TOCILIZUMAB, start)
    found = course(il6((-0.1, "4"), (3, "900"), (5, "80")), therapies=(dose,))
    assert (MarkerFlag.TOCILIZUMAB_BEFORE_PEAK in found.flags) is flagged
    assert found.peak is not None
    assert found.peak.amount == 900
    ferritin = [lab(1, "FERRITIN", 3, "900", "ug/L")]
    assert course(ferritin, therapies=(dose,)).flags == ()


def cd19(*values: tuple[float, str], unit: str = "/uL", **others: Any) -> list[LabValue]:
    return [
        lab(n, "CD19", day, value, unit, **others) for n, (day, value) in enumerate(values, start=1)
    ]


@pytest.mark.parametrize(
    ("values", "absent"),
    [
        pytest.param(cd19((28, "50")), False, id="50/uL"),
        pytest.param(cd19((28, "49.9")), True, id="just below 50/uL"),
        pytest.param(cd19((28, "0.049"), unit="10*9/L"), True, id="in 10*9/L"),
        pytest.param(cd19((28, "1"), unit="%"), False, id="1 % of lymphocytes"),
        pytest.param(cd19((28, "0.9"), unit="%"), True, id="below 1 % of lymphocytes"),
        pytest.param(
            [*cd19((28, "60")), lab(9, "LYMPH", 28, "6.1", "10*9/L")], True, id="60 of 6100/uL"
        ),
        pytest.param(
            [*cd19((28, "60")), lab(9, "LYMPH", 28, "6.0", "10*9/L")], False, id="60 of 6000/uL"
        ),
        pytest.param(
            [*cd19((28, "60")), lab(9, "LYMPH", 29, "9.9", "10*9/L")], False, id="another sample"
        ),
        pytest.param(cd19((28, "10"), comparator=Comparator.LESS), True, id="<10/uL"),
        pytest.param(cd19((28, "100"), comparator=Comparator.LESS), None, id="<100/uL"),
        pytest.param(cd19((-8, "10")), None, id="only before the infusion"),
    ],
)
def test_b_cells_are_absent_below_50_per_ul_or_1_per_cent(
    values: list[LabValue], absent: bool | None
) -> None:
    found = derived(values).b_cells
    assert found is not None
    assert found.occurred is absent
    assert (found.first_day == 28) is (absent is True)


@pytest.mark.parametrize(
    ("later", "recovered", "confirmed"),
    [
        pytest.param([(183, "60"), (211, "80")], 183, 211, id="28 days apart"),
        pytest.param([(183, "60"), (210, "80")], None, None, id="27 days apart"),
        pytest.param([(183, "60"), (200, "70"), (211, "80")], 183, 211, id="three values"),
        pytest.param([(183, "60"), (200, "9"), (211, "80")], None, None, id="absent between"),
        pytest.param(
            [(183, "60"), (200, "9"), (211, "80"), (274, "90")], 211, 274, id="the second time"
        ),
        pytest.param([(183, "60")], None, None, id="one value"),
    ],
)
def test_b_cells_recover_with_two_values_28_days_apart(
    later: list[tuple[float, str]], recovered: int | None, confirmed: int | None
) -> None:
    found = derived(cd19((-8, "120"), (28, "0"), *later)).b_cells
    assert found is not None
    assert found.at_baseline is False
    assert found.recovery_day == recovered
    expected = None if confirmed is None else INFUSED_ON + timedelta(confirmed)
    assert found.confirmed_on == expected


def test_b_cells_that_were_never_absent_do_not_recover() -> None:
    found = derived(cd19((28, "90"), (91, "90"))).b_cells
    assert found is not None
    assert (found.occurred, found.recovered_on) == (False, None)


def igg(*values: tuple[float, str]) -> list[LabValue]:
    return [lab(n, "IGG", day, value, "g/L") for n, (day, value) in enumerate(values, start=1)]


@pytest.mark.parametrize(
    ("value", "low"), [pytest.param("3.99", True, id="3.99 g/L"), pytest.param("4", False, id="4")]
)
def test_immunoglobulin_g_is_low_below_4_g_per_l(value: str, low: bool) -> None:
    found = derived(igg((-8, "9"), (91, value))).immunoglobulin_g
    assert found is not None
    assert (found.occurred, found.at_baseline) == (low, False)
    assert (found.first_day == 91) is low
    assert found.m_protein_subtracted is None


@pytest.mark.parametrize("unit", ["mmol/L", "[IU]/mL"])
def test_immunoglobulin_g_in_a_unit_that_is_no_concentration_of_mass_is_not_read(unit: str) -> None:
    found = derived([*igg((91, "9")), lab(7, "IGG", 61, "2", unit)]).immunoglobulin_g
    assert found is not None
    assert (found.occurred, found.n_counted, found.lowest) == (False, 1, 9)


@pytest.mark.parametrize(
    ("ivig", "counted"),
    [
        pytest.param(therapy(1, TherapyKind.IVIG, on(63)), 0, id="28 days after"),
        pytest.param(therapy(1, TherapyKind.IVIG, on(62)), 1, id="29 days after"),
        pytest.param(therapy(1, TherapyKind.IVIG, on(91)), 0, id="the same day"),
        pytest.param(therapy(1, TherapyKind.IVIG, at(91.2)), 1, id="hours before the dose"),
        pytest.param(therapy(1, TherapyKind.IVIG, on(92)), 1, id="the day before"),
        pytest.param(therapy(1, TherapyKind.IVIG, on(2), end=on(70)), 0, id="a course"),
        pytest.param(therapy(1, TherapyKind.IVIG, on(2), ongoing=True), 0, id="going on"),
        pytest.param(therapy(1, TherapyKind.TRANSFUSION, on(91)), 1, id="a transfusion"),
    ],
)
def test_a_value_within_28_days_after_immunoglobulin_does_not_count(
    ivig: Any, counted: int
) -> None:
    result = derived(igg((91, "3")), therapies=(ivig,))
    assert result.immunoglobulin_g is not None
    assert result.immunoglobulin_g.n_counted == counted
    assert result.immunoglobulin_g.n_after_ivig == 1 - counted
    assert result.immunoglobulin_g.occurred is (True if counted else None)
    assert (MarkerFlag.IVIG in result.markers[0].flags) is (counted == 0)


def myeloma(heavy_chain: HeavyChain) -> Enrolment:
    isotypes = (Isotype(heavy_chain=heavy_chain),)
    return base.enrolment(None, myeloma=MyelomaType(isotypes=isotypes))


def spike(day: int, value: str, unit: str, **others: Any) -> Assessment:
    return Assessment(
        record=ref("assessments", day),
        evaluation=DiseaseEvaluation(
            evaluation_id=str(day),
            anchor=INFUSED_ON + timedelta(day),
            serum_m_protein=SerumMProtein(value=Decimal(value), unit=unit, **others),
        ),
    )


def spikes(day: int, *found: tuple[HeavyChain | None, str | None]) -> Assessment:
    return Assessment(
        record=ref("assessments", day),
        evaluation=DiseaseEvaluation(
            evaluation_id=str(day),
            anchor=INFUSED_ON + timedelta(day),
            serum_m_proteins=tuple(
                SerumMProteinOfIsotype(
                    value=None if value is None else Decimal(value),
                    unit="g/L",
                    isotype=Isotype(heavy_chain=heavy_chain),
                )
                for heavy_chain, value in found
            ),
        ),
    )


@pytest.mark.parametrize(
    ("heavy_chain", "assessments", "lowest"),
    [
        pytest.param(HeavyChain.IGG, [spike(91, "0.6", "g/dL")], "3", id="6 of 9 g/L"),
        pytest.param(HeavyChain.IGG, [spike(98, "6", "g/L")], "3", id="7 days later"),
        pytest.param(HeavyChain.IGG, [spike(99, "6", "g/L")], None, id="8 days later"),
        pytest.param(
            HeavyChain.IGG, [spike(90, "1", "g/L"), spike(92, "2", "g/L")], "7", id="the later"
        ),
        pytest.param(HeavyChain.IGG, [spike(91, "12", "g/L")], "0", id="more than the IgG"),
        pytest.param(
            HeavyChain.IGG,
            [spike(91, "0.5", "g/dL", comparator=Comparator.LESS)],
            "9",
            id="not quantifiable",
        ),
        pytest.param(HeavyChain.IGA, [spike(91, "6", "g/L")], "9", id="IgA myeloma"),
        pytest.param(
            HeavyChain.IGG,
            [spikes(91, (HeavyChain.IGG, "4"), (HeavyChain.IGA, "3"), (None, "1"))],
            "4",
            id="those of several that are IgG, or not known",
        ),
        pytest.param(
            HeavyChain.IGG,
            [spikes(91, (HeavyChain.IGG, "4"), (HeavyChain.IGG, None))],
            None,
            id="one of several not done",
        ),
    ],
)
def test_in_igg_myeloma_the_m_protein_is_subtracted(
    heavy_chain: HeavyChain, assessments: list[Assessment], lowest: str | None
) -> None:
    found = derived(
        igg((91, "9")), assessments=tuple(assessments), enrolment=myeloma(heavy_chain)
    ).immunoglobulin_g
    assert found is not None
    assert (found.lowest, found.n_without_m_protein) == (
        (None, 1) if lowest is None else (Decimal(lowest), 0)
    )
    assert found.m_protein_subtracted is (heavy_chain is HeavyChain.IGG)


@pytest.mark.parametrize(
    ("comparator", "lowest"),
    [
        pytest.param(None, 3, id="6 of 9 g/L"),
        pytest.param(Comparator.LESS, 9, id="below its limit"),
    ],
)
def test_the_m_protein_may_come_from_the_laboratory(
    comparator: Comparator | None, lowest: int
) -> None:
    spike = lab(9, "MPROT_S", 91, "0.6", "g/dL", comparator=comparator)
    found = derived([*igg((91, "9")), spike], enrolment=myeloma(HeavyChain.IGG)).immunoglobulin_g
    assert found is not None
    assert found.lowest == lowest
    assert found.occurred is (lowest < 4)


@pytest.mark.parametrize(
    ("comparator", "value", "low"),
    [
        pytest.param(Comparator.LESS, "4", True, id="<4"),
        pytest.param(Comparator.LESS, "5", None, id="<5"),
        pytest.param(Comparator.GREATER, "4", False, id=">4"),
        pytest.param(Comparator.GREATER, "3", None, id=">3"),
    ],
)
def test_a_value_that_lies_on_both_sides_of_4_g_per_l_does_not_count(
    comparator: Comparator, value: str, low: bool | None
) -> None:
    found = derived([lab(1, "IGG", 91, value, "g/L", comparator=comparator)]).immunoglobulin_g
    assert found is not None
    assert found.occurred is low


def test_a_subject_never_infused_has_no_pharmacodynamics() -> None:
    result = derived(il6((3, "40")), infusions=())
    assert (result.infused_on, result.markers, result.b_cells) == (None, (), None)


# Invariants: the order of the records, the dates as such and a spurious value say nothing.

VALUES = st.lists(
    st.tuples(
        st.sampled_from(["IL6", "SBCMA", "IGG", "CD19", "LYMPH"]),
        st.integers(-10, 120),
        st.booleans(),
        st.sampled_from(["0", "0.5", "3", "60", "2000"]),
    ),
    max_size=14,
)
UNITS = {"IL6": "ng/L", "SBCMA": "ug/L", "IGG": "mg/dL", "CD19": "/uL", "LYMPH": "10*9/L"}


def built(values: list[tuple[str, int, bool, str]]) -> list[LabValue]:
    return [
        lab(n, analyte, at(day + 0.25) if timed else on(day), value, UNITS[analyte], lloq="1")
        for n, (analyte, day, timed, value) in enumerate(values, start=1)
    ]


@settings(deadline=None, max_examples=60)
@given(VALUES, st.randoms(use_true_random=False))
def test_the_order_of_the_records_does_not_matter(values: Any, random: Any) -> None:
    mixed = built(values)
    random.shuffle(mixed)
    assert derived(mixed) == derived(built(values))


@settings(deadline=None, max_examples=60)
@given(VALUES, st.integers(-500, 500))
def test_moving_every_date_moves_nothing_else(values: Any, days: int) -> None:
    delta = timedelta(days)

    def moved(known: PossibleDays) -> PossibleDays:
        instant = known.instant + delta if known.instant else None
        return PossibleDays(known.earliest + delta, known.latest + delta, instant)

    here = derived(built(values))
    there = derived(
        [replace(value, collected=moved(value.collected)) for value in built(values)],
        infusions=[replace(infusion(), started_at=INFUSED_AT + delta)],
        preparations=[
            replace(
                LYMPHODEPLETION,
                lymphodepletion=tuple(map(moved, LYMPHODEPLETION.lymphodepletion)),
            )
        ],
    )
    assert [told(one) for one in there.markers] == [told(one) for one in here.markers]
    assert there.b_cells is not None
    assert here.b_cells is not None
    assert there.b_cells.recovery_day == here.b_cells.recovery_day
    assert there.b_cells.first_day == here.b_cells.first_day


def told(marker: MarkerCourse) -> Any:
    """Give what a course says apart from its dates."""
    points = (
        marker.baseline, marker.peak, marker.nadir, marker.first_return, marker.last
    )  # fmt: skip
    return (
        marker.analyte,
        marker.fold_change,
        marker.percent_change,
        marker.area,
        [(one.day, one.amount, one.level) if one else None for one in points],
        [(one.visit, one.value.amount) for one in marker.visits],
    )


@settings(deadline=None, max_examples=60)
@given(VALUES, st.integers(-10, 120))
def test_a_spurious_value_changes_nothing(values: Any, day: int) -> None:
    error = lab(999, "IL6", day + 0.5, "99999", "pg/mL", spurious=True)
    with_error = derived([*built(values), error])
    assert with_error.markers == derived(built(values)).markers
