"""Enrolment: who takes part, what was known of them then, and how they left.

One record of its kind per subject, versioned like every other; the subject's code and centre are
its identity and never change. No name, no full date of birth, no number of a hospital has a field.
"""

from decimal import Decimal
from typing import Annotated, ClassVar

from pydantic import Field as PartField
from sqlalchemy import Date, Integer, Numeric
from sqlmodel import Field

from app.models.columns import Parts
from app.models.disease_history import (
    Albumin,
    Beta2Microglobulin,
    CytogeneticFinding,
    LactateDehydrogenase,
    PriorLine,
)
from app.models.ice import IceScore
from app.models.record import TrialRecord
from app.models.shape import Part, RecordFields
from app.models.values import (
    CivilDate,
    ClinicalNumber,
    Code,
    Coded,
    Confirmation,
    Count,
    Percentage,
    ShortText,
    StrictBool,
    WholeNumber,
    coded,
    part,
    parts,
)
from app.models.vital_signs import BodyWeight
from app.vocabularies.imwg import HeavyChain, LightChain
from app.vocabularies.subjects import (
    Disposition,
    DrugClass,
    ExtramedullaryDisease,
    IssStage,
    Refractoriness,
    Sex,
    VirusStatus,
)
from app.vocabularies.visits import EcogPerformanceStatus

Year = Annotated[int, WholeNumber(at_least=1900, at_most=2100)]
"""A year of the calendar."""

BodyHeight = Annotated[Decimal, ClinicalNumber(above=Decimal(0))]
"""Body height, cm."""

CreatinineClearance = Annotated[Decimal, ClinicalNumber(at_least=Decimal(0))]
"""Creatinine clearance, mL/min."""


class Consent(Part):
    """The consent that the subject signed."""

    version: Code = PartField(description="Version of the consent form.")
    signed_on: CivilDate = PartField(description="Date of the signature (RFICDTC).")


class EligibilityCriterion(Part):
    """The answer to one eligibility criterion (IE)."""

    criterion: Code = PartField(
        description="Criterion of the protocol, such as `EX-07` (IETESTCD)."
    )
    met: StrictBool | None = PartField(
        description="The subject satisfies it: an inclusion applies, an exclusion does not; None: "
        "not known yet."
    )
    note: ShortText | None = PartField(default=None, description="What the answer rests on.")


class ScreenFailure(Part):
    """Why and when a subject turned out not to be eligible."""

    reason: ShortText = PartField(description="Reason (DSTERM).")
    criterion: Code | None = PartField(default=None, description="Criterion that was not met.")
    date: CivilDate = PartField(description="Date of the decision (DSSTDTC).")


class OffStudy(Part):
    """How and when an enrolled subject left the trial."""

    disposition: Coded[Disposition] = PartField(description="How the subject left (DSDECOD).")
    date: CivilDate = PartField(description="When (DSSTDTC).")
    note: ShortText | None = PartField(default=None, description="More on it (DSTERM).")


class EnrolmentFields(RecordFields):
    """What a centre reports about a subject.

    The disease's fields are optional here; whether a trial wants them is in its trial file. A list
    that is None is not known; an empty one says that there is nothing to list.
    """

    sex: Coded[Sex] = Field(sa_type=coded(Sex), description="Sex (SEX).")
    year_of_birth: Year | None = Field(
        default=None, sa_type=Integer, description="Year of birth and no more (BRTHDTC)."
    )
    consent: Consent | None = Field(
        default=None, sa_type=part(Consent), description="Informed consent."
    )
    eligibility: list[EligibilityCriterion] = Field(
        default_factory=list,
        sa_type=parts(EligibilityCriterion),
        description="Answers to the eligibility criteria.",
    )
    enrolled_on: CivilDate | None = Field(
        default=None,
        sa_type=Date,
        description="Date of enrolment, which claims a slot of the trial; None: in screening.",
    )
    screen_failure: ScreenFailure | None = Field(
        default=None, sa_type=part(ScreenFailure), description="Set when screening failed."
    )
    off_study: OffStudy | None = Field(
        default=None, sa_type=part(OffStudy), description="Set when the subject left the trial."
    )
    year_of_diagnosis: Year | None = Field(
        default=None, sa_type=Integer, description="Year of the diagnosis of myeloma."
    )
    heavy_chain: Coded[HeavyChain] | None = Field(
        default=None, sa_type=coded(HeavyChain), description="Immunoglobulin class of the myeloma."
    )
    light_chain: Coded[LightChain] | None = Field(
        default=None,
        sa_type=coded(LightChain),
        description="Light chain type: the involved side of the free light chains.",
    )
    iss: Coded[IssStage] | None = Field(
        default=None, sa_type=coded(IssStage), description="ISS stage, as reported."
    )
    r_iss: Coded[IssStage] | None = Field(
        default=None, sa_type=coded(IssStage), description="R-ISS stage, as reported."
    )
    beta2_microglobulin: Beta2Microglobulin | None = Field(
        default=None, sa_type=part(Beta2Microglobulin), description="Beta2-microglobulin."
    )
    albumin: Albumin | None = Field(
        default=None, sa_type=part(Albumin), description="Serum albumin."
    )
    lactate_dehydrogenase: LactateDehydrogenase | None = Field(
        default=None, sa_type=part(LactateDehydrogenase), description="LDH with its upper limit."
    )
    cytogenetics: list[CytogeneticFinding] | None = Field(
        default=None, sa_type=parts(CytogeneticFinding), description="FISH, one row per marker."
    )
    extramedullary_disease: Coded[ExtramedullaryDisease] | None = Field(
        default=None, sa_type=coded(ExtramedullaryDisease), description="Plasmacytomas."
    )
    marrow_plasma_cells: Percentage | None = Field(
        default=None, sa_type=Numeric, description="Plasma cells in the marrow at screening, %."
    )
    cns_disease: StrictBool | None = Field(
        default=None, description="Myeloma in the central nervous system."
    )
    prior_lines: Count | None = Field(default=None, description="Number of prior lines of therapy.")
    lines: list[PriorLine] | None = Field(
        default=None, sa_type=parts(PriorLine), description="The prior lines, one row each (CM)."
    )
    prior_autologous_transplant: StrictBool | None = Field(
        default=None, description="Had an autologous transplantation."
    )
    prior_allogeneic_transplant: StrictBool | None = Field(
        default=None, description="Had an allogeneic transplantation."
    )
    prior_radiotherapy: StrictBool | None = Field(default=None, description="Had radiotherapy.")
    prior_bcma_therapy: StrictBool | None = Field(
        default=None, description="Had a BCMA-directed therapy."
    )
    exposed_classes: list[Coded[DrugClass]] | None = Field(
        default=None,
        sa_type=Parts(list[DrugClass]),
        description="Classes of drug that the subject received.",
    )
    refractory_classes: list[Coded[DrugClass]] | None = Field(
        default=None,
        sa_type=Parts(list[DrugClass]),
        description="Classes of drug that the myeloma is refractory to.",
    )
    refractoriness: Coded[Refractoriness] | None = Field(
        default=None,
        sa_type=coded(Refractoriness),
        description="How far the myeloma is refractory to PI, IMiD and anti-CD38 antibody.",
    )
    refractory_to_last_line: StrictBool | None = Field(
        default=None, description="The myeloma is refractory to the last line."
    )
    ecog: Coded[EcogPerformanceStatus] | None = Field(
        default=None,
        sa_type=coded(EcogPerformanceStatus),
        description="ECOG performance status at screening.",
    )
    ecog_on: CivilDate | None = Field(default=None, sa_type=Date, description="Date of the ECOG.")
    weight: BodyWeight | None = Field(
        default=None, sa_type=Numeric, description="Body weight at screening, kg (WEIGHT)."
    )
    height: BodyHeight | None = Field(
        default=None, sa_type=Numeric, description="Body height, cm (HEIGHT)."
    )
    creatinine_clearance: CreatinineClearance | None = Field(
        default=None, sa_type=Numeric, description="Creatinine clearance, mL/min (CREATCLR)."
    )
    ejection_fraction: Percentage | None = Field(
        default=None, sa_type=Numeric, description="Left ventricular ejection fraction, % (LVEF)."
    )
    hepatitis_b: Coded[VirusStatus] | None = Field(
        default=None, sa_type=coded(VirusStatus), description="Hepatitis B."
    )
    hepatitis_c: Coded[VirusStatus] | None = Field(
        default=None, sa_type=coded(VirusStatus), description="Hepatitis C."
    )
    hiv: Coded[VirusStatus] | None = Field(
        default=None, sa_type=coded(VirusStatus), description="HIV."
    )
    baseline_ice: IceScore | None = Field(
        default=None, sa_type=part(IceScore), description="ICE score before treatment."
    )
    confirmed_implausible: Confirmation | None = Field(
        default=None,
        description="An amendment says with its reason that a number is right although no living "
        "person should have it; it is then used.",
    )


class Enrolment(EnrolmentFields, TrialRecord, table=True):
    """One version of what is known of one subject."""

    __tablename__ = "enrolment"

    checks: ClassVar = {
        "year_of_birth": "year_of_birth BETWEEN 1900 AND 2100",
        "year_of_diagnosis": "year_of_diagnosis BETWEEN year_of_birth AND 2100",
        "prior_lines": "prior_lines >= 0",
        "marrow_plasma_cells": "marrow_plasma_cells BETWEEN 0 AND 100",
        "weight": "weight > 0 AND weight < 'Infinity'",
        "height": "height > 0 AND height < 'Infinity'",
        "creatinine_clearance": "creatinine_clearance >= 0 AND creatinine_clearance < 'Infinity'",
        "ejection_fraction": "ejection_fraction BETWEEN 0 AND 100",
        "one_way": "screen_failure IS NULL OR (enrolled_on IS NULL AND off_study IS NULL)",
        "off_study": "off_study IS NULL OR enrolled_on IS NOT NULL",
    }
