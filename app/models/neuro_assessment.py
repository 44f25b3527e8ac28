"""Neurological assessments: what ICANS is graded from, examination by examination."""

from typing import Annotated, ClassVar, Literal

from sqlalchemy import Integer, Text, Uuid
from sqlmodel import Field

from app.models.astct import IcansDomain
from app.models.columns import Parts
from app.models.ice import IceScore
from app.models.record import TrialRecord
from app.models.references import RecordReference
from app.models.shape import RecordFields
from app.models.values import (
    Code,
    Coded,
    FreeText,
    OffsetDateTime,
    StrictBool,
    WholeNumber,
    coded,
    part,
)
from app.vocabularies.astct import (
    ConsciousnessLevel,
    IceNotDoneReason,
    MotorFinding,
    RaisedPressureFinding,
    SeizureFinding,
)


class NeuroAssessmentFields(RecordFields):
    """What an examiner found at one time; None for a domain is not examined."""

    visit: Code | None = Field(
        default=None, sa_type=Text, description="Scheduled visit (VISIT), or `UNS`."
    )
    assessed_at: OffsetDateTime = Field(
        sa_type=Text, description="When, date, time and offset (QSDTC)."
    )
    astct_version: Literal["ASTCT 2019"] = Field(
        default="ASTCT 2019", sa_type=Text, description="Version of the consensus."
    )
    ice: IceScore | None = Field(
        default=None, sa_type=part(IceScore), description="ICE items and their sum."
    )
    ice_not_done: Coded[IceNotDoneReason] | None = Field(
        default=None, sa_type=coded(IceNotDoneReason), description="Why there is no ICE score."
    )
    handwriting_changed: StrictBool | None = Field(
        default=None, description="The handwriting has changed from baseline."
    )
    consciousness: Coded[ConsciousnessLevel] | None = Field(
        default=None, sa_type=coded(ConsciousnessLevel), description="Level of consciousness."
    )
    seizure: Coded[SeizureFinding] | None = Field(
        default=None,
        sa_type=coded(SeizureFinding),
        description="Worst seizure since the last assessment.",
    )
    motor: Coded[MotorFinding] | None = Field(
        default=None, sa_type=coded(MotorFinding), description="Worst motor finding."
    )
    raised_pressure: Coded[RaisedPressureFinding] | None = Field(
        default=None,
        sa_type=coded(RaisedPressureFinding),
        description="Worst sign, on imaging or examination, of oedema or raised pressure.",
    )
    imaging_done: StrictBool | None = Field(
        default=None, description="The brain was imaged since the last assessment."
    )
    intracranial_haemorrhage: StrictBool = Field(
        default=False, description="Intracranial haemorrhage: oedema around it does not count."
    )
    other_cause: list[IcansDomain] = Field(
        default_factory=list,
        sa_type=Parts(list[IcansDomain]),
        description="Findings that are due to something else, as sedation.",
    )
    grade: Annotated[int, WholeNumber(at_least=0, at_most=5)] | None = Field(
        default=None,
        sa_type=Integer,
        description="ICANS grade that the examiner gave, 0 to 5; the derived one stands beside it.",
    )
    examiner: Code | None = Field(
        default=None, sa_type=Text, description="Who examined: a code, not a name (QSEVAL)."
    )
    adverse_event: RecordReference | None = Field(
        default=None, sa_type=Uuid, description="The adverse event that it belongs to."
    )
    note: FreeText | None = Field(default=None, sa_type=Text, description="More on it.")


class NeuroAssessment(NeuroAssessmentFields, TrialRecord, table=True):
    """One version of one neurological assessment of one subject."""

    __tablename__ = "neuro_assessment"

    checks: ClassVar = {
        "astct_version": "astct_version = 'ASTCT 2019'",
        "ice": "num_nonnulls(ice, ice_not_done) = 1",
        "grade": "grade BETWEEN 0 AND 5",
    }
