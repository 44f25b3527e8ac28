"""How a grade comes from arms or domains of which some may not have been recorded.

Each arm or domain is read twice: for the grade that was shown, and for the highest one that its
missing parts leave open. The grade is the worst one shown. Where nothing was shown and something
is missing there is no grade; where a missing part could raise it, the grade says ``at_least``.

Decision: the consensus is silent on parts that were not recorded. A finding is not lost because
another one is missing, and none is invented.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, TypeVar

from app.services.criteria.astct_findings import CrsArm, IcansDomain

FindingT = TypeVar("FindingT")


@dataclass(frozen=True, slots=True)
class AstctGrading:
    """A grade and what it rests on.

    Attributes:
        grade: 0 (criteria not met) to 5 (death); None when it cannot be told.
        at_least: a missing part could make the grade higher.
        decided_by: the arms or domains that show the grade; fever when the lack of it means 0.
        missing: the parts, by their name in the findings, that could still change the grade.
    """

    grade: int | None
    at_least: bool
    decided_by: tuple[CrsArm | IcansDomain, ...]
    missing: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class GradeOfPart:
    """One arm or domain: the grade shown, the highest left open, the parts that would settle it."""

    shown: int
    most: int
    missing: tuple[str, ...] = ()


NOT_COUNTED: Final = GradeOfPart(0, 0)
"""Reading of an arm or domain that is due to something else."""


def settled(grade: int) -> GradeOfPart:
    """Read an arm or domain whose parts were all recorded."""
    return GradeOfPart(grade, grade)


def read(part: str, finding: FindingT | None, grades: Mapping[FindingT, int]) -> GradeOfPart:
    """Read a domain that is one finding; without it every grade of the domain is open."""
    if finding is None:
        return GradeOfPart(0, max(grades.values()), (part,))
    return settled(grades[finding])


def worst(
    readings: Mapping[CrsArm, GradeOfPart] | Mapping[IcansDomain, GradeOfPart],
) -> AstctGrading:
    """Give the grade of the worst reading."""
    shown = max(reading.shown for reading in readings.values())
    unsettled = [reading for reading in readings.values() if reading.most > shown]
    return AstctGrading(
        grade=None if shown == 0 and unsettled else shown,
        at_least=shown > 0 and bool(unsettled),
        decided_by=tuple(
            arm for arm, reading in readings.items() if reading.shown == shown and shown > 0
        ),
        missing=tuple(part for reading in unsettled for part in reading.missing),
    )
