"""The myeloma markers of one subject over time, its responses and its CAR-T cells, for one picture.

Source: Kumar et al., Lancet Oncol 2016 (IMWG 2016), table 4, for the markers and their units; the
trial's rules of CAR-T kinetics for the samples that count.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from operator import attrgetter
from typing import Any

from app.services.criteria.imwg import units
from app.services.criteria.imwg.evaluation import DiseaseEvaluation, Isotype, MeasuredValue
from app.services.derivations.kinetics.car_kinetics import car_kinetics
from app.services.derivations.subject.analyse import analyse
from app.services.derivations.subject.explanation import responses_of
from app.services.derivations.subject_history import SubjectHistory
from app.trial.trial import Trial
from app.vocabularies.imwg import LightChain, ResponseSource
from app.vocabularies.laboratory import Comparator


@dataclass(frozen=True, slots=True, kw_only=True)
class _Found:
    """One value of one marker; ``amount`` None: it cannot be shown in the marker's unit."""

    marker: str
    series: str
    unit: str
    on: date
    amount: Decimal | None
    comparator: Comparator | None


def subject_markers(
    history: SubjectHistory, trial: Trial, source: ResponseSource
) -> dict[str, Any]:
    """Give the values of the markers up to the data cut, each in the unit of the criteria.

    ``origin`` is the infusion, else the day of the first value; None: nothing was measured. A light
    chain is called involved or uninvolved where that is known of the subject, else by its name.
    ``n_not_shown`` counts values that the investigator holds for errors and those that cannot be
    brought to the unit, as a urine concentration without the volume of its collection.

    Args:
        history: the subject.
        trial: its rules.
        source: whose responses are marked.

    Decision: several serum M-proteins are shown each by itself, named by its isotype, and no sum.
    """
    involved = _involved(history, trial)
    values = [
        value
        for assessment in sorted(history.assessments, key=attrgetter("evaluation.anchor"))
        for value in _values(assessment.evaluation, involved)
        if value.on <= history.data_cut
    ]
    shown = [value for value in values if value.amount is not None]
    origin = history.infused_on or min((value.on for value in shown), default=None)
    return {
        "origin": origin,
        "origin_is": "infusion" if history.infused_on else "the first value",
        "response_source": source,
        "markers": [
            {
                "marker": value.marker,
                "series": value.series,
                "unit": value.unit,
                "collected_on": value.on,
                "day": _day(value.on, origin),
                "value": value.amount,
                "comparator": value.comparator,
            }
            for value in sorted(shown, key=attrgetter("on"))
        ],
        "responses": [
            {
                "assessed_on": response.assessed_on,
                "day": _day(response.assessed_on, origin),
                "category": response.category,
            }
            for response in _responses(history, trial, source)
        ],
        "cells": list(_cells(history, trial)),
        "n_not_shown": len(values) - len(shown),
    }


def _involved(history: SubjectHistory, trial: Trial) -> LightChain | None:
    if history.infused_on is None:
        return None
    return responses_of(history, trial).derived.myeloma.involved


def _responses(history: SubjectHistory, trial: Trial, source: ResponseSource) -> Iterator[Any]:
    response = analyse(history, trial).responses.get(source)
    return (
        day
        for day in (response.days if response is not None else ())
        if day.assessed_on <= history.data_cut
    )


def _values(evaluation: DiseaseEvaluation, involved: LightChain | None) -> Iterator[_Found]:
    if evaluation.serum_m_proteins is not None:
        for protein in evaluation.serum_m_proteins:
            yield from _serum(protein, _named(protein.isotype), evaluation)
    elif evaluation.serum_m_protein is not None:
        yield from _serum(evaluation.serum_m_protein, "serum M-protein", evaluation)
    urine = evaluation.urine_m_protein
    if urine is not None and urine.value is not None:
        try:
            amount = units.urine_m_protein(
                urine.value,
                urine.unit,
                volume_ml=urine.volume_ml,
                collection_hours=urine.collection_hours,
            )
        except ValueError:
            amount = None
        yield _found("urine_m_protein", "urine M-protein", "mg/(24.h)", urine, amount, evaluation)
    for chain, value in (
        (LightChain.KAPPA, evaluation.kappa),
        (LightChain.LAMBDA, evaluation.lambda_),
    ):
        if value is not None and value.value is not None:
            name = chain.value
            if involved is not None:
                name = "involved chain" if chain is involved else "uninvolved chain"
            try:
                amount = units.free_light_chain(value.value, value.unit)
            except ValueError:
                amount = None
            yield _found("free_light_chains", name, "mg/L", value, amount, evaluation)


def _serum(value: MeasuredValue, series: str, evaluation: DiseaseEvaluation) -> Iterator[_Found]:
    if value.value is None:
        return
    try:
        amount = units.serum_m_protein(value.value, value.unit)
    except ValueError:
        amount = None
    yield _found("serum_m_protein", series, "g/dL", value, amount, evaluation)


def _found(
    marker: str, series: str, unit: str, value: MeasuredValue, amount: Decimal | None,
    evaluation: DiseaseEvaluation,
) -> _Found:  # fmt: skip
    return _Found(
        marker=marker,
        series=series,
        unit=unit,
        on=value.collected_on or evaluation.anchor,
        amount=None if value.spurious else amount,
        comparator=value.comparator,
    )


def _named(isotype: Isotype) -> str:
    chains = [
        chain.value for chain in (isotype.heavy_chain, isotype.light_chain) if chain is not None
    ]
    return " ".join(["M-protein", *chains])


def _cells(history: SubjectHistory, trial: Trial) -> Iterator[dict[str, Any]]:
    for analyte in car_kinetics(history, trial).analytes:
        if analyte.profile.infusion_number == 1:
            yield {
                "analyte": analyte.profile.analyte,
                "samples": [
                    {
                        "collected_on": sample.day,
                        "days": sample.days,
                        "value": sample.concentration,
                        "lloq": sample.lloq,
                        "quantification": sample.state,
                    }
                    for sample in analyte.profile.samples
                ],
            }


def _day(on: date, origin: date | None) -> int | None:
    return None if origin is None else (on - origin).days
