"""Time from the origin to a first, a complete, or the best response.

Source: the trial's endpoint definitions, TTR, TTCR, TTBR and ``TTR_all``.
"""

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

ResponseEndpoint = Literal["TTR", "TTCR", "TTBR"]


def time_to_response(
    facts: EndpointFacts,
    *,
    endpoint: ResponseEndpoint = "TTR",
    horizon: HorizonRule = "data_cut",
) -> EventTime | None:
    """Give the time to the first confirmed PR or better; None: no responder.

    ``TTCR`` is to the first confirmed CR or better, ``TTBR`` to the first visit with the best
    confirmed response of a responder. It describes responders alone.

    Source: the trial's endpoint definitions, TTR, TTCR, TTBR.

    Decision: with ``truncate`` a response after the horizon makes no responder, as for the duration
    of response: the time describes responders and has no censored values.
    """

    def derive(facts: EndpointFacts) -> EventTime | None:
        reached = {
            "TTR": facts.first_response,
            "TTCR": facts.first_complete_response,
            "TTBR": facts.best_response,
        }[endpoint]
        if reached is None or not facts.has_baseline:
            return None
        return event(endpoint, "responders", facts.origin, reached, EventComponent.RESPONSE)

    time = under_horizon(derive, facts, horizon)
    return time if time is not None and time.observed else None


def time_to_response_of_all(
    facts: EndpointFacts, *, horizon: HorizonRule = "data_cut"
) -> EventTime:
    """Give the time to first response, of those who did not respond to the end of observation.

    That end is the earliest of progression, death, new therapy and the day last known alive: after
    any of the first three a response no longer counts. Progression and death compete with a
    response and are code 9, new therapy is code 2.

    Source: the trial's endpoint definitions, ``TTR_all``; admiral 1.5, ``derive_param_tte``, event
    type positive.
    """
    return under_horizon(_of_all, facts, horizon)


def _of_all(facts: EndpointFacts) -> EventTime:
    if facts.first_response is not None and facts.has_baseline:
        return event("TTR", "all", facts.origin, facts.first_response, EventComponent.RESPONSE)
    other, new = CensoringReason.OTHER_EVENT, CensoringReason.NEW_THERAPY
    ends = [
        (happening, reason, component)
        for happening, reason, component in (
            (
                facts.progression if facts.has_baseline else None,
                other,
                EventComponent.PROGRESSION,
            ),
            (facts.death, other, EventComponent.DEATH),
            (facts.new_therapy, new, EventComponent.NEW_THERAPY),
        )
        if happening is not None
    ]
    if not ends:
        return at_last_known_alive("TTR", "all", facts)
    first, reason, component = min(ends, key=lambda end: end[0].day)
    return censored("TTR", "all", facts, first, reason, component.display, component)
