"""Laboratory results on the wire, and what one result alone cannot mean."""

from collections.abc import Iterator
from decimal import Decimal

from pydantic import BaseModel, Field, field_validator
from sqlmodel import SQLModel

from app.models.lab_result import LabResult, LabResultFields
from app.models.measured_numbers import OF_A_RESULT, number_alone
from app.schemas.record import Dating, RecordKind, RecordOut
from app.schemas.refusals import ConsistentRecordIn, Refusal
from app.vocabularies.analyte_names import meant_analyte
from app.vocabularies.laboratory import (
    JUDGED,
    CodeSystem,
    QualitativeResult,
    ResultKind,
    accepted_units,
    accepts_unit,
    code_system,
    find_analyte,
)
from app.vocabularies.laboratory_grading import (
    AbnormalityDirection,
    DecidingFact,
    GradeScale,
    GradingReference,
    UngradedReason,
)
from app.vocabularies.loinc import is_loinc
from app.vocabularies.meant_units import meant_ucum, with_meant_unit


def analyte_is_known(result: LabResultFields) -> Iterator[Refusal]:
    """Require a code of the system it is said to come from."""
    system = result.analyte_system
    if find_analyte(result.analyte) is not None:
        if system not in {None, CodeSystem.LISTED} and not (
            system is CodeSystem.LOINC and is_loinc(result.analyte)
        ):
            yield Refusal(
                "analyte_system",
                "code_of_the_list",
                "the code is one of the trial's list: leave analyte_system out, or send another "
                "code for another analyte",
                (CodeSystem.LISTED,),
            )
        return
    actual = code_system(result.analyte)
    if actual is None:
        yield Refusal(
            "analyte",
            "analyte_code_mistyped",
            "write a LOINC code with its right check digit, or a local code of at most 40 letters, "
            "digits and . _ -",
        )
    elif actual is not (system or CodeSystem.LOINC):
        meant = meant_analyte(result.analyte)
        yield Refusal(
            "analyte",
            "analyte_not_known",
            "write a code of the trial's list or a LOINC code, or call the sender's own code local "
            f"in analyte_system{f': here {meant}' if meant else ''}",
            (meant,) if meant else (),
        )


def one_result(result: LabResultFields) -> Iterator[Refusal]:
    """Require exactly one of a number, a word, a titre and a reason for none."""
    given = [
        field
        for field in ("value", "coded_value", "titre", "not_done")
        if getattr(result, field) is not None
    ]
    if not given:
        yield Refusal(
            "value",
            "result_missing",
            "write a value with its unit, a coded_value, a titre, or in not_done why there is none",
        )
    for field in given[1:]:
        yield Refusal(
            field, "more_than_one_result", "write one of value, coded_value, titre and not_done"
        )


def result_of_the_analyte(result: LabResultFields) -> Iterator[Refusal]:
    """Require a number where the analyte has numbers, and a word or titre where it has words."""
    analyte = find_analyte(result.analyte)
    if analyte is None:
        return
    if analyte.result is ResultKind.CODED and result.value is not None:
        yield Refusal(
            "value",
            "result_is_a_word",
            "write the result of this analyte in coded_value or titre",
            tuple(QualitativeResult),
        )
    if analyte.result is ResultKind.QUANTITY:
        for field in ("coded_value", "titre"):
            if getattr(result, field) is not None:
                yield Refusal(
                    field, "result_is_a_number", "write the result of this analyte in value"
                )
    if result.coded_value in JUDGED and analyte.result is not ResultKind.QUANTITY:
        yield Refusal(
            "coded_value",
            "word_not_of_the_analyte",
            "write what was found, and not whether it is normal",
            tuple(word for word in QualitativeResult if word not in JUDGED),
        )
    if result.value is not None and result.value < 0:
        yield Refusal("value", "value_negative", "the value of this analyte is 0 or more")


def unit_of_the_value(result: LabResultFields) -> Iterator[Refusal]:
    """Require a UCUM unit beside a number, one of the analyte's, and none beside anything else."""
    if result.value is None:
        if result.unit is not None:
            yield Refusal("unit", "unit_without_value", "leave it out: only a value has a unit")
        return
    if result.unit is None:
        yield Refusal(
            "unit",
            "unit_missing",
            "write the UCUM unit of the value",
            accepted_units(result.analyte) or (),
        )
    elif not accepts_unit(result.analyte, result.unit):
        units = accepted_units(result.analyte)
        if units is None:
            meant = meant_ucum(result.unit)
            yield Refusal(
                "unit",
                "unit_not_ucum",
                f"write a unit of UCUM, case-sensitive form, such as {meant or 'mg/dL or 10*9/L'}",
                (meant,) if meant else (),
            )
        else:
            words = "write the value in a unit of this analyte"
            yield Refusal(
                "unit", "unit_not_allowed", with_meant_unit(words, result.unit, units), units
            )


def limits(result: LabResultFields) -> Iterator[Refusal]:
    """Require a comparator to have a number, and limits to be in order."""
    if result.comparator is not None and result.value is None and result.titre is None:
        yield Refusal(
            "comparator", "comparator_without_number", "leave it out: it goes with value or titre"
        )
    normal = result.reference_range
    if normal is not None:
        if normal.low is None and normal.high is None and normal.text is None:
            yield Refusal("reference_range", "range_empty", "write low, high or text")
        if normal.low is not None and normal.high is not None and normal.low > normal.high:
            yield Refusal(("reference_range", "high"), "range_reversed", "high is not below low")
    if result.lloq is not None and result.uloq is not None and result.lloq >= result.uloq:
        yield Refusal("uloq", "uloq_not_above_lloq", "the upper limit is above the lower one")
    if result.spurious and result.not_done is not None:
        yield Refusal("spurious", "spurious_without_result", "what was not done is no error")


class LabResultIn(LabResultFields, ConsistentRecordIn):
    """A laboratory result as a centre submits it."""

    rules = (analyte_is_known, one_result, result_of_the_analyte, unit_of_the_value, limits)

    @field_validator("value", mode="before")
    @classmethod
    def number_alone(cls, value: object) -> object:
        """Name the member for what a laboratory writes in the place of a number."""
        return number_alone(value, OF_A_RESULT)


class LabResultOut(LabResultFields, RecordOut):
    """A laboratory result as the service gives it."""


class RestatedOut(BaseModel):
    """A result as it was compared with a baseline or with cuts in another unit."""

    value: Decimal = Field(description="To five significant digits; the unrounded was compared.")
    unit: str = Field(description="UCUM unit.")
    factor: str = Field(description="The rounded factor.", examples=["1 mg/dL = 17.104 umol/L"])


class LabGradeOut(BaseModel):
    """What CTCAE 5.0 says of a result in one direction."""

    direction: AbnormalityDirection | None = Field(description="Null: CTCAE grades it in none.")
    term: str | None = Field(description="The adverse event term.")
    grade: int | None = Field(description="The grade, 0 to 4; null: several, or none.")
    grades: list[int] = Field(description="Every grade that the result can have.")
    needs: list[DecidingFact] = Field(description="What would decide between several grades.")
    without: list[GradingReference] = Field(
        description="What the criterion looks at too and was not known."
    )
    rule: str | None = Field(description="The interval that holds the value, per grade.")
    scale: GradeScale | None = Field(
        description="Of a term with two scales, the one that the grade is of."
    )
    restated: RestatedOut | None = Field(
        description="The value as it was compared, in another unit; null: in its own."
    )
    ungraded_reason: UngradedReason | None = Field(description="Why there is no grade.")


class WithGrade(SQLModel):
    """The grade of a result beside the subject's others, at this moment and not stored with it."""

    ctcae: list[LabGradeOut] | None = Field(
        description="One per direction; empty for what cannot be graded, such as a result held for "
        "an error; null where the record is voided."
    )


LAB_RESULTS = RecordKind(
    path="lab-results",
    noun="laboratory result",
    table=LabResult,
    submission=LabResultIn,
    view=LabResultOut,
    derived=WithGrade,
    dated_by="collected_at",
    dating=Dating.MEASURED,
    place_in_history="lab_values",
    filters={
        "analyte": "analyte",
        "specimen": "specimen",
        "sample_id": "sample_id",
        "laboratory": "laboratory",
        "adverse_event": "adverse_event",
    },
    example={
        "source_id": "LIS:998871:3",
        "visit": "D7",
        "analyte": "PLT",
        "value": "18",
        "unit": "10*9/L",
        "reference_range": {"low": "125", "high": "350"},
        "lloq": "2",
        "specimen": "blood",
        "sample_id": "998871",
        "collected_at": "2026-03-09T06:40+08:00",
        "laboratory": "central haematology",
        "clinically_significant": {
            "flag": True,
            "by": "investigator",
            "at": "2026-03-09T11:05+08:00",
        },
        "transfused_before": False,
        "g_csf_before": True,
    },
)
