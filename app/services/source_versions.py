"""The versions of a record as a source and a person made them, read from the database."""

import json
from functools import cache
from typing import Any

from app.access.permissions import Role
from app.database import Transaction
from app.models.record import Origin, TrialRecord
from app.schemas.record import RecordKind
from app.services.content_form import said
from app.services.derivations.source_statements import Version, unexplained
from app.services.new_version import NewVersion

IMPORT_ROUTE = "POST /v1/imports"


def origin_by(role: Role | None) -> Origin:
    """Tell whose words a version is that a caller writes one by one.

    Decision: a system of a centre repeats what it holds; whoever writes as a coordinator, an
    investigator or a reviewer, by whatever client, passes on what a person decided.
    """
    return Origin.SOURCE if role is Role.CENTRE_SYSTEM else Origin.PERSON


def of_source(row: str) -> str:
    """Give the condition that a version is a source's; one without an origin asks its event."""
    return f"""coalesce({row}.origin = '{Origin.SOURCE}', EXISTS (
        SELECT FROM ledger_event AS event
        WHERE event.transaction_id = {row}.transaction_id AND event.record_id = {row}.record_id
          AND event.version = {row}.version
          AND (event.route = '{IMPORT_ROUTE}' OR event.role = '{Role.CENTRE_SYSTEM}')))"""


def statement(table: type[TrialRecord], row: str) -> str:
    """Give the expression of what the source said with a version of its own."""
    return f"coalesce({row}.source_said, {said(table, row)})"


def versions_of(kind: RecordKind, row: str, cut: str = "NULL") -> str:
    """Give the expression of the versions of a record that has more than one, as JSON text.

    NULL for a first version: there is nothing that it could differ from.

    Args:
        row: the version up to which.
        cut: the parameter with the last transaction that counts.
    """
    table = kind.table
    return f"""CASE WHEN {row}.version > 1 THEN (
        SELECT json_agg(json_build_object(
            'source', {of_source("told")}, 'said', {said(table, "told")},
            'statement', told.source_said) ORDER BY told.version)::text
        FROM {table.__tablename__} AS told
        WHERE told.record_id = {row}.record_id AND told.version <= {row}.version
          AND told.state = 'active'
          AND ({cut}::text IS NULL OR told.transaction_id <= ({cut}::text)::xid8)) END"""  # noqa: S608


def read_versions(written: str | None) -> list[Version]:
    """Read what :func:`versions_of` gives."""
    found = []
    for one in json.loads(written) if written else ():
        says = json.loads(one["said"])
        statement = json.loads(one["statement"]) if one["statement"] else says
        found.append(Version(one["source"], says, statement))
    return found


def differing_members(written: str | None) -> tuple[str, ...]:
    """Give the members of a record that a source still says otherwise, by name."""
    return tuple(sorted(unexplained(read_versions(written)))) if written else ()


@cache
def _with_one_more(kind: RecordKind) -> str:
    """Give the versions before one that is being written, and what it says.

    Parameters: $1 record_id, $2 its version, $3 the row as JSON.
    """
    table = kind.table
    return f"""
    SELECT {versions_of(kind, "before")} AS versions,
           json_build_array(json_build_object(
               'source', {of_source("before")}, 'said', {said(table, "before")},
               'statement', before.source_said))::text AS first,
           (SELECT {said(table, "sent")}
            FROM jsonb_populate_record(NULL::{table.__tablename__}, $3::jsonb) AS sent) AS said
    FROM {table.__tablename__} AS before
    WHERE before.record_id = $1 AND before.version = $2 - 1"""  # noqa: S608


async def differing_with(transaction: Transaction, version: NewVersion) -> tuple[str, ...]:
    """Give the members that a source says otherwise than the version that is being written."""
    if version.number == 1 or version.origin is Origin.SOURCE:
        return ()
    row: Any = await transaction.row(
        _with_one_more(version.kind),
        version.record_id,
        version.number,
        version.payload.model_dump_json(),
    )
    if row is None:
        return ()
    says = json.loads(row["said"])
    versions = [*read_versions(row["versions"] or row["first"]), Version(False, says, says)]  # noqa: FBT003
    return tuple(sorted(unexplained(versions)))
