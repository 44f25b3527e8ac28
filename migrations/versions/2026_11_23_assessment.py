"""Hold disease assessments."""

from alembic import op

from migrations.walls import create_record_table

revision = "2026_11_23_assessment"
down_revision = "2026_11_23_follow_up"
branch_labels = None
depends_on = None

COLUMNS = (
    'visit TEXT',
    'assessed_on DATE NOT NULL',
    'criteria_version TEXT NOT NULL',
    'serum_m_protein JSONB',
    'urine_m_protein JSONB',
    'serum_immunofixation JSONB',
    'urine_immunofixation JSONB',
    'free_kappa JSONB',
    'free_lambda JSONB',
    'free_light_chain_assay TEXT',
    'immunoglobulin JSONB',
    'ivig_within_28_days BOOLEAN',
    'marrow JSONB',
    'imaging JSONB',
    'new_lesions JSONB',
    'circulating_plasma_cells JSONB',
    'corrected_calcium JSONB',
    'calcium_due_to_myeloma BOOLEAN',
    'mrd JSONB',
    'pet_ct JSONB',
    'investigator_response TEXT',
    'investigator_pd_basis TEXT',
    'investigator_response_date DATE',
    'note TEXT',
)
CHECKS = (
    "CONSTRAINT assessment_criteria_version CHECK (criteria_version = 'IMWG 2016')",
    "CONSTRAINT assessment_free_light_chain_assay_code CHECK (assessment.free_light_chain_assay IN ('Freelite', 'N_Latex', 'other'))",
    "CONSTRAINT assessment_investigator_pd_basis CHECK (investigator_pd_basis IS NULL OR investigator_response = 'PD')",
    "CONSTRAINT assessment_investigator_pd_basis_code CHECK (assessment.investigator_pd_basis IN ('imaging', 'marrow', 'biochemical', 'clinical', 'unknown'))",
    "CONSTRAINT assessment_investigator_response_code CHECK (assessment.investigator_response IN ('sCR', 'CR', 'VGPR', 'PR', 'MR', 'SD', 'PD', 'NE'))",
)


def upgrade() -> None:
    """Create the table assessment."""
    op.execute("SET LOCAL lock_timeout = '5s'")
    create_record_table("assessment", COLUMNS, CHECKS)
