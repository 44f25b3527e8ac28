"""A subject's history without the dates that cannot be: later than recorded, or after the death.

What a wrong date takes out is said by :mod:`app.services.derivations.error_effects`, and only
that: mostly a member, sometimes a record, never a subject and never a serious adverse event.

Source: the trial's endpoint definitions, section 11.6; section 1, if it can have been observed.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date
from typing import Final

from app.services.derivations.date_sieve import DateSieve
from app.services.derivations.error_effects import (
    AE_END_AFTER_DEATH,
    DATE_AFTER_DEATH,
    DATE_IN_FUTURE,
    THERAPY_AFTER_DEATH,
    Effect,
    ErrorClass,
)
from app.services.derivations.error_rules import DataError, ErrorRule
from app.services.derivations.possible_days import PossibleDays
from app.services.derivations.record_ref import RecordRef
from app.services.derivations.reported_death import reported_death
from app.services.derivations.subject_history import (
    AdverseEvent,
    FollowUp,
    Preparation,
    SubjectHistory,
    Therapy,
)
from app.vocabularies.adverse_events import Outcome
from app.vocabularies.follow_up import SurvivalStatus
from app.vocabularies.kinetics import NotEvaluableReason

NEW_THERAPY_START: Final = "start of new anti-myeloma therapy"


def without_wrong_dates(history: SubjectHistory) -> SubjectHistory:
    """Give the history without what cannot be, which it then names under ``set_aside``.

    A partial date is wrong only if each day that it can mean is. Of a date that can be, no day
    will be imputed that is later than the one on which it was recorded.

    Source: the trial's endpoint definitions, section 11.6.

    Decision: the future is judged first, so that a death that cannot be sets nothing aside. Of an
    evaluation whose own day can be, only the component with the wrong day is set aside. The end of
    a fatal event is the death, whatever day the record has. An anti-myeloma therapy that began
    before the death stays, without an end after it: only its start is used.
    """
    history = _observed(history)
    report = reported_death(history)
    died = report.death if report is not None else None
    if (
        report is not None
        and died is not None
        and died.earliest <= history.data_cut
        and history.may_have_seen(report.record, died.earliest)
    ):
        history = _up_to(history, died.latest, report.record)
    found: list[DataError] = []
    events = tuple(_agreeing(event, found) for event in history.adverse_events)
    return replace(history, adverse_events=events, set_aside=_joined(history.set_aside, found))


def _observed(history: SubjectHistory) -> SubjectHistory:
    """Set aside what is dated later than the day on which its version was recorded."""
    if not history.recorded_on:
        return history
    sieve = DateSieve(
        lambda record, day: not history.may_have_seen(record, day),
        DATE_IN_FUTURE,
        ErrorRule.DATE_IN_FUTURE,
    )
    for infusion in history.infusions:
        sieve.takes("infusions", infusion.record, infusion.day, "infused_at")
    kept = replace(
        _without_samples(history, sieve),
        visits=sieve.kept("visits", "visited_on", history.visits, lambda visit: visit.visited_on),
        preparations=tuple(
            _preparation(preparation, sieve) for preparation in history.preparations
        ),
        therapies=tuple(_therapies(history.therapies, sieve)),
        adverse_events=tuple(_adverse_event(event, sieve) for event in history.adverse_events),
        follow_ups=tuple(_follow_ups(history.follow_ups, sieve)),
    )
    kept = _imputed_no_later(kept)
    return replace(kept, set_aside=_joined(history.set_aside, sieve.found))


def _up_to(history: SubjectHistory, died: date, report: RecordRef) -> SubjectHistory:
    """Set aside what is dated after the last day that the death can mean."""
    sieve = DateSieve(
        lambda _, day: day > died,
        DATE_AFTER_DEATH,
        ErrorRule.SAMPLE_AFTER_DEATH,
        findings={
            ("therapies", "start"): THERAPY_AFTER_DEATH,
            ("therapies", "end"): THERAPY_AFTER_DEATH,
            ("adverse-events", "end"): AE_END_AFTER_DEATH,
        },
        rules={
            "assessments": ErrorRule.EVALUATION_AFTER_DEATH,
            "adverse-events": ErrorRule.ADVERSE_EVENT_AFTER_DEATH,
            "therapies": ErrorRule.THERAPY_AFTER_DEATH,
        },
        beside=(report,),
    )
    kept = replace(
        _without_samples(history, sieve),
        therapies=tuple(_therapies_up_to(history.therapies, sieve)),
        adverse_events=tuple(_adverse_event(event, sieve) for event in history.adverse_events),
    )
    return replace(kept, set_aside=_joined(history.set_aside, sieve.found))


def _without_samples(history: SubjectHistory, sieve: DateSieve) -> SubjectHistory:
    return replace(
        history,
        assessments=sieve.assessments(history.assessments),
        lab_values=sieve.kept(
            "lab-results", "collected_at", history.lab_values, lambda result: result.collected
        ),
        kinetics=sieve.kept(
            "kinetics",
            "collected_at",
            history.kinetics,
            lambda sample: (
                None
                if sample.not_evaluable is NotEvaluableReason.NOT_COLLECTED
                else sample.collected
            ),
        ),
        neuro_assessments=sieve.kept(
            "neuro-assessments",
            "assessed_at",
            history.neuro_assessments,
            lambda examination: examination.assessed_at.date(),
        ),
    )


def _preparation(preparation: Preparation, sieve: DateSieve) -> Preparation:
    doses = tuple(
        dose
        for dose in preparation.lymphodepletion
        if sieve.takes("preparations", preparation.record, dose, "lymphodepletion") is None
    )
    return replace(preparation, lymphodepletion=doses)


def _therapies(therapies: Iterable[Therapy], sieve: DateSieve) -> Iterator[Therapy]:
    for therapy in therapies:
        row = NEW_THERAPY_START if therapy.is_anti_myeloma else None
        if (
            sieve.takes("therapies", therapy.record, therapy.start, "start", row=row)
            is Effect.RECORD
        ):
            continue
        wrong = sieve.takes("therapies", therapy.record, therapy.end, "end") is Effect.UNKNOWN
        yield replace(therapy, end=None) if wrong else therapy


def _therapies_up_to(therapies: Iterable[Therapy], sieve: DateSieve) -> Iterator[Therapy]:
    of_myeloma = replace(sieve, rules={"therapies": ErrorRule.NEW_THERAPY_AFTER_DEATH})
    for therapy in therapies:
        by_start = of_myeloma if therapy.is_anti_myeloma else sieve
        if by_start.takes("therapies", therapy.record, therapy.start, "start"):
            continue
        if not sieve.takes("therapies", therapy.record, therapy.end, "end"):
            yield therapy
        elif therapy.is_anti_myeloma:
            yield replace(therapy, end=None)


def _adverse_event(event: AdverseEvent, sieve: DateSieve) -> AdverseEvent:
    onset, end = event.onset, event.end
    if sieve.takes("adverse-events", event.record, onset, "onset") is Effect.UNKNOWN:
        onset = None
    fatal = event.outcome is Outcome.FATAL and bool(sieve.beside)
    if not fatal and sieve.takes("adverse-events", event.record, end, "end") is Effect.UNKNOWN:
        end = None
    return (
        event if (onset, end) == (event.onset, event.end) else replace(event, onset=onset, end=end)
    )


def _follow_ups(follow_ups: Iterable[FollowUp], sieve: DateSieve) -> Iterator[FollowUp]:
    for contact in follow_ups:
        tells_of_death = contact.status is SurvivalStatus.DIED
        sieve.takes("follow-ups", contact.record, contact.death, "death_date")
        dates = (
            ("contacted_on", None if tells_of_death else contact.contacted_on),
            ("last_contact_on", contact.last_contact_on),
            ("withdrew_on", contact.withdrew_on),
        )
        wrong = [sieve.takes("follow-ups", contact.record, days, member) for member, days in dates]
        if Effect.RECORD not in wrong:
            yield contact


def _imputed_no_later(history: SubjectHistory) -> SubjectHistory:
    """Say of each partial date by which day it was recorded."""

    def by(days: PossibleDays | None, record: RecordRef) -> PossibleDays | None:
        if days is None or days.day is not None:
            return days
        return replace(days, observed_by=history.recorded_on.get(record.record_id))

    return replace(
        history,
        adverse_events=tuple(
            replace(event, onset=by(event.onset, event.record), end=by(event.end, event.record))
            for event in history.adverse_events
        ),
        therapies=tuple(
            replace(
                therapy,
                start=by(therapy.start, therapy.record),
                end=by(therapy.end, therapy.record),
            )
            for therapy in history.therapies
        ),
        follow_ups=tuple(
            replace(contact, death=by(contact.death, contact.record))
            for contact in history.follow_ups
        ),
    )


def _agreeing(event: AdverseEvent, errors: list[DataError]) -> AdverseEvent:
    """Take from an event an end before its onset, and a reference to itself."""
    own, onset, end = event.record.record_id, event.onset, event.end
    if onset is not None and end is not None and end.latest < onset.earliest:
        errors.append(
            DataError(
                error_class=ErrorClass.RECORD,
                rule=ErrorRule.ENDS_BEFORE_ONSET,
                records=(event.record,),
                member="end",
            )
        )
        event = replace(event, end=None)
    if own in {event.worsening_of, event.symptom_of, event.part_of_episode}:
        event = replace(
            event,
            worsening_of=None if event.worsening_of == own else event.worsening_of,
            symptom_of=None if event.symptom_of == own else event.symptom_of,
            part_of_episode=None if event.part_of_episode == own else event.part_of_episode,
        )
    return event


def _joined(known: Sequence[DataError], further: Iterable[DataError]) -> tuple[DataError, ...]:
    return tuple(dict.fromkeys((*known, *further)))
