"""Contradictions in a subject's dates that no derivation may smooth over.

A subject with such an error is listed and left out of what the error touches; no date is moved to
make a time positive.

Source: the trial's endpoint definitions, integrity errors and classes of data errors.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from app.services.derivations.death import reported_death
from app.services.derivations.records_after_death import (
    adverse_events_after,
    contacts_after,
    evaluations_after,
    further_infusions_after,
    samples_after,
    therapies_after,
)
from app.services.derivations.subject_history import RecordRef, SubjectHistory
from app.trial.trial import Trial
from app.vocabularies.concept import Concept
from app.vocabularies.visits import VisitStatus


class ErrorClass(Concept):
    """How far a data error reaches."""

    FATAL = "fatal", "out of every time to an event"
    ENDPOINT = "endpoint", "out of every time to an event but overall survival"
    RECORD = "record", "the record is ignored, the subject is kept"


class ErrorRule(Concept):
    """What is wrong."""

    DEATH_BEFORE_ORIGIN = "death_before_origin", "death before infusion, or before enrolment"
    INFUSION_AFTER_DEATH = "infusion_after_death", "a further infusion after death"
    EVALUATION_AFTER_DEATH = "evaluation_after_death", "disease evaluation after death"
    CONTACT_AFTER_DEATH = "contact_after_death", "visit or contact with the living after death"
    NEW_THERAPY_AFTER_DEATH = "new_therapy_after_death", "anti-myeloma therapy after death"
    INFUSION_MISSING = "infusion_missing", "records of after an infusion that is not recorded"
    NEW_THERAPY_BEFORE_INFUSION = (
        "new_therapy_before_infusion",
        "new anti-myeloma therapy before infusion",
    )
    ENDS_BEFORE_ONSET = "ends_before_onset", "adverse event ends before it begins"
    THERAPY_AFTER_DEATH = "therapy_after_death", "concomitant therapy begins or ends after death"
    ADVERSE_EVENT_AFTER_DEATH = (
        "adverse_event_after_death",
        "adverse event begins or ends after death",
    )
    SAMPLE_AFTER_DEATH = "sample_after_death", "sample or examination dated after death"


@dataclass(frozen=True, slots=True, kw_only=True)
class DataError:
    """One contradiction, and the records it lies between."""

    error_class: ErrorClass
    rule: ErrorRule
    records: tuple[RecordRef, ...]


def data_errors(history: SubjectHistory, trial: Trial) -> tuple[DataError, ...]:
    """Give every contradiction in a subject's dates, the gravest first.

    A partial date contradicts another only if each day that it can mean does.

    Source: the trial's endpoint definitions, integrity errors.

    Decision: a death after the data cut contradicts nothing, for the subject is alive at the cut;
    a death up to the cut is contradicted by what is dated after it, also after the cut. An
    evaluation, a visit, a contact, a further infusion or new anti-myeloma therapy shows a living
    subject and makes the death doubtful: fatal. Of the rest, which arrives in great number and late
    (samples, adverse events, concomitant therapy), one record is the likelier mistake: it is
    ignored.
    """
    found = [
        *_around_death(history),
        *_infusion_missing(history, trial),
        *_new_therapy_before_infusion(history),
        *_ends_before_onset(history),
    ]
    order = list(ErrorClass)
    return tuple(sorted(found, key=lambda error: order.index(error.error_class)))


def leaves_out(errors: Iterable[DataError], *, overall_survival: bool = False) -> bool:
    """Tell whether errors leave the subject out of a time to an event.

    Args:
        errors: of the subject.
        overall_survival: the time is overall survival, which does not use new therapy.

    Source: the trial's endpoint definitions, classes of data errors.

    Decision: also the variants of progression-free survival that do not use new therapy leave the
    subject out, so that the two regimes are compared over the same subjects.
    """
    classes = {error.error_class for error in errors}
    return ErrorClass.FATAL in classes or (ErrorClass.ENDPOINT in classes and not overall_survival)


def ignored_records(errors: Iterable[DataError]) -> frozenset[RecordRef]:
    """Give the records that are ignored because of an error of their own."""
    return frozenset(error.records[0] for error in errors if error.error_class is ErrorClass.RECORD)


def _around_death(history: SubjectHistory) -> Iterator[DataError]:
    report = reported_death(history)
    if report is None or report.death is None or report.death.earliest > history.data_cut:
        return
    died = report.death.latest
    origin = _origin(history)
    if origin is not None and died < origin[1]:
        yield DataError(
            error_class=ErrorClass.FATAL,
            rule=ErrorRule.DEATH_BEFORE_ORIGIN,
            records=(report.record, origin[0]),
        )
    for rule, records in (
        (ErrorRule.INFUSION_AFTER_DEATH, further_infusions_after(history, died)),
        (ErrorRule.EVALUATION_AFTER_DEATH, evaluations_after(history, died)),
        (ErrorRule.CONTACT_AFTER_DEATH, contacts_after(history, died)),
        (ErrorRule.NEW_THERAPY_AFTER_DEATH, therapies_after(history, died, anti_myeloma=True)),
    ):
        if records:
            yield DataError(
                error_class=ErrorClass.FATAL, rule=rule, records=(report.record, *records)
            )
    for rule, records in (
        (ErrorRule.THERAPY_AFTER_DEATH, therapies_after(history, died, anti_myeloma=False)),
        (ErrorRule.ADVERSE_EVENT_AFTER_DEATH, adverse_events_after(history, died)),
        (ErrorRule.SAMPLE_AFTER_DEATH, samples_after(history, died)),
    ):
        for record in records:
            yield DataError(
                error_class=ErrorClass.RECORD, rule=rule, records=(record, report.record)
            )


def _origin(history: SubjectHistory) -> tuple[RecordRef, date] | None:
    infusion = history.first_infusion
    if infusion is not None:
        return infusion.record, infusion.day
    enrolment = history.enrolment
    if enrolment is not None and enrolment.enrolled_on is not None:
        return enrolment.record, enrolment.enrolled_on
    return None


def _infusion_missing(history: SubjectHistory, trial: Trial) -> Iterator[DataError]:
    """Notice visits done and samples taken after an infusion that nobody recorded."""
    if history.infusions:
        return
    after = {
        visit.code
        for visit in trial.schedule.visits
        if visit.anchor == "horizon" or (visit.anchor == "infusion" and visit.target > 0)
    }
    records = [
        visit.record
        for visit in history.visits
        if visit.code in after and visit.status is VisitStatus.DONE
    ]
    records += [
        sample.record
        for sample in history.kinetics
        if sample.infusion is not None
        or sample.visit in after
        or (sample.nominal_day is not None and sample.nominal_day > 0)
    ]
    records += [one.record for one in history.assessments if one.visit in after]
    if records:
        yield DataError(
            error_class=ErrorClass.FATAL, rule=ErrorRule.INFUSION_MISSING, records=tuple(records)
        )


def _new_therapy_before_infusion(history: SubjectHistory) -> Iterator[DataError]:
    infusion = history.first_infusion
    if infusion is None:
        return
    for therapy in history.therapies:
        start = therapy.start
        if therapy.is_anti_myeloma and start is not None and start.latest < infusion.day:
            yield DataError(
                error_class=ErrorClass.ENDPOINT,
                rule=ErrorRule.NEW_THERAPY_BEFORE_INFUSION,
                records=(therapy.record, infusion.record),
            )


def _ends_before_onset(history: SubjectHistory) -> Iterator[DataError]:
    for event in history.adverse_events:
        onset, end = event.onset, event.end
        if onset is not None and end is not None and end.latest < onset.earliest:
            yield DataError(
                error_class=ErrorClass.RECORD,
                rule=ErrorRule.ENDS_BEFORE_ONSET,
                records=(event.record,),
            )
