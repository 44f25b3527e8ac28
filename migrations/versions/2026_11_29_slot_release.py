"""Let a slot of the trial be given back.

A slot that was claimed stays on record; that it was given back is a row beside it. Numbers go on
where slots were given back, and those that are taken are counted.
"""

from alembic import op

from migrations.walls import wall_off

revision = "2026_11_29_slot_release"
down_revision = "2026_11_29_identifiers"
branch_labels = None
depends_on = None

TABLE = """
CREATE TABLE slot_release (
    subject text PRIMARY KEY,
    centre text NOT NULL,
    CONSTRAINT slot_release_subject FOREIGN KEY (subject, centre)
        REFERENCES subject (subject, centre),
    transaction_id xid8 NOT NULL DEFAULT pg_current_xact_id()
)"""

TAKEN = """
CREATE OR REPLACE FUNCTION slots_taken() RETURNS bigint
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
RETURN (SELECT count(*) FROM slot) - (SELECT count(*) FROM slot_release)"""

CLAIM = """
CREATE OR REPLACE FUNCTION claim_slot(for_subject text, slots integer) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    home text;
    claimed integer;
BEGIN
    SELECT centre INTO home FROM subject WHERE subject = for_subject;
    IF NOT coalesce(home = ANY (writable_centres()), false) THEN
        RAISE EXCEPTION 'not a subject of the caller' USING ERRCODE = 'insufficient_privilege';
    END IF;
    PERFORM pg_advisory_xact_lock(hashtextextended('slots of the trial', 3));
    SELECT number INTO claimed FROM slot WHERE slot.subject = for_subject;
    IF FOUND THEN
        RETURN claimed;
    END IF;
    IF slots_taken() >= slots THEN
        RETURN NULL;
    END IF;
    SELECT count(*) + 1 INTO claimed FROM slot;
    INSERT INTO slot VALUES (claimed, for_subject, home);
    RETURN claimed;
END $$"""

# The subject's enrolment was voided in this transaction; an infusion that ever stood keeps the slot.

RELEASE = """
CREATE FUNCTION release_slot(of_subject text) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF NOT coalesce((SELECT centre = ANY (writable_centres()) FROM subject
                     WHERE subject = of_subject), false) THEN
        RAISE EXCEPTION 'not a subject of the caller' USING ERRCODE = 'insufficient_privilege';
    END IF;
    PERFORM pg_advisory_xact_lock(hashtextextended('slots of the trial', 3));
    INSERT INTO slot_release (subject, centre)
    SELECT slot.subject, slot.centre FROM slot
    WHERE slot.subject = of_subject
      AND EXISTS (SELECT FROM enrolment AS voided
                  WHERE voided.subject = of_subject AND voided.state = 'voided')
    ON CONFLICT DO NOTHING;
    RETURN FOUND;
END $$"""


def upgrade() -> None:
    """Create the table and the function that fills it, and count what is taken without it."""
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute(TABLE)
    wall_off("slot_release")
    op.execute(TAKEN)
    op.execute(CLAIM)
    op.execute(RELEASE)
    op.execute("GRANT EXECUTE ON FUNCTION release_slot(text) TO app_centre")
