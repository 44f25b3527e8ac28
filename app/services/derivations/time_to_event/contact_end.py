"""Why contact with a living subject ended: lost to follow-up, or withdrew.

Source: the trial's endpoint definitions, reasons of censoring 6 and 7; its protocol, visits, lost.
"""

from datetime import date

from app.services.derivations.subject_history import FollowUp, SubjectHistory
from app.services.derivations.time_to_event.endpoint_facts import ContactEnd
from app.services.derivations.time_to_event.event_time import CensoringReason
from app.vocabularies.follow_up import SurvivalStatus, WithdrawalScope
from app.vocabularies.subjects import Disposition

_ENDS_CONTACT = frozenset({WithdrawalScope.FOLLOW_UP, WithdrawalScope.DATA_USE})
_DISPOSITIONS = {
    Disposition.LOST: CensoringReason.LOST,
    Disposition.WITHDREW: CensoringReason.WITHDREW,
}


def contact_end(history: SubjectHistory, *, last_evidence: date | None) -> ContactEnd | None:
    """Give why and when contact ended, as it was known at the data cut; None: it did not.

    A loss is dated on the last contact; of several reasons the first day stands, and a withdrawal
    before a loss. Withdrawal from treatment alone ends no contact.

    Args:
        history: the subject's records.
        last_evidence: latest evidence of life; None: there is none. A subject seen after the loss
            was declared was found again.

    Decision: where no follow-up says so, the disposition of the enrolment does.
    """
    ends = [
        end
        for follow_up in history.follow_ups
        if follow_up.contacted_on.earliest <= history.data_cut
        and (end := _end(follow_up, last_evidence)) is not None
    ]
    enrolment = history.enrolment
    if not ends and enrolment is not None and enrolment.off_study_on is not None:
        reason = _DISPOSITIONS.get(enrolment.disposition) if enrolment.disposition else None
        if reason is not None:
            ends = [ContactEnd(day=enrolment.off_study_on, reason=reason, record=enrolment.record)]
    return min(
        (end for end in ends if end.day <= history.data_cut),
        key=lambda end: (end.day, -end.reason),
        default=None,
    )


def _end(follow_up: FollowUp, last_evidence: date | None) -> ContactEnd | None:
    if follow_up.status is SurvivalStatus.LOST:
        if last_evidence is not None and last_evidence > follow_up.contacted_on.latest:
            return None
        last = follow_up.last_contact_on or follow_up.contacted_on
        return ContactEnd(day=last.earliest, reason=CensoringReason.LOST, record=follow_up.record)
    if follow_up.status is SurvivalStatus.WITHDREW and follow_up.withdrawal_scope in _ENDS_CONTACT:
        day = follow_up.withdrew_on or follow_up.contacted_on.earliest
        return ContactEnd(day=day, reason=CensoringReason.WITHDREW, record=follow_up.record)
    return None
