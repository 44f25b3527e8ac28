"""How people sign in here from a browser."""

from typing import Literal

from fastapi import APIRouter
from pydantic import BaseModel, Field

from app.access.permissions import Action
from app.problems import UnknownParameter, documented
from app.routers.supplied import ServiceOfApp
from app.routers.trial_route import TrialRoute, permits

router = APIRouter(route_class=TrialRoute, tags=["sign in"])


class IssuerOfPeople(BaseModel):
    """An OpenID Connect issuer at which people sign in: authorization code with PKCE (S256)."""

    issuer: str
    name: str = Field(description="What people call it.")
    client_id: str
    authorization_endpoint: str
    token_endpoint: str
    scope: str
    token: Literal["access_token", "id_token"] = Field(
        description="Which of the tokens that it gives is sent here as Bearer."
    )


class WaysToSignIn(BaseModel):
    """How people can sign in to this deployment."""

    links: bool = Field(description="Whether the operator can print a link that signs in once.")
    issuers: list[IssuerOfPeople]


@router.get(
    "/v1/sign-in",
    operation_id="read_ways_to_sign_in",
    summary="How people sign in from a browser",
    responses=documented(UnknownParameter),
    **permits(Action.PUBLIC),
)
async def ways_to_sign_in(service: ServiceOfApp) -> WaysToSignIn:
    """Name the issuers that people can use, and whether there are links."""
    return WaysToSignIn(
        links=service.settings.database_url is None,
        issuers=[
            IssuerOfPeople(
                issuer=issuer.issuer,
                token=issuer.browser_token,
                **issuer.sign_in.model_dump(),
            )
            for issuer in service.sign_in.issuers.of_people
            if issuer.sign_in is not None
        ],
    )
