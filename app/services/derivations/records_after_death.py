"""The records that show a subject alive after its death.

A partial date is after a death only if each day that it can mean is.

Source: the trial's endpoint definitions, integrity errors.
"""

from datetime import date

from app.services.derivations.possible_days import PossibleDays
from app.services.derivations.record_ref import RecordRef
from app.services.derivations.subject_history import SubjectHistory
from app.services.derivations.time_to_event.last_known_alive import alive_contact
from app.vocabularies.visits import VisitStatus


def further_infusions_after(history: SubjectHistory, died: date) -> list[RecordRef]:
    """Give the infusions after death, but for the first, which is the origin."""
    first = history.first_infusion
    return [
        infusion.record
        for infusion in history.infusions
        if infusion is not first and infusion.day > died
    ]


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


def _after(days: PossibleDays | None, died: date) -> bool:
    return days is not None and days.earliest > died
