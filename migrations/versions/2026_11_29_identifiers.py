"""Hold the identifiers of records in a table of their own.

The index on first versions could neither free an identifier of a record that was retracted nor hold
a second one. Here a row is one turn of an identifier at one record, insert-only; the turns of an
identifier follow one another from 1, and the last is the one that holds it. A ``further`` one was
given to a record that has another already.
"""

from alembic import op

from migrations.walls import OF_WRITER, let_everybody_read_their_part, let_insert, wall_off

revision = "2026_11_29_identifiers"
down_revision = "2026_11_29_origin"
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

TABLE = """
CREATE TABLE identifier (
    kind text NOT NULL,
    centre text NOT NULL,
    source_id text NOT NULL,
    turn integer NOT NULL DEFAULT 1 CONSTRAINT identifier_turn CHECK (turn >= 1),
    record_id uuid NOT NULL,
    further boolean NOT NULL DEFAULT false,
    transaction_id xid8 NOT NULL DEFAULT pg_current_xact_id(),
    PRIMARY KEY (source_id, centre, kind, turn)
)"""


def upgrade() -> None:
    """Create the table, fill it from first versions, and drop the indexes that it stands for."""
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute(TABLE)
    for kind, table in KINDS.items():
        op.execute(
            "INSERT INTO identifier (kind, centre, source_id, record_id, transaction_id) "  # noqa: S608
            f"SELECT '{kind}', centre, source_id, record_id, transaction_id FROM {table} "
            "WHERE version = 1 AND source_id IS NOT NULL"
        )
        op.execute(f"DROP INDEX {table}_source_id")
    op.execute("CREATE INDEX identifier_further ON identifier (record_id) WHERE further")
    wall_off("identifier")
    let_everybody_read_their_part("identifier")
    let_insert("identifier", "app_centre", OF_WRITER)
    let_insert("identifier", "app_study", "kind = 'adjudications' AND (SELECT adjudicates())")
