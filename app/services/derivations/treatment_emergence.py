"""From which day an adverse event counts as after the infusion.

Source: ICH E9, treatment-emergent; the trial's protocol and endpoint definitions, adverse events.
"""

import uuid
from collections.abc import Mapping
from datetime import date

from app.services.derivations.partial_dates import ImputedDay
from app.services.derivations.safety_follow_up import SafetyFollowUp
from app.services.derivations.subject_history import AdverseEvent


def emerged_on(
    event: AdverseEvent,
    onset: date,
    end: ImputedDay | None,
    others: Mapping[uuid.UUID, AdverseEvent],
    follow_up: SafetyFollowUp,
) -> date | None:
    """Give the day from which an event counts as after the infusion; None: it began before.

    Decision: dates decide between two days, and the clock only on the infusion day itself. A
    worsening whose record kept an onset before the infusion counts from the infusion, unless it
    had ended by then, or both grades are known and the second is not higher.
    """
    infused_on, infused_at = follow_up.infused_on, follow_up.infused_at
    if infused_on is None or infused_at is None:
        return None
    ended_at = event.end.instant if event.end else None
    ended_before = (ended_at is not None and ended_at < infused_at) or (
        end is not None and end.day < infused_on
    )
    began_before = onset < infused_on or (
        onset == infused_on and event.onset.instant is not None and event.onset.instant < infused_at
    )
    if not (began_before or ended_before):
        return onset
    return infused_on if _worsened(event, others) and not ended_before else None


def _worsened(event: AdverseEvent, others: Mapping[uuid.UUID, AdverseEvent]) -> bool:
    if event.worsening_of is None:
        return False
    before = others.get(event.worsening_of)
    if before is None or before.grade is None or event.grade is None:
        return True
    return event.grade > before.grade
