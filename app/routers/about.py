"""What a client asks first: the trial, itself, the centres it can see."""

from fastapi import APIRouter, Response
from pydantic import BaseModel, Field

from app.access.centres import visible_centres
from app.access.permissions import PERMISSIONS, Action, Role
from app.problems import documented
from app.routers.caching import TRIAL_KEPT, kept
from app.routers.conditions import IfNoneMatch
from app.routers.record_routes import ALWAYS, ETAG, SIGNED_IN
from app.routers.supplied import CallerOfRequest, ServiceOfApp
from app.routers.trial_route import TrialRoute, permits
from app.trial.trial import Trial

_CENTRES = """
SELECT code, name FROM centre WHERE $1::text[] IS NULL OR code = ANY ($1) ORDER BY code"""

router = APIRouter(route_class=TrialRoute, tags=["about"])


class GrantOfCaller(BaseModel):
    """One role of the caller."""

    role: Role
    centre: str | None = Field(description="None: for the whole trial.")


class Me(BaseModel):
    """Who the caller is and what it may do by its grants as they are now."""

    id: str
    name: str
    scopes: list[str] = Field(description="What the token can be used for.")
    grants: list[GrantOfCaller]
    actions: list[Action] = Field(description="What its roles allow, at some centre or everywhere.")


class CentreOut(BaseModel):
    """A centre of the trial."""

    code: str
    name: str


class Centres(BaseModel):
    """The centres that the caller can see."""

    items: list[CentreOut]


@router.get(
    "/v1/me",
    operation_id="read_me",
    summary="Who I am here",
    responses=documented(*SIGNED_IN),
    **permits(Action.SIGNED_IN),
)
async def me(service: ServiceOfApp, caller: CallerOfRequest) -> Me:
    """Say who the caller is and what it may do."""
    principal = caller.principal
    async with service.database.transaction(principal, Action.SIGNED_IN) as transaction:
        authority = transaction.authority
    roles = {grant.role for grant in authority.grants}
    return Me(
        id=str(principal.id),
        name=authority.name,
        scopes=sorted(principal.scopes),
        grants=[GrantOfCaller(role=one.role, centre=one.centre) for one in authority.grants],
        actions=[action for action in Action if roles & PERMISSIONS[action]],
    )


@router.get(
    "/v1/trial",
    operation_id="read_trial",
    summary="What the trial's file says",
    responses={
        200: {"model": Trial, "headers": ETAG},
        304: {"description": "You hold what the file says now.", "headers": ETAG},
        **documented(*SIGNED_IN),
    },
    **permits(Action.SIGNED_IN),
)
async def trial(
    service: ServiceOfApp, caller: CallerOfRequest, if_none_match: IfNoneMatch = None
) -> Response:
    """Give the protocol's parameters, as this deployment was started with."""
    async with service.database.transaction(caller.principal, Action.SIGNED_IN):
        pass
    trial_file = service.trial
    return kept(trial_file.model_dump_json(), trial_file.digest, TRIAL_KEPT, if_none_match)


@router.get(
    "/v1/centres",
    operation_id="list_centres",
    summary="The centres I can see",
    responses=documented(*ALWAYS),
    **permits(Action.READ_CENTRES),
)
async def centres(service: ServiceOfApp, caller: CallerOfRequest) -> Centres:
    """List the centres that the caller can see."""
    principal = caller.principal
    async with service.database.transaction(principal, Action.READ_CENTRES) as transaction:
        rows = await transaction.rows(
            _CENTRES,
            visible_centres(transaction.authority, Action.READ_CENTRES),
        )
    return Centres(items=[CentreOut(code=row["code"], name=row["name"]) for row in rows])
