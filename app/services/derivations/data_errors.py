"""Contradictions in a subject's dates that no derivation may smooth over.

A subject with such an error is listed and left out of what the error touches; no date is moved to
make a time positive.

Source: the trial's endpoint definitions, integrity errors and classes of data errors.
"""

from collections.abc import Iterable, Iterator
from datetime import date

from app.services.derivations.error_effects import CONTACT_AFTER_DEATH, DATE_AFTER_DEATH, ErrorClass
from app.services.derivations.error_rules import DataError, ErrorRule
from app.services.derivations.record_ref import RecordRef
from app.services.derivations.records_after_death import contacts_after, further_infusions_after
from app.services.derivations.reported_death import reported_death
from app.services.derivations.set_aside import without_wrong_dates
from app.services.derivations.subject_history import SubjectHistory
from app.trial.trial import Trial
from app.vocabularies.preparations import PreparationOutcome
from app.vocabularies.visits import VisitStatus


def data_errors(history: SubjectHistory, trial: Trial) -> tuple[DataError, ...]:
    """Give every contradiction in a subject's dates, the gravest first.

    A partial date contradicts another only if each day that it can mean does.

    Source: the trial's endpoint definitions, integrity errors.

    Decision: a death after the data cut contradicts nothing, for the subject is alive at the cut;
    a death up to the cut is contradicted by what is dated after it, also after the cut. A visit, a
    contact or a further infusion shows a living subject and makes the death doubtful: fatal. All
    else is set aside, which the history then says.
    """
    history = without_wrong_dates(history)
    errors = [
        *history.set_aside,
        *_around_death(history),
        *_infusion_missing(history, trial),
        *_new_therapy_before_infusion(history),
    ]
    order = list(ErrorClass)
    return tuple(sorted(errors, key=lambda error: order.index(error.error_class)))


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


def _around_death(history: SubjectHistory) -> Iterator[DataError]:
    report = reported_death(history)
    if report is None or report.death is None or report.death.earliest > history.data_cut:
        return
    if not history.may_have_seen(report.record, report.death.earliest):
        return
    died = report.death.latest
    origin = _origin(history)
    if origin is not None and died < origin[1]:
        yield DataError(
            error_class=ErrorClass.FATAL,
            rule=ErrorRule.DEATH_BEFORE_ORIGIN,
            records=(report.record, origin[0]),
            finding="DEATH-BEFORE-INFUSION",
        )
    for rule, finding, records in (
        (
            ErrorRule.INFUSION_AFTER_DEATH,
            DATE_AFTER_DEATH,
            further_infusions_after(history, died),
        ),
        (ErrorRule.CONTACT_AFTER_DEATH, CONTACT_AFTER_DEATH, contacts_after(history, died)),
    ):
        if records:
            yield DataError(
                error_class=ErrorClass.FATAL,
                rule=rule,
                records=(report.record, *records),
                finding=finding,
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
    after = trial.schedule.after_infusion
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
    records += [
        assessment.record for assessment in history.assessments if assessment.visit in after
    ]
    records += [event.record for event in history.adverse_events if event.astct_grade is not None]
    records += [
        preparation.record
        for preparation in history.preparations
        if preparation.outcome is PreparationOutcome.INFUSED
    ]
    if records:
        yield DataError(
            error_class=ErrorClass.FATAL,
            rule=ErrorRule.INFUSION_MISSING,
            records=tuple(records),
            finding="NO-INFUSION",
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
                finding="NEW-THERAPY-BEFORE-INFUSION",
            )
