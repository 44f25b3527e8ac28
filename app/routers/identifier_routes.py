"""The routes of the identifiers of records, made once for each kind."""

from fastapi import APIRouter, Request

from app.access.permissions import Action
from app.problems import (
    BodyTooLarge,
    InvalidParameter,
    MalformedJson,
    NotFound,
    RecordVoided,
    SourceIdTaken,
    StaleVersion,
    UnsupportedMediaType,
    ValidationFailed,
    documented,
)
from app.routers.conditions import IdempotencyKey, IfMatch, based_on, keyed
from app.routers.record_routes import ALWAYS, RecordOfPath, SubjectOfPath, sent_as
from app.routers.record_words import words_of
from app.routers.supplied import CallerOfRequest, ServiceOfApp
from app.routers.trial_route import TrialRoute, permits
from app.schemas.identifiers import IdentifiersIn, IdentifiersOut
from app.schemas.record import RecordKind
from app.service import Service
from app.services import identifiers
from app.services.caller import Caller
from app.services.place import Place
from app.services.writers import actions_on

_DESCRIPTION = (
    "A record that is known by more than one id of its sender, as after two patient numbers were "
    "merged, is found by each of them: in imports, in references and in lists. An identifier is "
    "unique in its centre and kind; one of a voided record is free for another subject's, and both "
    "name each other. Nothing is taken away. `If-Match` is held to where it is sent."
)
_EXAMPLE = {"identifiers": ["LIS:998871:3-B"], "reason": "Two numbers of the sample were merged."}
_READING = (*ALWAYS, InvalidParameter, NotFound)
_WRITING = (
    *_READING,
    MalformedJson,
    BodyTooLarge,
    UnsupportedMediaType,
    ValidationFailed,
    StaleVersion,
    RecordVoided,
    SourceIdTaken,
)


def identifier_router(kind: RecordKind) -> APIRouter:
    """Make the routes of the identifiers of a kind of record."""
    router = APIRouter(route_class=TrialRoute, tags=[kind.path])
    address = "/v1/subjects/{subject}"
    if not kind.one_per_subject:
        address += f"/{kind.path}/{{record_id}}"
    address += "/identifiers"

    async def give(
        request: Request,
        service: Service,
        caller: Caller,
        place: Place,
        payload: IdentifiersIn,
        if_match: str | None,
        idempotency_key: str | None,
    ) -> IdentifiersOut:
        await keyed(request, idempotency_key, required=False)  # sent again it changes nothing
        return await identifiers.add(
            service.database,
            caller,
            place,
            payload,
            None if if_match is None else based_on(if_match),
        )

    async def show(
        service: Service,
        caller: Caller,
        place: Place,
    ) -> IdentifiersOut:
        return await identifiers.read(service.database, caller, place)

    if kind.one_per_subject:

        async def put(
            request: Request,
            service: ServiceOfApp,
            caller: CallerOfRequest,
            subject: SubjectOfPath,
            payload: IdentifiersIn,
            if_match: IfMatch = None,
            idempotency_key: IdempotencyKey = None,
        ) -> IdentifiersOut:
            return await give(
                request, service, caller, Place(kind, subject), payload, if_match, idempotency_key
            )

        async def get(
            service: ServiceOfApp, caller: CallerOfRequest, subject: SubjectOfPath
        ) -> IdentifiersOut:
            return await show(service, caller, Place(kind, subject))
    else:

        async def put(  # type: ignore[misc]
            request: Request,
            service: ServiceOfApp,
            caller: CallerOfRequest,
            subject: SubjectOfPath,
            record_id: RecordOfPath,
            payload: IdentifiersIn,
            if_match: IfMatch = None,
            idempotency_key: IdempotencyKey = None,
        ) -> IdentifiersOut:
            return await give(
                request,
                service,
                caller,
                Place(kind, subject, record_id),
                payload,
                if_match,
                idempotency_key,
            )

        async def get(  # type: ignore[misc]
            service: ServiceOfApp,
            caller: CallerOfRequest,
            subject: SubjectOfPath,
            record_id: RecordOfPath,
        ) -> IdentifiersOut:
            return await show(service, caller, Place(kind, subject, record_id))

    router.put(
        address,
        operation_id=f"identify_{kind.named}",
        **words_of(kind, "identify", _DESCRIPTION),
        response_model=IdentifiersOut,
        responses=documented(*_WRITING),
        **permits(actions_on(kind).amend, **sent_as(_EXAMPLE)),
    )(put)
    router.get(
        address,
        operation_id=f"identifiers_of_{kind.named}",
        **words_of(kind, "identifiers"),
        response_model=IdentifiersOut,
        responses=documented(*_READING),
        **permits(Action.READ_RECORD),
    )(get)
    return router
