"""CAR-T kinetics: how many CAR-T cells were found, where, when, and by which assay."""

from typing import Annotated, ClassVar

from sqlalchemy import Integer, Numeric, Text, Uuid
from sqlmodel import Field

from app.models.record import TrialRecord
from app.models.references import RecordReference
from app.models.shape import RecordFields
from app.models.units import UnitText
from app.models.values import (
    Code,
    Coded,
    Confirmation,
    Count,
    DateOrDateTime,
    NonNegativeDecimal,
    PositiveDecimal,
    ShortText,
    SourceId,
    StrictBool,
    WholeNumber,
    coded,
)
from app.vocabularies.kinetics import KineticsMethod, NotEvaluableReason, QuantificationState
from app.vocabularies.specimens import Matrix, SpecimenQuality


class KineticsResultFields(RecordFields):
    """What a centre reports of one assay of one sample.

    A result is a value, or how it stands to the limits of the assay, or the reason why there is
    none. Where `quantification` is left out, value and limits tell it.
    """

    visit: Code | None = Field(
        default=None, sa_type=Text, description="Scheduled visit (VISIT), or `UNS`."
    )
    infusion: RecordReference | None = Field(
        default=None, sa_type=Uuid, description="The infusion whose cells are followed."
    )
    matrix: Coded[Matrix] = Field(sa_type=coded(Matrix), description="Where (PCSPEC).")
    method: Coded[KineticsMethod] = Field(
        sa_type=coded(KineticsMethod), description="How; methods are never mixed (PCMETHOD)."
    )
    collected_at: DateOrDateTime = Field(
        sa_type=Text,
        description="When the sample was taken or due; profiles need the time (PCDTC).",
    )
    nominal_day: Annotated[int, WholeNumber(at_least=-60, at_most=2000)] | None = Field(
        default=None, sa_type=Integer, description="Planned day, 0 for the infusion (PCTPTNUM)."
    )
    value: NonNegativeDecimal | None = Field(
        default=None, sa_type=Numeric, description="Result (PCSTRESN)."
    )
    quantification: Coded[QuantificationState] | None = Field(
        default=None,
        sa_type=coded(QuantificationState),
        description="How the result stands to the limits; None: value and limits tell.",
    )
    unit: UnitText | None = Field(
        default=None,
        sa_type=Text,
        description="UCUM unit of value and limits, one of the method's (PCORRESU).",
    )
    lloq: PositiveDecimal | None = Field(
        default=None, sa_type=Numeric, description="Lower limit of quantification (PCLLOQ)."
    )
    lod: PositiveDecimal | None = Field(
        default=None, sa_type=Numeric, description="Limit of detection."
    )
    not_evaluable: Coded[NotEvaluableReason] | None = Field(
        default=None,
        sa_type=coded(NotEvaluableReason),
        description="Why there is no result (PCREASND).",
    )
    spurious: StrictBool = Field(
        default=False, description="The laboratory holds the result for an error."
    )
    assay: ShortText | None = Field(default=None, sa_type=Text, description="Assay, by name.")
    assay_version: Code | None = Field(
        default=None, sa_type=Text, description="Version of the assay."
    )
    laboratory: ShortText | None = Field(
        default=None, sa_type=Text, description="Laboratory (PCNAM)."
    )
    sample_id: SourceId | None = Field(
        default=None, sa_type=Text, description="The laboratory's id of the sample (PCREFID)."
    )
    specimen_quality: Coded[SpecimenQuality] | None = Field(
        default=None,
        sa_type=coded(SpecimenQuality),
        description="Fitness of the sample (PCSPCCND).",
    )
    genomic_dna_ng: NonNegativeDecimal | None = Field(
        default=None, sa_type=Numeric, description="Genomic DNA per reaction, ng; of qPCR."
    )
    cd3_events: Count | None = Field(
        default=None, sa_type=Integer, description="CD3+ events acquired; of flow cytometry."
    )
    cd3_per_ul: NonNegativeDecimal | None = Field(
        default=None, sa_type=Numeric, description="Absolute CD3+ count of the sample, /uL."
    )
    csf_volume_ml: PositiveDecimal | None = Field(
        default=None, sa_type=Numeric, description="Volume of cerebrospinal fluid, mL."
    )
    csf_red_cells_per_ul: NonNegativeDecimal | None = Field(
        default=None, sa_type=Numeric, description="Red cells in the cerebrospinal fluid, /uL."
    )
    marrow_pull: Annotated[int, WholeNumber(at_least=1, at_most=20)] | None = Field(
        default=None, sa_type=Integer, description="Which pull of the aspiration, from 1."
    )
    confirmed_implausible: Confirmation | None = Field(
        default=None,
        description="An amendment says with its reason that a number is right although no living "
        "person should have it; it is then used.",
    )


class KineticsResult(KineticsResultFields, TrialRecord, table=True):
    """One version of one kinetics result of one subject."""

    __tablename__ = "kinetics_result"

    checks: ClassVar = {
        "some_result": "num_nonnulls(value, quantification, not_evaluable) > 0",
        "unit": "unit IS NOT NULL OR num_nonnulls(value, lloq, lod) = 0",
        "not_evaluable": "not_evaluable IS NULL OR value IS NULL",
        "value": "value >= 0 AND value < 'Infinity'",
        "lloq": "lloq > 0 AND lloq < 'Infinity'",
        "lod": "lod > 0 AND lod <= coalesce(lloq, lod) AND lod < 'Infinity'",
        "genomic_dna_ng": "genomic_dna_ng >= 0 AND genomic_dna_ng < 'Infinity'",
        "cd3_per_ul": "cd3_per_ul >= 0 AND cd3_per_ul < 'Infinity'",
        "csf_volume_ml": "csf_volume_ml > 0 AND csf_volume_ml < 'Infinity'",
        "csf_red_cells_per_ul": "csf_red_cells_per_ul >= 0 AND csf_red_cells_per_ul < 'Infinity'",
    }
