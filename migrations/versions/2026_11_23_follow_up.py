"""Hold follow-ups."""

from alembic import op

from migrations.walls import create_record_table

revision = "2026_11_23_follow_up"
down_revision = "2026_11_23_preparation"
branch_labels = None
depends_on = None

COLUMNS = (
    'visit TEXT',
    'contacted_on TEXT NOT NULL',
    'status TEXT NOT NULL',
    'source TEXT',
    'last_contact_on TEXT',
    'withdrawal_scope TEXT',
    'withdrew_on DATE',
    'death_date TEXT',
    'death_learnt_on DATE',
    'death_cause TEXT',
    'death_cause_text TEXT',
    'death_due_to_myeloma BOOLEAN',
    'autopsy BOOLEAN',
    'adverse_event UUID',
    'note TEXT',
)
CHECKS = (
    "CONSTRAINT follow_up_death_cause_code CHECK (follow_up.death_cause IN ('myeloma', 'car_t_toxicity', 'infection', 'other', 'unknown'))",
    "CONSTRAINT follow_up_death_date CHECK ((status = 'died') = (death_date IS NOT NULL))",
    "CONSTRAINT follow_up_last_contact_on CHECK ((status = 'lost') = (last_contact_on IS NOT NULL))",
    "CONSTRAINT follow_up_source_code CHECK (follow_up.source IN ('subject', 'relative', 'physician', 'medical_record', 'death_certificate', 'public_register', 'other'))",
    "CONSTRAINT follow_up_status_code CHECK (follow_up.status IN ('alive', 'died', 'lost', 'withdrew', 'completed'))",
    "CONSTRAINT follow_up_withdrawal_scope CHECK ((status = 'withdrew') = (withdrawal_scope IS NOT NULL))",
    "CONSTRAINT follow_up_withdrawal_scope_code CHECK (follow_up.withdrawal_scope IN ('treatment', 'follow_up', 'data_use'))",
)


def upgrade() -> None:
    """Create the table follow_up."""
    op.execute("SET LOCAL lock_timeout = '5s'")
    create_record_table("follow_up", COLUMNS, CHECKS)
