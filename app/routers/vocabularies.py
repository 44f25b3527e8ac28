"""The words that the trial knows, by vocabulary and version."""

import json
from hashlib import sha256
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Response
from pydantic import BaseModel, ConfigDict, Field

from app.access.permissions import Action
from app.problems import InvalidParameter, NotFound, documented
from app.routers.caching import VOCABULARY_KEPT, kept
from app.routers.conditions import IfNoneMatch
from app.routers.record_routes import ETAG, SIGNED_IN
from app.routers.supplied import CallerOfRequest, ServiceOfApp
from app.routers.trial_route import TrialRoute, permits
from app.schemas.listing import SoughtText
from app.service import Service
from app.services.caller import Caller
from app.services.finding_vocabulary import SERVED
from app.vocabularies.registry import find_vocabulary

router = APIRouter(route_class=TrialRoute, tags=["vocabularies"])


class VocabularySummary(BaseModel):
    """One version of a vocabulary, without its concepts."""

    name: str
    version: str
    title: str
    source: str
    notice: str | None
    concepts: int = Field(description="How many it has.")


class VocabularyList(BaseModel):
    """Every vocabulary in every version, the current one of each name first."""

    items: list[VocabularySummary]


class Concept(BaseModel):
    """One concept of a vocabulary."""

    code: str
    display: str
    properties: dict[str, Any]


class VocabularyDocument(VocabularySummary):
    """One version of a vocabulary and the concepts asked for."""

    items: list[Concept]


class VocabularyQuery(BaseModel):
    """Which version, and which of its concepts."""

    model_config = ConfigDict(extra="forbid")

    version: str | None = Field(
        default=None, max_length=100, description="The current one without it."
    )
    search: SoughtText = Field(default="", max_length=100, description="Words that a concept has.")
    limit: int = Field(default=1000, ge=1, le=5000)


@router.get(
    "/v1/vocabularies",
    operation_id="list_vocabularies",
    summary="Every vocabulary",
    responses={
        200: {"model": VocabularyList, "headers": ETAG},
        304: {"description": "You hold this list.", "headers": ETAG},
        **documented(*SIGNED_IN),
    },
    **permits(Action.SIGNED_IN),
)
async def every_vocabulary(
    service: ServiceOfApp, caller: CallerOfRequest, if_none_match: IfNoneMatch = None
) -> Response:
    """List the vocabularies."""
    await _signed_in(service, caller)
    listed = VocabularyList(
        items=[
            VocabularySummary(**_summary(vocabulary))
            for versions in SERVED.values()
            for vocabulary in versions
        ]
    ).model_dump_json()
    digest = sha256(listed.encode()).hexdigest()[:16]
    return kept(listed, digest, VOCABULARY_KEPT, if_none_match)


@router.get(
    "/v1/vocabularies/{name}",
    operation_id="read_vocabulary",
    summary="One vocabulary, or what of it a search finds",
    responses={
        200: {"model": VocabularyDocument, "headers": ETAG},
        304: {"description": "You hold this version.", "headers": ETAG},
        **documented(*SIGNED_IN, NotFound, InvalidParameter),
    },
    **permits(Action.SIGNED_IN),
)
async def one_vocabulary(
    service: ServiceOfApp,
    caller: CallerOfRequest,
    name: Annotated[str, Path(max_length=100, examples=["response-category"])],
    query: Annotated[VocabularyQuery, Query()],
    if_none_match: IfNoneMatch = None,
) -> Response:
    """Give a vocabulary's concepts: all, or the best of those that a search finds."""
    await _signed_in(service, caller)
    vocabulary = find_vocabulary(name, query.version, among=SERVED)
    if vocabulary is None:
        raise NotFound("There is no such vocabulary, or not in this version.")
    found = vocabulary.search(query.search, limit=query.limit)
    items = [
        {"code": entry.code, "display": entry.display, "properties": dict(entry.properties)}
        for entry in found
    ]
    body = json.dumps({**_summary(vocabulary), "items": items}, ensure_ascii=False)
    return kept(body, vocabulary.digest, VOCABULARY_KEPT, if_none_match)


def _summary(vocabulary: Any) -> dict[str, Any]:
    return {
        "name": vocabulary.name,
        "version": vocabulary.version,
        "title": vocabulary.title,
        "source": vocabulary.source,
        "notice": vocabulary.notice,
        "concepts": len(vocabulary.entries),
    }


async def _signed_in(service: Service, caller: Caller) -> None:
    async with service.database.transaction(caller.principal, Action.SIGNED_IN):
        pass
