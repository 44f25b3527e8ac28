"""Serum free light chains: the involved side, the difference and the ratio.

The involved side is fixed once, at baseline. The uninvolved chain rises with infection and returns
with recovery, which is no progression.

Source: Kumar et al., Lancet Oncol 2016 (IMWG 2016), table 4; Dispenzieri et al., Leukemia
2009;23:215-24 (free light chain guideline).
"""

from dataclasses import dataclass, replace
from decimal import Decimal
from enum import StrEnum
from typing import Literal

from app.services.criteria.imwg import units
from app.services.criteria.imwg.bounds import ZERO, Bounds
from app.services.criteria.imwg.details import ImwgDetails
from app.services.criteria.imwg.evaluation import DiseaseEvaluation, MeasuredValue
from app.vocabularies.imwg import LightChain


class RatioState(StrEnum):
    """Kappa to lambda ratio against its normal range."""

    NORMAL = "normal"
    HIGH = "high"
    LOW = "low"
    UNKNOWN = "unknown"
    """Both chains were measured, but their bounds do not decide."""

    @property
    def abnormal(self) -> bool:
        """Whether the ratio is outside its range, beyond doubt."""
        return self in {RatioState.HIGH, RatioState.LOW}


@dataclass(frozen=True, slots=True)
class LightChains:
    """Usable kappa and lambda of one sample, mg/L."""

    kappa: Bounds
    lambda_: Bounds

    @classmethod
    def of(cls, evaluation: DiseaseEvaluation) -> "LightChains | None":
        """Give both chains of an evaluation; None where either is missing or spurious."""
        kappa, lambda_ = _bounds(evaluation.kappa), _bounds(evaluation.lambda_)
        return None if kappa is None or lambda_ is None else cls(kappa, lambda_)

    def of_type(self, chain: LightChain) -> Bounds:
        """Give one of the two chains."""
        return self.kappa if chain is LightChain.KAPPA else self.lambda_

    def difference(self, involved: LightChain) -> Bounds:
        """Give dFLC, involved less uninvolved, mg/L; negative when the uninvolved is higher.

        It is the interval of all differences: 100 less ``<5`` is more than 95, and at most 100.

        Source: the trial's reading U3.
        """
        return self.of_type(involved).minus(self.of_type(_other(involved)))

    def difference_as_nadir(self, involved: LightChain) -> Decimal | None:
        """Give what dFLC counts as where it is a nadir, mg/L: each chain ``<x`` as 0, ``>x`` as x.

        Source: the trial's reading U3: as a nadir ``<x`` counts as 0.
        """
        ours, theirs = self.of_type(involved).low, self.of_type(_other(involved)).low
        return None if ours is None or theirs is None else ours - theirs


def _other(chain: LightChain) -> LightChain:
    return LightChain.LAMBDA if chain is LightChain.KAPPA else LightChain.KAPPA


def _bounds(chain: MeasuredValue | None) -> Bounds | None:
    if chain is None or chain.value is None or chain.spurious:
        return None
    return Bounds.of(units.free_light_chain(chain.value, chain.unit), chain.comparator)


def ratio_state(
    chains: LightChains,
    details: ImwgDetails,
    *,
    both_suppressed: Literal["ratio_unknown", "normal_if_both_le_uln"] = "ratio_unknown",
) -> RatioState:
    """Tell where the kappa to lambda ratio lies; the limits themselves are normal.

    A chain below its assay limit makes the ratio a bound, which is used where it decides: kappa 8
    over lambda below 1.3 is above 6.1. Nothing is ever divided.

    Args:
        chains: both chains of one sample.
        details: the normal range, and the upper limits of normal of each chain.
        both_suppressed: what stands when the bounds do not decide. ``normal_if_both_le_uln`` takes
            the ratio for normal when neither chain exceeds its upper limit of normal.

    Source: IMWG 2016, table 4, stringent complete response; range 0.26 to 1.65 of Freelite.
    """
    kappa, lambda_ = chains.kappa, chains.lambda_
    low, high = details.ratio_low, details.ratio_high
    over_highest, over_lowest = (
        kappa.minus(_times(lambda_, high)),
        kappa.minus(_times(lambda_, low)),
    )
    if kappa.is_zero and lambda_.is_zero:
        state = RatioState.UNKNOWN
    elif over_highest.above(ZERO):
        state = RatioState.HIGH
    elif over_lowest.below(ZERO):
        state = RatioState.LOW
    elif over_lowest.at_least(ZERO) and over_highest.at_most(ZERO):
        state = RatioState.NORMAL
    else:
        state = RatioState.UNKNOWN
    if (
        state is RatioState.UNKNOWN
        and both_suppressed == "normal_if_both_le_uln"
        and kappa.at_most(details.kappa_upper_limit)
        and lambda_.at_most(details.lambda_upper_limit)
    ):
        return RatioState.NORMAL
    return state


def _times(chain: Bounds, factor: Decimal) -> Bounds:
    """Give a chain times a limit of the ratio, so that nothing has to be divided."""
    return replace(
        chain,
        low=None if chain.low is None else factor * chain.low,
        high=None if chain.high is None else factor * chain.high,
    )


def involved_chain(
    of_enrolment: LightChain | None, baseline: LightChains | None, details: ImwgDetails
) -> LightChain | None:
    """Give the involved chain: the enrolment record's, else the raised one of an abnormal ratio.

    None when neither tells: then no rule on free light chains can be evaluated.

    Source: IMWG 2016, table 4; the trial's reading U4.
    """
    if of_enrolment is not None or baseline is None:
        return of_enrolment
    match ratio_state(baseline, details):
        case RatioState.HIGH:
            return LightChain.KAPPA
        case RatioState.LOW:
            return LightChain.LAMBDA
        case _:
            return None


def raised_on_the_involved_side(state: RatioState, involved: LightChain) -> bool:
    """Tell whether an abnormal ratio is abnormal towards the involved chain."""
    raised = RatioState.HIGH if involved is LightChain.KAPPA else RatioState.LOW
    return state is raised
