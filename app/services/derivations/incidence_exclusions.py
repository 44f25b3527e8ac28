"""Which adverse events are listed and count in no incidence.

Source: the trial's protocol, adverse events: progression is none, and a sign of another event is
part of it.
"""

import uuid
from collections.abc import Mapping
from typing import Final

from app.services.derivations.analysed_adverse_event import LeftOut
from app.services.derivations.subject_history import AdverseEvent
from app.trial.adverse_events import AdverseEventRules
from app.vocabularies.adverse_events import AesiKind

PROGRESSION_TERM: Final = "Disease progression"
"""CTCAE 5.0 term."""


def left_out(
    event: AdverseEvent, others: Mapping[uuid.UUID, AdverseEvent], rules: AdverseEventRules
) -> LeftOut | None:
    """Give why an event counts in no incidence; None: it counts."""
    if event.aesi_kind is AesiKind.PREGNANCY:
        return LeftOut.PREGNANCY
    if event.term == PROGRESSION_TERM and not rules.progression_is_event:
        return LeftOut.PROGRESSION
    if not rules.symptoms_are_counted and _is_sign_of_another(event, others):
        return LeftOut.SYMPTOM
    return None


def _is_sign_of_another(event: AdverseEvent, others: Mapping[uuid.UUID, AdverseEvent]) -> bool:
    """Tell whether a chain of ``symptom_of`` ends at another event that stands.

    Decision: a sign whose event is missing, ignored or, by mistake, its own sign counts itself.
    """
    seen = {event.record.record_id}
    at = event
    while at.symptom_of is not None and (named := others.get(at.symptom_of)) is not None:
        if named.record.record_id in seen:
            return False
        seen.add(named.record.record_id)
        at = named
    return at is not event
