"""What a reported number says about the true value: an interval.

``<0.5`` is the interval from 0 to 0.5. A response level is shown only if 0.5 itself satisfies it;
in a test for progression the same result counts as 0, today and as a nadir.
"""

from dataclasses import dataclass
from decimal import Decimal

from app.vocabularies.laboratory import Comparator

ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class Bounds:
    """The least and the greatest value a result allows, in the unit of the rules."""

    low: Decimal
    """Stands in a test for progression, as a nadir and at baseline."""
    high: Decimal | None
    """Stands in a test for a response; None: no upper bound."""

    @classmethod
    def of(cls, value: Decimal, comparator: Comparator | None) -> "Bounds":
        """Give the bounds of a result of at least 0.

        Decision: the strict and the inclusive comparator are read alike. ``<100`` therefore does
        not show "below 100": the bound itself has to satisfy the level.
        """
        if comparator in {Comparator.LESS, Comparator.LESS_OR_EQUAL}:
            return cls(ZERO, value)
        if comparator in {Comparator.GREATER, Comparator.GREATER_OR_EQUAL}:
            return cls(value, None)
        return cls(value, value)

    @property
    def is_zero(self) -> bool:
        """Whether nothing was found."""
        return self.high == 0

    @property
    def quantified(self) -> bool:
        """Whether something was found: the true value is above 0."""
        return self.low > 0

    def fallen_by(self, percent: int, *, baseline: Decimal) -> bool:
        """Tell whether the value lies at least ``percent`` below ``baseline``, beyond doubt.

        Compared by multiplication, so a fall of exactly 90 % is one of 90 %.
        """
        return self.high is not None and (baseline - self.high) * 100 >= percent * baseline

    def fallen_above(self, percent: int, *, baseline: Decimal) -> bool:
        """Tell whether the value lies more than ``percent`` below ``baseline``, beyond doubt."""
        return self.high is not None and (baseline - self.high) * 100 > percent * baseline

    def below(self, limit: int) -> bool:
        """Tell whether the value lies below ``limit``, beyond doubt."""
        return self.high is not None and self.high < limit

    def minus(self, other: "Bounds") -> "Bounds":
        """Give the difference, each bound of this one less the least of the other."""
        return Bounds(self.low - other.low, None if self.high is None else self.high - other.low)
