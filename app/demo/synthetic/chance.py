"""Chance that can be repeated, and curves through points."""

import math
from bisect import bisect_right
from collections.abc import Sequence
from random import Random
from typing import TypeVar

Thing = TypeVar("Thing")
Curve = Sequence[tuple[float, float]]
"""Points (day, value) in the order of their days; days count from the infusion."""


def source_of_chance(*names: object) -> Random:
    """Give a source of chance that belongs to these names: the same each time, alike in no two.

    Text seeds are hashed by the generator itself, so they do not depend on the process.
    """
    return Random(" ".join(str(name) for name in names))  # noqa: S311 - nothing secret


def about(chance: Random, typical: float, spread: float) -> float:
    """Draw a positive value around a typical one; ``spread`` is the SD of its logarithm."""
    return typical * math.exp(chance.gauss(0.0, spread))


def through(points: Curve, day: float) -> float:
    """Give the value of a curve on a day, on straight lines between the logarithms of its points.

    Before the first and after the last point the curve is level. All values are above 0.
    """
    after = bisect_right([at for at, _ in points], day)
    if after == 0:
        return points[0][1]
    if after == len(points):
        return points[-1][1]
    (begin, low), (end, high) = points[after - 1], points[after]
    share = (day - begin) / (end - begin)
    return float(low ** (1 - share) * high**share)


def dealt(chance: Random, hands: Sequence[tuple[Thing, int]]) -> list[Thing]:
    """Give each thing as often as it says, in a random order."""
    things = [thing for thing, count in hands for _ in range(count)]
    chance.shuffle(things)
    return things
