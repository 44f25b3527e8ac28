"""Adverse events: what happened, how bad it was, what it may be due to, and what came of it."""

from typing import ClassVar, Literal

from pydantic import Field as PartField
from sqlalchemy import Date, Text, Uuid
from sqlmodel import Field

from app.models.astct import AstctGraded
from app.models.columns import Parts
from app.models.meddra import MeddraCoding
from app.models.record import TrialRecord
from app.models.references import RecordReference
from app.models.shape import Part, RecordFields
from app.models.values import (
    CivilDate,
    Code,
    Coded,
    FreeText,
    NonNegativeDecimal,
    OffsetDateTime,
    PartialDateOrDateTime,
    ShortText,
    StrictBool,
    coded,
    part,
)
from app.vocabularies.adverse_events import (
    ActionTaken,
    AesiKind,
    Causality,
    InfectionSource,
    Outcome,
    SeriousnessCriterion,
)
from app.vocabularies.astct import CRS_TERM
from app.vocabularies.ctcae import ToxicityGrade
from app.vocabularies.laboratory import QualitativeResult


class CausalityByCause(Part):
    """The investigator's causality (AEREL), one judgement per candidate cause; None: not judged."""

    car_t: Coded[Causality] | None = PartField(default=None, description="The CAR-T cells.")
    lymphodepletion: Coded[Causality] | None = PartField(
        default=None, description="Lymphodepleting chemotherapy."
    )
    bridging: Coded[Causality] | None = PartField(default=None, description="Bridging therapy.")
    procedure: Coded[Causality] | None = PartField(
        default=None, description="A procedure of the trial."
    )
    disease: Coded[Causality] | None = PartField(default=None, description="The myeloma.")
    other_drug: Coded[Causality] | None = PartField(default=None, description="Another medicine.")


class Infection(Part):
    """What is known of an infection."""

    site: ShortText | None = PartField(default=None, description="Site of the infection (AELOC).")
    organism: ShortText | None = PartField(default=None, description="Organism, by name.")
    source: Coded[InfectionSource] | None = PartField(
        default=None, description="How the organism was found."
    )
    neutrophils_at_onset: NonNegativeDecimal | None = PartField(
        default=None, description="Absolute neutrophil count at onset, 10*9/L."
    )


class SecondMalignancy(Part):
    """What is known of a second malignancy."""

    histology: ShortText | None = PartField(default=None, description="Histology.")
    car_transgene: Coded[QualitativeResult] | None = PartField(
        default=None, description="Test of the tumour for the CAR transgene; None: not tested."
    )


class DoseLimitingJudgement(Part):
    """Whether the event limits the dose, as site or committee judged."""

    limiting: StrictBool = PartField(description="It is a dose-limiting toxicity.")
    judged_on: CivilDate = PartField(description="Date of the judgement.")


class AdverseEventFields(RecordFields):
    """What a centre reports about one adverse event.

    One record is one event with its highest grade, or a line of one where it names another as its
    episode or as what it is a worsening of. It needs a term, an onset or the word that it is
    unknown, and a grade or a statement on seriousness, but for CRS and ICANS, which may wait for
    both; everything else may follow in an amendment.
    """

    visit: Code | None = Field(
        default=None, sa_type=Text, description="Visit it was reported at (VISIT), or `UNS`."
    )
    term: ShortText = Field(
        sa_type=Text,
        description="CTCAE 5.0 term in its published spelling (AETERM), or the code of the MedDRA "
        "lowest level term that CTCAE prints for it, which is stored as the term.",
    )
    meddra: MeddraCoding | None = Field(
        default=None, sa_type=part(MeddraCoding), description="The event as coded in MedDRA."
    )
    ctcae_version: Literal["CTCAE 5.0"] = Field(
        default="CTCAE 5.0", sa_type=Text, description="Version of term and grade."
    )
    other_specify: ShortText | None = Field(
        default=None,
        sa_type=Text,
        description="What happened, in words; required by a term `Other, specify` (AEMODIFY).",
    )
    grade: Coded[ToxicityGrade] | None = Field(
        default=None,
        sa_type=coded(ToxicityGrade),
        description="Highest CTCAE 5.0 grade, 1 to 5, that the term has (AETOXGR).",
    )
    onset: PartialDateOrDateTime | None = Field(
        default=None,
        sa_type=Text,
        description="When the event began, as far as known (AESTDTC); None with `onset_unknown`.",
    )
    onset_unknown: StrictBool | None = Field(
        default=None,
        description="True: nothing is known of the onset. The event then counts as "
        "treatment-emergent unless it ended, or was first recorded, before the infusion.",
    )
    end: PartialDateOrDateTime | None = Field(
        default=None,
        sa_type=Text,
        description="When the event ended, as far as known; of a fatal one the death (AEENDTC).",
    )
    ongoing: StrictBool | None = Field(
        default=None, description="The event had not ended when last reported (AEENRTPT)."
    )
    outcome: Coded[Outcome] | None = Field(
        default=None, sa_type=coded(Outcome), description="Outcome (AEOUT)."
    )
    serious: StrictBool | None = Field(
        default=None, description="Serious by ICH E2A (AESER); None: not judged yet."
    )
    seriousness_criteria: list[Coded[SeriousnessCriterion]] = Field(
        default_factory=list,
        sa_type=Parts(list[SeriousnessCriterion]),
        description="What makes it serious (AESDTH, AESLIFE, AESHOSP, AESDISAB, AESCONG, AESMIE).",
    )
    became_serious_on: CivilDate | None = Field(
        default=None, sa_type=Date, description="Day it became serious, when that was later."
    )
    admitted_on: CivilDate | None = Field(
        default=None, sa_type=Date, description="Admission to hospital because of it."
    )
    discharged_on: CivilDate | None = Field(
        default=None, sa_type=Date, description="Discharge from hospital."
    )
    causality: CausalityByCause | None = Field(
        default=None,
        sa_type=part(CausalityByCause),
        description="Investigator's causality per candidate cause (AEREL); a missing one counts "
        "as related.",
    )
    action_taken: Coded[ActionTaken] | None = Field(
        default=None,
        sa_type=coded(ActionTaken),
        description="Action taken with the CAR-T treatment (AEACN).",
    )
    other_action: ShortText | None = Field(
        default=None,
        sa_type=Text,
        description="Other action (AEACNOTH); medication goes into `therapies`.",
    )
    aesi_kind: Coded[AesiKind] | None = Field(
        default=None, sa_type=coded(AesiKind), description="Kind of special interest (AESI)."
    )
    astct: AstctGraded | None = Field(
        default=None,
        sa_type=part(AstctGraded),
        description="ASTCT grade of a CRS or ICANS event, beside its CTCAE grade.",
    )
    infection: Infection | None = Field(
        default=None, sa_type=part(Infection), description="Details of an infection."
    )
    second_malignancy: SecondMalignancy | None = Field(
        default=None,
        sa_type=part(SecondMalignancy),
        description="Details of a second malignancy.",
    )
    dose_limiting: DoseLimitingJudgement | None = Field(
        default=None,
        sa_type=part(DoseLimitingJudgement),
        description="Judgement on dose limitation (AEDLT), where the protocol asks for one.",
    )
    worsening_of: RecordReference | None = Field(
        default=None,
        sa_type=Uuid,
        description="The adverse event, such as one present before the infusion, that this one is "
        "a worsening of; the two count as one event.",
    )
    symptom_of: RecordReference | None = Field(
        default=None,
        sa_type=Uuid,
        description="The adverse event that this one is a sign of; it leaves the incidence then.",
    )
    part_of_episode: RecordReference | None = Field(
        default=None,
        sa_type=Uuid,
        description="The first adverse event of the episode that this one continues; they count "
        "as one event.",
    )
    aware_at: OffsetDateTime | None = Field(
        default=None, sa_type=Text, description="When the centre learnt of the event."
    )
    reported_at: OffsetDateTime | None = Field(
        default=None, sa_type=Text, description="When the centre reported it to the sponsor."
    )
    narrative: FreeText | None = Field(
        default=None, sa_type=Text, description="Course of the event, in words."
    )


class AdverseEvent(AdverseEventFields, TrialRecord, table=True):
    """One version of one adverse event of one subject."""

    __tablename__ = "adverse_event"

    checks: ClassVar = {
        "ctcae_version": "ctcae_version = 'CTCAE 5.0'",
        "seriousness": "coalesce(serious, false) OR jsonb_array_length(seriousness_criteria) = 0",
        "grade_or_seriousness": "num_nonnulls(grade, serious, astct) > 0 "
        f"OR coalesce(aesi_kind IN ('CRS', 'ICANS'), false) OR term = '{CRS_TERM}'",
        "onset_or_unknown": "(onset IS NULL) = coalesce(onset_unknown, false)",
    }
