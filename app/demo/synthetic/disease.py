"""How much myeloma there is: the markers of an invented subject on any day."""

from dataclasses import dataclass
from functools import lru_cache
from random import Random

from app.demo.synthetic.chance import about, through
from app.demo.synthetic.course import SyntheticCourse

DEEPEST = 0.004
"""Share of the first tumour from which on nothing is found any more."""

DOUBLING_DAYS = 16.0
"""Days in which a relapse doubles."""


@dataclass(frozen=True)
class Burden:
    """The first amounts of the markers, and what the healthy side has."""

    serum: float
    urine: float
    involved: float
    uninvolved: float
    marrow: float


@lru_cache(maxsize=128)
def burden(course: SyntheticCourse) -> Burden:
    """Draw the amounts at baseline: g/L in serum, mg a day in urine, mg/L light chains, %."""
    chance = course.chance("burden")
    only_light = course.heavy_chain == "light_chain_only"
    return Burden(
        serum=0.0 if only_light else min(70.0, max(12.0, about(chance, 29.0, 0.4))),
        urine=max(500.0, about(chance, 1100.0, 0.5)) if only_light else 0.0,
        involved=max(250.0, about(chance, 900.0 if only_light else 320.0, 0.5)),
        uninvolved=about(chance, 7.0, 0.3),
        marrow=min(85.0, about(chance, 30.0, 0.5)),
    )


def share(course: SyntheticCourse, day: float) -> float:
    """Give the tumour left on a day, as a share of what there was before lymphodepletion."""
    left = falling(course, day) + regrowth(course, day)
    return left if left > DEEPEST else 0.0


def falling(course: SyntheticCourse, day: float) -> float:
    """Give the share that treatment has left: a half at PR, a tenth at VGPR, nothing at CR."""
    points = [(0.0, 1.0), *zip(course.deepens, (0.5, 0.1, DEEPEST * 0.9), strict=False)]
    plateau = {"PR": 0.28, "VGPR": 0.035, "SD": 0.9, "MR": 0.62, "PD": 1.0, "NE": 0.8}
    if course.best in plateau:
        points.append((points[-1][0] + 60.0, plateau[course.best]))
    return through(points, day)


def urine(course: SyntheticCourse, day: float) -> float:
    """Give the urine M-protein, mg a day.

    Falls faster than the serum markers, so that the urine meets a level whenever they do (PR: less
    than 200 mg a day, or a tenth of the first amount).
    """
    left = float(falling(course, day) ** 3.4) + regrowth(course, day)
    return burden(course).urine * left


def regrowth(course: SyntheticCourse, day: float) -> float:
    """Give what has grown again, in the same share: 0 until shortly before progression."""
    if course.progression is None or day < course.progression - 70:
        return 0.0
    at_progression = 0.05 if course.progression_kind == "imaging" else 0.5
    return float(at_progression * 2 ** ((day - course.progression) / DOUBLING_DAYS))


def level(course: SyntheticCourse, day: float) -> str:
    """Give the response that the investigator would see on a day, before progression."""
    if course.progression is not None and day >= course.progression:
        return "PD"
    if not course.deepens:
        return course.best if course.best in {"SD", "MR"} and day > 20 else "SD"
    reached = sum(day >= when for when in course.deepens)
    if reached == 0:
        return "MR" if day > course.deepens[0] * 0.415 else "SD"
    if reached == 3:
        return "sCR" if course.best == "sCR" and day >= course.deepens[2] + 20 else "CR"
    return ("PR", "VGPR")[reached - 1]


def noisy(chance: Random, value: float) -> float:
    """Measure a value: 3 % of scatter."""
    return about(chance, value, 0.03) if value else 0.0
