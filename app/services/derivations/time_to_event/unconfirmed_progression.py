"""A progression that somebody reported, or the measurements showed, and nothing has confirmed."""

from datetime import date

from app.services.derivations.time_to_event.endpoint_facts import EndpointFacts


def unconfirmed_progression(facts: EndpointFacts, investigator: EndpointFacts) -> date | None:
    """Give the day of the first progression that is not confirmed; None: there is none.

    Args:
        facts: the subject by the source that is asked for.
        investigator: the same subject by what the investigator reported.

    Source: IMWG 2016 and the trial's endpoint definitions C7: a biochemical progression without a
    second evaluation is unconfirmed and is flagged.

    Decision: by any source a progression that the investigator reported, or judged clinically, is
    unconfirmed too as long as that source has none: it is shown and counts for nothing. Once a
    progression is confirmed, only what the source itself left waiting before that day is shown.
    """
    waiting = facts.unconfirmed_progression
    if facts.progression is not None:
        known = facts.progression.day
        return waiting.day if waiting is not None and waiting.day < known else None
    reported = (
        waiting,
        facts.clinical_progression,
        investigator.unconfirmed_progression,
        investigator.progression,
    )
    return min((happening.day for happening in reported if happening is not None), default=None)
