"""The last day a subject is known to have been alive, and why contact ended.

Source: the trial's endpoint definitions, time to event, LKA and partial dates.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from app.services.criteria.imwg.merging import PARTS
from app.services.derivations.partial_dates import ImputedPart, imputed_part
from app.services.derivations.possible_days import PossibleDays
from app.services.derivations.record_ref import RecordRef
from app.services.derivations.reported_death import reported_death
from app.services.derivations.subject_history import Assessment, FollowUp, SubjectHistory
from app.vocabularies.adverse_events import Outcome
from app.vocabularies.follow_up import SurvivalStatus
from app.vocabularies.kinetics import NotEvaluableReason
from app.vocabularies.visits import VisitStatus


@dataclass(frozen=True, slots=True, kw_only=True)
class EvidenceOfLife:
    """A day on which the subject was alive, and the record that shows it."""

    day: date
    record: RecordRef
    imputed: ImputedPart | None = None
    """What of the day was imputed; None: nothing."""


def evidence_of_life(history: SubjectHistory) -> EvidenceOfLife | None:
    """Give the latest evidence of life, also beyond the data cut; None: there is none.

    It is the latest day of a visit that took place, an evaluation or a part of one, a sample, an
    examination, an infusion or what prepares it, an onset or end of an adverse event, a start or
    end of a therapy, or a contact with the living subject. A death that can only have come after
    the data cut shows the subject alive until then.

    Source: the trial's endpoint definitions, LKA, if it can have been observed.

    A day later than the one on which it was recorded is evidence of nothing.

    Decision: of a subject lost the last contact counts and not the day the loss was declared; the
    day a death was learnt is none, nor the end of an adverse event that was fatal. What is dated
    after the last day a death can mean is an error of its own and no evidence. A date without a
    month is not used, and one without a day is the 1st of its month.
    """
    report = reported_death(history)
    reported = report.death if report is not None else None
    died = reported.latest if reported is not None else date.max
    latest: tuple[date, RecordRef, PossibleDays | None] | None = None
    if (
        report is not None
        and reported is not None
        and reported.earliest > history.data_cut
        and history.may_have_seen(report.record, reported.earliest)
    ):
        latest = (reported.earliest, report.record, None)
    for record, day, days in _evidence(history):
        if day > died or not history.may_have_seen(record, day):
            continue
        if latest is None or day > latest[0]:
            latest = (day, record, days)
    if latest is None:
        return None
    day, record, days = latest
    return EvidenceOfLife(day=day, record=record, imputed=imputed_part(days) if days else None)


def last_known_alive(evidence: EvidenceOfLife | None, *, until: date) -> date | None:
    """Give the last day known alive up to a day, such as the earlier of cut and horizon.

    Evidence beyond it shows the subject alive on it. None: there is no evidence at all.
    """
    return None if evidence is None else min(evidence.day, until)


_Evidence = tuple[RecordRef, date, PossibleDays | None]


def _evidence(history: SubjectHistory) -> Iterator[_Evidence]:
    yield from _exact(history)
    for record, days in _partial(history):
        if days.earliest == days.latest or days.month_known:
            yield record, days.earliest, days


def _exact(history: SubjectHistory) -> Iterator[_Evidence]:
    enrolment = history.enrolment
    if enrolment is not None:
        for day in (enrolment.consented_on, enrolment.enrolled_on):
            if day is not None:
                yield enrolment.record, day, None
    for preparation in history.preparations:
        for day in preparation.leukapheresis_on:
            yield preparation.record, day, None
    for infusion in history.infusions:
        yield infusion.record, infusion.day, None
    for assessment in history.assessments:
        yield assessment.record, last_collected_on(assessment), None
    for examination in history.neuro_assessments:
        yield examination.record, examination.assessed_at.date(), None
    yield from (
        (visit.record, visit.visited_on, None)
        for visit in history.visits
        if visit.status is VisitStatus.DONE and visit.visited_on is not None
    )


def _partial(history: SubjectHistory) -> Iterator[tuple[RecordRef, PossibleDays]]:
    for value in history.lab_values:
        yield value.record, value.collected
    for sample in history.kinetics:
        if sample.not_evaluable is not NotEvaluableReason.NOT_COLLECTED:
            yield sample.record, sample.collected
    for event in history.adverse_events:
        fatal = event.outcome is Outcome.FATAL
        yield from _days_of(event.record, event.onset, None if fatal else event.end)
    for therapy in history.therapies:
        yield from _days_of(therapy.record, therapy.start, therapy.end)
    for preparation in history.preparations:
        yield from _days_of(
            preparation.record, preparation.bridging_from, *preparation.lymphodepletion
        )
    for follow_up in history.follow_ups:
        yield from _days_of(follow_up.record, alive_contact(follow_up))


def _days_of(
    record: RecordRef, *days: PossibleDays | None
) -> Iterator[tuple[RecordRef, PossibleDays]]:
    yield from ((record, day) for day in days if day is not None)


def last_collected_on(assessment: Assessment) -> date:
    """Give the last day that anything of an evaluation was collected on."""
    evaluation = assessment.evaluation
    days = [evaluation.anchor, *assessment.not_plausible_on]
    for name in PARTS:
        part: Any = getattr(evaluation, name)
        if part is not None:
            day = getattr(part, "collected_on", None) or getattr(part, "imaged_on", None)
            if day is not None:
                days.append(day)
    return max(days)


def alive_contact(follow_up: FollowUp) -> PossibleDays | None:
    """Give when a follow-up shows the subject alive; None: it tells of a death, or of nobody."""
    match follow_up.status:
        case SurvivalStatus.ALIVE | SurvivalStatus.COMPLETED:
            return follow_up.contacted_on
        case SurvivalStatus.LOST:
            return follow_up.last_contact_on
        case SurvivalStatus.WITHDREW:
            if follow_up.withdrew_on is not None:
                return PossibleDays.on(follow_up.withdrew_on)
            return follow_up.contacted_on
        case SurvivalStatus.DIED:
            return None
