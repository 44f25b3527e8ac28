"""One subject's derived results beside the investigator's: best response and the days that matter.

Source: the trial's rules for derived versus investigator response; neither result is overwritten.
"""

from dataclasses import dataclass
from datetime import date

from app.services.criteria.imwg.comparison import Comparison, compare
from app.services.derivations.response.best_response import BestResponse


@dataclass(frozen=True, slots=True, kw_only=True)
class DayComparison:
    """The same event by the two sources; None: it never happened there."""

    derived: date | None
    investigator: date | None

    @property
    def days_later(self) -> int | None:
        """Days by which the derived day is the later one; None where either has none."""
        if self.derived is None or self.investigator is None:
            return None
        return (self.derived - self.investigator).days

    @property
    def agrees(self) -> bool:
        """Whether both have the same day, or neither has one."""
        return self.derived == self.investigator


@dataclass(frozen=True, slots=True, kw_only=True)
class CourseComparison:
    """Best response, first response and progression by the two sources."""

    best: Comparison | None
    """None where either source has no visit to take a best response from."""
    first_response: DayComparison
    progression: DayComparison


def compare_courses(derived: BestResponse, investigator: BestResponse) -> CourseComparison:
    """Compare a subject's derived results with those from the investigator's categories."""
    best = None
    if derived.best is not None and investigator.best is not None:
        best = compare(derived.best, investigator.best)
    return CourseComparison(
        best=best,
        first_response=DayComparison(
            derived=derived.first_response_on, investigator=investigator.first_response_on
        ),
        progression=DayComparison(
            derived=derived.progression_on, investigator=investigator.progression_on
        ),
    )
