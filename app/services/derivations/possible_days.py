"""A date of a subject's history, as far as it is known."""

from dataclasses import dataclass, field
from datetime import date, datetime


@dataclass(frozen=True, slots=True)
class PossibleDays:
    """A date as far as it is known: the days it can mean, and the instant where the time is known.

    ``2026-03`` can mean each day of March; a full date means one, and so does a moment: its civil
    day in the time zone of the record's centre.
    """

    earliest: date
    latest: date
    instant: datetime | None = None
    """None: the time is not known."""
    observed_by: date | None = field(default=None, compare=False)
    """Of a partial date, the day by which it was recorded: no day imputed for it is later."""

    @property
    def day(self) -> date | None:
        """The day; None where it is known only to the month or year."""
        return self.earliest if self.earliest == self.latest else None

    @property
    def month_known(self) -> bool:
        """Whether every day it can mean lies in one month."""
        return (self.earliest.year, self.earliest.month) == (self.latest.year, self.latest.month)

    @classmethod
    def on(cls, day: date) -> "PossibleDays":
        """Give a date that is known to the day."""
        return cls(day, day)


def may_cover(start: PossibleDays | None, end: PossibleDays | None, day: date) -> bool:
    """Tell whether what began and ended on these days may have been there on a day.

    Args:
        start: None: nothing is known of it.
        end: None: it goes on, or its end is not known.
    """
    began = start is None or start.earliest <= day
    return began and (end is None or day <= end.latest)
