"""Count the slots of subjects who left the study and were never infused.

A trial may say that they give theirs up. Nothing is written for it: whoever comes back to the
study, or turns out to have been infused, has the slot as before.
"""

from alembic import op

revision = "2026_11_29_slots_given_up"
down_revision = "2026_11_29_one_time_links"
branch_labels = None
depends_on = None

GIVEN_UP = """
CREATE FUNCTION slots_given_up() RETURNS bigint
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
RETURN (
    SELECT count(*) FROM slot
    WHERE EXISTS (
        SELECT FROM enrolment AS left_study
        WHERE left_study.subject = slot.subject AND left_study.state = 'active'
          AND left_study.off_study IS NOT NULL
          AND NOT EXISTS (SELECT FROM enrolment AS newer
                          WHERE newer.record_id = left_study.record_id
                            AND newer.version = left_study.version + 1))
      AND NOT EXISTS (
        SELECT FROM infusion AS given
        WHERE given.subject = slot.subject AND given.state = 'active'
          AND NOT EXISTS (SELECT FROM infusion AS newer
                          WHERE newer.record_id = given.record_id
                            AND newer.version = given.version + 1)))"""


def upgrade() -> None:
    """Create the function."""
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute(GIVEN_UP)
    op.execute("GRANT EXECUTE ON FUNCTION slots_given_up() TO app_centre, app_study, app_auditor")
