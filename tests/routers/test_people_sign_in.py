"""What a front end is told about how people sign in here, and what the page may then call."""

import json
from pathlib import Path

from app.embedded_postgres import EmbeddedPostgres
from tests.access.test_browser_sign_in import SIGN_IN
from tests.access.test_issuers import JWKS, LOGIN
from tests.deployment import Deployment, clone_of_template

SYSTEMS = "https://systems.example"


async def test_the_issuers_of_people_are_named_and_no_more_of_their_terms(
    server: EmbeddedPostgres, tmp_path: Path
) -> None:
    issuers = [
        {"issuer": LOGIN, "audience": "dayzero", "jwks": JWKS, "sign_in": SIGN_IN},
        {"issuer": SYSTEMS, "audience": "dayzero", "jwks": JWKS},
    ]
    file = tmp_path / "issuers.json"
    file.write_text(json.dumps(issuers), encoding="utf-8")
    async with (
        clone_of_template(server) as name,
        Deployment(server, name, tmp_path, external_issuers=file) as deployment,
    ):
        anybody = deployment.client()
        told = (await anybody.get("/v1/sign-in")).json()
        page = await anybody.get("/")
    assert told == {
        "links": True,
        "issuers": [{**SIGN_IN, "issuer": LOGIN, "scope": "openid", "token": "access_token"}],
    }
    policy = page.headers["content-security-policy"]
    assert "connect-src 'self' https://login.example; " in policy
    assert "systems" not in policy


async def test_on_our_own_database_there_are_no_links(deployment: Deployment) -> None:
    anybody = deployment.client()
    assert (await anybody.get("/v1/sign-in")).json() == {"links": True, "issuers": []}
    service = deployment.service
    own = service.settings.model_copy(update={"database_url": "postgresql://own"})
    service.settings = own
    assert (await anybody.get("/v1/sign-in")).json()["links"] is False
