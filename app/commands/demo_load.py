"""Loading a demonstration trial: clients for its centres, everything over HTTP, and the report."""

import asyncio
import time
from contextlib import AsyncExitStack

import asyncpg
import httpx
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from app.access.permissions import Role
from app.commands.console import fail, output
from app.commands.demo_report import show
from app.commands.operator_access import as_owner
from app.demo.client import CentreClient, Refused
from app.demo.credentials import (
    Credentials,
    KeyPair,
    SecretInForm,
    SecretInHeader,
    SignedAssertion,
)
from app.demo.isolation import check_isolation
from app.demo.load import load, loaded, steps
from app.demo.records import REVIEWERS, Proof, TrialRecords
from app.demo.report import LoadReport
from app.services import administration


def tell(trial: TrialRecords, url: str) -> bool:
    """Load a trial into the service unless it is loaded, by clients made for it.

    Returns:
        whether all is as it should be.

    Raises:
        typer.Exit: the service is not there, or serves another trial.
    """
    _require_service(url)
    credentials = as_owner(lambda owner: _register(owner, trial))
    try:
        report = asyncio.run(_told(trial, url, credentials))
    except httpx.HTTPError as error:
        raise fail(f"The service at {url} went away: {type(error).__name__}.") from None
    except Refused as refused:
        raise fail(f"The service does not let the clients in: {refused.detail}") from None
    finally:
        as_owner(lambda owner: _unregister(owner, credentials))
    if report is None:
        output.print("The demonstration trial is loaded already.")
        return True
    return show(report, trial)


def _require_service(url: str) -> None:
    """Look for the service before anything is changed."""
    try:
        httpx.get(f"{url}/livez", timeout=10.0).raise_for_status()
    except httpx.HTTPError:
        raise fail(f"No service answers at {url}: start it with `dayzero serve`.") from None


async def _register(
    owner: asyncpg.Connection, trial: TrialRecords
) -> dict[str, tuple[str, Credentials]]:
    """Open the centres, and make clients for this load: the name and the proof of each.

    A centre has one of its own, and so have the reviewers when they have anything to tell.
    """
    open_already = {row["code"] for row in await administration.centres(owner)}
    registered = {}
    for centre in trial.centres:
        if centre.code not in open_already:
            await administration.add_centre(owner, centre.code, centre.name)
        name = f"{centre.name}: integration engine {time.time_ns():x}"
        # A coordinator: the demonstration also voids a record, which is not for machines alone.
        proof = await _client(owner, name, Role.COORDINATOR, centre.code, centre.proof)
        registered[centre.code] = (name, proof)
    if trial.adjudicated:
        name = f"Response reviewers: reading room {time.time_ns():x}"
        proof = await _client(owner, name, Role.RESPONSE_REVIEWER, None, "private_key_jwt")
        registered[REVIEWERS] = (name, proof)
    return registered


async def _client(
    owner: asyncpg.Connection, name: str, role: Role, centre: str | None, proof: Proof
) -> Credentials:
    keys = KeyPair()
    jwks = keys.jwks() if proof == "private_key_jwt" else None
    made = await administration.create_client(owner, name, role, centre, jwks)
    if made.secret is None:
        return SignedAssertion(str(made.client_id), keys)
    if proof == "client_secret_post":
        return SecretInForm(str(made.client_id), made.secret)
    return SecretInHeader(str(made.client_id), made.secret)


async def _unregister(
    owner: asyncpg.Connection, registered: dict[str, tuple[str, Credentials]]
) -> None:
    """Take the clients' access: nobody keeps their secrets."""
    for name, _ in registered.values():
        await administration.revoke_client(owner, name)


async def _told(
    trial: TrialRecords, url: str, registered: dict[str, tuple[str, Credentials]]
) -> LoadReport | None:
    """Load the trial and look at it from every centre; None when it is loaded already."""
    async with AsyncExitStack() as stack:
        clients = {}
        for code, (_, credentials) in registered.items():
            http = httpx.AsyncClient(base_url=url, timeout=httpx.Timeout(10.0, read=300.0))
            clients[code] = await stack.enter_async_context(CentreClient(http, credentials))
        await _require_trial(trial, next(iter(clients.values())))
        if await loaded(trial, clients):
            return None
        output.print("The centres tell their records over HTTP ...")
        with _progress() as progress:
            bars = {
                centre.code: progress.add_task(centre.name, total=steps(centre))
                for centre in trial.centres
            }
            report = await load(
                trial, clients, lambda centre, done: progress.advance(bars[centre], done)
            )
        with output.status("Looking at the trial from every centre ..."):
            await check_isolation(trial, clients, report)
        return report


async def _require_trial(trial: TrialRecords, client: CentreClient) -> None:
    served = (await client.read("/v1/trial"))["trial"]["code"]
    if served != trial.trial_code:
        raise fail(
            f"The service serves the trial {served}, these records belong to {trial.trial_code}: "
            "start it with `dayzero serve --trial FILE`, on a data directory of its own."
        )


def _progress() -> Progress:
    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        console=output,
    )
