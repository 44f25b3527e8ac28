"""The running service, two centres as peers, and schemathesis beside them."""

import asyncio
import json
import os
import sys
import uuid
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import uvicorn

from app.schemas.listing import Cursor
from app.schemas.record_kinds import RECORD_KINDS
from tests.deployment import Caller, Deployment
from tests.rules_between_fields import BEYOND_A_SCHEMA, PROBLEMS, RULES
from tests.test_isolation import OTHER, OWN, Centre, a_centre, canary

CONFIGURATION = Path(__file__).with_name("schemathesis.toml")


@dataclass(frozen=True)
class Outcome:
    """What a run of schemathesis ended with."""

    code: int
    report: str


@asynccontextmanager
async def on_loopback(deployment: Deployment) -> AsyncIterator[str]:
    """Serve a deployment on a port of its own and give its address."""
    deployment.app.openapi()  # made once; schemathesis gives it ten seconds on a busy machine
    server = uvicorn.Server(
        uvicorn.Config(deployment.app, port=0, lifespan="off", log_level="critical")
    )
    serving = asyncio.create_task(server.serve())
    while not server.started:  # noqa: ASYNC110 - uvicorn has no event for it
        await asyncio.sleep(0.02)
    try:
        port = server.servers[0].sockets[0].getsockname()[1]
        yield f"http://127.0.0.1:{port}"
    finally:
        server.should_exit = True
        await serving


@dataclass(frozen=True)
class Run:
    """Which phases, how long at most, and from where chance begins; None: anywhere."""

    phases: str
    seconds: int
    seed: int | None


async def two_centres(deployment: Deployment) -> dict[str, Centre]:
    """Open two centres, each with a subject and a record of each kind."""
    return {code: await a_centre(deployment, code) for code in (OWN, OTHER)}


async def run_schemathesis(
    address: str, centres: Mapping[str, Centre], auditor: Caller, directory: Path, run: Run
) -> Outcome:
    """Run every phase and every check against the service.

    Args:
        address: where the service is.
        centres: the peers; neither must see what is the other's.
        auditor: who is called in where no centre may.
        directory: where the run keeps what it needs.
        run: what of it, how long, and from where on.
    """
    callers = {code: centre.coordinator for code, centre in centres.items()}
    signed_in = [
        {
            "name": name,
            "fixedHeaders": [
                {"name": "Authorization", "value": caller.http.headers["Authorization"]}
            ],
        }
        for name, caller in (*callers.items(), ("auditor", auditor))
    ]
    (directory / "peers.json").write_text(json.dumps({"auth": signed_in}))
    known = {
        "canaries": {code: canary(code) for code in centres},
        "codes": [*BEYOND_A_SCHEMA, *RULES],
        "problems": [*PROBLEMS],
        "examples": {
            "/v1/subjects"
            if kind.one_per_subject
            else f"/v1/subjects/{{subject}}/{kind.path}": dict(kind.example)
            for kind in RECORD_KINDS
        },
    }
    (directory / "known.json").write_text(json.dumps(known))
    configuration = directory / "schemathesis.toml"
    configuration.write_text(f"{CONFIGURATION.read_text()}\n{_particulars(centres, directory)}")
    process = await asyncio.create_subprocess_exec(
        str(Path(sys.executable).with_name("schemathesis")),
        "--config-file", str(configuration), "--no-color",
        "run", f"{address}/openapi.json",
        "--phases", run.phases,
        "--max-time", str(run.seconds),
        *(() if run.seed is None else ("--seed", str(run.seed))),
        env={
            **os.environ,
            "SCHEMATHESIS_HOOKS": "tests.contract_hooks",
            "CONTRACT_KNOWN": str(directory / "known.json"),
        },
        cwd=Path(__file__).parents[1],
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )  # fmt: skip
    output, _ = await process.communicate()
    return Outcome(process.returncode or 0, output.decode(errors="replace"))


def _particulars(centres: Mapping[str, Centre], directory: Path) -> str:
    """Write what the configuration says of this run: who calls, and what is stored."""
    own, other = centres.values()
    written = f"""
[auth.wfc]
path = "{directory}/peers.json"
peers = {json.dumps([*centres])}

[dictionaries.subjects]
values = {_mostly(own.subject, other.subject)}

[dictionaries.cursors]
values = {json.dumps([_cursor(record) for record in [*own.records.values()][1:]])}

[dictionaries.cuts]
values = ["0", "5", "20", "2026-01-01T00:00:00Z", "999999"]

[parameters]
"path.subject" = {{ dictionary = "subjects", probability = 0.8 }}
"query.cursor" = {{ dictionary = "cursors", probability = 0.9 }}
"query.as_of" = {{ dictionary = "cuts", probability = 0.8 }}
"""
    for kind in RECORD_KINDS:
        if not kind.one_per_subject:
            written += f"""
[dictionaries.{kind.path}]
values = {_mostly(own.records[kind.path], other.records[kind.path])}

[[operations]]
include-tag = "{kind.path}"
[operations.parameters]
"path.record_id" = {{ dictionary = "{kind.path}", probability = 0.8 }}
"""
    return written


def _cursor(record: str) -> str:
    return Cursor(after=uuid.UUID(record)).encoded()


def _mostly(own: str, other: str) -> str:
    """Write a dictionary that has the caller's own more often than the peer's."""
    return json.dumps([own, own, own, other])
