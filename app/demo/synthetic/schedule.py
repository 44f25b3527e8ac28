"""When an invented subject comes: the visits of the trial's schedule, each on a day of its window.

Source: the schedule of assessments in ``trial.toml``; the windows are narrower here, so that no
visit falls out of its own.
"""

from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Final

from app.demo.synthetic.course import SyntheticCourse
from app.demo.synthetic.enrolment import screened_on

INPATIENT: Final = {"D0": 0, "D1": 1, "D3": 3, "D5": 5, "D7": 7, "D10": 10, "D14": 14, "D21": 21}
EVALUATIONS: Final = {
    "M1": (28, 0, 4), "M2": (61, 4, 4), "M3": (91, 4, 4), "M4": (122, 4, 4), "M5": (152, 4, 4),
    "M6": (183, 4, 4), "M9": (274, 8, 8), "M12": (365, 8, 8), "M15": (457, 8, 8),
    "M18": (548, 8, 8), "M21": (639, 8, 8), "M24": (731, 8, 8), "M27": (822, 8, 8),
    "M30": (913, 8, 8), "M33": (1004, 8, 8),
}  # fmt: skip
"""Target day of each disease evaluation, and the days before and after it that a subject comes."""
WITH_MARROW: Final = frozenset({"M1", "M3", "M6", "M12", "M18", "M24"})
WITH_IMAGING: Final = frozenset({"M3", "M6", "M12", "M24"})
MISSED_SHARE: Final = 0.05
_REASONS: Final = ("subject_decision", "illness", "travel", "centre")


@dataclass(frozen=True)
class SyntheticVisit:
    """One visit of one subject.

    Attributes:
        day: the day it took place, from the infusion.
        missed_because: why it did not; None when it did.
    """

    code: str
    day: int
    missed_because: str | None = None


@lru_cache(maxsize=128)
def visits(course: SyntheticCourse) -> tuple[SyntheticVisit, ...]:
    """Give the visits up to the last day that is told of, in the order of their days."""
    chance = course.chance("visits")
    came = [
        SyntheticVisit("SCR", _days(course, screened_on(course))),
        SyntheticVisit("APH", _days(course, course.leukapheresis)),
    ]
    if not course.infused:
        return tuple(came)
    came.append(SyntheticVisit("BL", -5 - chance.randint(1, 3)))
    came += [SyntheticVisit(code, day) for code, day in INPATIENT.items()]
    for code, (target, before, after) in EVALUATIONS.items():
        day = target + chance.randint(-before, after)
        if course.progression is not None and abs(day - course.progression) < 10:
            day = course.progression
        missed = code not in {"M1", "M3"} and chance.random() < MISSED_SHARE
        because = chance.choice(_REASONS) if missed and day != course.progression else None
        came.append(SyntheticVisit(code, day, because))
    return tuple(visit for visit in came if visit.day < course.last_day)


def evaluations(course: SyntheticCourse) -> tuple[SyntheticVisit, ...]:
    """Give the visits with a disease evaluation that took place, up to progression."""
    return tuple(
        visit
        for visit in visits(course)
        if visit.missed_because is None
        and (visit.code == "BL" or visit.code in EVALUATIONS)
        and visit.day <= course.evaluated_until
    )


def followed(course: SyntheticCourse) -> tuple[SyntheticVisit, ...]:
    """Give the visits after the infusion that took place, up to progression."""
    return tuple(
        visit
        for visit in visits(course)
        if visit.missed_because is None and 0 <= visit.day <= course.evaluated_until
    )


def _days(course: SyntheticCourse, day: date) -> int:
    return (day - course.infusion).days
