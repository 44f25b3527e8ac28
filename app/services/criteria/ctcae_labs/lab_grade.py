"""The answer of grading: one grade, the grades left open, or why there is none."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from app.vocabularies.laboratory_grading import (
    AbnormalityDirection,
    DecidingFact,
    GradeScale,
    GradingReference,
    UngradedReason,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class RestatedValue:
    """A result as it was compared: in another unit, by a rounded factor.

    Attributes:
        value: to five significant digits; compared was the unrounded one.
        unit: UCUM: that of the baseline, or one in which CTCAE prints its cuts.
        factor: in words, such as ``1 mg/dL = 17.104 umol/L``.
    """

    value: Decimal
    unit: str
    factor: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LabGrade:
    """What CTCAE 5.0 says of one result in one direction.

    Attributes:
        analyte: our code, or the sender's where the analyte is not listed.
        direction: None when CTCAE grades the analyte in no direction.
        term: the adverse event term; None without a direction.
        grades: every grade that the result can have, ascending, 0 to 4: one when it is certain,
            none when it cannot be graded. Never 5: a number does not show a death.
        needs: what would decide between several grades.
        without: what the full criterion looks at too and was not known: the grade rests on the
            rest of it, a missing baseline being read as normal, a missing limit leaving a range.
        scale: of a term with two scales, the one that the grade is of; None: it has one, or there
            is no grade.
        restated: None: the result was compared in its own unit.
        rule: the interval that holds the value, per grade; None for grade 0 and without a grade.
        ungraded_reason: why there is no grade; None when there is one.
    """

    analyte: str
    direction: AbnormalityDirection | None = None
    term: str | None = None
    grades: tuple[int, ...] = ()
    needs: tuple[DecidingFact, ...] = ()
    without: tuple[GradingReference, ...] = ()
    rule: str | None = None
    ungraded_reason: UngradedReason | None = None
    scale: GradeScale | None = None
    restated: RestatedValue | None = None

    @property
    def grade(self) -> int | None:
        """The grade; None when there are several or none."""
        return self.grades[0] if len(self.grades) == 1 else None

    @property
    def lowest(self) -> int | None:
        """The lowest grade that the result can have: the one that counts."""
        return self.grades[0] if self.grades else None

    @property
    def highest(self) -> int | None:
        """The highest grade that the result can have."""
        return self.grades[-1] if self.grades else None


def counting_grade(grades: Iterable[LabGrade]) -> LabGrade | None:
    """Give the direction that counts for a result: the one whose lowest grade is highest.

    None when neither direction is graded. Of two at grade 0 it is the first.

    Source: the trial's protocol, laboratory outliers: a range counts with its lowest grade.
    """
    return max(
        (graded for graded in grades if graded.grades),
        key=lambda graded: graded.grades[0],
        default=None,
    )
