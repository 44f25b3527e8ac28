"""Laboratory results of a severe CTCAE grade beside the subject's adverse events.

Source: the trial's protocol, adverse events from laboratory results: a grade is a finding, and an
adverse event only where it was significant, treated or led to action.
"""

from collections.abc import Iterator
from datetime import date

from app.services import analysis_values as values
from app.services.derivations.laboratory.graded_labs import graded_labs
from app.services.derivations.laboratory.lab_baseline import lab_follow_up
from app.services.derivations.laboratory.unreported_grades import unreported_grades
from app.services.derivations.record_ref import RecordRef
from app.services.derivations.sampled_values import LabValue
from app.services.derivations.subject_history import SubjectHistory
from app.services.edit_checks.rule import (
    CheckedRecord,
    LabSample,
    RecordFinding,
    Rule,
    SubjectRecords,
)
from app.vocabularies.laboratory import Comparator, find_analyte
from app.vocabularies.specimens import Specimen

LAB_GRADE_WITHOUT_AE = Rule(
    "LAB-GRADE-WITHOUT-AE",
    "warning",
    "the result has a CTCAE grade of 3 or more and no adverse event of that term covers its day; "
    "where it was significant, treated or led to action, report the event and name it here",
)


def severe_results_are_reported(subject: SubjectRecords) -> Iterator[RecordFinding]:
    """Notice the first of a run of severe results after the infusion that no event covers.

    Decision: every result of the subject is graded against the baseline as the tables grade it,
    total calcium corrected for albumin where that was measured in the sample.
    """
    anchors = subject.course.anchors
    if anchors.infusion is None or not subject.lab_results:
        return
    history = _history(subject)
    follow_up = lab_follow_up(history, new_therapy=anchors.new_therapy)
    if follow_up is None:
        return
    results = {one.record_id: one for one in subject.lab_results}
    for labs in graded_labs(history, subject.trial, follow_up):
        for unreported in unreported_grades(labs, history.adverse_events):
            result = results[unreported.value.record.record_id]
            yield RecordFinding(result, LAB_GRADE_WITHOUT_AE.at("value"))


def _history(subject: SubjectRecords) -> SubjectHistory:
    """Give what grading looks at, and the adverse events; every day counts."""
    return SubjectHistory(
        subject=subject.course.subject,
        centre=subject.course.centre,
        data_cut=date.max,
        horizon_months=subject.trial.horizon_months,
        visits_after_infusion=subject.trial.schedule.after_infusion,
        course_gap_days=subject.trial.policy.lymphodepletion.course_gap_days,
        preparations=tuple(
            values.preparation(_ref(preparation), preparation.fields, preparation.zone)
            for preparation in subject.preparations
        ),
        infusions=tuple(
            values.infusion(_ref(infusion), infusion.fields, infusion.zone)
            for infusion in subject.infusions
        ),
        therapies=tuple(
            values.therapy(_ref(therapy), therapy.fields, therapy.zone)
            for therapy in subject.therapies
        ),
        adverse_events=tuple(
            values.adverse_event(_ref(event), event.fields, event.zone)
            for event in subject.adverse_events
        ),
        lab_values=tuple(
            value for result in subject.lab_results if (value := _lab_value(result)) is not None
        ),
    )


def _lab_value(result: CheckedRecord[LabSample]) -> LabValue | None:
    """Give a number that CTCAE may grade; None for all else: of a subject there are hundreds."""
    sample = result.fields
    listed = find_analyte(sample.analyte)
    if sample.value is None or sample.value < 0 or listed is None or not listed.ctcae_numbers:
        return None
    return LabValue(
        record=_ref(result),
        analyte=listed.code,
        collected=result.days(sample.collected_at),
        visit=sample.visit,
        value=sample.value,
        comparator=None if sample.comparator is None else Comparator(sample.comparator),
        unit=sample.unit,
        lower_limit=sample.lower_limit,
        upper_limit=sample.upper_limit,
        specimen=None if sample.specimen is None else Specimen(sample.specimen),
        sample_id=sample.sample_id,
        spurious=sample.spurious,
        adverse_event=sample.adverse_event,
    )


def _ref(record: CheckedRecord[object]) -> RecordRef:
    return RecordRef(record.kind, record.record_id, record.version)


LISTED_CHECKS = (severe_results_are_reported,)
