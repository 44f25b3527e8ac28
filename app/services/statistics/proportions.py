"""Response rates: a proportion of subjects, its confidence limits and its exact test."""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt
from typing import Final, Literal

from app.services.statistics.confidence_limits import normal_quantile

# ruff: noqa: PLC0415 - NumPy and SciPy are imported by the first estimate, not at start.

ProportionLimits = Literal["clopper_pearson", "wilson", "wilson_cc"]
"""How the limits are made; ``clopper_pearson`` is the default everywhere."""

Alternative = Literal["two_sided", "greater", "less"]
"""Which proportions count against the null hypothesis."""

_AS_LIKELY: Final = 1 + 1e-7
"""Outcomes this close in probability to the one observed count as equally likely."""


@dataclass(frozen=True, slots=True)
class Proportion:
    """A share of subjects.

    Attributes:
        x: subjects counted, of ``n``.
        estimate: x / n; None, as the limits, where n = 0.
        lower: two-sided limits at ``conf_level``, as ``upper``.
    """

    x: int
    n: int
    estimate: float | None
    lower: float | None
    upper: float | None
    conf_level: float
    method: ProportionLimits


def proportion(
    x: int, n: int, *, method: ProportionLimits = "clopper_pearson", conf_level: float = 0.95
) -> Proportion:
    """Estimate a share of subjects with two-sided limits.

    Args:
        x: subjects counted.
        n: all subjects of the denominator; 0 gives no estimate.
        method: ``clopper_pearson`` is exact: its limits are the shares under which so few, or so
            many, would still come up in half of 1 - ``conf_level``. ``wilson`` inverts the score
            test, ``wilson_cc`` the same with Yates' correction.
        conf_level: two-sided.

    Raises:
        ValueError: x does not lie in 0..n, the level not between 0 and 1, or an unknown method.

    Source: Clopper and Pearson 1934, R 4.2.2 ``binom.test``; Wilson 1927 and Newcombe 1998,
    R 4.2.2 ``prop.test``.
    """
    _check_counts(x, n)
    z = normal_quantile(conf_level)
    match method:
        case "clopper_pearson":
            limits = clopper_pearson_limits(x, n, alpha=(1 - conf_level) / 2) if n else None
        case "wilson":
            limits = _wilson(x, n, z, correction=0) if n else None
        case "wilson_cc":
            # Yates' correction never exceeds the distance from one half, so that at x = n/2 the
            # limits are Wilson's own.
            limits = _wilson(x, n, z, correction=min(0.5, abs(x - n / 2))) if n else None
        case _:
            raise ValueError("limits are clopper_pearson, wilson or wilson_cc")
    return Proportion(
        x=x,
        n=n,
        estimate=x / n if n else None,
        lower=limits[0] if limits else None,
        upper=limits[1] if limits else None,
        conf_level=conf_level,
        method=method,
    )


def clopper_pearson_limits(x: int, n: int, *, alpha: float) -> tuple[float, float]:
    """Give the exact limits of a share, each one-sided at ``alpha``.

    ``alpha`` is 0.025 for two-sided limits of 95 %, and 0.05 for a one-sided limit of 95 %.

    Raises:
        ValueError: x does not lie in 0..n, n is 0, or alpha does not lie between 0 and 1.

    Source: Clopper and Pearson 1934; quantiles of the beta distribution.
    """
    from scipy.special import betainccinv, betaincinv

    _check_counts(x, n)
    if not n or not 0 < alpha < 1:
        raise ValueError("limits need a subject, and an error strictly between 0 and 1")
    lower = float(betaincinv(x, n - x + 1, alpha)) if x else 0.0
    upper = float(betainccinv(x + 1, n - x, alpha)) if x < n else 1.0
    return lower, upper


def exact_binomial_test(
    x: int, n: int, p0: float, *, alternative: Alternative = "two_sided"
) -> float:
    """Give the p-value of x of n subjects where the share is ``p0``.

    Args:
        x: subjects counted.
        n: all subjects of the denominator.
        p0: the share under the null hypothesis.
        alternative: ``greater`` gives the probability of x or more, ``less`` of x or fewer,
            ``two_sided`` of every outcome not more likely than x.

    Raises:
        ValueError: x does not lie in 0..n, ``p0`` not in 0..1, or an unknown alternative.

    Source: R 4.2.2 ``binom.test``, with its tolerance of 1e-7 for equally likely outcomes.
    """
    import numpy as np
    from scipy.special import betainc, betaln, xlog1py, xlogy

    _check_counts(x, n)
    if not 0 <= p0 <= 1:
        raise ValueError("a share lies between 0 and 1")
    match alternative:
        case "greater":
            return float(betainc(x, n - x + 1, p0)) if x else 1.0
        case "less":
            return float(betainc(n - x, x + 1, 1 - p0)) if x < n else 1.0
        case "two_sided":
            outcomes = np.arange(n + 1)
            likelihood = np.exp(
                xlogy(outcomes, p0)
                + xlog1py(n - outcomes, -p0)
                - betaln(outcomes + 1, n - outcomes + 1)
            ) / (n + 1)
            unlikely = likelihood <= likelihood[x] * _AS_LIKELY
            return min(1.0, float(likelihood[unlikely].sum()))
        case _:
            raise ValueError("the alternative is two_sided, greater or less")


def smallest_significant(n: int, p0: float, *, alpha: float = 0.025) -> int | None:
    """Give the fewest subjects, of n, with whom the share is significantly above ``p0``.

    One-sided exact test; None when even n of n are not enough.

    Raises:
        ValueError: n is negative or ``p0`` does not lie between 0 and 1.
    """
    return next(
        (x for x in range(n + 1) if exact_binomial_test(x, n, p0, alternative="greater") <= alpha),
        None,
    )


def _check_counts(x: int, n: int) -> None:
    if not 0 <= x <= n:
        raise ValueError("the subjects counted are among those of the denominator")


def _wilson(x: int, n: int, z: float, *, correction: float) -> tuple[float, float]:
    """Give Wilson's limits, those of the observed count moved outward by ``correction``."""

    def limit(count: float, sign: int) -> float:
        share = count / n
        half_width = z * sqrt(share * (1 - share) / n + z**2 / (4 * n**2))
        return (share + z**2 / (2 * n) + sign * half_width) / (1 + z**2 / n)

    lower = limit(x - correction, -1) if x > correction else 0.0
    upper = limit(x + correction, +1) if x + correction < n else 1.0
    return lower, upper
