"""Follow-ups on the wire, and what one follow-up alone cannot mean."""

from collections.abc import Iterator
from typing import Final

from app.models.follow_up import FollowUp, FollowUpFields
from app.schemas.chronology import certainly_before
from app.schemas.record import Dating, RecordKind, RecordOut
from app.schemas.refusals import ConsistentRecordIn, Refusal
from app.vocabularies.follow_up import DeathCause, InformationSource, SurvivalStatus

_REQUIRED: Final = {
    SurvivalStatus.DIED: ("death_date", "the date of death, as far as it is known"),
    SurvivalStatus.LOST: ("last_contact_on", "the last day the subject was known to be alive"),
    SurvivalStatus.WITHDREW: ("withdrawal_scope", "what the subject withdrew from"),
}
"""What each status cannot be used without."""

_BELONGS_TO: Final = {
    "death_date": SurvivalStatus.DIED,
    "death_learnt_on": SurvivalStatus.DIED,
    "death_cause": SurvivalStatus.DIED,
    "death_cause_text": SurvivalStatus.DIED,
    "death_due_to_myeloma": SurvivalStatus.DIED,
    "autopsy": SurvivalStatus.DIED,
    "adverse_event": SurvivalStatus.DIED,
    "last_contact_on": SurvivalStatus.LOST,
    "withdrawal_scope": SurvivalStatus.WITHDREW,
    "withdrew_on": SurvivalStatus.WITHDREW,
}
"""Fields that only one status has."""

_DUE_TO_MYELOMA: Final = {
    DeathCause.MYELOMA: True,
    DeathCause.CAR_T_TOXICITY: False,
    DeathCause.UNKNOWN: None,
}
"""What a class of cause says about the myeloma; the others leave it open."""


def fields_of_the_status(follow_up: FollowUpFields) -> Iterator[Refusal]:
    """Require what the status needs, and nothing that belongs to another status."""
    needed = _REQUIRED.get(follow_up.status)
    if needed is not None and getattr(follow_up, needed[0]) is None:
        yield Refusal(needed[0], f"{needed[0]}_missing", f"write {needed[1]}")
    for field, status in _BELONGS_TO.items():
        if getattr(follow_up, field) is not None and follow_up.status is not status:
            yield Refusal(
                field, "field_of_another_status", f"leave it out: it belongs to status {status}"
            )


def dates(follow_up: FollowUpFields) -> Iterator[Refusal]:
    """Require death, its becoming known and the contact in an order that can be."""
    if certainly_before(follow_up.death_learnt_on, follow_up.death_date):
        yield Refusal(
            "death_learnt_on", "learnt_before_death", "write a day on or after death_date"
        )
    if certainly_before(follow_up.contacted_on, follow_up.death_date):
        yield Refusal(
            "contacted_on",
            "contact_before_death",
            "write the day the centre was told of the death; a contact before it is a follow-up of "
            "its own",
        )
    if certainly_before(follow_up.contacted_on, follow_up.last_contact_on):
        yield Refusal(
            "last_contact_on",
            "last_contact_after_loss",
            "write a day on or before contacted_on, the day the loss was declared",
        )


def death(follow_up: FollowUpFields) -> Iterator[Refusal]:
    """Hold the cause of death against the myeloma's part, and the source against the death."""
    due, cause = follow_up.death_due_to_myeloma, follow_up.death_cause
    if due is not None and cause in _DUE_TO_MYELOMA and due is not _DUE_TO_MYELOMA[cause]:
        yield Refusal(
            "death_due_to_myeloma",
            "cause_says_otherwise",
            "true with the cause myeloma, false with car_t_toxicity, nothing with unknown",
        )
    if follow_up.status is SurvivalStatus.DIED and follow_up.source is InformationSource.SUBJECT:
        yield Refusal(
            "source",
            "told_by_the_dead",
            "write who told of the death",
            tuple(
                source for source in InformationSource if source is not InformationSource.SUBJECT
            ),
        )


class FollowUpIn(FollowUpFields, ConsistentRecordIn):
    """A follow-up as a centre submits it."""

    rules = (fields_of_the_status, dates, death)


class FollowUpOut(FollowUpFields, RecordOut):
    """A follow-up as the service gives it."""


FOLLOW_UPS = RecordKind(
    path="follow-ups",
    noun="follow-up",
    table=FollowUp,
    submission=FollowUpIn,
    view=FollowUpOut,
    dated_by="contacted_on",
    dating=Dating.TOLD,
    place_in_history="follow_ups",
    filters={"status": "status", "death_cause": "death_cause"},
    example={
        "source_id": "03-SFU-0042",
        "visit": "SFU",
        "contacted_on": "2027-02-03",
        "status": "died",
        "source": "relative",
        "death_date": "2027-01",
        "death_learnt_on": "2027-02-03",
        "death_cause": "myeloma",
        "death_due_to_myeloma": True,
        "autopsy": False,
    },
)
