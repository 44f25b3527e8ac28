"""Keep the digests of links that sign a person in once.

A link is deleted by its use, in one statement, so that of many who follow it at once one comes in.
"""

from alembic import op

from migrations.walls import wall_off

revision = "2026_11_29_one_time_links"
down_revision = "2026_11_29_log_filters"
branch_labels = None
depends_on = None

TABLE = """
CREATE TABLE one_time_link (
    digest bytea PRIMARY KEY CONSTRAINT one_time_link_digest CHECK (length(digest) = 32),
    principal uuid NOT NULL REFERENCES principal (id),
    expires_at timestamptz NOT NULL
)"""

USE = """
CREATE FUNCTION use_link(of_digest bytea, at timestamptz) RETURNS uuid
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    signed_in uuid;
BEGIN
    DELETE FROM one_time_link WHERE digest = of_digest AND expires_at > at
    RETURNING principal INTO signed_in;
    RETURN signed_in;
END $$"""

FORGET = """
CREATE OR REPLACE FUNCTION forget_expired(answers_older_than interval) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
BEGIN ATOMIC
    DELETE FROM used_assertion WHERE expires_at < now();
    DELETE FROM one_time_link WHERE expires_at < now();
    DELETE FROM stored_answer WHERE stored_at < now() - answers_older_than;
END"""


def upgrade() -> None:
    """Create the table behind its wall, what uses a link up, and what forgets one."""
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute(TABLE)
    op.execute("CREATE INDEX ix_one_time_link_expires_at ON one_time_link (expires_at)")
    wall_off("one_time_link")
    op.execute(USE)
    op.execute("GRANT EXECUTE ON FUNCTION use_link(bytea, timestamptz) TO dayzero_service")
    op.execute(FORGET)
