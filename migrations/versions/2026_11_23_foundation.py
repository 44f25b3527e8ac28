"""Lay the foundation: access, subjects, the ledger and the context of a transaction."""

from pathlib import Path

from alembic import op

from migrations.walls import (
    OF_AUDIT,
    OF_READER,
    OF_TRIAL,
    OF_WRITER,
    let_everybody_read_their_part,
    let_insert,
    let_read,
    wall_off,
)

revision = "2026_11_23_foundation"
down_revision = None
branch_labels = None
depends_on = None

CONTEXT = ("context_value(text)", "readable_centres()", "writable_centres()")
IN_CONTEXT = (
    "new_subject(text)",
    "claim_slot(text, integer)",
    "slots_taken()",
    "sequence_events()",
    "complete_seq(bigint)",
    "seq_at(timestamptz)",
    "ledger_head()",
)
OF_SERVICE = (
    "begin_context(uuid, text)",
    "hold_key(uuid, text)",
    "sequence_events()",
    "complete_seq(bigint)",
    "seq_at(timestamptz)",
    "ledger_head()",
    "unsequenced_seconds()",
    "slots_taken()",
    "note_refusal(uuid, text, integer, text, text)",
    "client_credentials(uuid)",
    "principal_named(text)",
    "use_assertion(uuid, text, timestamptz)",
    "forget_expired(interval)",
    "schema_revision()",
    "newest_transaction()",
)


def upgrade() -> None:
    """Create everything that is not the table of a kind of record."""
    op.execute("SET LOCAL lock_timeout = '5s'")
    connection = op.get_bind()
    connection.exec_driver_sql("ALTER DEFAULT PRIVILEGES REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC")
    script = Path(__file__).parent.parent / "foundation.sql"
    for statement in script.read_text(encoding="utf-8").split(";\n\n"):
        connection.exec_driver_sql(statement)

    for table in (
        "centre", "principal", "access_grant", "used_assertion", "subject", "slot",
        "ledger_event", "ledger_entry", "access_event", "stored_answer",
    ):
        wall_off(table)

    let_read("centre", "app_centre", OF_READER.replace("centre =", "code =", 1))
    let_read("centre", "app_study", OF_TRIAL)
    let_read("centre", "app_auditor", OF_AUDIT)
    let_everybody_read_their_part("subject")
    let_everybody_read_their_part("ledger_event")
    let_insert("ledger_event", "app_centre", OF_WRITER)
    for role in ("app_centre", "app_study", "app_auditor"):
        let_read("ledger_entry", role, "true")
        let_insert("access_event", role, "(SELECT context_value('principal')) IS NOT NULL")
    let_read("access_event", "app_auditor", OF_AUDIT)
    let_insert("stored_answer", "app_centre", "principal::text = (SELECT context_value('principal'))")

    for function in (*CONTEXT, *IN_CONTEXT):
        op.execute(f"GRANT EXECUTE ON FUNCTION {function} TO app_centre, app_study, app_auditor")
    for function in OF_SERVICE:
        op.execute(f"GRANT EXECUTE ON FUNCTION {function} TO dayzero_service")
