"""Find the entries of the ledger and of the log of reads by their time.

Both tables only grow, in the order of time: an index of ranges of blocks says where an hour lies
and costs a write next to nothing. What else is asked for is looked for among the entries of that
time; subjects of the ledger have an index already. An index of principals, or of the subjects of a
read, would cost every write and read more than it saves the auditor.
"""

from alembic import op

revision = "2026_11_29_log_filters"
down_revision = "2026_11_29_context_readers"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    for table in ("ledger_event", "access_event"):
        op.execute(f"CREATE INDEX ix_{table}_occurred_at ON {table} USING brin (occurred_at)")
