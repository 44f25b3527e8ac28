"""The variance of a cumulative incidence, by two estimators.

Both are a sum over what happened: each contribution begins at one time and then moves, as the
incidence F grows, along ``intercept - slope * (F(t) - F(its time))``; the variance at t is the
weighted sum of squares of those begun by t. Written so, no large terms cancel, and the variance
is 0 to rounding where F is certain.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from app.services.statistics.distinct_times import DistinctTimes

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

# ruff: noqa: PLC0415 - NumPy is imported by the first estimate, not when the service starts.

_BLOCK: Final = 2_000_000
"""Cells of the table of contributions held at once: 16 MB."""


@dataclass(frozen=True, slots=True)
class Incidence:
    """A cumulative incidence and what it was made of, one row per distinct time.

    Attributes:
        of_interest: for each subject, True when it had the event of interest.
        of_any: for each subject, True when it had any event.
        event_free: probability of no event, just after each time.
        event_free_before: the same just before each time.
        value: F, just after each time.
    """

    times: DistinctTimes
    of_interest: NDArray[np.bool_]
    of_any: NDArray[np.bool_]
    event_free: NDArray[np.float64]
    event_free_before: NDArray[np.float64]
    value: NDArray[np.float64]


def infinitesimal_jackknife(incidence: Incidence) -> NDArray[np.float64]:
    """Give the variance of F as the sum of the squared influences of the subjects.

    A subject's influence is the derivative of F by its weight. It is the same for all who are
    still at risk, and moves in proportion to F after the subject has left.

    Source: R survival 3.5-3, ``survfit`` for several states (Therneau and Grambsch 2000,
    chapter 7; Efron 1982).
    """
    import numpy as np

    times, at_risk = incidence.times, incidence.times.at_risk
    events = times.count(incidence.of_any)
    staying = at_risk - events
    step = incidence.event_free_before * times.count(incidence.of_interest) / at_risk
    with np.errstate(divide="ignore", invalid="ignore"):
        left_share = np.where(staying > 0, 1 / staying, 0.0)
    greenwood = np.cumsum(events * left_share / at_risk)
    greenwood_before = np.concatenate(([0.0], greenwood))[:-1]
    at_risk_still = np.cumsum((greenwood_before - 1 / at_risk) * step)

    kind = incidence.of_any.astype(np.int64) + incidence.of_interest
    history, subjects = np.unique(times.row * 3 + kind, return_counts=True)
    row, kind = history // 3, history % 3
    begun = _sum_of_squares(
        incidence.value,
        row=row,
        intercept=at_risk_still[row]
        + np.where(kind == 2, (incidence.event_free_before / at_risk)[row], 0.0),
        slope=np.where(kind > 0, left_share[row], 0.0) - greenwood[row],
        weight=subjects,
    )
    return begun + (at_risk - times.leaving) * at_risk_still**2


def aalen(incidence: Incidence) -> NDArray[np.float64]:
    """Give the variance of F from the martingales that count the events.

    Several events at one time are drawn without replacement from those at risk.

    Source: Aalen 1978; R cmprsk, ``cuminc``.
    """
    import numpy as np

    times, at_risk = incidence.times, incidence.times.at_risk
    interest = times.count(incidence.of_interest)
    other = times.count(incidence.of_any) - interest
    with np.errstate(divide="ignore"):
        slope = np.where(incidence.event_free > 0, 1 / incidence.event_free, 0.0)

    def counted(events: NDArray[np.int64]) -> NDArray[np.float64]:
        untied = 1 - np.maximum(events - 1, 0) / np.maximum(at_risk - 1, 1)
        share: NDArray[np.float64] = incidence.event_free_before / at_risk
        return share**2 * events * untied

    rows = np.arange(at_risk.size)
    return _sum_of_squares(
        incidence.value,
        row=np.repeat(rows, 2),
        intercept=np.tile([1.0, 0.0], rows.size),
        slope=np.repeat(slope, 2),
        weight=np.column_stack((counted(interest), counted(other))).ravel(),
    )


def _sum_of_squares(
    value: NDArray[np.float64],
    *,
    row: NDArray[np.int64],
    intercept: NDArray[np.float64],
    slope: NDArray[np.float64],
    weight: NDArray[np.float64] | NDArray[np.int64],
) -> NDArray[np.float64]:
    """Sum the squared contributions begun by each time; ``row`` ascends."""
    import numpy as np

    total = np.zeros(value.size)
    height = max(1, _BLOCK // max(1, row.size))
    for start in range(0, value.size, height):
        rows = np.arange(start, min(start + height, value.size))
        begun = slice(0, int(np.searchsorted(row, rows[-1], side="right")))
        moved = value[rows, None] - value[row[begun]]
        contribution = intercept[begun] - slope[begun] * moved
        contribution[row[begun] > rows[:, None]] = 0
        total[rows] = contribution**2 @ weight[begun]
    return total
