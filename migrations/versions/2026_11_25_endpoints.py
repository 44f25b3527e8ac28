"""Find the newest data cut in one call, and each subject's last change without a scan."""

from alembic import op

revision = "2026_11_25_endpoints"
down_revision = "2026_11_25_adjudication"
branch_labels = None
depends_on = None

# The head after a pass of the sequencer, or a seq rounded down to the end of a transaction, and when
# it was numbered. Where nothing waits for a number the pass, and its lock, is left out: an event that
# is not numbered yet is of a later transaction than the head.

DATA_CUT = """
CREATE FUNCTION data_cut(wanted bigint)
RETURNS TABLE (seq bigint, transaction_id text, sequenced_at timestamptz)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF wanted IS NULL AND EXISTS (
        SELECT FROM ledger_event AS waiting WHERE waiting.transaction_id > coalesce(
            (SELECT head.transaction_id FROM ledger_entry AS head ORDER BY head.seq DESC LIMIT 1),
            '0'::xid8)
    ) THEN
        PERFORM sequence_events();
    END IF;
    RETURN QUERY
    SELECT c.seq, c.transaction_id::text, e.sequenced_at
    FROM complete_seq(coalesce(wanted, ledger_head())) AS c
    LEFT JOIN ledger_entry AS e ON e.seq = c.seq;
END $$"""


def upgrade() -> None:
    """Add the function and the index."""
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute(DATA_CUT)
    op.execute("GRANT EXECUTE ON FUNCTION data_cut(bigint) TO dayzero_service")
    op.execute("CREATE INDEX ix_ledger_event_subject ON ledger_event (subject, transaction_id)")
