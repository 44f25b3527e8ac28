"""The rows of the criteria for progressive disease, and the finding that one of them was met.

Source: Kumar et al., Lancet Oncol 2016 (IMWG 2016), table 4, progressive disease.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Final, Literal

from app.services.criteria.imwg.evaluation import Component
from app.services.criteria.imwg.nadir import Dated
from app.vocabularies.imwg import PdBasis

UNANSWERED: Final = "unanswered"
DerivedBasis = PdBasis | Literal["unanswered"]
"""What a derived progression rests on; ``unanswered`` is a lesion that somebody has to judge."""


class ProgressionRule(StrEnum):
    """A row of the criteria for progressive disease."""

    SERUM = "P-S"
    SERUM_FROM_5 = "P-S5"
    URINE = "P-U"
    LIGHT_CHAINS = "P-F"
    MARROW = "P-B"
    NEW_LESION = "P-L1"
    PRODUCT_SUM = "P-L2"
    LONGEST_DIAMETER = "P-L3"
    CIRCULATING_CELLS = "P-C"
    CALCIUM = "P-H"
    UNANSWERED_LESION = "LESION-NOT-AT-BASELINE"
    """A lesion that baseline imaging did not have, and that nobody has called new: no row of the
    criteria, but a question that stands as one until it is answered."""

    @property
    def basis(self) -> DerivedBasis:
        """What the rule rests on; imaging and marrow need no confirmation."""
        match self:
            case ProgressionRule.UNANSWERED_LESION:
                return UNANSWERED
            case (
                ProgressionRule.NEW_LESION
                | ProgressionRule.PRODUCT_SUM
                | ProgressionRule.LONGEST_DIAMETER
            ):
                return PdBasis.IMAGING
            case ProgressionRule.MARROW:
                return PdBasis.MARROW
            case _:
                return PdBasis.BIOCHEMICAL


@dataclass(frozen=True, slots=True, kw_only=True)
class ProgressionFinding:
    """One rule that was met, with the numbers that met it, in the unit of the rule."""

    rule: ProgressionRule
    component: Component
    collected_on: date
    current: Decimal | None = None
    nadir: Dated | None = None
    lesion_id: str | None = None
    reported: str = ""
    """The value as the laboratory wrote it."""
    through_limit: bool = False
    """It stands only because a nadir below the limit of its assay counts as 0."""
