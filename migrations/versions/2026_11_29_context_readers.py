"""Read the context of a transaction without a call of plpgsql at every policy.

The readers are now one expression each, which the planner puts in their place. They still fail
where there is no context: a setting that was never made is an error (42704), and so is the empty
text that is left of one when its transaction has ended (22P02: no array, no uuid).
"""

from alembic import op

revision = "2026_11_29_context_readers"
down_revision = "2026_11_29_slot_release"
branch_labels = None
depends_on = None

CENTRES = """
CREATE OR REPLACE FUNCTION {name}_centres() RETURNS text[]
LANGUAGE sql STABLE PARALLEL SAFE RETURN current_setting('dayzero.{name}')::text[]"""

PRINCIPAL = """
CREATE FUNCTION context_principal() RETURNS uuid
LANGUAGE sql STABLE PARALLEL SAFE RETURN current_setting('dayzero.principal')::uuid"""

IS_PRINCIPAL = "principal = (SELECT context_principal())"

CONTEXT = """
CREATE OR REPLACE FUNCTION begin_context(caller uuid, purpose text)
RETURNS TABLE (database_role text, principal_name text, grants json)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    readable text[];
    writable text[];
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
    SELECT array_agg(g.centre) FILTER (WHERE r.reads = 'centre'),
           array_agg(g.centre) FILTER (WHERE r.writes),
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
        SELECT array_agg(code) INTO readable FROM centre;
    END IF;
    PERFORM set_config('dayzero.principal', caller::text, true),
            set_config('dayzero.readable', coalesce(readable, '{}')::text, true),
            set_config('dayzero.writable', coalesce(writable, '{}')::text, true),
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
    """Replace the readers and what writes for them, in one transaction."""
    op.execute("SET LOCAL lock_timeout = '5s'")
    for name in ("readable", "writable"):
        op.execute(CENTRES.format(name=name))
    op.execute(PRINCIPAL)
    op.execute("GRANT EXECUTE ON FUNCTION context_principal() TO app_centre, app_study, app_auditor")
    op.execute(CONTEXT)
    for role in ("app_centre", "app_study", "app_auditor"):
        op.execute(
            f"ALTER POLICY {role}_inserts ON access_event"
            " WITH CHECK ((SELECT context_principal()) IS NOT NULL)"
        )
    op.execute(f"ALTER POLICY app_centre_inserts ON stored_answer WITH CHECK ({IS_PRINCIPAL})")
    op.execute(
        "ALTER POLICY app_study_inserts ON stored_answer"
        f" WITH CHECK ({IS_PRINCIPAL} AND (SELECT adjudicates()))"
    )
