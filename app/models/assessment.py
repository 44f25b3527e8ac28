"""Disease evaluations: what was measured of the myeloma, and what the investigator made of it."""

from typing import ClassVar, Literal

from sqlalchemy import Date, Text
from sqlmodel import Field

from app.models.dates import DayOfSerum
from app.models.disease_evaluation import (
    BloodPlasmaCells,
    Imaging,
    Immunofixation,
    MarrowExamination,
    MProteinOfIsotype,
    MrdSample,
    NewLesion,
    PetCt,
    QuantitativeImmunoglobulin,
    SerumCalcium,
    SerumFreeLightChain,
    SerumSpike,
    UrineSpike,
)
from app.models.record import TrialRecord
from app.models.shape import RecordFields
from app.models.values import (
    CivilDate,
    Code,
    Coded,
    Confirmation,
    FreeText,
    StrictBool,
    coded,
    part,
    parts,
)
from app.vocabularies.imwg import FreeLightChainAssay, PdBasis, ResponseCategory


class AssessmentFields(RecordFields):
    """What a centre reports about one disease evaluation.

    Its date is that of the serum sample and is never partial; each component may have its own.
    The response is derived from the components; the investigator's stands beside it.
    """

    visit: Code | None = Field(
        default=None, sa_type=Text, description="Scheduled visit (VISIT), or `UNS`."
    )
    assessed_on: DayOfSerum = Field(
        sa_type=Date, description="Day of the serum sample, which dates the evaluation (RSDTC)."
    )
    criteria_version: Literal["IMWG 2016"] = Field(
        default="IMWG 2016", sa_type=Text, description="Version of the response criteria (RSCAT)."
    )
    serum_m_protein: SerumSpike | None = Field(
        default=None, sa_type=part(SerumSpike), description="Serum M-protein, electrophoresis."
    )
    serum_m_proteins: list[MProteinOfIsotype] | None = Field(
        default=None,
        sa_type=parts(MProteinOfIsotype),
        description="More than one serum M-protein, each by itself, as in biclonal disease; serum "
        "is the sum of those that are the patient's. Beside serum_m_protein the two agree.",
    )
    urine_m_protein: UrineSpike | None = Field(
        default=None, sa_type=part(UrineSpike), description="Urine M-protein, electrophoresis."
    )
    serum_immunofixation: Immunofixation | None = Field(
        default=None, sa_type=part(Immunofixation), description="Immunofixation of serum."
    )
    urine_immunofixation: Immunofixation | None = Field(
        default=None, sa_type=part(Immunofixation), description="Immunofixation of urine."
    )
    free_kappa: SerumFreeLightChain | None = Field(
        default=None, sa_type=part(SerumFreeLightChain), description="Serum free kappa chains."
    )
    free_lambda: SerumFreeLightChain | None = Field(
        default=None, sa_type=part(SerumFreeLightChain), description="Serum free lambda chains."
    )
    free_light_chain_assay: Coded[FreeLightChainAssay] | None = Field(
        default=None,
        sa_type=coded(FreeLightChainAssay),
        description="Assay of both free light chains; results of two assays are never mixed.",
    )
    immunoglobulin: QuantitativeImmunoglobulin | None = Field(
        default=None,
        sa_type=part(QuantitativeImmunoglobulin),
        description="Quantitative immunoglobulin, where electrophoresis cannot be relied on.",
    )
    ivig_within_28_days: StrictBool | None = Field(
        default=None, description="IVIG was given in the 28 days before; None: not known."
    )
    marrow: MarrowExamination | None = Field(
        default=None, sa_type=part(MarrowExamination), description="Marrow examination."
    )
    imaging: Imaging | None = Field(
        default=None, sa_type=part(Imaging), description="Lesions on imaging."
    )
    new_lesions: list[NewLesion] | None = Field(
        default=None,
        sa_type=parts(NewLesion),
        description="New lesions; empty: looked for, none found; None: not looked for.",
    )
    circulating_plasma_cells: BloodPlasmaCells | None = Field(
        default=None, sa_type=part(BloodPlasmaCells), description="Plasma cells in the blood."
    )
    corrected_calcium: SerumCalcium | None = Field(
        default=None, sa_type=part(SerumCalcium), description="Calcium corrected for albumin."
    )
    calcium_due_to_myeloma: StrictBool | None = Field(
        default=None, description="A raised calcium is due to the myeloma only; None: not said."
    )
    mrd: MrdSample | None = Field(
        default=None, sa_type=part(MrdSample), description="Measurable residual disease."
    )
    pet_ct: PetCt | None = Field(
        default=None, sa_type=part(PetCt), description="PET/CT against the baseline uptake."
    )
    investigator_response: Coded[ResponseCategory] | None = Field(
        default=None,
        sa_type=coded(ResponseCategory),
        description="The investigator's category for this evaluation (RSORRES).",
    )
    investigator_pd_basis: Coded[PdBasis] | None = Field(
        default=None,
        sa_type=coded(PdBasis),
        description="What the investigator's progressive disease rests on.",
    )
    investigator_progression_confirmed: StrictBool | None = Field(
        default=None,
        description="The investigator's progressive disease was confirmed, by a visit of this "
        "record or another; None: not said.",
    )
    investigator_response_date: CivilDate | None = Field(
        default=None,
        sa_type=Date,
        description="Day of the investigator's category; None: the day of the assessment.",
    )
    note: FreeText | None = Field(default=None, sa_type=Text, description="More on it.")
    confirmed_implausible: Confirmation | None = Field(
        default=None,
        description="An amendment says with its reason that a number is right although no living "
        "person should have it; it is then used.",
    )


class Assessment(AssessmentFields, TrialRecord, table=True):
    """One version of one disease evaluation of one subject."""

    __tablename__ = "assessment"

    checks: ClassVar = {
        "criteria_version": "criteria_version = 'IMWG 2016'",
        "investigator_pd_basis": "investigator_pd_basis IS NULL OR investigator_response = 'PD'",
        "investigator_progression_confirmed": "investigator_progression_confirmed IS NULL "
        "OR investigator_response = 'PD'",
    }
