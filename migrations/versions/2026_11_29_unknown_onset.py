"""Let a centre say that nothing is known of an onset or a start, and code an event in MedDRA.

Rows that are there have an onset or a start and stay valid; ``VALIDATE`` reads them without holding
up who writes.
"""

from alembic import op

revision = "2026_11_29_unknown_onset"
down_revision = "2026_11_29_progression_confirmed"
branch_labels = None
depends_on = None

ADVERSE_EVENT_CHECKS = {
    "grade_or_seriousness": "num_nonnulls(grade, serious, astct) > 0 "
    "OR coalesce(aesi_kind IN ('CRS', 'ICANS'), false) OR term = 'Cytokine release syndrome'",
    "onset_or_unknown": "(onset IS NULL) = coalesce(onset_unknown, false)",
}
THERAPY_CHECKS = {"start_or_unknown": "(start IS NULL) = coalesce(start_unknown, false)"}


def upgrade() -> None:
    """Add the columns, and loosen what asked for an onset, a start, or a grade of CRS and ICANS."""
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute(
        "ALTER TABLE adverse_event ALTER COLUMN onset DROP NOT NULL, "
        "ADD COLUMN onset_unknown BOOLEAN, ADD COLUMN meddra JSONB, "
        "DROP CONSTRAINT adverse_event_grade_or_seriousness"
    )
    op.execute(
        "ALTER TABLE therapy ALTER COLUMN start DROP NOT NULL, ADD COLUMN start_unknown BOOLEAN"
    )
    for table, checks in (("adverse_event", ADVERSE_EVENT_CHECKS), ("therapy", THERAPY_CHECKS)):
        for name, condition in checks.items():
            op.execute(
                f"ALTER TABLE {table} ADD CONSTRAINT {table}_{name} CHECK ({condition}) NOT VALID"
            )
            op.execute(f"ALTER TABLE {table} VALIDATE CONSTRAINT {table}_{name}")
