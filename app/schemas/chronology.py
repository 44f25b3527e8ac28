"""The order of two dates of one record, as far as they are known."""

from datetime import date, timedelta

from app.models.values import (
    DateOrDateTime,
    OffsetDateTime,
    PartialDate,
    PartialDateOrDateTime,
)

DateAsSent = date | PartialDate | OffsetDateTime | DateOrDateTime | PartialDateOrDateTime

_FULL = len("2026-03-05")

EASTERNMOST = timedelta(hours=14)
WESTERNMOST = timedelta(hours=-12)
"""The offsets of the places whose calendars are furthest from each other."""


def certainly_before(one: DateAsSent | None, other: DateAsSent | None) -> bool:
    """Tell whether ``one`` is before ``other`` whatever the unknown parts of both are.

    Two moments are compared to the second, two dates by the calendar, partial ones by the days they
    can mean. Of a date that is None nothing is certain.

    A record by itself does not know its centre, and so not the civil day of its moments: what is
    told here is only whether it must be refused at the door. Everybody who knows the centre orders
    by ``services/derivations/moments``.

    Decision: beside a date, a moment counts for the day its own clock showed; one that was written
    in UTC counts for every day that a clock somewhere showed, because many systems convert their
    moments to UTC and leave their dates as they are.
    """
    if one is None or other is None:
        return False
    moment, other_moment = _moment(one), _moment(other)
    if moment is not None and other_moment is not None:
        return moment.instant < other_moment.instant
    return last_day(one) < first_day(other)


def _moment(written: DateAsSent) -> OffsetDateTime | None:
    """Give the moment, if the time is known."""
    if isinstance(written, date):
        return None
    return OffsetDateTime(written) if len(written) > _FULL else None


def first_day(written: DateAsSent) -> date:
    """Give the first day that a date can mean."""
    if isinstance(written, date):
        return written
    if len(written) < _FULL:
        return PartialDate(written).earliest
    if len(written) > _FULL and _in_utc(written):
        return (OffsetDateTime(written).instant + WESTERNMOST).date()
    return date.fromisoformat(written[:_FULL])


def last_day(written: DateAsSent) -> date:
    """Give the last day that a date can mean."""
    if isinstance(written, date):
        return written
    if len(written) < _FULL:
        return PartialDate(written).latest
    if len(written) > _FULL and _in_utc(written):
        return (OffsetDateTime(written).instant + EASTERNMOST).date()
    return date.fromisoformat(written[:_FULL])


def _in_utc(moment: str) -> bool:
    return moment.endswith(("Z", "+00:00"))
