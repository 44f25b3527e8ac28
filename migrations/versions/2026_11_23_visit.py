"""Hold visits."""

from alembic import op

from migrations.walls import create_record_table

revision = "2026_11_23_visit"
down_revision = "2026_11_23_kinetics_result"
branch_labels = None
depends_on = None

COLUMNS = (
    'visit TEXT NOT NULL',
    'status TEXT NOT NULL',
    'visited_on DATE',
    'missed_because TEXT',
    'missed_because_text TEXT',
    'ecog SMALLINT',
    'weight NUMERIC',
    'vital_signs JSONB NOT NULL',
    'note TEXT',
)
CHECKS = (
    'CONSTRAINT visit_ecog_code CHECK (visit.ecog IN (0, 1, 2, 3, 4, 5))',
    "CONSTRAINT visit_missed_because CHECK ((status = 'done') = (missed_because IS NULL))",
    "CONSTRAINT visit_missed_because_code CHECK (visit.missed_because IN ('subject_decision', 'illness', 'travel', 'centre', 'died', 'withdrew', 'lost', 'other'))",
    "CONSTRAINT visit_status_code CHECK (visit.status IN ('done', 'missed', 'not_done'))",
    "CONSTRAINT visit_visited_on CHECK ((status = 'done') = (visited_on IS NOT NULL))",
    'CONSTRAINT visit_weight CHECK (weight BETWEEN 20 AND 400)',
)


def upgrade() -> None:
    """Create the table visit."""
    op.execute("SET LOCAL lock_timeout = '5s'")
    create_record_table("visit", COLUMNS, CHECKS)
