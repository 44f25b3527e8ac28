"""Order the log of reads and refusals by transaction, so that a page is never added to."""

from alembic import op

revision = "2026_11_26_access_log_order"
down_revision = "2026_11_26_normal_results"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Give each event its transaction; those from before come first, by their ids."""
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute("ALTER TABLE access_event ADD COLUMN transaction_id xid8 NOT NULL DEFAULT '0'")
    op.execute(
        "ALTER TABLE access_event ALTER COLUMN transaction_id SET DEFAULT pg_current_xact_id()"
    )
    op.execute("CREATE INDEX ix_access_event_order ON access_event (transaction_id, id)")
