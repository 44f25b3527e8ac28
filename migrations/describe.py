"""Writes the migration that makes the table of a kind of record, from its model.

    python -m migrations.describe adverse_event "Hold adverse events"

It follows the last migration there is and has the day on which it is written in its name. A
migration keeps its own copy of the columns: the model goes on, the migration stays what it was.
"""

import sys
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import CheckConstraint
from sqlalchemy.dialects import postgresql
from sqlalchemy.schema import CreateColumn
from sqlmodel import SQLModel

import app.models.every_table  # noqa: F401
from app.models.record import SYSTEM_COLUMNS
from app.schema_revision import MIGRATIONS, head

_DIALECT = postgresql.dialect()  # type: ignore[no-untyped-call]


def columns_of(table: str) -> list[str]:
    """Give the clinical columns of a table as DDL."""
    columns = [
        " ".join(str(CreateColumn(column).compile(dialect=_DIALECT)).split())
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


def described(table: str, title: str, revision: str, after: str) -> str:
    """Give the text of the migration.

    Args:
        title: what the database does from here on, as a sentence without its stop.
        revision: the migration's own name.
        after: the name of the one that it follows.
    """
    return "\n".join(
        (
            f'"""{title}."""\n',
            "from alembic import op\n",
            "from migrations.walls import create_table_of_kind\n",
            f'revision = "{revision}"',
            f'down_revision = "{after}"',
            "branch_labels = None",
            "depends_on = None\n",
            "COLUMNS = (",
            *(f"    {column!r}," for column in columns_of(table)),
            ")",
            "CHECKS = (",
            *(f"    {check!r}," for check in checks_of(table)),
            ")\n\n",
            "def upgrade() -> None:",
            f'    """Create the table {table}."""',
            "    op.execute(\"SET LOCAL lock_timeout = '5s'\")",
            f'    create_table_of_kind("{table}", COLUMNS, CHECKS)\n',
        )
    )


def write(table: str, title: str) -> Path:
    """Write the migration into its place in the chain, and give the file.

    Raises:
        FileExistsError: the table got a migration of this name today.
    """
    revision = f"{datetime.now(UTC):%Y_%m_%d}_{table}"
    file = MIGRATIONS / "versions" / f"{revision}.py"
    with file.open("x", encoding="utf-8") as written:
        written.write(described(table, title.removesuffix("."), revision, head()))
    return file


if __name__ == "__main__":
    print(write(*sys.argv[1:]))
