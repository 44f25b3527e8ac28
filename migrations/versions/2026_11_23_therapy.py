"""Hold therapies."""

from alembic import op

from migrations.walls import create_record_table

revision = "2026_11_23_therapy"
down_revision = "2026_11_23_assessment"
branch_labels = None
depends_on = None

COLUMNS = (
    'visit TEXT',
    'therapy_kind TEXT NOT NULL',
    'name TEXT',
    'agents JSONB NOT NULL',
    'start TEXT NOT NULL',
    '"end" TEXT',
    'ongoing BOOLEAN',
    'dose NUMERIC',
    'unit TEXT',
    'frequency TEXT',
    'route TEXT',
    'indication TEXT',
    'adverse_events JSONB NOT NULL',
    'starts_new_line BOOLEAN',
    'radiotherapy_target TEXT',
    'blood_product TEXT',
    'units_transfused NUMERIC',
    'oxygen TEXT',
    'flow NUMERIC',
    'note TEXT',
)
CHECKS = (
    "CONSTRAINT therapy_blood_product CHECK (num_nonnulls(blood_product, units_transfused) = 0 OR therapy_kind = 'transfusion')",
    "CONSTRAINT therapy_blood_product_code CHECK (therapy.blood_product IN ('red_cells', 'platelets', 'plasma', 'cryoprecipitate', 'fibrinogen', 'granulocytes', 'albumin'))",
    "CONSTRAINT therapy_dose CHECK (dose > 0 AND dose < 'Infinity')",
    'CONSTRAINT therapy_flow CHECK (flow > 0 AND flow <= 100)',
    "CONSTRAINT therapy_name CHECK (therapy_kind <> 'other' OR name IS NOT NULL)",
    "CONSTRAINT therapy_oxygen CHECK (num_nonnulls(oxygen, flow) = 0 OR therapy_kind = 'oxygen')",
    "CONSTRAINT therapy_oxygen_code CHECK (therapy.oxygen IN ('ROOM_AIR', 'BLOW_BY', 'NASAL_CANNULA', 'HIGH_FLOW_NASAL_CANNULA', 'FACE_MASK', 'NON_REBREATHER', 'VENTURI', 'CPAP', 'BIPAP', 'INVASIVE_VENTILATION'))",
    "CONSTRAINT therapy_radiotherapy_target CHECK (radiotherapy_target IS NULL OR therapy_kind = 'radiotherapy')",
    "CONSTRAINT therapy_radiotherapy_target_code CHECK (therapy.radiotherapy_target IN ('new', 'progressing', 'stable'))",
    "CONSTRAINT therapy_route_code CHECK (therapy.route IN ('ORAL', 'INTRAVENOUS', 'SUBCUTANEOUS', 'INTRAMUSCULAR', 'INTRATHECAL', 'RESPIRATORY (INHALATION)', 'TOPICAL', 'OTHER'))",
    "CONSTRAINT therapy_therapy_kind_code CHECK (therapy.therapy_kind IN ('new_anti_myeloma', 'maintenance', 'radiotherapy', 'transplant_auto', 'transplant_allo', 'car_t_reinfusion', 'cd34_boost', 'tocilizumab', 'siltuximab', 'anakinra', 'corticosteroid', 'vasopressor', 'oxygen', 'transfusion', 'ivig', 'g_csf', 'antimicrobial', 'anticoagulant', 'other'))",
    "CONSTRAINT therapy_units_transfused CHECK (units_transfused > 0 AND units_transfused < 'Infinity')",
)


def upgrade() -> None:
    """Create the table therapy."""
    op.execute("SET LOCAL lock_timeout = '5s'")
    create_record_table("therapy", COLUMNS, CHECKS)
