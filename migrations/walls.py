"""The wall in the database, and the table of a kind of record behind it.

Every table forces row-level security, on its owner too. A policy reads the context through a
sub-select, which the planner evaluates once a query instead of once a row.
"""

from collections.abc import Sequence

from alembic import op

OF_READER = "centre = ANY ((SELECT readable_centres())::text[])"
OF_WRITER = "centre = ANY ((SELECT writable_centres())::text[])"
OF_TRIAL = "(SELECT context_value('scope')) = 'trial'"
OF_AUDIT = "(SELECT context_value('scope')) = 'audit'"


def wall_off(table: str) -> None:
    """Let nobody but the owner's functions at the rows of a table."""
    op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
    op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
    op.execute(
        f"CREATE POLICY owner_does ON {table} TO dayzero_owner USING (true) WITH CHECK (true)"
    )


def let_read(table: str, role: str, which: str) -> None:
    """Let a role read the rows of which ``which`` holds."""
    op.execute(f"GRANT SELECT ON {table} TO {role}")
    op.execute(f"CREATE POLICY {role}_reads ON {table} FOR SELECT TO {role} USING ({which})")


def let_insert(table: str, role: str, which: str) -> None:
    """Let a role add rows of which ``which`` holds; nobody may ever change or delete one."""
    op.execute(f"GRANT INSERT ON {table} TO {role}")
    op.execute(f"CREATE POLICY {role}_inserts ON {table} FOR INSERT TO {role} WITH CHECK ({which})")


def let_everybody_read_their_part(table: str) -> None:
    """Let a centre read its rows, the trial's roles and the auditor all of them."""
    let_read(table, "app_centre", OF_READER)
    let_read(table, "app_study", OF_TRIAL)
    let_read(table, "app_auditor", OF_AUDIT)


def create_record_table(
    name: str,
    columns: Sequence[str],
    checks: Sequence[str] = (),
    *,
    writer: tuple[str, str] = ("app_centre", OF_WRITER),
) -> None:
    """Create the table of a kind of record: versions, identity, foreign keys, walls.

    Args:
        name: the table.
        columns: the clinical columns as DDL, ``"term text NOT NULL"``.
        checks: further constraints as DDL, ``"CONSTRAINT x CHECK (...)"``.
        writer: the one role that adds rows, and of which rows.
    """
    clinical = "".join(f",\n    {line}" for line in (*columns, *checks))
    op.execute(
        f"""
        CREATE TABLE {name} (
            record_id uuid NOT NULL,
            version integer NOT NULL CONSTRAINT {name}_version CHECK (version >= 1),
            predecessor integer GENERATED ALWAYS AS (nullif(version - 1, 0)) STORED,
            subject text NOT NULL,
            centre text NOT NULL,
            state text NOT NULL CONSTRAINT {name}_state CHECK (state IN ('active', 'voided')),
            source_id text,
            reason text,
            recorded_at timestamptz NOT NULL DEFAULT now(),
            recorded_by text NOT NULL,
            transaction_id xid8 NOT NULL DEFAULT pg_current_xact_id(),
            salt bytea NOT NULL DEFAULT uuid_send(gen_random_uuid()),
            PRIMARY KEY (record_id, version),
            CONSTRAINT {name}_identity UNIQUE (record_id, version, subject, centre),
            CONSTRAINT {name}_continues FOREIGN KEY (record_id, predecessor, subject, centre)
                REFERENCES {name} (record_id, version, subject, centre),
            CONSTRAINT {name}_subject FOREIGN KEY (subject, centre)
                REFERENCES subject (subject, centre),
            CONSTRAINT {name}_reason CHECK (version = 1 OR reason IS NOT NULL){clinical}
        )
        """
    )
    op.execute(
        f"CREATE UNIQUE INDEX {name}_source_id ON {name} (source_id, centre) WHERE version = 1"
    )
    op.execute(f"CREATE INDEX {name}_by_subject ON {name} (subject, record_id)")
    op.execute(f"CREATE INDEX {name}_by_centre ON {name} (centre, record_id)")
    wall_off(name)
    let_everybody_read_their_part(name)
    let_insert(name, *writer)


def create_table_of_kind(
    name: str,
    columns: Sequence[str],
    checks: Sequence[str] = (),
    *,
    writer: tuple[str, str] = ("app_centre", OF_WRITER),
) -> None:
    """Create the table of a kind of record as it is since records have origins.

    The migrations before called :func:`create_record_table` and changed their tables later: every
    version says whose words it is, and identifiers are held in a table of their own.

    Args:
        name: the table.
        columns: the clinical columns as DDL.
        checks: further constraints as DDL.
        writer: the one role that adds rows, and of which rows.
    """
    origin = (
        "origin text",
        "source_said text",
        "source_stated_at timestamptz",
        f"CONSTRAINT {name}_origin CHECK (origin IN ('source', 'person'))",
    )
    create_record_table(name, (*columns, *origin), checks, writer=writer)
    op.execute(f"DROP INDEX {name}_source_id")
