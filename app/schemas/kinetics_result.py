"""Kinetics results on the wire, and what one result alone cannot mean."""

from collections.abc import Iterator
from typing import Final

from pydantic import field_validator

from app.models.kinetics_result import KineticsResult, KineticsResultFields
from app.models.measured_numbers import OF_A_SAMPLE, number_alone
from app.schemas.record import Dating, RecordKind, RecordOut
from app.schemas.refusals import ConsistentRecordIn, Refusal
from app.vocabularies.kinetics import (
    UNITS,
    KineticsMethod,
    NotEvaluableReason,
    QuantificationState,
)
from app.vocabularies.meant_units import with_meant_unit
from app.vocabularies.specimens import Matrix
from app.vocabularies.taken_units import in_listed_unit, taken_units

_PER_VOLUME: Final = "{copies}/mL"
"""The qPCR unit of a fluid too poor in cells to weigh its DNA; only of cerebrospinal fluid."""

_METHODS_OF: Final = {
    "genomic_dna_ng": frozenset({KineticsMethod.QPCR}),
    "cd3_events": frozenset({KineticsMethod.FLOW_PCT, KineticsMethod.FLOW_ABS}),
}
"""Fields that only some methods have."""

_MATRIX_OF: Final = {
    "csf_volume_ml": Matrix.CSF,
    "csf_red_cells_per_ul": Matrix.CSF,
    "marrow_pull": Matrix.BM,
}
"""Fields that only one matrix has."""


def some_result(result: KineticsResultFields) -> Iterator[Refusal]:
    """Require a value or a state, or a reason for neither."""
    if result.value is None and result.quantification is None and result.not_evaluable is None:
        yield Refusal(
            "value",
            "result_missing",
            "write a value, or in quantification how it stands to the limits, or in not_evaluable "
            "why there is none",
        )
    if result.not_evaluable is not None:
        if result.value is not None:
            yield Refusal(
                "value", "value_of_no_result", "a sample that is not evaluable has no value"
            )
        if result.quantification not in {None, QuantificationState.MISSING}:
            yield Refusal(
                "quantification",
                "state_of_no_result",
                "a sample that is not evaluable has no state but missing",
                (QuantificationState.MISSING,),
            )
    if result.quantification is QuantificationState.MISSING and result.not_evaluable is None:
        yield Refusal(
            "not_evaluable",
            "reason_missing",
            "say why the result is missing",
            tuple(NotEvaluableReason),
        )
    if result.spurious and result.not_evaluable is not None:
        yield Refusal("spurious", "spurious_without_result", "what was not measured is no error")


def state_and_limits(result: KineticsResultFields) -> Iterator[Refusal]:
    """Hold the stated state against value and limits.

    A value at the lower limit of quantification is quantifiable, one at the limit of detection is
    detected.
    """
    value, lloq, lod = result.value, result.lloq, result.lod
    if lloq is not None and lod is not None and lod > lloq:
        yield Refusal("lod", "lod_above_lloq", "the limit of detection is at most the lloq")
    if result.quantification is QuantificationState.QUANTIFIABLE:
        if value is None:
            yield Refusal("value", "value_missing", "a quantifiable result has a value")
        elif value == 0 or (lloq is not None and value < lloq):
            yield Refusal(
                "quantification",
                "not_quantifiable_below_lloq",
                "a value below the lloq, and 0, is not quantifiable",
                (QuantificationState.DETECTED_BELOW_LLOQ, QuantificationState.NOT_DETECTED),
            )
    if value is None:
        return
    if result.quantification is QuantificationState.DETECTED_BELOW_LLOQ and (
        (lloq is not None and value >= lloq) or (lod is not None and value < lod)
    ):
        yield Refusal(
            "quantification",
            "not_between_the_limits",
            "detected below the lloq is a value from the lod to below the lloq",
        )
    limit = lod or lloq
    if (
        result.quantification is QuantificationState.NOT_DETECTED
        and limit is not None
        and value >= limit
    ):
        yield Refusal(
            "quantification", "detected", "a value at or above the limit of detection was detected"
        )


def unit_of_the_method(result: KineticsResultFields) -> Iterator[Refusal]:
    """Require a unit of the method beside a number; copies per mL only of cerebrospinal fluid."""
    listed = tuple(
        unit for unit in UNITS[result.method] if unit != _PER_VOLUME or result.matrix is Matrix.CSF
    )
    allowed = taken_units(listed)
    if result.unit is None:
        if (result.value, result.lloq, result.lod) != (None, None, None):
            yield Refusal("unit", "unit_missing", "write the unit of value and limits", allowed)
        return
    read = in_listed_unit(result.unit, listed)
    if read is None:
        words = "write a unit of this method in this matrix"
        yield Refusal(
            "unit", "unit_not_allowed", with_meant_unit(words, result.unit, allowed), allowed
        )
    elif read.unit == "%" and result.value is not None and result.value > 100:
        yield Refusal("value", "percentage_above_100", "a percentage is at most 100")


def fields_of_the_sample(result: KineticsResultFields) -> Iterator[Refusal]:
    """Refuse what another method or another matrix has."""
    for field, methods in _METHODS_OF.items():
        if getattr(result, field) is not None and result.method not in methods:
            yield Refusal(field, "field_of_another_method", "leave it out, or name its method")
    for field, matrix in _MATRIX_OF.items():
        if getattr(result, field) is not None and result.matrix is not matrix:
            yield Refusal(
                field, "field_of_another_matrix", f"leave it out: it belongs to matrix {matrix}"
            )


class KineticsIn(KineticsResultFields, ConsistentRecordIn):
    """A kinetics result as a centre submits it."""

    rules = (some_result, state_and_limits, unit_of_the_method, fields_of_the_sample)

    @field_validator("value", mode="before")
    @classmethod
    def number_alone(cls, value: object) -> object:
        """Name the member for what a laboratory writes in the place of a number."""
        return number_alone(value, OF_A_SAMPLE)


class KineticsOut(KineticsResultFields, RecordOut):
    """A kinetics result as the service gives it."""


KINETICS = RecordKind(
    path="kinetics",
    noun="kinetics result",
    table=KineticsResult,
    submission=KineticsIn,
    view=KineticsOut,
    dated_by="collected_at",
    dating=Dating.MEASURED,
    place_in_history="kinetics",
    filters={
        "matrix": "matrix",
        "method": "method",
        "quantification": "quantification",
        "infusion": "infusion",
        "sample_id": "sample_id",
    },
    example={
        "source_id": "CK:55120:1",
        "visit": "D14",
        "infusion": "019cbd4a-7f60-7c3e-9a52-1f0e8d7c6b5a",
        "matrix": "PB",
        "method": "qpcr",
        "collected_at": "2026-03-16T08:05+08:00",
        "nominal_day": 14,
        "value": "48210.5",
        "quantification": "quantifiable",
        "unit": "{copies}/ug",
        "lloq": "50",
        "lod": "20",
        "assay": "CAR transgene qPCR",
        "assay_version": "2.1",
        "laboratory": "central kinetics",
        "sample_id": "55120",
        "specimen_quality": "adequate",
        "genomic_dna_ng": "200",
        "cd3_per_ul": "812",
    },
)
