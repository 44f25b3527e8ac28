"""The last adequate assessment of a subject, and what was missed after it.

Source: the trial's endpoint definitions, adequate assessment and PFS censoring.
"""

from datetime import date, timedelta
from typing import Final

from app.services.derivations.time_to_event.endpoint_facts import AdequateVisit, EndpointFacts
from app.services.derivations.time_to_event.event_time import CensoringReason, Happening
from app.services.derivations.time_to_event.horizon import LAST_ASSESSMENT, why_follow_up_ended

MISSED_ALLOWED: Final = 1
"""Scheduled evaluations that may be missed before an event of the FDA regime."""


def last_adequate(
    facts: EndpointFacts, *, up_to: date = date.max, before: date = date.max
) -> Happening:
    """Give the last adequate assessment; the origin where there is none, or no baseline.

    Args:
        facts: the subject's facts.
        up_to: last day that is looked at.
        before: first day that is not.
    """
    last: AdequateVisit | None = None
    for visit in facts.visits if facts.has_baseline else ():
        if visit.day > up_to or visit.day >= before:
            break
        last = visit
    if last is None:
        return Happening(day=facts.origin)
    return Happening(day=last.day, records=last.records)


def evaluations_missed(facts: EndpointFacts, last: date, happened: date) -> bool:
    """Tell whether two or more whole windows lie between the last assessment and an event."""
    if facts.missed_after_days is not None and not facts.windows:
        return happened - last > timedelta(days=facts.missed_after_days)
    missed = sum(last < window.first_day and window.last_day < happened for window in facts.windows)
    return missed > MISSED_ALLOWED


def why_no_progression(facts: EndpointFacts, *, new_therapy: bool) -> CensoringReason:
    """Tell why no event of the disease was seen: the first reason that applies.

    Args:
        facts: the subject's facts.
        new_therapy: new therapy censors here, and has begun.

    Source: the trial's endpoint definitions, reasons when censored without an event.
    """
    if not facts.has_baseline:
        return CensoringReason.NO_BASELINE
    if not facts.visits:
        return CensoringReason.NO_POST_BASELINE
    if new_therapy:
        return CensoringReason.NEW_THERAPY
    return why_follow_up_ended(facts)


def assessment_word(facts: EndpointFacts, last: Happening) -> str:
    """Say what the day of a censoring at the last adequate assessment is."""
    if last.records or last.day != facts.origin:
        return LAST_ASSESSMENT
    return "infusion" if facts.origin == facts.infused_on else "enrolment"
