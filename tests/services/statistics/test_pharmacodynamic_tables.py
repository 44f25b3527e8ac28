"""Blood markers of a trial: who is counted, and what describes those who are."""

import json
from collections.abc import Iterable
from dataclasses import replace
from math import exp, log
from statistics import mean
from typing import Any

import pytest

from app.services.derivations.markers.pharmacodynamics import (
    SubjectPharmacodynamics,
    pharmacodynamics,
)
from app.services.derivations.sampled_values import LabValue
from app.services.derivations.subject_history import Preparation
from app.services.json_values import jsonable
from app.services.statistics.humoral_tables import b_cell_table, immunoglobulin_table
from app.services.statistics.pharmacodynamic_tables import (
    MarkerGroup,
    MarkerTable,
    pharmacodynamic_tables,
)
from app.services.statistics.subject_facts import SubjectFacts
from app.services.statistics.table_methods import TableMethods
from app.vocabularies.laboratory import Comparator
from app.vocabularies.therapies import TherapyKind
from tests.subjects.base import TRIAL, ref
from tests.subjects.kinetics import history, lab, on, therapy

AREA = "auc_0_28"
RULES = TRIAL.pharmacodynamics
LYMPHODEPLETION = Preparation(record=ref("preparations", 1), lymphodepletion=(on(-5),))


def subject(code: str, values: Iterable[LabValue], **others: Any) -> SubjectPharmacodynamics:
    told = history(lab_values=tuple(values), preparations=(LYMPHODEPLETION,), **others)
    return pharmacodynamics(replace(told, subject=code), TRIAL)


def il6(baseline: str | None, *later: tuple[float, str]) -> list[LabValue]:
    before = [] if baseline is None else [lab(1, "IL6", -0.1, baseline, "pg/mL", lloq="2")]
    return before + [
        lab(number, "IL6", day, value, "pg/mL", lloq="2")
        for number, (day, value) in enumerate(later, start=2)
    ]


def cohort(*courses: list[LabValue]) -> list[SubjectPharmacodynamics]:
    return [subject(f"01-{n:03}", values) for n, values in enumerate(courses, start=1)]


def only(
    subjects: list[SubjectPharmacodynamics], facts: dict[str, SubjectFacts] | None = None
) -> MarkerTable:
    (table,) = pharmacodynamic_tables(subjects, facts or {}, RULES)
    return table


def levels(group: MarkerGroup, name: str) -> Any:
    return next(one for one in group.parameters if one.name == name).levels


TREATED = cohort(
    il6("4", (3, "100"), (28, "8")),
    il6("8", (5, "400"), (28, "4")),
    il6("1", (7, "50"), (28, "1")),
    il6(None, (3, "9000")),
    il6("4"),
)


def test_a_subject_counts_with_a_baseline_and_a_value_after_the_infusion() -> None:
    table = only([*TREATED, subject("01-099", [], infusions=())])
    assert (table.analyte, table.unit, table.kept_apart) == ("IL6", "pg/mL", False)
    assert (table.n_treated, table.n, table.n_without_baseline) == (5, 3, 1)
    (everybody, *_) = table.groups
    assert (everybody.group, everybody.n) == ("all", 3)
    peak = levels(everybody, "peak")
    assert (peak.n, peak.median, peak.minimum, peak.maximum) == (3, 100, 50, 400)
    assert peak.summary.geometric_mean.estimate == pytest.approx(
        exp(mean(log(value) for value in (100, 400, 50)))
    )
    assert levels(everybody, "peak_day").median == 5
    # Half of the limit of 2 pg/mL stands for the third baseline.
    assert levels(everybody, "fold_change").median == 50
    assert levels(everybody, "baseline").n_below_lloq == 1
    assert levels(everybody, "auc_0_28").n == 3
    units = {one.name: one.unit for one in everybody.parameters}
    assert units["peak"] == "pg/mL"
    assert units["auc_0_28"] == "pg/mL.d"
    assert units["peak_day"] == "d"
    assert units["fold_change"] == "1"


def test_groups_are_by_crs_grade_and_by_response() -> None:
    facts = {
        "01-001": SubjectFacts(crs_grade=1, responder=True),
        "01-002": SubjectFacts(crs_grade=3, responder=False),
        "01-003": SubjectFacts(crs_grade=0),
        "01-004": SubjectFacts(crs_grade=4, responder=True),
    }
    groups = {one.group: one for one in only(TREATED, facts).groups}
    assert {name: one.n for name, one in groups.items()} == {
        "all": 3,
        "crs_grade_0_1": 2,
        "crs_grade_2_or_more": 1,
        "responder": 1,
        "non_responder": 1,
    }
    assert levels(groups["crs_grade_0_1"], "peak").median == 75
    assert levels(groups["crs_grade_2_or_more"], "peak").median == 400
    assert levels(groups["responder"], "peak").median == 100


def test_a_subject_of_whom_nothing_is_known_is_in_no_group_but_all() -> None:
    groups = only(TREATED).groups
    assert [one.n for one in groups] == [3, 0, 0, 0, 0]
    assert groups[1].parameters == ()


def test_subjects_without_a_baseline_are_counted_apart() -> None:
    late = cohort(*[il6(None, (3, "9000"))] * 3, il6("4", (3, "100")))
    table = only(late)
    assert (table.n, table.n_without_baseline) == (1, 3)


def test_visits_are_in_the_order_of_the_schedule() -> None:
    visits = only(TREATED).visits
    assert [(one.visit, one.levels.n) for one in visits] == [
        ("D0", 3),
        ("D3", 1),
        ("D5", 1),
        ("D7", 1),
        ("M1", 3),
    ]
    month_1 = visits[-1].levels
    assert (month_1.n_below_lloq, month_1.mostly_below, month_1.median) == (1, False, 4)


def test_levels_mostly_below_the_limit_are_described_by_median_and_range() -> None:
    (everybody, *_) = only(
        cohort(il6("1", (3, "9")), il6("1", (3, "9")), il6("5", (3, "9")))
    ).groups
    baseline = levels(everybody, "baseline")
    assert (baseline.mostly_below, baseline.summary) == (True, None)
    assert (baseline.median, baseline.minimum, baseline.maximum) == (1, 1, 5)
    assert levels(everybody, "peak").summary is not None


def test_a_marker_followed_by_its_nadir_has_its_own_parameters() -> None:
    values = [
        lab(n, "SBCMA", day, value, "ng/mL", lloq="1")
        for n, (day, value) in enumerate([(-8, "200"), (28, "0.4"), (183, "150")])
    ]
    (everybody, *_) = only(cohort(values)).groups
    assert [one.name for one in everybody.parameters] == [
        "baseline",
        "nadir",
        "last",
        "nadir_day",
        "first_below_lloq_day",
        "first_return_day",
        "percent_change",
        "auc_0_28",
    ]
    assert levels(everybody, "nadir").n_below_lloq == 1
    assert levels(everybody, "percent_change").median == pytest.approx(-99.75)


def test_parameters_keep_their_order_whoever_comes_first() -> None:
    early, late = il6("4", (3, "9")), il6("4", (40, "9"))
    names = [
        [one.name for one in only(cohort(*courses)).groups[0].parameters]
        for courses in ((early, late), (late, early))
    ]
    assert names[0] == names[1] == ["baseline", "peak", "last", "peak_day", "fold_change", AREA]


def test_values_above_the_upper_limit_and_flags_are_counted() -> None:
    high = [
        lab(1, "IL6", -1, "4", "pg/mL"),
        lab(2, "IL6", 3, "5000", "pg/mL", comparator=Comparator.GREATER),
    ]
    dose = therapy(1, TherapyKind.TOCILIZUMAB, on(2))
    table = only([subject("01-001", high, therapies=(dose,))])
    assert levels(table.groups[0], "peak").n_above_uloq == 1
    assert table.flags == {"peak_above_uloq": 1, "tocilizumab_before_peak": 1}


def test_tables_follow_the_trials_list_and_units_that_differ_are_apart() -> None:
    def pair(analyte: str, unit: str) -> list[LabValue]:
        return [lab(1, analyte, -8, "9", unit), lab(2, analyte, 3, "18", unit)]

    tables = pharmacodynamic_tables(
        cohort(
            pair("FERRITIN", "ng/mL"),
            pair("SIL2R", "[arb'U]/mL") + pair("FERRITIN", "ug/L"),
            pair("IL6", "ng/L") + pair("SIL2R", "pg/mL"),
        ),
        {},
        RULES,
    )
    assert [(one.analyte, one.unit, one.n, one.kept_apart) for one in tables] == [
        ("IL6", "pg/mL", 1, False),
        ("SIL2R", "[arb'U]/mL", 1, True),
        ("SIL2R", "pg/mL", 1, False),
        ("FERRITIN", "ug/L", 2, False),
    ]


def test_the_methods_asked_for_are_used_and_said() -> None:
    methods = TableMethods(quantile_type=7, conf_level=0.9)
    (table,) = pharmacodynamic_tables(TREATED, {}, RULES, methods)
    assert table.methods == methods
    summary = levels(table.groups[0], "peak").summary
    assert (summary.quantile_type, summary.conf_level) == (7, 0.9)


def test_tables_and_subjects_are_written_as_json() -> None:
    written = json.loads(json.dumps(jsonable(TREATED[0]), allow_nan=False))
    assert written["markers"][0]["peak"]["amount"] == "100"
    assert written["markers"][0]["fold_change"] == 25
    assert json.dumps(jsonable(only(TREATED)), allow_nan=False)
    assert json.dumps(jsonable([b_cell_table(TREATED), immunoglobulin_table(TREATED)]))


def series(analyte: str, unit: str, *values: tuple[float, str]) -> list[LabValue]:
    return [lab(n, analyte, day, value, unit) for n, (day, value) in enumerate(values)]


def test_b_cell_aplasia_and_recovery_are_counted_among_those_who_can_show_them() -> None:
    table = b_cell_table(
        cohort(
            series("CD19", "/uL", (28, "0"), (183, "60"), (274, "90")),
            series("CD19", "/uL", (14, "9"), (183, "9")),
            series("CD19", "/uL", (28, "90")),
            series("CD19", "/uL", (-8, "9")),
        )
    )
    assert table.n_treated == 4
    assert (table.aplasia.x, table.aplasia.n) == (2, 3)
    assert (table.first_day.n, table.first_day.median) == (2, 21)
    assert (table.recovered.x, table.recovered.n) == (1, 2)
    assert table.recovery_day.median == 183


def test_low_immunoglobulin_g_is_counted_among_those_with_a_value_that_counts() -> None:
    ivig = therapy(1, TherapyKind.IVIG, on(80))
    subjects = [
        subject("01-001", series("IGG", "g/L", (-8, "3"), (91, "2.5"))),
        subject("01-002", series("IGG", "g/L", (-8, "9"), (91, "6"))),
        subject("01-003", series("IGG", "g/L", (91, "2")), therapies=(ivig,)),
        subject("01-004", [], infusions=()),
        subject("01-005", series("IGG", "g/L", (91, "7"))),
    ]
    table = immunoglobulin_table(subjects)
    assert (table.n_treated, table.low.x, table.low.n) == (4, 1, 3)
    assert (table.first_day.median, table.lowest.minimum) == (91, 2.5)
    assert (table.n_low_at_baseline, table.n_values_after_ivig) == (1, 1)
    assert table.n_values_without_m_protein == 0
