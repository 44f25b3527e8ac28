"""The statements of an import: look at what is stored under many source_ids, void many records.

Storing uses the statement of a single write (`record_statements.append`), with many rows.
"""

from functools import cache

from app.models.record import clinical_columns
from app.schemas.record import RecordKind
from app.services.content_form import said
from app.services.record_statements import document, events, written
from app.services.source_versions import of_source, statement, versions_of

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
    CROSS JOIN LATERAL ({_held(kind)} LIMIT 1) AS held"""  # noqa: S608


def _held(kind: RecordKind) -> str:
    """Find what was sent under an identifier, by the primary key and by no other.

    A join, or a centre that an index could find, may be planned as a walk over all that the centre
    ever sent: without statistics, on a young table, it is, and each chunk is slower than the last.
    """
    return f"""
        SELECT * FROM identifier AS held
        WHERE held.source_id = sent.source_id AND held.centre || '' = sent.centre
          AND held.kind = '{kind.path}'"""  # noqa: S608


@cache
def look(kind: RecordKind) -> str:
    """Give what is stored under source_ids, and whether what was sent is what was said.

    Parameters: $1 a JSON array of rows with centre, source_id, subject and the clinical members;
    version is the first that counts as having said it, and none: only the source's last word does.

    Gives a row for each source_id that is known, of the record of the same subject or else of the
    one that holds it: its own source_id, subject, record_id, version, state; ``said``, the version
    by which the source said what was sent; ``stated_at``, the source's own moment of its last word;
    and what is sent, what was said last, what stands, and the versions, to be laid together.
    """
    table = kind.table
    name = table.__tablename__
    last_word = f"""
        SELECT {statement(table, "told")} AS words FROM {name} AS told
        WHERE told.record_id = current.record_id AND told.state = 'active'
          AND (told.version = 1 OR {of_source("told")})
        ORDER BY told.version DESC LIMIT 1"""  # noqa: S608
    return f"""
    SELECT sent.centre, sent.source_id, current.source_id AS own, current.subject,
           current.record_id, current.version, current.state,
           CASE WHEN sent.version IS NOT NULL THEN (
               SELECT min(told.version) FROM {name} AS told
               WHERE told.record_id = current.record_id AND told.state = 'active'
                 AND told.version >= sent.version
                 AND (told.version = 1 OR {of_source("told")})
                 AND {statement(table, "told")} = sent.words)
           WHEN current.state = 'active' AND last.words = sent.words THEN current.version
           END AS said,
           (SELECT max(told.source_stated_at) FROM {name} AS told
            WHERE told.record_id = current.record_id) AS stated_at,
           sent.words AS sends, last.words AS last, {said(table, "current")} AS stands,
           {document(kind, "current")} AS document,
           {versions_of(kind, "current")} AS versions
    FROM (
        SELECT *, {said(table, "sent")} AS words
        FROM jsonb_populate_recordset(NULL::{name}, $1::jsonb) AS sent
    ) AS sent
    CROSS JOIN LATERAL (
        SELECT held.record_id
        FROM ({_held(kind)}) AS held
        JOIN {name} AS first ON first.record_id = held.record_id AND first.version = 1
        ORDER BY (first.subject IS NOT DISTINCT FROM sent.subject) DESC, held.turn DESC LIMIT 1
    ) AS found
    CROSS JOIN LATERAL (
        SELECT * FROM {name} WHERE record_id = found.record_id ORDER BY version DESC LIMIT 1
    ) AS current
    LEFT JOIN LATERAL ({last_word}) AS last ON true"""  # noqa: S608


@cache
def append_voids(kind: RecordKind) -> str:
    """Insert the versions that void records, with their events.

    Parameters: $1 a JSON array of record_id, based_on, reason, recorded_by, origin, stated_at; $2
    the event's members.
    """
    table = kind.table.__tablename__
    names = ", ".join(f'"{column.name}"' for column in clinical_columns(kind.table))
    return f"""
    WITH record AS (
        INSERT INTO {table}
            (record_id, version, subject, centre, state, source_id, reason, recorded_by, origin,
             source_stated_at, {names})
        SELECT current.record_id, current.version + 1, subject, centre, 'voided', source_id,
               voided.reason, voided.recorded_by, voided.origin, voided.stated_at, {names}
        FROM {table} AS current
        JOIN jsonb_to_recordset($1::jsonb)
             AS voided (record_id uuid, based_on integer, reason text, recorded_by text,
                        origin text, stated_at timestamptz)
          ON current.record_id = voided.record_id AND current.version = voided.based_on
        RETURNING *
    ), written AS MATERIALIZED ({written(kind)}
    ), event AS ({events(kind.path)}
    )
    SELECT record_id, version FROM written"""  # noqa: S608
