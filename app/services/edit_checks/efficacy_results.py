"""Components of disease evaluations beside the laboratory results of the same markers.

Source: the trial's protocol, what belongs to one disease evaluation: laboratory results never enter
the response by themselves; where a component and a result both exist they must agree, and a result
without a component is a finding.

Decision: a result belongs to a component that names it, else to one of the same day. Values are
compared in one unit: exactly, and where a rounded factor is between the two within 0.5 %.
"""

import uuid
from collections import defaultdict
from collections.abc import Callable, Iterator
from datetime import date
from decimal import Decimal
from typing import Any, Final

from app.models.assessment import AssessmentFields
from app.models.disease_evaluation import Immunofixation
from app.services.criteria.imwg import units
from app.services.edit_checks.components import collected
from app.services.edit_checks.laboratory import analyte_code
from app.services.edit_checks.response_reading import response_reading
from app.services.edit_checks.rule import (
    CheckedRecord,
    LabSample,
    RecordFinding,
    Rule,
    SubjectRecords,
)
from app.vocabularies.imwg import HeavyChain, ImmunofixationResult
from app.vocabularies.laboratory import QualitativeResult
from app.vocabularies.restated_units import beside, restatement

EFF_LAB_MISMATCH = Rule(
    "EFF-LAB-MISMATCH",
    "warning",
    "differs from the laboratory result of the same marker; correct one of them",
)
EFF_LAB_NO_ASSESSMENT = Rule(
    "EFF-LAB-NO-ASSESSMENT",
    "notice",
    "a marker of response was sent as a laboratory result only and enters no response; send the "
    "disease evaluation that it belongs to",
)

_ANALYTES: Final = {
    "serum_m_protein": "MPROT_S",
    "urine_m_protein": "MPROT_U24",
    "free_kappa": "FLC_KAPPA",
    "free_lambda": "FLC_LAMBDA",
    "serum_immunofixation": "IFE_S",
    "urine_immunofixation": "IFE_U",
    "circulating_plasma_cells": "PCPB",
    "corrected_calcium": "CA_CORR",
}
"""Component of an assessment, and the analyte that measures the same."""

_UNITS: Final[dict[str, Callable[[Decimal, str], Decimal]]] = {
    "serum_m_protein": units.serum_m_protein,
    "free_kappa": units.free_light_chain,
    "free_lambda": units.free_light_chain,
    "circulating_plasma_cells": units.circulating_plasma_cells,
    "corrected_calcium": units.corrected_calcium,
    "immunoglobulin": units.immunoglobulin,
}

_CLASSES: Final = {
    HeavyChain.IGA: "IGA",
    HeavyChain.IGD: "IGD",
    HeavyChain.IGG: "IGG",
    HeavyChain.IGM: "IGM",
    HeavyChain.IGE: "IGE",
}
"""Class of a quantitative immunoglobulin, and the analyte that measures the same."""

_NEEDS_ASSESSMENT: Final = frozenset(
    {"MPROT_S", "MPROT_U24", "FLC_KAPPA", "FLC_LAMBDA", "IFE_S", "IFE_U"}
)
"""Analytes that are measured for the response and for nothing else."""

_COMPARED: Final = frozenset({*_ANALYTES.values(), *_CLASSES.values()})

_POSITIVE: Final = frozenset({QualitativeResult.POSITIVE, QualitativeResult.DETECTED})
_NEGATIVE: Final = frozenset({QualitativeResult.NEGATIVE, QualitativeResult.NOT_DETECTED})


def components_beside_results(subject: SubjectRecords) -> Iterator[RecordFinding]:
    """Hold components against the results they name or that were collected on their day."""
    by_id = {result.record_id: result.fields for result in subject.lab_results}
    by_day: dict[tuple[str, date], list[LabSample]] = defaultdict(list)
    for result in subject.lab_results:
        code = analyte_code(result.fields.analyte)
        if code in _COMPARED and _counts(result.fields) and result.first_day is not None:
            by_day[code, result.first_day].append(result.fields)
    for assessment in subject.assessments:
        for name, analyte, part in _components(assessment.fields):
            if part.not_done is not None or part.spurious:
                continue
            named = by_id.get(part.lab_result) if part.lab_result is not None else None
            same = [named] if named else by_day[analyte, collected(assessment, part)]
            if same and not any(_agree(name, analyte, part, sample) for sample in same):
                yield RecordFinding(assessment, EFF_LAB_MISMATCH.at(name))


def results_have_their_assessment(subject: SubjectRecords) -> Iterator[RecordFinding]:
    """Notice results of response markers that no evaluation has taken up."""
    for result, _, _ in without_assessment(subject):
        yield RecordFinding(result, EFF_LAB_NO_ASSESSMENT.at("analyte"))


def without_assessment(
    subject: SubjectRecords,
) -> Iterator[tuple[CheckedRecord[LabSample], str, date]]:
    """Give the results of response markers that no evaluation has: result, analyte, day.

    A class of immunoglobulin is a response marker in a subject who is followed by it.
    """
    needed = _NEEDS_ASSESSMENT | _followed_class(subject)
    taken: set[tuple[str, date]] = set()
    named: set[uuid.UUID] = set()
    for assessment in subject.assessments:
        for code, collected_on, lab_result in _taken(assessment):
            taken.add((code, collected_on))
            if lab_result is not None:
                named.add(lab_result)
    for result in subject.lab_results:
        code, day = analyte_code(result.fields.analyte), result.first_day
        if code not in needed or not _counts(result.fields) or day is None:
            continue
        if (code, day) not in taken and result.record_id not in named:
            yield result, code, day


def _followed_class(subject: SubjectRecords) -> frozenset[str]:
    """Give the analyte of the class that stands for serum in a subject, if one does."""
    if all(assessment.fields.immunoglobulin is None for assessment in subject.assessments):
        return frozenset()
    reading = response_reading(subject)
    followed = reading.history.myeloma.quantitative if reading else None
    return frozenset() if followed is None else frozenset({_CLASSES[followed]})


def _taken(
    assessment: CheckedRecord[AssessmentFields],
) -> Iterator[tuple[str, date, uuid.UUID | None]]:
    for _, analyte, part in _components(assessment.fields):
        yield analyte, collected(assessment, part), part.lab_result
    for protein in assessment.fields.serum_m_proteins or ():
        yield _ANALYTES["serum_m_protein"], collected(assessment, protein.value), None


def _components(fields: AssessmentFields) -> Iterator[tuple[str, str, Any]]:
    """Give each component that an analyte measures too: its name, the analyte, the component.

    A heavy/light chain assay measures something else than the total of a class.
    """
    for name, analyte in _ANALYTES.items():
        part = getattr(fields, name)
        if part is not None:
            yield name, analyte, part
    quantity = fields.immunoglobulin
    if quantity is not None and quantity.light_chain is None and quantity.heavy_chain in _CLASSES:
        yield "immunoglobulin", _CLASSES[quantity.heavy_chain], quantity


def _counts(sample: LabSample) -> bool:
    return sample.not_done is None and not sample.spurious


def _agree(name: str, analyte: str, part: Any, sample: LabSample) -> bool:
    """Tell whether a component and a result say the same, or cannot be compared."""
    if analyte_code(sample.analyte) != analyte or not _counts(sample):
        return False
    if isinstance(part, Immunofixation):
        return _says(sample, part.result)
    if sample.value is None or sample.unit is None:
        return True
    if (part.comparator or None) != (sample.comparator or None):
        return False
    try:
        ours, theirs = _amount(name, part), _reported(name, sample.value, sample.unit)
    except ValueError:
        return True
    way = restatement(analyte, sample.unit, part.unit)
    return ours == theirs or (way is not None and not way.exact and beside(theirs, ours))


def _says(sample: LabSample, result: ImmunofixationResult | None) -> bool:
    if result is None or sample.coded_value is None:
        return True
    opposite = _POSITIVE if result is ImmunofixationResult.NEGATIVE else _NEGATIVE
    return sample.coded_value not in opposite


def _amount(name: str, part: Any) -> Decimal:
    if name == "urine_m_protein":
        return units.urine_m_protein(
            part.value, part.unit, volume_ml=part.volume_ml, collection_hours=part.collection_hours
        )
    return _UNITS[name](part.value, part.unit)


def _reported(name: str, value: Decimal, unit: str) -> Decimal:
    if name == "urine_m_protein":
        return units.urine_m_protein(value, unit)
    return _UNITS[name](value, unit)


SUBJECT_CHECKS = (components_beside_results, results_have_their_assessment)
