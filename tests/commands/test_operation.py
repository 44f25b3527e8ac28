"""Migrate, number the ledger, print the contract."""

import asyncio
import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import asyncpg
import pytest
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from app.embedded_postgres import EmbeddedPostgres
from app.schema_revision import head
from tests.access.deployment import SIGNING_KEY
from tests.commands.conftest import run, sentence
from tests.deployment import open_directory
from tests.faults.served import eventually

REPOSITORY = Path(__file__).parents[2]


def ask(server: EmbeddedPostgres, database: str, statement: str) -> Any:
    """The first value of the first row."""

    async def asked() -> Any:
        superuser = await asyncpg.connect(server.url(server.superuser, database))
        try:
            return await superuser.fetchval(statement)
        finally:
            await superuser.close()

    return asyncio.run(asked())


@pytest.fixture
def empty_database(server: EmbeddedPostgres, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """A database of the operator's own that nobody has migrated."""
    name = "empty_database_of_commands"
    ask(server, "postgres", f"CREATE DATABASE {name}")
    monkeypatch.setenv("DATABASE_URL", server.url("dayzero_service", name))
    monkeypatch.setenv("DAYZERO_MIGRATION_URL", server.url(server.superuser, name))
    yield name
    ask(server, "postgres", f"DROP DATABASE {name} WITH (FORCE)")


class TestMigrate:
    def test_makes_the_tables_and_says_so(
        self, server: EmbeddedPostgres, empty_database: str
    ) -> None:
        first = sentence(run("centre", "list"))
        assert first == "The database has no tables yet: run `dayzero migrate` first."
        for _ in range(2):
            migrated = run("migrate")
            assert migrated.exit_code == 0
            assert migrated.stdout.split() == ["The", "database", "is", "at", f"{head()}."]
        assert ask(server, empty_database, "SELECT version_num FROM alembic_version") == head()
        assert run("centre", "list").exit_code == 0

    def test_sets_the_password_of_the_service(
        self,
        server: EmbeddedPostgres,
        own_database: str,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        stored = "SELECT rolpassword FROM pg_authid WHERE rolname = 'dayzero_service'"
        ask(server, own_database, "ALTER ROLE dayzero_service PASSWORD NULL")
        monkeypatch.setenv("DAYZERO_SERVICE_PASSWORD", "it's a 'secret'; --")
        migrated = run("migrate")
        assert migrated.exit_code == 0
        assert "secret" not in migrated.output
        assert ask(server, own_database, stored).startswith("SCRAM-SHA-256$")
        ask(server, own_database, "ALTER ROLE dayzero_service PASSWORD NULL")

    def test_does_not_touch_what_a_newer_version_made(
        self, server: EmbeddedPostgres, own_database: str
    ) -> None:
        newer = "UPDATE alembic_version SET version_num = '2031_01_01_newer'"
        ask(server, own_database, newer)
        assert "used by a newer one" in sentence(run("migrate"))

    def test_is_refused_to_a_login_that_may_not(
        self, server: EmbeddedPostgres, empty_database: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("DAYZERO_MIGRATION_URL", server.url("dayzero_service", empty_database))
        assert sentence(run("migrate")).startswith("The database does not do this: ")
        assert "DAYZERO_MIGRATION_URL" in sentence(run("migrate"))

    @pytest.mark.parametrize(
        ("url", "said"),
        [
            ("postgresql://a:secret@127.0.0.1:1/x", "The database cannot be reached: "),
            ("secret", "The address of the database cannot be used: "),
            ("postgresql://a:secret@127.0.0.1:x/x", "The address of the database cannot be used: "),
        ],
    )
    def test_says_what_is_wrong_with_the_address(
        self, monkeypatch: pytest.MonkeyPatch, url: str, said: str
    ) -> None:
        monkeypatch.setenv("DATABASE_URL", url)
        monkeypatch.setenv("DAYZERO_MIGRATION_URL", url)
        refused = sentence(run("migrate"))
        assert refused.startswith(said)
        assert "secret" not in refused


class TestSequence:
    def test_numbers_the_ledger_until_it_is_told_to_stop(
        self, server: EmbeddedPostgres, own_database: str
    ) -> None:
        unnumbered = (
            "SELECT count(*) FROM ledger_event e "
            "WHERE NOT EXISTS (SELECT FROM ledger_entry s WHERE s.event = e.id)"
        )
        assert run("centre", "add", "03", "--name", "Lakeside").exit_code == 0
        assert ask(server, own_database, unnumbered) == 1
        process = subprocess.Popen(
            [sys.executable, "-m", "app.cli", "sequence"], cwd=REPOSITORY, env=os.environ
        )
        try:
            assert eventually(lambda: ask(server, own_database, unnumbered) == 0, 60)
            process.send_signal(signal.SIGINT)
            assert process.wait(30) == 0
        finally:
            process.kill()
            process.wait()

    def test_is_not_for_the_embedded_service(self) -> None:
        assert sentence(run("sequence")) == "The embedded service numbers its ledger itself."


@pytest.fixture
def data_directory(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    with open_directory() as directory:
        monkeypatch.setenv("DAYZERO_DATA_DIRECTORY", str(directory / "data"))
        yield directory / "data"


@pytest.mark.usefixtures("data_directory")
class TestContract:
    def test_is_printed_or_written(self, tmp_path: Path) -> None:
        printed = run("openapi")
        assert json.loads(printed.stdout)["info"]["title"] == "Day Zero"
        assert run("openapi", "--output", str(tmp_path / "contract.json")).exit_code == 0
        assert (tmp_path / "contract.json").read_text(encoding="utf-8") == printed.stdout

    def test_is_not_written_where_nothing_can_be(self, tmp_path: Path) -> None:
        place = tmp_path / "no" / "such"
        refused = sentence(run("openapi", "--output", str(place)))
        assert refused == f"{place} cannot be written: No such file or directory."


@pytest.mark.usefixtures("data_directory")
class TestKeys:
    def test_turn_without_a_service(self, data_directory: Path) -> None:
        names = []
        for _ in range(2):
            turned = run("keys", "rotate")
            assert turned.exit_code == 0
            names.append(turned.stdout.removeprefix("Signing with ").strip().rstrip("."))
        ring = json.loads((data_directory / "signing_keys.json").read_text())["keys"]
        assert [key["kid"] for key in ring][-2:] == names
        assert [key["retired_at"] is None for key in ring] == [False] * (len(ring) - 1) + [True]

    def test_that_are_configured_are_replaced_where_they_are(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        pem = SIGNING_KEY.private_key.private_bytes(
            Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()
        )
        monkeypatch.setenv("DAYZERO_SIGNING_KEY", pem.decode())
        assert "DAYZERO_SIGNING_KEY" in sentence(run("keys", "rotate"))
