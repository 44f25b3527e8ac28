"""From records to times: the facts of one subject, infused on 1 March 2024 under this trial."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from app.services.criteria.imwg.evaluation import DiseaseEvaluation
from app.services.derivations.lymphodepletion import lymphodepletion_of
from app.services.derivations.response.best_response import best_response
from app.services.derivations.response.confirmed_response import confirmed_visits
from app.services.derivations.response.disease_baseline import disease_baseline
from app.services.derivations.response.judged_evaluations import response_course
from app.services.derivations.response.rated_visit import rated
from app.services.derivations.subject_history import (
    NOTHING_SAID,
    Assessment,
    InvestigatorResponse,
    SubjectHistory,
)
from app.services.derivations.time_to_event.endpoint_facts import EndpointFacts
from app.services.derivations.time_to_event.facts_of_subject import Origin, endpoint_facts
from app.services.derivations.time_to_event.new_therapy import new_therapy
from app.services.derivations.time_to_event.overall_survival import overall_survival
from app.services.derivations.time_to_event.progression_free_survival import (
    EMA,
    FDA_C,
    ProgressionReading,
    progression_free_survival,
)
from app.trial.trial import load_trial
from app.vocabularies.adverse_events import AesiKind
from app.vocabularies.imwg import PdBasis, ResponseCategory
from tests.services.criteria.imwg_courses import INFUSED_ON, visit
from tests.subjects import base
from tests.subjects.base import ref
from tests.subjects.course import adverse_event, alive, died, enrolment, history, infusion, therapy

TRIAL = load_trial()
UNCONFIRMED = ProgressionReading(unconfirmed_pd="event")
BASELINE = visit(-10, 4, 0, ife="+-", marrow=50)


def infused(*evaluations: DiseaseEvaluation, cut: str, **records: Any) -> SubjectHistory:
    return history(
        cut=cut,
        infusions=(infusion(INFUSED_ON.isoformat()),),
        assessments=tuple(
            Assessment(record=ref("assessments", number), evaluation=evaluation)
            for number, evaluation in enumerate(evaluations)
        ),
        **records,
    )


def facts_of(subject: SubjectHistory, origin: Origin = "infusion") -> EndpointFacts | None:
    """Judge, confirm and gather, as a derivation of the whole subject does."""
    day_0 = subject.infused_on or date.max
    evaluations = [one.evaluation for one in subject.assessments]
    baseline = disease_baseline(
        evaluations,
        infused_on=day_0,
        lymphodepletion_from=lymphodepletion_of(subject).first_day,
        myeloma=NOTHING_SAID,
        policy=TRIAL.policy.imwg,
    )
    course = response_course(
        baseline.evaluation,
        evaluations,
        infused_on=day_0,
        myeloma=NOTHING_SAID,
        policy=TRIAL.policy.imwg,
        until=subject.data_cut,
    )
    therapy = new_therapy(subject)
    visits = confirmed_visits(
        rated(course.visits),
        infused_on=day_0,
        new_therapy_on=therapy.day if therapy else None,
        died_of_myeloma_on=None,
        policy=TRIAL.policy.imwg,
    )
    return endpoint_facts(
        subject,
        TRIAL,
        visits=visits,
        response=best_response(visits),
        has_baseline=baseline.exists,
        origin=origin,
    )


def known(subject: SubjectHistory, origin: Origin = "infusion") -> EndpointFacts:
    found = facts_of(subject, origin)
    assert found is not None
    return found


def test_a_biochemical_progression_without_a_second_visit_is_no_event() -> None:
    subject = infused(
        BASELINE,
        visit(28, 1, 0, ife="+-"),
        visit(56, 1, 0, ife="+-"),
        visit(84, Decimal("1.6"), 0, ife="+-"),
        cut="2024-09-01",
        follow_ups=(alive("2024-09-01"),),
    )
    for reading in (ProgressionReading(), EMA):
        time = progression_free_survival(known(subject), reading=reading)
        assert (time.days, time.censored) == (85, 1)
    waiting = progression_free_survival(known(subject), reading=UNCONFIRMED)
    assert (waiting.days, waiting.censored) == (85, 0)
    assert waiting.records == (ref("assessments", 3),)


def test_a_progression_the_day_after_the_horizon_is_no_event() -> None:
    subject = infused(
        BASELINE,
        visit(28, 1, 0, ife="+-"),
        visit(1081, 1, 0, ife="+-"),
        visit(1096, 1, 0, ife="+-", new_lesion=True),
        cut="2027-06-30",
        follow_ups=(alive("2027-06-30"),),
    )
    facts = known(subject)
    assert facts.horizon == date(2027, 3, 1)
    assert facts.progression is not None
    assert facts.progression.day == date(2027, 3, 2)
    time = progression_free_survival(facts)
    assert (time.days, time.censored) == (1082, 8)
    survival = overall_survival(facts)
    assert (survival.days, survival.censored) == (1096, 8)


def test_the_last_evaluation_closes_on_the_horizon() -> None:
    facts = known(infused(BASELINE, cut="2027-06-30"))
    assert facts.horizon is not None
    assert facts.windows[-1].code == "M36"
    assert facts.windows[-1].last_day == facts.horizon
    assert facts.last_window_from == facts.horizon - timedelta(days=28)
    assert [window.code for window in facts.windows[:4]] == ["M1", "M2", "M3", "M4"]
    assert facts.response_due is not None
    assert facts.response_due.code == "M3"


def test_a_subject_silent_for_two_years_is_overdue() -> None:
    started = infusion("2024-01-15")
    subject = replace(
        infused(cut="2027-06-30", follow_ups=(alive("2025-03-01"),)), infusions=(started,)
    )
    time = overall_survival(known(subject))
    assert (time.days, time.censored, time.overdue_contact) == (412, 1, True)
    assert time.records == (ref("follow-ups", 1),)


def test_it_gathers_what_happened_with_its_records() -> None:
    subject = infused(
        BASELINE,
        visit(28, 1, 0, ife="+-"),
        visit(61, 1, 0, ife="+-"),
        visit(91, 3, 0, ife="+-"),
        visit(122, 4, 0, ife="+-"),
        cut="2025-02-18",
        therapies=(therapy("2024-07"),),
        follow_ups=(died("2024-09", death_due_to_myeloma=True), alive("2024-09-20")),
    )
    facts = known(subject)
    assert [visit.category for visit in facts.visits] == ["PR", "PR", "PD", "PD"]
    assert facts.first_response is not None
    assert facts.first_response.day == INFUSED_ON + timedelta(days=28)
    assert facts.first_response.records == (ref("assessments", 1),)
    assert facts.best_response == facts.first_response
    assert facts.progression is not None
    assert facts.progression.day == INFUSED_ON + timedelta(days=91)
    assert facts.progression.records == (ref("assessments", 3),)
    assert facts.new_therapy is not None
    assert (facts.new_therapy.day, facts.new_therapy.imputed) == (date(2024, 7, 1), "D")
    assert facts.death is not None
    assert (facts.death.day, facts.death.imputed) == (date(2024, 9, 21), "D")
    assert facts.death.due_to_myeloma
    survival = overall_survival(facts)
    assert (survival.imputed, survival.records) == ("D", (ref("follow-ups", 9),))


def test_new_therapy_in_the_month_of_progression_leaves_it_the_event() -> None:
    subject = infused(
        BASELINE,
        visit(28, 1, 0, ife="+-"),
        visit(61, 1, 0, ife="+-"),
        visit(91, 1, 0, ife="+-", new_lesion=True),
        cut="2025-02-18",
        therapies=(therapy("2024-05"),),
    )
    facts = known(subject)
    assert facts.new_therapy is not None
    assert facts.new_therapy.day == date(2024, 5, 31)
    time = progression_free_survival(facts)
    assert (time.days, time.censored) == (92, 0)


def test_without_a_baseline_progression_cannot_be_shown() -> None:
    facts = known(infused(visit(28, 1, 0, ife="+-"), cut="2025-02-18"))
    assert not facts.has_baseline
    time = progression_free_survival(facts)
    assert (time.days, time.censored) == (1, 5)


def test_clinical_progression_counts_in_its_own_analysis_alone() -> None:
    subject = infused(BASELINE, visit(28, 1, 0, ife="+-"), cut="2025-02-18")
    judged = InvestigatorResponse(category=ResponseCategory.PD, pd_basis=PdBasis.CLINICAL)
    subject = replace(
        subject,
        assessments=(subject.assessments[0], replace(subject.assessments[1], investigator=judged)),
    )
    assert progression_free_survival(known(subject)).censored == 1
    time = progression_free_survival(known(subject), reading=FDA_C)
    assert (time.days, time.censored, time.component) == (29, 0, "clinical_PD")


@pytest.mark.parametrize(
    ("day", "counts"),
    [
        pytest.param(0, False, id="on the day of the infusion"),
        pytest.param(1, True, id="on the day after"),
        pytest.param(28, True, id="on the cut"),
        pytest.param(29, False, id="the day after the cut"),
    ],
)
def test_clinical_progression_counts_after_the_infusion_and_up_to_the_cut(
    day: int, counts: bool
) -> None:
    subject = infused(BASELINE, visit(day, 1, 0, ife="+-"), cut="2024-03-29")
    judged = InvestigatorResponse(category=ResponseCategory.PD, pd_basis=PdBasis.CLINICAL)
    subject = replace(
        subject,
        assessments=(subject.assessments[0], replace(subject.assessments[1], investigator=judged)),
    )
    found = known(subject).clinical_progression
    assert (found.day if found else None) == (INFUSED_ON + timedelta(days=day) if counts else None)


@pytest.mark.parametrize(
    ("more", "onset"),
    [
        pytest.param({"astct_grade": 4, "aesi_kind": AesiKind.CRS}, "2024-03-04", id="CRS 4"),
        pytest.param({"astct_grade": 5, "aesi_kind": AesiKind.ICANS}, "2024-03-04", id="ICANS 5"),
        pytest.param({"astct_grade": 3, "aesi_kind": AesiKind.CRS}, None, id="CRS 3"),
        pytest.param(
            {"astct_grade": 4, "aesi_kind": AesiKind.IEC_HS}, None, id="another of special interest"
        ),
        pytest.param({"grade": 4}, None, id="another event of CTCAE grade 4"),
    ],
)
def test_severe_toxicity(more: dict[str, Any], onset: str | None) -> None:
    facts = known(
        infused(BASELINE, cut="2025-02-18", adverse_events=(adverse_event("2024-03-04", **more),))
    )
    found = facts.severe_toxicity
    assert (found.day.isoformat() if found else None) == onset


@pytest.mark.parametrize(
    ("recorded", "counts"),
    [
        pytest.param(timedelta(days=1), True, id="first recorded after the infusion"),
        pytest.param(timedelta(days=-1), False, id="first recorded before it"),
    ],
)
def test_severe_toxicity_of_unknown_onset_stands_at_the_infusion(
    recorded: timedelta, counts: bool
) -> None:
    subject = infused(BASELINE, cut="2025-02-18")
    started = subject.infusions[0].started_at
    first = started + recorded
    event = replace(
        adverse_event("2024-03-04", astct_grade=4, aesi_kind=AesiKind.CRS),
        onset=None,
        first_recorded=base.instant(first),
    )
    found = known(replace(subject, adverse_events=(event,))).severe_toxicity
    assert (found.day if found else None) == (started.date() if counts else None)


def test_times_of_the_enrolled_count_from_enrolment() -> None:
    never = history(
        infused=False, enrolment=enrolment("2023-12-01"), follow_ups=(alive("2024-02-01"),)
    )
    assert facts_of(never) is None
    facts = known(never, "enrolment")
    assert (facts.origin, facts.infused_on) == (date(2023, 12, 1), None)
    assert facts.horizon == date(2026, 12, 1)
    time = overall_survival(facts)
    assert (time.days, time.censored) == (63, 1)
    both = replace(infused(BASELINE, cut="2025-02-18"), enrolment=enrolment("2023-12-01"))
    assert known(both, "enrolment").origin == date(2023, 12, 1)
    assert known(both, "enrolment").horizon == date(2027, 3, 1)


def test_an_infusion_dated_before_the_enrolment_is_the_origin_of_both() -> None:
    subject = infused(BASELINE, cut="2025-02-18", enrolment=enrolment("2024-03-05"))
    assert known(subject, "enrolment").origin == INFUSED_ON


def test_a_death_after_the_cut_shows_the_subject_alive_on_it() -> None:
    subject = infused(
        BASELINE,
        visit(28, 1, 0, ife="+-"),
        cut="2024-06-20",
        follow_ups=(died("2024-07-01"), alive("2024-04-01")),
    )
    time = overall_survival(known(subject))
    assert (time.end, time.censored) == (date(2024, 6, 20), 1)


def test_a_subject_infused_or_enrolled_after_the_cut_is_in_no_population() -> None:
    later = infused(BASELINE, cut="2024-02-29", enrolment=enrolment("2024-02-29"))
    assert facts_of(later) is None
    assert facts_of(later, "enrolment") is not None
    assert facts_of(replace(later, data_cut=date(2024, 2, 28)), "enrolment") is None
