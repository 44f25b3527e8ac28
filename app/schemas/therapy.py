"""Therapies on the wire, and what one therapy alone cannot mean."""

from collections.abc import Iterator
from typing import Final

from app.models.therapy import Therapy, TherapyFields
from app.schemas.chronology import certainly_before
from app.schemas.record import Dating, RecordKind, RecordOut
from app.schemas.refusals import ConsistentRecordIn, Refusal
from app.vocabularies.astct import OxygenDevice
from app.vocabularies.therapies import (
    ALWAYS_NEW_ANTI_MYELOMA,
    NEW_THERAPY_TARGETS,
    TherapyKind,
)

_BELONGS_TO: Final = {
    "radiotherapy_target": TherapyKind.RADIOTHERAPY,
    "blood_product": TherapyKind.TRANSFUSION,
    "units_transfused": TherapyKind.TRANSFUSION,
    "oxygen": TherapyKind.OXYGEN,
    "flow": TherapyKind.OXYGEN,
}
"""Fields that only one kind has."""

_MAY_START_A_LINE: Final = ALWAYS_NEW_ANTI_MYELOMA | {TherapyKind.RADIOTHERAPY}


def counts_as_new_therapy(therapy: TherapyFields) -> bool:
    """Tell whether the therapy, given after the infusion, is new anti-myeloma therapy."""
    return (
        therapy.therapy_kind in ALWAYS_NEW_ANTI_MYELOMA
        or therapy.radiotherapy_target in NEW_THERAPY_TARGETS
        or therapy.starts_new_line is True
    )


def fields_of_the_kind(therapy: TherapyFields) -> Iterator[Refusal]:
    """Require what the kind needs, and nothing that belongs to another kind."""
    for field, kind in _BELONGS_TO.items():
        if getattr(therapy, field) is not None and therapy.therapy_kind is not kind:
            yield Refusal(
                field, "field_of_another_kind", f"leave it out: it belongs to therapy_kind {kind}"
            )
    if therapy.therapy_kind is TherapyKind.OTHER and therapy.name is None:
        yield Refusal("name", "name_missing", "name the therapy, for its kind does not")
    if therapy.starts_new_line and therapy.therapy_kind not in _MAY_START_A_LINE:
        yield Refusal(
            "therapy_kind",
            "line_of_another_kind",
            "a therapy that begins a line of anti-myeloma therapy has one of these kinds",
            tuple(kind for kind in TherapyKind if kind in _MAY_START_A_LINE),
        )
    if therapy.flow is not None and therapy.oxygen is OxygenDevice.ROOM_AIR:
        yield Refusal("flow", "flow_on_room_air", "room air has no flow")


def times(therapy: TherapyFields) -> Iterator[Refusal]:
    """Require a start or the word that it is unknown, and an end after it.

    Source: the trial's rules on partial dates: of a new anti-myeloma therapy the day may miss.
    """
    if counts_as_new_therapy(therapy):
        if therapy.start is None or therapy.start.precision == "year":
            yield Refusal(
                "start",
                "month_missing",
                "write at least year and month: this start ends a response",
            )
    elif therapy.start is None and therapy.start_unknown is not True:
        yield Refusal(
            "start",
            "start_missing",
            "write the start as far as it is known, or start_unknown true",
        )
    if therapy.start is not None and therapy.start_unknown is True:
        yield Refusal(
            "start_unknown", "start_beside_unknown", "leave it out: the therapy has a start"
        )
    if certainly_before(therapy.end, therapy.start):
        yield Refusal("end", "end_before_start", "write an end on or after the start")
    if therapy.ongoing and therapy.end is not None:
        yield Refusal("ongoing", "ongoing_with_an_end", "a therapy with an end is not ongoing")


def dose(therapy: TherapyFields) -> Iterator[Refusal]:
    """Require dose and unit together, and each event once."""
    if (therapy.dose is None) != (therapy.unit is None):
        yield Refusal(
            "unit" if therapy.unit is None else "dose",
            "dose_without_unit",
            "write dose and unit together",
        )
    for index, event in enumerate(therapy.adverse_events):
        if event in therapy.adverse_events[:index]:
            yield Refusal(("adverse_events", index), "item_repeated", "name each event once")


class TherapyIn(TherapyFields, ConsistentRecordIn):
    """A therapy as a centre submits it."""

    rules = (fields_of_the_kind, times, dose)


class TherapyOut(TherapyFields, RecordOut):
    """A therapy as the service gives it."""


THERAPIES = RecordKind(
    path="therapies",
    noun="therapy",
    table=Therapy,
    submission=TherapyIn,
    view=TherapyOut,
    dated_by="start",
    dating=Dating.TOLD,
    visit_of_the_day=False,
    place_in_history="therapies",
    filters={
        "therapy_kind": "therapy_kind",
        "starts_new_line": "starts_new_line",
        "start_unknown": "start_unknown",
    },
    example={
        "source_id": "03-CM-0233",
        "visit": "D3",
        "therapy_kind": "tocilizumab",
        "name": "tocilizumab",
        "agents": [],
        "start": "2026-03-06T02:15+08:00",
        "end": "2026-03-06T03:15+08:00",
        "ongoing": False,
        "dose": "8",
        "unit": "mg/kg",
        "frequency": "once",
        "route": "INTRAVENOUS",
        "indication": "cytokine release syndrome",
        "adverse_events": ["019cbd4a-7f60-7c3e-9a52-1f0e8d7c6b5a"],
    },
)
