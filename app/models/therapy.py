"""Concomitant and subsequent therapy: what was given, as what, when, and for which event."""

from typing import ClassVar

from sqlalchemy import Numeric, Text
from sqlmodel import Field

from app.models.columns import Parts
from app.models.record import TrialRecord
from app.models.references import RecordReference
from app.models.shape import RecordFields
from app.models.units import UcumUnit
from app.models.values import (
    Code,
    Coded,
    Confirmation,
    FreeText,
    PartialDateOrDateTime,
    PositiveDecimal,
    ShortText,
    StrictBool,
    coded,
)
from app.models.vital_signs import OxygenFlow
from app.vocabularies.astct import OxygenDevice
from app.vocabularies.therapies import BloodProduct, RadiotherapyTarget, Route, TherapyKind


class TherapyFields(RecordFields):
    """What a centre reports about one therapy.

    Its kind decides what it does to an endpoint: a new anti-myeloma therapy ends the response, and
    its start is never without a month.
    """

    visit: Code | None = Field(
        default=None, sa_type=Text, description="Visit it was reported at (VISIT), or `UNS`."
    )
    therapy_kind: Coded[TherapyKind] = Field(
        sa_type=coded(TherapyKind), description="What it was given as (CMCAT)."
    )
    name: ShortText | None = Field(
        default=None,
        sa_type=Text,
        description="Medicine or procedure (CMTRT); required by the kind `other`.",
    )
    agents: list[ShortText] = Field(
        default_factory=list,
        sa_type=Parts(list[ShortText]),
        description="Medicines of a combination, each by name.",
    )
    start: PartialDateOrDateTime | None = Field(
        default=None,
        sa_type=Text,
        description="Start, as far as known, to the minute if known (CMSTDTC); None with "
        "`start_unknown`.",
    )
    start_unknown: StrictBool | None = Field(
        default=None,
        description="True: nothing is known of the start; of a new anti-myeloma therapy at least "
        "the month is.",
    )
    end: PartialDateOrDateTime | None = Field(
        default=None, sa_type=Text, description="End, as far as known (CMENDTC)."
    )
    ongoing: StrictBool | None = Field(
        default=None, description="Still given when last reported (CMENRTPT)."
    )
    dose: PositiveDecimal | None = Field(
        default=None, sa_type=Numeric, description="Single dose (CMDOSE)."
    )
    unit: UcumUnit | None = Field(
        default=None, sa_type=Text, description="UCUM unit of the dose (CMDOSU)."
    )
    frequency: ShortText | None = Field(
        default=None, sa_type=Text, description="How often (CMDOSFRQ)."
    )
    route: Coded[Route] | None = Field(
        default=None, sa_type=coded(Route), description="Route (CMROUTE)."
    )
    indication: ShortText | None = Field(
        default=None, sa_type=Text, description="What for, in words (CMINDC)."
    )
    adverse_events: list[RecordReference] = Field(
        default_factory=list,
        sa_type=Parts(list[RecordReference]),
        description="The adverse events that it was given for.",
    )
    starts_new_line: StrictBool | None = Field(
        default=None, description="It begins a new line of anti-myeloma therapy; None: not said."
    )
    radiotherapy_target: Coded[RadiotherapyTarget] | None = Field(
        default=None,
        sa_type=coded(RadiotherapyTarget),
        description="What was irradiated: a new or progressing lesion makes it new therapy.",
    )
    blood_product: Coded[BloodProduct] | None = Field(
        default=None, sa_type=coded(BloodProduct), description="What was transfused."
    )
    units_transfused: PositiveDecimal | None = Field(
        default=None, sa_type=Numeric, description="Number of units transfused."
    )
    oxygen: Coded[OxygenDevice] | None = Field(
        default=None, sa_type=coded(OxygenDevice), description="How oxygen was given."
    )
    flow: OxygenFlow | None = Field(
        default=None, sa_type=Numeric, description="Highest oxygen flow, L/min."
    )
    note: FreeText | None = Field(default=None, sa_type=Text, description="More on it.")
    confirmed_implausible: Confirmation | None = Field(
        default=None,
        description="An amendment says with its reason that a number is right although no living "
        "person should have it; it is then used.",
    )


class Therapy(TherapyFields, TrialRecord, table=True):
    """One version of one therapy of one subject."""

    __tablename__ = "therapy"

    checks: ClassVar = {
        "name": "therapy_kind <> 'other' OR name IS NOT NULL",
        "start_or_unknown": "(start IS NULL) = coalesce(start_unknown, false)",
        "dose": "dose > 0 AND dose < 'Infinity'",
        "units_transfused": "units_transfused > 0 AND units_transfused < 'Infinity'",
        "flow": "flow > 0 AND flow < 'Infinity'",
        "radiotherapy_target": "radiotherapy_target IS NULL OR therapy_kind = 'radiotherapy'",
        "blood_product": "num_nonnulls(blood_product, units_transfused) = 0 "
        "OR therapy_kind = 'transfusion'",
        "oxygen": "num_nonnulls(oxygen, flow) = 0 OR therapy_kind = 'oxygen'",
    }
