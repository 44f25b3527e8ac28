"""The records of a subject that are dated after its death.

A partial date is after a death only if each day that it can mean is.

Source: the trial's endpoint definitions, integrity errors.
"""

from datetime import date

from app.services.derivations.last_known_alive import alive_contact, last_collected_on
from app.services.derivations.subject_history import PossibleDays, RecordRef, SubjectHistory
from app.vocabularies.adverse_events import Outcome
from app.vocabularies.kinetics import NotEvaluableReason
from app.vocabularies.visits import VisitStatus


def further_infusions_after(history: SubjectHistory, died: date) -> list[RecordRef]:
    """Give the infusions after death, but for the first, which is the origin."""
    first = history.first_infusion
    return [one.record for one in history.infusions if one is not first and one.day > died]


def evaluations_after(history: SubjectHistory, died: date) -> list[RecordRef]:
    """Give the disease evaluations of which anything is dated after death."""
    return [one.record for one in history.assessments if last_collected_on(one) > died]


def contacts_after(history: SubjectHistory, died: date) -> list[RecordRef]:
    """Give the visits done, and the contacts with the living, after death."""
    visits = [
        visit.record
        for visit in history.visits
        if visit.status is VisitStatus.DONE
        and visit.visited_on is not None
        and visit.visited_on > died
    ]
    contacts = [
        follow_up.record
        for follow_up in history.follow_ups
        if _after(alive_contact(follow_up), died)
    ]
    return visits + contacts


def therapies_after(history: SubjectHistory, died: date, *, anti_myeloma: bool) -> list[RecordRef]:
    """Give the anti-myeloma therapies begun after death, or any others that began or ended then."""
    return [
        one.record
        for one in history.therapies
        if (one.is_anti_myeloma and _after(one.start, died)) is anti_myeloma
        and (_after(one.start, died) or _after(one.end, died))
    ]


def adverse_events_after(history: SubjectHistory, died: date) -> list[RecordRef]:
    """Give the adverse events that began or ended after death.

    Decision: the end of a fatal event is the death, whatever day the record has, so that the event
    that killed is not lost over a date.
    """
    return [
        one.record
        for one in history.adverse_events
        if _after(one.onset, died) or (_after(one.end, died) and one.outcome is not Outcome.FATAL)
    ]


def samples_after(history: SubjectHistory, died: date) -> list[RecordRef]:
    """Give the samples taken, and the neurological examinations made, after death."""
    values = [one.record for one in history.lab_values if one.collected.earliest > died]
    samples = [
        one.record
        for one in history.kinetics
        if one.collected.earliest > died
        and one.not_evaluable is not NotEvaluableReason.NOT_COLLECTED
    ]
    examined = [one.record for one in history.neuro_assessments if one.assessed_at.date() > died]
    return values + samples + examined


def _after(days: PossibleDays | None, died: date) -> bool:
    return days is not None and days.earliest > died
