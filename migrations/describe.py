"""Prints the migration that makes the table of a kind of record, from its model.

    python -m migrations.describe adverse_event "Hold adverse events" > migrations/versions/...

A migration keeps its own copy of the columns: the model goes on, the migration stays what it was.
"""

import sys

from sqlalchemy import CheckConstraint
from sqlalchemy.dialects import postgresql
from sqlalchemy.schema import CreateColumn
from sqlmodel import SQLModel

import app.models.every_table  # noqa: F401
from app.models.record import SYSTEM_COLUMNS

_DIALECT = postgresql.dialect()  # type: ignore[no-untyped-call]


def columns_of(table: str) -> list[str]:
    """Give the clinical columns of a table as DDL."""
    columns = [
        " ".join(str(CreateColumn(column).compile(dialect=_DIALECT)).split()).replace(
            "VARCHAR", "TEXT"
        )
        for column in SQLModel.metadata.tables[table].columns
        if column.name not in SYSTEM_COLUMNS
    ]
    return [column.replace("VARCHAR", "TEXT") for column in columns]


def checks_of(table: str) -> list[str]:
    """Give the constraints of a table that its kind adds, as DDL, by name."""
    shared = {f"{table}_{name}" for name in ("version", "state", "origin", "reason")}
    checks = {
        str(constraint.name): str(
            constraint.sqltext.compile(dialect=_DIALECT, compile_kwargs={"literal_binds": True})
        )
        for constraint in SQLModel.metadata.tables[table].constraints
        if isinstance(constraint, CheckConstraint) and constraint.name not in shared
    }
    return [f"CONSTRAINT {name} CHECK ({checks[name]})" for name in sorted(checks)]


def main(table: str, title: str, after: str) -> None:
    """Print the migration."""
    print(f'"""{title}."""\n')
    print("from alembic import op\n\nfrom migrations.walls import create_record_table\n")
    print(f'revision = "2026_11_23_{table}"\ndown_revision = "{after}"')
    print("branch_labels = None\ndepends_on = None\n\nCOLUMNS = (")
    for column in columns_of(table):
        print(f"    {column!r},")
    print(")\nCHECKS = (")
    for check in checks_of(table):
        print(f"    {check!r},")
    print(")\n\n\ndef upgrade() -> None:")
    print(f'    """Create the table {table}."""')
    print("    op.execute(\"SET LOCAL lock_timeout = '5s'\")")
    print(f'    create_record_table("{table}", COLUMNS, CHECKS)')


if __name__ == "__main__":
    main(*sys.argv[1:])
