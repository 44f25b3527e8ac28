"""Offsets of moments that are neither the place's nor UTC, and midnights that were bare dates.

Source: the trial's endpoint definitions, section 5, order of two moments.
"""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta, tzinfo
from typing import Any, Final

from app.schemas.record import Finding
from app.services.derivations.moments import civil_day
from app.services.edit_checks.date_members import date_members
from app.services.edit_checks.rule import DAY, CheckedRecord, Rule
from app.services.subject_course import SubjectCourse
from app.services.written_dates import midnight
from app.trial.trial import Trial

OFFSET_UNUSUAL = Rule(
    "OFFSET-UNUSUAL",
    "warning",
    "the offset is neither that of the centre's time zone on that day nor UTC; correct the offset, "
    "or confirm that the clock of another place was read",
)
MIDNIGHT_UTC = Rule(
    "MIDNIGHT-UTC",
    "warning",
    "midnight in UTC falls on the day before at the centre, and is probably a date without a time; "
    "send the date alone, or the time with its offset",
)

_FULL: Final = len("2026-03-05")
_NONE: Final = timedelta(0)


def offsets(record: CheckedRecord[Any], _: SubjectCourse, __: Trial) -> Iterator[Finding]:
    """Notice moments whose offset or midnight may be a mistake of the sending system."""
    for way, written in date_members(record.fields):
        if isinstance(written, date) or len(written) <= _FULL:
            continue
        moment = datetime.fromisoformat(written)
        if _is_unusual(moment, record.zone):
            yield OFFSET_UNUSUAL.at(*way)
        if _is_midnight_of_the_day_before(moment, record.zone):
            yield MIDNIGHT_UTC.at(*way)


def _is_unusual(moment: datetime, zone: tzinfo) -> bool:
    """Tell whether an offset is neither UTC nor one that the zone has on the moment's day.

    Decision: on a day on which the clocks change, both offsets are the zone's.
    """
    offset = moment.utcoffset()
    if offset == _NONE or offset == moment.astimezone(zone).utcoffset():
        return False
    day = civil_day(moment, zone)
    return offset not in {
        one.utcoffset() for one in (midnight(day, zone), midnight(day + DAY, zone))
    }


def _is_midnight_of_the_day_before(moment: datetime, zone: tzinfo) -> bool:
    if moment.utcoffset() != _NONE or moment.time() != time():
        return False
    return civil_day(moment, zone) < moment.date()


RECORD_CHECKS = (offsets,)
