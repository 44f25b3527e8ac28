"""Hold adjudications, which the response reviewers write and nobody else."""

from alembic import op

from migrations.walls import create_record_table, let_insert

revision = "2026_11_25_adjudication"
down_revision = "2026_11_23_neuro_assessment"
branch_labels = None
depends_on = None

COLUMNS = (
    'visit TEXT',
    'assessment UUID NOT NULL',
    'assessment_version INTEGER NOT NULL',
    'criteria_version TEXT NOT NULL',
    'response TEXT NOT NULL',
    'pd_basis TEXT',
    'response_date DATE',
    'rationale TEXT NOT NULL',
)
CHECKS = (
    'CONSTRAINT adjudication_assessment_version CHECK (assessment_version >= 1)',
    "CONSTRAINT adjudication_criteria_version CHECK (criteria_version = 'IMWG 2016')",
    "CONSTRAINT adjudication_pd_basis CHECK (pd_basis IS NULL OR response = 'PD')",
    "CONSTRAINT adjudication_pd_basis_code CHECK (adjudication.pd_basis IN ('imaging', 'marrow', 'biochemical', 'clinical', 'unknown'))",
    "CONSTRAINT adjudication_response_code CHECK (adjudication.response IN ('sCR', 'CR', 'VGPR', 'PR', 'MR', 'SD', 'PD', 'NE'))",
)

# The caller reads the whole trial and has a grant, now, that makes it a response reviewer.
ADJUDICATES = """
CREATE FUNCTION adjudicates() RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
RETURN context_value('scope') = 'trial' AND EXISTS (
    SELECT FROM access_grant g
    WHERE g.principal = context_value('principal')::uuid AND g.role = 'response_reviewer'
      AND g.revoked_at IS NULL AND (g.ends_at IS NULL OR g.ends_at > now()))"""

OF_REVIEWER = "(SELECT adjudicates())"


def upgrade() -> None:
    """Create the table adjudication, and let a reviewer write all that one write consists of."""
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute(ADJUDICATES)
    op.execute("GRANT EXECUTE ON FUNCTION adjudicates() TO app_study")
    create_record_table("adjudication", COLUMNS, CHECKS, writer=("app_study", OF_REVIEWER))
    let_insert("ledger_event", "app_study", f"kind = 'adjudications' AND {OF_REVIEWER}")
    let_insert(
        "stored_answer",
        "app_study",
        f"principal::text = (SELECT context_value('principal')) AND {OF_REVIEWER}",
    )
