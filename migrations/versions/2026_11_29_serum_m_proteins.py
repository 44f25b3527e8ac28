"""Hold several serum M-proteins of one evaluation, each by itself."""

from alembic import op

revision = "2026_11_29_serum_m_proteins"
down_revision = "2026_11_29_progression_confirmed"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column. Of the evaluations that are there nobody sent more than one."""
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute("ALTER TABLE assessment ADD COLUMN serum_m_proteins JSONB")
