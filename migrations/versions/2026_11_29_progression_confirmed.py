"""Take from the investigator whether a progression was confirmed."""

from alembic import op

revision = "2026_11_29_progression_confirmed"
down_revision = "2026_11_29_content_form"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column; in the rows that are there nothing was said."""
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute(
        "ALTER TABLE assessment ADD COLUMN investigator_progression_confirmed BOOLEAN, "
        "ADD CONSTRAINT assessment_investigator_progression_confirmed "
        "CHECK (investigator_progression_confirmed IS NULL OR investigator_response = 'PD')"
    )
