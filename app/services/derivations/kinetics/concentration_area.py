"""The areas under a concentration curve: exposure, whole and to a given day."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import expm1, fsum, log1p
from typing import Final, Literal

from app.services.derivations.kinetics.terminal_half_life import HalfLife

AreaRule = Literal["linear_up_log_down", "linear"]
"""How the curve runs between two samples."""

Point = tuple[float, float]
"""Days and concentration."""

NoArea = Literal[
    "no quantifiable sample",
    "profile ends before T",
    "profile starts after T",
    "fewer than 4 quantifiable samples",
]

LARGELY_EXTRAPOLATED_PERCENT: Final = 20


@dataclass(frozen=True, slots=True)
class AreaWindow:
    """A span from 0 to ``end`` whose area is wanted, and by how much it may stop short; days."""

    end: float
    tolerance: float


@dataclass(frozen=True, slots=True)
class PartialArea:
    """The area from 0 to T.

    Attributes:
        end: T, days.
        area: concentration x days; None for the ``reason`` beside it.
        quantifiable_to_end: the last quantified sample is at T or later; otherwise the area ends
            at it.
        extrapolated: what lies beyond the last quantified sample follows the half-life.
    """

    end: float
    area: float | None
    reason: NoArea | None
    quantifiable_to_end: bool
    extrapolated: bool = False


@dataclass(frozen=True, slots=True)
class Exposure:
    """The area under the whole profile, concentration x days.

    Attributes:
        auc_last: up to the last quantified sample.
        auc_all: ``auc_last`` and the triangle down to the first sample below the limit after it.
        auc_inf: ``auc_last`` and all that lies beyond by the half-life; None without a half-life.
        extrapolated_percent: the share of ``auc_inf`` that lies beyond.
        largely_extrapolated: that share is above 20 %.
    """

    auc_last: float
    auc_all: float
    auc_inf: float | None
    extrapolated_percent: float | None
    largely_extrapolated: bool


def area_under(points: Sequence[Point], *, until: float, rule: AreaRule) -> float:
    """Give the area from the first point to ``until`` or the last point, whichever comes first.

    Where ``until`` falls between two points, the curve is followed up to it by the rule of that
    segment. One point, or an end before the first, gives 0.

    Args:
        points: days and concentration, days ascending.
        until: end of the area, days.
        rule: ``linear_up_log_down`` runs straight where the concentration does not fall or falls
            to 0, and exponentially where it falls from one value above 0 to another; ``linear``
            is straight throughout.

    Source: PKNCA 0.12.0.9000, ``auc.method`` "lin up/log down" and "linear".
    """
    return fsum(
        _segment(start, end, until, rule) for start, end in pairwise(points) if start[0] < until
    )


def exposure_of(
    points: Sequence[Point], *, tbql: float | None, half_life: HalfLife | None, rule: AreaRule
) -> Exposure:
    """Give the area under a whole profile.

    Args:
        points: at least one; the last is the last quantified sample.
        tbql: day of the first sample below the limit after it; None when there is none.
        half_life: how the area beyond is estimated; None leaves it out.
        rule: see ``area_under``.

    Source: PKNCA 0.12.0.9000, ``auclast``, ``aucall`` and ``aucinf.obs``.
    """
    tlast, clast = points[-1]
    measured = area_under(points, until=tlast, rule=rule)
    triangle = clast * (tbql - tlast) / 2 if tbql is not None else 0.0
    beyond = clast / half_life.lambda_z if half_life else None
    percent = 100 * beyond / (measured + beyond) if beyond is not None else None
    return Exposure(
        auc_last=measured,
        auc_all=measured + triangle,
        auc_inf=measured + beyond if beyond is not None else None,
        extrapolated_percent=percent,
        largely_extrapolated=percent is not None and percent > LARGELY_EXTRAPOLATED_PERCENT,
    )


def partial_area(
    window: AreaWindow,
    points: Sequence[Point],
    *,
    profile_ends: float,
    rule: AreaRule,
    half_life: HalfLife | None = None,
) -> PartialArea:
    """Give the area from 0 to T, up to the last quantified sample at most.

    Args:
        window: T, and how long before it the last sample may have been taken.
        points: the curve up to the last quantified sample; empty when there is none.
        profile_ends: day of the last sample, quantified or below the limit.
        rule: see ``area_under``.
        half_life: continues a profile that ends too early; None leaves such an area missing.

    Source: the trial's rules of CAR-T kinetics, AUC0-T.
    """
    if not points:
        return PartialArea(window.end, None, "no quantifiable sample", quantifiable_to_end=False)
    if points[0][0] >= window.end:
        return PartialArea(window.end, None, "profile starts after T", quantifiable_to_end=True)
    tlast, clast = points[-1]
    area = area_under(points, until=window.end, rule=rule)
    if profile_ends >= window.end - window.tolerance:
        return PartialArea(window.end, area, None, quantifiable_to_end=tlast >= window.end)
    if half_life is None:
        return PartialArea(window.end, None, "profile ends before T", quantifiable_to_end=False)
    lambda_z = half_life.lambda_z
    beyond = clast / lambda_z * -expm1(-lambda_z * (window.end - tlast))
    return PartialArea(
        window.end, area + beyond, None, quantifiable_to_end=False, extrapolated=True
    )


def _segment(start: Point, end: Point, until: float, rule: AreaRule) -> float:
    (from_day, from_value), (to_day, to_value) = start, end
    length = to_day - from_day
    share = min(until - from_day, length) / length
    if rule == "linear_up_log_down" and 0 < to_value < from_value:
        decline = log1p((from_value - to_value) / to_value)
        return length * from_value * -expm1(-share * decline) / decline
    reached = from_value + share * (to_value - from_value)
    return share * length * (from_value + reached) / 2
