"""What describes measured levels of which some lie beyond the limits of their assay.

Source: the trial's rules of CAR-T kinetics, visit summary statistics; the trial's protocol,
pharmacodynamics.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import NamedTuple

from app.services.statistics.summaries import Summary, summarise
from app.services.statistics.table_methods import USUAL_METHODS, TableMethods


class MeasuredLevel(NamedTuple):
    """One level.

    Attributes:
        amount: half the lower limit below it, the upper limit above it; 0 below a limit that is not
            known.
        below_lloq: below the lower limit of quantification.
        above_uloq: above the upper one.
    """

    amount: Decimal | float
    below_lloq: bool = False
    above_uloq: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class LevelSummary:
    """The levels of the subjects who have one.

    Attributes:
        mostly_below: over half of them are below the limit: median and range only.
        median: with ``minimum`` and ``maximum``; None without levels.
        summary: means, spread and quartiles; None where ``mostly_below``.
    """

    n: int
    n_below_lloq: int
    n_above_uloq: int
    mostly_below: bool
    median: float | None
    minimum: float | None
    maximum: float | None
    summary: Summary | None


def summarise_levels(
    levels: Sequence[MeasuredLevel], methods: TableMethods = USUAL_METHODS
) -> LevelSummary:
    """Describe levels; where more than half lie below the limit, by median and range alone.

    Decision: a level below a limit that is not known is 0, and so counted but left out of the
    geometric figures.
    """
    summary = summarise(
        [level.amount for level in levels],
        quantile_type=methods.quantile_type,
        conf_level=methods.conf_level,
    )
    n_below = sum(level.below_lloq for level in levels)
    mostly_below = 2 * n_below > len(levels)
    return LevelSummary(
        n=len(levels),
        n_below_lloq=n_below,
        n_above_uloq=sum(level.above_uloq for level in levels),
        mostly_below=mostly_below,
        median=summary.median,
        minimum=summary.minimum,
        maximum=summary.maximum,
        summary=None if mostly_below else summary,
    )
