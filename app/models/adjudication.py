"""Adjudications: what the response reviewers made of a disease evaluation, and why."""

from typing import Annotated, ClassVar, Literal

from sqlalchemy import Date, Integer, Text, Uuid
from sqlmodel import Field

from app.models.record import TrialRecord
from app.models.references import RecordReference
from app.models.shape import RecordFields
from app.models.values import CivilDate, Code, Coded, FreeText, WholeNumber, coded
from app.vocabularies.imwg import PdBasis, ResponseCategory


class AdjudicationFields(RecordFields):
    """What a reviewer judged one version of one disease evaluation to be.

    Of evaluations that are read as one, one is named. The verdict is on what that version said: a
    later one leaves it standing and makes it stale.
    """

    visit: Code | None = Field(
        default=None, sa_type=Text, description="Scheduled visit (VISIT), or `UNS`."
    )
    assessment: RecordReference = Field(
        sa_type=Uuid, description="The disease evaluation that was judged."
    )
    assessment_version: Annotated[int, WholeNumber(at_least=1, at_most=2**31 - 1)] = Field(
        sa_type=Integer, description="The version of it that the reviewer had read."
    )
    criteria_version: Literal["IMWG 2016"] = Field(
        default="IMWG 2016", sa_type=Text, description="Version of the response criteria (RSCAT)."
    )
    response: Coded[ResponseCategory] = Field(
        sa_type=coded(ResponseCategory),
        description="The reviewer's category for the evaluation (RSORRES, RSEVAL adjudicator).",
    )
    pd_basis: Coded[PdBasis] | None = Field(
        default=None,
        sa_type=coded(PdBasis),
        description="What progressive disease rests on; None and `unknown` count as biochemical.",
    )
    response_date: CivilDate | None = Field(
        default=None,
        sa_type=Date,
        description="Day of the category (RSDTC); None: the day of the evaluation.",
    )
    rationale: FreeText = Field(sa_type=Text, description="Why: what the category rests on.")


class Adjudication(AdjudicationFields, TrialRecord, table=True):
    """One version of one adjudication about one subject."""

    __tablename__ = "adjudication"

    checks: ClassVar = {
        "assessment_version": "assessment_version >= 1",
        "criteria_version": "criteria_version = 'IMWG 2016'",
        "pd_basis": "pd_basis IS NULL OR response = 'PD'",
    }
