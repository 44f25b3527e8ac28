"""Duration of a confirmed response, from its first day to progression or death.

Source: the trial's endpoint definitions, DOR and DOCR with their alternatives; IMWG 2011 (Rajkumar
et al., Blood 2011) for deaths of other causes.
"""

from dataclasses import replace
from typing import Literal

from app.services.derivations.time_to_event.endpoint_facts import EndpointFacts, HorizonRule
from app.services.derivations.time_to_event.event_time import (
    CensoringReason,
    EventComponent,
    EventTime,
    days_from,
)
from app.services.derivations.time_to_event.progression_free_survival import (
    FDA,
    ProgressionReading,
    progression_free_survival,
)

DurationDefinition = Literal["pd_or_death", "DOR_IMWG", "pd_related_death"]


def duration_of_response(
    facts: EndpointFacts,
    *,
    definition: DurationDefinition = "pd_or_death",
    reading: ProgressionReading = FDA,
    horizon: HorizonRule = "data_cut",
    complete: bool = False,
) -> EventTime | None:
    """Give the time from the first day of response to progression or death; None: no responder.

    It ends where progression-free survival ends and for the same reason. With ``DOR_IMWG`` a death
    that was not due to the myeloma is censored, with ``pd_related_death`` every death that is not
    known to be due to it; both on the day of death, with code 9.

    Args:
        facts: the subject's facts.
        definition: which deaths end a response.
        reading: regime of censoring and named departures from it.
        horizon: what the horizon does.
        complete: of a complete response (DOCR), from the first confirmed CR or better.

    Source: the trial's endpoint definitions, DOR, DOCR, ``DOR_IMWG``, ``DOR_pd_related_death``.

    Decision: the two alternatives differ on a death of unknown cause: an event of ``DOR_IMWG``,
    which censors what is known to be of another cause, and none of ``pd_related_death``.
    """
    response = facts.first_complete_response if complete else facts.first_response
    if response is None or not facts.has_baseline:
        return None
    time = progression_free_survival(facts, reading=reading, horizon=horizon)
    if response.day > time.end:
        return None
    variant = (
        time.variant if definition == "pd_or_death" else f"{time.variant},{definition.lower()}"
    )
    time = replace(
        time,
        endpoint="DOCR" if complete else "DOR",
        variant=variant,
        start=response.day,
        days=days_from(response.day, time.end),
    )
    if time.observed and time.component is EventComponent.DEATH:
        due = facts.death.due_to_myeloma if facts.death is not None else None
        not_counted = (definition == "DOR_IMWG" and due is False) or (
            definition == "pd_related_death" and due is not True
        )
        if not_counted:
            return at_other_death(time)
    return time


def at_other_death(time: EventTime) -> EventTime:
    """Censor a time on a death that does not count."""
    return replace(
        time,
        censored=CensoringReason.OTHER_EVENT,
        description=CensoringReason.OTHER_EVENT.words,
        censored_at=EventComponent.DEATH.display,
    )
