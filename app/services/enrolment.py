"""Enrolment: the record that makes a subject and claims one of the trial's slots."""

import asyncpg

from app.access.centres import sees
from app.access.permissions import Action
from app.database import Database, Transaction
from app.problems import EnrolmentClosed, ValidationFailed
from app.schemas.enrolment import ENROLMENTS, SubjectIn, missing_disease_fields
from app.services.caller import Caller
from app.services.identity import new_identity
from app.services.observations import observe
from app.services.records import (
    Answer,
    KeyedRequest,
    append,
    holder_of,
    once,
    row,
    stored,
)
from app.services.records import amend as amend_record
from app.services.source_versions import origin_by
from app.services.subject_course import not_enrolled
from app.trial.trial import Trial


async def enrol(
    database: Database, caller: Caller, trial: Trial, payload: SubjectIn, request: KeyedRequest
) -> Answer:
    """Make a subject and, once enrolled, claim one of the trial's slots for it.

    Of several centres that race for the last slot exactly one gets it: the claim is made under a
    lock of the whole trial, in the transaction that stores the record.

    Raises:
        ValidationFailed: the centre is none that the caller can see, or the trial needs more.
        EnrolmentClosed: every slot is taken.
        SourceIdTaken: the centre sent another enrolment under this source_id.
    """
    _require_disease_fields(trial, payload)
    again = False

    async def effect(transaction: Transaction) -> Answer:
        if not sees(transaction.authority, payload.centre):
            raise unknown_centre()
        role = transaction.authority.role_for(Action.SUBMIT_RECORD, payload.centre)
        if (replay := stored(transaction, request)) is not None:
            return replay
        subject = await transaction.value("SELECT new_subject($1)", payload.centre)
        await _claim_slot(transaction, subject, payload, trial)
        course = not_enrolled(subject, payload.centre)
        record_id = new_identity()
        version = row(payload, transaction, record_id, 1, subject, payload.centre, role)
        return await append(
            transaction,
            caller,
            ENROLMENTS,
            version,
            role,
            "submit",
            request,
            await observe(
                transaction, trial, ENROLMENTS, record_id, 1, payload, course, origin_by(role)
            ),
            status=201,
            location=f"/v1/subjects/{subject}",
            again=again,
        )

    at = (database, caller, ENROLMENTS, payload.centre, payload)
    try:
        return await once(database, caller, Action.SUBMIT_RECORD, request, effect)
    except asyncpg.UniqueViolationError as violation:
        holder = await holder_of(*at, violation)
    if not holder.voided:
        raise holder.taken()
    again = True
    try:
        return await once(database, caller, Action.SUBMIT_RECORD, request, effect)
    except asyncpg.UniqueViolationError as violation:
        raise (await holder_of(*at, violation)).taken() from None


async def amend(
    database: Database,
    caller: Caller,
    trial: Trial,
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
    _require_disease_fields(trial, payload)

    async def claim(transaction: Transaction) -> None:
        await _claim_slot(transaction, subject, payload, trial)

    return await amend_record(
        database,
        trial,
        caller,
        ENROLMENTS,
        subject,
        None,
        payload,
        based_on,
        request,
        beforehand=claim,
    )


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
    if await transaction.value("SELECT claim_slot($1, $2)", subject, trial.slots) is None:
        raise EnrolmentClosed("Every slot of the trial is taken.", slots=trial.slots, slots_free=0)
