"""A client made of the contract at work at a running service, and what the service holds then."""

import asyncio
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx

from app.access.permissions import Role
from app.services import administration
from tests.clients.generators import Broken, Generator
from tests.deployment import open_directory
from tests.faults.served import Served, open_centres, serving

CONTRACT = Path(__file__).parents[2] / "openapi" / "openapi.json"


@dataclass(frozen=True)
class Step:
    """What a client did, in its own words."""

    name: str
    what: str


@contextmanager
def service() -> Iterator[Served]:
    """Give ``dayzero serve`` on an empty database."""
    with open_directory() as directory, serving(directory) as served:
        yield served


def walked(generator: Generator, served: Served) -> list[Step]:
    """Make a client and let it do all that our programme asks of it.

    Raises:
        Broken: a generator failed or warned, an operation is lost, a step failed or is missing, or
            the service does not hold what the client says it sent.
    """
    warnings = generator.warnings(generator.generate())
    if warnings:
        raise Broken(f"{generator.name} warns:\n" + "\n".join(warnings))
    lost = declared(CONTRACT) - generator.operations()
    if lost:
        raise Broken(f"{generator.name} dropped {', '.join(sorted(lost))}")
    generator.take_written()
    client_id, secret = asyncio.run(_client(served, generator.centre))
    reader_id, reader_secret = asyncio.run(_auditor(served, generator.name))
    said = generator.run(
        *generator.command(),
        ORIGIN=served.origin, CENTRE=generator.centre, CLIENT_ID=client_id, CLIENT_SECRET=secret,
        READER_ID=reader_id, READER_SECRET=reader_secret,
    )  # fmt: skip
    steps = reported(generator, said)
    with httpx.Client(base_url=served.origin, timeout=60) as reader:
        token = reader.post(
            "/oauth/token", data={"grant_type": "client_credentials"}, auth=(client_id, secret)
        ).json()["access_token"]
        reader.headers["Authorization"] = f"Bearer {token}"
        _hold_to_what_was_sent(generator, reader, steps[1].what.rpartition(" ")[2])
    made = f"{len(generator.operations())} operations, none lost{generator.besides}"
    return [Step("generate", made), *steps]


def declared(contract: Path) -> set[str]:
    """Name the operations of a contract."""
    paths = json.loads(contract.read_text(encoding="utf-8"))["paths"]
    return {operation["operationId"] for path in paths.values() for operation in path.values()}


def reported(generator: Generator, said: str) -> list[Step]:
    """Read what a programme reported, a step a line.

    Raises:
        Broken: a step is missing, or there is one that nobody asked for.
    """
    lines = [json.loads(line) for line in said.splitlines() if line.startswith("{")]
    steps = [Step(line["step"], line["what"]) for line in lines]
    done = tuple(step.name for step in steps)
    if done != generator.steps:
        raise Broken(f"{generator.name} did {', '.join(done)}, not {', '.join(generator.steps)}")
    return steps


def _hold_to_what_was_sent(generator: Generator, reader: httpx.Client, subject: str) -> None:
    """Read by another way what the client says that it sent."""
    held = {
        kind: reader.get(f"/v1/subjects/{subject}/{kind}").json()["items"]
        for kind in ("infusions", "adverse-events", "lab-results")
    }
    found = (
        len(held["infusions"]),
        [(event["grade"], event["version"]) for event in held["adverse-events"]],
        len(held["lab-results"]),
    )
    if found != (1, [(3, 2)], 9):
        raise Broken(f"{generator.name}: the service holds infusions, events, results {found}")


async def _client(served: Served, centre: str) -> tuple[str, str]:
    """Open a centre and make its client as the operator does; give its id and its secret."""
    async with served.owner() as owner:
        await open_centres(owner, centre)
        made = await administration.create_client(
            owner, f"system of {centre}", Role.COORDINATOR, centre, None
        )
    assert made.secret is not None
    return str(made.client_id), made.secret


async def _auditor(served: Served, name: str) -> tuple[str, str]:
    """Make a client that may read everything for an hour; give its id and its secret."""
    ends_at = datetime.now(UTC) + timedelta(hours=1)
    async with served.owner() as owner:
        made = await administration.create_client(
            owner, f"auditor with {name}", Role.AUDITOR, None, None, ends_at
        )
    assert made.secret is not None
    return str(made.client_id), made.secret
