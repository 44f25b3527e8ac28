"""Take what is not plausible, and the confirmation of it."""

from alembic import op

revision = "2026_11_29_confirmed_implausible"
down_revision = "2026_11_29_content_form"
branch_labels = None
depends_on = None

TABLES = (
    "enrolment", "preparation", "infusion", "assessment", "lab_result", "kinetics_result", "visit",
    "therapy",
)  # fmt: skip

WIDER = (
    ("enrolment", "weight", "weight > 0 AND weight < 'Infinity'"),
    ("enrolment", "height", "height > 0 AND height < 'Infinity'"),
    (
        "enrolment",
        "creatinine_clearance",
        "creatinine_clearance >= 0 AND creatinine_clearance < 'Infinity'",
    ),
    ("infusion", "weight", "weight > 0 AND weight < 'Infinity'"),
    ("visit", "weight", "weight > 0 AND weight < 'Infinity'"),
    ("therapy", "flow", "flow > 0 AND flow < 'Infinity'"),
)


def upgrade() -> None:
    """Add the column and widen the checks; the versions that are there confirm nothing.

    They have been checked against narrower bounds.
    """
    op.execute("SET LOCAL lock_timeout = '5s'")
    for table in TABLES:
        op.execute(f"ALTER TABLE {table} ADD COLUMN confirmed_implausible BOOLEAN")
    for table, name, condition in WIDER:
        constraint = f"{table}_{name}"
        op.execute(f"ALTER TABLE {table} DROP CONSTRAINT {constraint}")
        op.execute(
            f"ALTER TABLE {table} ADD CONSTRAINT {constraint} CHECK ({condition}) NOT VALID"
        )
        op.execute(f"ALTER TABLE {table} VALIDATE CONSTRAINT {constraint}")
