"""The programs that make clients, installed apart from what the service is developed with.

Each set is pinned to its last dependency, by hashes, and lies in a folder of its own that
``make clean`` removes.
"""

import hashlib
import shutil
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

ROOM = Path(__file__).parents[2] / ".clients"
WRITTEN = Path(__file__).with_name("written")
"""What a person writes: the clients' programs, and which tools they need."""

_SECONDS = 600


class Unavailable(Exception):  # noqa: N818
    """Tools cannot be installed here; the words are for people to read."""


@dataclass(frozen=True)
class Toolbox:
    """Tools that are installed together.

    Attributes:
        name: the folder they lie in.
        holds: what they are, in words.
        needs: commands that have to be there.
        locks: the files that pin them.
    """

    name: str
    holds: str
    needs: tuple[str, ...]
    locks: tuple[str, ...]

    @property
    def directory(self) -> Path:
        """Where they lie."""
        return ROOM / self.name

    def installed(self) -> bool:
        """Tell whether just what is pinned was installed to its end."""
        return self._mark.is_file() and self._mark.read_text() == self._pins()

    def install(self) -> None:
        """Install what is pinned, unless it is there.

        Raises:
            Unavailable: a command is missing, or the installer did not get what it asked for.
        """
        if self.installed():
            return
        missing = [command for command in self.needs if shutil.which(command) is None]
        if missing:
            raise Unavailable(f"{self.holds} cannot be installed: no {' and no '.join(missing)}.")
        shutil.rmtree(self.directory, ignore_errors=True)
        self.directory.mkdir(parents=True)
        for lock in self.locks:
            shutil.copy(WRITTEN / lock, self.directory)
        for command in _INSTALLERS[self.name]:
            self._run(command)
        self._mark.write_text(self._pins())

    @property
    def _mark(self) -> Path:
        return self.directory / ".installed"

    def _pins(self) -> str:
        pins = b"".join((WRITTEN / lock).read_bytes() for lock in self.locks)
        return hashlib.sha256(pins).hexdigest()

    def _run(self, command: Sequence[str]) -> None:
        try:
            done = subprocess.run(
                command, cwd=self.directory, capture_output=True, check=False, text=True,
                timeout=_SECONDS,
            )  # fmt: skip
        except subprocess.TimeoutExpired:
            raise Unavailable(
                f"{self.holds} cannot be installed: {command[0]} took over {_SECONDS} s."
            ) from None
        if done.returncode:
            said = (done.stderr or done.stdout).strip().splitlines() or ["it said nothing"]
            raise Unavailable(f"{self.holds} cannot be installed: {said[-1]}")


PYTHON = Toolbox("python", "openapi-generator and openapi-python-client", (), ("requirements.txt",))
NODE = Toolbox("node", "openapi-typescript", ("node", "npm"), ("package.json", "package-lock.json"))
_INSTALLERS = {
    "python": (
        (sys.executable, "-m", "venv", "."),
        ("bin/python", "-m", "pip", "install", "--quiet", "--disable-pip-version-check",
         "--require-hashes", "-r", "requirements.txt"),
    ),
    "node": (("npm", "ci", "--no-audit", "--no-fund", "--ignore-scripts"),),
}  # fmt: skip
