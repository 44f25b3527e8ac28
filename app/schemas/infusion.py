"""Infusions on the wire, and what one infusion alone cannot mean."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Final

from app.models.infusion import Infusion, InfusionFields
from app.schemas.chronology import certainly_before
from app.schemas.record import Dating, RecordKind, RecordOut
from app.schemas.refusals import ConsistentRecordIn, Refusal

DOSE_TOLERANCE: Final = Decimal("0.01")
"""Share by which the dose per kg may differ from total and weight: the rounding of a report."""


def times(infusion: InfusionFields) -> Iterator[Refusal]:
    """Require the infusion and its pauses to run forward, the pauses inside it."""
    if certainly_before(infusion.ended_at, infusion.infused_at):
        yield Refusal("ended_at", "end_before_start", "write a time at or after infused_at")
    for index, pause in enumerate(infusion.interruptions):
        if certainly_before(pause.began_at, infusion.infused_at) or certainly_before(
            infusion.ended_at, pause.began_at
        ):
            yield Refusal(
                ("interruptions", index, "began_at"),
                "interruption_outside_infusion",
                "write a time between infused_at and ended_at",
            )
        if certainly_before(pause.ended_at, pause.began_at):
            yield Refusal(
                ("interruptions", index, "ended_at"),
                "end_before_start",
                "write a time at or after began_at",
            )
    for index, medicine in enumerate(infusion.premedication):
        if certainly_before(infusion.infused_at, medicine.given_at):
            yield Refusal(
                ("premedication", index, "given_at"),
                "premedication_after_infusion",
                "write a time at or before infused_at; later medication goes into therapies",
            )


def dose(infusion: InfusionFields) -> Iterator[Refusal]:
    """Hold the dose per kg against the cells given and the body weight.

    Decision: a difference of up to 1 % is the rounding of a report; a larger one means that one
    of the three is wrong, most often a power of ten, and only the centre can say which.
    """
    total, weight, per_kg = infusion.total_car_positive_cells, infusion.weight, infusion.dose
    if total is None or weight is None or per_kg is None:
        return
    if abs(per_kg * weight - total) > DOSE_TOLERANCE * total:
        yield Refusal(
            "dose",
            "dose_not_total_by_weight",
            "dose, in 10*6/kg, is total_car_positive_cells, in 10*6, divided by weight, in kg",
        )


def specification(infusion: InfusionFields) -> Iterator[Refusal]:
    """Refuse a deviation of a product that conformed, and units without a dose."""
    if infusion.deviation is not None and infusion.out_of_specification is False:
        yield Refusal(
            "out_of_specification",
            "deviation_of_a_conforming_product",
            "a product with a deviation is out of specification",
        )
    for index, medicine in enumerate(infusion.premedication):
        if (medicine.dose is None) != (medicine.unit is None):
            yield Refusal(
                ("premedication", index, "unit" if medicine.unit is None else "dose"),
                "dose_without_unit",
                "write dose and unit together",
            )


class InfusionIn(InfusionFields, ConsistentRecordIn):
    """An infusion as a centre submits it."""

    rules = (times, dose, specification)


class InfusionOut(InfusionFields, RecordOut):
    """An infusion as the service gives it."""


INFUSIONS = RecordKind(
    path="infusions",
    noun="infusion",
    table=Infusion,
    submission=InfusionIn,
    view=InfusionOut,
    dated_by="infused_at",
    dating=Dating.TREATED,
    place_in_history="infusions",
    filters={
        "infusion_kind": "infusion_kind",
        "product_lot": "product_lot",
        "preparation": "preparation",
    },
    example={
        "source_id": "03-INF-008",
        "visit": "D0",
        "preparation": "019cbd4a-7f60-7c3e-9a52-1f0e8d7c6b5a",
        "infusion_kind": "planned",
        "part": 1,
        "product_lot": "NB2-0147",
        "infused_at": "2026-03-02T09:40+08:00",
        "ended_at": "2026-03-02T10:05+08:00",
        "weight": "61.0",
        "dose": "3.00",
        "planned_dose": "3.0",
        "total_car_positive_cells": "183",
        "viability": "92.5",
        "vector_copy_number": "2.1",
        "transduction": "41.0",
        "out_of_specification": False,
        "premedication": [
            {
                "name": "paracetamol",
                "dose": "650",
                "unit": "mg",
                "given_at": "2026-03-02T09:00+08:00",
            },
        ],
        "interruptions": [],
    },
)
