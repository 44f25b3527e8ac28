"""Laboratory results: what grading will miss, what is there twice, what other records contradict.

Source: CTCAE 5.0 grades most analytes against the laboratory's own limits; the trial's protocol,
laboratory outliers, adverse events from laboratory results, recovery of counts.
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date, timedelta
from typing import Final

from app.models.therapy import TherapyFields
from app.schemas.record import Finding
from app.services.edit_checks.rule import (
    CheckedRecord,
    LabSample,
    RecordFinding,
    Rule,
    SubjectRecords,
)
from app.services.subject_course import SubjectCourse
from app.services.written_dates import known_day
from app.trial.trial import Trial
from app.vocabularies.analyte_names import meant_analyte
from app.vocabularies.laboratory import find_analyte
from app.vocabularies.therapies import TherapyKind

LAB_RANGE_MISSING = Rule(
    "LAB-RANGE-MISSING",
    "notice",
    "CTCAE grades this analyte against the laboratory's limits; send the reference range, or the "
    "grade may stay open between several or be missing",
)
LAB_NOT_ANALYSED = Rule(
    "LAB-NOT-ANALYSED",
    "notice",
    "no analyte of the trial claims this code: the result is stored and in no table; send it under "
    "an analyte's code, or as one of its LOINC codes, if it is one",
)
IDENTICAL_TIMESTAMPS = Rule(
    "IDENTICAL-TIMESTAMPS",
    "warning",
    "another result of the same analyte and material has the same time; void one or correct a time",
)
SIGNIFICANT_WITHOUT_AE = Rule(
    "SIGNIFICANT-WITHOUT-AE",
    "notice",
    "the result is clinically significant and names no adverse event; report the event and name it "
    "here, or correct the judgement",
)
TRANSFUSION_DIFFERS = Rule(
    "TRANSFUSION-DIFFERS",
    "warning",
    "no blood product is said to precede the sample, and a transfusion is recorded in those days; "
    "correct one of them",
)
G_CSF_DIFFERS = Rule(
    "G-CSF-DIFFERS",
    "warning",
    "no G-CSF is said to precede the sample, and G-CSF is recorded in those days; correct one of "
    "them",
)

_UNRANGED: Final = frozenset({"INR", "CD4"})
"""Graded by fixed numbers or multiples of a baseline in every grade that matters."""


def range_for_grading(
    result: CheckedRecord[LabSample], _: SubjectCourse, __: Trial
) -> Iterator[Finding]:
    """Notice a numerical result of a graded analyte without the laboratory's limits."""
    fields = result.fields
    if fields.value is None or fields.has_range or fields.spurious:
        return
    analyte = find_analyte(fields.analyte)
    if analyte is not None and analyte.ctcae_numbers and analyte.code not in _UNRANGED:
        yield LAB_RANGE_MISSING.at("reference_range")


def claimed_by_an_analyte(
    result: CheckedRecord[LabSample], _: SubjectCourse, __: Trial
) -> Iterator[Finding]:
    """Notice a result that is stored and counted nowhere, because no analyte has its code."""
    fields = result.fields
    if fields.not_done is None and not fields.spurious and find_analyte(fields.analyte) is None:
        meant = meant_analyte(fields.analyte)
        likely = f"{LAB_NOT_ANALYSED.message}; it is likely {meant}" if meant else ""
        yield replace(LAB_NOT_ANALYSED, message=likely or LAB_NOT_ANALYSED.message).at("analyte")


def significance(
    result: CheckedRecord[LabSample], course: SubjectCourse, _: Trial
) -> Iterator[Finding]:
    """Notice a clinically significant result of a treated subject that belongs to no event."""
    fields, treated = result.fields, course.anchors.first_lymphodepletion
    since = course.anchors.infusion if treated is None else treated
    if not fields.significant or fields.adverse_event is not None or since is None:
        return
    if result.last_day is not None and result.last_day >= since:
        yield SIGNIFICANT_WITHOUT_AE.at("clinically_significant")


def one_result_a_time(subject: SubjectRecords) -> Iterator[RecordFinding]:
    """Notice two results of one analyte, material and time.

    Decision: only where the time is known, or the sample has an id; two results on one day without
    a time are two samples.
    """
    seen = set()
    for result in subject.lab_results:
        fields = result.fields
        when = result.dated
        if fields.not_done is not None or fields.spurious:
            continue
        if (when is None or when.instant is None) and fields.sample_id is None:
            continue
        same = (analyte_code(fields.analyte), fields.specimen, when, fields.sample_id)
        if same in seen:
            yield RecordFinding(result, IDENTICAL_TIMESTAMPS.at("collected_at"))
        seen.add(same)


def treatment_before_sample(subject: SubjectRecords) -> Iterator[RecordFinding]:
    """Hold what a result says of transfusion and G-CSF before it against the therapies."""
    recovery = subject.trial.adverse_events.prolonged_cytopenia
    transfusions = list(_days(subject, TherapyKind.TRANSFUSION))
    g_csf = list(_days(subject, TherapyKind.G_CSF))
    if not transfusions and not g_csf:
        return
    for result in subject.lab_results:
        fields, day = result.fields, result.first_day
        if day is None:
            continue
        transfused = _within(transfusions, day, recovery.transfusion_free_days)
        if fields.transfused_before is False and transfused:
            yield RecordFinding(result, TRANSFUSION_DIFFERS.at("transfused_before"))
        if fields.g_csf_before is False and _within(g_csf, day, recovery.g_csf_free_days):
            yield RecordFinding(result, G_CSF_DIFFERS.at("g_csf_before"))


def _days(subject: SubjectRecords, kind: TherapyKind) -> Iterator[tuple[date, date]]:
    """Give first and last day of the therapies of a kind that are known to the day."""
    for therapy in subject.therapies:
        fields: TherapyFields = therapy.fields
        start = known_day(fields.start, therapy.zone)
        if fields.therapy_kind is kind and start is not None:
            yield start, known_day(fields.end, therapy.zone) or start


def _within(spans: Iterable[tuple[date, date]], day: date, days: int) -> bool:
    """Tell whether a therapy was given in the days before a sample, the sample's day left out.

    Decision: what was given on the day itself may have followed the sample.
    """
    return any(start < day and end >= day - timedelta(days) for start, end in spans)


def analyte_code(code: str) -> str:
    """Give our code of an analyte, or the code itself where the list has none."""
    analyte = find_analyte(code)
    return code if analyte is None else analyte.code


RECORD_CHECKS = (range_for_grading, claimed_by_an_analyte, significance)
SUBJECT_CHECKS = (one_result_a_time, treatment_before_sample)
