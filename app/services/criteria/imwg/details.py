"""Readings of the IMWG criteria that the trial's policy does not name: defaults, alternatives."""

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Literal

from app.trial.response import ResponseComponents


@dataclass(frozen=True, slots=True, kw_only=True)
class ImwgDetails:
    """Points that :class:`app.trial.policy.ImwgPolicy` leaves alone, each with its usual value.

    Source: Kumar et al., Lancet Oncol 2016 (IMWG 2016); Rajkumar et al., Blood 2011 (IMWG 2011);
    reference ranges of the Freelite assay, Katzmann et al., Clin Chem 2002. Q-numbers are those of
    the trial's list of open points.
    """

    flc_only_mr: bool = False
    """Q10: whether a dFLC fall of 25 % to below 50 % is MR where only dFLC is measurable."""
    plasmacytoma_vgpr_pct: Literal[50, 90] = 50
    """Q11: how much smaller baseline plasmacytomas must be for VGPR, in %."""
    ratio_low: Decimal = Decimal("0.26")
    """Q13: lowest normal kappa to lambda ratio."""
    ratio_high: Decimal = Decimal("1.65")
    """Q13: highest normal kappa to lambda ratio."""
    kappa_upper_limit: Decimal = Decimal("19.4")
    """Q12: upper limit of normal of kappa, mg/L."""
    lambda_upper_limit: Decimal = Decimal("26.3")
    """Q12: upper limit of normal of lambda, mg/L."""
    circulating_pd: Literal["count", "rise"] = "count"
    """Q15: whether the count, or its rise, has to be 200/uL."""
    clonality: Literal["ihc_or_flow", "ihc_only"] = "ihc_or_flow"
    """Q17: which tests of clonality support sCR."""
    marrow_sample: Literal["higher", "aspirate"] = "higher"
    """Q26: which plasma cell count stands when aspirate and biopsy differ."""
    urine_only_serum: Literal["zero_or_90_pct", "ignored"] = "zero_or_90_pct"
    """Q30: what VGPR asks of serum when only urine is measurable."""
    flc_vgpr: Literal["at_least_90_pct", "above_90_pct"] = "at_least_90_pct"
    """Q32: the dFLC fall that VGPR asks for."""
    components: ResponseComponents = field(default_factory=ResponseComponents)
    """When a part of an evaluation may be collected, and how old a baseline may be: the trial's."""


USUAL_DETAILS = ImwgDetails()
"""Every default."""
