"""The command line explains itself, and takes a wrong word for what it is."""

import subprocess
import sys
from collections.abc import Iterator

import click
import pytest
import typer
from typer.testing import CliRunner

from app.cli import cli

PROMISED = {
    "serve", "migrate", "centre add", "centre list", "client create", "client revoke", "grant add",
    "grant revoke", "grant list", "token issue", "keys rotate", "demo load", "openapi",
    "summary", "subject",
}  # fmt: skip


def commands(command: click.Command, path: str = "") -> Iterator[tuple[str, click.Command]]:
    """Every command below one, by the words that call it."""
    below = getattr(command, "commands", None)
    if below is None:
        yield path, command
        return
    for name, one in below.items():
        yield from commands(one, f"{path} {name}".strip())


EVERY = dict(commands(typer.main.get_command(cli)))


def test_it_has_every_command_that_is_promised() -> None:
    assert set(EVERY) >= PROMISED


@pytest.mark.parametrize("path", EVERY)
def test_it_explains_every_command_and_every_word_of_it(path: str) -> None:
    command = EVERY[path]
    assert command.help is not None
    assert command.help.endswith(".")
    for parameter in command.params:
        assert getattr(parameter, "help", None), parameter.name
    shown = CliRunner().invoke(cli, [*path.split(), "--help"])
    assert shown.exit_code == 0


@pytest.mark.parametrize(
    "arguments",
    [
        pytest.param(["srve"], id="no command"),
        pytest.param(["client", "create"], id="no name"),
        pytest.param(["client", "create", "c"], id="no role"),
        pytest.param(["centre", "add", "03"], id="no centre's name"),
        pytest.param(["serve", "--port", "70000"], id="no port"),
        pytest.param(["serve", "--workers", "0"], id="no worker"),
        pytest.param(["grant", "list", "--all"], id="no option"),
        pytest.param(["token", "issue", "--name", "Ann"], id="no role of a person"),
    ],
)
def test_it_takes_no_wrong_word(arguments: list[str]) -> None:
    refused = CliRunner().invoke(cli, arguments)
    assert refused.exit_code == 2
    assert refused.stdout == ""
    assert "Traceback" not in refused.stderr


@pytest.mark.parametrize("arguments", [[], ["client"], ["grant"], ["keys"]], ids=" ".join)
def test_it_shows_what_there_is_when_nothing_is_said(arguments: list[str]) -> None:
    assert "Usage" in CliRunner().invoke(cli, arguments).output


SLOW = {"alembic", "fastapi", "httpx", "numpy", "pydantic", "scipy", "sqlalchemy", "sqlmodel"}
"""What takes its time to import."""


def imported_by(module: str) -> set[str]:
    """What a process of its own has imported after a module."""
    told = subprocess.run(
        [sys.executable, "-c", f"import sys, {module}; print(*sys.modules)"],
        capture_output=True, text=True, check=True, timeout=60,
    )  # fmt: skip
    return set(told.stdout.split())


@pytest.mark.parametrize(
    ("module", "left_out"),
    [
        pytest.param("app.cli", SLOW, id="the command line"),
        pytest.param("app.commands.serve", SLOW, id="serve, before its workers are started"),
        pytest.param(
            "app.commands.fit_database", SLOW - {"pydantic"}, id="serve, beside its workers"
        ),
        pytest.param("app.http_server", {"alembic", "httpx", "numpy", "scipy"}, id="a worker"),
    ],
)
def test_a_start_waits_for_nothing_it_does_not_need(module: str, left_out: set[str]) -> None:
    assert left_out & imported_by(module) == set()
