"""Disease evaluations on the wire, and what one evaluation alone cannot mean.

A quantified spike beside a negative immunofixation, an aspirate unlike the biopsy, a component
collected weeks from the serum: all this occurs, and is for the edit checks to ask about.
"""

from collections.abc import Iterator
from datetime import date
from typing import Final, Literal

from pydantic import BaseModel, Field
from sqlmodel import SQLModel

from app.models.assessment import Assessment, AssessmentFields
from app.models.disease_evaluation import Lesion
from app.schemas.record import Dating, RecordKind, RecordOut
from app.schemas.refusals import ConsistentRecordIn, Refusal
from app.schemas.serum_m_proteins import serum_m_proteins
from app.vocabularies.imwg import ImmunofixationResult, LesionKind, ResponseCategory

_SAYS_SOMETHING: Final = (
    "serum_m_protein",
    "serum_m_proteins",
    "urine_m_protein",
    "serum_immunofixation",
    "urine_immunofixation",
    "free_kappa",
    "free_lambda",
    "immunoglobulin",
    "marrow",
    "imaging",
    "new_lesions",
    "circulating_plasma_cells",
    "corrected_calcium",
    "mrd",
    "pet_ct",
    "investigator_response",
)
"""Of these an evaluation has at least one."""


def not_empty(assessment: AssessmentFields) -> Iterator[Refusal]:
    """Require something to have been looked at, or a category."""
    if all(getattr(assessment, field) is None for field in _SAYS_SOMETHING):
        yield Refusal(
            "investigator_response",
            "assessment_empty",
            "report a component or a category; where nothing was done, the visit says so",
        )


def immunofixations(assessment: AssessmentFields) -> Iterator[Refusal]:
    """Require a result or a reason for none, and bands only of a positive one."""
    for field in ("serum_immunofixation", "urine_immunofixation"):
        fixation = getattr(assessment, field)
        if fixation is None:
            continue
        if (fixation.result is None) == (fixation.not_done is None):
            yield Refusal(
                (field, "result"),
                "result_or_reason",
                "write a result, or in not_done why there is none",
                tuple(ImmunofixationResult),
            )
        if fixation.bands and fixation.result is not ImmunofixationResult.POSITIVE:
            yield Refusal(
                (field, "bands"),
                "bands_of_a_negative_result",
                "an immunofixation with bands is positive, whosever they are: say whose in owner",
            )
        if fixation.spurious and fixation.result is None:
            yield Refusal(
                (field, "spurious"), "spurious_without_result", "what was not done is no error"
            )


def marrow(assessment: AssessmentFields) -> Iterator[Refusal]:
    """Require a marrow to say something, and its counts to add up."""
    examined = assessment.marrow
    if examined is None:
        return
    found = (examined.aspirate, examined.biopsy, examined.clonality, examined.cells_counted)
    if (found == (None,) * 4) == (examined.not_done is None):
        yield Refusal(
            ("marrow", "not_done"),
            "result_or_reason",
            "write what was found, or in not_done why there is no marrow",
        )
    if examined.clonality_method is not None and examined.clonality is None:
        yield Refusal(("marrow", "clonality"), "clonality_missing", "write what the method showed")
    typed = (examined.kappa_cells or 0) + (examined.lambda_cells or 0)
    if examined.cells_counted is not None and typed > examined.cells_counted:
        yield Refusal(
            ("marrow", "cells_counted"),
            "cells_do_not_add_up",
            "as many plasma cells as kappa and lambda cells together, or more",
        )


def lesions(assessment: AssessmentFields) -> Iterator[Refusal]:
    """Require each lesion once, measured in both diameters or with a reason why not."""
    seen: set[str] = set()
    for index, lesion in enumerate(assessment.imaging.lesions if assessment.imaging else ()):
        place = ("imaging", "lesions", index)
        if lesion.lesion_id in seen:
            yield Refusal((*place, "lesion_id"), "item_repeated", "name each lesion once")
        seen.add(lesion.lesion_id)
        for member, code, message in _of_one_lesion(lesion):
            yield Refusal((*place, member), code, message)
    scanned: set[str] = set()
    for index, uptake in enumerate(assessment.pet_ct.lesions if assessment.pet_ct else ()):
        if uptake.lesion_id in scanned:
            yield Refusal(
                ("pet_ct", "lesions", index, "lesion_id"), "item_repeated", "name each lesion once"
            )
        scanned.add(uptake.lesion_id)


def _of_one_lesion(lesion: Lesion) -> Iterator[tuple[str, str, str]]:
    """Give member, code and message of what one lesion cannot mean."""
    diameters = (lesion.long_mm, lesion.short_mm)
    if lesion.not_assessed is not None:
        if diameters != (None, None):
            yield "not_assessed", "diameters_of_a_lesion_not_assessed", "leave one of them out"
    elif lesion.long_mm is None or lesion.short_mm is None:
        missing = "long_mm" if lesion.long_mm is None else "short_mm"
        yield (
            missing,
            "diameter_missing",
            "write both diameters, 0 and 0 for a lesion that has gone, or not_assessed",
        )
    elif lesion.short_mm > lesion.long_mm or (lesion.short_mm == 0) != (lesion.long_mm == 0):
        yield (
            "short_mm",
            "diameters_reversed",
            "the short diameter is not above the long one, and 0 only with it",
        )
    if lesion.lesion_id in lesion.merged_from:
        yield "merged_from", "lesion_of_itself", "name the other lesions"
    if lesion.lesion_id == lesion.split_from:
        yield "split_from", "lesion_of_itself", "name the other lesion"


def new_lesions(assessment: AssessmentFields) -> Iterator[Refusal]:
    """Refuse a compression fracture of what is no bone."""
    for index, lesion in enumerate(assessment.new_lesions or ()):
        if lesion.compression_fracture_only and lesion.kind is not LesionKind.BONE:
            yield Refusal(
                ("new_lesions", index, "kind"),
                "fracture_of_soft_tissue",
                "a compression fracture is a bone lesion",
                (LesionKind.BONE,),
            )


def investigator(assessment: AssessmentFields) -> Iterator[Refusal]:
    """Require basis, confirmation and date to belong to a category that has them."""
    response = assessment.investigator_response
    if assessment.investigator_pd_basis is not None and response is not ResponseCategory.PD:
        yield Refusal(
            "investigator_pd_basis", "basis_without_pd", "leave it out: only PD has a basis"
        )
    confirmed = assessment.investigator_progression_confirmed
    if confirmed is not None and response is not ResponseCategory.PD:
        yield Refusal(
            "investigator_progression_confirmed",
            "confirmation_without_pd",
            "leave it out: only PD is confirmed here",
        )
    if assessment.investigator_response_date is not None and response is None:
        yield Refusal(
            "investigator_response_date", "date_without_response", "write the category too"
        )


class AssessmentIn(AssessmentFields, ConsistentRecordIn):
    """A disease evaluation as a centre submits it."""

    rules = (
        not_empty,
        serum_m_proteins,
        immunofixations,
        marrow,
        lesions,
        new_lesions,
        investigator,
    )


class AssessmentOut(AssessmentFields, RecordOut):
    """A disease evaluation as the service gives it."""


class DerivedResponse(BaseModel):
    """What the measurements of an evaluation say, beside the subject's others, at this moment."""

    category: ResponseCategory = Field(description="The evaluation's own category, unconfirmed.")
    confirmed: ResponseCategory = Field(description="What is confirmed at it so far.")
    state: Literal["confirmed", "lowered", "unconfirmed", "refuted", "not_needed"] = Field(
        description="Where the category stands: `unconfirmed` waits for a second evaluation."
    )
    assessed_on: date = Field(description="Day that the category is dated.")
    rules: list[str] = Field(description="The rules that fired, or what was missing.")
    best_so_far: ResponseCategory = Field(description="Best confirmed of the subject up to it.")


class WithDerivedResponse(SQLModel):
    """What goes with the answer to a written evaluation: of that moment, not stored with it."""

    derived: DerivedResponse | None = Field(
        description="Null for an evaluation that is no response: up to the infusion day, or of a "
        "subject without an infusion. `/v1/subjects/{subject}/response` explains it in full."
    )


ASSESSMENTS = RecordKind(
    path="assessments",
    noun="assessment",
    table=Assessment,
    submission=AssessmentIn,
    view=AssessmentOut,
    derived=WithDerivedResponse,
    dated_by="assessed_on",
    dating=Dating.MEASURED,
    place_in_history="assessments",
    filters={
        "investigator_response": "investigator_response",
        "investigator_pd_basis": "investigator_pd_basis",
    },
    example={
        "source_id": "03-EFF-008-M3",
        "visit": "M3",
        "assessed_on": "2026-06-01",
        "serum_m_protein": {"value": "0.20", "unit": "g/dL", "method": "SPEP"},
        "urine_m_protein": {
            "value": "4",
            "unit": "mg/dL",
            "volume_ml": "1850",
            "collection_hours": "24",
            "complete": True,
            "collected_on": "2026-06-02",
        },
        "serum_immunofixation": {
            "result": "positive",
            "bands": [
                {"heavy_chain": "IgG", "light_chain": "kappa", "owner": "original"},
                {
                    "heavy_chain": "IgG",
                    "light_chain": "kappa",
                    "owner": "drug_proven",
                    "drug_test": "Hydrashift",
                },
            ],
        },
        "urine_immunofixation": {"result": "negative", "collected_on": "2026-06-02"},
        "free_kappa": {"value": "14.2", "unit": "mg/L"},
        "free_lambda": {"value": "1.3", "unit": "mg/L", "comparator": "<"},
        "free_light_chain_assay": "Freelite",
        "ivig_within_28_days": False,
        "marrow": {
            "aspirate": {"value": "1.5", "unit": "%"},
            "biopsy": {"not_done": "dry core"},
            "clonality": "absent",
            "clonality_method": "flow_cytometry",
            "collected_on": "2026-06-05",
        },
        "imaging": {
            "modality": "PET/CT",
            "imaged_on": "2026-06-08",
            "lesions": [
                {
                    "lesion_id": "L1",
                    "kind": "paraskeletal",
                    "site": "left sixth rib",
                    "long_mm": "12",
                    "short_mm": "8.5",
                },
            ],
        },
        "new_lesions": [],
        "circulating_plasma_cells": {"value": "0", "unit": "/uL"},
        "corrected_calcium": {"value": "2.31", "unit": "mmol/L"},
        "mrd": {
            "method": "NGF",
            "result": "negative",
            "sensitivity": "0.000004",
            "cells_analysed": 5200000,
            "clone_known": True,
            "first_pull": True,
            "collected_on": "2026-06-05",
        },
        "pet_ct": {
            "result": "positive",
            "avid_at_baseline": True,
            "lesions": [{"lesion_id": "L1", "result": "positive"}],
            "imaged_on": "2026-06-08",
        },
        "investigator_response": "VGPR",
    },
)
