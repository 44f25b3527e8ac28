"""The days of one subject that the schedule and the collection periods hang on."""

from calendar import monthrange
from dataclasses import dataclass
from datetime import date
from typing import Literal

AnchorName = Literal[
    "consent",
    "first_leukapheresis",
    "first_lymphodepletion",
    "infusion",
    "horizon",
    "new_therapy",
    "suspected_progression",
    "progression_visit",
    "follow_up_start",
]


@dataclass(frozen=True, slots=True)
class Anchors:
    """Days of one subject, in the centre's civil calendar; None for what has not happened.

    Attributes:
        consent: consent signed.
        first_leukapheresis: first day of the first leukapheresis.
        first_lymphodepletion: first dose of lymphodepletion.
        infusion: first CAR-T infusion, day 0.
        horizon: last day that counts, see ``horizon_of``.
        new_therapy: start of the first new anti-myeloma therapy after infusion.
        suspected_progression: first evaluation that suggested progressive disease.
        progression_visit: the visit at which that suspicion was examined.
        follow_up_start: last visit on or after progression or new therapy, from which survival
            follow-up counts its intervals.
    """

    consent: date | None = None
    first_leukapheresis: date | None = None
    first_lymphodepletion: date | None = None
    infusion: date | None = None
    horizon: date | None = None
    new_therapy: date | None = None
    suspected_progression: date | None = None
    progression_visit: date | None = None
    follow_up_start: date | None = None

    def day(self, anchor: AnchorName) -> date | None:
        """Give the day of ``anchor``, None when it has not happened."""
        day: date | None = getattr(self, anchor)
        return day


def add_months(day: date, months: int) -> date:
    """Give the same day of the month, ``months`` later; the month's last day where it has none.

    Raises:
        OverflowError: the result lies outside the calendar's years 1 to 9999.
    """
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    if not 1 <= year <= 9999:
        raise OverflowError("the date lies outside the years 1 to 9999")
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def study_day(day: date, infusion: date) -> int:
    """Give the study day (ADY): 1 on the infusion day, -1 the day before; there is no day 0.

    Source: CDISC ADaMIG 1.3, ADY; SDTMIG 3.4, section 4.4.4. Protocols of CAR-T trials call the
    infusion "Day 0": that is a visit's label, see ``day_label``.
    """
    elapsed = (day - infusion).days
    return elapsed + 1 if elapsed >= 0 else elapsed


def day_label(day: date, infusion: date) -> str:
    """Give the protocol's label of a day: ``D0`` is the infusion, ``D28`` study day 29."""
    return f"D{(day - infusion).days}"
