"""Subjects drawn at random from a seed: something of every kind of record, told by days.

What is drawn never contradicts itself in its dates. Some evaluations were entered twice, with other
values."""

from collections.abc import Iterator
from datetime import date
from random import Random
from typing import Any, Final

from tests.subjects.evaluation_parts import components
from tests.subjects.told import (
    Record,
    Subject,
    assessment,
    contact,
    dated_on,
    death,
    kinetics,
    new_therapy,
    preparation,
    subject,
    timed_on,
    visit,
)

LAST_DAY: Final = 500
VISITS: Final = (28, 61, 91, 122, 152, 183, 274, 365, 457)
COURSES: Final = (
    (1.5, 0.5, 0.2, 0, 0, 0, 0, 0, 0),
    (1.9, 1.8, 1.6, 1.5, 1.5, 1.7, 2.2, 2.6, 3),
    (0.3, 0, 0, 0, 0, 0.2, 0.6, 0.9, 1.4),
    (4.1, 4.4, 4.8, 5.2, 5.8, 6, 6, 6, 6),
    (3.8, 3.9, 3.7, 3.9, 3.8, 3.7, 3.9, 3.8, 3.7),
    (0.8, 0.8, 1.5, 0.8, 0.8, 0.8, 0.8, 0.8, 0.8),
)
TERMS: Final = ("Nausea", "Fatigue", "Headache", "Neutrophil count decreased", "Fever")
CANARY: Final = "free-text-canary"


def drawn_subject(chance: Random, name: str, centre: str, infused_on: date) -> Subject:
    """Draw a subject; one in eight is never infused."""
    infused = chance.random() > 0.125
    end = chance.randrange(60, LAST_DAY)
    records = [assessment(-10, **components(4, 0, "+-", marrow=40))]
    if infused:
        records += _after_infusion(chance, end)
    if not infused:
        records = [preparation(lymphodepletion=()), *records, contact(-3)]
    return subject(
        name,
        *records,
        centre=centre,
        infused_on=infused_on,
        prepared=infused,
        infused=infused,
        light_chain="kappa",
        eligibility=[{"criterion": "IN-01", "met": True, "note": CANARY}],
    )


def _after_infusion(chance: Random, end: int) -> Iterator[Record]:
    yield from _evaluations(chance, end)
    yield from _samples(chance, end)
    yield from _events(chance)
    if chance.random() < 0.4:
        yield new_therapy(chance.randrange(40, LAST_DAY), name=CANARY)
    if chance.random() < 0.4:
        yield death(LAST_DAY + 1, chance.choice(["myeloma", "infection", "other"]), note=CANARY)
    else:
        yield contact(end + 20)


def _evaluations(chance: Random, end: int) -> Iterator[Record]:
    for code, (day, grams) in enumerate(zip(VISITS, chance.choice(COURSES), strict=True), start=1):
        if day > end or chance.random() < 0.1:
            continue
        on = day + chance.randrange(-2, 3)
        parts: dict[str, Any] = {"note": CANARY}
        if chance.random() < 0.5:
            parts |= {"marrow": chance.choice([1, 4, 20]), "clonality": "absent"}
            parts["mrd"] = {
                "method": "NGF",
                "result": chance.choice(["negative", "positive"]),
                "sensitivity": chance.choice(["0.0001", "0.00001", "0.000001"]),
            }
        if chance.random() < 0.1:
            parts["new_lesion"] = True
        ife = "--" if grams == 0 else "+-"
        more = {"investigator_response": chance.choice(["PR", "VGPR", "SD", "NE"])}
        yield assessment(on, **components(grams, 0, ife, **parts), **more)
        if chance.random() < 0.2:
            twice = {"method": "NGF", "result": "positive", "sensitivity": "0.00001"}
            more = {"investigator_response": chance.choice(["MR", "SD", "NE"])}
            yield assessment(on, **components(grams + 0.7, 0, "+-", marrow=6, mrd=twice), **more)
        yield visit(f"M{code}" if code < 7 else f"M{(code - 4) * 3}", on)


def _samples(chance: Random, end: int) -> Iterator[Record]:
    for day in (1, 3, 7, 10, 14, 21, 28, 61, 91):
        if day <= end:
            yield kinetics(day, str(chance.randrange(10, 50000)))
    for day in (-7, 1, 3, 7, 14, 21, 28):
        for analyte, unit, top in (("PLT", "10*9/L", 250), ("IL6", "pg/mL", 900)):
            yield Record(
                "lab-results",
                {
                    "analyte": analyte,
                    "value": str(chance.randrange(2, top)),
                    "unit": unit,
                    "reference_range": {"low": "0", "high": "350"},
                    "collected_at": timed_on(day),
                },
            )


def _events(chance: Random) -> Iterator[Record]:
    for day in sorted(chance.sample(range(1, 58), 3)):
        yield Record(
            "adverse-events",
            {
                "term": chance.choice(TERMS),
                "grade": chance.randrange(1, 4),
                "serious": False,
                "onset": dated_on(day),
                "end": dated_on(day + 2),
                "causality": {"car_t": chance.choice(["definite", "unrelated"])},
            },
        )
    if chance.random() < 0.6:
        yield cytokine_release(chance.randrange(1, 10), chance.randrange(1, 4))


def cytokine_release(day: int, grade: int) -> Record:
    """An episode of CRS."""
    return Record(
        "adverse-events",
        {
            "term": "Cytokine release syndrome",
            "grade": grade,
            "serious": True,
            "seriousness_criteria": ["hospitalisation"],
            "onset": dated_on(day),
            "end": dated_on(day + 3),
            "causality": {"car_t": "definite"},
            "aesi_kind": "CRS",
            "astct": {"scale": "ASTCT_CRS", "version": "ASTCT 2019", "grade": grade},
        },
    )
