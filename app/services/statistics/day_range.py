"""Median and range of days, among the subjects who have a value."""

from collections.abc import Iterable
from dataclasses import dataclass

from app.services.statistics.summaries import quantile


@dataclass(frozen=True, slots=True, kw_only=True)
class DayRange:
    """Days of ``n`` subjects; None without any."""

    n: int
    median: float | None
    minimum: float | None
    maximum: float | None


def day_range(days: Iterable[float]) -> DayRange:
    """Give median and range; of an even number of values, the median is the mean of two.

    Source: R 4.2.2 ``median``, ``range``.
    """
    ordered = sorted(days)
    if not ordered:
        return DayRange(n=0, median=None, minimum=None, maximum=None)
    return DayRange(
        n=len(ordered),
        median=quantile(ordered, 0.5),
        minimum=ordered[0],
        maximum=ordered[-1],
    )
