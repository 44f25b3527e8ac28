"""What the horizon does to a time, and why a time without an event ends.

Source: the trial's endpoint definitions, conventions (horizon) and the reasons of censoring.
"""

from collections.abc import Callable
from dataclasses import replace
from typing import Final, TypeVar

from app.services.derivations.time_to_event.endpoint_facts import (
    EndpointFacts,
    HorizonRule,
    within_horizon,
)
from app.services.derivations.time_to_event.event_time import (
    CensoringReason,
    EventComponent,
    EventTime,
    Happening,
    days_from,
)

LAST_KNOWN_ALIVE: Final = "last known alive"
LAST_ASSESSMENT: Final = "last adequate assessment"
ON_HORIZON: Final = "horizon"

Time = TypeVar("Time", EventTime, EventTime | None)


def under_horizon(
    derive: Callable[[EndpointFacts], Time], facts: EndpointFacts, rule: HorizonRule
) -> Time:
    """Derive a time under one of the three rules of the horizon.

    ``data_cut``: nothing after the horizon counts. ``truncate``: the time is derived from all that
    is known at the data cut, and one that goes beyond the horizon is censored on it. ``none``: the
    horizon is not applied.

    Source: the trial's endpoint definitions, conventions, horizon.
    """
    if rule == "data_cut":
        return derive(within_horizon(facts))
    if rule == "none":
        return derive(replace(facts, horizon=None))
    time = derive(facts)
    horizon = facts.horizon
    if time is None or horizon is None or time.end <= horizon:
        return time
    return replace(
        time,
        end=horizon,
        days=days_from(time.start, horizon),
        censored=CensoringReason.HORIZON,
        description=CensoringReason.HORIZON.words,
        censored_at=ON_HORIZON,
        component=None,
        imputed=None,
        overdue_contact=False,
    )


def why_follow_up_ended(facts: EndpointFacts) -> CensoringReason:
    """Tell why a subject is followed no further: lost, withdrew, horizon, else ongoing.

    The horizon counts only for a subject who was seen in or after the window of the last scheduled
    evaluation; one who was not heard of for long is ongoing, and overdue.

    Source: the trial's endpoint definitions, reasons of censoring 6, 7, 8 and 1.
    """
    ended = facts.contact_end
    if ended is not None and ended.day <= facts.closes_on:
        return ended.reason
    if facts.horizon is not None and facts.cut >= facts.horizon:
        seen_from = facts.last_window_from or facts.horizon
        if facts.last_known_alive >= seen_from:
            return CensoringReason.HORIZON
    return CensoringReason.ONGOING


def censored(
    endpoint: str,
    variant: str,
    facts: EndpointFacts,
    happening: Happening,
    reason: CensoringReason,
    censored_at: str,
    component: EventComponent | None = None,
) -> EventTime:
    """Give a time that was censored on the day of a happening."""
    return EventTime(
        endpoint=endpoint,
        variant=variant,
        start=facts.origin,
        end=happening.day,
        days=days_from(facts.origin, happening.day),
        censored=reason,
        description=reason.words if component is None else component.display,
        censored_at=censored_at,
        component=component,
        records=happening.records,
        imputed=happening.imputed,
        overdue_contact=reason is CensoringReason.ONGOING and facts.overdue_contact,
    )


def at_last_known_alive(endpoint: str, variant: str, facts: EndpointFacts) -> EventTime:
    """Give a time that was censored on the last day known alive, with the reason."""
    seen = Happening(
        day=facts.last_known_alive, records=(facts.last_seen,) if facts.last_seen else ()
    )
    return censored(endpoint, variant, facts, seen, why_follow_up_ended(facts), LAST_KNOWN_ALIVE)
