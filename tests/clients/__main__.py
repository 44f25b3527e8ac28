"""``make clients``: install, make, run, and say what each client did."""

import shutil
import sys
from pathlib import Path

from rich.console import Console
from rich.table import Table

from tests.clients.generators import GENERATORS, Broken, Generator
from tests.clients.tools import ROOM, Unavailable
from tests.clients.walk import CONTRACT, Step, service, walked

GENERATED = ROOM / "generated"
"""What was made last, for people to look at."""


def main() -> int:
    """Give 0 when every client that can be made here works."""
    makeable: list[type[Generator]] = []
    for kind in GENERATORS:
        try:
            kind.toolbox.install()
        except Unavailable as reason:
            print(f"{kind.name} is skipped: {reason}")
        else:
            makeable.append(kind)
    if not makeable:
        return 0
    table = Table("client", "step", "what it did", title="Clients made of openapi/openapi.json")
    broken: list[str] = []
    with service() as served:
        for kind in makeable:
            try:
                _add(table, kind.name, walked(_ready(kind), served))
            except Broken as reason:
                broken.append(str(reason))
    Console(width=160).print(table)
    for reason in broken:
        print(reason, file=sys.stderr)
    return 1 if broken else 0


def _ready(kind: type[Generator]) -> Generator:
    """Empty the folder of a client."""
    directory: Path = GENERATED / kind.name
    shutil.rmtree(directory, ignore_errors=True)
    directory.mkdir(parents=True)
    return kind(CONTRACT, directory)


def _add(table: Table, name: str, steps: list[Step]) -> None:
    for step in steps:
        table.add_row(name, step.name, step.what)
    table.add_section()


if __name__ == "__main__":
    sys.exit(main())
