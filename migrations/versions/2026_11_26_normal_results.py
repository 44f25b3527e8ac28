"""Take NORMAL and ABNORMAL for a laboratory result in words."""

from alembic import op

revision = "2026_11_26_normal_results"
down_revision = "2026_11_26_caller_context"
branch_labels = None
depends_on = None

WORDS = ("NEGATIVE", "POSITIVE", "NOT DETECTED", "DETECTED", "INDETERMINATE", "NORMAL", "ABNORMAL")


def upgrade() -> None:
    """Widen the check. The rows that are there have been checked against fewer words."""
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute("ALTER TABLE lab_result DROP CONSTRAINT lab_result_coded_value_code")
    listed = ", ".join(f"'{word}'" for word in WORDS)
    op.execute(
        "ALTER TABLE lab_result ADD CONSTRAINT lab_result_coded_value_code "
        f"CHECK (coded_value IN ({listed})) NOT VALID"
    )
    op.execute("ALTER TABLE lab_result VALIDATE CONSTRAINT lab_result_coded_value_code")
