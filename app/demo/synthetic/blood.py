"""What is in the blood of an invented subject on any day: counts, chemistry, cytokines.

Curves fit each other and the events: cell counts fall with lymphodepletion and recover in two
steps, inflammation follows the grade and the days of the CRS, sBCMA and immunoglobulins follow the
plasma cells.
"""

from functools import lru_cache
from random import Random
from typing import Final

from app.demo.synthetic.chance import Curve, about, through
from app.demo.synthetic.course import SyntheticCourse
from app.demo.synthetic.disease import burden, share
from app.demo.synthetic.expansion import copies

SCATTER: Final = {"HGB": 0.02, "NEUT": 0.08, "LYMPH": 0.08, "PLT": 0.06}
"""The cell counts, and their scatter from sample to sample."""
CHEMISTRY: Final = {
    "ALT": (21, 0.25), "AST": (23, 0.2), "BILI": (10, 0.25), "CREAT": (76, 0.1),
    "UREA": (5.4, 0.15),
    "SODIUM": (139, 0.012), "K": (4.1, 0.06), "CA_TOTAL": (2.28, 0.03), "PHOS": (1.1, 0.1),
    "ALB": (38, 0.05), "LDH": (190, 0.12),
}  # fmt: skip
"""Usual value of a subject with treated myeloma, and its scatter from sample to sample."""
STRAINED: Final = {
    "ALT": 1.6, "AST": 1.7, "BILI": 1.2, "CREAT": 1.08, "UREA": 1.1, "SODIUM": 0.985, "K": 0.93,
    "CA_TOTAL": 0.95, "PHOS": 0.75, "ALB": 0.85, "LDH": 1.6,
}  # fmt: skip
"""By what factor a CRS of grade 2 moves each at its height."""
COAGULATION: Final = {
    "INR": (1.02, 1.15), "APTT": (30, 1.2), "FIBRINO": (3.4, 0.75), "DDIMER": (420, 4.0),
}  # fmt: skip
CYTOKINES: Final = {
    "IL6": (4, 25), "IL10": (4, 12), "IFNG": (5, 14), "TNFA": (6, 2.5), "IL2": (1.5, 3),
    "IL8": (12, 5), "SIL2R": (900, 5), "IL15": (4, 6), "GMCSF": (1.2, 3),
}  # fmt: skip
"""Usual value, and its factor at the height of a CRS of grade 2."""
INFLAMMATION: Final = {"CRP": (5, 12), "FERRITIN": (380, 5)}


@lru_cache(maxsize=512)
def counts(course: SyntheticCourse) -> dict[str, Curve]:
    """Draw the curves of the cell counts: 10*9/L, haemoglobin g/L."""
    chance = course.chance("counts")
    slow = chance.random() < 0.2
    neutrophils, platelets = about(chance, 3.0, 0.25), about(chance, 165, 0.25)
    haemoglobin = min(140.0, about(chance, 108, 0.1))
    lowest = about(chance, 0.07 if slow else 0.22, 0.5)
    platelets_lowest = about(chance, 16 if slow else 48, 0.4)
    anaemia = min(haemoglobin * 0.88, about(chance, 80, 0.07))
    height = min(4.0, copies(course)[4][1] / 60_000 * 1.2)
    late = 45.0 if slow else chance.uniform(24, 32)
    return {
        "NEUT": (
            (-5, neutrophils), (0, neutrophils * 0.55), (5, lowest * 1.6), (8, lowest),
            (11, lowest * 1.5), (16, 0.55 if slow else about(chance, 1.9, 0.25)),
            (late, about(chance, 0.5 if slow else 0.95, 0.25)), (late + 30, 1.7),
            (150, neutrophils * 0.85), (365, neutrophils * 0.95),
        ),
        "PLT": (
            (-5, platelets), (0, platelets * 0.8), (9, platelets_lowest * 1.4),
            (14 if not slow else 19, platelets_lowest), (28, platelets_lowest * 1.8),
            (80 if slow else 52, 110), (150, platelets * 0.9), (365, platelets),
        ),
        "HGB": (
            (-5, haemoglobin), (0, haemoglobin * 0.95), (11, anaemia), (24, anaemia * 1.08),
            (60, haemoglobin * 0.95), (150, haemoglobin * 1.08), (365, 128),
        ),
        "LYMPH": (
            (-5, about(chance, 1.0, 0.3)), (-1, 0.12), (4, 0.04), (8, 0.2), (12, 0.4 + height),
            (21, 0.9), (45, 0.6), (183, 0.95), (365, 1.3),
        ),
    }  # fmt: skip


def count(course: SyntheticCourse, analyte: str, day: float) -> float:
    """Give a cell count on a day, with the scatter of the sample."""
    chance = course.chance(f"{analyte} {day:g}")
    return about(chance, through(counts(course)[analyte], day), SCATTER[analyte])


def strain(course: SyntheticCourse, day: float) -> float:
    """Give how inflamed the subject is: 0 at rest, about 1 at the height of a CRS of grade 2."""
    height = (0.22, 0.55, 1.0, 1.5, 1.9)[course.crs_grade]
    begins = course.crs_onset if course.crs_grade else 6.0
    lasts = course.crs_days if course.crs_grade else 3
    if day <= 0 or day >= 60:
        return 0.0
    points = (
        (0.0, 0.03), (max(0.3, begins - 1), 0.05), (begins + lasts * 0.5, height),
        (begins + lasts, height * 0.45), (begins + lasts + 7, 0.06), (35.0, 0.02),
    )  # fmt: skip
    return through(points, day)


def moved(chance: Random, usual: float, factor: float, strained: float, scatter: float) -> float:
    """Give a usual value moved by inflammation, with scatter."""
    return about(chance, usual * float(factor**strained), scatter)


def soluble_bcma(course: SyntheticCourse, day: float) -> float:
    """Give sBCMA, ng/mL: it falls with the plasma cells and returns before the M-protein."""
    first = about(course.chance("sBCMA"), burden(course).marrow * 4.5, 0.3)
    left = share(course, day) if day > 0 else 1.0
    healthy = through(((0, 12.0), (28, 1.5), (90, 0.6), (270, 0.9), (500, 6.0)), day)
    return float(first * left**0.8 + healthy)


def immunoglobulin(course: SyntheticCourse, analyte: str, day: float) -> float:
    """Give IgG, IgA or IgM, g/L: the healthy part falls for months, the myeloma's adds to it."""
    level = {"IGG": 5.2, "IGA": 0.55, "IGM": 0.3}[analyte]
    chance = course.chance(f"{analyte} level")
    healthy = about(chance, level, 0.25) * through(
        ((0, 1.0), (28, 0.7), (91, 0.5), (274, 0.6), (548, 0.95), (900, 1.3)), day
    )
    own = course.heavy_chain.upper() == analyte
    return healthy + (burden(course).serum * share(course, day) * 0.9 if own else 0.0)
