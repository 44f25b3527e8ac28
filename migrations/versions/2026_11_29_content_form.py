"""Commit to content form 1, and once more to every version that was committed to before.

Until now a commitment was taken of the row as the database wrote it: one more column, or another
time zone of the session, and none could be computed anew. Content form 1 is described in
`app/services/content_form.py`; an event of the ledger says from here on which form its commitment
has, null before. The leaves stay as they are: form 2 has no such member.

The second commitments lie in `version_commitment`, to which nobody but the owner adds. One event of
the ledger, `commit:versions`, without a kind, commits to the whole of the table: SHA-256 of the
SHA-256 hashes of its rows, one after another in the order of kind, record_id and version. A row is
hashed as canonical JSON: centre, commitment (hexadecimal), content_form, kind, record_id, subject
and version, numbers as text. Where there is no version there is no such event.
"""

from alembic import op

from migrations.walls import let_everybody_read_their_part, wall_off

revision = "2026_11_29_content_form"
down_revision = "2026_11_26_ledger_leaf"
branch_labels = None
depends_on = None

KINDS = {
    "subjects": "enrolment",
    "preparations": "preparation",
    "infusions": "infusion",
    "assessments": "assessment",
    "adverse-events": "adverse_event",
    "lab-results": "lab_result",
    "kinetics": "kinetics_result",
    "visits": "visit",
    "neuro-assessments": "neuro_assessment",
    "therapies": "therapy",
    "follow-ups": "follow_up",
    "adjudications": "adjudication",
}

# PostgreSQL escapes in a string what RFC 8785 escapes, in the same way. Members that are null are
# left out of an object; a list keeps its length.

CANONICAL = """
CREATE FUNCTION canonical_json(value jsonb) RETURNS text
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    CASE jsonb_typeof(value)
    WHEN 'object' THEN
        RETURN (SELECT '{' || coalesce(string_agg(
                    to_json(member.key)::text || ':' || canonical_json(member.value), ','
                    ORDER BY member.key COLLATE "C"), '') || '}'
                FROM jsonb_each(value) AS member WHERE member.value <> 'null');
    WHEN 'array' THEN
        RETURN (SELECT '[' || coalesce(string_agg(
                    canonical_json(item.value), ',' ORDER BY item.place), '') || ']'
                FROM jsonb_array_elements(value) WITH ORDINALITY AS item (value, place));
    WHEN 'number' THEN
        RETURN '"' || value::text || '"';
    ELSE
        RETURN value::text;
    END CASE;
END $$"""

TABLE = """
CREATE TABLE version_commitment (
    kind text NOT NULL,
    record_id uuid NOT NULL,
    version integer NOT NULL,
    subject text NOT NULL,
    centre text NOT NULL,
    content_form smallint NOT NULL,
    commitment bytea NOT NULL,
    PRIMARY KEY (record_id, version, content_form),
    CONSTRAINT version_commitment_subject FOREIGN KEY (subject, centre)
        REFERENCES subject (subject, centre)
)"""

SECOND = """
INSERT INTO version_commitment (kind, record_id, version, subject, centre, content_form, commitment)
SELECT '{kind}', record_id, version, subject, centre, 1, sha256(salt || convert_to(canonical_json(
           to_jsonb(record) - '{{predecessor,transaction_id,salt}}'::text[]
           || jsonb_build_object('recorded_at', to_char(
                  recorded_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'))), 'UTF8'))
FROM {table} AS record"""

EVENT = """
INSERT INTO ledger_event (action, principal, route, reason, request_id, content_form, commitment)
SELECT 'commit:versions', 'operator', 'migration', count(*) || ' versions in content form 1',
       gen_random_uuid(), 1,
       sha256(string_agg(
           sha256(convert_to(canonical_json(jsonb_build_object(
               'kind', kind, 'record_id', record_id, 'version', version, 'subject', subject,
               'centre', centre, 'content_form', content_form,
               'commitment', encode(commitment, 'hex'))), 'UTF8')),
           '' ORDER BY kind COLLATE "C", record_id, version))
FROM version_commitment HAVING count(*) > 0"""


def upgrade() -> None:
    """Commit to what is there; what writes the old form after this is refused.

    The change of the ledger's table waits for every write under way and keeps others away.
    """
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute("ALTER TABLE ledger_event ADD COLUMN content_form smallint")
    op.execute(
        "ALTER TABLE ledger_event ADD CONSTRAINT ledger_event_content_form "
        "CHECK (kind IS NULL OR commitment IS NULL OR content_form IS NOT NULL) NOT VALID"
    )
    op.execute(CANONICAL)
    op.execute(
        "GRANT EXECUTE ON FUNCTION canonical_json(jsonb) TO app_centre, app_study, app_auditor"
    )
    op.execute(TABLE)
    wall_off("version_commitment")
    let_everybody_read_their_part("version_commitment")
    for kind, table in KINDS.items():
        op.execute(SECOND.format(kind=kind, table=table))
    op.execute(EVENT)
