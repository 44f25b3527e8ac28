"""Laboratory results: what was measured in which sample, and what the laboratory said of it."""

from typing import Annotated, ClassVar

from pydantic import Field as PartField
from sqlalchemy import Numeric, Text, Uuid
from sqlmodel import Field

from app.models.record import TrialRecord
from app.models.references import RecordReference
from app.models.shape import Part, RecordFields
from app.models.text import Form
from app.models.units import UnitText
from app.models.values import (
    ClinicalDecimal,
    Code,
    Coded,
    Confirmation,
    DateOrDateTime,
    NonNegativeDecimal,
    OffsetDateTime,
    ShortText,
    SourceId,
    StrictBool,
    coded,
    part,
)
from app.vocabularies.laboratory import CodeSystem, Comparator, QualitativeResult
from app.vocabularies.specimens import Specimen

Titre = Annotated[
    str,
    Form(r"1:[1-9][0-9]{0,6}", "write a titre as 1:n, such as 1:80", longest=9),
]
"""A titre, `1:n`."""


class ReferenceRange(Part):
    """The laboratory's limits for this subject and this sample, in the unit of the result."""

    low: ClinicalDecimal | None = PartField(default=None, description="Lower limit (LBORNRLO).")
    high: ClinicalDecimal | None = PartField(default=None, description="Upper limit (LBORNRHI).")
    text: ShortText | None = PartField(
        default=None, description="Limits that are no numbers, as printed (LBSTNRC)."
    )


class ClinicalSignificance(Part):
    """The investigator's judgement of a result."""

    flag: StrictBool = PartField(description="The result is clinically significant (LBCLSIG).")
    by: Code | None = PartField(default=None, description="Who judged: a code, not a name.")
    at: OffsetDateTime | None = PartField(default=None, description="When it was judged.")


class LabResultFields(RecordFields):
    """What a centre reports of one analyte in one sample.

    A result is exactly one of a number, a word, a titre, and the reason why there is none.

    Decision: an analyte of the trial's list is named by its code there or by one of its LOINC
    codes; any other by its LOINC code, or by the sender's own code with `analyte_system` `local`.
    A code of none of these is refused and not taken for a local one: most are mistyped.
    """

    visit: Code | None = Field(
        default=None, sa_type=Text, description="Scheduled visit (VISIT), or `UNS`."
    )
    analyte: Code = Field(
        sa_type=Text,
        description="What was measured: our code (LBTESTCD) or a LOINC code (LBLOINC).",
    )
    analyte_system: Coded[CodeSystem] | None = Field(
        default=None,
        sa_type=coded(CodeSystem),
        description="Where the code comes from; None: `listed` or `loinc`, as the code shows.",
    )
    value: ClinicalDecimal | None = Field(
        default=None, sa_type=Numeric, description="Result as a number (LBORRES, LBSTRESN)."
    )
    coded_value: Coded[QualitativeResult] | None = Field(
        default=None, sa_type=coded(QualitativeResult), description="Result as a word (LBSTRESC)."
    )
    titre: Titre | None = Field(
        default=None, sa_type=Text, description="Result as a titre, `1:n` (LBORRES)."
    )
    not_done: ShortText | None = Field(
        default=None, sa_type=Text, description="Why there is no result (LBREASND)."
    )
    comparator: Coded[Comparator] | None = Field(
        default=None,
        sa_type=coded(Comparator),
        description="Set when the true value lies beyond the number or titre: `<` for below it.",
    )
    unit: UnitText | None = Field(
        default=None, sa_type=Text, description="UCUM unit of a number (LBORRESU)."
    )
    reference_range: ReferenceRange | None = Field(
        default=None, sa_type=part(ReferenceRange), description="The laboratory's limits."
    )
    lloq: NonNegativeDecimal | None = Field(
        default=None,
        sa_type=Numeric,
        description="Lower limit of quantification of the assay, in the unit (LBLLOQ).",
    )
    uloq: NonNegativeDecimal | None = Field(
        default=None,
        sa_type=Numeric,
        description="Upper limit of quantification of the assay, in the unit (LBULOQ).",
    )
    specimen: Coded[Specimen] | None = Field(
        default=None, sa_type=coded(Specimen), description="Material measured in (LBSPEC)."
    )
    sample_id: SourceId | None = Field(
        default=None, sa_type=Text, description="The laboratory's id of the sample (LBREFID)."
    )
    collected_at: DateOrDateTime = Field(
        sa_type=Text, description="When the sample was taken; the time if known (LBDTC)."
    )
    fasting: StrictBool | None = Field(
        default=None, description="The subject was fasting (LBFAST); None: not known."
    )
    laboratory: ShortText | None = Field(
        default=None, sa_type=Text, description="Laboratory (LBNAM)."
    )
    method: ShortText | None = Field(
        default=None,
        sa_type=Text,
        description="Assay (LBMETHOD), such as `Freelite`; results of two assays are not mixed.",
    )
    spurious: StrictBool = Field(
        default=False, description="The investigator holds the result for a laboratory error."
    )
    clinically_significant: ClinicalSignificance | None = Field(
        default=None,
        sa_type=part(ClinicalSignificance),
        description="Whether the result is clinically significant; None: not judged.",
    )
    adverse_event: RecordReference | None = Field(
        default=None, sa_type=Uuid, description="The adverse event that the result belongs to."
    )
    transfused_before: StrictBool | None = Field(
        default=None,
        description="A blood product was given in the 7 days before the sample; None: not known.",
    )
    g_csf_before: StrictBool | None = Field(
        default=None,
        description="G-CSF was given in the 3 days before the sample; None: not known.",
    )
    confirmed_implausible: Confirmation | None = Field(
        default=None,
        description="An amendment says with its reason that a number is right although no living "
        "person should have it; it is then used.",
    )


class LabResult(LabResultFields, TrialRecord, table=True):
    """One version of one laboratory result of one subject."""

    __tablename__ = "lab_result"

    checks: ClassVar = {
        "one_result": "num_nonnulls(value, coded_value, titre, not_done) = 1",
        "unit": "(value IS NULL) = (unit IS NULL)",
        "value": "abs(value) < 'Infinity'",
        "lloq": "lloq >= 0 AND lloq < 'Infinity'",
        "uloq": "uloq >= 0 AND uloq < 'Infinity'",
    }
