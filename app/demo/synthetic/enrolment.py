"""Enrolment, preparation and infusion of an invented subject."""

from datetime import date, timedelta
from typing import Any, Final

from app.demo.records import Record
from app.demo.synthetic.centres import CENTRES, Centre, written
from app.demo.synthetic.chance import about, source_of_chance
from app.demo.synthetic.course import FIRST_ENROLMENT, SyntheticCourse

OFFSET: Final = "+08:00"
_LINES: Final = (
    (("bortezomib", "lenalidomide", "dexamethasone"), True),
    (("daratumumab", "pomalidomide", "dexamethasone"), False),
    (("carfilzomib", "lenalidomide", "dexamethasone"), False),
    (("selinexor", "bortezomib", "dexamethasone"), False),
    (("ixazomib", "cyclophosphamide", "dexamethasone"), False),
)
_FAILURES: Final = (
    ("active hepatitis B replication", "EX-04"),
    ("ejection fraction below the limit of the protocol", "EX-09"),
    ("no measurable disease", "IN-03"),
    ("withdrew consent before eligibility was settled", None),
)


def at(day: date, hour: int, minute: int) -> str:
    """Write a moment as the centres' systems do."""
    return f"{day.isoformat()}T{hour:02d}:{minute:02d}{OFFSET}"


def weight_of(course: SyntheticCourse) -> float:
    """Give the subject's weight before the infusion, kg, in tenths."""
    return round(min(110.0, max(42.0, about(course.chance("weight"), 66.0, 0.16))), 1)


def screened_on(course: SyntheticCourse) -> date:
    """Give the day of the screening visit."""
    days = course.chance("screening").randint(5, 10)
    return course.leukapheresis - timedelta(days=days)


def enrolment(course: SyntheticCourse) -> Record:
    """Tell who was enrolled, with the history of the disease."""
    chance = course.chance("enrolment")
    screened = screened_on(course)
    lines = chance.choices((3, 4, 5), (5, 4, 2))[0]
    diagnosis = course.enrolled_on.year - chance.randint(lines, lines + 5)
    iss = chance.choices(("I", "II", "III"), (3, 5, 3))[0]
    microglobulin = {"I": 2.6, "II": 4.2, "III": 7.3}[iss]
    albumin = {"I": 41.0, "II": 36.0, "III": 33.0}[iss]
    lactate = about(chance, 200, 0.25)
    female = chance.random() < 0.42
    conventional = course.centre.conventional
    body: dict[str, Any] = {
        "centre": course.centre.code,
        "sex": "F" if female else "M",
        "year_of_birth": course.enrolled_on.year - chance.randint(43, 74),
        "consent": {
            "version": "2.0" if course.enrolled_on.year == 2024 else "2.1",
            "signed_on": (screened - timedelta(days=chance.randint(0, 3))).isoformat(),
        },
        "eligibility": [
            {"criterion": "IN-01", "met": True},
            {"criterion": "IN-03", "met": True, "note": "measurable in serum, urine or by FLC"},
            {"criterion": "EX-04", "met": True},
        ],
        "enrolled_on": course.enrolled_on.isoformat(),
        "year_of_diagnosis": diagnosis,
        "heavy_chain": course.heavy_chain,
        "light_chain": course.light_chain,
        "iss": iss,
        "r_iss": "II" if iss == "I" else iss,
        "beta2_microglobulin": {
            "value": written(about(chance, microglobulin, 0.08), 2), "unit": "mg/L",
            "collected_on": screened.isoformat(),
        },
        "albumin": {
            "value": written(albumin * 0.1, 2) if conventional else written(albumin, 1),
            "unit": "g/dL" if conventional else "g/L",
            "collected_on": screened.isoformat(),
        },
        "lactate_dehydrogenase": {
            "value": written(lactate, 0), "unit": "U/L", "upper_limit": "250",
        },
        "cytogenetics": [
            {
                "marker": marker, "tested_on": screened.isoformat(),
                **({"present": True, "cells_percent": str(chance.randint(15, 85))}
                   if chance.random() < share else {"present": False}),
            }
            for marker, share in (
                ("del(17p)", 0.18), ("t(4;14)", 0.15), ("t(14;16)", 0.04), ("gain(1q)", 0.42),
            )
        ],
        "extramedullary_disease": "extramedullary" if course.extramedullary else "none",
        "marrow_plasma_cells": str(chance.randint(8, 70)),
        "cns_disease": False,
        "prior_lines": lines,
        "lines": [
            {
                "number": number + 1,
                "agents": list(_LINES[number][0]),
                "start": str(diagnosis + number) if number else f"{diagnosis}-06",
                "best_response": chance.choice(("VGPR", "PR", "PR", "SD")),
                "stopped_because": "completed" if number == 0 else "progression",
                "autologous_transplant": _LINES[number][1] and course.number % 2 == 0,
            }
            for number in range(lines)
        ],
        "prior_autologous_transplant": course.number % 2 == 0,
        "prior_allogeneic_transplant": False,
        "prior_bcma_therapy": False,
        "exposed_classes": ["PI", "IMiD", "CD38", "corticosteroid"],
        "refractory_classes": ["PI", "IMiD", "CD38"] if lines > 3 else ["PI", "IMiD"],
        "refractoriness": "triple_class" if lines > 3 else "double_class",
        "refractory_to_last_line": True,
        "ecog": chance.choice((0, 1, 1, 2)),
        "ecog_on": screened.isoformat(),
        "weight": written(weight_of(course), 1),
        "height": str(chance.randint(150, 166) if female else chance.randint(162, 184)),
        "creatinine_clearance": str(chance.randint(48, 115)),
        "ejection_fraction": str(chance.randint(52, 70)),
        "hepatitis_b": "past" if chance.random() < 0.2 else "negative",
        "hepatitis_c": "negative",
        "hiv": "negative",
        "baseline_ice": {
            "orientation": 4, "naming": 3, "command": 1, "writing": 1, "attention": 1, "score": 10,
        },
    }  # fmt: skip
    return Record("subjects", f"{course.subject}:DM", body)


def screen_failures(seed: int) -> list[tuple[Centre, Record]]:
    """Tell of the few who were screened and not enrolled."""
    chance = source_of_chance("screen failures", seed)
    told = []
    for number, (reason, criterion) in enumerate(_FAILURES, start=1):
        centre = chance.choice(CENTRES[:4])
        signed = FIRST_ENROLMENT + timedelta(days=chance.randint(20, 400))
        failure: dict[str, Any] = {
            "reason": reason, "date": (signed + timedelta(days=chance.randint(5, 20))).isoformat(),
        }  # fmt: skip
        if criterion is not None:
            failure["criterion"] = criterion
        body = {
            "centre": centre.code,
            "sex": chance.choice("FM"),
            "year_of_birth": signed.year - chance.randint(45, 75),
            "consent": {"version": "2.0", "signed_on": signed.isoformat()},
            "screen_failure": failure,
        }
        told.append((centre, Record("subjects", f"{centre.prefix}SF{number}:DM", body)))
    return told


def preparation(course: SyntheticCourse) -> Record:
    """Tell the way to the infusion, or to where it ended without one."""
    chance = course.chance("preparation")
    body: dict[str, Any] = {"leukapheresis_on": course.leukapheresis.isoformat()}
    if chance.random() < 0.25:
        further = course.leukapheresis + timedelta(days=1)
        body["further_leukapheresis_on"] = [further.isoformat()]
    body["bridging"] = {"given": course.bridged}
    if course.bridged:
        start = course.leukapheresis + timedelta(days=chance.randint(4, 7))
        end = start + timedelta(days=chance.randint(6, 12))
        body["bridging"] |= {
            "agents": ["dexamethasone", chance.choice(("pomalidomide", "carfilzomib"))],
            "start": start.isoformat(),
            "end": end.isoformat() if chance.random() < 0.8 else end.isoformat()[:7],
            "response": chance.choice(("SD", "SD", "MR", "PR")),
            "radiotherapy": False,
        }
    if not course.infused:
        ended = course.leukapheresis + timedelta(days=24)
        outcome = "progressed" if "progressed" in course.best else "manufacturing_failure"
        body |= {"outcome": outcome, "outcome_on": ended.isoformat()}
        return Record("preparations", f"{course.subject}:PREP", body)
    body["lymphodepletion"] = [
        {"agent": agent, "dose": dose, "unit": "mg/m2", "given_on": at(course.on(day), hour, 0)}
        for day in (-5, -4, -3)
        for agent, dose, hour in (("fludarabine", "30", 9), ("cyclophosphamide", "300", 11))
    ]
    body |= {
        "product_lot": _lot(course),
        "product_released_on": course.on(-8).isoformat(),
        "outcome": "infused",
    }
    return Record("preparations", f"{course.subject}:PREP", body)


def infusion(course: SyntheticCourse) -> Record:
    """Tell the infusion, linked to its preparation."""
    chance = course.chance("infusion")
    hour, minute = infused_at(course)
    weight = weight_of(course)
    dose = round(about(chance, 3.0, 0.06), 2)
    before = f"{course.infusion.isoformat()}T{hour - 1:02d}:{minute:02d}{OFFSET}"
    body = {
        "visit": "D0",
        "preparation": Record("preparations", f"{course.subject}:PREP", {}).reference,
        "infusion_kind": "planned",
        "product_lot": _lot(course),
        "infused_at": at(course.infusion, hour, minute),
        "ended_at": at(course.infusion, hour, minute + chance.randint(12, 29)),
        "weight": written(weight, 1),
        "dose": written(dose, 2),
        "planned_dose": "3.0",
        "total_car_positive_cells": written(dose * weight, 1),
        "viability": written(chance.uniform(82, 97), 1),
        "vector_copy_number": written(chance.uniform(1.2, 3.6), 1),
        "transduction": written(chance.uniform(22, 55), 1),
        "out_of_specification": False,
        "premedication": [{"name": "paracetamol", "dose": "650", "unit": "mg", "given_at": before}],
    }
    return Record("infusions", f"{course.subject}:INF", body)


def infused_at(course: SyntheticCourse) -> tuple[int, int]:
    """Give hour and minute of the infusion's start."""
    chance = course.chance("hour of infusion")
    return chance.randint(9, 14), chance.randrange(0, 30, 5)


def _lot(course: SyntheticCourse) -> str:
    return f"NB2-{course.centre.code}{course.number:02d}"
