"""Every commitment of the demonstration trial, computed outside after the database changed."""

import json
from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

import pytest

from app.demo.load import load
from app.embedded_postgres import EmbeddedPostgres
from app.schemas.record_kinds import RECORD_KINDS
from tests.content_form import commitment, published_contract, submitted_members
from tests.demo.clients import clients_of
from tests.demo.told import trial
from tests.deployment import Caller, Deployment, clone_of_template, open_directory

pytestmark = pytest.mark.timeout(900)

CLINICAL = submitted_members(published_contract())
Version = tuple[str, str, int]
"""A version of a record: the kind's path, the record's identity, the version."""


@dataclass
class Committed:
    """What the ledger says that versions commit to, what the service gives of them, the salts."""

    commitments: dict[Version, str] = field(default_factory=dict)
    documents: dict[Version, str] = field(default_factory=dict)
    salts: dict[Version, bytes] = field(default_factory=dict)

    def differing(self) -> list[Version]:
        """Give the versions whose commitment is another when it is computed anew."""
        return [
            one
            for one, said in self.commitments.items()
            if commitment(self.documents[one], self.salts[one], CLINICAL[one[0]]).hex() != said
        ]


@pytest.fixture(scope="module")
async def told(server: EmbeddedPostgres) -> AsyncIterator[tuple[Deployment, Caller]]:
    """The demonstration trial as it is shipped, told by its centres, and an auditor of it."""
    with open_directory() as directory:
        async with (
            clone_of_template(server) as name,
            Deployment(server, name, directory) as deployment,
        ):
            report = await load(trial(), await clients_of(deployment, trial()))
            assert not report.reasons
            yield deployment, await deployment.caller("auditor")


async def test_none_differs_after_a_column_was_added_and_the_settings_changed(
    told: tuple[Deployment, Caller],
) -> None:
    deployment, auditor = told
    for kind in RECORD_KINDS:
        await deployment.owner.execute(
            f"ALTER TABLE {kind.table.__tablename__} ADD COLUMN later text, "
            "ADD COLUMN later_too jsonb, ADD COLUMN laughing boolean"
        )
        await deployment.owner.execute(f"UPDATE {kind.table.__tablename__} SET later = 'filled in'")
    for setting in (
        "TimeZone TO 'Asia/Kathmandu'", "DateStyle TO 'German'", "extra_float_digits TO -15",
        "bytea_output TO 'escape'", "IntervalStyle TO 'sql_standard'",
    ):  # fmt: skip
        await deployment.owner.execute(f"ALTER DATABASE {deployment.database} SET {setting}")
        await deployment.owner.execute(f"SET {setting}")
    await deployment.service.database.close()  # what follows is on connections of its own
    await submit_and_void(await deployment.caller("coordinator", "01"))
    found = await everything(deployment, auditor)
    kinds = Counter(kind for kind, _, _ in found.commitments)
    assert set(kinds) == {kind.path for kind in RECORD_KINDS}
    assert kinds["lab-results"] > 30_000
    assert found.commitments.keys() == found.documents.keys() == found.salts.keys()
    assert found.differing() == []


async def submit_and_void(coordinator: Caller) -> None:
    """Write two versions of a record of each kind that a centre writes."""
    for kind in RECORD_KINDS:
        if not kind.one_per_subject and kind.judges is None:
            body = {name: value for name, value in kind.example.items() if name != "source_id"}
            answer = await coordinator.submit(f"/v1/subjects/01-001/{kind.path}", body)
            assert answer.status_code == 201, answer.text
            assert (await coordinator.void(answer.headers["Location"], 1)).status_code == 200


async def everything(deployment: Deployment, auditor: Caller) -> Committed:
    """Read the ledger, every version of every record, and every salt."""
    found = Committed()
    after = 0
    while entries := (await auditor.get(f"/v1/ledger?after={after}&limit=10000")).json()["items"]:
        after = entries[-1]["seq"]
        for entry in entries:
            if entry["kind"] is not None:
                assert entry["content_form"] == 1
                version = entry["kind"], entry["record_id"], entry["version"]
                found.commitments[version] = entry["commitment"]
    for kind in RECORD_KINDS:
        table = kind.table.__tablename__
        for row in await deployment.owner.fetch(f"SELECT record_id, version, salt FROM {table}"):
            found.salts[kind.path, str(row["record_id"]), row["version"]] = row["salt"]
        listed = await auditor.get(f"/v1/{kind.path}", Accept="application/x-ndjson")
        for line in listed.text.splitlines():
            document = json.loads(line)
            if document["version"] == 1:
                found.documents[kind.path, document["record_id"], 1] = line
            else:
                await _history(auditor, kind.path, document, found)
    return found


async def _history(auditor: Caller, kind: str, document: dict[str, Any], found: Committed) -> None:
    address = f"/v1/subjects/{document['subject']}"
    if kind != "subjects":
        address += f"/{kind}/{document['record_id']}"
    answer = await auditor.get(f"{address}/history")
    for version in answer.json()["items"]:
        found.documents[kind, version["record_id"], version["version"]] = json.dumps(version)
