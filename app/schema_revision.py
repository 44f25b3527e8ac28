"""Which schema the service works with, told without the tool that migrates.

Alembic and the tables it compares cost a start more than the database does, and a database is
nearly always at the newest schema already.
"""

import re
from functools import cache
from pathlib import Path

import asyncpg

MIGRATIONS = Path(__file__).parent.parent / "migrations"
_NAME = re.compile(r'^(revision|down_revision) = "(\w+)"$', re.MULTILINE)


class UnknownSchema(Exception):  # noqa: N818 - what is the matter, not what went wrong
    """The database is at a schema that this version of the service does not know."""


@cache
def head() -> str:
    """Give the name of the newest migration: the one that no other follows.

    Raises:
        RuntimeError: the service was built without its migrations, or two of them are the newest.
    """
    named: dict[str, set[str]] = {"revision": set(), "down_revision": set()}
    for file in (MIGRATIONS / "versions").glob("*.py"):
        for which, name in _NAME.findall(file.read_text(encoding="utf-8")):
            named[which].add(name)
    newest = named["revision"] - named["down_revision"]
    if len(newest) != 1:
        raise RuntimeError(f"the newest migration is one of {sorted(newest)}")
    return newest.pop()


async def revision_of(connection: asyncpg.Connection) -> str | None:
    """Give the name of the migration that a database is at; None when it has none."""
    try:
        revision: str | None = await connection.fetchval("SELECT schema_revision()")
    except asyncpg.UndefinedFunctionError:
        return None
    return revision
