"""CAR-T cells of an invented subject: qPCR and flow cytometry in blood, marrow and CSF."""

from random import Random
from typing import Any, Final

from app.demo.records import Record
from app.demo.synthetic.centres import written
from app.demo.synthetic.chance import Curve, about, through
from app.demo.synthetic.course import SyntheticCourse
from app.demo.synthetic.enrolment import at
from app.demo.synthetic.schedule import WITH_MARROW, followed

SAMPLED: Final = frozenset(
    {"D0", "D1", "D3", "D7", "D10", "D14", "D21", "M1", "M2", "M3", "M6", "M9", "M12", "M18",
     "M24", "M30"}
)  # fmt: skip
LIMITS: Final = {
    "qpcr": ("{copies}/ug", 50.0, 20.0, 1),
    "flow_pct": ("%", 0.05, 0.02, 2),
    "flow_abs": ("/uL", 0.5, 0.2, 2),
}
"""Unit, LLOQ, LOD and decimals of each method."""


def copies(course: SyntheticCourse) -> Curve:
    """Draw the qPCR profile in blood, copies per ug: a peak around day 12, then two slopes down.

    Responders and subjects with CRS expand more; most are below the limit within a year.
    """
    chance = course.chance("expansion")
    responds = bool(course.deepens)
    typical = (60_000 if responds else 9_000) * (0.6 + 0.45 * course.crs_grade)
    peak = min(900_000.0, about(chance, typical, 0.55))
    peak_day = min(15.0, max(9.0, chance.gauss(12.0, 1.3)))
    gone = about(chance, 290.0 if responds else 120.0, 0.45)
    return (
        (0.0, 1.0),
        (0.9, 150.0),
        (3.0, 260.0),
        (peak_day - 4, peak * 0.12),
        (peak_day, peak),
        (peak_day + 8, peak * 0.3),
        (28.0, peak * 0.09),
        (gone, 45.0),
        (gone + 90.0, 12.0),
        (gone + 200.0, 4.0),
    )


def kinetics(course: SyntheticCourse) -> list[Record]:
    """Tell every sample: blood by schedule, marrow with each marrow, CSF in some."""
    curve, chance = copies(course), course.chance("kinetics")
    told = _sample(course, "PB", "BL", -6.0, 0.0, chance)
    for visit in followed(course):
        if visit.code in SAMPLED:
            value = 0.0 if visit.day == 0 else through(curve, visit.day)
            told += _sample(course, "PB", visit.code, visit.day, value, chance)
        if visit.code in WITH_MARROW:
            value = through(curve, visit.day) * about(chance, 0.8, 0.4)
            told += _sample(course, "BM", visit.code, visit.day, value, chance)
    if (course.icans_grade >= 2 or course.number % 7 == 0) and course.last_day > 13:
        told += _sample(course, "CSF", "D14", 13.0, through(curve, 13) * 0.05, chance)
    return told


def _sample(
    course: SyntheticCourse, matrix: str, visit: str, day: float, value: float, chance: Random
) -> list[Record]:
    """Tell one sample by its methods; flow cytometry follows the copies, less sensitively."""
    value = about(chance, value, 0.12) if value else 0.0
    share = min(72.0, value / 2600.0)
    t_cells = max(30.0, value / 140.0)
    found = {"qpcr": value, "flow_pct": share, "flow_abs": share / 100 * t_cells}
    hour = 8 if visit == "D0" else chance.randint(6, 9)
    moment = at(course.on(day), hour, chance.randint(0, 59))
    told = []
    for method, measured in found.items():
        if matrix == "BM" and method == "flow_abs":
            continue
        identity = f"{course.subject}:PC:{matrix}:{visit}:{method}"
        body = _result(method, measured) | {
            "infusion": Record("infusions", f"{course.subject}:INF", {}).reference,
            "matrix": matrix,
            "collected_at": moment,
            "laboratory": "central kinetics laboratory",
            "sample_id": f"{course.subject}-{matrix}-{visit}",
            "specimen_quality": "adequate",
        }
        if method == "qpcr":
            body["genomic_dna_ng"] = "200" if matrix != "CSF" else "60"
        else:
            body["cd3_events"] = chance.randrange(100_000, 240_000, 500)
        told.append(Record("kinetics", identity, body))
    return told


def _result(method: str, value: float) -> dict[str, Any]:
    unit, lloq, lod, places = LIMITS[method]
    said: dict[str, Any] = {
        "method": method, "unit": unit, "lloq": f"{lloq:g}", "lod": f"{lod:g}",
    }  # fmt: skip
    printed = written(value, places)
    if float(printed) >= lloq:
        return {**said, "value": printed, "quantification": "quantifiable"}
    state = "detected_below_lloq" if float(printed) >= lod else "not_detected"
    return {**said, "quantification": state}
