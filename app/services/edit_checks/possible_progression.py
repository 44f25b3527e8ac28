"""Laboratory results that would be progressive disease if an evaluation had them.

Source: the trial's protocol, what belongs to one disease evaluation: a response marker sent only as
a laboratory result is a finding, and another one when it meets a rule of progression; IMWG 2016,
table 4, rules P-S, P-U and P-F, with the trial's readings U3, U6 and U7.

Decision: the lone results of a day are judged as the evaluation that they lack: against the nadir
of the evaluations, baseline included. Light chains are looked at in every subject, because their
rise asks for a look also where they decide nothing. A finding of a possible progression is not a
progression.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any, Final, NamedTuple

from app.services.criteria.imwg.evaluation import (
    DiseaseEvaluation,
    Immunofixation,
    MeasuredValue,
    QuantitativeImmunoglobulin,
    SerumMProtein,
    UrineMProtein,
)
from app.services.criteria.imwg.history import History
from app.services.criteria.imwg.progression_findings import lone_marker_tests
from app.services.criteria.imwg.usable import usable
from app.services.edit_checks.efficacy_results import without_assessment
from app.services.edit_checks.response_reading import response_reading
from app.services.edit_checks.rule import (
    CheckedRecord,
    LabSample,
    RecordFinding,
    Rule,
    SubjectRecords,
)
from app.vocabularies.imwg import HeavyChain, ImmunofixationResult, LightChain
from app.vocabularies.laboratory import Comparator, QualitativeResult

POSSIBLE_PD = Rule(
    "POSSIBLE-PD",
    "warning",
    "a result outside every disease evaluation has risen as in progressive disease; send the "
    "evaluation that it belongs to, or repeat it",
)


class _Part(NamedTuple):
    """A part of an evaluation that an analyte measures."""

    name: str
    shape: type[MeasuredValue] = MeasuredValue
    more: Mapping[str, Any] = {}


_PARTS: Final = {
    "MPROT_S": _Part("serum_m_protein", SerumMProtein),
    "MPROT_U24": _Part("urine_m_protein", UrineMProtein),
    "FLC_KAPPA": _Part("kappa"),
    "FLC_LAMBDA": _Part("lambda_"),
    "IGA": _Part("immunoglobulin", QuantitativeImmunoglobulin, {"heavy_chain": HeavyChain.IGA}),
    "IGD": _Part("immunoglobulin", QuantitativeImmunoglobulin, {"heavy_chain": HeavyChain.IGD}),
}
_OTHER_CHAIN: Final = {"FLC_KAPPA": "FLC_LAMBDA", "FLC_LAMBDA": "FLC_KAPPA"}

Alone = tuple[CheckedRecord[LabSample], str, date]


def possible_progression(subject: SubjectRecords) -> Iterator[RecordFinding]:
    """Notice results after the infusion that meet a rule of progression against the nadir."""
    infusion = subject.course.anchors.infusion
    days: dict[date, list[Alone]] = defaultdict(list)
    for alone in without_assessment(subject):
        if infusion is not None and alone[2] > infusion:
            days[alone[2]].append(alone)
    reading = response_reading(subject) if days else None
    if reading is None:
        return
    for day, results in days.items():
        yield from _of_one_day(reading.history, day, results)


def _of_one_day(history: History, day: date, results: list[Alone]) -> Iterator[RecordFinding]:
    """Notice the results of a day that have risen, each beside what the others say of it."""
    samples = {code: result.fields for result, code, _ in results}
    fixation = _fixation(samples["IFE_S"]) if "IFE_S" in samples else None
    for result, code, _ in results:
        if code not in _PARTS or result.fields.value is None or code == _uninvolved(history):
            continue
        parts = {code: result.fields}
        if (other := _OTHER_CHAIN.get(code)) in samples:
            parts[other] = samples[other]
        measured: dict[str, Any] = {
            _PARTS[one].name: _measured(one, sample) for one, sample in parts.items()
        }
        evaluation = DiseaseEvaluation(
            evaluation_id="", anchor=day, serum_immunofixation=fixation, **measured
        )
        try:
            visit = usable(evaluation, history.myeloma, history.policy)
        except ValueError:
            continue
        if any(tested.withheld is None for tested in lone_marker_tests(history, visit)):
            yield RecordFinding(result, POSSIBLE_PD.at("value"))


def _uninvolved(history: History) -> str:
    """Give the chain whose rise is none of the myeloma's; both, unless the involved is known."""
    involved = history.myeloma.involved
    return "FLC_LAMBDA" if involved is LightChain.KAPPA else "FLC_KAPPA" if involved else ""


def _measured(code: str, sample: LabSample) -> MeasuredValue:
    part = _PARTS[code]
    comparator = Comparator(sample.comparator) if sample.comparator else None
    return part.shape(
        value=sample.value, unit=sample.unit or "", comparator=comparator, **part.more
    )


def _fixation(sample: LabSample) -> Immunofixation | None:
    words = {
        QualitativeResult.NEGATIVE: ImmunofixationResult.NEGATIVE,
        QualitativeResult.POSITIVE: ImmunofixationResult.POSITIVE,
    }
    said = QualitativeResult(sample.coded_value) if sample.coded_value else None
    return Immunofixation(result=words[said]) if said in words else None


SUBJECT_CHECKS = (possible_progression,)
