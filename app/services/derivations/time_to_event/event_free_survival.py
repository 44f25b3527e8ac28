"""Event-free survival: from the origin to the first of the events that the trial counts.

Source: the trial's registration, which names no event but death, and its endpoint definitions, EFS
with its alternatives.
"""

from dataclasses import replace
from functools import partial

from app.services.derivations.time_to_event.adequate_assessments import (
    assessment_word,
    last_adequate,
    why_no_progression,
)
from app.services.derivations.time_to_event.endpoint_facts import EndpointFacts, HorizonRule
from app.services.derivations.time_to_event.event_time import (
    EventComponent,
    EventTime,
    Happening,
    event,
)
from app.services.derivations.time_to_event.horizon import censored, under_horizon
from app.services.derivations.time_to_event.overall_survival import overall_survival
from app.trial.policy import EFS_COMPONENTS, EfsComponent, EfsDefinition


def event_free_survival(
    facts: EndpointFacts,
    *,
    definition: EfsDefinition = "composite",
    horizon: HorizonRule = "data_cut",
) -> EventTime:
    """Give the time to the first event of a definition, else to the last adequate assessment.

    ``composite``: progression, death, new anti-myeloma therapy; ``pfs`` without the therapy;
    ``plus_no_response`` and ``plus_toxicity`` with one more. Neither new therapy nor missed
    evaluations censor. On one day progression goes before death, and death before the others.
    ``death_only`` is the registered text, to death or last follow-up: it is overall survival.

    Source: the trial's endpoint definitions, EFS.

    Decision: no response is an event on the day of the adequate assessment nearest to the target of
    the month 3 evaluation, ties the later, when no confirmed PR or better had begun by then;
    without an assessment in that window it is not known, and no event. Sources name no toxicity: it
    is the onset of CRS or ICANS of ASTCT grade 4 or 5, life-threatening effects of the cells.
    """
    if definition == "death_only":
        survival = overall_survival(facts, horizon=horizon)
        return replace(survival, endpoint="EFS", variant=definition)
    return under_horizon(partial(_event_free, definition), facts, horizon)


def _event_free(definition: EfsDefinition, facts: EndpointFacts) -> EventTime:
    happened = [
        (happening, component)
        for name in EFS_COMPONENTS[definition]
        for happening, component in [_component(name, facts)]
        if happening is not None
    ]
    if happened:
        first, component = min(happened, key=lambda found: found[0].day)
        return event("EFS", definition, facts.origin, first, component)
    last = last_adequate(facts)
    reason = why_no_progression(facts, new_therapy=False)
    return censored("EFS", definition, facts, last, reason, assessment_word(facts, last))


def _component(name: EfsComponent, facts: EndpointFacts) -> tuple[Happening | None, EventComponent]:
    match name:
        case "PD":
            progression = facts.progression if facts.has_baseline else None
            return progression, EventComponent.PROGRESSION
        case "death":
            return facts.death, EventComponent.DEATH
        case "new_therapy":
            return facts.new_therapy, EventComponent.NEW_THERAPY
        case "no_response":
            return _no_response(facts), EventComponent.NO_RESPONSE
        case "toxicity":
            return facts.severe_toxicity, EventComponent.TOXICITY


def _no_response(facts: EndpointFacts) -> Happening | None:
    due = facts.response_due
    if due is None or not facts.has_baseline:
        return None
    visits = [visit for visit in facts.visits if due.holds(visit.day)]
    if not visits:
        return None
    month_3 = min(visits, key=lambda visit: (abs(visit.day - due.target), due.target - visit.day))
    responded = facts.first_response is not None and facts.first_response.day <= month_3.day
    return None if responded else Happening(day=month_3.day, records=month_3.records)
