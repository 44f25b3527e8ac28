"""Hash stated members of a ledger entry in a stated form, and say which form a leaf has.

Form 1 was the text of the whole event row as jsonb: it changed with any column that the table
gained, and it held times in the time zone of whoever numbered the events. Leaves in that form stay
as they are.

Form 2 is SHA-256 of the octet 00 (RFC 6962, 2.1: a leaf is no inner node) and the entry's canonical
JSON (RFC 8785) in UTF-8: one object with exactly the members of `MEMBERS`, sorted by name, null
where there is nothing. `seq` and `version` are numbers; `occurred_at` is in UTC with six decimals
and `Z`; `commitment` is in lower-case hexadecimal; `transaction_id` is text.
"""

from alembic import op

revision = "2026_11_26_ledger_leaf"
down_revision = "2026_11_26_access_log_order"
branch_labels = None
depends_on = None

MEMBERS = {
    "action": "e.action",
    "centre": "e.centre",
    "commitment": "encode(e.commitment, 'hex')",
    "kind": "e.kind",
    "occurred_at": """to_char(e.occurred_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')""",
    "principal": "e.principal",
    "reason": "e.reason",
    "record_id": "e.record_id::text",
    "request_id": "e.request_id",
    "role": "e.role",
    "route": "e.route",
    "seq": "numbered",
    "subject": "e.subject",
    "transaction_id": "e.transaction_id::text",
    "version": "e.version",
}

# PostgreSQL writes a row as JSON without blanks, its members in the order of the columns, and
# escapes in a string what RFC 8785 escapes, in the same way.

LEAF = f"""
CREATE FUNCTION ledger_leaf(numbered bigint, e ledger_event) RETURNS bytea
LANGUAGE sql STABLE SET search_path = pg_catalog, public, pg_temp
RETURN sha256('\\x00'::bytea || convert_to(
    (SELECT row_to_json(leaf)::text
     FROM (SELECT {", ".join(f'{MEMBERS[name]} AS "{name}"' for name in sorted(MEMBERS))}) AS leaf),
    'UTF8'))"""

SEQUENCE = """
CREATE OR REPLACE FUNCTION sequence_events() RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    head bigint;
    head_transaction xid8;
    numbered bigint;
BEGIN
    PERFORM pg_advisory_xact_lock(hashtextextended('ledger sequence', 4));
    SELECT seq, transaction_id INTO head, head_transaction
    FROM ledger_entry ORDER BY seq DESC LIMIT 1;
    INSERT INTO ledger_entry (seq, transaction_id, event, leaf_form, leaf_hash, sequenced_at)
    SELECT next.seq, (next.event).transaction_id, (next.event).id,
           2, ledger_leaf(next.seq, next.event), clock_timestamp()
    FROM (SELECT coalesce(head, 0) + row_number() OVER (ORDER BY e.transaction_id, e.id) AS seq,
                 e AS event
          FROM ledger_event e
          WHERE e.transaction_id > coalesce(head_transaction, '0'::xid8)
            AND e.transaction_id < pg_snapshot_xmin(pg_current_snapshot())) AS next;
    GET DIAGNOSTICS numbered = ROW_COUNT;
    RETURN numbered;
END $$"""


def upgrade() -> None:
    """Say of each leaf which form it has, and number in the new one from here on."""
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute("ALTER TABLE ledger_entry ADD COLUMN leaf_form smallint NOT NULL DEFAULT 1")
    op.execute("ALTER TABLE ledger_entry ALTER COLUMN leaf_form DROP DEFAULT")
    op.execute(LEAF)
    op.execute(SEQUENCE)
