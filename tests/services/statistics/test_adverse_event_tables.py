"""Tables of adverse events: subjects, never events, by organ class, term and worst grade."""

import json
from dataclasses import asdict, astuple
from math import log
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.services.derivations.safety.analysed_adverse_event import SubjectAdverseEvents
from app.services.derivations.safety.safety_follow_up import SafetyWindow
from app.services.derivations.subject_history import AdverseEvent
from app.services.statistics.adverse_event_tables import (
    AdverseEventRow,
    AdverseEventTable,
    adverse_event_table,
)
from tests.subjects.safety import analysed, crs, event, icans, with_rules

GUT = "Gastrointestinal disorders"
GENERAL = "General disorders"
IMMUNE = "Immune system disorders"

COHORT = [
    analysed(
        event(1, name="a", grade=1),
        event(9, name="b", grade=3, serious=True),
        event(2, name="c", term="Vomiting", grade=2, related=None),
    ),
    analysed(
        event(3, grade=None),
        event(4, name="b", term="Fever", soc=GENERAL, grade=2, related=True),
        event(5, name="c", term="Chills", soc=GENERAL, grade=1),
    ),
    analysed(event(2, term="Vomiting", grade=4), crs(1, grade=1, astct_grade=2)),
    analysed(),
]
"""Four subjects followed to the cut, day 500."""


def table(
    subjects: list[SubjectAdverseEvents], window: str = "treatment_emergent", **more: Any
) -> AdverseEventTable:
    return adverse_event_table(subjects, SafetyWindow(window), **more)


def row(
    found: AdverseEventTable, soc: str | None = None, term: str | None = None
) -> AdverseEventRow:
    (one,) = [one for one in found.rows if (one.system_organ_class, one.term) == (soc, term)]
    return one


def labels(found: AdverseEventTable) -> list[tuple[str, str | None, str | None]]:
    return [(one.level, one.system_organ_class, one.term) for one in found.rows]


def test_rows_come_by_frequency_and_then_by_name() -> None:
    assert labels(table(COHORT)) == [
        ("any", None, None),
        ("system_organ_class", GUT, None),
        ("term", GUT, "Diarrhea"),
        ("term", GUT, "Vomiting"),
        ("system_organ_class", GENERAL, None),
        ("term", GENERAL, "Chills"),
        ("term", GENERAL, "Fever"),
        ("system_organ_class", IMMUNE, None),
        ("term", IMMUNE, "Cytokine release syndrome"),
    ]


def test_the_more_frequent_comes_first_whatever_its_name() -> None:
    more_vomiting = [*COHORT, analysed(event(2, term="Vomiting"))]
    terms = [one.term for one in table(more_vomiting).rows if one.system_organ_class == GUT]
    assert terms == [None, "Vomiting", "Diarrhea"]
    more_immune = [*COHORT, *(analysed(crs(1)) for _ in range(3))]
    assert labels(table(more_immune))[1][1] == IMMUNE


@pytest.mark.parametrize(
    ("soc", "term", "subjects", "grades", "claims", "events"),
    [
        pytest.param(
            None, None, 3, (0, 1, 1, 1, 0, 0), {"severe": 2, "serious": 1, "related": 3,
            "car_t": 3, "missing": 1}, 8, id="any"
        ),
        pytest.param(
            GUT, None, 3, (0, 0, 1, 1, 0, 1), {"severe": 2, "serious": 1, "related": 1,
            "car_t": 1, "missing": 1}, 5, id="organ class; one subject has no grade"
        ),
        pytest.param(
            GUT, "Diarrhea", 2, (0, 0, 1, 0, 0, 1), {"severe": 1, "serious": 1, "related": 0,
            "car_t": 0, "missing": 0}, 3, id="term; twice in one subject"
        ),
        pytest.param(
            IMMUNE, None, 1, (1, 0, 0, 0, 0, 0), {"severe": 0, "serious": 0, "related": 1,
            "car_t": 1, "missing": 0}, 1, id="CRS by its CTCAE grade"
        ),
    ],
)  # fmt: skip
def test_the_counts_of_a_row(
    soc: str | None,
    term: str | None,
    subjects: int,
    grades: tuple[int, ...],
    claims: dict[str, int],
    events: int,
) -> None:
    counts = row(table(COHORT), soc, term).counts
    assert (counts.subjects.x, counts.subjects.n) == (subjects, 4)
    assert astuple(counts.grades) == grades
    assert {
        "severe": counts.grade_3_or_more.x,
        "serious": counts.serious.x,
        "related": counts.related.x,
        "car_t": counts.related_to_car_t.x,
        "missing": counts.causality_missing.x,
    } == claims
    assert counts.events == events


def test_the_share_has_exact_limits_over_the_denominator() -> None:
    subjects = [analysed(event(1)) for _ in range(48)] + [analysed() for _ in range(12)]
    share = row(table(subjects)).counts.subjects
    assert (share.estimate, share.method) == (0.8, "clopper_pearson")
    # R 4.2.2: binom.test(48, 60)$conf.int
    assert (share.lower, share.upper) == (
        pytest.approx(0.6767, abs=5e-5),
        pytest.approx(0.8922, abs=5e-5),
    )


def test_a_term_without_an_organ_class_is_counted_once() -> None:
    found = table([analysed(event(1, term="Unlisted", soc=""))])
    assert [(one.level, one.counts.events) for one in found.rows] == [
        ("any", 1),
        ("system_organ_class", 1),
        ("term", 1),
    ]


def test_a_death_is_in_the_column_of_grade_5_of_its_organ_class_too() -> None:
    found = table([analysed(event(1, grade=5), died=3)])
    assert [one.counts.grades.grade_5 for one in found.rows] == [1, 1, 1]


def test_icans_has_a_row_of_its_own_among_the_nervous_system_disorders() -> None:
    found = table([analysed(icans(4), icans(5, name="b", term="Encephalopathy"))])
    assert [(one.term, one.counts.subjects.x, one.counts.events) for one in found.rows] == [
        (None, 1, 2),
        (None, 1, 2),
        ("Nervous system disorders - Other, specify: ICANS", 1, 2),
    ]


@pytest.mark.parametrize(
    ("window", "terms"),
    [
        pytest.param("treatment_emergent", ["Nausea", "Rash", "Sepsis"], id="treatment-emergent"),
        pytest.param("primary", ["Nausea", "Rash"], id="to day 100"),
        pytest.param("to_horizon", ["Rash", "Sepsis"], id="serious, special or related"),
        pytest.param("lymphodepletion", ["Fever"], id="lymphodepletion"),
    ],
)
def test_each_window_has_its_own_events(window: str, terms: list[str]) -> None:
    found = table(
        [
            analysed(
                event(-20, name="a", term="Pain"),
                event(-4, name="b", term="Fever"),
                event(0, name="c", term="Nausea"),
                event(5, name="d", term="Rash", serious=True),
                event(150, name="e", term="Sepsis", related=True),
                event(6, name="f", term="Chills", symptom_of="d"),
            )
        ],
        window,
    )
    assert sorted(one.term for one in found.rows if one.term) == terms


def test_a_table_of_nobody_affected_has_the_row_of_any_event() -> None:
    found = table([analysed(), analysed()])
    assert labels(found) == [("any", None, None)]
    assert (row(found).counts.subjects.x, row(found).counts.subjects.n) == (0, 2)


def test_a_table_of_nobody_says_so() -> None:
    found = table([])
    assert (found.n, row(found).counts.subjects.estimate) == (0, None)
    assert (row(found).incidence_rate, row(found).event_rate) == (None, None)


def test_rates_are_per_100_person_years_to_the_first_event() -> None:
    found = table(COHORT)
    # Diarrhea: first on days 1 and 3 (2 and 4 days), two subjects for 501 days each.
    rate = row(found, GUT, "Diarrhea").incidence_rate
    assert rate is not None
    assert (rate.events, rate.person_time) == (2, pytest.approx((2 + 4 + 501 + 501) / 365.25))
    assert rate.rate == pytest.approx(2 / 1008 * 36525)
    events = row(found, GUT, "Diarrhea").event_rate
    assert events is not None
    assert (events.events, events.person_time) == (3, pytest.approx(4 * 501 / 365.25))


def test_no_event_has_an_upper_limit_of_its_rate() -> None:
    rate = row(table([analysed(), analysed()])).incidence_rate
    assert rate is not None
    assert (rate.rate, rate.lower) == (0, 0)
    assert rate.upper == pytest.approx(-log(0.025) / (2 * 501) * 36525)


@pytest.mark.parametrize(
    ("subject", "days"),
    [
        pytest.param(analysed(died=30), 31, id="to death"),
        pytest.param(analysed(new_therapy=60), 61, id="to new therapy"),
        pytest.param(analysed(event(0)), 1, id="an event on the infusion day"),
        pytest.param(analysed(event(90, related=True), new_therapy=60), 91, id="related, later"),
    ],
)
def test_the_time_of_a_subject(subject: SubjectAdverseEvents, days: int) -> None:
    rate = row(table([subject])).incidence_rate
    assert rate is not None
    assert rate.person_time == pytest.approx(days / 365.25)


@pytest.mark.parametrize(
    ("doubtful", "subjects"),
    [
        pytest.param(analysed(died=-1), 1, id="death before the infusion"),
        pytest.param(analysed(event(4), dates_doubtful=True), 2, id="other dates, affected"),
    ],
)
def test_a_subject_whose_dates_contradict_each_other_counts_and_has_no_time(
    doubtful: SubjectAdverseEvents, subjects: int
) -> None:
    found = table([doubtful, analysed(event(1))])
    assert (found.n, found.without_time_at_risk) == (2, 1)
    overall = row(found)
    assert (overall.counts.subjects.x, overall.counts.events) == (subjects, subjects)
    assert overall.incidence_rate is not None
    assert overall.event_rate is not None
    assert (overall.incidence_rate.events, overall.event_rate.events) == (1, 1)
    assert overall.incidence_rate.person_time == pytest.approx(2 / 365.25)
    assert overall.event_rate.person_time == pytest.approx(501 / 365.25)


def test_the_lymphodepletion_table_has_no_rates() -> None:
    found = table([analysed(event(-4))], "lymphodepletion")
    assert [(one.incidence_rate, one.event_rate) for one in found.rows] == [(None, None)] * 3
    assert row(found).counts.subjects.x == 1


def test_an_event_of_lymphodepletion_counts_without_an_infusion() -> None:
    assert row(table([analysed(event(-4), infused=False)], "lymphodepletion")).counts.events == 1


def test_the_level_of_confidence_is_echoed() -> None:
    found = row(table(COHORT, conf_level=0.9))
    assert found.incidence_rate is not None
    assert (found.counts.serious.conf_level, found.incidence_rate.conf_level) == (0.9, 0.9)


def test_the_table_goes_to_json() -> None:
    assert json.loads(json.dumps(asdict(table(COHORT)), allow_nan=False))["n"] == 4


def test_the_grade_of_crs_follows_the_trials_scale() -> None:
    trial = with_rules(crs_scale_in_tables="ASTCT")
    found = table([analysed(crs(1, grade=1, astct_grade=3), trial=trial)])
    assert row(found).counts.grade_3_or_more.x == 1


@st.composite
def cohorts(draw: st.DrawFn) -> list[list[AdverseEvent]]:
    def one(number: int) -> AdverseEvent:
        return event(
            draw(st.integers(-6, 200)),
            name=f"event {number}",
            term=draw(st.sampled_from(["Diarrhea", "Vomiting", "Fever"])),
            soc=draw(st.sampled_from([GUT, GENERAL])),
            grade=draw(st.none() | st.integers(1, 5)),
            related=draw(st.none() | st.booleans()),
            serious=draw(st.booleans()),
        )

    return [
        [one(number) for number in range(draw(st.integers(0, 4)))]
        for _ in range(draw(st.integers(0, 5)))
    ]


@settings(deadline=None, max_examples=40)
@given(cohort=cohorts(), window=st.sampled_from(SafetyWindow), order=st.randoms())
def test_what_holds_of_every_table(
    cohort: list[list[AdverseEvent]], window: SafetyWindow, order: Any
) -> None:
    subjects = [analysed(*events) for events in cohort]
    found = adverse_event_table(subjects, window)
    shuffled = list(subjects)
    order.shuffle(shuffled)
    assert labels(adverse_event_table(shuffled, window)) == labels(found)

    overall = row(found).counts
    terms: dict[str, list[int]] = {}
    for one in found.rows:
        counts = one.counts
        assert sum(astuple(counts.grades)) == counts.subjects.x <= found.n
        assert counts.subjects.x <= counts.events
        assert counts.causality_missing.x <= counts.related.x <= counts.subjects.x
        assert counts.grade_3_or_more.x == sum(astuple(counts.grades)[2:5])
        assert counts.subjects.x <= overall.subjects.x
        if one.term and one.system_organ_class:
            terms.setdefault(one.system_organ_class, []).append(counts.subjects.x)
            of_class = row(found, one.system_organ_class).counts
            assert counts.subjects.x <= of_class.subjects.x
            assert counts.serious.x <= of_class.serious.x
    for soc, affected in terms.items():
        assert max(affected) <= row(found, soc).counts.subjects.x <= sum(affected)
    assert overall.events == sum(one.counts.events for one in found.rows if one.term)
