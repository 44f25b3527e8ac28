"""Let a transaction see what its caller may read, also where it writes or only names centres."""

from alembic import op

revision = "2026_11_26_caller_context"
down_revision = "2026_11_25_endpoints"
branch_labels = None
depends_on = None

# One who writes at a centre and reads the whole trial sees all of it while writing, so that a
# write elsewhere is refused as one that is not allowed and not as one of something that is not
# there. What may be written stays what it was.
#
# Naming the trial's centres is a purpose of its own. Its scope 'centres' opens the table of centres
# to those who see the whole trial, its aggregates or its centres, and opens no other table.

REACH = """
CREATE OR REPLACE FUNCTION reach_of_role() RETURNS TABLE (role text, reads text, writes boolean)
LANGUAGE sql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog, public, pg_temp AS $$
    VALUES ('centre_system', 'centre', true),
           ('coordinator', 'centre', true),
           ('investigator', 'centre', true),
           ('centre_reader', 'centre', false),
           ('monitor', 'centre', false),
           ('data_manager', 'trial', false),
           ('safety_officer', 'trial', false),
           ('response_reviewer', 'trial', false),
           ('sponsor_analyst', 'trial', false),
           ('summary_reader', 'summaries', false),
           ('auditor', 'trial', false),
           ('study_admin', 'centres', false)
$$"""

CONTEXT = """
CREATE OR REPLACE FUNCTION begin_context(caller uuid, purpose text)
RETURNS TABLE (database_role text, principal_name text, grants json)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    readable text;
    writable text;
    sees_trial boolean;
    names_centres boolean;
    audits boolean;
    chosen text;
BEGIN
    SELECT p.name INTO principal_name
    FROM principal p WHERE p.id = caller AND p.revoked_at IS NULL;
    IF NOT FOUND THEN
        RETURN;
    END IF;
    SELECT string_agg(DISTINCT g.centre, ',') FILTER (WHERE r.reads = 'centre'),
           string_agg(DISTINCT g.centre, ',') FILTER (WHERE r.writes),
           coalesce(bool_or(r.reads = 'trial' OR (r.reads = 'summaries' AND purpose = 'summarise')), false),
           coalesce(bool_or(r.reads IN ('trial', 'summaries', 'centres')), false),
           coalesce(bool_or(g.role = 'auditor'), false),
           coalesce(json_agg(json_build_object('role', g.role, 'centre', g.centre)), '[]')
    INTO readable, writable, sees_trial, names_centres, audits, grants
    FROM access_grant g JOIN reach_of_role() r ON r.role = g.role
    WHERE g.principal = caller AND g.revoked_at IS NULL AND (g.ends_at IS NULL OR g.ends_at > now());
    chosen := CASE
        WHEN purpose = 'write' AND writable IS NOT NULL THEN 'centre'
        WHEN purpose = 'audit' AND audits THEN 'audit'
        WHEN purpose = 'centres' AND names_centres THEN 'centres'
        WHEN purpose IN ('read', 'summarise') AND sees_trial THEN 'trial'
        WHEN purpose IN ('read', 'summarise', 'centres') AND readable IS NOT NULL THEN 'centre'
    END;
    IF chosen = 'centre' AND sees_trial THEN
        SELECT string_agg(code, ',') INTO readable FROM centre;
    END IF;
    PERFORM set_config('dayzero.principal', caller::text, true),
            set_config('dayzero.readable', coalesce(readable, '-'), true),
            set_config('dayzero.writable', coalesce(writable, '-'), true),
            set_config('dayzero.scope', coalesce(chosen, ''), true);
    database_role := CASE chosen
        WHEN 'centre' THEN 'app_centre'
        WHEN 'trial' THEN 'app_study'
        WHEN 'centres' THEN 'app_study'
        WHEN 'audit' THEN 'app_auditor'
    END;
    RETURN NEXT;
END $$"""


def upgrade() -> None:
    """Replace the two functions, and open the table of centres to the new scope."""
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute(REACH)
    op.execute(CONTEXT)
    op.execute(
        "ALTER POLICY app_study_reads ON centre"
        " USING ((SELECT context_value('scope')) IN ('trial', 'centres'))"
    )
