"""The statements of an import: look at what is stored under many source_ids, void many records.

Storing uses the statement of a single write (`record_statements.append`), with many rows.
"""

from functools import cache

from app.models.record import clinical_columns
from app.schemas.record import RecordKind
from app.services.content_form import said
from app.services.record_statements import events, written

HOMES = """
SELECT subject, centre FROM subject
WHERE subject = ANY ($1::text[]) AND ($2::text[] IS NULL OR centre = ANY ($2))"""


@cache
def known(kind: RecordKind) -> str:
    """Give which source_ids are known.

    Parameters: $1 centres, $2 the source_id at each.
    """
    return f"""
    SELECT sent.centre, sent.source_id
    FROM unnest($1::text[], $2::text[]) AS sent (centre, source_id)
    CROSS JOIN LATERAL ({_first(kind)}) AS first"""  # noqa: S608


def _first(kind: RecordKind) -> str:
    """Find the first version of what was sent, by the index of source_ids and by no other.

    A join, or a centre that an index could find, may be planned as a walk over all that the centre
    ever sent: without statistics, on a young table, it is, and each chunk is slower than the last.
    """
    return f"""
        SELECT record_id FROM {kind.table.__tablename__}
        WHERE source_id = sent.source_id AND version = 1 AND centre || '' = sent.centre
        LIMIT 1"""  # noqa: S608


@cache
def look(kind: RecordKind) -> str:
    """Give what is stored under source_ids, and which version says what was sent.

    Parameters: $1 a JSON array of rows with centre, source_id and the clinical members; version
    is the first that counts as having said it, and none: only the current one does.
    Gives a row for each source_id that is known: subject, record_id, version, state of the current
    version, and the first version that says what was sent, if there is one.
    """
    table = kind.table.__tablename__
    return f"""
    SELECT sent.centre, sent.source_id, current.subject, current.record_id, current.version,
           current.state,
           (SELECT min(told.version) FROM {table} AS told
            WHERE told.record_id = current.record_id AND told.state = 'active'
              AND told.version >= coalesce(sent.version, current.version)
              AND {said(kind.table, "sent")} = {said(kind.table, "told")}) AS said
    FROM jsonb_populate_recordset(NULL::{table}, $1::jsonb) AS sent
    CROSS JOIN LATERAL ({_first(kind)}) AS first
    CROSS JOIN LATERAL (
        SELECT * FROM {table} WHERE record_id = first.record_id ORDER BY version DESC LIMIT 1
    ) AS current"""  # noqa: S608


@cache
def append_voids(kind: RecordKind) -> str:
    """Insert the versions that void records, with their events.

    Parameters: $1 a JSON array of record_id, based_on, reason, recorded_by; $2 the event's members.
    """
    table = kind.table.__tablename__
    names = ", ".join(f'"{column.name}"' for column in clinical_columns(kind.table))
    return f"""
    WITH record AS (
        INSERT INTO {table}
            (record_id, version, subject, centre, state, source_id, reason, recorded_by, {names})
        SELECT current.record_id, current.version + 1, subject, centre, 'voided', source_id,
               voided.reason, voided.recorded_by, {names}
        FROM {table} AS current
        JOIN jsonb_to_recordset($1::jsonb)
             AS voided (record_id uuid, based_on integer, reason text, recorded_by text)
          ON current.record_id = voided.record_id AND current.version = voided.based_on
        RETURNING *
    ), written AS MATERIALIZED ({written(kind)}
    ), event AS ({events(kind.path)}
    )
    SELECT record_id, version FROM written"""  # noqa: S608
