"""The command ``dayzero``: what it can do, each loaded when it is asked for."""

from collections.abc import Iterator, Mapping
from importlib import import_module
from typing import Any

import typer
from typer.core import TyperCommand, TyperGroup

COMMANDS = {
    "serve": "app.commands.serve:serve",
    "migrate": "app.commands.operation:migrate_database",
    "sequence": "app.commands.operation:sequence",
    "openapi": "app.commands.operation:openapi",
    "centre": "app.commands.administration:centre",
    "client": "app.commands.administration:client",
    "grant": "app.commands.administration:grant",
    "token": "app.commands.administration:token",
    "keys": "app.commands.operation:keys",
    "summary": "app.commands.summary:summary",
    "subject": "app.commands.subject:subject",
    "demo": "app.commands.demo:demo",
}
"""Where the function or the group of each command is."""


class Loaded(Mapping[str, Any]):
    """The commands by name; each is imported when it is looked up, so that `serve` starts soon."""

    def __getitem__(self, name: str) -> TyperCommand | TyperGroup:
        module, _, member = COMMANDS[name].partition(":")
        found = getattr(import_module(module), member)
        if isinstance(found, typer.Typer):
            command: TyperCommand | TyperGroup = typer.main.get_group(found)
        else:
            alone = typer.Typer(add_completion=False)
            alone.command(name)(found)
            command = typer.main.get_command(alone)  # type: ignore[assignment]
        command.name = name
        return command

    def __iter__(self) -> Iterator[str]:
        return iter(COMMANDS)

    def __len__(self) -> int:
        return len(COMMANDS)


class Commands(TyperGroup):
    """All commands."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.commands = Loaded()  # type: ignore[assignment]


cli = typer.Typer(
    name="dayzero",
    cls=Commands,
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)


@cli.callback()
def dayzero() -> None:
    """The data of a multicentre CAR-T trial, exchanged over HTTP."""


def main() -> None:
    """Run the command line."""
    cli()


if __name__ == "__main__":
    main()
