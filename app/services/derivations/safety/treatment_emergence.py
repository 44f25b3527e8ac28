"""Whether an adverse event began before the infusion.

Source: ICH E9, treatment-emergent; the trial's protocol and endpoint definitions, adverse events.
"""

from app.services.derivations.moments import MomentOrder, order_of
from app.services.derivations.partial_dates import ImputedDay
from app.services.derivations.possible_days import PossibleDays
from app.services.derivations.subject_history import AdverseEvent


def began_before(
    event: AdverseEvent, onset: ImputedDay, end: ImputedDay | None, infusion: PossibleDays
) -> bool:
    """Tell whether an event began before the infusion started.

    An onset of which nothing is known is after it, unless the event ended, or was first recorded,
    before it. On the infusion day itself an onset without a time is after it, and an end without a
    time not before it.

    Args:
        event: the event as reported.
        onset: the day that stands for its onset.
        end: the day that stands for its end; None: it had not by the cut, or nobody says.
        infusion: the moment the first infusion started.

    Source: the trial's endpoint definitions, adverse events, order of two moments and unknown
    onset.
    Decision: an event that had ended before the infusion began before it, whatever day stands for
    its onset.
    """
    ended = None if end is None else _moment(event.end, end)
    if ended is not None and order_of(ended, infusion) is MomentOrder.BEFORE:
        return True
    if event.onset is not None:
        return order_of(_moment(event.onset, onset), infusion) is MomentOrder.BEFORE
    recorded = event.first_recorded
    return recorded is not None and order_of(recorded, infusion) is MomentOrder.BEFORE


def _moment(written: PossibleDays | None, stands: ImputedDay) -> PossibleDays:
    """Give the moment as written where its day is known, else the day that stands for it."""
    known = written is not None and written.day == stands.day
    return written if known and written is not None else PossibleDays.on(stands.day)
