"""The order of two moments, and the civil day of a moment: nobody else compares what was written.

Order and day never follow from the spelling of a date: the same moment can be written with any
offset. What a centre sent is stored and given back as sent; what is reckoned with comes from here.

Source: the trial's endpoint definitions, section 5, order of two moments.
"""

from datetime import date, datetime, timedelta, timezone, tzinfo
from enum import StrEnum
from typing import Final

from app.services.derivations.possible_days import PossibleDays

EASTERNMOST: Final = timezone(timedelta(hours=14))
"""The first place of the world to see a new day."""


SECONDS_A_DAY: Final = 86_400


def days_since(began: datetime, instant: datetime) -> float:
    """Give the time that had gone by at an instant, in days of 24 hours; negative before it."""
    return (instant - began).total_seconds() / SECONDS_A_DAY


class MomentOrder(StrEnum):
    """Where one moment stands beside another."""

    BEFORE = "before"
    AT_ONCE = "at_once"
    """The same instant."""
    AFTER = "after"
    UNKNOWN = "unknown"
    """What is known of the two does not tell."""


def order_of(
    one: PossibleDays, other: PossibleDays, *, on_one_day: MomentOrder = MomentOrder.UNKNOWN
) -> MomentOrder:
    """Tell where ``one`` stands beside ``other``.

    Two instants are compared as instants. Where the clock of one is not known, the civil days tell;
    on one and the same day the caller says what the rule makes of it.

    Args:
        on_one_day: the side that the caller's rule gives to ``one`` where both lie on one day and a
            clock is missing: an adverse event's onset is after the infusion, its end not before it,
            a sample before it unless its nominal time says after.

    Returns:
        ``UNKNOWN`` as well where dates that are known to the month or year share a day.

    Source: the trial's endpoint definitions, section 5, order of two moments.
    """
    if one.instant is not None and other.instant is not None:
        if one.instant == other.instant:
            return MomentOrder.AT_ONCE
        return MomentOrder.BEFORE if one.instant < other.instant else MomentOrder.AFTER
    if one.latest < other.earliest:
        return MomentOrder.BEFORE
    if one.earliest > other.latest:
        return MomentOrder.AFTER
    same_day = one.day is not None and one.day == other.day
    return on_one_day if same_day else MomentOrder.UNKNOWN


def clock_missing(one: PossibleDays, other: PossibleDays) -> bool:
    """Tell whether two moments lie on one day and a clock that would order them is not known."""
    timed = one.instant is not None and other.instant is not None
    return not timed and one.day is not None and one.day == other.day


def civil_day(moment: datetime, zone: tzinfo) -> date:
    """Give the civil day of a moment: the day that the clocks of a place showed.

    Args:
        moment: with an offset; which one makes no difference.
        zone: time zone of the record's centre.

    Raises:
        ValueError: the moment has no offset, so that it is no moment.

    Source: the trial's endpoint definitions, section 5, order of two moments.
    """
    if moment.tzinfo is None:
        raise ValueError("a moment has an offset")
    return moment.astimezone(zone).date()


def day_furthest_east(moment: datetime) -> date:
    """Give the latest date that any calendar of the world showed at a moment (UTC+14).

    A clinical date later than this one cannot have been observed by then.

    Source: the trial's endpoint definitions, section 1, if it can have been observed.
    """
    return civil_day(moment, EASTERNMOST)


def moment_of(instant: datetime, zone: tzinfo) -> PossibleDays:
    """Give a moment with its civil day in the time zone of the record's centre."""
    day = civil_day(instant, zone)
    return PossibleDays(day, day, instant.astimezone(zone))
