"""The routes that every kind of record has, made once for each kind.

Create, amend, void, fetch, history and the list of one subject lie under the subject; the list
across subjects lies at the top.
"""

import uuid
from collections.abc import Mapping
from functools import cache
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Request, Response

from app.access.permissions import Action
from app.problems import (
    AsOfInTheFuture,
    BodyTooLarge,
    DatabaseUnavailable,
    DeadlineExceeded,
    IdempotencyKeyInFlight,
    IdempotencyKeyMissing,
    IdempotencyKeyReused,
    IfMatchMissing,
    InsufficientScope,
    InvalidParameter,
    InvalidToken,
    LotAlreadyInfused,
    MalformedJson,
    NotAcceptable,
    NotFound,
    NotPermitted,
    OutcomeUnknown,
    Overloaded,
    Problem,
    RecordVoided,
    SourceIdTaken,
    StaleVersion,
    StorageFull,
    TooManyRequests,
    UnknownParameter,
    UnsupportedMediaType,
    ValidationFailed,
    documented,
)
from app.routers.conditions import (
    IdempotencyKey,
    IfMatch,
    IfNoneMatch,
    based_on,
    keyed,
)
from app.routers.record_answers import fetched, listed, listed_as, respond, versions
from app.routers.record_words import words_of
from app.routers.supplied import CallerOfRequest, FormOfAnswer, ServiceOfApp
from app.routers.trial_route import TrialRoute, permits
from app.schemas.infusion import INFUSIONS
from app.schemas.listing import ReadQuery, list_query
from app.schemas.record import Reasoned, RecordKind
from app.services.place import Place
from app.services.writers import actions_on

SubjectOfPath = Annotated[
    str,
    Path(
        pattern="^[0-9A-Z]{1,8}-[0-9]{3,6}$",
        description="The subject's code, as in `03-001`.",
        examples=["03-001"],
    ),
]
RecordOfPath = Annotated[
    uuid.UUID,
    Path(description="The record's identity.", examples=["0199d2c8-6f0e-7c2a-9d7e-4a5b6c7d8e9f"]),
]

ALWAYS: tuple[type[Problem], ...] = (
    UnknownParameter,
    InvalidToken,
    NotPermitted,
    InsufficientScope,
    TooManyRequests,
    DatabaseUnavailable,
    OutcomeUnknown,
    Overloaded,
    StorageFull,
    DeadlineExceeded,
)
"""What any route that needs a caller may refuse with."""

SIGNED_IN = tuple(problem for problem in ALWAYS if problem is not InsufficientScope)
"""What a route may refuse with that any token will do for."""

LISTING = (*ALWAYS, InvalidParameter, AsOfInTheFuture, NotAcceptable)
READING = (*ALWAYS, InvalidParameter, NotFound, AsOfInTheFuture)
ENROLLING = (
    *ALWAYS,
    MalformedJson,
    InvalidParameter,
    IdempotencyKeyInFlight,
    IdempotencyKeyReused,
    BodyTooLarge,
    UnsupportedMediaType,
    ValidationFailed,
)
WRITING = (*ENROLLING, NotFound)
CHANGING = (*WRITING, StaleVersion, IfMatchMissing, RecordVoided)
"""What the routes of records may refuse with."""

ETAG = {
    "ETag": {
        "description": "The version, in quotes.",
        "required": True,
        "schema": {"type": "string"},
    }
}
_REPLAYED = {
    "Idempotency-Replayed": {
        "description": "`true` when this is the stored answer of an earlier request.",
        "schema": {"type": "string"},
    }
}
_LOCATION = {
    "Location": {
        "description": "The new record.",
        "required": True,
        "schema": {"type": "string"},
    }
}
SUBMITTED = {**_LOCATION, **ETAG, **_REPLAYED}
AMENDED = {**ETAG, **_REPLAYED}
"""The headers of the answers to a write."""

AMENDING = {"reason": "A value was read from the wrong line."}
VOIDING = {"reason": "Entered for the wrong subject."}


def leads_to(named: str, **parameters: str) -> dict[str, Any]:
    """Describe what can be done with the answer of a write, as OpenAPI links."""
    stored = {f"path.{name}": expression for name, expression in parameters.items()}
    changing = stored | {"header.If-Match": "$response.header.ETag"}
    return {
        f"{does}_{named}": {"operationId": f"{does}_{named}", "parameters": needs}
        for does, needs in (
            ("fetch", stored),
            ("history_of", stored),
            ("amend", changing),
            ("void", changing),
        )
    }


def sent_as(example: Mapping[str, Any]) -> dict[str, Any]:
    """Describe the body of a route by an example, as a member of its OpenAPI operation."""
    return {"requestBody": {"content": {"application/json": {"example": dict(example)}}}}


@cache
def record_router(kind: RecordKind) -> APIRouter:
    """Make the routes of a kind of record, once for all applications of the process."""
    router = APIRouter(route_class=TrialRoute, tags=[kind.path])
    of_subject = f"/v1/subjects/{{subject}}/{kind.path}"
    one = of_subject + "/{record_id}"
    named, together = kind.named, kind.named_together
    writing = actions_on(kind)
    of_kind = (LotAlreadyInfused,) if kind is INFUSIONS else ()
    links = leads_to(
        named, subject="$response.body#/subject", record_id="$response.body#/record_id"
    )

    @router.post(
        of_subject,
        status_code=201,
        operation_id=f"submit_{named}",
        **words_of(kind, "submit"),
        responses={
            201: {"model": kind.stored, "headers": SUBMITTED, "links": links},
            **documented(*WRITING, IdempotencyKeyMissing, SourceIdTaken, *of_kind),
        },
        **permits(writing.submit, **sent_as(kind.example)),
    )
    async def submit(
        request: Request,
        service: ServiceOfApp,
        caller: CallerOfRequest,
        subject: SubjectOfPath,
        payload: kind.submission,  # type: ignore[name-defined]
        idempotency_key: IdempotencyKey = None,
    ) -> Response:
        return respond(
            await service.records.submit(
                caller,
                Place(kind, subject),
                payload,
                await keyed(request, idempotency_key, required=True),
            )
        )

    @router.put(
        one,
        operation_id=f"amend_{named}",
        **words_of(kind, "amend"),
        responses={
            200: {"model": kind.stored, "headers": AMENDED, "links": links},
            **documented(*CHANGING, *of_kind),
        },
        **permits(writing.amend, **sent_as({**kind.example, **AMENDING})),
    )
    async def amend(
        request: Request,
        service: ServiceOfApp,
        caller: CallerOfRequest,
        subject: SubjectOfPath,
        record_id: RecordOfPath,
        payload: kind.amendment,  # type: ignore[name-defined]
        if_match: IfMatch = None,
        idempotency_key: IdempotencyKey = None,
    ) -> Response:
        return respond(
            await service.records.amend(
                caller,
                Place(kind, subject, record_id),
                payload,
                based_on(if_match),
                await keyed(request, idempotency_key, required=False),
            )
        )

    @router.post(
        one + "/void",
        operation_id=f"void_{named}",
        **words_of(kind, "void"),
        responses={
            200: {"model": kind.stored, "headers": AMENDED},
            **documented(*CHANGING, IdempotencyKeyMissing),
        },
        **permits(writing.void, **sent_as(VOIDING)),
    )
    async def void(
        request: Request,
        service: ServiceOfApp,
        caller: CallerOfRequest,
        subject: SubjectOfPath,
        record_id: RecordOfPath,
        payload: Reasoned,
        if_match: IfMatch = None,
        idempotency_key: IdempotencyKey = None,
    ) -> Response:
        return respond(
            await service.records.void(
                caller,
                Place(kind, subject, record_id),
                payload.reason,
                based_on(if_match),
                await keyed(request, idempotency_key, required=True),
            )
        )

    @router.get(
        one,
        operation_id=f"fetch_{named}",
        **words_of(kind, "fetch"),
        responses={
            200: {"model": kind.shown, "headers": ETAG},
            304: {"description": "You hold the current version.", "headers": ETAG},
            **documented(*READING),
        },
        **permits(Action.READ_RECORD),
    )
    async def fetch(
        service: ServiceOfApp,
        caller: CallerOfRequest,
        subject: SubjectOfPath,
        record_id: RecordOfPath,
        query: Annotated[ReadQuery, Query()],
        if_none_match: IfNoneMatch = None,
    ) -> Response:
        return await fetched(service, caller, Place(kind, subject, record_id), query, if_none_match)

    @router.get(
        one + "/history",
        operation_id=f"history_of_{named}",
        **words_of(kind, "history"),
        responses={200: {"model": kind.history}, **documented(*READING)},
        **permits(Action.READ_RECORD),
    )
    async def history(
        service: ServiceOfApp,
        caller: CallerOfRequest,
        subject: SubjectOfPath,
        record_id: RecordOfPath,
        query: Annotated[ReadQuery, Query()],
    ) -> Response:
        return await versions(service, caller, Place(kind, subject, record_id), query)

    of_subject_query = list_query(kind, across_subjects=False)
    across_query = list_query(kind, across_subjects=True)

    @router.get(
        of_subject,
        operation_id=f"list_{together}_of_subject",
        **words_of(kind, "list_of_subject"),
        responses={**listed_as(kind), **documented(*READING, NotAcceptable)},
        **permits(Action.READ_RECORD),
    )
    async def list_of_subject(
        request: Request,
        service: ServiceOfApp,
        caller: CallerOfRequest,
        form: FormOfAnswer,
        subject: SubjectOfPath,
        query: Annotated[of_subject_query, Query()],  # type: ignore[valid-type]
    ) -> Response:
        return await listed(request, service, caller, form, kind, query, subject)

    @router.get(
        f"/v1/{kind.path}",
        operation_id=f"list_{together}",
        **words_of(kind, "list"),
        responses={**listed_as(kind), **documented(*LISTING)},
        **permits(Action.READ_RECORD),
    )
    async def list_across_subjects(
        request: Request,
        service: ServiceOfApp,
        caller: CallerOfRequest,
        form: FormOfAnswer,
        query: Annotated[across_query, Query()],  # type: ignore[valid-type]
    ) -> Response:
        return await listed(request, service, caller, form, kind, query)

    return router
