"""Grade immune effector cell-associated haematotoxicity (ICAHT) from neutrophil counts.

Neutropenia is graded by depth and duration: the longest run of days early on, the level that
stays later. The cuts are "at or below", where CTCAE's are "below".

Source: Rejeski et al. (EHA and EBMT), Blood 2023;142:865-77, grading table.
Decision: the consensus does not say how to read a series with gaps. In a short gap each day takes
the nearest count, of two equally near the lower; a day in a longer gap is unknown, and what it
could change is said. How many days were measured is always said.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise
from typing import Final

SEVERE: Final = Decimal(500)
"""Severe neutropenia is a count at or below this, cells per uL."""

PROFOUND: Final = Decimal(100)
"""Profound neutropenia is a count at or below this, cells per uL."""

EARLY_UNTIL: Final = 30
"""Last day of early ICAHT, counted from the infusion on day 0."""

NEVER_RECOVERED_FROM: Final = 3
"""A run that began by this day and lasts to the end was never interrupted by recovery."""


@dataclass(frozen=True, slots=True)
class EarlyIcaht:
    """Early ICAHT, day 0 to 30.

    Attributes:
        grade: 0 to 4; None when no day was measured, or when unknown days decide whether there
            was any.
        at_least: unknown days, or days still to come, could make it higher.
        severe_days: longest run of severe neutropenia, days.
        profound_days: longest run of profound neutropenia, days.
        never_recovered: severe from day 3 or earlier to day 30 or to death.
        measured_days: days with a count.
        window_days: days that could have had one.
    """

    grade: int | None
    at_least: bool
    severe_days: int
    profound_days: int
    never_recovered: bool
    measured_days: int
    window_days: int


@dataclass(frozen=True, slots=True)
class LateIcaht:
    """Late ICAHT, after day 30.

    Attributes:
        grade: 0 to 4; None when the counts are too few to tell.
        measured_days: days with a count.
    """

    grade: int | None
    measured_days: int


def early_icaht(
    counts: Mapping[int, Decimal],
    *,
    followed_until: int,
    died: bool = False,
    longest_gap: int = 7,
    recovery_days: int = 3,
) -> EarlyIcaht:
    """Grade early ICAHT: severe 1-6 days 1, 7-13 days 2, from 14 days 3; profound 7, 14 days 3, 4.

    A recovery of fewer than ``recovery_days`` does not end a run and counts in it. Never above
    500 per uL is grade 4, whatever its duration.

    Args:
        counts: lowest neutrophil count of each measured day after infusion, cells per uL.
        followed_until: last day with follow-up: of death, last contact or data cut.
        died: the subject died on ``followed_until``.
        longest_gap: most days without a count, in a row, that are read from their neighbours.

    Raises:
        ValueError: a count or ``followed_until`` is negative.
    """
    if followed_until < 0:
        raise ValueError("follow-up does not end before the infusion")
    _check(counts)
    end = min(EARLY_UNTIL, followed_until)
    daily = _daily(counts, end=end, longest_gap=longest_gap)
    shown = _neutropenia(daily, recovery_days, unknown_is_low=False)
    most = _neutropenia(daily, recovery_days, unknown_is_low=True)
    complete = died or end == EARLY_UNTIL
    grade, highest = shown.grade(complete=complete), most.grade(complete=complete)
    measured = sum(day in counts for day in range(end + 1))
    return EarlyIcaht(
        grade=None if measured == 0 or (grade == 0 and highest > 0) else grade,
        at_least=measured > 0 and grade < 4 and (not complete or highest > grade > 0),
        severe_days=shown.severe_days,
        profound_days=shown.profound_days,
        never_recovered=complete and shown.never_recovered,
        measured_days=measured,
        window_days=end + 1,
    )


def late_icaht(counts: Mapping[int, Decimal], *, until: int = 100) -> LateIcaht:
    """Grade late ICAHT: at or below 1500 per uL is 1, 1000 is 2, 500 is 3, 100 is 4.

    Args:
        counts: lowest neutrophil count of each measured day after infusion, cells per uL.
        until: last day that is looked at.

    Raises:
        ValueError: a count is negative.

    Decision: "not transient" is two days at or below the cut, so the second lowest count decides.
    A single low count is no grade; a single normal one is grade 0.
    """
    _check(counts)
    late = sorted(count for day, count in counts.items() if EARLY_UNTIL < day <= until)
    if not late or (len(late) == 1 and _late_grade(late[0]) > 0):
        return LateIcaht(None, len(late))
    return LateIcaht(_late_grade(late[min(1, len(late) - 1)]), len(late))


def _late_grade(count: Decimal) -> int:
    return sum(count <= cut for cut in (Decimal(1500), Decimal(1000), SEVERE, PROFOUND))


@dataclass(frozen=True, slots=True)
class _Neutropenia:
    """The runs of one reading of the days."""

    severe_days: int
    profound_days: int
    never_recovered: bool

    def grade(self, *, complete: bool) -> int:
        if self.profound_days >= 14 or (complete and self.never_recovered):
            return 4
        if self.severe_days >= 14 or self.profound_days >= 7:
            return 3
        if self.severe_days >= 7:
            return 2
        return 1 if self.severe_days else 0


def _neutropenia(
    daily: Sequence[Decimal | None], recovery_days: int, *, unknown_is_low: bool
) -> _Neutropenia:
    def runs(cut: Decimal) -> list[tuple[int, int]]:
        low = [unknown_is_low if count is None else count <= cut for count in daily]
        return _runs(low, recovery_days)

    severe, profound = runs(SEVERE), runs(PROFOUND)
    still_low = bool(severe) and severe[-1][1] == len(daily) - 1
    return _Neutropenia(
        severe_days=max((last - first + 1 for first, last in severe), default=0),
        profound_days=max((last - first + 1 for first, last in profound), default=0),
        never_recovered=still_low and severe[-1][0] <= NEVER_RECOVERED_FROM,
    )


def _runs(low: Sequence[bool], recovery_days: int) -> list[tuple[int, int]]:
    """Give the first and last day of each run, joined where recovery was too short."""
    joined: list[tuple[int, int]] = []
    for day in (day for day, is_low in enumerate(low) if is_low):
        if joined and day - joined[-1][1] <= recovery_days:
            joined[-1] = (joined[-1][0], day)
        else:
            joined.append((day, day))
    return joined


def _daily(counts: Mapping[int, Decimal], *, end: int, longest_gap: int) -> list[Decimal | None]:
    """Give each day from 0 its count: measured, read from the nearest, or None in a long gap."""
    measured = sorted(day for day in counts if 0 <= day <= end)
    unknown = {
        day
        for before, after in pairwise([-1, *measured, end + 1])
        if after - before - 1 > longest_gap
        for day in range(before + 1, after)
    }
    return [
        None if day in unknown else min((abs(day - near), counts[near]) for near in measured)[1]
        for day in range(end + 1)
        if measured
    ]


def _check(counts: Mapping[int, Decimal]) -> None:
    if any(count < 0 for count in counts.values()):
        raise ValueError("a neutrophil count is not negative")
