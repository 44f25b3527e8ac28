"""Times from an origin to an event, or to the day from which no more is known.

Source: CDISC ADaM Basic Data Structure for Time-to-Event Analyses 1.0 (STARTDT, ADT, AVAL, CNSR,
EVNTDESC, CNSDTDSC); the trial's endpoint definitions, censoring codes.
"""

from dataclasses import dataclass
from datetime import date
from enum import IntEnum
from typing import Final

from app.services.derivations.partial_dates import ImputedPart
from app.services.derivations.record_ref import RecordRef
from app.vocabularies.concept import Concept


class CensoringReason(IntEnum):
    """Why a time was censored (CNSR); 0: it was not, the event was observed."""

    EVENT = 0
    ONGOING = 1
    NEW_THERAPY = 2
    MISSED_VISITS = 3
    NO_POST_BASELINE = 4
    NO_BASELINE = 5
    LOST = 6
    WITHDREW = 7
    HORIZON = 8
    OTHER_EVENT = 9
    """An event that does not count here: a death not due to progression, say."""

    @property
    def words(self) -> str:
        """What the code means."""
        return _WORDS[self]


_WORDS: Final = {
    CensoringReason.EVENT: "event",
    CensoringReason.ONGOING: "ongoing at the data cut-off",
    CensoringReason.NEW_THERAPY: "new anti-myeloma therapy",
    CensoringReason.MISSED_VISITS: "two or more assessments missed before the event",
    CensoringReason.NO_POST_BASELINE: "no adequate assessment after baseline",
    CensoringReason.NO_BASELINE: "no baseline assessment of the disease",
    CensoringReason.LOST: "lost to follow-up",
    CensoringReason.WITHDREW: "withdrew consent",
    CensoringReason.HORIZON: "horizon of the trial reached",
    CensoringReason.OTHER_EVENT: "death not due to progression",
}


class EventComponent(Concept):
    """Which happening an event is."""

    PROGRESSION = "PD", "progressive disease"
    CLINICAL_PROGRESSION = "clinical_PD", "progression by clinical judgement"
    DEATH = "death", "death"
    NEW_THERAPY = "new_therapy", "start of new anti-myeloma therapy"
    NO_RESPONSE = "no_response", "no response at month 3"
    TOXICITY = "toxicity", "CRS or ICANS of grade 4 or 5"
    RESPONSE = "response", "first response"


@dataclass(frozen=True, slots=True, kw_only=True)
class Happening:
    """Something that happened on one day, and the records that tell of it."""

    day: date
    records: tuple[RecordRef, ...] = ()
    imputed: ImputedPart | None = None
    """What of the day was imputed; None: nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EventTime:
    """One subject's time to one endpoint: a row of ADTTE."""

    endpoint: str
    """Such as ``PFS`` (PARAMCD)."""
    variant: str
    """The definition it follows, such as ``FDA``."""
    start: date
    """The origin (STARTDT)."""
    end: date
    """Day of the event or of censoring (ADT)."""
    days: int
    """``end - start + 1`` (AVAL): an event on the origin is day 1."""
    censored: CensoringReason
    """0: the event was observed (CNSR)."""
    description: str
    """What happened, or why it was censored (EVNTDESC)."""
    censored_at: str | None = None
    """What the day of censoring is (CNSDTDSC); None: the event was observed."""
    component: EventComponent | None = None
    """Which event; for a time censored at an event that does not count, that one."""
    records: tuple[RecordRef, ...] = ()
    """What the end rests on."""
    imputed: ImputedPart | None = None
    """What of the end was imputed; None: nothing (ADTF)."""
    overdue_contact: bool = False
    """Ongoing, but not heard of for longer than the protocol allows."""

    @property
    def observed(self) -> bool:
        """Whether the event was observed."""
        return self.censored is CensoringReason.EVENT


def days_from(start: date, end: date) -> int:
    """Give a time in days, 1 on the origin itself.

    Raises:
        ValueError: the end lies before the origin; dates out of order are data errors.

    Source: the trial's endpoint definitions, conventions, AVAL.
    """
    days = (end - start).days + 1
    if days < 1:
        raise ValueError("a time to an event does not end before its origin")
    return days


def event(
    endpoint: str, variant: str, start: date, happening: Happening, component: EventComponent
) -> EventTime:
    """Give the time of an event that was observed."""
    return EventTime(
        endpoint=endpoint,
        variant=variant,
        start=start,
        end=happening.day,
        days=days_from(start, happening.day),
        censored=CensoringReason.EVENT,
        description=component.display,
        component=component,
        records=happening.records,
        imputed=happening.imputed,
    )


def competing_status(time: EventTime) -> int:
    """Give the status of a competing-risks analysis.

    0: censored; 1: the event of interest; 2: a competing event, at which the time was censored.

    Source: the trial's endpoint definitions, competing risks.
    """
    if time.observed:
        return 1
    return 2 if time.censored is CensoringReason.OTHER_EVENT else 0
