"""Overall survival: from the origin to death of any cause.

Source: the trial's endpoint definitions, events and censoring.
"""

from app.services.derivations.time_to_event.endpoint_facts import EndpointFacts, HorizonRule
from app.services.derivations.time_to_event.event_time import EventComponent, EventTime, event
from app.services.derivations.time_to_event.horizon import at_last_known_alive, under_horizon


def overall_survival(facts: EndpointFacts, *, horizon: HorizonRule = "data_cut") -> EventTime:
    """Give the time to death of any cause, else to the day last known alive.

    New anti-myeloma therapy never censors it.

    Source: the trial's endpoint definitions, OS.
    """
    return under_horizon(_overall_survival, facts, horizon)


def _overall_survival(facts: EndpointFacts) -> EventTime:
    if facts.death is not None:
        return event("OS", "any_cause", facts.origin, facts.death, EventComponent.DEATH)
    return at_last_known_alive("OS", "any_cause", facts)
