"""Time to the next treatment of the myeloma.

Source: the trial's endpoint definitions, TTNT and its alternatives; IMWG consensus on endpoints.
"""

from functools import partial
from typing import Literal

from app.services.derivations.time_to_event.endpoint_facts import EndpointFacts, HorizonRule
from app.services.derivations.time_to_event.event_time import (
    CensoringReason,
    EventComponent,
    EventTime,
    event,
)
from app.services.derivations.time_to_event.horizon import (
    at_last_known_alive,
    censored,
    under_horizon,
)

NextTreatmentDefinition = Literal["TTNT", "TTNT_therapy_only"]


def time_to_next_treatment(
    facts: EndpointFacts,
    *,
    definition: NextTreatmentDefinition = "TTNT",
    horizon: HorizonRule = "data_cut",
) -> EventTime:
    """Give the time to new anti-myeloma therapy or death, else to the day last known alive.

    With ``TTNT_therapy_only`` a death is no event: it censors, as code 9. The status of the same
    time, see :func:`~app.services.derivations.time_to_event.event_time.competing_status`, makes
    death a competing risk.

    Source: the trial's endpoint definitions, TTNT, ``TTNT_therapy_only`` and ``TTNT_competing``.

    Decision: therapy that starts on the day of death is the event.
    """
    return under_horizon(partial(_next_treatment, definition), facts, horizon)


def _next_treatment(definition: NextTreatmentDefinition, facts: EndpointFacts) -> EventTime:
    therapy, death = facts.new_therapy, facts.death
    if therapy is not None and (death is None or therapy.day <= death.day):
        return event("TTNT", definition, facts.origin, therapy, EventComponent.NEW_THERAPY)
    if death is None:
        return at_last_known_alive("TTNT", definition, facts)
    if definition == "TTNT":
        return event("TTNT", definition, facts.origin, death, EventComponent.DEATH)
    return censored(
        "TTNT",
        definition,
        facts,
        death,
        CensoringReason.OTHER_EVENT,
        EventComponent.DEATH.display,
        EventComponent.DEATH,
    )
