"""Visits on the wire, and what one visit alone cannot mean."""

from collections.abc import Iterator
from typing import Final

from app.models.visit import Visit, VisitFields
from app.schemas.record import Dating, RecordKind, RecordOut
from app.schemas.refusals import ConsistentRecordIn, Refusal
from app.vocabularies.astct import OxygenDevice
from app.vocabularies.visits import EcogPerformanceStatus, MissedVisitReason, VisitStatus

UNSCHEDULED: Final = "UNS"
"""The code of whatever lies outside the schedule."""


def took_place_or_not(visit: VisitFields) -> Iterator[Refusal]:
    """Require the day of a visit that took place, and the reason of one that did not."""
    if visit.status is VisitStatus.DONE:
        if visit.visited_on is None:
            yield Refusal("visited_on", "day_missing", "write the day of the visit")
        if visit.missed_because is not None:
            yield Refusal(
                "missed_because", "reason_of_a_visit_done", "leave it out: the visit took place"
            )
        return
    if visit.missed_because is None:
        yield Refusal(
            "missed_because",
            "reason_missing",
            "say why it did not take place",
            tuple(MissedVisitReason),
        )
    for field in ("visited_on", "ecog", "weight", "vital_signs"):
        if getattr(visit, field) not in (None, []):
            yield Refusal(
                field,
                "finding_of_no_visit",
                "leave it out: the visit did not take place",
            )
    if visit.visit == UNSCHEDULED:
        yield Refusal(
            "status",
            "unscheduled_visit_not_done",
            "a visit outside the schedule can only have taken place",
            (VisitStatus.DONE,),
        )


def reason_in_words(visit: VisitFields) -> Iterator[Refusal]:
    """Require words where the reason is another one."""
    if visit.missed_because is MissedVisitReason.OTHER and visit.missed_because_text is None:
        yield Refusal("missed_because_text", "reason_text_missing", "say which other reason")
    if visit.missed_because_text is not None and visit.status is VisitStatus.DONE:
        yield Refusal(
            "missed_because_text", "reason_of_a_visit_done", "leave it out: the visit took place"
        )


def findings(visit: VisitFields) -> Iterator[Refusal]:
    """Refuse vital signs that no living body shows together."""
    if visit.ecog is EcogPerformanceStatus.DEAD:
        yield Refusal("ecog", "ecog_of_the_dead", "write 0 to 4", ("0", "1", "2", "3", "4"))
    for index, signs in enumerate(visit.vital_signs):
        if (
            signs.systolic is not None
            and signs.diastolic is not None
            and signs.diastolic > signs.systolic
        ):
            yield Refusal(
                ("vital_signs", index, "diastolic"),
                "blood_pressure_reversed",
                "the diastolic pressure is not above the systolic one",
            )
        if signs.flow is not None and signs.oxygen is OxygenDevice.ROOM_AIR:
            yield Refusal(
                ("vital_signs", index, "flow"), "flow_on_room_air", "room air has no flow"
            )
        if not signs.model_dump(exclude_none=True, exclude={"measured_at"}):
            yield Refusal(
                ("vital_signs", index), "vital_signs_empty", "write at least one measurement"
            )


class VisitIn(VisitFields, ConsistentRecordIn):
    """A visit as a centre submits it."""

    rules = (took_place_or_not, reason_in_words, findings)


class VisitOut(VisitFields, RecordOut):
    """A visit as the service gives it."""


VISITS = RecordKind(
    path="visits",
    noun="visit",
    table=Visit,
    submission=VisitIn,
    view=VisitOut,
    dated_by="visited_on",
    dating=Dating.MEASURED,
    place_in_history="visits",
    filters={"status": "status", "missed_because": "missed_because"},
    example={
        "source_id": "03-SV-008-D3",
        "visit": "D3",
        "status": "done",
        "visited_on": "2026-03-05",
        "ecog": 2,
        "weight": "61.4",
        "vital_signs": [
            {
                "measured_at": "2026-03-05T08:00+08:00",
                "temperature": "37.2",
                "systolic": "118",
                "diastolic": "74",
                "heart_rate": "88",
                "respiratory_rate": "16",
                "oxygen_saturation": "97",
                "oxygen": "ROOM_AIR",
            },
            {
                "measured_at": "2026-03-05T19:40+08:00",
                "temperature": "39.4",
                "systolic": "84",
                "diastolic": "46",
                "oxygen_saturation": "91",
                "oxygen": "NASAL_CANNULA",
                "flow": "2.0",
            },
        ],
    },
)
