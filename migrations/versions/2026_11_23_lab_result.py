"""Hold laboratory results."""

from alembic import op

from migrations.walls import create_record_table

revision = "2026_11_23_lab_result"
down_revision = "2026_11_23_enrolment"
branch_labels = None
depends_on = None

COLUMNS = (
    'visit TEXT',
    'analyte TEXT NOT NULL',
    'analyte_system TEXT',
    'value NUMERIC',
    'coded_value TEXT',
    'titre TEXT',
    'not_done TEXT',
    'comparator TEXT',
    'unit TEXT',
    'reference_range JSONB',
    'lloq NUMERIC',
    'uloq NUMERIC',
    'specimen TEXT',
    'sample_id TEXT',
    'collected_at TEXT NOT NULL',
    'fasting BOOLEAN',
    'laboratory TEXT',
    'method TEXT',
    'spurious BOOLEAN NOT NULL',
    'clinically_significant JSONB',
    'adverse_event UUID',
    'transfused_before BOOLEAN',
    'g_csf_before BOOLEAN',
)
CHECKS = (
    "CONSTRAINT lab_result_analyte_system_code CHECK (lab_result.analyte_system IN ('listed', 'loinc', 'local'))",
    "CONSTRAINT lab_result_coded_value_code CHECK (lab_result.coded_value IN ('NEGATIVE', 'POSITIVE', 'NOT DETECTED', 'DETECTED', 'INDETERMINATE'))",
    "CONSTRAINT lab_result_comparator_code CHECK (lab_result.comparator IN ('<', '<=', '>', '>='))",
    "CONSTRAINT lab_result_lloq CHECK (lloq >= 0 AND lloq < 'Infinity')",
    'CONSTRAINT lab_result_one_result CHECK (num_nonnulls(value, coded_value, titre, not_done) = 1)',
    "CONSTRAINT lab_result_specimen_code CHECK (lab_result.specimen IN ('blood', 'serum', 'plasma', 'urine', 'urine_24h', 'bone_marrow', 'csf', 'stool', 'swab', 'sputum', 'tissue', 'other'))",
    "CONSTRAINT lab_result_uloq CHECK (uloq >= 0 AND uloq < 'Infinity')",
    'CONSTRAINT lab_result_unit CHECK ((value IS NULL) = (unit IS NULL))',
    "CONSTRAINT lab_result_value CHECK (abs(value) < 'Infinity')",
)


def upgrade() -> None:
    """Create the table lab_result."""
    op.execute("SET LOCAL lock_timeout = '5s'")
    create_record_table("lab_result", COLUMNS, CHECKS)
