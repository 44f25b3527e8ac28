"""`dayzero serve`, as a process of its own."""

import asyncio
import json
import logging
import os
import re
import signal
import socket
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from unittest import mock

import asyncpg
import httpx
import pytest
import structlog
from joserfc import jws

from app.access.one_time_links import LINK_LIFETIME
from app.embedded_postgres import EmbeddedPostgres
from app.schema_revision import head
from tests.commands.conftest import Dayzero, get, run, sentence, token_of
from tests.deployment import open_directory
from tests.faults.served import Served, eventually, serving

REPOSITORY = Path(__file__).parents[2]


def served_in_vain(*arguments: str, **environment: str) -> str:
    """The sentence with which a service gives up before it serves."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = str(free.getsockname()[1])
    logs = logging.root.handlers, logging.root.level
    with mock.patch.dict(os.environ, environment):
        try:
            return sentence(run("serve", "--port", port, *arguments))
        finally:
            logging.root.handlers, logging.root.level = logs
            structlog.reset_defaults()


def alive(process: int) -> bool:
    return Path(f"/proc/{process}/cwd").exists()


@pytest.fixture
def place() -> Iterator[Path]:
    with open_directory() as directory:
        yield directory


WRITE_IT = "Write it as postgresql://login:password@host:5432/database."


class TestLife:
    def test_it_serves_says_where_and_ends_when_told(self, place: Path) -> None:
        with serving(place) as served:
            assert served.stop() == 0
            assert served.left_behind() == []
            said = served.said()
        assert said.strip() == f"Serving at {served.origin}; Ctrl-C ends it."
        assert (served.data_directory / "address").read_text() == f"{served.origin}\n"

    def test_ctrl_c_ends_it_too(self, place: Path) -> None:
        with serving(place) as served:
            assert served.process is not None
            served.process.send_signal(signal.SIGINT)
            assert served.process.wait(60) == 0
            assert served.left_behind() == []

    def test_it_takes_everything_along_when_it_is_killed(self, place: Path) -> None:
        with serving(place, None, "--workers", "2") as served:
            family = served.family()
            assert len(family) > 3
            os.kill(served.parent(), signal.SIGKILL)
            assert eventually(lambda: not served.left_behind(), 40)
            assert eventually(lambda: not [pid for pid in family if alive(pid)], 10)
            assert served.process is not None
            served.process.wait()
            served.start()

    def test_it_logs_json_lines_and_no_more_than_it_is_told_to(self, place: Path) -> None:
        with serving(place) as served:
            with socket.create_connection(("127.0.0.1", served.port)) as client:
                client.sendall(b"secret\r\n\r\n")
                assert client.recv(100).startswith(b"HTTP/1.1 400")
            os.kill(served.postmaster(), signal.SIGKILL)
            assert eventually(lambda: "starting it again" in served.said(), 30)
            assert eventually(served.ready)
            served.stop()
            greeting, *lines = served.said().splitlines()
        assert greeting.startswith("Serving at")
        entries = [json.loads(line) for line in lines]
        assert "Invalid HTTP request received." in {entry["event"] for entry in entries}
        assert "secret" not in served.said()
        (ended,) = (one for one in entries if one["event"].startswith("The embedded PostgreSQL"))
        assert ended["level"] == "error"
        assert re.fullmatch(r"20\d\d-\d\d-\d\dT.*Z", ended["at"])


class TestWorkers:
    def test_two_of_them_count_together(self, served: Served) -> None:
        assert eventually(lambda: len(served._children("app.worker")) == 2, 10)
        for _ in range(40):
            httpx.get(f"{served.origin}/v1/vocabularies/no-such")
        counts = []
        for _ in range(4):
            figures = httpx.get(f"{served.origin}/metrics")
            assert figures.headers["Content-Type"].startswith("text/plain")
            (line,) = (
                line
                for line in figures.text.splitlines()
                if line.startswith("dayzero_requests_total{")
                and 'route="GET /v1/vocabularies/{name}"' in line
                and 'status="401"' in line
            )
            counts.append(float(line.split()[-1]))
        assert counts == [40.0] * 4

    def test_they_answer_who_asks_for_a_socket_like_anybody_else(self, served: Served) -> None:
        upgrade = {
            "Connection": "Upgrade",
            "Upgrade": "websocket",
            "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
            "Sec-WebSocket-Version": "13",
        }
        answers = [
            httpx.get(f"{served.origin}{path}", headers=upgrade) for path in ("/livez", "/v1/me")
        ]
        assert [answer.status_code for answer in answers] == [200, 401]

    def test_keys_turn_while_they_serve(self, served: Served, dayzero: Dayzero) -> None:
        name = f"client {os.urandom(4).hex()}"
        made = dayzero("client", "create", name, "--role", "data_manager", "--json").stdout
        before = token_of(served.origin, made)
        turned = dayzero("keys", "rotate")
        assert turned.exit_code == 0
        new = turned.stdout.removeprefix("Signing with ").strip().removesuffix(".")
        after = [token_of(served.origin, made) for _ in range(8)]
        assert {jws.extract_compact(token.encode()).headers()["kid"] for token in after} == {new}
        for token in (before, *after):
            answers = Counter(get(served.origin, "/v1/me", token).status_code for _ in range(4))
            assert answers == {200: 4}
        published = httpx.get(f"{served.origin}/.well-known/jwks.json").json()["keys"]
        assert new in {key["kid"] for key in published}
        assert len(published) >= 2


class TestRefusal:
    def test_a_taken_port_is_said_at_once(self, place: Path) -> None:
        with socket.create_server(("127.0.0.1", 0)) as taken:
            port = taken.getsockname()[1]
            said = served_in_vain("--port", str(port), "--data-dir", str(place / "data"))
            command = [sys.executable, "-m", "app.cli", "serve", "--port", str(port)]
            process = subprocess.run(
                command, cwd=REPOSITORY, capture_output=True, text=True, timeout=60, check=False
            )
        assert said == f"Cannot listen on 127.0.0.1:{port}: Address already in use."
        assert not (place / "data").exists()
        assert (process.returncode, process.stdout, process.stderr) == (1, "", f"{said}\n")

    @pytest.mark.parametrize("host", ["203.0.113.1", "no-such-host.invalid", "::ffff"])
    def test_an_address_that_is_not_ours_is_said(self, host: str) -> None:
        assert served_in_vain("--host", host).startswith(f"Cannot listen on {host}:")

    def test_a_data_directory_in_use_is_said(
        self, served: Served, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("app.embedded_postgres.server.OTHERS_TIMEOUT", 0.1)
        said = served_in_vain("--data-dir", str(served.data_directory))
        assert "is in use by another process of the service" in said
        assert str(served.parent()) in said
        assert served.ready()

    @pytest.mark.parametrize(
        ("text", "said"),
        [
            pytest.param(None, "trial.toml", id="no file"),
            pytest.param("[trial", "trial.toml", id="no TOML"),
            pytest.param("", "is missing", id="empty"),
            pytest.param("colour = 'red'\n", "colour: is not a key", id="an unknown key"),
        ],
    )
    def test_a_broken_trial_file_is_said(self, place: Path, text: str | None, said: str) -> None:
        file = place / "trial.toml"
        if text is not None:
            file.write_text(text)
        refused = served_in_vain("--trial", str(file), "--data-dir", str(place / "data"))
        assert refused.startswith("trial.toml: ")
        assert said in refused
        assert not (place / "data" / "cluster").exists()

    @pytest.mark.parametrize(
        ("name", "value", "said"),
        [
            pytest.param("POOL_SIZE", "secret", "DAYZERO_POOL_SIZE: ", id="no number"),
            pytest.param("LOG_LEVEL", "secret", "DAYZERO_LOG_LEVEL: ", id="no level"),
            pytest.param("SIGNING_KEY", "secret", "the signing key is not", id="no key"),
            pytest.param("EXTERNAL_ISSUERS", "/no/file", "/no/file: No such file", id="no issuers"),
        ],
    )
    def test_a_setting_that_cannot_be_read_is_said(
        self, place: Path, name: str, value: str, said: str
    ) -> None:
        refused = served_in_vain("--data-dir", str(place), **{f"DAYZERO_{name}": value})
        assert said in refused
        assert "secret" not in refused

    @pytest.mark.parametrize(
        ("issuers", "said"),
        [
            pytest.param("[", "issuers.json: ", id="no JSON"),
            pytest.param('[{"issuer": "https://a"}]', "0.audience: Field required", id="half"),
            pytest.param(
                '[{"issuer": "https://ours", "audience": "a", "jwks_url": "https://b/keys"}]',
                "an external issuer has the identifier of this service",
                id="our own",
            ),
        ],
    )
    def test_a_list_of_issuers_that_does_not_hold_is_said(
        self, place: Path, issuers: str, said: str
    ) -> None:
        file = place / "issuers.json"
        file.write_text(issuers)
        settings = {"DAYZERO_EXTERNAL_ISSUERS": str(file), "DAYZERO_ISSUER": "https://ours"}
        assert said in served_in_vain("--data-dir", str(place / "data"), **settings)

    def test_workers_that_have_begun_to_load_end_with_it(self, place: Path) -> None:
        with socket.create_server(("127.0.0.1", 0)) as free:
            port = free.getsockname()[1]
        served = Served(place, {}, "--workers", "2", "--trial", "none.toml", "--port", str(port))
        with pytest.raises(AssertionError, match=r"none\.toml: cannot be read"):
            served.start()
        assert served.said().count("\n") == 1
        assert served.left_behind() == []

    def test_open_keys_are_said(self, place: Path) -> None:
        ring = place / "signing_keys.json"
        ring.write_text("{}")
        ring.chmod(0o644)
        assert "give it mode 0600" in served_in_vain("--data-dir", str(place))


@pytest.fixture
def on_our_own(server: EmbeddedPostgres, own_database: str, place: Path) -> dict[str, str]:
    """The settings of a service on a PostgreSQL of the operator's own."""
    return {
        "DATABASE_URL": os.environ["DATABASE_URL"],
        "DAYZERO_DATA_DIRECTORY": str(place / "data"),
    }


def change(server: EmbeddedPostgres, database: str, statement: str) -> None:
    async def changed() -> None:
        superuser = await asyncpg.connect(server.url(server.superuser, database))
        await superuser.execute(statement)
        await superuser.close()

    asyncio.run(changed())


class TestOwnDatabase:
    def test_is_served_when_it_is_fit(self, place: Path, on_our_own: dict[str, str]) -> None:
        settings = {**on_our_own, "DAYZERO_ALLOW_UNSAFE_DATABASE": "1"}
        with serving(place, settings) as served:
            assert served._children("postgres") == []
            assert served.stop() == 0

    def test_that_may_lose_what_it_stored_is_refused(self, on_our_own: dict[str, str]) -> None:
        said = served_in_vain(**on_our_own)
        assert said == "The database runs with fsync off: acknowledged records could be lost."

    @pytest.mark.parametrize(
        ("statement", "at"),
        [
            pytest.param(
                "UPDATE alembic_version SET version_num = '2026_11_23_foundation'",
                "2026_11_23_foundation",
                id="older",
            ),
            pytest.param(
                "UPDATE alembic_version SET version_num = '2031_01_01_newer'",
                "2031_01_01_newer",
                id="newer",
            ),
            pytest.param(
                "DROP SCHEMA public CASCADE; CREATE SCHEMA public", "no schema", id="empty"
            ),
        ],
    )
    def test_at_another_schema_is_refused(
        self,
        server: EmbeddedPostgres,
        own_database: str,
        on_our_own: dict[str, str],
        statement: str,
        at: str,
    ) -> None:
        change(server, own_database, statement)
        said = served_in_vain(**on_our_own)
        assert said == f"The database is at {at}, this service needs {head()}: migrate it."

    def test_restored_from_a_dump_is_refused(
        self, server: EmbeddedPostgres, own_database: str, on_our_own: dict[str, str]
    ) -> None:
        """Its transactions have numbers that this server has not reached."""
        change(
            server,
            own_database,
            "INSERT INTO ledger_event (action, principal, route, request_id, transaction_id) "
            "VALUES ('centre:add', 'operator', 'command line', 'r', '99999999999'::xid8)",
        )
        assert "restored as a dump into another server" in served_in_vain(**on_our_own)

    @pytest.mark.parametrize(
        ("url", "said"),
        [
            pytest.param(
                "postgresql://u:secret@127.0.0.1:1/x",
                "The database cannot be reached: nothing answers at its address "
                "(ConnectionRefusedError). Correct host and port in the address, start the server, "
                "or open the way to it.",
                id="nobody there",
            ),
            pytest.param(
                "postgresql://u:secret@127.0.0.1:port/x",
                f"The address of the database cannot be used: ValueError. {WRITE_IT}",
                id="no port",
            ),
            pytest.param(
                "secret",
                f"The address of the database cannot be used: ArgumentError. {WRITE_IT}",
                id="no URL",
            ),
        ],
    )
    def test_that_cannot_be_reached_is_said(self, place: Path, url: str, said: str) -> None:
        settings = {"DATABASE_URL": url, "DAYZERO_DATA_DIRECTORY": str(place / "data")}
        assert served_in_vain(**settings) == said

    def test_that_does_not_exist_is_said(
        self, server: EmbeddedPostgres, on_our_own: dict[str, str]
    ) -> None:
        nowhere = {**on_our_own, "DATABASE_URL": server.url("dayzero_service", "nowhere")}
        said = served_in_vain(**nowhere)
        assert said == (
            "The database cannot be reached: the server has none of that name "
            "(InvalidCatalogNameError). Correct the name in the address, or make it with CREATE "
            "DATABASE."
        )

    def test_that_does_not_know_the_login_is_said(
        self, server: EmbeddedPostgres, on_our_own: dict[str, str]
    ) -> None:
        stranger = {**on_our_own, "DATABASE_URL": server.url("stranger", "postgres")}
        said = served_in_vain(**stranger)
        assert said.startswith("The database cannot be reached: it refuses the login (")
        assert "CREATE ROLE" in said


def test_a_link_lives_no_longer_than_the_page_says() -> None:
    assert LINK_LIFETIME.total_seconds() == 15 * 60
    for name in ("start.js", "page/sign_in_by_link.js"):
        script = (REPOSITORY / "app" / "web" / name).read_text(encoding="utf-8")
        assert "older than 15 minutes" in script
