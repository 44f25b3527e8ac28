"""Hold CAR-T kinetics."""

from alembic import op

from migrations.walls import create_record_table

revision = "2026_11_23_kinetics_result"
down_revision = "2026_11_23_therapy"
branch_labels = None
depends_on = None

COLUMNS = (
    'visit TEXT',
    'infusion UUID',
    'matrix TEXT NOT NULL',
    'method TEXT NOT NULL',
    'collected_at TEXT NOT NULL',
    'nominal_day INTEGER',
    'value NUMERIC',
    'quantification TEXT',
    'unit TEXT',
    'lloq NUMERIC',
    'lod NUMERIC',
    'not_evaluable TEXT',
    'spurious BOOLEAN NOT NULL',
    'assay TEXT',
    'assay_version TEXT',
    'laboratory TEXT',
    'sample_id TEXT',
    'specimen_quality TEXT',
    'genomic_dna_ng NUMERIC',
    'cd3_events INTEGER',
    'cd3_per_ul NUMERIC',
    'csf_volume_ml NUMERIC',
    'csf_red_cells_per_ul NUMERIC',
    'marrow_pull INTEGER',
)
CHECKS = (
    "CONSTRAINT kinetics_result_cd3_per_ul CHECK (cd3_per_ul >= 0 AND cd3_per_ul < 'Infinity')",
    "CONSTRAINT kinetics_result_csf_red_cells_per_ul CHECK (csf_red_cells_per_ul >= 0 AND csf_red_cells_per_ul < 'Infinity')",
    "CONSTRAINT kinetics_result_csf_volume_ml CHECK (csf_volume_ml > 0 AND csf_volume_ml < 'Infinity')",
    "CONSTRAINT kinetics_result_genomic_dna_ng CHECK (genomic_dna_ng >= 0 AND genomic_dna_ng < 'Infinity')",
    "CONSTRAINT kinetics_result_lloq CHECK (lloq > 0 AND lloq < 'Infinity')",
    "CONSTRAINT kinetics_result_lod CHECK (lod > 0 AND lod <= coalesce(lloq, lod) AND lod < 'Infinity')",
    "CONSTRAINT kinetics_result_matrix_code CHECK (kinetics_result.matrix IN ('PB', 'BM', 'CSF'))",
    "CONSTRAINT kinetics_result_method_code CHECK (kinetics_result.method IN ('qpcr', 'flow_pct', 'flow_abs'))",
    'CONSTRAINT kinetics_result_not_evaluable CHECK (not_evaluable IS NULL OR value IS NULL)',
    "CONSTRAINT kinetics_result_not_evaluable_code CHECK (kinetics_result.not_evaluable IN ('not_collected', 'sample_lost', 'insufficient_dna', 'too_few_events', 'assay_failed', 'other'))",
    "CONSTRAINT kinetics_result_quantification_code CHECK (kinetics_result.quantification IN ('quantifiable', 'detected_below_lloq', 'not_detected', 'missing'))",
    'CONSTRAINT kinetics_result_some_result CHECK (num_nonnulls(value, quantification, not_evaluable) > 0)',
    "CONSTRAINT kinetics_result_specimen_quality_code CHECK (kinetics_result.specimen_quality IN ('adequate', 'haemodiluted', 'haemolysed', 'clotted', 'insufficient', 'delayed'))",
    'CONSTRAINT kinetics_result_unit CHECK (unit IS NOT NULL OR num_nonnulls(value, lloq, lod) = 0)',
    "CONSTRAINT kinetics_result_value CHECK (value >= 0 AND value < 'Infinity')",
)


def upgrade() -> None:
    """Create the table kinetics_result."""
    op.execute("SET LOCAL lock_timeout = '5s'")
    create_record_table("kinetics_result", COLUMNS, CHECKS)
