"""The Compose file and the README, read together: what one names the other and the service know."""

import re
import shlex
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer.main
import yaml

from app.access.issuers import parse_issuers
from app.access.signing_keys import load_signing_key
from app.cli import cli
from app.config import Settings

ROOT = Path(__file__).parent.parent
COMPOSE = (ROOT / "deploy/compose.yaml").read_text(encoding="utf-8")
README = (ROOT / "README.md").read_text(encoding="utf-8")
FILE: dict[str, Any] = yaml.safe_load(COMPOSE)
SERVICES: dict[str, Any] = FILE["services"]

OF_THE_IMAGE = {"POSTGRES_DB", "POSTGRES_PASSWORD"}
"""What the image of PostgreSQL reads itself."""
OF_THE_COMMANDS = {"DAYZERO_TOKEN", "DAYZERO_CLIENT_ID", "DAYZERO_CLIENT_SECRET"}
"""What the commands that ask the public API read, and the service does not."""


def known_variables() -> set[str]:
    """Give the environment's names of the settings."""
    names = {f"DAYZERO_{name.upper()}" for name in Settings.model_fields}
    return names - {"DAYZERO_DATABASE_URL"} | {"DATABASE_URL"}


def variables(text: str) -> set[str]:
    return set(re.findall(r"\b(?:DAYZERO_[A-Z_]+|DATABASE_URL|POSTGRES_[A-Z_]+)\b", text))


def environment(service: str) -> dict[str, str]:
    found: dict[str, str] = SERVICES[service].get("environment", {})
    return found


def test_each_variable_of_the_compose_file_is_a_setting_that_the_readme_explains() -> None:
    named = variables(COMPOSE) - OF_THE_IMAGE
    assert named <= known_variables()
    explained = set(re.findall(r"^\| `([A-Z_]+)` \|", README, re.MULTILINE))
    assert named <= explained


def test_each_variable_of_the_readme_is_known() -> None:
    known = known_variables() | OF_THE_COMMANDS | OF_THE_IMAGE
    assert variables(README) <= known
    source = "".join(path.read_text() for path in (ROOT / "app/commands").glob("*.py"))
    assert all(name in source for name in OF_THE_COMMANDS)


def test_what_has_to_be_set_is_said_in_both() -> None:
    needed = set(re.findall(r"\$\{([A-Z_]+):\?", COMPOSE))
    assert needed == {"POSTGRES_PASSWORD", "DAYZERO_SERVICE_PASSWORD", "DAYZERO_SIGNING_KEY"}
    head = COMPOSE[: COMPOSE.index("\nname:")]
    [commands] = [block for block in shell(README) if "docker compose" in block]
    assert needed <= variables(head)
    assert needed <= variables(commands)


@pytest.mark.parametrize(
    ("service", "policy"),
    [
        ("database", "unless-stopped"),
        ("service", "unless-stopped"),
        ("migrate", "no"),
        ("administer", "no"),
    ],
)
def test_what_serves_is_started_again_and_what_ends_is_not(service: str, policy: str) -> None:
    assert SERVICES[service]["restart"] == policy


def test_every_service_says_whether_it_is_started_again() -> None:
    assert all("restart" in service for service in SERVICES.values())


def test_the_issuers_are_a_file_that_the_service_reads() -> None:
    [mounted] = SERVICES["service"]["configs"]
    assert environment("service")["DAYZERO_EXTERNAL_ISSUERS"] == mounted["target"]
    file = ROOT / "deploy" / FILE["configs"][mounted["source"]]["file"]
    assert parse_issuers(file.read_bytes()) == ()
    [example] = re.findall(r"```json\n(\[\{.*?\}\])\n```", README, re.DOTALL)
    assert [one.issuer for one in parse_issuers(example.encode())] == ["https://login.example"]


def test_the_service_cannot_administer_and_what_administers_does_not_serve() -> None:
    assert "DAYZERO_MIGRATION_URL" not in environment("service")
    assert "DAYZERO_MIGRATION_URL" in environment("administer")
    assert "ports" not in SERVICES["administer"]
    assert SERVICES["administer"]["profiles"], "it runs when it is asked to, not with the others"


def shell(text: str) -> list[str]:
    return re.findall(r"```(?:sh|bash[^\n]*)\n(.*?)```", text, re.DOTALL)


def test_the_readme_says_how_to_make_the_key_that_it_reads(tmp_path: Path) -> None:
    lines = "\n".join(shell(README)).splitlines()
    read = set(re.findall(r"\$\(cat ([^)]+)\)", "\n".join(lines)))
    assert read == {"signing-key.pem"}
    [made] = [line for line in lines if line.startswith("openssl ") and "signing-key.pem" in line]
    if (openssl := shutil.which("openssl")) is None:
        pytest.skip("there is no openssl")
    words = shlex.split(made, comments=True)[1:]
    subprocess.run([openssl, *words], cwd=tmp_path, check=True, capture_output=True)
    assert load_signing_key((tmp_path / "signing-key.pem").read_text())


def commands_of(text: str) -> Iterator[list[str]]:
    """Give the words of each ``dayzero`` command that a text quotes, without the program."""
    blocks = "\n".join(shell(text)).replace("\\\n", " ")
    quoted = re.findall(r"`(dayzero [^`]+)`", re.sub(r"```.*?```", "", text, flags=re.DOTALL))
    for line in [*blocks.splitlines(), *(one.replace("\n", " ") for one in quoted)]:
        found = re.search(
            r"(?:^|\$\(|\bbin/)dayzero ((?:[a-z-]+ ?)+(?:[^|)#]*))"
            r"|run --rm administer ((?:[a-z-]+ ?)+[^|)#]*)",
            line.strip(),
        )
        if found:
            yield shlex.split((found[1] or found[2]).strip())


def unknown_to(command: Any, words: list[str]) -> list[str]:
    """Give what of the words a command does not know: a command or an option."""
    while hasattr(command, "commands"):
        if not words or words[0] not in command.commands:
            return [words[0] if words else "nothing"]
        command, words = command.commands[words[0]], words[1:]
    known = {option for parameter in command.params for option in parameter.opts}
    return [word for word in words if word.startswith("--") and word not in known]


def test_each_command_that_is_quoted_exists() -> None:
    program = typer.main.get_command(cli)
    quoted = [*commands_of(README), *commands_of("```sh\n" + COMPOSE.replace("#   ", "") + "```")]
    assert len(quoted) >= 8, quoted
    wrong = {" ".join(words): unknown_to(program, words) for words in quoted}
    assert {words: found for words, found in wrong.items() if found} == {}


def test_the_services_that_commands_name_exist() -> None:
    lines = [*"\n".join(shell(README)).splitlines(), *COMPOSE.splitlines()]
    told = [line for line in lines if "docker compose" in line]
    assert told
    for line in told:
        assert "--file deploy/compose.yaml" in line, line
        named = re.search(r"(?:run --rm|exec|logs --follow) ([a-z]+)", line)
        assert named is None or named[1] in SERVICES, line
    for service in SERVICES.values():
        needed = service.get("depends_on", {})
        assert set(needed) <= set(SERVICES)


def test_the_targets_of_make_exist() -> None:
    made = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    named = set(re.findall(r"`?\bmake ([a-z-]+)`", README)) | set(
        re.findall(r"^make ([a-z-]+)", "\n".join(shell(README)), re.MULTILINE)
    )
    assert named
    assert named <= made
