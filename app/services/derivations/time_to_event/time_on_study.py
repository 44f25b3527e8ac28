"""How long a subject was on study after the infusion, and what ended it.

Source: the trial's endpoint definitions, horizon, last known alive and end of contact.
"""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from app.services.derivations.time_to_event.endpoint_facts import EndpointFacts
from app.services.derivations.time_to_event.event_time import CensoringReason


class StudyEnd(StrEnum):
    """What ended a subject's time on study."""

    DIED = "died"
    LOST = "lost"
    WITHDREW = "withdrew"
    OFF_STUDY = "off_study"
    COMPLETED = "completed"
    """The trial's horizon was reached."""
    ONGOING = "ongoing"


@dataclass(frozen=True, slots=True, kw_only=True)
class TimeOnStudy:
    """The last day on study, and why it was the last."""

    until: date
    end: StudyEnd


def time_on_study(facts: EndpointFacts, *, off_study_on: date | None) -> TimeOnStudy:
    """Give the last day on study of an infused subject.

    Args:
        facts: as of the earlier of data cut and horizon.
        off_study_on: day the subject left the trial, by its enrolment record.

    Decision: of several ends the first counts, of one day death before loss or withdrawal before
    leaving; who goes on, or has reached the horizon, was on study up to the last day known alive.
    No time on study ends before the infusion, whatever contradictory records say.
    """
    ends: list[tuple[date, StudyEnd]] = []
    if facts.death is not None:
        ends.append((facts.death.day, StudyEnd.DIED))
    if facts.contact_end is not None:
        lost = facts.contact_end.reason is CensoringReason.LOST
        ends.append((facts.contact_end.day, StudyEnd.LOST if lost else StudyEnd.WITHDREW))
    if off_study_on is not None:
        ends.append((off_study_on, StudyEnd.OFF_STUDY))
    ends = [(day, end) for day, end in ends if day <= facts.closes_on]
    if ends:
        until, end = min(ends, key=lambda one: one[0])
    else:
        reached = facts.horizon is not None and facts.cut >= facts.horizon
        until, end = facts.last_known_alive, StudyEnd.COMPLETED if reached else StudyEnd.ONGOING
    return TimeOnStudy(until=max(until, facts.infused_on or facts.origin), end=end)
