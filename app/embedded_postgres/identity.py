"""A data directory that knows itself, so that a copy of it is not taken for it.

A copy of a running data directory holds the same files: its ``postmaster.pid`` names the original's
socket, its pointer the original's place. A file in it says where the directory lay and which file
that was; in a copy that is another file.

Decision: the same file at another path is a directory that was moved, and the same path on another
device one whose device has got another number at the start of the machine: both are the original. A
copy that is meant to live is told to be one by removing the file.
"""

import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

from app.embedded_postgres.error import EmbeddedPostgresError

NAME: Final = "identity.json"


@dataclass(frozen=True)
class Identity:
    """What a data directory says of itself."""

    path: str
    device: int
    inode: int

    def is_original_at(self, path: Path, status: os.stat_result) -> bool:
        """Tell whether the file that says this is the one that it speaks of."""
        same_place = self.device == status.st_dev or self.path == str(path)
        return self.inode == status.st_ino and same_place


def require_original(data_directory: Path) -> None:
    """Let a server start on a data directory; at the first time write down which one it is.

    Raises:
        EmbeddedPostgresError: it is a copy of another.
    """
    file = data_directory / NAME
    try:
        with file.open(encoding="utf-8") as opened:
            status, said = os.fstat(opened.fileno()), Identity(**json.load(opened))
    except FileNotFoundError:
        _write(file, data_directory)
        return
    except (ValueError, TypeError):
        raise EmbeddedPostgresError(
            f"{file} is damaged: remove it if {data_directory} is no copy of another."
        ) from None
    if not said.is_original_at(data_directory, status):
        raise EmbeddedPostgresError(
            f"{data_directory} is a copy of {said.path} and is left as it is: a copy taken while "
            f"its service ran is not whole. Stop that service, copy the directory again, and "
            f"remove {NAME} from the copy before you start it."
        )
    if said.path != str(data_directory):
        _write(file, data_directory)


def _write(file: Path, data_directory: Path) -> None:
    """Write the file whole: it is what its own number says before it has its name."""
    beside = file.with_name(f".{NAME}-{os.getpid()}")
    with beside.open("w", encoding="utf-8") as opened:
        status = os.fstat(opened.fileno())
        said = Identity(str(data_directory), status.st_dev, status.st_ino)
        json.dump(asdict(said), opened)
        opened.flush()
        os.fsync(opened.fileno())
    beside.rename(file)


def identity_of(file: int) -> str:
    """Write which file is open, as no copy of it can be."""
    status = os.fstat(file)
    return f"{status.st_dev}:{status.st_ino}"
