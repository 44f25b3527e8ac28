"""Calcium corrected for the albumin of the same sample.

Source: the trial's protocol, analytes: mmol/L + 0.02 x (40 - albumin in g/L); mg/dL + 0.8 x
(4.0 - albumin in g/dL).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Final

from app.services.derivations.record_ref import RecordRef
from app.services.derivations.sampled_values import LabValue
from app.vocabularies.restated_units import restatement
from app.vocabularies.unit_conversion import in_unit

CA_TOTAL: Final = "CA_TOTAL"
CA_CORR: Final = "CA_CORR"
ALB: Final = "ALB"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Correction:
    """What is added to calcium in one unit: ``factor`` per unit of albumin below ``normal``."""

    factor: Decimal
    normal: Decimal
    albumin_unit: str


_CORRECTIONS: Final[Mapping[str, _Correction]] = {
    "mmol/L": _Correction(factor=Decimal("0.02"), normal=Decimal(40), albumin_unit="g/L"),
    "mg/dL": _Correction(factor=Decimal("0.8"), normal=Decimal(4), albumin_unit="g/dL"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class SubjectLab:
    """One laboratory result of one subject as it is analysed.

    Attributes:
        value: as reported, or derived; a derived one names the record of its first source.
        derived_from: the records it was derived from; empty for a reported result.
    """

    value: LabValue
    derived_from: tuple[RecordRef, ...] = ()


def corrected_calcium(calcium: Decimal, unit: str, albumin: Decimal, albumin_unit: str) -> Decimal:
    """Give calcium corrected for albumin, in the unit of the calcium.

    In another unit that is a part of mmol/L or mg/dL, as 2 meq/L are 1 mmol/L, it is corrected in
    that one.

    Raises:
        ValueError: calcium is in no such unit, or albumin not in a mass per volume.
    """
    if unit not in _CORRECTIONS:
        for printed in _CORRECTIONS:
            there = restatement(CA_TOTAL, unit, printed)
            back = restatement(CA_TOTAL, printed, unit)
            if there is not None and there.exact and back is not None:
                return back.of(corrected_calcium(there.of(calcium), printed, albumin, albumin_unit))
        raise ValueError(f"calcium is corrected in {' or '.join(_CORRECTIONS)}")
    correction = _CORRECTIONS[unit]
    in_its_unit = in_unit(albumin, albumin_unit, correction.albumin_unit)
    if in_its_unit is None:
        raise ValueError("albumin is a mass per volume")
    return calcium + correction.factor * (correction.normal - in_its_unit)


def with_corrected_calcium(labs: Iterable[LabValue]) -> tuple[SubjectLab, ...]:
    """Give the results, each total calcium with albumin of its sample replaced by the corrected.

    The corrected one keeps the limits of the total calcium, the sample, and what the investigator
    said of it. It stays as it is without albumin, and is left out where the laboratory corrected it
    itself: its corrected result is there.

    Decision: of one sample are results of one day with one sample id; where one of the two has
    none, those of the same time, or of the same day when neither has a time. Two albumins that
    differ correct nothing. Neither does a number with a comparator, or a corrected value that is
    not positive.
    """
    results = tuple(labs)
    albumins = [lab for lab in results if lab.analyte == ALB and _is_exact(lab)]
    corrected = [lab for lab in results if lab.analyte == CA_CORR and _is_exact(lab)]
    analysed = []
    for result in results:
        if result.analyte == CA_TOTAL and _is_exact(result):
            if any(_same_sample(result, other) for other in corrected):
                continue
            derived = _derived(
                result, [albumin for albumin in albumins if _same_sample(result, albumin)]
            )
            analysed.append(derived or SubjectLab(value=result))
        else:
            analysed.append(SubjectLab(value=result))
    return tuple(analysed)


def _derived(calcium: LabValue, albumins: list[LabValue]) -> SubjectLab | None:
    values = {_corrected(calcium, albumin) for albumin in albumins}
    value = values.pop() if len(values) == 1 else None
    if value is None or value <= 0:
        return None
    return SubjectLab(
        value=replace(calcium, analyte=CA_CORR, value=value),
        derived_from=(calcium.record, *(albumin.record for albumin in albumins)),
    )


def _corrected(calcium: LabValue, albumin: LabValue) -> Decimal | None:
    """Correct, or give None where a unit does not allow it."""
    if not (calcium.value is not None and albumin.value is not None):
        return None
    try:
        return corrected_calcium(
            calcium.value, calcium.unit or "", albumin.value, albumin.unit or ""
        )
    except ValueError:
        return None


def _is_exact(result: LabValue) -> bool:
    return result.value is not None and result.comparator is None and not result.spurious


def _same_sample(one: LabValue, other: LabValue) -> bool:
    if one.sample_id is not None and other.sample_id is not None:
        return one.sample_id == other.sample_id and one.collected.day == other.collected.day
    return one.collected == other.collected
