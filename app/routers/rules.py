"""The rule book: by which rules figures are made, from which sources."""

from typing import Annotated

from fastapi import APIRouter, Query, Response
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict, Field

from app.access.permissions import Action
from app.problems import InvalidParameter, documented
from app.routers.conditions import IfNoneMatch
from app.routers.record_routes import ETAG, SIGNED_IN
from app.routers.supplied import CallerOfRequest, ServiceOfApp
from app.routers.trial_route import TrialRoute, permits
from app.schemas.listing import SoughtText
from app.services.code_digest import code_digest
from app.services.entity_tags import is_held
from app.services.reports.question import RULES_VERSION
from app.services.rule_book.kept import kept_rules, rules_identity

router = APIRouter(route_class=TrialRoute, tags=["vocabularies"])


class RuleWords(BaseModel):
    """What a rule says of itself."""

    title: str
    text: list[str] = Field(description="Paragraphs that follow the title.")
    sources: list[str] = Field(description="Documents that it is taken from.")
    decisions: list[str] = Field(description="What was decided where they are silent.")


class RuleBoundary(BaseModel):
    """A number that a rule turns on."""

    name: str
    value: str
    meaning: str


class RuleFunction(BaseModel):
    """A part of a rule with a source or a decision of its own."""

    name: str
    said: RuleWords


class Rule(BaseModel):
    """One rule, its boundaries, its parts and the tests that hold it."""

    room: str
    module: str
    said: RuleWords
    boundaries: list[RuleBoundary]
    functions: list[RuleFunction]
    tests: list[str]


class RuleBook(BaseModel):
    """Every rule by which figures are made."""

    version: str = Field(description="The day of the newest rule.")
    code_digest: str = Field(description="The identity of the rules, as in every answer.")
    items: list[Rule]


class RuleQuery(BaseModel):
    """Which of the rules."""

    model_config = ConfigDict(extra="forbid")

    search: SoughtText = Field(default="", max_length=100, description="Words that a rule has.")


@router.get(
    "/v1/rules",
    operation_id="read_rules",
    summary="The rule book",
    responses={
        200: {"model": RuleBook, "headers": ETAG},
        304: {"description": "You hold this version.", "headers": ETAG},
        **documented(*SIGNED_IN, InvalidParameter),
    },
    **permits(Action.SIGNED_IN),
)
async def rule_book(
    service: ServiceOfApp,
    caller: CallerOfRequest,
    query: Annotated[RuleQuery, Query()],
    if_none_match: IfNoneMatch = None,
) -> Response:
    """Give the rules by which figures are made.

    Each says what it does, its boundaries, its sources, what was decided where they are silent, and
    the tests that hold it.
    """
    async with service.database.transaction(caller.principal, Action.SIGNED_IN):
        pass
    etag = f'"{rules_identity()}"'
    if is_held(if_none_match, etag):
        return Response(status_code=304, headers={"ETag": etag})
    words = query.search.casefold().split()
    found = [rule for rule in kept_rules() if all(word in str(rule).casefold() for word in words)]
    book = {"version": RULES_VERSION, "code_digest": code_digest(), "items": found}
    return JSONResponse(book, headers={"ETag": etag})
