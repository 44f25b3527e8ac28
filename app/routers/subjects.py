"""Subjects: enrolment, which makes a subject and claims a slot, and what becomes of it.

The enrolment is a record like any other, except that it has the subject's own address and that the
first version gives the subject its code.
"""

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from app.access.permissions import Action
from app.problems import (
    EnrolmentClosed,
    IdempotencyKeyMissing,
    RecordsStand,
    SourceIdTaken,
    documented,
)
from app.routers.conditions import IdempotencyKey, IfMatch, IfNoneMatch, based_on, keyed
from app.routers.record_answers import fetched, listed, listed_as, respond, versions
from app.routers.record_routes import (
    AMENDED,
    AMENDING,
    CHANGING,
    ENROLLING,
    ETAG,
    LISTING,
    READING,
    SUBMITTED,
    VOIDING,
    SubjectOfPath,
    leads_to,
    sent_as,
)
from app.routers.record_words import words_of
from app.routers.supplied import CallerOfRequest, FormOfAnswer, ServiceOfApp
from app.routers.trial_route import TrialRoute, permits
from app.schemas.enrolment import ENROLMENTS
from app.schemas.listing import ReadQuery, list_query
from app.schemas.record import Reasoned
from app.services import enrolment, subject_void
from app.services.place import Place

router = APIRouter(route_class=TrialRoute, tags=["subjects"])
ONE = "/v1/subjects/{subject}"
Submission, Amendment = ENROLMENTS.submission, ENROLMENTS.amendment
LINKS = leads_to(ENROLMENTS.named, subject="$response.body#/subject")


class VoidQuery(BaseModel):
    """What is to be voided with an enrolment."""

    model_config = ConfigDict(extra="forbid")

    with_records: bool = Field(
        default=False, description="Void every other record of the subject with it."
    )


SubjectsQuery = list_query(ENROLMENTS, across_subjects=True)


@router.post(
    "/v1/subjects",
    status_code=201,
    operation_id=f"submit_{ENROLMENTS.named}",
    **words_of(
        ENROLMENTS,
        "submit",
        "Makes a subject, and gives it its code. With `enrolled_on` it also claims one of the "
        "trial's slots.",
    ),
    responses={
        201: {"model": ENROLMENTS.stored, "headers": SUBMITTED, "links": LINKS},
        **documented(*ENROLLING, IdempotencyKeyMissing, SourceIdTaken, EnrolmentClosed),
    },
    **permits(Action.SUBMIT_RECORD, **sent_as(ENROLMENTS.example)),
)
async def submit(
    request: Request,
    service: ServiceOfApp,
    caller: CallerOfRequest,
    payload: Submission,  # type: ignore[valid-type]
    idempotency_key: IdempotencyKey = None,
) -> Response:
    """Make a subject of one of the caller's centres."""
    keyed_request = await keyed(request, idempotency_key, required=True)
    return respond(await enrolment.enrol(service.records, caller, payload, keyed_request))


@router.put(
    ONE,
    operation_id=f"amend_{ENROLMENTS.named}",
    **words_of(
        ENROLMENTS,
        "amend",
        "Stores what the enrolment should say as its next version: every field, and the `reason`. "
        "Setting `enrolled_on` claims a slot when the subject has none yet.",
    ),
    responses={
        200: {"model": ENROLMENTS.stored, "headers": AMENDED, "links": LINKS},
        **documented(*CHANGING, EnrolmentClosed),
    },
    **permits(Action.AMEND_RECORD, **sent_as({**ENROLMENTS.example, **AMENDING})),
)
async def amend(
    request: Request,
    service: ServiceOfApp,
    caller: CallerOfRequest,
    subject: SubjectOfPath,
    payload: Amendment,  # type: ignore[valid-type]
    if_match: IfMatch = None,
    idempotency_key: IdempotencyKey = None,
) -> Response:
    """Store what the enrolment should say as its next version."""
    version = based_on(if_match)
    keyed_request = await keyed(request, idempotency_key, required=False)
    return respond(
        await enrolment.amend(
            service.records,
            caller,
            subject,
            payload,
            version,
            keyed_request,
        )
    )


@router.post(
    ONE + "/void",
    operation_id=f"void_{ENROLMENTS.named}",
    **words_of(
        ENROLMENTS,
        "void",
        "For a subject that should never have been made: the enrolment was entered in error. A "
        "subject who was enrolled and left is amended, `off_study`, and stays in every count. "
        "While other records of the subject stand it is refused with their list; "
        "`?with_records=true` voids all of them with it, for the same reason. The slot stays "
        "taken, unless the trial file says that a subject never infused gives it back.",
    ),
    responses={
        200: {"model": ENROLMENTS.stored, "headers": AMENDED},
        **documented(*CHANGING, IdempotencyKeyMissing, RecordsStand),
    },
    **permits(Action.VOID_RECORD, **sent_as(VOIDING)),
)
async def void(
    request: Request,
    service: ServiceOfApp,
    caller: CallerOfRequest,
    subject: SubjectOfPath,
    payload: Reasoned,
    query: Annotated[VoidQuery, Query()],
    if_match: IfMatch = None,
    idempotency_key: IdempotencyKey = None,
) -> Response:
    """Say that the enrolment should not have been."""
    version = based_on(if_match)
    keyed_request = await keyed(request, idempotency_key, required=True)
    return respond(
        await subject_void.void(
            service.records,
            caller,
            subject,
            payload.reason,
            version,
            keyed_request,
            with_records=query.with_records,
        )
    )


@router.get(
    ONE,
    operation_id=f"fetch_{ENROLMENTS.named}",
    **words_of(ENROLMENTS, "fetch"),
    responses={
        200: {"model": ENROLMENTS.shown, "headers": ETAG},
        304: {"description": "You hold the current version.", "headers": ETAG},
        **documented(*READING),
    },
    **permits(Action.READ_RECORD),
)
async def fetch(
    service: ServiceOfApp,
    caller: CallerOfRequest,
    subject: SubjectOfPath,
    query: Annotated[ReadQuery, Query()],
    if_none_match: IfNoneMatch = None,
) -> Response:
    """Give a subject's enrolment and its status."""
    return await fetched(service, caller, Place(ENROLMENTS, subject), query, if_none_match)


@router.get(
    ONE + "/history",
    operation_id=f"history_of_{ENROLMENTS.named}",
    **words_of(ENROLMENTS, "history"),
    responses={200: {"model": ENROLMENTS.history}, **documented(*READING)},
    **permits(Action.READ_RECORD),
)
async def history(
    service: ServiceOfApp,
    caller: CallerOfRequest,
    subject: SubjectOfPath,
    query: Annotated[ReadQuery, Query()],
) -> Response:
    """Give every version of a subject's enrolment, oldest first."""
    return await versions(service, caller, Place(ENROLMENTS, subject), query)


@router.get(
    "/v1/subjects",
    operation_id=f"list_{ENROLMENTS.named_together}",
    **words_of(
        ENROLMENTS,
        "list",
        "Gives the subjects that you can see, each as its enrolment and with its status, a page at "
        'a time: follow `Link` with `rel="next"` until there is none. As JSON, or as one subject a '
        "line (NDJSON) or CSV where `Accept` asks for it.",
    ),
    responses={**listed_as(ENROLMENTS), **documented(*LISTING)},
    **permits(Action.READ_RECORD),
)
async def list_subjects(
    request: Request,
    service: ServiceOfApp,
    caller: CallerOfRequest,
    form: FormOfAnswer,
    query: Annotated[SubjectsQuery, Query()],  # type: ignore[valid-type]
) -> Response:
    """List the subjects that the caller can see."""
    return await listed(request, service, caller, form, ENROLMENTS, query)
