"""Hold infusions."""

from alembic import op

from migrations.walls import create_record_table

revision = "2026_11_23_infusion"
down_revision = "2026_11_23_lab_result"
branch_labels = None
depends_on = None

COLUMNS = (
    'visit TEXT',
    'preparation UUID',
    'infusion_kind TEXT NOT NULL',
    'part INTEGER NOT NULL',
    'product_lot TEXT',
    'infused_at TEXT NOT NULL',
    'ended_at TEXT',
    'weight NUMERIC',
    'dose NUMERIC',
    'planned_dose NUMERIC',
    'total_car_positive_cells NUMERIC',
    'viability NUMERIC',
    'vector_copy_number NUMERIC',
    'transduction NUMERIC',
    'out_of_specification BOOLEAN',
    'deviation TEXT',
    'premedication JSONB NOT NULL',
    'interruptions JSONB NOT NULL',
    'note TEXT',
)
CHECKS = (
    "CONSTRAINT infusion_dose CHECK (dose >= 0 AND dose < 'Infinity')",
    "CONSTRAINT infusion_infusion_kind_code CHECK (infusion.infusion_kind IN ('planned', 'unplanned_repeat'))",
    'CONSTRAINT infusion_part CHECK (part BETWEEN 1 AND 10)',
    "CONSTRAINT infusion_planned_dose CHECK (planned_dose > 0 AND planned_dose < 'Infinity')",
    "CONSTRAINT infusion_total_car_positive_cells CHECK (total_car_positive_cells >= 0 AND total_car_positive_cells < 'Infinity')",
    'CONSTRAINT infusion_transduction CHECK (transduction BETWEEN 0 AND 100)',
    "CONSTRAINT infusion_vector_copy_number CHECK (vector_copy_number >= 0 AND vector_copy_number < 'Infinity')",
    'CONSTRAINT infusion_viability CHECK (viability BETWEEN 0 AND 100)',
    'CONSTRAINT infusion_weight CHECK (weight BETWEEN 20 AND 400)',
)


def upgrade() -> None:
    """Create the table infusion."""
    op.execute("SET LOCAL lock_timeout = '5s'")
    create_record_table("infusion", COLUMNS, CHECKS)
