"""What was committed to before content form 1 is committed to once more, and the ledger says so."""

import hashlib
import json
import uuid
from collections.abc import AsyncIterator
from pathlib import Path
from runpy import run_path
from typing import Any

import asyncpg
import pytest

from app.embedded_postgres import EmbeddedPostgres
from app.schema_migrations import migrate
from app.schema_revision import MIGRATIONS
from app.schemas.record import RecordKind
from app.schemas.record_kinds import RECORD_KINDS
from tests.content_form import canonical, commitment, published_contract, submitted_members
from tests.deployment import Deployment

BEFORE, AFTER = "2026_11_26_ledger_leaf", "2026_11_29_content_form"
KINDS = run_path(str(MIGRATIONS / "versions" / f"{AFTER}.py"))["KINDS"]
THEN = [kind for kind in RECORD_KINDS if kind.path in KINDS]
"""The kinds that there were when it was written; those that came later have nothing from before."""
CLINICAL = submitted_members(published_contract())
DATABASE = "of_the_old_form"


@pytest.fixture
async def old(server: EmbeddedPostgres) -> AsyncIterator[asyncpg.Connection]:
    """A database as it was, with two versions of a record of each kind committed to as then."""
    superuser = await asyncpg.connect(server.url(server.superuser, "postgres"))
    await superuser.execute(f"CREATE DATABASE {DATABASE}")
    for setting in ("TimeZone TO 'America/St_Johns'", "DateStyle TO 'German'"):
        await superuser.execute(f"ALTER DATABASE {DATABASE} SET {setting}")
    url = server.url(server.superuser, DATABASE)
    try:
        await migrate(url, BEFORE)
        owner = await asyncpg.connect(url)
        await owner.execute("INSERT INTO centre (code, name) VALUES ('03', 'Centre 03')")
        await owner.execute("INSERT INTO subject VALUES ('03-001', '03')")
        for kind in THEN:
            await _store(owner, kind, "first")
        yield owner
        await owner.close()
    finally:
        await superuser.execute(f"DROP DATABASE {DATABASE} WITH (FORCE)")
        await superuser.close()


async def _store(owner: asyncpg.Connection, kind: RecordKind, source_id: str) -> None:
    table = kind.table.__tablename__
    columns = await owner.fetchval(
        "SELECT string_agg(quote_ident(column_name), ', ') FROM information_schema.columns "
        "WHERE table_name = $1 AND column_name NOT IN ('predecessor', 'recorded_at', "
        "'transaction_id', 'salt')",
        table,
    )
    example = {**kind.example, "source_id": source_id}
    row = kind.submission.model_validate(example).model_dump(mode="json")
    row |= {
        "record_id": str(uuid.uuid4()), "version": 1, "subject": "03-001", "centre": "03",
        "state": "active", "recorded_by": "LIS",
    }  # fmt: skip
    second = row | {"version": 2, "state": "voided", "reason": 'Entered "twice"\n中.'}
    for version in (row, second):
        await owner.execute(
            f"WITH record AS (INSERT INTO {table} ({columns}) SELECT {columns} "
            f"FROM json_populate_record(NULL::{table}, $1::json) RETURNING *) "
            "INSERT INTO ledger_event (action, principal, centre, subject, kind, record_id, "
            "version, route, reason, request_id, commitment) "
            "SELECT 'import', 'LIS', centre, subject, $2, record_id, version, 'old', reason, 'old',"
            " sha256(salt || convert_to(row_to_json(record)::text, 'UTF8')) FROM record",
            json.dumps(version),
            kind.path,
        )


async def test_every_version_gets_a_second_commitment_and_an_event_commits_to_all(
    server: EmbeddedPostgres, old: asyncpg.Connection, tmp_path: Path
) -> None:
    await migrate(server.url(server.superuser, DATABASE))
    rows = await old.fetch(
        "SELECT kind, record_id::text, version, subject, centre, content_form, "
        "encode(commitment, 'hex') AS commitment FROM version_commitment "
        'ORDER BY kind COLLATE "C", record_id, version'
    )
    second = {(row["kind"], row["record_id"], row["version"]): row["commitment"] for row in rows}
    assert len(second) == 2 * len(THEN)
    async with Deployment(server, DATABASE, tmp_path) as deployment:
        auditor = await deployment.caller("auditor")
        for kind in THEN:
            for (path, record_id, version), said in second.items():
                if path == kind.path:
                    document = await _version(auditor, kind, record_id, version)
                    salt = await old.fetchval(
                        f"SELECT salt FROM {kind.table.__tablename__} "
                        "WHERE record_id = $1 AND version = $2",
                        uuid.UUID(record_id), version,
                    )  # fmt: skip
                    assert commitment(document, salt, CLINICAL[path]).hex() == said, path
        *earlier, last = (await auditor.get("/v1/ledger")).json()["items"]
    assert {entry["content_form"] for entry in earlier} == {None}
    assert (last["action"], last["kind"], last["content_form"]) == ("commit:versions", None, 1)
    assert (last["principal"], last["route"]) == ("operator", "migration")
    assert last["reason"] == f"{len(second)} versions in content form 1"
    assert last["commitment"] == _of_all(rows)


async def _version(auditor: Any, kind: RecordKind, record_id: str, version: int) -> str:
    address = "/v1/subjects/03-001"
    if not kind.one_per_subject:
        address += f"/{kind.path}/{record_id}"
    versions = (await auditor.get(f"{address}/history")).json()["items"]
    return json.dumps(next(one for one in versions if one["version"] == version))


def _of_all(rows: list[asyncpg.Record]) -> str:
    """Commit to the whole table, as the model of the ledger describes it."""
    said = [{n: str(v) if isinstance(v, int) else v for n, v in row.items()} for row in rows]
    hashes = (hashlib.sha256(canonical(row).encode()).digest() for row in said)
    return hashlib.sha256(b"".join(hashes)).hexdigest()


async def test_nobody_adds_a_second_commitment_later(
    server: EmbeddedPostgres, old: asyncpg.Connection
) -> None:
    await migrate(server.url(server.superuser, DATABASE), AFTER)
    rights = await old.fetch(
        "SELECT grantee, privilege_type FROM information_schema.role_table_grants "
        "WHERE table_name = 'version_commitment' AND grantee <> 'dayzero_owner'"
    )
    assert {(row["grantee"], row["privilege_type"]) for row in rights} == {
        (role, "SELECT") for role in ("app_centre", "app_study", "app_auditor")
    }


async def test_a_commitment_without_a_form_is_refused_from_then_on(
    server: EmbeddedPostgres, old: asyncpg.Connection
) -> None:
    await migrate(server.url(server.superuser, DATABASE), AFTER)
    with pytest.raises(asyncpg.CheckViolationError, match="ledger_event_content_form"):
        await _store(old, THEN[0], "second")


async def test_where_there_was_nothing_the_ledger_stays_empty(server: EmbeddedPostgres) -> None:
    owner = await asyncpg.connect(server.url(server.superuser, "template_of_tests"))
    try:
        assert await owner.fetchval("SELECT count(*) FROM ledger_event") == 0
    finally:
        await owner.close()
