"""CAR-T kinetics of a trial: who is counted, and what describes those who are."""

import json
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from math import exp, log, sqrt
from statistics import mean, stdev
from typing import Any

import pytest

from app.services.derivations.kinetics.car_kinetics import CarKinetics, car_kinetics
from app.services.derivations.sampled_values import KineticsSample
from app.services.json_values import jsonable
from app.services.statistics.kinetics_parameters import ParameterSummary
from app.services.statistics.kinetics_tables import KineticsTable, kinetics_tables
from app.services.statistics.level_summaries import MeasuredLevel, summarise_levels
from app.services.statistics.proportions import clopper_pearson_limits
from app.services.statistics.subject_facts import SubjectFacts
from app.services.statistics.table_methods import TableMethods
from app.vocabularies.kinetics import KineticsMethod
from app.vocabularies.specimens import Matrix
from tests.subjects.base import TRIAL
from tests.subjects.kinetics import INFUSED_ON, history, infusion, profile_of, sample


def subject(code: str, samples: list[KineticsSample], **others: Any) -> CarKinetics:
    return car_kinetics(replace(history(samples, **others), subject=code), TRIAL)


def cohort(*courses: list[KineticsSample]) -> list[CarKinetics]:
    return [subject(f"01-{n:03}", samples) for n, samples in enumerate(courses, start=1)]


def only(subjects: list[CarKinetics], facts: dict[str, SubjectFacts] | None = None) -> Any:
    (table,) = kinetics_tables(subjects, facts or {})
    return table


def parameter(table: KineticsTable, name: str) -> ParameterSummary:
    return next(one for one in table.parameters if one.name == name)


PEAKS = (1_000, 4_000, 20_000, 90_000)
EXPANDED = cohort(
    *(profile_of([0, 7, 14, 28], [0, peak, peak / 2, peak / 10]) for peak in PEAKS),
    profile_of([0, 7, 14, 28], [0, 0, 0, 0]),
)


@pytest.mark.parametrize(("expanded", "of"), [(0, 2), (2, 5), (3, 3)])
def test_subjects_without_expansion_are_the_others(expanded: int, of: int) -> None:
    courses = [profile_of([7, 28], [900, 90])] * expanded
    table = only(cohort(*courses, *[profile_of([7, 28], [0, 0])] * (of - expanded)))
    assert (table.expanded.x, table.expanded.n) == (expanded, of)
    assert table.n_no_expansion == of - expanded


def test_a_subject_without_expansion_counts_but_has_no_logarithm() -> None:
    table = only(EXPANDED)
    assert (table.n_treated, table.n, table.n_no_expansion) == (5, 5, 1)
    assert (table.expanded.x, table.expanded.n) == (4, 5)
    cmax = parameter(table, "cmax").summary
    logarithms = [log(peak) for peak in PEAKS]
    assert (cmax.n, cmax.n_not_positive) == (5, 1)
    assert cmax.geometric_mean.estimate == pytest.approx(exp(mean(logarithms)))
    assert cmax.geometric_cv_percent == pytest.approx(100 * sqrt(exp(stdev(logarithms) ** 2) - 1))
    assert cmax.mean.estimate == pytest.approx(mean([0, *PEAKS]))
    assert cmax.mean.deviation == pytest.approx(stdev([0, *PEAKS]))
    assert (cmax.median, cmax.minimum, cmax.maximum) == (4_000, 0, 90_000)
    # Type 2 at n = 5: the 2nd and the 4th value.
    assert (cmax.quartiles, cmax.quantile_type) == ((1_000, 20_000), 2)


@pytest.mark.parametrize(
    ("name", "unit", "n", "missing"),
    [
        pytest.param("cmax", "{copies}/ug", 5, {}, id="Cmax"),
        pytest.param("cmax_to_day_28", "{copies}/ug", 4, {"not by day 28": 1}, id="Cmax to 28"),
        pytest.param("tmax", "d", 4, {"never quantifiable": 1}, id="Tmax"),
        pytest.param("tbql", "d", 0, {"never quantifiable": 1, "not reached": 4}, id="Tbql"),
        pytest.param("half_life", "d", 0, {"not estimable": 5}, id="half-life"),
        pytest.param(
            "auc_0_28", "{copies}/ug.d", 4, {"no quantifiable sample": 1}, id="AUC to day 28"
        ),
        pytest.param(
            "auc_0_90",
            "{copies}/ug.d",
            0,
            {"no quantifiable sample": 1, "profile ends before T": 4},
            id="AUC to day 90",
        ),
        pytest.param("auc_last", "{copies}/ug.d", 4, {"no quantifiable sample": 1}, id="AUClast"),
        pytest.param(
            "auc_inf",
            "{copies}/ug.d",
            0,
            {"no half-life": 4, "no quantifiable sample": 1},
            id="AUCinf",
        ),
    ],
)
def test_a_parameter_says_its_unit_and_why_it_is_missing(
    name: str, unit: str, n: int, missing: dict[str, int]
) -> None:
    found = parameter(only(EXPANDED), name)
    assert (found.unit, found.summary.n, found.n_missing) == (unit, n, missing)


def test_a_value_to_be_read_with_care_is_counted() -> None:
    late = profile_of([0, 7, 61, 91, 122, 152], [0, 100, 9_000, 3_000, 2_900, 900])
    short = profile_of([0, 7, 14, 28], [0, 900, 60, 0])
    table = only(cohort(late, short))
    assert parameter(table, "cmax").n_flagged == 1
    assert parameter(table, "auc_0_28").n_flagged == 1
    assert parameter(table, "half_life").n_flagged == 1


def test_a_planned_day_is_described_by_half_the_limit_below_it() -> None:
    table = only(EXPANDED)
    assert [row.nominal_day for row in table.profile] == [0, 7, 14, 28]
    before, peak, *_ = table.profile
    assert (before.levels.n, before.levels.n_below_lloq) == (5, 5)
    assert (before.levels.mostly_below, before.levels.summary) == (True, None)
    assert (before.levels.median, before.levels.maximum) == (25, 25)
    assert (peak.levels.n, peak.levels.n_below_lloq) == (5, 1)
    assert peak.levels.summary is not None
    assert peak.levels.summary.geometric_mean.estimate == pytest.approx(
        exp(mean(log(value) for value in (25, *PEAKS)))
    )


def test_half_of_an_odd_limit_is_not_rounded() -> None:
    (day,) = only(cohort([sample(1, 7, 0, lloq="25")])).profile
    assert (day.levels.n_below_lloq, day.levels.median) == (1, 12.5)


@pytest.mark.parametrize(
    ("below", "of", "mostly"),
    [
        pytest.param(1, 2, False, id="half"),
        pytest.param(2, 3, True, id="over half"),
        pytest.param(0, 0, False, id="nobody"),
    ],
)
def test_over_half_below_the_limit_leaves_median_and_range(
    below: int, of: int, mostly: bool
) -> None:
    levels = [MeasuredLevel(Decimal(25), below_lloq=True)] * below
    levels += [MeasuredLevel(Decimal(900))] * (of - below)
    found = summarise_levels(levels)
    assert (found.mostly_below, found.summary is None) == (mostly, mostly)
    assert (found.n, found.n_below_lloq) == (of, below)
    assert (found.median is None) == (of == 0)


def test_of_two_samples_of_a_planned_day_the_nearest_counts_and_of_a_tie_the_later() -> None:
    # Day 3 takes samples of days 3 and 4, day 14 those of days 12 to 16.
    table = only(cohort(profile_of([3, 4, 13, 15, 45], [300, 400, 1_300, 1_500, 60])))
    assert [(row.nominal_day, row.levels.median) for row in table.profile] == [
        (3, 300),
        (14, 1_500),
    ]
    assert table.n_unscheduled == 1


@pytest.mark.parametrize("days", [(12, 13), (15, 16), (13, 14), (14, 16)])
def test_of_two_samples_on_one_side_of_a_planned_day_the_nearest_counts(
    days: tuple[int, int],
) -> None:
    (row,) = only(cohort(profile_of(list(days), [day * 100 for day in days]))).profile
    nearest = min(days, key=lambda day: abs(day - 14))
    assert (row.nominal_day, row.levels.median) == (14, nearest * 100)


def test_a_sample_of_no_planned_day_hides_none_after_it() -> None:
    table = only(cohort(profile_of([7, 45, 91], [900, 200, 90])))
    assert [(row.nominal_day, row.levels.median) for row in table.profile] == [(7, 900), (91, 90)]


def test_an_area_is_flagged_where_the_last_sample_within_it_is_below_the_limit() -> None:
    cut_short = profile_of([0, 7, 14, 28], [0, 900, 60, 0])
    whole = profile_of([0, 7, 14, 28], [0, 900, 600, 300])
    flagged = parameter(only(cohort(cut_short, whole, whole)), "auc_0_28").n_flagged
    assert flagged == 1


def test_a_further_sample_of_a_day_is_in_no_summary_of_it() -> None:
    (row,) = only(cohort([sample(1, 7, 1_000), sample(2, 7.2, 5_000)])).profile
    assert (row.nominal_day, row.levels.median) == (7, 1_000)


def test_a_subject_counts_once_in_the_ratio_of_a_planned_day() -> None:
    marrow = {"matrix": Matrix.BM}
    samples = [sample(1, 28, 100), sample(2, 27, 200, **marrow), sample(3, 29, 800, **marrow)]
    _, found = kinetics_tables(cohort(samples), {})
    assert [(one.nominal_day, one.n, one.summary.median) for one in found.ratios] == [(28, 1, 2)]


def test_what_was_found_only_after_a_second_infusion_has_no_table() -> None:
    again = [infusion(), infusion(2, day=92, planned=False)]
    assert kinetics_tables([subject("01-001", [sample(1, 99, 900)], infusions=again)], {}) == ()


FOLLOWED = cohort(
    profile_of([7, 28, 91], [900, 90, 60]),
    profile_of([7, 28, 91], [900, 90, 0]),
    profile_of([7, 28], [900, 0]),
    profile_of([7], [900]),
)


def test_persistence_is_shown_over_the_sampled_and_over_all_in_follow_up() -> None:
    untouched = subject("01-009", [])
    facts = {
        "01-004": SubjectFacts(followed_to=INFUSED_ON + timedelta(91)),
        "01-009": SubjectFacts(followed_to=INFUSED_ON + timedelta(90)),
    }
    month_1, month_3, month_6, *_ = only([*FOLLOWED, untouched], facts).persistence
    assert (month_1.visit, month_1.target) == ("M1", 28)
    assert (month_1.over_sampled.x, month_1.over_sampled.n) == (2, 3)
    # 01-004 and 01-009 were in follow-up on day 28 without a sample.
    assert (month_1.over_followed.x, month_1.over_followed.n) == (2, 5)
    # On day 91 01-003 is not known to be in follow-up, and 01-009 no longer is.
    assert (month_3.over_sampled.x, month_3.over_sampled.n) == (1, 2)
    assert (month_3.over_followed.x, month_3.over_followed.n) == (1, 3)
    limits = (month_3.over_followed.lower, month_3.over_followed.upper)
    assert limits == pytest.approx(clopper_pearson_limits(1, 3, alpha=0.025))
    assert (month_6.over_sampled.n, month_6.over_sampled.estimate) == (0, None)


def test_the_time_to_loss_is_estimated_from_those_who_had_something_to_lose() -> None:
    never = profile_of([7, 28], [0, 0])
    found = only(
        cohort(
            profile_of([7, 28, 61], [900, 0, 0]),
            profile_of([7, 28, 61], [900, 90, 0]),
            profile_of([7, 28, 91], [900, 90, 60]),
            never,
        )
    ).time_to_loss
    assert (found.curve.n, found.curve.n_event, found.curve.n_censored) == (3, 2, 1)
    assert (found.n_never_quantifiable, found.n_unconfirmed) == (1, 1)
    assert found.curve.time == (28, 61, 91)
    assert found.curve.survival == pytest.approx((2 / 3, 1 / 3, 1 / 3))
    assert found.median.estimate == 61
    months = [landmark.time / 30.4375 for landmark in found.landmarks]
    assert months == pytest.approx([3, 6, 9, 12, 18, 24, 30, 36])


def test_expansion_is_shown_by_response() -> None:
    facts = {
        "01-001": SubjectFacts(responder=False),
        "01-003": SubjectFacts(responder=True),
        "01-004": SubjectFacts(responder=True),
    }
    with_response, without = only(EXPANDED, facts).by_response
    assert (with_response.responder, with_response.n, without.n) == (True, 2, 1)
    assert [one.name for one in with_response.parameters] == ["cmax", "auc_0_28"]
    assert with_response.parameters[0].summary.median == 55_000
    assert without.parameters[0].summary.median == 1_000


def test_fluid_is_related_to_the_subjects_who_had_it_sampled() -> None:
    fluid = {"matrix": Matrix.CSF}
    subjects = cohort(
        [*profile_of([7, 28], [900, 90]), sample(8, 29, 45, lloq="10", **fluid)],
        [*profile_of([7, 28], [900, 90]), sample(8, 14, 0, **fluid)],
        profile_of([7, 28], [900, 90]),
    )
    facts = {one.subject: SubjectFacts(followed_to=INFUSED_ON + timedelta(999)) for one in subjects}
    blood, found = kinetics_tables(subjects, facts)
    assert (blood.n_treated, blood.n, found.n_treated, found.n) == (3, 3, None, 2)
    assert "cerebrospinal fluid" in found.denominator
    assert "cerebrospinal fluid" not in blood.denominator
    assert (found.expanded.x, found.expanded.n) == (1, 2)
    assert {rate.over_followed for rate in found.persistence} == {None}
    assert (found.persistence[0].over_sampled.x, found.persistence[0].over_sampled.n) == (1, 1)
    assert found.time_to_loss is None
    assert [(one.nominal_day, one.n) for one in found.ratios] == [(28, 1)]
    assert found.ratios[0].summary.median == 0.5
    assert blood.ratios == ()


def test_a_subject_whose_cells_were_measured_is_in_no_table_of_derived_ones() -> None:
    percent = {"method": KineticsMethod.FLOW_PCT, "lloq": "0.05", "cd3_per_ul": Decimal(800)}
    measured = sample(3, 7, "93", method=KineticsMethod.FLOW_ABS, lloq="0.5")
    both = [sample(1, 7, "12.5", **percent), sample(2, 14, "2", **percent), measured]
    share, absolute, derived = kinetics_tables(cohort(both, [sample(1, 7, "25", **percent)]), {})
    assert (share.n, share.analyte.derived) == (2, False)
    assert (absolute.n, absolute.n_also_measured, absolute.analyte.derived) == (1, 0, False)
    assert (derived.n, derived.n_also_measured, derived.analyte.derived) == (1, 1, True)
    assert parameter(derived, "cmax").summary.median == 200
    assert {rate.over_followed for rate in derived.persistence} == {None}


def test_a_subject_never_infused_is_not_counted() -> None:
    table = only([*EXPANDED, subject("01-099", [], infusions=())])
    assert table.n_treated == 5


def test_flags_of_the_profiles_are_counted() -> None:
    table = only(cohort(profile_of([7], [900]), profile_of([0, 7], [0, 900])))
    assert table.flags == {"zero_inserted": 1}


def test_the_methods_asked_for_are_used_and_said() -> None:
    methods = TableMethods(quantile_type=7, conf_level=0.9, conf_type="plain")
    (table,) = kinetics_tables(EXPANDED, {}, methods)
    assert table.methods == methods
    assert table.expanded.conf_level == 0.9
    assert parameter(table, "cmax").summary.quantile_type == 7
    assert table.time_to_loss is not None
    assert table.time_to_loss.curve.conf_type == "plain"
    assert table.persistence[0].over_sampled.conf_level == 0.9


def test_tables_and_subjects_are_written_as_json() -> None:
    table = jsonable(only(EXPANDED))
    assert table["analyte"] == {
        "matrix": "PB",
        "method": "qpcr",
        "unit": "{copies}/ug",
        "derived": False,
    }
    written = json.loads(json.dumps(jsonable(EXPANDED[0]), allow_nan=False))
    profile = written["analytes"][0]["profile"]
    assert profile["parameters"]["cmax"] == "1000"
    assert (profile["samples"][1]["day"], profile["samples"][1]["days"]) == ("2024-01-22", 7)
    assert json.dumps(table, allow_nan=False)


def test_a_trial_without_samples_has_no_tables() -> None:
    assert kinetics_tables([subject("01-001", [])], {}) == ()
