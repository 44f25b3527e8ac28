"""Infusions of CAR-T cells: day 0, and what was given."""

from typing import Annotated, ClassVar

from pydantic import Field as PartField
from sqlalchemy import Integer, Numeric, Text, Uuid
from sqlmodel import Field

from app.models.record import TrialRecord
from app.models.references import RecordReference
from app.models.shape import Part, RecordFields
from app.models.units import UcumUnit
from app.models.values import (
    Code,
    Coded,
    Confirmation,
    FreeText,
    NonNegativeDecimal,
    OffsetDateTime,
    Percentage,
    PositiveDecimal,
    ShortText,
    StrictBool,
    WholeNumber,
    coded,
    parts,
)
from app.models.vital_signs import BodyWeight
from app.vocabularies.preparations import InfusionKind


class Premedication(Part):
    """One medicine given before the infusion."""

    name: ShortText = PartField(description="Medicine (CMTRT).")
    dose: PositiveDecimal | None = PartField(default=None, description="Dose (CMDOSE).")
    unit: UcumUnit | None = PartField(default=None, description="UCUM unit of the dose (CMDOSU).")
    given_at: OffsetDateTime | None = PartField(default=None, description="When (CMSTDTC).")


class Interruption(Part):
    """One pause of the infusion."""

    began_at: OffsetDateTime = PartField(description="Start of the pause.")
    ended_at: OffsetDateTime | None = PartField(
        default=None, description="End of the pause; None: the infusion was not resumed."
    )
    reason: ShortText | None = PartField(default=None, description="Why.")


class InfusionFields(RecordFields):
    """What a centre reports about one infusion of CAR-T cells, or one part of it.

    The first planned infusion is the origin of every endpoint; its time is needed to the minute.
    """

    visit: Code | None = Field(
        default=None, sa_type=Text, description="Scheduled visit (VISIT), or `UNS`."
    )
    preparation: RecordReference | None = Field(
        default=None, sa_type=Uuid, description="The preparation that led to it."
    )
    infusion_kind: Coded[InfusionKind] = Field(
        default=InfusionKind.PLANNED,
        sa_type=coded(InfusionKind),
        description="Planned, or a repeat that the protocol does not plan: that is new therapy.",
    )
    part: Annotated[int, WholeNumber(at_least=1, at_most=10)] = Field(
        default=1, sa_type=Integer, description="Part of a split infusion, from 1."
    )
    product_lot: Code | None = Field(
        default=None, sa_type=Text, description="Lot of the product (EXLOT)."
    )
    infused_at: OffsetDateTime = Field(
        sa_type=Text, description="Start of the infusion, date, time and offset (EXSTDTC)."
    )
    ended_at: OffsetDateTime | None = Field(
        default=None, sa_type=Text, description="End of the infusion (EXENDTC)."
    )
    weight: BodyWeight | None = Field(
        default=None, sa_type=Numeric, description="Body weight that the dose was reckoned on, kg."
    )
    dose: NonNegativeDecimal | None = Field(
        default=None, sa_type=Numeric, description="CAR+ T cells given, 10*6/kg (EXDOSE)."
    )
    planned_dose: PositiveDecimal | None = Field(
        default=None, sa_type=Numeric, description="CAR+ T cells planned, 10*6/kg."
    )
    total_car_positive_cells: NonNegativeDecimal | None = Field(
        default=None, sa_type=Numeric, description="CAR+ T cells given in all, 10*6."
    )
    viability: Percentage | None = Field(
        default=None, sa_type=Numeric, description="Viable cells of the product, %."
    )
    vector_copy_number: NonNegativeDecimal | None = Field(
        default=None, sa_type=Numeric, description="Vector copies per transduced cell."
    )
    transduction: Percentage | None = Field(
        default=None, sa_type=Numeric, description="CAR+ cells among the T cells of the product, %."
    )
    out_of_specification: StrictBool | None = Field(
        default=None, description="The product did not conform to its release specification."
    )
    deviation: ShortText | None = Field(
        default=None, sa_type=Text, description="Which release criterion it did not meet."
    )
    premedication: list[Premedication] = Field(
        default_factory=list, sa_type=parts(Premedication), description="Given before the cells."
    )
    interruptions: list[Interruption] = Field(
        default_factory=list, sa_type=parts(Interruption), description="Pauses of the infusion."
    )
    note: FreeText | None = Field(default=None, sa_type=Text, description="More on the infusion.")
    confirmed_implausible: Confirmation | None = Field(
        default=None,
        description="An amendment says with its reason that a number is right although no living "
        "person should have it; it is then used.",
    )


class Infusion(InfusionFields, TrialRecord, table=True):
    """One version of one infusion of one subject."""

    __tablename__ = "infusion"

    checks: ClassVar = {
        "part": "part BETWEEN 1 AND 10",
        "weight": "weight > 0 AND weight < 'Infinity'",
        "dose": "dose >= 0 AND dose < 'Infinity'",
        "planned_dose": "planned_dose > 0 AND planned_dose < 'Infinity'",
        "total_car_positive_cells": "total_car_positive_cells >= 0 "
        "AND total_car_positive_cells < 'Infinity'",
        "viability": "viability BETWEEN 0 AND 100",
        "transduction": "transduction BETWEEN 0 AND 100",
        "vector_copy_number": "vector_copy_number >= 0 AND vector_copy_number < 'Infinity'",
    }
