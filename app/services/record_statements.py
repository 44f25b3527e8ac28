"""The statements of the hot paths, made once from the tables, run by the driver.

A write is one statement: the version, its ledger event and the stored answer, or nothing. Rows
come as JSON and are typed by PostgreSQL; documents leave as JSON with numbers as text, so that the
digits stay as they were sent and nothing passes through a float.

Only names of our own tables and columns are put into the text; every value is a parameter.
"""

from functools import cache

from sqlalchemy import Numeric

from app.models.record import clinical_columns
from app.schemas.record import RecordKind
from app.services.content_form import COMMITTED, FORM, content
from app.services.derived_visit import with_visit_in_sql

_SENT = (
    "record_id", "version", "subject", "centre", "state", "source_id", "reason", "recorded_by",
    "origin", "source_said", "source_stated_at",
)  # fmt: skip


def _clinical_names(kind: RecordKind) -> list[str]:
    return [f'"{column.name}"' for column in clinical_columns(kind.table)]


@cache
def document(kind: RecordKind, row: str = "record") -> str:
    """Give the expression that writes a row as the JSON document a caller gets."""
    shown = [f"{row}.{name}" for name in COMMITTED]
    for column in clinical_columns(kind.table):
        cast = f'::text AS "{column.name}"' if isinstance(column.type, Numeric) else ""
        shown.append(f'{row}."{column.name}"{cast}')
    return f"(SELECT row_to_json(shown)::text FROM (SELECT {', '.join(shown)}) AS shown)"  # noqa: S608


def _which(kind: RecordKind) -> str:
    """Say which record: $1 of subject $2; for an enrolment $1 is NULL, the subject has one."""
    return (
        "subject = $2 AND $1::uuid IS NULL"
        if kind.one_per_subject
        else "record_id = $1 AND subject = $2"
    )


def dated(kind: RecordKind, cut: str = "NULL") -> str:
    """Give the date of a record as it was sent, as text.

    A verdict without a date of its own has that of the version that it judges.

    Args:
        cut: the parameter with the last transaction that counts.
    """
    if kind.dated_by is None:
        return "NULL"
    own = f'record."{kind.dated_by}"::text'
    if kind.judges is None or kind.judges.dated_by is None:
        return own
    name = str(kind.judges.table.__tablename__)
    return f"""coalesce({own}, (
        SELECT judged."{kind.judges.dated_by}"::text {_judged(name, cut)}
          AND judged.version = record.{name}_version))"""


def _judged(name: str, cut: str) -> str:
    """Find the versions of what a verdict judges: of the same subject, as far as the cut."""
    return f"""FROM {name} AS judged
        WHERE judged.record_id = record.{name}
          AND judged.subject = record.subject AND judged.centre = record.centre
          AND ({cut}::text IS NULL OR judged.transaction_id <= ({cut}::text)::xid8)"""


def _stale(judges: RecordKind, cut: str) -> str:
    """Write whether what a verdict judges has moved on since, or was voided, as a member.

    It is null where the subject has no such version.
    """
    name = str(judges.table.__tablename__)
    return f"""',"stale":' || coalesce((
        SELECT max(judged.version) > record.{name}_version OR bool_or(judged.state = 'voided')
        {_judged(name, cut)}
        HAVING max(judged.version) >= record.{name}_version)::text, 'null')"""


def _answered(kind: RecordKind, cut: str) -> str:
    """Give the expression of the document a caller reads, with what the database derives for it."""
    if kind.judges is None:
        return document(kind)
    return f"left({document(kind)}, -1) || {_stale(kind.judges, cut)} || '}}'"


def commitment(row: str) -> str:
    """Commit to a content with the salt that lies beside it."""
    return f"sha256({row}.salt || convert_to({row}.content, 'UTF8'))"


def events(kind: str) -> str:
    """Write the ledger events of the rows just written; $2 has their common members."""
    return f"""
        INSERT INTO ledger_event (action, principal, role, centre, subject, kind, record_id,
                                  version, route, reason, request_id, content_form,
                                  commitment)
        SELECT $2::jsonb ->> 'action', $2::jsonb ->> 'principal', $2::jsonb ->> 'role',
               written.centre, written.subject, '{kind}', written.record_id, written.version,
               $2::jsonb ->> 'route', written.reason, $2::jsonb ->> 'request_id', {FORM},
               {commitment("written")}
        FROM written ORDER BY written.record_id"""  # noqa: S608


def written(kind: RecordKind) -> str:
    """Give what an event needs of the versions just stored."""
    return f"""
        SELECT record_id, version, subject, centre, reason, salt,
               {content(kind.table, "record")} AS content
        FROM record"""  # noqa: S608


def _answerable(kind: RecordKind) -> str:
    """Give what an event and an answer need of the version just stored."""
    beside = "" if kind.judges is None else f", {_stale(kind.judges, 'NULL')} AS beside"
    return f"""
        SELECT record_id, version, subject, centre, reason, salt,
               {content(kind.table, "record")} AS content, {document(kind)} AS document{beside}
        FROM record"""  # noqa: S608


def _completed(kind: RecordKind) -> str:
    """Splice a document with what was derived for its answer."""
    beside = "" if kind.judges is None else " || written.beside"
    document = with_visit_in_sql("written.document", "$3::jsonb ->> 'visit'")
    return f"""left({document}, -1){beside}
               || ($3::jsonb ->> 'moment')"""


def _answer(kind: RecordKind) -> str:
    """Store the answer under the request's key: the document with what was derived for it."""
    return f"""
        INSERT INTO stored_answer (principal, key, request_digest, status, location, etag, body)
        SELECT ($3::jsonb ->> 'principal')::uuid, $3::jsonb ->> 'key',
               decode($3::jsonb ->> 'digest', 'hex'), ($3::jsonb ->> 'status')::integer,
               $3::jsonb ->> 'location', '"' || written.version || '"',
               {_completed(kind)}
        FROM written WHERE $3::jsonb ->> 'key' IS NOT NULL"""  # noqa: S608


def _identified(kind: RecordKind, *, again: bool) -> str:
    """Give records that are new the identifiers that they were sent under.

    Args:
        again: whether the identifiers had a turn at a record that was voided. Otherwise one that
            has had a turn is refused by the primary key.
    """
    turn = "1"
    if again:
        turn = f"""1 + coalesce((
            SELECT max(turn) FROM identifier
            WHERE identifier.source_id = record.source_id AND identifier.kind = '{kind.path}'
              AND identifier.centre = record.centre), 0)"""  # noqa: S608
    return f"""
        INSERT INTO identifier (kind, centre, source_id, turn, record_id)
        SELECT '{kind.path}', centre, source_id, {turn}, record_id
        FROM record WHERE version = 1 AND source_id IS NOT NULL"""  # noqa: S608


def _insert_rows(kind: RecordKind, written: str, *, again: bool) -> str:
    """Insert versions as sent, and their events: the beginning of a statement."""
    names = ", ".join((*_SENT, *_clinical_names(kind)))
    return f"""
    WITH record AS (
        INSERT INTO {kind.table.__tablename__} ({names})
        SELECT {names} FROM json_populate_recordset(NULL::{kind.table.__tablename__}, $1::json)
        RETURNING *
    ), identified AS ({_identified(kind, again=again)}
    ), written AS MATERIALIZED ({written}
    ), event AS ({events(kind.path)}
    )"""  # noqa: S608


@cache
def append(kind: RecordKind, *, again: bool = False) -> str:
    """Insert a version as sent, its event and the stored answer.

    Parameters: $1 a JSON array of the row, $2 the event's members, $3 the answer's.
    Gives record_id, version and the body of the answer.

    Args:
        again: whether the source_id of a new record was that of one that was voided.
    """
    return f"""{_insert_rows(kind, _answerable(kind), again=again)}, answer AS ({_answer(kind)}
    )
    SELECT record_id, version, {_completed(kind)} AS body FROM written"""  # noqa: S608


@cache
def append_rows(kind: RecordKind, *, again: bool = False) -> str:
    """Insert many versions as sent and their events; parameters as above, without an answer."""
    return f"""{_insert_rows(kind, written(kind), again=again)}
    SELECT record_id, version FROM written"""  # noqa: S608


@cache
def append_void(kind: RecordKind) -> str:
    """Insert the version that voids a record and keeps what it said, with its event and answer.

    Parameters: $1 the record, based_on, reason and recorded_by as a JSON object; $2, $3 as above.
    """
    names = ", ".join(_clinical_names(kind))
    return f"""
    WITH record AS (
        INSERT INTO {kind.table.__tablename__}
            (record_id, version, subject, centre, state, source_id, reason, recorded_by, origin,
             {names})
        SELECT record_id, version + 1, subject, centre, 'voided', source_id, $1::jsonb ->> 'reason',
               $1::jsonb ->> 'recorded_by', $1::jsonb ->> 'origin', {names}
        FROM {kind.table.__tablename__}
        WHERE record_id = ($1::jsonb ->> 'record_id')::uuid
          AND version = ($1::jsonb ->> 'based_on')::integer
        RETURNING *
    ), written AS MATERIALIZED ({_answerable(kind)}
    ), event AS ({events(kind.path)}
    ), answer AS ({_answer(kind)}
    )
    SELECT record_id, version, {_completed(kind)} AS body FROM written"""  # noqa: S608


_NOTED = """
        INSERT INTO access_event (action, principal, role, subjects, kind, record_id, records,
                                  route, status, request_id)"""


@cache
def read_one(kind: RecordKind) -> str:
    """Give the current version of a record, or the one at a cut, and note the read.

    Parameters: $1 record_id, $2 subject, $3 visible centres or NULL, $4 last transaction or NULL,
    $5 the access event's members.
    """
    return f"""
    WITH record AS (
        SELECT * FROM {kind.table.__tablename__}
        WHERE {_which(kind)} AND ($3::text[] IS NULL OR centre = ANY ($3))
          AND ($4::text IS NULL OR transaction_id <= ($4::text)::xid8)
        ORDER BY version DESC LIMIT 1
    ), noted AS ({_NOTED}
        SELECT 'read', $5::jsonb ->> 'principal', $5::jsonb ->> 'role', ARRAY[subject],
               '{kind.path}', record_id, 1, $5::jsonb ->> 'route', 200, $5::jsonb ->> 'request_id'
        FROM record
    )
    SELECT version, centre, {dated(kind, "$4")} AS day, {_answered(kind, "$4")} AS document
    FROM record"""  # noqa: S608


@cache
def read_history(kind: RecordKind) -> str:
    """Give every version of a record up to a cut, oldest first, and note the read."""
    return f"""
    WITH record AS (
        SELECT * FROM {kind.table.__tablename__}
        WHERE {_which(kind)} AND ($3::text[] IS NULL OR centre = ANY ($3))
          AND ($4::text IS NULL OR transaction_id <= ($4::text)::xid8)
    ), noted AS ({_NOTED}
        SELECT 'read', $5::jsonb ->> 'principal', $5::jsonb ->> 'role', ARRAY[min(subject)],
               '{kind.path}', $1, count(*), $5::jsonb ->> 'route', 200, $5::jsonb ->> 'request_id'
        FROM record HAVING count(*) > 0
    )
    SELECT centre, {dated(kind, "$4")} AS day, {_answered(kind, "$4")} AS document
    FROM record ORDER BY version"""  # noqa: S608


@cache
def read_page(kind: RecordKind, conditions: tuple[str, ...]) -> str:
    """Give one page of records in the order of their identity, and note whose they are.

    Parameters: $1 visible centres or NULL, $2 last transaction or NULL, $3 after this record_id or
    NULL, $4 how many, $5 the access event's members; $6 and on belong to ``conditions``.
    """
    name = kind.table.__tablename__
    filters = "".join(f"\n          AND ({condition})" for condition in conditions)
    return f"""
    WITH record AS (
        SELECT * FROM {name} AS record
        WHERE ($1::text[] IS NULL OR centre = ANY ($1))
          AND ($2::text IS NULL OR transaction_id <= ($2::text)::xid8)
          AND record_id > coalesce($3, '00000000-0000-0000-0000-000000000000'::uuid)
          AND NOT EXISTS (
              SELECT FROM {name} AS newer
              WHERE newer.record_id = record.record_id AND newer.version = record.version + 1
                AND ($2::text IS NULL OR newer.transaction_id <= ($2::text)::xid8)){filters}
        ORDER BY record_id LIMIT $4
    ), noted AS ({_NOTED}
        SELECT 'list', $5::jsonb ->> 'principal', $5::jsonb ->> 'role', array_agg(DISTINCT subject),
               '{kind.path}', NULL, count(*), $5::jsonb ->> 'route', 200, $5::jsonb ->> 'request_id'
        FROM record HAVING count(*) > 0
    )
    SELECT record_id, subject, centre, {dated(kind, "$2")} AS day,
           {_answered(kind, "$2")} AS document
    FROM record ORDER BY record_id"""  # noqa: S608


@cache
def current_version(kind: RecordKind) -> str:
    """Give what a change needs to know of a record's current version."""
    return f"""
    SELECT record_id, version, state, centre, source_id, {dated(kind)} AS day
    FROM {kind.table.__tablename__} AS record
    WHERE {_which(kind)}
      AND ($3::text[] IS NULL OR centre = ANY ($3))
    ORDER BY version DESC LIMIT 1"""  # noqa: S608


@cache
def day_of_version(kind: RecordKind) -> str:
    """Give the date of one version of a record as it was sent.

    Parameters: $1 record_id, $2 version, $3 subject.
    """
    return f"""
    SELECT {dated(kind)} FROM {kind.table.__tablename__} AS record
    WHERE record_id = $1 AND version = $2 AND subject = $3"""  # noqa: S608


@cache
def by_source_id(kind: RecordKind) -> str:
    """Find the record that holds a source_id at a centre, and whether it was voided."""
    name = kind.table.__tablename__
    return f"""
    SELECT record.record_id, record.subject, record.state
    FROM identifier AS held JOIN {name} AS record USING (record_id)
    WHERE held.source_id = $1 AND held.centre = $2 AND held.kind = '{kind.path}'
    ORDER BY held.turn DESC, record.version DESC LIMIT 1"""  # noqa: S608
