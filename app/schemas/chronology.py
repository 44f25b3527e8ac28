"""The order of two dates of one record, as far as they are known."""

from datetime import date, timedelta

from app.models.values import (
    DateOrDateTime,
    OffsetDateTime,
    PartialDate,
    PartialDateOrDateTime,
)

DateAsSent = date | PartialDate | OffsetDateTime | DateOrDateTime | PartialDateOrDateTime

EASTERNMOST = timedelta(hours=14)
WESTERNMOST = timedelta(hours=-12)
"""The offsets of the places whose calendars are furthest from each other."""


def certainly_before(one: DateAsSent | None, other: DateAsSent | None) -> bool:
    """Tell whether ``one`` is before ``other`` whatever the unknown parts of both are.

    Two moments are compared to the second, two dates by the calendar, partial ones by the days they
    can mean. Of a date that is None nothing is certain.

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
    return OffsetDateTime(written) if len(written) > len("2026-03-05") else None


def first_day(written: DateAsSent) -> date:
    """Give the first day that a date can mean."""
    if isinstance(written, date):
        return written
    if len(written) == len("2026-03-05"):
        return date.fromisoformat(written)
    if moment := _moment(written):
        return (moment.instant + WESTERNMOST).date() if _in_utc(moment) else moment.civil_date
    return PartialDate(written).earliest


def last_day(written: DateAsSent) -> date:
    """Give the last day that a date can mean."""
    if isinstance(written, date):
        return written
    if len(written) == len("2026-03-05"):
        return date.fromisoformat(written)
    if moment := _moment(written):
        return (moment.instant + EASTERNMOST).date() if _in_utc(moment) else moment.civil_date
    return PartialDate(written).latest


def _in_utc(moment: OffsetDateTime) -> bool:
    return moment.endswith(("Z", "+00:00"))
