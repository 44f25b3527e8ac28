"""Hold enrolments."""

from alembic import op

from migrations.walls import create_record_table

revision = "2026_11_23_enrolment"
down_revision = "2026_11_23_adverse_event"
branch_labels = None
depends_on = None

COLUMNS = (
    'sex TEXT NOT NULL',
    'year_of_birth INTEGER',
    'consent JSONB',
    'eligibility JSONB NOT NULL',
    'enrolled_on DATE',
    'screen_failure JSONB',
    'off_study JSONB',
    'year_of_diagnosis INTEGER',
    'heavy_chain TEXT',
    'light_chain TEXT',
    'iss TEXT',
    'r_iss TEXT',
    'beta2_microglobulin JSONB',
    'albumin JSONB',
    'lactate_dehydrogenase JSONB',
    'cytogenetics JSONB',
    'extramedullary_disease TEXT',
    'marrow_plasma_cells NUMERIC',
    'cns_disease BOOLEAN',
    'prior_lines INTEGER',
    'lines JSONB',
    'prior_autologous_transplant BOOLEAN',
    'prior_allogeneic_transplant BOOLEAN',
    'prior_radiotherapy BOOLEAN',
    'prior_bcma_therapy BOOLEAN',
    'exposed_classes JSONB',
    'refractory_classes JSONB',
    'refractoriness TEXT',
    'refractory_to_last_line BOOLEAN',
    'ecog SMALLINT',
    'ecog_on DATE',
    'weight NUMERIC',
    'height NUMERIC',
    'creatinine_clearance NUMERIC',
    'ejection_fraction NUMERIC',
    'hepatitis_b TEXT',
    'hepatitis_c TEXT',
    'hiv TEXT',
    'baseline_ice JSONB',
)
CHECKS = (
    'CONSTRAINT enrolment_creatinine_clearance CHECK (creatinine_clearance BETWEEN 0 AND 400)',
    'CONSTRAINT enrolment_ecog_code CHECK (enrolment.ecog IN (0, 1, 2, 3, 4, 5))',
    'CONSTRAINT enrolment_ejection_fraction CHECK (ejection_fraction BETWEEN 0 AND 100)',
    "CONSTRAINT enrolment_extramedullary_disease_code CHECK (enrolment.extramedullary_disease IN ('none', 'paraskeletal', 'extramedullary'))",
    "CONSTRAINT enrolment_heavy_chain_code CHECK (enrolment.heavy_chain IN ('IgG', 'IgA', 'IgM', 'IgD', 'IgE', 'light_chain_only', 'non_secretory'))",
    'CONSTRAINT enrolment_height CHECK (height BETWEEN 80 AND 250)',
    "CONSTRAINT enrolment_hepatitis_b_code CHECK (enrolment.hepatitis_b IN ('negative', 'past', 'active', 'unknown'))",
    "CONSTRAINT enrolment_hepatitis_c_code CHECK (enrolment.hepatitis_c IN ('negative', 'past', 'active', 'unknown'))",
    "CONSTRAINT enrolment_hiv_code CHECK (enrolment.hiv IN ('negative', 'past', 'active', 'unknown'))",
    "CONSTRAINT enrolment_iss_code CHECK (enrolment.iss IN ('I', 'II', 'III'))",
    "CONSTRAINT enrolment_light_chain_code CHECK (enrolment.light_chain IN ('kappa', 'lambda'))",
    'CONSTRAINT enrolment_marrow_plasma_cells CHECK (marrow_plasma_cells BETWEEN 0 AND 100)',
    'CONSTRAINT enrolment_off_study CHECK (off_study IS NULL OR enrolled_on IS NOT NULL)',
    'CONSTRAINT enrolment_one_way CHECK (screen_failure IS NULL OR (enrolled_on IS NULL AND off_study IS NULL))',
    'CONSTRAINT enrolment_prior_lines CHECK (prior_lines >= 0)',
    "CONSTRAINT enrolment_r_iss_code CHECK (enrolment.r_iss IN ('I', 'II', 'III'))",
    "CONSTRAINT enrolment_refractoriness_code CHECK (enrolment.refractoriness IN ('none', 'single_class', 'double_class', 'triple_class', 'penta_drug'))",
    "CONSTRAINT enrolment_sex_code CHECK (enrolment.sex IN ('F', 'M', 'U'))",
    'CONSTRAINT enrolment_weight CHECK (weight BETWEEN 20 AND 400)',
    'CONSTRAINT enrolment_year_of_birth CHECK (year_of_birth BETWEEN 1900 AND 2100)',
    'CONSTRAINT enrolment_year_of_diagnosis CHECK (year_of_diagnosis BETWEEN year_of_birth AND 2100)',
)


def upgrade() -> None:
    """Create the table enrolment."""
    op.execute("SET LOCAL lock_timeout = '5s'")
    create_record_table("enrolment", COLUMNS, CHECKS)
