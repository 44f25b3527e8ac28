"""The distinct times of a follow-up, and who leaves the risk set at each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

# ruff: noqa: PLC0415 - NumPy is imported by the first estimate, not when the service starts.

TIE_TOLERANCE: Final = 2.0**-26
"""Square root of the double precision epsilon (1.49e-8): below it, two times are one."""


@dataclass(frozen=True, slots=True)
class DistinctTimes:
    """Subjects grouped by the time at which their observation ended.

    Attributes:
        time: the distinct times, ascending.
        row: for each subject, the position of its time in ``time``.
        at_risk: subjects still observed just before each time (analysis value >= time).
        leaving: subjects whose observation ends at each time, event or not.
    """

    time: NDArray[np.float64]
    row: NDArray[np.intp]
    at_risk: NDArray[np.int64]
    leaving: NDArray[np.int64]

    def count(self, chosen: NDArray[np.bool_]) -> NDArray[np.int64]:
        """Count the chosen subjects at each distinct time."""
        import numpy as np

        return np.bincount(self.row[chosen], minlength=self.time.size)


def distinct_times(days: Sequence[float]) -> DistinctTimes:
    """Group subjects by their time, taking times that differ by rounding error as one.

    Two neighbouring times are one when they differ by no more than ``TIE_TOLERANCE``, absolutely
    or relative to the mean of the distinct times; the smallest of a run names it. Whole days are
    never merged. No subjects give no times.

    Raises:
        ValueError: a time is negative, infinite or not a number.

    Source: R survival 3.5-3, ``survfit(timefix = TRUE)`` (``aeqSurv``).
    """
    import numpy as np

    times = np.asarray(days, dtype=np.float64)
    if times.ndim != 1:
        raise ValueError("times come as one value per subject")
    if not np.isfinite(times).all() or (times < 0).any():
        raise ValueError("a time is a finite number of at least 0")
    distinct = np.unique(times)
    if distinct.size > 1:
        gap = np.diff(distinct)
        tied = (gap <= TIE_TOLERANCE) | (gap / distinct.mean() <= TIE_TOLERANCE)
        distinct = distinct[np.concatenate(([True], ~tied))]
    row = np.searchsorted(distinct, times, side="right") - 1
    leaving = np.bincount(row, minlength=distinct.size)
    at_risk = np.cumsum(leaving[::-1])[::-1]
    return DistinctTimes(time=distinct, row=row, at_risk=at_risk, leaving=leaving)
