"""Adjudications on the wire, and what one of them alone cannot mean."""

from collections.abc import Iterator

from pydantic import Field

from app.models.adjudication import Adjudication, AdjudicationFields
from app.schemas.assessment import ASSESSMENTS
from app.schemas.record import Dating, RecordKind, RecordOut
from app.schemas.refusals import ConsistentRecordIn, Refusal
from app.vocabularies.imwg import ResponseCategory


def basis_of_progression(adjudication: AdjudicationFields) -> Iterator[Refusal]:
    """Require a basis to belong to progressive disease."""
    if adjudication.pd_basis is not None and adjudication.response is not ResponseCategory.PD:
        yield Refusal("pd_basis", "basis_without_pd", "leave it out: only PD has a basis")


class AdjudicationIn(AdjudicationFields, ConsistentRecordIn):
    """An adjudication as a response reviewer submits it."""

    rules = (basis_of_progression,)


class AdjudicationOut(AdjudicationFields, RecordOut):
    """An adjudication as the service gives it."""

    stale: bool | None = Field(
        description="The evaluation has a later version than the one judged, or is voided; null: "
        "the subject has no such version of an evaluation. Of the moment, or of `as_of`."
    )


ADJUDICATIONS = RecordKind(
    path="adjudications",
    noun="adjudication",
    table=Adjudication,
    submission=AdjudicationIn,
    view=AdjudicationOut,
    dated_by="response_date",
    dating=Dating.HAPPENED,
    place_in_history="assessments",
    judges=ASSESSMENTS,
    filters={"assessment": "assessment", "response": "response", "pd_basis": "pd_basis"},
    example={
        "source_id": "IRC-03-008-M3",
        "visit": "M3",
        "assessment": "019cbd4a-7f60-7c3e-9a52-1f0e8d7c6b5a",
        "assessment_version": 1,
        "criteria_version": "IMWG 2016",
        "response": "PD",
        "pd_basis": "imaging",
        "response_date": "2026-06-08",
        "rationale": "New soft-tissue lesion on PET/CT, read independently by two reviewers.",
    },
)
