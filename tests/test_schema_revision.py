"""Which schema the service works with, told without Alembic and as Alembic would tell it."""

from pathlib import Path

import asyncpg
import pytest
from alembic.config import Config
from alembic.script import ScriptDirectory

from app import schema_revision
from app.embedded_postgres import EmbeddedPostgres
from app.schema_revision import MIGRATIONS, head, revision_of
from tests.deployment import clone_of_template

VERSION = 'revision = "{}"\ndown_revision = {}\n'


def test_the_newest_migration_is_the_one_that_alembic_would_end_at() -> None:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.set_main_option("path_separator", "os")
    assert head() == ScriptDirectory.from_config(config).get_current_head()


@pytest.mark.parametrize(
    ("migrations", "said"),
    [
        pytest.param({}, r"one of \[\]", id="none"),
        pytest.param(
            {"first": None, "left": '"first"', "right": '"first"'},
            r"one of \['left', 'right'\]",
            id="two that nothing follows",
        ),
    ],
)
def test_without_one_newest_migration_there_is_no_service(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, migrations: dict[str, str | None], said: str
) -> None:
    versions = tmp_path / "versions"
    versions.mkdir()
    for name, follows in migrations.items():
        (versions / f"{name}.py").write_text(VERSION.format(name, follows))
    monkeypatch.setattr(schema_revision, "MIGRATIONS", tmp_path)
    with pytest.raises(RuntimeError, match=said):
        head.__wrapped__()


async def test_a_database_says_what_it_is_at(server: EmbeddedPostgres) -> None:
    async with clone_of_template(server) as name:
        database = await asyncpg.connect(server.url("dayzero_service", name))
        try:
            assert await revision_of(database) == head()
        finally:
            await database.close()


async def test_an_empty_database_is_at_nothing(server: EmbeddedPostgres) -> None:
    database = await asyncpg.connect(server.url(server.superuser, "template1"))
    try:
        assert await revision_of(database) is None
    finally:
        await database.close()
