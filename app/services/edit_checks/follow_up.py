"""Deaths, losses and withdrawals beside everything else that is known of a subject.

Source: the trial's analysis rules on integrity: nothing follows a death, and a loss or a withdrawal
of follow-up ends what is collected. None of them refuses a death.
"""

from collections.abc import Iterator
from datetime import date
from itertools import chain

from app.models.follow_up import FollowUpFields
from app.schemas.record import Finding
from app.services.edit_checks.rule import CheckedRecord, RecordFinding, Rule, SubjectRecords
from app.services.subject_course import SubjectCourse
from app.trial.schedule import visit_windows
from app.trial.trial import Trial
from app.vocabularies.adverse_events import Outcome
from app.vocabularies.follow_up import DeathCause, SurvivalStatus, WithdrawalScope
from app.vocabularies.kinetics import NotEvaluableReason
from app.vocabularies.visits import VisitStatus

CONTACT_AFTER_DEATH = Rule(
    "CONTACT-AFTER-DEATH",
    "error",
    "the subject was known to be alive after the reported death; correct this date or the date of "
    "death",
)
DEATH_BEFORE_RECORDS = Rule(
    "DEATH-BEFORE-RECORDS",
    "error",
    "other records of the subject are dated after this death; correct the date of death or theirs",
)
DEATH_DATES_DIFFER = Rule(
    "DEATH-DATES-DIFFER",
    "error",
    "two follow-ups tell of the death on different days; correct one or void it",
)
DEATH_BEFORE_INFUSION = Rule(
    "DEATH-BEFORE-INFUSION",
    "error",
    "the death is dated before the infusion; correct one of the two dates",
)
DEATH_WITHOUT_FATAL_AE = Rule(
    "DEATH-WITHOUT-FATAL-AE",
    "warning",
    "no adverse event of the subject is fatal; report the one that led to death, or give the "
    "myeloma as the cause of death",
)
CAUSE_NOT_FATAL = Rule(
    "CAUSE-NOT-FATAL",
    "warning",
    "the adverse event named as the cause of death is not fatal; name another, or amend its "
    "outcome",
)
LOST_BUT_SEEN = Rule(
    "LOST-BUT-SEEN",
    "warning",
    "the subject was seen after the last contact given; correct the last contact or void the loss",
)
LOST_TOO_SOON = Rule(
    "LOST-TOO-SOON",
    "warning",
    "too few scheduled contacts have gone by since the last one for the protocol to call the "
    "subject lost; keep trying, or correct one of the two dates",
)
WITHDREW_BUT_FOLLOWED = Rule(
    "WITHDREW-BUT-FOLLOWED",
    "warning",
    "the subject was seen after withdrawing from follow-up; correct the day or the scope of the "
    "withdrawal",
)


def contact_after_death(
    follow_up: CheckedRecord[FollowUpFields], course: SubjectCourse, _: Trial
) -> Iterator[Finding]:
    """Notice a subject alive, or withdrawing, after the death."""
    if course.died is None:
        return
    fields = follow_up.fields
    alive = {
        SurvivalStatus.ALIVE: ("contacted_on", fields.contacted_on),
        SurvivalStatus.COMPLETED: ("contacted_on", fields.contacted_on),
        SurvivalStatus.LOST: ("last_contact_on", fields.last_contact_on),
        SurvivalStatus.WITHDREW: ("withdrew_on", fields.withdrew_on),
    }.get(fields.status)
    if alive is not None and follow_up.is_before(course.died, alive[1]):
        yield CONTACT_AFTER_DEATH.at(alive[0])


def death_before_infusion(
    follow_up: CheckedRecord[FollowUpFields], course: SubjectCourse, _: Trial
) -> Iterator[Finding]:
    """Notice a death before the infusion, which leaves the subject out of every survival time."""
    if follow_up.is_before(follow_up.fields.death_date, course.anchors.infusion):
        yield DEATH_BEFORE_INFUSION.at("death_date")


def lost_after_contacts(
    follow_up: CheckedRecord[FollowUpFields], course: SubjectCourse, trial: Trial
) -> Iterator[Finding]:
    """Notice a loss declared before enough scheduled contacts in a row went by without one.

    Source: the trial's protocol, visits, lost. The attempts are documented at the centre.

    Decision: a contact was missed when its whole window lies after the last contact and has closed
    by the day of the declaration; where fewer are left, all of these. A date known only in part is
    read in favour of the declaration, and before the infusion there is no schedule.
    """
    fields = follow_up.fields
    if fields.status is not SurvivalStatus.LOST or fields.last_contact_on is None:
        return
    if course.anchors.infusion is None or not trial.schedule.visits:
        return
    last = follow_up.days(fields.last_contact_on).earliest
    declared = follow_up.days(fields.contacted_on).latest
    to_come = [
        window
        for window in visit_windows(trial, course.anchors)
        if window.first_day > last and not window.after_an_event
    ]
    missed = sum(window.last_day < declared for window in to_come)
    if missed < min(trial.follow_up.lost_after_contacts, len(to_come)):
        yield LOST_TOO_SOON.at("contacted_on")


def death_before_records(subject: SubjectRecords) -> Iterator[RecordFinding]:
    """Notice a death after which something is dated; the other records have findings too."""
    seen = _last_seen(subject) if subject.deaths else None
    for follow_up in subject.deaths:
        died = follow_up.fields.death_date
        if died is not None and seen is not None and seen > died.latest:
            yield RecordFinding(follow_up, DEATH_BEFORE_RECORDS.at("death_date"))


def death_dates_differ(subject: SubjectRecords) -> Iterator[RecordFinding]:
    """Notice two deaths that cannot be the same day."""
    for index, follow_up in enumerate(subject.deaths):
        died = follow_up.fields.death_date
        others = (death.fields.death_date for death in subject.deaths[:index])
        if any(
            follow_up.is_before(died, other) or follow_up.is_before(other, died) for other in others
        ):
            yield RecordFinding(follow_up, DEATH_DATES_DIFFER.at("death_date"))


def death_has_its_event(subject: SubjectRecords) -> Iterator[RecordFinding]:
    """Notice a death that neither the myeloma nor a fatal adverse event explains.

    Source: ICH E2A; the trial's rule that progression itself is no adverse event.
    """
    if any(event.fields.outcome is Outcome.FATAL for event in subject.adverse_events):
        return
    for follow_up in subject.deaths:
        fields = follow_up.fields
        due = fields.death_due_to_myeloma or fields.death_cause is DeathCause.MYELOMA
        if not due:
            yield RecordFinding(follow_up, DEATH_WITHOUT_FATAL_AE.at("death_date"))


def cause_is_fatal(subject: SubjectRecords) -> Iterator[RecordFinding]:
    """Notice a death put down to an adverse event that did not end in death."""
    fatal = {
        event.record_id: event.fields.outcome is Outcome.FATAL for event in subject.adverse_events
    }
    for follow_up in subject.deaths:
        event = follow_up.fields.adverse_event
        if event is not None and fatal.get(event) is False:
            yield RecordFinding(follow_up, CAUSE_NOT_FATAL.at("adverse_event"))


def lost_but_seen(subject: SubjectRecords) -> Iterator[RecordFinding]:
    """Notice a loss whose last contact something of the subject follows."""
    losses = [
        contact for contact in subject.follow_ups if contact.fields.last_contact_on is not None
    ]
    seen = _last_seen(subject) if losses else None
    for follow_up in losses:
        last = follow_up.fields.last_contact_on
        if last is not None and seen is not None and seen > last.latest:
            yield RecordFinding(follow_up, LOST_BUT_SEEN.at("last_contact_on"))


def withdrew_but_followed(subject: SubjectRecords) -> Iterator[RecordFinding]:
    """Notice a withdrawal from follow-up after which the subject was still seen."""
    ended = {WithdrawalScope.FOLLOW_UP, WithdrawalScope.DATA_USE}
    withdrawals = [
        contact for contact in subject.follow_ups if contact.fields.withdrawal_scope in ended
    ]
    seen = _last_seen(subject) if withdrawals else None
    for follow_up in withdrawals:
        fields = follow_up.fields
        day = fields.withdrew_on or follow_up.days(fields.contacted_on).latest
        if seen is not None and seen > day:
            yield RecordFinding(follow_up, WITHDREW_BUT_FOLLOWED.at("withdrew_on"))


def _last_seen(subject: SubjectRecords) -> date | None:
    return max(_days_seen(subject), default=None)


def _days_seen(subject: SubjectRecords) -> Iterator[date]:
    """Give the days on which the subject was certainly seen alive, each the earliest it can be.

    Decision: a visit that took place, an infusion, a sample, an examination, a contact with the
    living. Onsets of adverse events and starts of therapies are often learnt later and are not
    among them.
    """
    visits = (visit for visit in subject.visits if visit.fields.status is VisitStatus.DONE)
    samples = (
        sample
        for sample in subject.kinetics
        if sample.fields.not_evaluable is not NotEvaluableReason.NOT_COLLECTED
    )
    results = (result for result in subject.lab_results if result.fields.not_done is None)
    examined = chain(
        visits,
        samples,
        results,
        subject.infusions,
        subject.assessments,
        subject.neuro_assessments,
    )
    yield from (record.first_day for record in examined if record.first_day is not None)
    for follow_up in subject.follow_ups:
        if follow_up.fields.status in {SurvivalStatus.ALIVE, SurvivalStatus.COMPLETED}:
            yield follow_up.days(follow_up.fields.contacted_on).earliest


RECORD_CHECKS = (contact_after_death, death_before_infusion, lost_after_contacts)
SUBJECT_CHECKS = (
    death_before_records,
    death_dates_differ,
    death_has_its_event,
    cause_is_fatal,
    lost_but_seen,
    withdrew_but_followed,
)
