"""Tells subjects to a deployment in bulk, and asks it about them."""

from __future__ import annotations

import asyncio
import json
from collections import defaultdict
from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from app.embedded_postgres import EmbeddedPostgres
from tests.deployment import Caller, Deployment, clone_of_template
from tests.subjects.told import Subject
from tests.trial.trial_documents import raw, set_at, written

AT_ONCE = 6


@dataclass(slots=True)
class Cohort:
    """A deployment with subjects, known by the names that the tests gave them."""

    deployment: Deployment
    reader: Caller
    codes: dict[str, str] = field(default_factory=dict)

    async def tell(self, *subjects: Subject) -> None:
        """Send everything of new subjects; each line has to be stored."""
        await tell(self.deployment, self.codes, subjects)

    async def endpoint(self, name: str, **query: Any) -> dict[str, Any]:
        """Ask for an endpoint."""
        return await self.get(f"/v1/endpoints/{name}", **query)

    async def rows(self, endpoint: str, **query: Any) -> dict[str, dict[str, Any]]:
        """Ask for the rows of an endpoint, by the names of the subjects."""
        answer = await self.endpoint(endpoint, rows="true", **query)
        return self.by_name(answer["rows"])

    def by_name(self, rows: Iterable[dict[str, Any]]) -> dict[str, dict[str, Any]]:
        """Put rows under the names of their subjects."""
        names = {code: name for name, code in self.codes.items()}
        return {names[row["USUBJID"]]: row for row in rows}

    async def response(self, name: str, **query: Any) -> dict[str, Any]:
        """Ask why a subject's response is what it is."""
        return await self.get(f"/v1/subjects/{self.codes[name]}/response", **query)

    async def responses(
        self, queries: Mapping[str, Mapping[str, Any]]
    ) -> dict[str, dict[str, Any]]:
        """Ask the same of many subjects, each with its own query."""
        turns = asyncio.Semaphore(AT_ONCE)

        async def one(name: str) -> dict[str, Any]:
            async with turns:
                return await self.response(name, **queries[name])

        answers = await asyncio.gather(*map(one, queries))
        return dict(zip(queries, answers, strict=True))

    async def get(self, address: str, **query: Any) -> dict[str, Any]:
        """Ask for an address that has to answer."""
        answer = await self.reader.http.get(address, params=query)
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        return found


@asynccontextmanager
async def cohort(
    server: EmbeddedPostgres, directory: Path, *subjects: Subject, **changes: Any
) -> AsyncIterator[Cohort]:
    """Open a deployment of a trial with some changes, and tell the subjects to it.

    Args:
        directory: where the trial file and the keys lie.
        changes: members of the trial file by their place, ``.`` written as ``__``.
    """
    trial = trial_file(directory, **changes)
    async with (
        clone_of_template(server) as name,
        Deployment(server, name, directory, trial=trial) as deployment,
    ):
        found = Cohort(deployment, await deployment.caller("data_manager"))
        await found.tell(*subjects)
        yield found


def trial_file(directory: Path, **changes: Any) -> Path:
    """Write the trial file with more slots, no disease field required, and some changes."""
    document = raw()
    usual = {"trial__slots": 5000, "records__disease_fields": "optional"}
    for place, value in (usual | changes).items():
        set_at(document, place.replace("__", "."), value)
    return written(directory, document)


async def tell(deployment: Deployment, codes: dict[str, str], subjects: Iterable[Subject]) -> None:
    """Send everything of new subjects, each centre by its own coordinator."""
    of_centre: dict[str, list[Subject]] = defaultdict(list)
    for one in subjects:
        of_centre[one.centre].append(one)
    for centre, told in of_centre.items():
        caller = await deployment.caller("coordinator", centre)
        enrolled = await imported(caller, [dict(one.enrolment) for one in told])
        codes |= {one.name: line["subject"] for one, line in zip(told, enrolled, strict=True)}
        await imported(caller, [line for one in told for line in one.lines(codes[one.name])])


async def imported(caller: Caller, lines: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Import lines, and give what became of each: all of them have to be stored."""
    body = "".join(json.dumps(line, default=str) + "\n" for line in lines)
    answer = await caller.http.post(
        "/v1/imports", content=body, headers={"Content-Type": "application/x-ndjson"}
    )
    assert answer.status_code == 200, answer.text
    *each, _ = [json.loads(one) for one in answer.text.splitlines()]
    rejected = [one for one in each if one["status"] == "rejected"]
    assert not rejected, rejected[:5]
    return each
