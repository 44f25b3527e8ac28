"""One served trial of nine subjects and one browser for all of these tests."""

import asyncio
import json
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import uvicorn
from playwright.async_api import Browser, async_playwright

from app.demo.synthetic import synthetic_trial
from app.embedded_postgres import EmbeddedPostgres
from tests.deployment import Deployment, clone_of_template
from tests.endpoints.demonstration import tell_centre
from tests.web.issuer import CLIENT, Issuer
from tests.web.visit import ARGUMENTS, Visit, chromium, visit

CENTRES, SUBJECTS = 3, 3
"""How many centres take part, and how many subjects of each."""


@dataclass
class Site:
    """What is served, and the issuers at which its people sign in."""

    deployment: Deployment
    origin: str
    issuers: dict[str, Issuer]

    async def token(self, role: str, *centres: str) -> str:
        """Sign somebody in who has a role."""
        caller = await self.deployment.caller(role, *centres)
        return self.deployment.token(caller.id)


@pytest.fixture(scope="package")
async def site(
    server: EmbeddedPostgres, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Site]:
    """Serve the trial as it is shipped, with a part of the demonstration in it."""
    chromium()
    directory = tmp_path_factory.mktemp("site")
    listeners = [socket.create_server(("127.0.0.1", 0)) for _ in range(3)]
    origin, first, second = (f"http://127.0.0.1:{one.getsockname()[1]}" for one in listeners)
    issuers = {"Lakeside": Issuer(first, origin), "Harbour": Issuer(second, origin)}
    async with AsyncExitStack() as stack:
        name = await stack.enter_async_context(clone_of_template(server))
        deployment = await stack.enter_async_context(
            Deployment(
                server,
                name,
                directory,
                issuer=origin,
                external_issuers=_listed(directory, issuers),
                access_token_seconds=3600,
            )
        )
        for centre in synthetic_trial(1).centres[:CENTRES]:
            caller = await deployment.caller("coordinator", centre.code)
            await tell_centre(caller, centre.subjects[:SUBJECTS], {})
        apps: list[Any] = [deployment.app, *(issuer.app for issuer in issuers.values())]
        for app, listener in zip(apps, listeners, strict=True):
            await stack.enter_async_context(_listening(app, listener))
        yield Site(deployment, origin, issuers)


@pytest.fixture(scope="package")
async def browser(site: Site) -> AsyncIterator[Browser]:
    """One browser: Debian's, not one that Playwright would fetch."""
    async with async_playwright() as playwright:
        running = await playwright.chromium.launch(
            executable_path=chromium(), args=ARGUMENTS, headless=True
        )
        yield running
        await running.close()


Visiting = Callable[..., AbstractAsyncContextManager[Visit]]


@pytest.fixture
def visiting(browser: Browser, site: Site) -> Visiting:
    """Open the page as somebody with a role, or as nobody."""

    @asynccontextmanager
    async def opened(
        role: str | None = None, *centres: str, **options: Any
    ) -> AsyncIterator[Visit]:
        token = await site.token(role, *centres) if role else None
        async with visit(browser, site.origin, token, **options) as one:
            yield one

    return opened


def _listed(directory: Path, issuers: dict[str, Issuer]) -> Path:
    """Write the list of issuers: of one the access token is for us, of the other the identity's."""
    settings = [issuer.settings(name) for name, issuer in issuers.items()]
    settings[1]["audience"] = CLIENT
    file = directory / "issuers.json"
    file.write_text(json.dumps(settings), encoding="utf-8")
    return file


@asynccontextmanager
async def _listening(app: Any, listener: socket.socket) -> AsyncIterator[None]:
    config = uvicorn.Config(app, lifespan="off", log_level="critical")
    http = uvicorn.Server(config)
    serving = asyncio.create_task(http.serve(sockets=[listener]))
    try:
        yield
    finally:
        http.should_exit = True
        await serving
