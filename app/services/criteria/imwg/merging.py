"""Records of one day, put together into one evaluation.

Source: Kumar et al., Lancet Oncol 2016 (IMWG 2016) asks for different samples to confirm; two
samples of one day are one evaluation (Q34).
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import fields, replace
from functools import reduce
from typing import Any, Final

from app.services.criteria.imwg import units
from app.services.criteria.imwg.evaluation import (
    DiseaseEvaluation,
    Imaging,
    Immunofixation,
    Marrow,
    MeasuredValue,
    UrineMProtein,
)

PARTS: Final = (
    "serum_m_protein",
    "serum_m_proteins",
    "immunoglobulin",
    "urine_m_protein",
    "serum_immunofixation",
    "urine_immunofixation",
    "kappa",
    "lambda_",
    "marrow",
    "imaging",
    "new_lesions",
    "circulating_plasma_cells",
    "corrected_calcium",
    "calcium_due_to_myeloma",
    "mrd",
    "pet_ct",
)
_UNITS: Final = {
    "serum_m_protein": units.serum_m_protein,
    "kappa": units.free_light_chain,
    "lambda_": units.free_light_chain,
    "circulating_plasma_cells": units.circulating_plasma_cells,
    "corrected_calcium": units.corrected_calcium,
}
"""What brings a part to the unit of its rule."""


def merged_by_day(
    evaluations: Iterable[DiseaseEvaluation],
) -> tuple[tuple[DiseaseEvaluation, ...], ...]:
    """Give the evaluations of each day, filled in from each other, by day.

    Records that agree, or that complete each other, become one evaluation. Where two records hold
    different usable values of one part, each keeps its own and both remain: each is judged, and
    the worse category stands. The order in which the records arrived does not matter.
    """
    days: defaultdict[Any, list[DiseaseEvaluation]] = defaultdict(list)
    for evaluation in evaluations:
        days[evaluation.anchor].append(evaluation)
    return tuple(_merged(days[day]) for day in sorted(days))


def _merged(records: Sequence[DiseaseEvaluation]) -> tuple[DiseaseEvaluation, ...]:
    if len(records) == 1:
        return tuple(records)
    ordered = sorted(records, key=_content)
    filled = [_filled(record, ordered) for record in ordered]
    distinct: list[DiseaseEvaluation] = []
    for record in filled:
        if not any(_same_parts(record, other) for other in distinct):
            distinct.append(record)
    if len(distinct) == 1:
        merged_with = tuple(record.evaluation_id for record in ordered[1:])
        return (replace(distinct[0], merged_with=merged_with),)
    return tuple(distinct)


def _content(record: DiseaseEvaluation) -> tuple[str, ...]:
    """Put records in an order that follows from what they say, not from when they came.

    A value counts in the unit of its rule: the same value in another unit is in the same place.
    """
    return (*(repr(_in_unit(name, getattr(record, name))) for name in PARTS), record.evaluation_id)


def _in_unit(name: str, part: Any) -> Any:
    if not isinstance(part, MeasuredValue) or part.value is None:
        return part
    try:
        if isinstance(part, UrineMProtein):
            volume, hours = part.volume_ml, part.collection_hours
            number = units.urine_m_protein(
                part.value, part.unit, volume_ml=volume, collection_hours=hours
            )
        else:
            number = _UNITS[name](part.value, part.unit)
    except (KeyError, ValueError):
        return part
    return replace(part, value=number.normalize(), unit="")


def _filled(
    record: DiseaseEvaluation, of_the_day: Sequence[DiseaseEvaluation]
) -> DiseaseEvaluation:
    parts: dict[str, Any] = {}
    for name in PARTS:
        own = getattr(record, name)
        others = [part for other in of_the_day if _usable(part := getattr(other, name))]
        if not _usable(own):
            parts[name] = others[0] if others else own
        elif isinstance(own, Marrow):
            parts[name] = reduce(_marrow_with, others, own)
        elif isinstance(own, Imaging):
            parts[name] = reduce(_imaging_with, others, own)
    ivig = any(other.ivig_within_28_days for other in of_the_day)
    return replace(record, **parts, ivig_within_28_days=ivig)


def _marrow_with(own: Marrow, other: Marrow) -> Marrow:
    names = [field.name for field in fields(Marrow)]
    empty = [name for name in names if getattr(own, name) is None]
    agree = all(
        getattr(own, name) == getattr(other, name) or getattr(other, name) is None
        for name in names
        if name not in empty and name != "haemodiluted"
    )
    if not agree:
        return own
    found: dict[str, Any] = {name: getattr(other, name) for name in empty}
    return replace(own, **found, haemodiluted=own.haemodiluted or other.haemodiluted)


def _imaging_with(own: Imaging, other: Imaging) -> Imaging:
    known = {lesion.lesion_id: lesion for lesion in own.lesions}
    agree = own.imaged_on == other.imaged_on and all(
        known.get(lesion.lesion_id, lesion) == lesion for lesion in other.lesions
    )
    if not agree:
        return own
    together = {**known, **{lesion.lesion_id: lesion for lesion in other.lesions}}
    return replace(own, lesions=tuple(together[name] for name in sorted(together)))


def _usable(part: object) -> bool:
    if isinstance(part, MeasuredValue):
        return part.usable
    if isinstance(part, Immunofixation):
        return part.result is not None and not part.spurious
    return part is not None


def _same_parts(first: DiseaseEvaluation, second: DiseaseEvaluation) -> bool:
    return all(getattr(first, name) == getattr(second, name) for name in PARTS)
