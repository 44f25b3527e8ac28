"""What the response criteria ask about: labels, methods, isotypes and lesions.

Source: the trial's readings U6 (quantitative immunoglobulin), U7 (bands and spikes) and note 9
(lesions) of IMWG 2016 (Kumar et al., Lancet Oncol 2016;17:e328-46), table 4.
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date
from typing import Any, Final

from app.models.assessment import AssessmentFields
from app.services.analysis_values import myeloma_type
from app.services.criteria.imwg.progression_findings import progression_tests
from app.services.criteria.imwg.questions import (
    IGG_KAPPA,
    EvaluationQuestion,
    QuestionCode,
    is_measured_for_nothing,
    questions_of_baseline,
    questions_of_visit,
)
from app.services.edit_checks.response_reading import ResponseReading, response_reading
from app.services.edit_checks.rule import CheckedRecord, RecordFinding, Rule, SubjectRecords
from app.trial.anchors import add_months

IG_RISE_IFE_NEGATIVE = Rule(
    "IG-RISE-IFE-NEGATIVE",
    "warning",
    "the total immunoglobulin has risen as in progression while serum immunofixation shows no "
    "clone: it is read as polyclonal; correct one of them if it is not",
)
SERUM_METHOD_DIFFERS = Rule(
    "SERUM-METHOD-DIFFERS",
    "warning",
    "serum was measured only by another method than the subject is followed by, and the visit has "
    "no serum value; send the amount by the method of the baseline",
)
MEASURED_NOT_USED = Rule(
    "MEASURED-NOT-USED",
    "notice",
    "an immunoglobulin is measured that no rule uses, and the subject has no measurable serum; the "
    "baseline decides whom a class follows",
)
SECOND_ISOTYPE_AT_BASELINE = Rule(
    "SECOND-ISOTYPE-AT-BASELINE",
    "warning",
    "a second isotype at baseline counts as the patient's; say in owner whose band it is",
)
BAND_IS_OWN_ISOTYPE = Rule(
    "BAND-IS-OWN-ISOTYPE",
    "warning",
    "is called another isotype and has the chains of the patient's: it counts as positive; correct "
    "the owner or the chains",
)
BAND_ISOTYPE_INCOMPLETE = Rule(
    "BAND-ISOTYPE-INCOMPLETE",
    "notice",
    "is called another isotype without both of its chains, and counts as negative; send the chains",
)
SPIKE_OWNER_UNPROVEN = Rule(
    "SPIKE-OWNER-UNPROVEN",
    "warning",
    "is called another protein beside no band that is not the patient's, and counts as the "
    "patient's; send immunofixation with its bands, and the test that told a drug",
)
CLONE_ESCAPE = Rule(
    "CLONE-ESCAPE",
    "warning",
    "this M-protein alone has risen as in progression and the sum has not: it is no progression; "
    "review it",
)
LESION_NOT_AT_BASELINE = Rule(
    "LESION-NOT-AT-BASELINE",
    "error",
    "baseline imaging did not have this lesion and it is not under new_lesions: an unconfirmed "
    "progression until it is answered; add it to new_lesions, or correct the baseline",
)

_RULES: Final = {
    rule.id: rule
    for rule in (
        IG_RISE_IFE_NEGATIVE,
        SERUM_METHOD_DIFFERS,
        SECOND_ISOTYPE_AT_BASELINE,
        BAND_IS_OWN_ISOTYPE,
        BAND_ISOTYPE_INCOMPLETE,
        SPIKE_OWNER_UNPROVEN,
        CLONE_ESCAPE,
        LESION_NOT_AT_BASELINE,
    )
}
_POSSIBLY_THE_DRUG: Final = (
    "; an IgG kappa soon after an anti-CD38 or anti-SLAMF7 antibody may be the drug"
)
ANTIBODY_MONTHS: Final = 6
"""How long after its last dose an antibody may still show as a band."""
ANTIBODIES: Final = ("daratumumab", "isatuximab", "elotuzumab", "darzalex", "sarclisa", "empliciti")
"""Antibodies against CD38 and SLAMF7, by their names."""


def questions(subject: SubjectRecords) -> Iterator[RecordFinding]:
    """Ask about what the criteria did against a label, or could not use."""
    infused_on = subject.course.anchors.infusion
    evaluations = [assessment.fields for assessment in subject.assessments]
    if infused_on is None or not (
        any(map(_has_labels, evaluations)) or _lesions_appear(evaluations, infused_on)
    ):
        return
    reading = response_reading(subject)
    if reading is None:
        return
    by_id = {str(assessment.record_id): assessment for assessment in subject.assessments}
    history = reading.history
    enrolled = myeloma_type(subject.enrolment.fields).isotypes if subject.enrolment else ()
    from_baseline = [by_id[name] for name in reading.baseline.evaluation_ids if name in by_id]
    for question in questions_of_baseline(history, enrolled):
        yield from _at_baseline(question, from_baseline, subject)
    for visit in history.visits:
        names = (visit.raw.evaluation_id, *visit.raw.merged_with)
        records = [by_id[name] for name in names if name in by_id]
        tests = progression_tests(history, visit)
        for question in questions_of_visit(history, visit, tests):
            record = _holder(question, records)
            if record is not None:
                yield RecordFinding(record, _RULES[question.code].at(*question.part))
    yield from _measured_not_used(reading, subject.assessments)


def _lesions_appear(evaluations: Iterable[AssessmentFields], infused_on: date) -> bool:
    """Tell whether a lesion is named after the infusion that some imaging before it does not have.

    Without imaging before it there is nothing to ask.
    """
    before: list[set[str]] = []
    after: set[str] = set()
    for fields in evaluations:
        if fields.imaging is None:
            continue
        named = {lesion.lesion_id for lesion in fields.imaging.lesions}
        if (fields.imaging.imaged_on or fields.assessed_on) <= infused_on:
            before.append(named)
        else:
            after |= named
    return bool(before) and not after <= set.intersection(*before)


def _has_labels(fields: AssessmentFields) -> bool:
    """Tell whether an evaluation has what is asked about by its labels; most have none."""
    fixations = (fields.serum_immunofixation, fields.urine_immunofixation)
    spikes = (fields.serum_m_protein, fields.urine_m_protein)
    return (
        fields.immunoglobulin is not None
        or fields.serum_m_proteins is not None
        or any(spike is not None and spike.owner is not None for spike in spikes)
        or any(fixation is not None and fixation.bands for fixation in fixations)
    )


def _measured_not_used(
    reading: ResponseReading, assessments: Iterable[CheckedRecord[AssessmentFields]]
) -> Iterator[RecordFinding]:
    """Notice the first immunoglobulin of a subject that no rule uses."""
    used = {
        str(assessment.record_id): assessment
        for assessment in assessments
        if assessment.fields.immunoglobulin is not None
    }
    baseline = reading.history.baseline.raw
    for visit in (baseline, *(evaluation.raw for evaluation in reading.history.visits)):
        if not is_measured_for_nothing(reading.history, visit):
            continue
        names = (visit.evaluation_id, *visit.merged_with)
        if visit is baseline:
            names = reading.baseline.evaluation_ids
        record = next((used[name] for name in names if name in used), None)
        if record is not None:
            yield RecordFinding(record, MEASURED_NOT_USED.at("immunoglobulin"))
            return


def _at_baseline(
    question: EvaluationQuestion,
    records: list[CheckedRecord[AssessmentFields]],
    subject: SubjectRecords,
) -> Iterator[RecordFinding]:
    rule, record = _RULES[question.code], _holder(question, records)
    if record is None:
        return
    if (
        question.code is QuestionCode.SECOND_ISOTYPE_AT_BASELINE
        and question.isotype == IGG_KAPPA
        and _antibody_before(subject, record.fields.assessed_on)
    ):
        rule = replace(rule, message=rule.message + _POSSIBLY_THE_DRUG)
    yield RecordFinding(record, rule.at(*question.part))


def _holder(
    question: EvaluationQuestion, records: Iterable[CheckedRecord[AssessmentFields]]
) -> CheckedRecord[AssessmentFields] | None:
    """Give the record that has the part a question is about."""
    member = str(question.part[0])
    return next((record for record in records if getattr(record.fields, member) is not None), None)


def _antibody_before(subject: SubjectRecords, day: date) -> bool:
    """Tell whether an antibody was given in the months before a day, as far as it is known."""
    return any(
        any(name in agent.casefold() for name in ANTIBODIES for agent in agents)
        and first <= day
        and (last is None or add_months(day, -ANTIBODY_MONTHS) <= last)
        for agents, first, last in _treatments(subject)
    )


def _treatments(subject: SubjectRecords) -> Iterator[tuple[list[str], date, date | None]]:
    """Give what was given before: the agents, the first day it may have been, and the last."""
    enrolled = subject.enrolment
    given: list[tuple[CheckedRecord[Any], Any]] = [
        *([(enrolled, line) for line in enrolled.fields.lines or ()] if enrolled else []),
        *(
            (preparation, preparation.fields.bridging)
            for preparation in subject.preparations
            if preparation.fields.bridging is not None and preparation.fields.bridging.given
        ),
        *((treatment, treatment.fields) for treatment in subject.therapies),
    ]
    for record, therapy in given:
        first = record.days(therapy.start).earliest if therapy.start else date.min
        last = record.days(therapy.end).latest if therapy.end else None
        yield [*therapy.agents, getattr(therapy, "name", None) or ""], first, last


ASSESSMENT_CHECKS = (questions,)
