"""Laboratory results of an invented subject, as its centre's laboratory system sends them."""

from collections.abc import Iterator
from functools import lru_cache
from random import Random
from typing import Any, Final

from app.demo.records import Record
from app.demo.synthetic.blood import (
    CHEMISTRY,
    COAGULATION,
    CYTOKINES,
    INFLAMMATION,
    SCATTER,
    STRAINED,
    count,
    immunoglobulin,
    moved,
    soluble_bcma,
    strain,
)
from app.demo.synthetic.centres import reported
from app.demo.synthetic.chance import about, through
from app.demo.synthetic.course import SyntheticCourse
from app.demo.synthetic.enrolment import at
from app.demo.synthetic.schedule import EVALUATIONS, SyntheticVisit, followed, visits

COUNTED_BETWEEN: Final = (17, 24, 35, 42, 49, 56)
"""Days between the visits on which blood counts are taken: weekly until they have recovered."""
_CYTOKINE_VISITS: Final = frozenset({"BL", "D0", "D1", "D3", "D5", "D7", "D10", "D14", "D21", "M1"})
_EARLY: Final = frozenset({"BL", "D0", "D1", "D3", "D5", "D7", "D10", "D14", "D21", "M1"})
_WITH_COAGULATION: Final = (_EARLY - {"D1"}) | {"SCR", "M2", "M3"}
_CARDIAC: Final = frozenset({"SCR", "BL", "D7", "D14", "M1"})
_SUBSETS: Final = frozenset({"BL", "D7", "D14", "D21", "M1", "M2", "M3", "M6", "M9", "M12", "M18",
                             "M24"})  # fmt: skip
_B_CELLS: Final = ((-6, 45.0), (7, 1.5), (14, 0.4), (120, 0.4), (300, 30.0), (420, 110.0))
"""CD19+ cells per uL, by day."""
_ANTIBODY: Final = frozenset({"BL", "M1", "M3", "M6", "M12", "M24"})
_VIRUS: Final = frozenset({"SCR", "BL", "M1", "M2", "M3"})


@lru_cache(maxsize=128)
def counting_days(course: SyntheticCourse) -> tuple[int, ...]:
    """Give the days of the blood counts: daily to day 14, weekly to day 56, then at visits."""
    days = {visit.day for visit in sampled(course)} | set(range(15)) | set(COUNTED_BETWEEN)
    return tuple(sorted(day for day in days if day < course.evaluated_until or day < 0))


@lru_cache(maxsize=128)
def sampled(course: SyntheticCourse) -> tuple[SyntheticVisit, ...]:
    """Give the visits at which blood was taken for more than counts."""
    before = tuple(visit for visit in visits(course) if visit.code in {"SCR", "BL"})
    return before + followed(course)


def lab_results(course: SyntheticCourse) -> list[Record]:
    """Tell every result, sample by sample."""
    told: list[Record] = []
    if course.infused:
        for day in counting_days(course):
            told += _sample(course, "H", day, dict(_counts(course, day)))
    for visit in sampled(course):
        told += _sample(course, "C", visit.day, dict(_values(course, visit)))
        told += _words(course, visit)
    return told


def _counts(course: SyntheticCourse, day: int) -> Iterator[tuple[str, float]]:
    measured = {analyte: count(course, analyte, day) for analyte in SCATTER}
    yield from measured.items()
    yield "WBC", (measured["NEUT"] + measured["LYMPH"]) * 1.12


def _values(course: SyntheticCourse, visit: SyntheticVisit) -> Iterator[tuple[str, float]]:
    """Give what is measured at a visit, in SI units."""
    chance, strained = course.chance(f"chemistry {visit.day}"), strain(course, visit.day)
    for analyte, (usual, scatter) in CHEMISTRY.items():
        yield analyte, moved(chance, usual, STRAINED[analyte], strained, scatter)
    if visit.code in _WITH_COAGULATION:
        for analyte, (usual, factor) in COAGULATION.items():
            yield analyte, moved(chance, usual, factor, strained, 0.08)
    if visit.code in _EARLY or visit.code in {"SCR", "M2", "M3"}:
        for analyte, (usual, factor) in INFLAMMATION.items():
            yield analyte, moved(chance, usual, factor, strained, 0.2)
    if visit.code in _CYTOKINE_VISITS:
        for analyte, (usual, factor) in CYTOKINES.items():
            yield analyte, moved(chance, usual, factor, strained, 0.3)
    if visit.code in _CARDIAC:
        yield "NTPROBNP", moved(chance, 130, 2.2, strained, 0.3)
        yield "TNT_HS", moved(chance, 7, 1.5, strained, 0.2)
    yield from _of_plasma_and_b_cells(course, visit, chance)


def _of_plasma_and_b_cells(
    course: SyntheticCourse, visit: SyntheticVisit, chance: Random
) -> Iterator[tuple[str, float]]:
    if visit.code in {"SCR", "BL", "D7", "D14", "D21"} or visit.code in EVALUATIONS:
        yield "SBCMA", about(chance, soluble_bcma(course, visit.day), 0.08)
    if visit.code in {"SCR", "BL"} or visit.code in EVALUATIONS:
        for analyte in ("IGG", "IGA", "IGM"):
            yield analyte, about(chance, immunoglobulin(course, analyte, visit.day), 0.04)
    if visit.code in {"SCR", "BL", "M1", "M3", "M6", "M12", "M24"}:
        yield "B2M", about(chance, 3.1, 0.15)
    if visit.code in _SUBSETS:
        day = visit.day
        cells = count(course, "LYMPH", day) * 1000
        yield "CD3", cells * 0.82
        yield "CD4", cells * through(((0, 0.3), (28, 0.2), (365, 0.35)), day)
        yield (
            "CD19",
            through(((-6, 45), (7, 1.5), (14, 0.4), (120, 0.4), (300, 30), (420, 110)), day),
        )


def _words(course: SyntheticCourse, visit: SyntheticVisit) -> list[Record]:
    """Tell the results that are words: antibodies, vector, viruses."""
    chance = course.chance(f"words {visit.day}")
    found: dict[str, tuple[str, str]] = {}
    if visit.code in _ANTIBODY:
        positive = visit.day > 60 and course.number % 8 == 0
        found["ADA"] = ("POSITIVE" if positive else "NEGATIVE", "serum")
        if visit.day < 0 or visit.day > 60:
            found["RCL"] = ("NOT DETECTED", "blood")
    if visit.code in _VIRUS:
        found["CMV_DNA"] = ("DETECTED" if chance.random() < 0.04 else "NOT DETECTED", "plasma")
        found["EBV_DNA"] = ("NOT DETECTED", "plasma")
    sample = f"{course.subject}-V{visit.day}"
    return [
        Record(
            "lab-results",
            f"{course.subject}:LB:V{visit.day}:{analyte}",
            {"analyte": analyte, "coded_value": word, "specimen": specimen, "sample_id": sample,
             "collected_at": course.on(visit.day).isoformat(), "laboratory": "central laboratory"},
        )
        for analyte, (word, specimen) in found.items()
    ]  # fmt: skip


def _sample(
    course: SyntheticCourse, panel: str, day: int, values: dict[str, float]
) -> list[Record]:
    chance = course.chance(f"sample {panel} {day}")
    sample = f"{course.subject}-{panel}{day}"
    common: dict[str, Any] = {
        "sample_id": sample,
        "collected_at": at(course.on(day), chance.randint(6, 8), chance.randint(0, 59)),
        "laboratory": course.centre.laboratory,
    }
    return [
        Record(
            "lab-results",
            f"{course.subject}:LB:{panel}{day}:{analyte}",
            {**reported(course.centre, analyte, value), **common},
        )
        for analyte, value in values.items()
    ]
