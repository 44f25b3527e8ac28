"""Records of a subject infused on 15 January 2024, recorded on the day that each case says."""

import uuid
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from app.services.derivations.data_errors import data_errors, leaves_out
from app.services.derivations.error_effects import KEEPS_OUT, Effect, KeptOut, effect_of
from app.services.derivations.partial_dates import (
    adverse_event_end_day,
    adverse_event_start_day,
    death_day,
    new_therapy_day,
)
from app.services.derivations.possible_days import PossibleDays
from app.services.derivations.record_ref import RecordRef
from app.services.derivations.set_aside import without_wrong_dates
from app.services.derivations.subject_history import InvestigatorResponse, SubjectHistory
from app.services.derivations.time_to_event.last_known_alive import evidence_of_life
from app.trial.trial import load_trial
from app.vocabularies.imwg import ResponseCategory
from app.vocabularies.therapies import TherapyKind
from tests.subjects.base import ref
from tests.subjects.course import (
    adverse_event,
    alive,
    assessment,
    died,
    history,
    lab_value,
    neuro_assessment,
    sample,
    therapy,
    visit,
)

TRIAL = load_trial()
SENT_ON = date(2024, 6, 1)


def told(recorded_on: date = SENT_ON, **records: Any) -> SubjectHistory:
    """The subject with records that were all recorded on one day."""
    subject = history(**records)
    every = [one for values in records.values() for one in values] + list(subject.infusions)
    return replace(subject, recorded_on={one.record.record_id: recorded_on for one in every})


@pytest.mark.parametrize(
    ("member", "record"),
    [
        ("assessments", assessment("2024-06-02")),
        ("lab_values", lab_value("2024-06-02")),
        ("kinetics", sample("2024-06-02")),
        ("visits", visit("M3", "2024-06-02")),
        ("follow_ups", alive("2024-06-02")),
        ("therapies", therapy("2024-06-02", TherapyKind.IVIG)),
        ("neuro_assessments", neuro_assessment("2024-06-02")),
    ],
    ids=lambda value: value if isinstance(value, str) else None,
)
def test_a_record_dated_later_than_it_was_recorded_is_set_aside(member: str, record: Any) -> None:
    found = without_wrong_dates(told(**{member: (record,)}))
    assert getattr(found, member) == ()
    assert [one.rule.value for one in found.set_aside] == ["date_in_future"]
    same_day = without_wrong_dates(told(date(2024, 6, 2), **{member: (record,)}))
    assert getattr(same_day, member) == (record,)
    assert same_day.set_aside == ()


@pytest.mark.parametrize("recorded_on", [date(2024, 6, 1), date(2024, 6, 2)])
def test_the_day_of_a_reviewers_category_becomes_unknown(recorded_on: date) -> None:
    judged_in = RecordRef("adjudications", uuid.uuid4(), 1)
    judged = InvestigatorResponse(
        category=ResponseCategory.PD, dated=date(2024, 6, 2), record=judged_in
    )
    one = replace(assessment("2024-05-01"), adjudicated=judged)
    subject = told(assessments=(one,))
    subject = replace(
        subject, recorded_on={**subject.recorded_on, judged_in.record_id: recorded_on}
    )
    found = without_wrong_dates(subject)
    [kept] = found.assessments
    observed = recorded_on >= date(2024, 6, 2)
    assert kept.adjudicated == (judged if observed else replace(judged, dated=None))
    assert [error.member for error in found.set_aside] == ([] if observed else ["response_date"])


@pytest.mark.parametrize(
    ("onset", "end", "kept"),
    [
        pytest.param("2024-06-02", None, (None, None), id="the onset becomes unknown"),
        pytest.param("2024-05-01", "2024-06-02", ("2024-05-01", None), id="the end does"),
        pytest.param("2024-05-01", "2024-06-01", ("2024-05-01", "2024-06-01"), id="neither"),
        pytest.param("2024-06-02", "2024-06-03", (None, None), id="both"),
        pytest.param("2024-06", None, ("2024-06-01", None), id="a month that had begun stays"),
    ],
)
def test_an_adverse_event_stays_without_the_wrong_date(
    onset: str, end: str | None, kept: tuple[str | None, str | None]
) -> None:
    subject = told(adverse_events=(adverse_event(onset, end=end),))
    [event] = without_wrong_dates(subject).adverse_events
    days = [None if one is None else one.earliest.isoformat() for one in (event.onset, event.end)]
    assert tuple(days) == kept


def test_it_finds_the_same_once_and_twice() -> None:
    subject = told(
        adverse_events=(adverse_event("2024-06-02"),),
        follow_ups=(died("2024-06-02"),),
        lab_values=(lab_value("2024-06-02"),),
    )
    once = without_wrong_dates(subject)
    assert without_wrong_dates(once) == once


def test_a_death_to_come_is_fatal_and_sets_nothing_aside() -> None:
    subject = told(follow_ups=(died("2024-06-02"),), lab_values=(lab_value("2024-06-01"),))
    errors = data_errors(subject, TRIAL)
    assert leaves_out(errors, overall_survival=True)
    assert without_wrong_dates(subject).lab_values == subject.lab_values


def test_of_an_evaluation_only_the_part_with_the_wrong_day_is_set_aside() -> None:
    wrong, right = (
        assessment("2024-05-20", marrow=day, number=number)
        for number, day in ((1, "2024-06-02"), (2, "2024-06-01"))
    )
    without, whole = without_wrong_dates(told(assessments=(wrong, right))).assessments
    assert without.evaluation == replace(wrong.evaluation, marrow=None)
    assert whole == right


def test_a_partial_date_is_known_by_the_day_it_was_recorded() -> None:
    partial, whole = adverse_event("2024-05"), adverse_event("2024-05-02", number=2)
    found = without_wrong_dates(told(adverse_events=(partial, whole))).adverse_events
    assert [one.onset and one.onset.observed_by for one in found] == [SENT_ON, None]


REFERENCES = ("worsening_of", "symptom_of", "part_of_episode")


@pytest.mark.parametrize("itself", REFERENCES)
def test_a_reference_to_itself_is_no_reference_and_the_others_stay(itself: str) -> None:
    event, other = adverse_event("2024-03-02"), ref("adverse-events", 2).record_id
    names = dict.fromkeys(REFERENCES, other) | {itself: event.record.record_id}
    [found] = without_wrong_dates(history(adverse_events=(replace(event, **names),))).adverse_events
    assert {name: getattr(found, name) for name in REFERENCES} == names | {itself: None}


@pytest.mark.parametrize(
    ("recorded_on", "day"),
    [
        pytest.param("2024-05-31", "2024-01-15", id="recorded the day before: evidence of nothing"),
        pytest.param("2024-06-01", "2024-06-01", id="recorded on its day"),
    ],
)
def test_life_is_shown_by_what_can_have_been_observed(recorded_on: str, day: str) -> None:
    subject = told(date.fromisoformat(recorded_on), lab_values=(lab_value("2024-06-01"),))
    for one in (subject, without_wrong_dates(subject)):
        evidence = evidence_of_life(one)
        assert evidence is not None
        assert evidence.day == date.fromisoformat(day)


MARCH = PossibleDays(date(2024, 3, 1), date(2024, 3, 31), observed_by=date(2024, 3, 10))
CUT = date(2025, 2, 18)


def test_no_day_is_imputed_that_is_later_than_its_date_was_recorded() -> None:
    tenth = date(2024, 3, 10)
    ends = adverse_event_end_day(MARCH, died_on=None, data_cut=CUT)
    assert ends is not None
    assert ends.day == tenth, "not the last of the month"
    assert death_day(MARCH, last_known_alive=None, data_cut=CUT).day == tenth, "not the 15th"
    infused = date(2024, 3, 20)
    onset = adverse_event_start_day(MARCH, infused_on=infused)
    assert onset is not None
    assert onset.day == tenth, "not the infusion of a later day"
    started = new_therapy_day(MARCH, infused_on=date(2024, 1, 15), progressed_on=infused)
    assert started is not None
    assert started.day == tenth, "not a progression of a later day"


@pytest.mark.parametrize(
    ("finding", "kind", "member", "effect"),
    [
        ("DATE-IN-FUTURE", "lab-results", "collected_at", Effect.RECORD),
        ("DATE-IN-FUTURE", "adverse-events", "onset", Effect.UNKNOWN),
        ("DATE-IN-FUTURE", "adverse-events", "end", Effect.UNKNOWN),
        ("DATE-IN-FUTURE", "therapies", "end", Effect.UNKNOWN),
        ("DATE-IN-FUTURE", "therapies", "start", Effect.RECORD),
        ("DATE-IN-FUTURE", "preparations", "lymphodepletion", Effect.ENTRY),
        ("DATE-IN-FUTURE", "infusions", "infused_at", Effect.FATAL),
        ("DATE-IN-FUTURE", "follow-ups", "death_date", Effect.FATAL),
        ("DATE-IN-FUTURE", "follow-ups", "contacted_on", Effect.RECORD),
        ("DATE-IN-FUTURE", "assessments", "assessed_on", Effect.RECORD),
        ("DATE-IN-FUTURE", "assessments", "new_lesions.found_on", Effect.UNKNOWN),
        ("DATE-IN-FUTURE", "assessments", "investigator_response_date", Effect.UNKNOWN),
        ("DATE-IN-FUTURE", "adjudications", "response_date", Effect.UNKNOWN),
        ("DATE-AFTER-DEATH", "kinetics", "collected_at", Effect.RECORD),
        ("DATE-AFTER-DEATH", "adverse-events", "onset", Effect.UNKNOWN),
        ("AE-END-AFTER-DEATH", "adverse-events", "end", Effect.UNKNOWN),
        ("THERAPY-AFTER-DEATH", "therapies", "start", Effect.RECORD),
        ("CONTACT-AFTER-DEATH", "follow-ups", "contacted_on", Effect.FATAL),
        ("DEATH-BEFORE-INFUSION", "follow-ups", "death_date", Effect.FATAL),
        ("NO-INFUSION", "visits", "visit", Effect.FATAL),
        ("NEW-THERAPY-BEFORE-INFUSION", "therapies", "start", Effect.ENDPOINT),
        ("CRS-BEFORE-INFUSION", "adverse-events", "onset", Effect.ONSET_AND_DURATION),
        ("NOT-PLAUSIBLE", "lab-results", "value", Effect.VALUE),
        ("REFERENCE-TO-ITSELF", "adverse-events", "worsening_of", Effect.REFERENCE),
        ("NO-CONSENT", "subjects", "consent", None),
        ("NO-BASELINE", "infusions", "infused_at", None),
    ],
)
def test_what_a_finding_keeps_out(
    finding: str, kind: str, member: str, effect: Effect | None
) -> None:
    assert finding in KEEPS_OUT
    assert effect_of(finding, kind, member) is effect


@pytest.mark.parametrize(
    ("kept_out", "words"),
    [
        (KeptOut(Effect.FATAL), "any: fatal"),
        (KeptOut(Effect.RECORD, ("therapies",)), "therapies: record"),
        (
            KeptOut(Effect.UNKNOWN, ("adverse-events", "therapies"), "end"),
            "adverse-events therapies/end: unknown",
        ),
    ],
)
def test_an_effect_is_written_as_one_phrase(kept_out: KeptOut, words: str) -> None:
    assert str(kept_out) == words
