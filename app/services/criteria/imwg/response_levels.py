"""Levels of response below complete response: what each marker shows, against baseline.

Printed tables say "25-49 %" and "50-89 %"; a fall of 49.5 % belongs to the lower level, so the
intervals are half-open. The level of a visit is the lowest over all measurable markers.

Source: Kumar et al., Lancet Oncol 2016 (IMWG 2016), table 4; Rajkumar et al., Blood 2011, minimal
response.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Final

from app.services.criteria.imwg.bounds import Bounds
from app.services.criteria.imwg.details import USUAL_DETAILS, ImwgDetails
from app.services.criteria.imwg.evaluation import Component
from app.vocabularies.imwg import ResponseCategory


class MissingRule(StrEnum):
    """What follows from a part that is missing."""

    MEASURABLE_MARKER = "X1"
    OTHER_FLUID = "X2"
    COMPLETE_RESPONSE = "X3"
    STRINGENT_RESPONSE = "X4"
    IMAGING = "X5"


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    """One thing a response level asks for."""

    component: Component
    met: bool | None
    """None: what would show it is missing, or only carried forward."""
    if_missing: MissingRule
    collected_on: date | None = None
    """Day of collection where it was measured for this visit; None: carried forward, or missing."""


NO_LEVEL: Final = ResponseCategory.SD


def serum_level(*, baseline: Decimal, current: Bounds) -> ResponseCategory:
    """Give the level of measurable serum M-protein.

    VGPR from a fall of 90 % or nothing on electrophoresis, PR from 50 %, MR from 25 %.

    Args:
        baseline: g/dL.
        current: g/dL of this visit.

    Source: IMWG 2016, table 4.
    """
    if current.is_zero or current.fallen_by(90, baseline=baseline):
        return ResponseCategory.VGPR
    if current.fallen_by(50, baseline=baseline):
        return ResponseCategory.PR
    return ResponseCategory.MR if current.fallen_by(25, baseline=baseline) else NO_LEVEL


def urine_level(*, baseline: Decimal, current: Bounds) -> ResponseCategory:
    """Give the level of measurable urine M-protein.

    VGPR below 100 mg/24 h; PR from a fall of 90 % or below 200; MR from a fall of 50 %.

    Args:
        baseline: mg/24 h.
        current: mg/24 h of this visit.

    Source: IMWG 2016, table 4.
    """
    if current.below(100):
        return ResponseCategory.VGPR
    if current.below(200) or current.fallen_by(90, baseline=baseline):
        return ResponseCategory.PR
    return ResponseCategory.MR if current.fallen_by(50, baseline=baseline) else NO_LEVEL


def dflc_level(
    *, baseline: Decimal, current: Bounds, details: ImwgDetails = USUAL_DETAILS
) -> ResponseCategory:
    """Give the level of dFLC where only free light chains are measurable.

    VGPR from a fall of 90 %, PR from 50 %. The criteria define no MR by free light chains (Q10).

    Args:
        baseline: mg/L.
        current: mg/L of this visit; negative when the uninvolved chain is the higher.
        details: Q10 and Q32.

    Source: IMWG 2016, table 4.
    """
    deep = current.fallen_by(90, baseline=baseline)
    if details.flc_vgpr == "above_90_pct":
        deep = current.fallen_above(90, baseline=baseline)
    if deep:
        return ResponseCategory.VGPR
    if current.fallen_by(50, baseline=baseline):
        return ResponseCategory.PR
    if details.flc_only_mr and current.fallen_by(25, baseline=baseline):
        return ResponseCategory.MR
    return NO_LEVEL


def marrow_level(*, baseline: Decimal, current: Bounds) -> ResponseCategory:
    """Give the level of marrow plasma cells where nothing else is measurable: PR from 50 %.

    Args:
        baseline: %, at least 30.
        current: % of this visit.

    Source: IMWG 2016, table 4, partial response.
    """
    return ResponseCategory.PR if current.fallen_by(50, baseline=baseline) else NO_LEVEL


def shows_vgpr_in_serum(*, baseline: Decimal | None, current: Bounds) -> bool:
    """Tell whether serum that was not measurable at baseline allows VGPR: 0, or 90 % down.

    Args:
        baseline: g/dL; None: not quantified at baseline, so that only 0 allows it.
        current: g/dL of this visit.

    Source: IMWG 2016, table 4: M-protein by immunofixation but not electrophoresis in serum and
    urine, or a 90 % fall in serum with urine below 100 mg/24 h.
    """
    return current.is_zero or (baseline is not None and current.fallen_by(90, baseline=baseline))


def plasmacytomas_shrunk(*, baseline: Decimal, current: Decimal, percent: int) -> bool:
    """Tell whether the sum of products of plasmacytomas is at least ``percent`` % smaller, mm2.

    Source: IMWG 2016, table 4: in addition, if present at baseline, a reduction of 50 % or more.
    """
    return (baseline - current) * 100 >= percent * baseline
