"""Hold neurological assessments."""

from alembic import op

from migrations.walls import create_record_table

revision = "2026_11_23_neuro_assessment"
down_revision = "2026_11_23_visit"
branch_labels = None
depends_on = None

COLUMNS = (
    'visit TEXT',
    'assessed_at TEXT NOT NULL',
    'astct_version TEXT NOT NULL',
    'ice JSONB',
    'ice_not_done TEXT',
    'handwriting_changed BOOLEAN',
    'consciousness TEXT',
    'seizure TEXT',
    'motor TEXT',
    'raised_pressure TEXT',
    'imaging_done BOOLEAN',
    'intracranial_haemorrhage BOOLEAN NOT NULL',
    'other_cause JSONB NOT NULL',
    'grade INTEGER',
    'examiner TEXT',
    'adverse_event UUID',
    'note TEXT',
)
CHECKS = (
    "CONSTRAINT neuro_assessment_astct_version CHECK (astct_version = 'ASTCT 2019')",
    "CONSTRAINT neuro_assessment_consciousness_code CHECK (neuro_assessment.consciousness IN ('ALERT', 'AWAKENS_SPONTANEOUSLY', 'AWAKENS_TO_VOICE', 'AWAKENS_TO_TACTILE', 'UNAROUSABLE_OR_VIGOROUS_STIMULI'))",
    'CONSTRAINT neuro_assessment_grade CHECK (grade BETWEEN 0 AND 5)',
    'CONSTRAINT neuro_assessment_ice CHECK (num_nonnulls(ice, ice_not_done) = 1)',
    "CONSTRAINT neuro_assessment_ice_not_done_code CHECK (neuro_assessment.ice_not_done IN ('UNAROUSABLE', 'SEDATED', 'LANGUAGE', 'NOT_DONE'))",
    "CONSTRAINT neuro_assessment_motor_code CHECK (neuro_assessment.motor IN ('NONE', 'TREMOR_OR_MYOCLONUS', 'DEEP_FOCAL_WEAKNESS'))",
    "CONSTRAINT neuro_assessment_raised_pressure_code CHECK (neuro_assessment.raised_pressure IN ('NONE', 'FOCAL_EDEMA', 'DIFFUSE_EDEMA', 'POSTURING', 'SIXTH_NERVE_PALSY', 'PAPILLEDEMA', 'CUSHING_TRIAD'))",
    "CONSTRAINT neuro_assessment_seizure_code CHECK (neuro_assessment.seizure IN ('NONE', 'CLINICAL_RESOLVED_RAPIDLY', 'NONCONVULSIVE_EEG_RESOLVED', 'PROLONGED_OVER_5_MIN', 'REPETITIVE_NO_RETURN'))",
)


def upgrade() -> None:
    """Create the table neuro_assessment."""
    op.execute("SET LOCAL lock_timeout = '5s'")
    create_record_table("neuro_assessment", COLUMNS, CHECKS)
