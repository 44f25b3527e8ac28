"""What a reported number says about the true value: an interval, each end closed or open.

``<0.5`` is [0, 0.5), ``<=0.5`` is [0, 0.5], ``>2`` is (2, ...), ``>=2`` is [2, ...). Something is
said of a result only if it holds for every value of its interval.

Source: the trial's reading of the IMWG 2016 criteria, U3.
"""

from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from app.vocabularies.laboratory import Comparator

ZERO: Final = Decimal(0)


@dataclass(frozen=True, slots=True)
class Bounds:
    """The least and the greatest value a result allows, in the unit of the rules."""

    low: Decimal | None
    """None: no lower bound, as of a difference from a result above the range of its assay.

    As a baseline this end stands: ``>x`` counts as x, and the fall from the least value is the
    smallest.
    """
    high: Decimal | None
    """None: no upper bound."""
    low_open: bool = False
    """The true value is above ``low``."""
    high_open: bool = False
    """The true value is below ``high``."""

    @classmethod
    def of(cls, value: Decimal, comparator: Comparator | None) -> "Bounds":
        """Give the bounds of a result of at least 0."""
        match comparator:
            case Comparator.LESS:
                return cls(ZERO, value, high_open=value > 0)
            case Comparator.LESS_OR_EQUAL:
                return cls(ZERO, value)
            case Comparator.GREATER:
                return cls(value, None, low_open=True)
            case Comparator.GREATER_OR_EQUAL:
                return cls(value, None)
        return cls(value, value)

    def __str__(self) -> str:
        low = "(..." if self.low is None else f"{'(' if self.low_open else '['}{self.low:f}"
        high = "...)" if self.high is None else f"{self.high:f}{')' if self.high_open else ']'}"
        return f"{low}, {high}"

    @property
    def is_zero(self) -> bool:
        """Whether nothing was found."""
        return self.high == 0

    @property
    def quantified(self) -> bool:
        """Whether something was found: the true value is above 0."""
        return self.above(ZERO)

    def below(self, limit: Decimal | int) -> bool:
        """Tell whether the value lies below ``limit``, beyond doubt."""
        if self.high is None:
            return False
        return self.high < limit or (self.high_open and self.high == limit)

    def at_most(self, limit: Decimal | int) -> bool:
        """Tell whether the value is ``limit`` or less, beyond doubt."""
        return self.high is not None and self.high <= limit

    def above(self, limit: Decimal | int) -> bool:
        """Tell whether the value lies above ``limit``, beyond doubt."""
        if self.low is None:
            return False
        return self.low > limit or (self.low_open and self.low == limit)

    def at_least(self, limit: Decimal | int) -> bool:
        """Tell whether the value is ``limit`` or more, beyond doubt."""
        return self.low is not None and self.low >= limit

    def fallen_by(self, percent: int, *, baseline: Decimal) -> bool:
        """Tell whether the value lies at least ``percent`` below ``baseline``, beyond doubt.

        Compared by multiplication, so a fall of exactly 90 % is one of 90 %.
        """
        return self.high is not None and (baseline - self.high) * 100 >= percent * baseline

    def fallen_above(self, percent: int, *, baseline: Decimal) -> bool:
        """Tell whether the value lies more than ``percent`` below ``baseline``, beyond doubt."""
        if self.high is None:
            return False
        fall = (baseline - self.high) * 100
        return fall > percent * baseline or (self.high_open and fall == percent * baseline)

    def plus(self, other: "Bounds") -> "Bounds":
        """Give the sum: the interval of all sums of their values."""
        return Bounds(
            None if self.low is None or other.low is None else self.low + other.low,
            None if self.high is None or other.high is None else self.high + other.high,
            self.low_open or other.low_open,
            self.high_open or other.high_open,
        )

    def minus(self, other: "Bounds") -> "Bounds":
        """Give the difference: the interval of all differences of their values."""
        return Bounds(
            None if self.low is None or other.high is None else self.low - other.high,
            None if self.high is None or other.low is None else self.high - other.low,
            self.low_open or other.high_open,
            self.high_open or other.low_open,
        )

    def highest_of(self, other: "Bounds") -> "Bounds":
        """Give the interval of the higher of two values."""
        least = max(self, other, key=_from_below)
        if self.high is None or other.high is None:
            return Bounds(least.low, None, least.low_open)
        most = max(self, other, key=lambda bounds: (bounds.high, not bounds.high_open))
        return Bounds(least.low, most.high, least.low_open, most.high_open)


def _from_below(bounds: Bounds) -> tuple[Decimal, bool]:
    return Decimal("-Infinity") if bounds.low is None else bounds.low, bounds.low_open
