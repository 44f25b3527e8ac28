"""Hold preparations."""

from alembic import op

from migrations.walls import create_record_table

revision = "2026_11_23_preparation"
down_revision = "2026_11_23_infusion"
branch_labels = None
depends_on = None

COLUMNS = (
    'visit TEXT',
    'leukapheresis_on DATE',
    'further_leukapheresis_on JSONB NOT NULL',
    'bridging JSONB',
    'lymphodepletion JSONB NOT NULL',
    'lymphodepletion_omitted TEXT',
    'product_lot TEXT',
    'product_released_on DATE',
    'outcome TEXT',
    'outcome_on DATE',
    'outcome_note TEXT',
    'note TEXT',
)
CHECKS = (
    "CONSTRAINT preparation_outcome_code CHECK (preparation.outcome IN ('infused', 'manufacturing_failure', 'progressed', 'died', 'withdrew', 'other'))",
)


def upgrade() -> None:
    """Create the table preparation."""
    op.execute("SET LOCAL lock_timeout = '5s'")
    create_record_table("preparation", COLUMNS, CHECKS)
