"""Laboratory results that would be progressive disease if an evaluation had them.

Source: the trial's protocol, what belongs to one disease evaluation: a response marker sent only as
a laboratory result is a finding, and another one when it meets a rule of progression; IMWG 2016,
table 4, rules P-S, P-U and P-F.

Decision: the nadir is the lowest value that an evaluation has from before the result, baseline
included; a value below a number counts as 0. Evaluations whose spike is not the myeloma's own are
left out. A finding of a possible progression is not a progression.
"""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from app.models.assessment import AssessmentFields
from app.models.measurements import FreeLightChain, UrineMProtein
from app.services.criteria.imwg import units
from app.services.criteria.imwg.progression import (
    dflc_progressed,
    high_serum_m_protein_progressed,
    serum_m_protein_progressed,
    urine_m_protein_progressed,
)
from app.services.edit_checks.components import collected
from app.services.edit_checks.efficacy_results import without_assessment
from app.services.edit_checks.rule import Found, LabSample, Rule, Stored, SubjectRecords
from app.vocabularies.imwg import BandOwner, LightChain

POSSIBLE_PD = Rule(
    "POSSIBLE-PD",
    "warning",
    "a result outside every disease evaluation has risen as in progressive disease; send the "
    "evaluation that it belongs to, or repeat it",
)


class Marker(NamedTuple):
    """One marker's amount, in the unit of its rule, and the day it was collected."""

    day: date
    amount: Decimal


def possible_progression(subject: SubjectRecords) -> Iterator[Found]:
    """Notice results after the infusion that meet a rule of progression against the nadir."""
    infusion = subject.course.anchors.infusion
    results = [
        (result, code, day)
        for result, code, day in without_assessment(subject)
        if infusion is not None and day > infusion and result.fields.value is not None
    ]
    if not results:
        return
    assessments = subject.assessments
    serum = [marker for one in assessments for marker in _serum(one)]
    urine = [marker for one in assessments for marker in _urine(one)]
    for result, code, day in results:
        current = _amount(code, result.fields)
        nadir = _nadir({"MPROT_S": serum, "MPROT_U24": urine}.get(code, []), day)
        if current is None or nadir is None:
            continue
        if code == "MPROT_S" and _serum_progressed(nadir, current):
            yield Found(result, POSSIBLE_PD.at("value"))
        if code == "MPROT_U24" and urine_m_protein_progressed(nadir=nadir, current=current):
            yield Found(result, POSSIBLE_PD.at("value"))
    light_chain = subject.enrolment.fields.light_chain if subject.enrolment is not None else None
    if light_chain is not None:
        dflc = [marker for one in assessments for marker in _dflc(one, light_chain)]
        yield from _light_chains(results, dflc, light_chain)


def _serum_progressed(nadir: Decimal, current: Decimal) -> bool:
    return serum_m_protein_progressed(
        nadir=nadir, current=current
    ) or high_serum_m_protein_progressed(reference=nadir, nadir=nadir, current=current)


def _light_chains(
    results: list[tuple[Stored[LabSample], str, date]],
    dflc: list[Marker],
    light_chain: LightChain,
) -> Iterator[Found]:
    """Notice a difference of involved and uninvolved chain of one day that has risen."""
    codes = ("FLC_KAPPA", "FLC_LAMBDA")
    involved, other = codes if light_chain is LightChain.KAPPA else codes[::-1]
    uninvolved = {day: _amount(code, one.fields) for one, code, day in results if code == other}
    for result, code, day in results:
        amount, beside, nadir = _amount(code, result.fields), uninvolved.get(day), _nadir(dflc, day)
        if code != involved or amount is None or beside is None or nadir is None:
            continue
        if dflc_progressed(nadir=nadir, current=amount - beside):
            yield Found(result, POSSIBLE_PD.at("value"))


def _nadir(markers: list[Marker], day: date) -> Decimal | None:
    return min((marker.amount for marker in markers if marker.day < day), default=None)


def _amount(code: str, sample: LabSample) -> Decimal | None:
    """Give a result in the unit of its rule; None for one that its comparator leaves open."""
    if sample.value is None or sample.unit is None or sample.comparator is not None:
        return None
    try:
        if code == "MPROT_S":
            return units.serum_m_protein(sample.value, sample.unit)
        if code == "MPROT_U24":
            return units.urine_m_protein(sample.value, sample.unit)
        return units.free_light_chain(sample.value, sample.unit)
    except ValueError:
        return None


def _serum(assessment: Stored[AssessmentFields]) -> Iterator[Marker]:
    spike = assessment.fields.serum_m_protein
    if spike is None or spike.value is None or spike.unit is None or spike.spurious:
        return
    if spike.owner in {None, BandOwner.ORIGINAL}:
        value = Decimal(0) if spike.comparator is not None else spike.value
        yield Marker(collected(assessment, spike), units.serum_m_protein(value, spike.unit))


def _urine(assessment: Stored[AssessmentFields]) -> Iterator[Marker]:
    spike = assessment.fields.urine_m_protein
    if spike is None or spike.value is None or spike.unit is None or spike.spurious:
        return
    if spike.owner in {None, BandOwner.ORIGINAL}:
        yield Marker(collected(assessment, spike), _per_day(spike, spike.value, spike.unit))


def _per_day(spike: UrineMProtein, value: Decimal, unit: str) -> Decimal:
    return units.urine_m_protein(
        Decimal(0) if spike.comparator is not None else value,
        unit,
        volume_ml=spike.volume_ml,
        collection_hours=spike.collection_hours,
    )


def _dflc(assessment: Stored[AssessmentFields], light_chain: LightChain) -> Iterator[Marker]:
    fields = assessment.fields
    kappa, lambda_ = _chain(fields.free_kappa), _chain(fields.free_lambda)
    if kappa is None or lambda_ is None or fields.free_kappa is None:
        return
    difference = kappa - lambda_ if light_chain is LightChain.KAPPA else lambda_ - kappa
    yield Marker(collected(assessment, fields.free_kappa), max(difference, Decimal(0)))


def _chain(chain: FreeLightChain | None) -> Decimal | None:
    if chain is None or chain.value is None or chain.unit is None or chain.spurious:
        return None
    value = Decimal(0) if chain.comparator is not None else chain.value
    return units.free_light_chain(value, chain.unit)


SUBJECT_CHECKS = (possible_progression,)
