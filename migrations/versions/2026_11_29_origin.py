"""Keep whose words a version is, and what the source said where a correction stands instead.

Versions that are there have none of it: their events say by which route and role they came.
"""

from alembic import op

revision = "2026_11_29_origin"
down_revision = "2026_11_29_unknown_onset"
branch_labels = None
depends_on = None

TABLES = (
    "enrolment", "preparation", "infusion", "assessment", "adverse_event", "lab_result",
    "kinetics_result", "visit", "neuro_assessment", "therapy", "follow_up", "adjudication",
)  # fmt: skip


def upgrade() -> None:
    """Add the columns; a check of columns that are all null needs no look at the rows."""
    op.execute("SET LOCAL lock_timeout = '5s'")
    for table in TABLES:
        op.execute(
            f"ALTER TABLE {table} ADD COLUMN origin TEXT, ADD COLUMN source_said TEXT, "
            "ADD COLUMN source_stated_at TIMESTAMP WITH TIME ZONE, "
            f"ADD CONSTRAINT {table}_origin CHECK (origin IN ('source', 'person')) NOT VALID"
        )
        op.execute(f"ALTER TABLE {table} VALIDATE CONSTRAINT {table}_origin")
