"""Visits: which scheduled visits took place, and how the subject was."""

from typing import ClassVar

from sqlalchemy import Date, Numeric, Text
from sqlmodel import Field

from app.models.record import TrialRecord
from app.models.shape import RecordFields
from app.models.values import (
    CivilDate,
    Code,
    Coded,
    Confirmation,
    FreeText,
    ShortText,
    coded,
    parts,
)
from app.models.vital_signs import BodyWeight, VitalSigns
from app.vocabularies.visits import EcogPerformanceStatus, MissedVisitReason, VisitStatus


class VisitFields(RecordFields):
    """What a centre reports about one visit of the schedule, or one outside it."""

    visit: Code = Field(
        sa_type=Text, description="Scheduled visit (VISIT), such as `M3`; `UNS` outside of them."
    )
    status: Coded[VisitStatus] = Field(
        sa_type=coded(VisitStatus), description="What became of it (SVPRESP, SVOCCUR)."
    )
    visited_on: CivilDate | None = Field(
        default=None,
        sa_type=Date,
        description="Day of a visit that took place (SVSTDTC), and of no other.",
    )
    missed_because: Coded[MissedVisitReason] | None = Field(
        default=None,
        sa_type=coded(MissedVisitReason),
        description="Why it did not take place (SVREASOC).",
    )
    missed_because_text: ShortText | None = Field(
        default=None, sa_type=Text, description="Why, in words; required by the reason `other`."
    )
    ecog: Coded[EcogPerformanceStatus] | None = Field(
        default=None,
        sa_type=coded(EcogPerformanceStatus),
        description="ECOG performance status (ECOG101).",
    )
    weight: BodyWeight | None = Field(
        default=None, sa_type=Numeric, description="Body weight, kg (WEIGHT)."
    )
    vital_signs: list[VitalSigns] = Field(
        default_factory=list,
        sa_type=parts(VitalSigns),
        description="Vital signs, one row per time of measurement (VS).",
    )
    note: FreeText | None = Field(default=None, sa_type=Text, description="More on the visit.")
    confirmed_implausible: Confirmation | None = Field(
        default=None,
        description="An amendment says with its reason that a number is right although no living "
        "person should have it; it is then used.",
    )


class Visit(VisitFields, TrialRecord, table=True):
    """One version of one visit of one subject."""

    __tablename__ = "visit"

    checks: ClassVar = {
        "visited_on": "(status = 'done') = (visited_on IS NOT NULL)",
        "missed_because": "(status = 'done') = (missed_because IS NULL)",
        "weight": "weight > 0 AND weight < 'Infinity'",
    }
