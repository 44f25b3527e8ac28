"""Pointwise confidence limits of an estimated probability curve."""

from __future__ import annotations

from statistics import NormalDist
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

# ruff: noqa: PLC0415 - NumPy is imported by the first estimate, not when the service starts.

ConfidenceType = Literal["log-log", "log", "plain"]
"""The scale on which the limits are symmetric; ``log-log`` is the default everywhere."""


def normal_quantile(conf_level: float) -> float:
    """Give the standard normal quantile of a two-sided level: 1.959963984540054 for 0.95.

    Raises:
        ValueError: the level does not lie strictly between 0 and 1.
    """
    if not 0 < conf_level < 1:
        raise ValueError("a confidence level lies strictly between 0 and 1")
    return NormalDist().inv_cdf(1 - (1 - conf_level) / 2)


def pointwise_limits(
    probability: NDArray[np.float64],
    log_standard_error: NDArray[np.float64],
    *,
    conf_type: ConfidenceType,
    conf_level: float,
) -> tuple[tuple[float | None, ...], tuple[float | None, ...]]:
    """Give the lower and upper limit of each point of a curve; None where there is none.

    Args:
        probability: the curve, S(t) or F(t).
        log_standard_error: standard error of the curve's logarithm; 0 where nothing has varied
            yet, infinite or NaN where it is undefined (S = 0).
        conf_type: ``log-log`` is symmetric in ln(-ln p), and has no limits at p = 1 unless the
            standard error is 0; ``log`` in ln p and ``plain`` in p itself, clipped to [0, 1].
        conf_level: two-sided, 0.95 for 95 % limits.

    Raises:
        ValueError: the level does not lie strictly between 0 and 1, or the type is unknown.

    Source: R survival 3.5-3, ``survfit`` (Kalbfleisch and Prentice 2002);
    SAS/STAT LIFETEST for ``log-log`` as the default.
    Decision: a standard error of 0 gives limits equal to the estimate, as survival does since
    3.8-4; release 3.5-3 left them out on the log-log scale.
    """
    import numpy as np

    z = normal_quantile(conf_level)
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        width = z * log_standard_error
        match conf_type:
            case "log-log":
                log_p = np.where(probability < 1, np.log(probability), np.nan)
                width = width / log_p
                lower, upper = np.exp(log_p * np.exp(-width)), np.exp(log_p * np.exp(width))
            case "log":
                lower, upper = probability * np.exp(-width), probability * np.exp(width)
            case "plain":
                lower, upper = probability - width * probability, probability + width * probability
            case _:
                raise ValueError("limits are log-log, log or plain")
    lower, upper = np.clip(lower, 0, 1), np.clip(upper, 0, 1)
    certain = log_standard_error == 0
    undefined = ~np.isfinite(log_standard_error)
    return (
        known_values(np.where(undefined, np.nan, np.where(certain, probability, lower))),
        known_values(np.where(undefined, np.nan, np.where(certain, probability, upper))),
    )


def known_values(column: NDArray[np.float64]) -> tuple[float | None, ...]:
    """Give a column as plain numbers, with None for NaN: JSON has no NaN."""
    import numpy as np

    values: list[float | None] = column.tolist()
    for row in np.flatnonzero(np.isnan(column)):
        values[row] = None
    return tuple(values)
