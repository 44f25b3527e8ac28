"""Which day stands for a date that is known only to the month or the year.

Infusion, assessment, progression and response dates are never imputed. What is imputed says so, as
far up as it was: the flag of CDISC ADaM (ADTF).

Source: the trial's endpoint definitions, conventions, partial dates; ADaMIG 1.3, ADTF.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Final, Literal

from app.services.derivations.possible_days import PossibleDays

MID_MONTH: Final = 15
_NEXT: Final = timedelta(days=1)


class ImputedPart(StrEnum):
    """The highest part of a date that was imputed (ADTF)."""

    DAY = "D"
    MONTH = "M"
    """Month and day."""
    YEAR = "Y"


@dataclass(frozen=True, slots=True)
class ImputedDay:
    """A day, and how much of it was imputed; None: it is known to the day."""

    day: date
    imputed: ImputedPart | None = None


def imputed_part(days: PossibleDays) -> ImputedPart | None:
    """Tell what is not known of a date; None: it is known to the day."""
    if days.earliest == days.latest:
        return None
    if days.month_known:
        return ImputedPart.DAY
    return ImputedPart.MONTH if days.earliest.year == days.latest.year else ImputedPart.YEAR


def _observed(day: date, days: PossibleDays) -> date:
    """Give an imputed day, which is never later than the one on which its date was recorded.

    Source: the trial's endpoint definitions, section 1, if it can have been observed.
    """
    by = days.observed_by
    return day if by is None else max(min(day, by), days.earliest)


def death_day(
    died: PossibleDays,
    *,
    last_known_alive: date | None,
    data_cut: date,
    rule: Literal["mid", "first"] = "mid",
) -> ImputedDay:
    """Give the day of a death.

    A missing day is the 15th, or the 1st by ``first``, but after the day last known alive; a
    missing month is the day after that. It is never outside the days that the date can mean, nor
    after the data cut where the date leaves that open.

    Args:
        died: the death as far as it is known.
        last_known_alive: latest evidence of life that is not the death itself; None: there is none.
        data_cut: last day that counts.
        rule: what a missing day is.

    Source: the trial's endpoint definitions, partial dates, death.

    Decision: where last known alive is the month's last day, that day is the death's too.
    """
    if died.day is not None:
        return ImputedDay(died.day)
    day = died.earliest
    if died.month_known and rule == "mid":
        day = day.replace(day=MID_MONTH)
    if last_known_alive is not None:
        day = max(day, last_known_alive + _NEXT)
    latest = min(died.latest, data_cut) if died.earliest <= data_cut else died.latest
    return ImputedDay(_observed(min(max(day, died.earliest), latest), died), imputed_part(died))


def new_therapy_day(
    start: PossibleDays, *, infused_on: date, progressed_on: date | None = None
) -> ImputedDay | None:
    """Give the day new anti-myeloma therapy began; None: it lacks the month and is not used.

    A missing day is the 1st, but after the infusion. If progression lies in that month it is the
    day of progression, so that the progression stays the event.

    Source: the trial's endpoint definitions, partial dates, start of new anti-myeloma therapy.
    """
    if start.day is not None:
        return ImputedDay(start.day)
    if not start.month_known:
        return None
    if progressed_on is not None and start.earliest <= progressed_on <= start.latest:
        return ImputedDay(_observed(progressed_on, start), ImputedPart.DAY)
    day = max(start.earliest, infused_on + _NEXT)
    return ImputedDay(_observed(day, start), ImputedPart.DAY)


def adverse_event_start_day(
    onset: PossibleDays | None, *, infused_on: date | None, end: PossibleDays | None = None
) -> ImputedDay | None:
    """Give the day that an adverse event's onset stands at; None: no day does.

    A missing day is the 1st of the month, a missing month the 1st of January; in the month or year
    of the infusion it is the infusion day, so that the event counts as treatment-emergent. It is
    never after the event's end. An onset of which nothing is known stands at the infusion, or at
    the event's end where that came before it; of a subject never infused it stands nowhere.

    Args:
        onset: the onset as far as it is known; None: not at all.
        infused_on: day of the first infusion; None: never infused.
        end: the event's end as far as it is known; None: none.

    Source: the trial's endpoint definitions, partial dates, AE start; adverse events, unknown
    onset.
    """
    if onset is None:
        if infused_on is None:
            return None
        day = infused_on if end is None else min(infused_on, end.latest)
        return ImputedDay(day, ImputedPart.YEAR)
    if onset.day is not None:
        return ImputedDay(onset.day)
    day = onset.earliest
    if infused_on is not None and onset.earliest <= infused_on <= onset.latest:
        day = infused_on
    if end is not None:
        day = max(min(day, end.latest), onset.earliest)
    return ImputedDay(_observed(day, onset), imputed_part(onset))


def adverse_event_end_day(
    end: PossibleDays | None, *, died_on: date | None, data_cut: date
) -> ImputedDay | None:
    """Give the day an adverse event ended; None: it goes on, or its end is not told.

    A missing day is the last of the month, a missing month the 31st of December, neither after
    death nor after the data cut.

    Source: the trial's endpoint definitions, partial dates, AE end.
    """
    if end is None:
        return None
    if end.day is not None:
        return ImputedDay(end.day)
    bounds = [end.latest, data_cut] if died_on is None else [end.latest, data_cut, died_on]
    return ImputedDay(_observed(max(min(bounds), end.earliest), end), imputed_part(end))
