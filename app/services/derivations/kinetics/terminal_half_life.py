"""The terminal half-life of a profile: how fast the cells decline at the end."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import fsum, log
from typing import Final

FEWEST_POINTS: Final = 3
R_SQUARED_TOLERANCE: Final = 1e-4
"""How far below the best adjusted R-squared a fit on more points is still preferred."""


@dataclass(frozen=True, slots=True)
class HalfLife:
    """A log-linear fit to the end of a profile.

    Attributes:
        days: the half-life, ln 2 / ``lambda_z``.
        lambda_z: rate of decline, per day.
        n_points: points fitted, the last of the profile.
        starts_at: day of the first of them.
        span: days fitted, in half-lives.
        poorly_fitted: R-squared is below 0.9.
        short_span: the fit spans less than two half-lives.
    """

    days: float
    lambda_z: float
    n_points: int
    starts_at: float
    r_squared: float
    adjusted_r_squared: float
    span: float
    poorly_fitted: bool
    short_span: bool


def terminal_half_life(points: Sequence[tuple[float, float]]) -> HalfLife | None:
    """Fit the last 3, 4, ... points and give the half-life of the best fit.

    The best is the one with the highest adjusted R-squared; among the fits within 0.0001 of it
    that decline, the one on most points wins. None with fewer than 3 points, or when the fits that
    follow the points best do not decline: a profile that rises again at its end has no half-life.

    Args:
        points: days and concentration of the quantified samples after Tmax, days ascending.

    Source: PKNCA 0.12.0.9000, ``pk.calc.half.life`` defaults (``adj.r.squared.factor`` 0.0001,
    ``min.hl.points`` 3, ``allow.tmax.in.half.life`` FALSE).
    Decision: points of one concentration have no R-squared and are no fit.
    """
    fits = [
        fit
        for count in range(FEWEST_POINTS, len(points) + 1)
        if (fit := _log_linear_fit(points[-count:])) is not None
    ]
    if not fits:
        return None
    best = max(fit.adjusted_r_squared for fit in fits)
    declining = [
        fit
        for fit in fits
        if fit.lambda_z > 0 and fit.adjusted_r_squared > best - R_SQUARED_TOLERANCE
    ]
    return max(declining, key=lambda fit: fit.n_points, default=None)


def _log_linear_fit(points: Sequence[tuple[float, float]]) -> HalfLife | None:
    """Regress ln concentration on days; a rising line has a negative half-life."""
    n = len(points)
    days = [day for day, _ in points]
    logarithms = [log(concentration) for _, concentration in points]
    mean_day, mean_logarithm = fsum(days) / n, fsum(logarithms) / n
    across = fsum((day - mean_day) ** 2 for day in days)
    up = fsum((logarithm - mean_logarithm) ** 2 for logarithm in logarithms)
    both = fsum(
        (day - mean_day) * (logarithm - mean_logarithm)
        for day, logarithm in zip(days, logarithms, strict=True)
    )
    if not up or not both:
        return None
    lambda_z = -both / across
    r_squared = min(1.0, both**2 / (across * up))
    half_life = log(2) / lambda_z
    span = (days[-1] - days[0]) / half_life
    return HalfLife(
        days=half_life,
        lambda_z=lambda_z,
        n_points=n,
        starts_at=days[0],
        r_squared=r_squared,
        adjusted_r_squared=1 - (1 - r_squared) * (n - 1) / (n - 2),
        span=span,
        poorly_fitted=r_squared < 0.9,
        short_span=span < 2,
    )
