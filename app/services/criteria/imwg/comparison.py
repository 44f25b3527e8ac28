"""The derived category beside the investigator's: how far apart they are, neither overwritten.

Source: the trial's rules for derived versus investigator response; Xu et al., PLoS One 2023, for
the differences to expect.
"""

from dataclasses import dataclass
from enum import StrEnum

from app.vocabularies.imwg import ResponseCategory


class Agreement(StrEnum):
    """How a derived category compares with the investigator's."""

    AGREE = "AGREE"
    DERIVED_LOWER = "DERIVED_LOWER"
    DERIVED_HIGHER = "DERIVED_HIGHER"
    PD_DISAGREEMENT = "PD_DISAGREEMENT"
    """Exactly one of the two is progression."""
    DERIVED_NE = "DERIVED_NE"
    INVESTIGATOR_NE = "INVESTIGATOR_NE"


@dataclass(frozen=True, slots=True)
class Comparison:
    """An agreement, and by how many rungs among sCR to SD the two differ."""

    agreement: Agreement
    rungs: int = 0

    @property
    def code(self) -> str:
        """Give the code, as ``DERIVED_LOWER_BY_2``."""
        return f"{self.agreement}_BY_{self.rungs}" if self.rungs else str(self.agreement)


def compare(derived: ResponseCategory, investigator: ResponseCategory) -> Comparison:
    """Compare the derived category of a visit with the investigator's.

    Decision: progression against not evaluable is a disagreement on progression, the graver of the
    two codes that fit.
    """
    if derived is investigator:
        return Comparison(Agreement.AGREE)
    if ResponseCategory.PD in {derived, investigator}:
        return Comparison(Agreement.PD_DISAGREEMENT)
    if derived is ResponseCategory.NE:
        return Comparison(Agreement.DERIVED_NE)
    if investigator is ResponseCategory.NE:
        return Comparison(Agreement.INVESTIGATOR_NE)
    rungs = derived.rank - investigator.rank
    lower = Agreement.DERIVED_LOWER if rungs > 0 else Agreement.DERIVED_HIGHER
    return Comparison(lower, abs(rungs))
