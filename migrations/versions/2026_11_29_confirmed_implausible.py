"""Take the confirmation of a number that no living person should have."""

from alembic import op

revision = "2026_11_29_confirmed_implausible"
down_revision = "2026_11_26_ledger_leaf"
branch_labels = None
depends_on = None

TABLES = (
    "enrolment", "preparation", "infusion", "assessment", "lab_result", "kinetics_result", "visit",
    "therapy",
)  # fmt: skip


def upgrade() -> None:
    """Add the column; the versions that are there confirm nothing."""
    op.execute("SET LOCAL lock_timeout = '5s'")
    for table in TABLES:
        op.execute(f"ALTER TABLE {table} ADD COLUMN confirmed_implausible BOOLEAN")
