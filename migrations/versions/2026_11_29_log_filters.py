"""Find the entries of the ledger and of the log of reads by their time and by who made them.

Both tables only grow, in the order of time: an index of ranges of blocks says where an hour lies
and costs a write next to nothing. Whoever is asked about made some of very many entries. Centre and
action are few and would be scanned anyhow; subjects of the ledger have an index already. The
subjects of a read are a list of up to the whole trial's: an index of its members would cost every
read more than it saves the auditor.
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
        op.execute(f"CREATE INDEX ix_{table}_principal ON {table} (principal, transaction_id)")


def downgrade() -> None:
    for table in ("ledger_event", "access_event"):
        op.execute(f"DROP INDEX ix_{table}_principal")
        op.execute(f"DROP INDEX ix_{table}_occurred_at")
