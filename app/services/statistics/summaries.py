"""What describes a set of values: geometric and arithmetic mean, median, range, quartiles."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from math import exp, expm1, floor, fsum, isfinite, log, sqrt
from typing import Final, Literal

# ruff: noqa: PLC0415 - SciPy is imported by the first estimate, not when the service starts.

QuantileType = Literal[2, 6, 7]
"""Hyndman and Fan's number: 2 is SAS's default, 6 is Minitab's and SPSS's, 7 is R's and NumPy's."""

_FUZZ: Final = 2.0**-50
"""Rounding error (4 epsilon) within which a position falls on a value."""

_LARGEST_EXPONENT: Final = 709.0
"""Beyond it exp() leaves double precision; two values must differ by a factor of 10^16 first."""


@dataclass(frozen=True, slots=True)
class Mean:
    """An average with its spread and the limits of its true value.

    Attributes:
        estimate: None without values.
        deviation: standard deviation; for a geometric mean, its factor exp(s). None, as the
            limits, below two values.
        lower: limits of Student's t at ``conf_level``, as ``upper``.
    """

    estimate: float | None
    deviation: float | None
    lower: float | None
    upper: float | None


@dataclass(frozen=True, slots=True)
class Summary:
    """The values of one parameter over the subjects who have one.

    Attributes:
        n: values.
        mean: arithmetic mean and standard deviation.
        geometric_mean: of the values above 0, with its factor of deviation.
        geometric_cv_percent: 100 sqrt(exp(s^2) - 1), s the standard deviation of ln x; None below
            two values above 0.
        n_not_positive: values left out of the geometric figures because they have no logarithm.
        median: with ``minimum`` and ``maximum``; None without values.
        quartiles: first and third, of ``quantile_type``; None without values.
    """

    n: int
    mean: Mean
    geometric_mean: Mean
    geometric_cv_percent: float | None
    n_not_positive: int
    median: float | None
    minimum: float | None
    maximum: float | None
    quartiles: tuple[float, float] | None
    quantile_type: QuantileType
    conf_level: float


def summarise(
    values: Iterable[float | Decimal],
    *,
    quantile_type: QuantileType = 2,
    conf_level: float = 0.95,
) -> Summary:
    """Describe the values of one parameter.

    Args:
        values: one per subject, in one unit; subjects without a value are left out by the caller.
        quantile_type: which definition the quartiles follow.
        conf_level: two-sided, for the limits of both means.

    Raises:
        ValueError: a value is infinite or not a number, or the level does not lie between 0 and 1.

    Source: geometric CV of a log-normal variable; R 4.2.2 ``mean``, ``sd``, ``median``,
    ``quantile(type = )``, ``t.test``.
    Decision: a value of 0 (never quantifiable) is left out of the geometric figures and counted.
    """
    ordered = sorted(map(float, values))
    if not all(map(isfinite, ordered)):
        raise ValueError("a value is a finite number")
    if not 0 < conf_level < 1:
        raise ValueError("a confidence level lies strictly between 0 and 1")
    logarithms = [log(value) for value in ordered if value > 0]
    of_logarithms = _mean(logarithms, conf_level)
    return Summary(
        n=len(ordered),
        mean=_mean(ordered, conf_level),
        geometric_mean=Mean(
            estimate=_exp(of_logarithms.estimate),
            deviation=_exp(of_logarithms.deviation),
            lower=_exp(of_logarithms.lower),
            upper=_exp(of_logarithms.upper),
        ),
        geometric_cv_percent=_geometric_cv_percent(of_logarithms.deviation),
        n_not_positive=len(ordered) - len(logarithms),
        median=_quantile(ordered, 0.5, 2) if ordered else None,
        minimum=ordered[0] if ordered else None,
        maximum=ordered[-1] if ordered else None,
        quartiles=(
            _quantile(ordered, 0.25, quantile_type),
            _quantile(ordered, 0.75, quantile_type),
        )
        if ordered
        else None,
        quantile_type=quantile_type,
        conf_level=conf_level,
    )


def quantile(
    values: Sequence[float], probability: float, *, quantile_type: QuantileType = 2
) -> float:
    """Give the value below which a share of the values lies.

    Type 2 takes a value, or the mean of two where the share falls between them; types 6 and 7
    interpolate, at positions (n + 1) p and 1 + (n - 1) p.

    Raises:
        ValueError: no values, a share outside 0..1, or an unknown type.

    Source: Hyndman and Fan 1996; R 4.2.2 ``quantile``.
    """
    if not values or not 0 <= probability <= 1:
        raise ValueError("a quantile needs a value, and a share between 0 and 1")
    return _quantile(sorted(values), probability, quantile_type)


def _quantile(ordered: Sequence[float], probability: float, quantile_type: QuantileType) -> float:
    n = len(ordered)
    match quantile_type:
        case 2:
            position = n * probability
        case 6:
            position = (n + 1) * probability
        case 7:
            position = 1 + (n - 1) * probability
        case _:
            raise ValueError("the type of a quantile is 2, 6 or 7")
    whole = floor(position + _FUZZ * position)
    part = position - whole
    if abs(part) <= _FUZZ * position:
        part = 0.5 if quantile_type == 2 else 0.0
    elif quantile_type == 2:
        part = 1.0
    below = ordered[min(max(whole, 1), n) - 1]
    above = ordered[min(max(whole + 1, 1), n) - 1]
    return (1 - part) * below + part * above


def _mean(values: Sequence[float], conf_level: float) -> Mean:
    n = len(values)
    if not n:
        return Mean(None, None, None, None)
    estimate = fsum(values) / n
    if n == 1:
        return Mean(estimate, None, None, None)

    from scipy.special import stdtrit

    deviation = sqrt(fsum([(value - estimate) ** 2 for value in values]) / (n - 1))
    half_width = float(stdtrit(n - 1, 1 - (1 - conf_level) / 2)) * deviation / sqrt(n)
    return Mean(estimate, deviation, estimate - half_width, estimate + half_width)


def _exp(value: float | None) -> float | None:
    """Give exp(value), and None where it is beyond double precision."""
    return None if value is None or value > _LARGEST_EXPONENT else exp(value)


def _geometric_cv_percent(deviation: float | None) -> float | None:
    if deviation is None or deviation**2 > _LARGEST_EXPONENT:
        return None
    return 100 * sqrt(expm1(deviation**2))
