"""Visits, later therapies and survival follow-up of an invented subject."""

from datetime import timedelta
from typing import Any, Final

from app.demo.records import Correction, Record
from app.demo.synthetic.centres import written
from app.demo.synthetic.course import DATA_UNTIL, SyntheticCourse
from app.demo.synthetic.enrolment import at, enrolment, weight_of
from app.demo.synthetic.event import last_told, moment, therapy
from app.demo.synthetic.schedule import visits

CONTACTED_AT: Final = frozenset({"M6", "M12", "M18", "M24", "M30"})
EVERY: Final = 91
"""Days between the contacts after the last evaluation."""
_NEXT_LINES: Final = (
    ("talquetamab",), ("carfilzomib", "pomalidomide", "dexamethasone"),
    ("selinexor", "bortezomib", "dexamethasone"), ("elranatamab",),
)  # fmt: skip


def visit_records(course: SyntheticCourse) -> list[Record]:
    """Tell every visit that was due: with weight and vital signs, or why it did not take place."""
    told = []
    planned = [(visit.code, visit.day, visit.missed_because) for visit in visits(course)]
    if course.infused:
        planned += [("LD1", -5, None), ("LD2", -4, None), ("LD3", -3, None)]
    for code, day, missed in sorted(planned, key=lambda visit: visit[1]):
        if day > course.evaluated_until:
            continue
        body: dict[str, Any] = {"visit": code, "status": "missed" if missed else "done"}
        if missed:
            body["missed_because"] = missed
        else:
            body |= {"visited_on": course.on(day).isoformat(), **_examined(course, day)}
        told.append(Record("visits", f"{course.subject}:SV:{code}", body))
    return told


def _examined(course: SyntheticCourse, day: int) -> dict[str, Any]:
    chance = course.chance(f"visit {day}")
    grade = course.crs_grade
    feverish = grade > 0 and course.crs_onset <= day + 0.8 <= course.crs_onset + course.crs_days
    rows = [_signs(at(course.on(day), 8, chance.randint(0, 30)), chance.gauss(36.6, 0.2), 122, 97)]
    if feverish:
        systolic = 112 if grade == 1 else chance.randint(82, 92)
        onset = max(course.crs_onset, day + 0.8)
        rows.append(_signs(moment(course, onset), chance.uniform(38.4, 39.4), systolic, 95 - grade))
    weight = weight_of(course) * (1 + chance.gauss(-0.01, 0.012))
    ecog = 2 if feverish or 5 <= day <= 12 else chance.choice((0, 1, 1))
    return {"ecog": ecog, "weight": written(weight, 1), "vital_signs": rows}


def _signs(when: str, temperature: float, systolic: int, saturation: int) -> dict[str, str]:
    return {
        "measured_at": when,
        "temperature": written(temperature, 1),
        "systolic": str(systolic),
        "diastolic": str(round(systolic * 0.62)),
        "heart_rate": str(round(72 + 14 * max(0.0, temperature - 36.6))),
        "oxygen_saturation": str(saturation),
    }


def later_therapies(course: SyntheticCourse) -> list[Record]:
    """Tell prophylaxis, radiotherapy of a stable lesion, and the next line of therapy."""
    told = [
        therapy(
            course, "ACICLOVIR", "antimicrobial", course.on(-3).isoformat()[:7],
            name="aciclovir", indication="prophylaxis", ongoing=course.death is None,
        )
    ]  # fmt: skip
    if course.extramedullary and course.number % 5 == 2 and course.evaluated_until > 80:
        told.append(
            therapy(
                course, "RT", "radiotherapy", course.on(66).isoformat(),
                end=course.on(71).isoformat(), radiotherapy_target="stable", indication="pain",
            )
        )  # fmt: skip
    if course.new_therapy is not None and course.new_therapy < course.last_day:
        agents = list(_NEXT_LINES[course.number % len(_NEXT_LINES)])
        start = course.on(course.new_therapy).isoformat()
        told.append(
            therapy(
                course, "NEXT", "new_anti_myeloma", start[:7] if course.number % 6 == 0 else start,
                agents=agents, starts_new_line=True, ongoing=course.death is None,
            )
        )  # fmt: skip
    return told


def follow_ups(course: SyntheticCourse) -> list[Record]:
    """Tell every contact, and how the follow-up ended where it did."""
    days = {visit.day for visit in visits(course) if visit.code in CONTACTED_AT}
    days = {day for day in days if day <= course.evaluated_until}
    if course.progression is not None or not course.infused:
        begin = course.evaluated_until if course.infused else -10
        days |= set(range(begin + EVERY, course.last_day, EVERY))
    last = max(days, default=28)
    if course.last_day == (DATA_UNTIL - course.infusion).days:
        days |= set(range(last + EVERY, course.last_day, EVERY)) | {course.last_day - 9}
    told = [
        _contact(course, f"{day}", course.on(day).isoformat(), "alive", source="subject")
        for day in sorted(days)
        if 20 < day < course.last_day
    ]
    return told + _ending(course)


def _ending(course: SyntheticCourse) -> list[Record]:
    if course.death is not None:
        return [_death(course)]
    if course.lost is not None:
        declared = min(course.on(course.lost + 190), DATA_UNTIL).isoformat()
        last = course.on(course.lost).isoformat()
        return [_contact(course, "LOST", declared, "lost", last_contact_on=last)]
    if course.withdrew is not None:
        day = course.on(course.withdrew).isoformat()
        more = {"withdrawal_scope": "follow_up", "withdrew_on": day, "source": "subject"}
        return [_contact(course, "WITHDREW", day, "withdrew", **more)]
    return []


def _death(course: SyntheticCourse) -> Record:
    chance = course.chance("death")
    died = last_told(course)
    learnt = died + timedelta(
        days=0 if course.death_cause == "infection" else chance.randint(1, 12)
    )
    more: dict[str, Any] = {
        "death_learnt_on": learnt.isoformat(),
        "death_cause": course.death_cause,
        "death_due_to_myeloma": course.death_cause == "myeloma",
        "source": "medical_record" if course.death_cause == "infection" else "relative",
        "death_date": died.isoformat(),
    }
    if course.death_cause == "myeloma" and course.number % 4 == 1:
        more["death_date"] = died.isoformat()[:7]
    if course.death_cause == "infection":
        fatal = Record("adverse-events", f"{course.subject}:AE:FATAL", {})
        more["adverse_event"] = fatal.reference
    return _contact(course, "DIED", learnt.isoformat(), "died", **more)


def _contact(course: SyntheticCourse, name: str, day: str, status: str, **more: Any) -> Record:
    body = {"contacted_on": day, "status": status, **more}
    return Record("follow-ups", f"{course.subject}:SS:{name}", body)


def leaving(course: SyntheticCourse) -> tuple[Correction, ...]:
    """Amend the enrolment of a subject who left the trial."""
    ways = {
        "died": course.death,
        "lost": course.lost,
        "withdrew": course.withdrew,
        "other": 30 if not course.infused else None,
    }
    for disposition, day in ways.items():
        if day is not None:
            first = enrolment(course)
            left: dict[str, Any] = {"disposition": disposition, "date": course.on(day).isoformat()}
            if disposition == "other":
                left["note"] = f"not infused: {course.best}"
            body = {**first.body, "off_study": left}
            return (
                Correction(
                    Record(first.kind, first.source_id, body), "The subject left the trial."
                ),
            )
    return ()
