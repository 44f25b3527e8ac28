"""The ten-point screening of encephalopathy that ICANS grading rests on."""

from typing import Annotated

from pydantic import Field, ValidationInfo, field_validator
from pydantic_core import PydanticCustomError

from app.models.shape import Part
from app.models.values import WholeNumber

ITEMS = ("orientation", "naming", "command", "writing", "attention")


class IceScore(Part):
    """Immune effector cell-associated encephalopathy (ICE) score: five items and their sum.

    Source: ASTCT consensus (Lee 2019), ICE assessment tool: 4 + 3 + 1 + 1 + 1 points.

    Decision: the items are sent with the sum, because a sum alone cannot be checked. A record that
    has only the sum from an older form leaves the items out and sends the score.
    """

    orientation: Annotated[int, WholeNumber(at_least=0, at_most=4)] | None = Field(
        default=None, description="Year, month, city, hospital: one point each, 0 to 4."
    )
    naming: Annotated[int, WholeNumber(at_least=0, at_most=3)] | None = Field(
        default=None, description="Objects named, 0 to 3."
    )
    command: Annotated[int, WholeNumber(at_least=0, at_most=1)] | None = Field(
        default=None, description="Follows a simple command, 0 or 1."
    )
    writing: Annotated[int, WholeNumber(at_least=0, at_most=1)] | None = Field(
        default=None, description="Writes a standard sentence, 0 or 1."
    )
    attention: Annotated[int, WholeNumber(at_least=0, at_most=1)] | None = Field(
        default=None, description="Counts backwards from 100 by ten, 0 or 1."
    )
    score: Annotated[int, WholeNumber(at_least=0, at_most=10)] = Field(
        description="ICE score, 0 to 10: the sum of the items."
    )

    @field_validator("score")
    @classmethod
    def score_is_the_sum(cls, score: int, info: ValidationInfo) -> int:
        """Require all items or none, and their sum.

        Raises:
            PydanticCustomError: ``ice_items_incomplete`` or ``ice_score_not_the_sum``.
        """
        if not set(ITEMS) <= info.data.keys():
            return score
        items = [info.data[item] for item in ITEMS]
        if items.count(None) == len(items):
            return score
        if None in items:
            raise PydanticCustomError(
                "ice_items_incomplete", "send all five ICE items with the score, or the score alone"
            )
        if sum(items) != score:
            raise PydanticCustomError(
                "ice_score_not_the_sum", "the score is the sum of the five ICE items"
            )
        return score
