"""Enrolment: the record that makes a subject and claims one of the trial's slots."""

from app.access.centres import sees
from app.access.permissions import Action
from app.database import Transaction
from app.problems import EnrolmentClosed, ValidationFailed
from app.schemas.enrolment import ENROLMENTS, SubjectIn, missing_disease_fields
from app.services.caller import Caller
from app.services.identity import new_identity
from app.services.keyed_requests import Answer, KeyedRequest, once, stored
from app.services.new_version import NewVersion
from app.services.place import Place
from app.services.records import Records
from app.services.slots import claim_slot
from app.services.source_id_holders import Holder, holder_of, in_turn
from app.services.subject_course import not_enrolled
from app.services.writing import Writing
from app.trial.trial import Trial


async def enrol(
    records: Records, caller: Caller, payload: SubjectIn, request: KeyedRequest
) -> Answer:
    """Make a subject and, once enrolled, claim one of the trial's slots for it.

    Of several centres that race for the last slot exactly one gets it: the claim is made under a
    lock of the whole trial, in the transaction that stores the record.

    Raises:
        ValidationFailed: the centre is none that the caller can see, or the trial needs more.
        EnrolmentClosed: every slot is taken.
        SourceIdTaken: the centre sent another enrolment under this source_id.
    """
    database, trial, centre = records.database, records.trial, payload.centre
    _require_disease_fields(trial, payload)

    async def attempt(again: bool) -> Answer:  # noqa: FBT001
        async def effect(transaction: Transaction) -> Answer:
            if not sees(transaction.authority, centre):
                raise unknown_centre()
            role = transaction.authority.role_for(Action.SUBMIT_RECORD, centre)
            if (replay := stored(transaction, request)) is not None:
                return replay
            writing = Writing(transaction, caller, role, request)
            subject = await transaction.value("SELECT new_subject($1)", centre)
            await _claim_slot(transaction, subject, payload, trial)
            version = NewVersion(
                ENROLMENTS, new_identity(), 1, subject, centre, payload, writing.origin
            )
            return await writing.store(trial, version, not_enrolled(subject, centre), again=again)

        return await once(database, caller, Action.SUBMIT_RECORD, request, effect)

    async def held_by() -> Holder:
        return await holder_of(database, caller, ENROLMENTS, centre, payload.source_id)

    return await in_turn(attempt, held_by, lambda holder: holder.voided)


async def amend(
    records: Records,
    caller: Caller,
    subject: str,
    payload: SubjectIn,
    based_on: int,
    request: KeyedRequest,
) -> Answer:
    """Store what an enrolment should say as its next version; claim a slot if it needs one now.

    Raises:
        ValidationFailed: the trial needs more.
        EnrolmentClosed: the subject has no slot yet and every slot is taken.
        NotFound, StaleVersion, RecordVoided: as for every record.
    """
    _require_disease_fields(records.trial, payload)

    async def claim(transaction: Transaction) -> None:
        await _claim_slot(transaction, subject, payload, records.trial)

    place = Place(ENROLMENTS, subject)
    return await records.amend(caller, place, payload, based_on, request, beforehand=claim)


def unknown_centre() -> ValidationFailed:
    """Refuse a centre that does not exist or that the caller cannot see: the same answer."""
    return ValidationFailed(
        "Name a centre that you can see.",
        errors=[
            {
                "pointer": "/centre",
                "code": "unknown_centre",
                "message": "there is no such centre, or none that you can see",
            }
        ],
    )


def _require_disease_fields(trial: Trial, payload: SubjectIn) -> None:
    if trial.records.disease_fields != "required":
        return
    if missing := missing_disease_fields(payload):
        raise ValidationFailed(
            "This trial needs more about the disease once a subject is enrolled.",
            errors=[
                {
                    "pointer": f"/{name}",
                    "code": "missing",
                    "message": "is required by this trial once enrolled_on is given",
                }
                for name in missing
            ],
        )


async def _claim_slot(
    transaction: Transaction, subject: str, payload: SubjectIn, trial: Trial
) -> None:
    if payload.enrolled_on is None:
        return
    if not await claim_slot(transaction, trial, subject):
        raise EnrolmentClosed("Every slot of the trial is taken.", slots=trial.slots, slots_free=0)
