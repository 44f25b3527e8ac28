"""Time to progression: as progression-free survival, with deaths censored.

Source: the trial's endpoint definitions, TTP.
"""

from dataclasses import replace

from app.services.derivations.time_to_event.duration_of_response import at_other_death
from app.services.derivations.time_to_event.endpoint_facts import EndpointFacts, HorizonRule
from app.services.derivations.time_to_event.event_time import EventComponent, EventTime
from app.services.derivations.time_to_event.progression_free_survival import (
    FDA,
    ProgressionReading,
    progression_free_survival,
)


def time_to_progression(
    facts: EndpointFacts,
    *,
    reading: ProgressionReading = FDA,
    horizon: HorizonRule = "data_cut",
) -> EventTime:
    """Give the time to confirmed progression; a death without it censors on its day, as code 9.

    Source: the trial's endpoint definitions, TTP.

    Decision: a death that progression-free survival itself censors, after new therapy or missed
    evaluations, is censored where that does.
    """
    time = progression_free_survival(facts, reading=reading, horizon=horizon)
    time = replace(time, endpoint="TTP")
    if time.observed and time.component is EventComponent.DEATH:
        return at_other_death(time)
    return time
