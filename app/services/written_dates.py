"""What dates as a centre wrote them mean in the calendar of that centre: the one place that reads.

Whatever offset a moment was written in, it has the civil day of its centre, and two of them are
ordered as :mod:`app.services.derivations.moments` orders them.
"""

from datetime import date, datetime, time, tzinfo
from functools import lru_cache
from typing import Final

from app.models.dates import PartialDate
from app.services.derivations.moments import MomentOrder, moment_of, order_of
from app.services.derivations.possible_days import PossibleDays

_FULL: Final = len("2026-03-05")

DateAsSent = date | str
"""A date of the calendar, or the text of one, partial or with a clock, that the door has taken."""


def possible_days(written: DateAsSent, zone: tzinfo) -> PossibleDays:
    """Give what a date as written can mean, a moment with its civil day.

    Args:
        zone: time zone of the record's centre.
    """
    if isinstance(written, date):
        return PossibleDays(written, written)
    return _read(written, zone)


@lru_cache(maxsize=8192)
def _read(written: str, zone: tzinfo) -> PossibleDays:
    if len(written) > _FULL:
        return moment_of(datetime.fromisoformat(written), zone)
    if len(written) == _FULL:
        day = date.fromisoformat(written)
        return PossibleDays(day, day)
    partial = PartialDate(written)
    return PossibleDays(partial.earliest, partial.latest)


def on_the_clock(written: str, zone: tzinfo) -> datetime:
    """Give a moment as written on the clock of the centre."""
    return datetime.fromisoformat(written).astimezone(zone)


def known_day(written: DateAsSent | None, zone: tzinfo) -> date | None:
    """Give the civil day of a date as written; None where it is not known to the day."""
    return None if written is None else possible_days(written, zone).day


def is_before(one: DateAsSent | None, other: DateAsSent | None, zone: tzinfo) -> bool:
    """Tell whether ``one`` is before ``other`` whatever is not known of both.

    On one day without a clock nothing is before, and of a date that is None nothing is known.
    """
    if one is None or other is None:
        return False
    return order_of(possible_days(one, zone), possible_days(other, zone)) is MomentOrder.BEFORE


def midnight(day: date, zone: tzinfo) -> datetime:
    """Give the instant at which a civil day begins."""
    return datetime.combine(day, time(), zone)
