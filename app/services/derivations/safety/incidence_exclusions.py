"""Which adverse events are listed and count in no incidence.

Source: the trial's protocol, adverse events: progression is none, and a sign of another event is
part of it; fever, hypotension and hypoxia are inside the record of CRS, and organ toxicity from a
grade on is an event of its own.
"""

import uuid
from collections.abc import Mapping
from typing import Final

from app.services.derivations.safety.analysed_adverse_event import LeftOut
from app.services.derivations.subject_history import AdverseEvent
from app.trial.adverse_events import AdverseEventRules
from app.vocabularies.adverse_events import PROGRESSION_TERM, AesiKind

SIGNS_OF_CRS: Final = frozenset({"Fever", "Hypotension", "Hypoxia"})
"""CTCAE 5.0 terms of what the ASTCT grade of CRS is made of; every other is organ toxicity."""


def left_out(
    event: AdverseEvent, others: Mapping[uuid.UUID, AdverseEvent], rules: AdverseEventRules
) -> LeftOut | None:
    """Give why an event counts in no incidence; None: it counts."""
    if event.aesi_kind is AesiKind.PREGNANCY:
        return LeftOut.PREGNANCY
    if event.term == PROGRESSION_TERM and not rules.progression_is_event:
        return LeftOut.PROGRESSION
    if rules.symptoms_are_counted:
        return None
    whole = _whole_event(event, others)
    if whole is None or _is_organ_toxicity(event, whole, rules):
        return None
    return LeftOut.SYMPTOM


def _is_organ_toxicity(event: AdverseEvent, whole: AdverseEvent, rules: AdverseEventRules) -> bool:
    """Tell whether a sign of CRS is severe enough to count by itself; without a grade it is not."""
    of_crs = whole.aesi_kind is AesiKind.CRS and event.term not in SIGNS_OF_CRS
    return of_crs and event.grade is not None and event.grade >= rules.organ_toxicity_from_grade


def _whole_event(
    event: AdverseEvent, others: Mapping[uuid.UUID, AdverseEvent]
) -> AdverseEvent | None:
    """Give the other event that a chain of ``symptom_of`` ends at; None: it stands for itself.

    Decision: a sign whose event is missing, ignored or, by mistake, its own sign counts itself.
    """
    seen = {event.record.record_id}
    at = event
    while at.symptom_of is not None and (named := others.get(at.symptom_of)) is not None:
        if named.record.record_id in seen:
            return None
        seen.add(named.record.record_id)
        at = named
    return None if at is event else at
