"""Hold adverse events."""

from alembic import op

from migrations.walls import create_record_table

revision = "2026_11_23_adverse_event"
down_revision = "2026_11_23_foundation"
branch_labels = None
depends_on = None

COLUMNS = (
    'visit TEXT',
    'term TEXT NOT NULL',
    'ctcae_version TEXT NOT NULL',
    'other_specify TEXT',
    'grade SMALLINT',
    'onset TEXT NOT NULL',
    '"end" TEXT',
    'ongoing BOOLEAN',
    'outcome TEXT',
    'serious BOOLEAN',
    'seriousness_criteria JSONB NOT NULL',
    'became_serious_on DATE',
    'admitted_on DATE',
    'discharged_on DATE',
    'causality JSONB',
    'action_taken TEXT',
    'other_action TEXT',
    'aesi_kind TEXT',
    'astct JSONB',
    'infection JSONB',
    'second_malignancy JSONB',
    'dose_limiting JSONB',
    'worsening_of UUID',
    'symptom_of UUID',
    'part_of_episode UUID',
    'aware_at TEXT',
    'reported_at TEXT',
    'narrative TEXT',
)
CHECKS = (
    "CONSTRAINT adverse_event_action_taken_code CHECK (adverse_event.action_taken IN ('DOSE INCREASED', 'DOSE NOT CHANGED', 'DOSE RATE REDUCED', 'DOSE REDUCED', 'DRUG INTERRUPTED', 'DRUG WITHDRAWN', 'NOT APPLICABLE', 'UNKNOWN'))",
    "CONSTRAINT adverse_event_aesi_kind_code CHECK (adverse_event.aesi_kind IN ('CRS', 'ICANS', 'other_neurotoxicity', 'IEC-HS', 'prolonged_cytopenia', 'infection', 'hypogammaglobulinaemia', 'tumour_lysis', 'infusion_reaction', 'enterocolitis', 'cardiac', 'second_malignancy', 'replication_competent_vector', 'pregnancy'))",
    "CONSTRAINT adverse_event_ctcae_version CHECK (ctcae_version = 'CTCAE 5.0')",
    'CONSTRAINT adverse_event_grade_code CHECK (adverse_event.grade IN (1, 2, 3, 4, 5))',
    'CONSTRAINT adverse_event_grade_or_seriousness CHECK (grade IS NOT NULL OR serious IS NOT NULL)',
    "CONSTRAINT adverse_event_outcome_code CHECK (adverse_event.outcome IN ('RECOVERED/RESOLVED', 'RECOVERING/RESOLVING', 'NOT RECOVERED/NOT RESOLVED', 'RECOVERED/RESOLVED WITH SEQUELAE', 'FATAL', 'UNKNOWN'))",
    'CONSTRAINT adverse_event_seriousness CHECK (coalesce(serious, false) OR jsonb_array_length(seriousness_criteria) = 0)',
)


def upgrade() -> None:
    """Create the table adverse_event."""
    op.execute("SET LOCAL lock_timeout = '5s'")
    create_record_table("adverse_event", COLUMNS, CHECKS)
