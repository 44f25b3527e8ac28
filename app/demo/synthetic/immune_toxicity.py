"""CRS and ICANS of an invented subject, what was given for them, and the ICE scores.

Source: the parts behind each grade are those of the ASTCT consensus (Lee 2019), so that a reported
grade is the one its parts give.
"""

from random import Random
from typing import Any, Final

from app.demo.records import Record
from app.demo.synthetic.centres import written
from app.demo.synthetic.course import SyntheticCourse
from app.demo.synthetic.event import adverse_event, moment, serious, therapy
from app.demo.synthetic.schedule import visits

NEUROLOGICAL: Final = frozenset({"BL", "D0", "D1", "D3", "D5", "D7", "D10", "D14", "D21", "M1",
                                 "M2", "M3"})  # fmt: skip
HEALTHY: Final = {"orientation": 4, "naming": 3, "command": 1, "writing": 1, "attention": 1}
_LOST_FIRST: Final = ("attention", "writing", "orientation", "naming", "command")
_ICE: Final = {1: (7, 9), 2: (3, 6), 3: (0, 2)}
_LEVELS: Final = {
    0: "ALERT", 1: "AWAKENS_SPONTANEOUSLY", 2: "AWAKENS_TO_VOICE", 3: "AWAKENS_TO_TACTILE",
}  # fmt: skip


def crs(course: SyntheticCourse) -> list[Record]:
    """Tell the CRS with its findings and its therapies; nothing where there was none."""
    grade, onset = course.crs_grade, course.crs_onset
    if not grade:
        return []
    chance = course.chance("CRS")
    findings: dict[str, Any] = {
        "temperature_max": written(min(40.9, chance.uniform(38.3, 39.2) + 0.35 * grade), 1),
        "hypotension": grade >= 2,
        "vasopressors": {3: ["norepinephrine"], 4: ["norepinephrine", "epinephrine"]}.get(
            grade, []
        ),
        "vasopressin": False,
        "oxygen": "ROOM_AIR",
    }
    if grade >= 2:
        low = chance.randint(78, 88) - 3 * grade
        findings |= {"lowest_systolic": str(low), "lowest_diastolic": str(low - 32)}
        findings |= {"oxygen": "NASAL_CANNULA", "flow": written(chance.uniform(1, 4), 1)}
    if grade >= 3:
        findings |= {"oxygen": "HIGH_FLOW_NASAL_CANNULA", "flow": "30"}
    given: list[tuple[str, float, dict[str, Any]]] = []
    if grade >= 2 or chance.random() < 0.35:
        dose = {"dose": "8", "unit": "mg/kg", "route": "INTRAVENOUS"}
        given.append(("tocilizumab", onset + chance.uniform(0.3, 1.1), dose))
    if grade >= 3 or (grade == 2 and chance.random() < 0.4):
        dose = {"dose": "10", "unit": "mg", "route": "INTRAVENOUS"}
        given.append(("corticosteroid", onset + chance.uniform(0.9, 1.6), dose))
    for kind, field in (("tocilizumab", "tocilizumab_at"), ("corticosteroid", "steroid_at")):
        findings[field] = [moment(course, day) for name, day, _ in given if name == kind]
    more: dict[str, Any] = {}
    if grade >= 3:
        criteria = ("hospitalisation", "life_threatening")[: 1 + (grade == 4)]
        more = serious(course, onset + 1, *criteria)
    event = adverse_event(
        course, "CRS", "Cytokine release syndrome", grade, moment(course, onset),
        moment(course, onset + course.crs_days),
        causality={"car_t": "definite", "lymphodepletion": "unlikely", "disease": "unrelated"},
        aesi_kind="CRS",
        astct={"scale": "ASTCT_CRS", "grade": grade, "crs": findings},
        **more,
    )  # fmt: skip
    names = {"corticosteroid": "dexamethasone", "tocilizumab": "tocilizumab"}
    return [
        event,
        *(
            therapy(course, f"{kind}-CRS", kind, moment(course, day), event, name=names[kind],
                    end=moment(course, day + 0.05), indication="cytokine release syndrome", **dose)
            for kind, day, dose in given
        ),
    ]  # fmt: skip


def icans_days(course: SyntheticCourse) -> tuple[float, float]:
    """Give begin and end of the ICANS, after the CRS has begun."""
    chance = course.chance("ICANS days")
    begin = max(course.crs_onset, 3.0) + chance.uniform(0.8, 3.0)
    return begin, begin + chance.uniform(1.5, 3.5) + 0.6 * course.icans_grade


def icans(course: SyntheticCourse) -> list[Record]:
    """Tell the ICANS with its findings; nothing where there was none."""
    grade = course.icans_grade
    if not grade:
        return []
    begin, end = icans_days(course)
    chance = course.chance("ICANS")
    more = serious(course, begin, "hospitalisation") if grade >= 3 else {}
    event = adverse_event(
        course, "ICANS", "Nervous system disorders - Other, specify", grade,
        moment(course, begin), moment(course, end),
        other_specify="ICANS",
        causality={"car_t": "definite", "lymphodepletion": "unlikely", "disease": "unrelated"},
        aesi_kind="ICANS",
        astct={
            "scale": "ASTCT_ICANS_ADULT",
            "grade": grade,
            "icans": {
                "ice": ice(chance.randint(*_ICE[grade])), "consciousness": _LEVELS[grade],
                "seizure": "NONE", "motor": "NONE", "raised_pressure": "NONE",
            },
        },
        **more,
    )  # fmt: skip
    if grade == 1:
        return [event]
    start = moment(course, begin + 0.3)
    steroid = therapy(
        course, "corticosteroid-ICANS", "corticosteroid", start, event, name="dexamethasone",
        end=moment(course, end), dose="10", unit="mg", frequency="every 6 hours",
        route="INTRAVENOUS", indication="ICANS",
    )  # fmt: skip
    return [event, steroid]


def ice(score: int) -> dict[str, int]:
    """Give the items of a score: attention and writing are lost first, following a command last."""
    items, lost = dict(HEALTHY), 10 - score
    for item in _LOST_FIRST:
        taken = min(items[item], lost)
        items[item] -= taken
        lost -= taken
    return {**items, "score": score}


def neurological_assessments(course: SyntheticCourse) -> list[Record]:
    """Tell the ICE scores at the visits, and twice a day while there is ICANS."""
    begin, end = icans_days(course) if course.icans_grade else (999.0, 999.0)
    chance = course.chance("neuro")
    days = {
        visit.day + 0.36
        for visit in visits(course)
        if visit.code in NEUROLOGICAL
        and visit.missed_because is None
        and visit.day <= course.evaluated_until
    }
    days |= {begin + half / 2 for half in range(int((end - begin) * 2) + 1)} - {999.0}
    worst = begin + (end - begin) / 2
    told = []
    for day in sorted(days):
        grade = course.icans_grade if begin <= day <= end else 0
        if grade and abs(day - worst) > 0.8:
            grade = 1
        told.append(_assessment(course, day, grade, chance))
    return told


def _assessment(course: SyntheticCourse, day: float, grade: int, chance: Random) -> Record:
    body: dict[str, Any] = {
        "assessed_at": moment(course, day),
        "ice": ice(chance.randint(*_ICE[grade]) if grade else 10),
        "handwriting_changed": grade > 0,
        "consciousness": _LEVELS[grade],
        "seizure": "NONE",
        "motor": "NONE",
        "raised_pressure": "NONE",
        "grade": grade,
        "examiner": f"NEU-{1 + course.number % 2}",
    }
    if grade:
        body["adverse_event"] = Record("adverse-events", f"{course.subject}:AE:ICANS", {}).reference
    return Record("neuro-assessments", f"{course.subject}:NV:{day:.2f}", body)
