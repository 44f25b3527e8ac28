"""What makes each client of the contract, and what is held to it: no operation lost, no warning."""

import os
import re
import shutil
import subprocess
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import ClassVar

from tests.clients.tools import NODE, PYTHON, WRITTEN, Toolbox

_SECONDS = 300


class Broken(Exception):  # noqa: N818
    """The tools are there and the contract, or the service behind it, does not do with them."""


class Generator(ABC):
    """A programme that makes a client, and the programme of ours that uses what it makes.

    Args:
        contract: the published contract.
        directory: an empty folder for what is made.
    """

    name: ClassVar[str]
    toolbox: ClassVar[Toolbox]
    written: ClassVar[str]
    """Our programme."""

    centre: ClassVar[str]
    """Where it works; what a sender calls its records is unique at a centre."""

    besides: ClassVar[str] = ""
    """What else is held to what it makes."""

    steps: ClassVar[tuple[str, ...]] = (
        "sign in", "enrol", "infuse", "event", "laboratory", "list", "amend", "stale change",
        "refusal", "endpoint", "import", "read",
    )  # fmt: skip
    """What our programme has to report, in this order."""

    def __init__(self, contract: Path, directory: Path) -> None:
        self.contract = contract
        self.directory = directory

    @abstractmethod
    def generate(self) -> str:
        """Make the client and give what the generator said.

        Raises:
            Broken: it could not.
        """

    @abstractmethod
    def operations(self) -> set[str]:
        """Name the operations that the client has."""

    @abstractmethod
    def command(self) -> Sequence[str]:
        """Give the command that runs our programme on the client."""

    @staticmethod
    @abstractmethod
    def warnings(said: str) -> list[str]:
        """Give what the generator warned of, but for what is known to mean nothing here."""

    def run(self, *command: str | Path, **environment: str) -> str:
        """Run a command in the folder of the client and give what it said, both streams as one.

        Raises:
            Broken: it failed.
        """
        try:
            done = subprocess.run(
                [str(part) for part in command], cwd=self.directory, check=False, text=True,
                stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=_SECONDS,
                env={**os.environ, "PYTHONPATH": "", **environment},
            )  # fmt: skip
        except subprocess.TimeoutExpired:
            raise Broken(f"{self.name}: {command[0]} took over {_SECONDS} s") from None
        if done.returncode:
            raise Broken(f"{self.name}: {Path(command[0]).name} failed:\n{done.stdout[-4000:]}")
        return done.stdout

    def take_written(self) -> Path:
        """Put our programme beside the client."""
        return Path(shutil.copy(WRITTEN / self.written, self.directory))


class OpenapiGenerator(Generator):
    """openapi-generator's client of Python: models of Pydantic, answers validated."""

    name = "openapi-generator"
    toolbox = PYTHON
    written = "by_openapi_generator.py"
    centre = "03"

    KNOWN: ClassVar[Mapping[str, str]] = {
        "OpenAPI 3.1 support is still in beta": "said of every contract of that version",
        "Failed to get the schema name: null": "said of null among the choices of a member",
        "Codegen property is null": "said of an object of any members",
        "From (reserved word) cannot be used as model name": "the query's `from` is `var_from`",
    }

    def generate(self) -> str:
        tools = self.toolbox.directory / "bin"
        return self.run(
            tools / "openapi-generator-cli", "generate", "--generator-name", "python",
            "--input-spec", self.contract, "--output", ".", "--package-name", "dayzero_generated",
            PATH=f"{tools}:{os.environ['PATH']}",
        )  # fmt: skip

    def operations(self) -> set[str]:
        made = (self.directory / "dayzero_generated" / "api").glob("*_api.py")
        found = re.compile(r"def (\w+)_with_http_info\(")
        return {name for api in made for name in found.findall(api.read_text())}

    def command(self) -> Sequence[str]:
        return (str(self.toolbox.directory / "bin" / "python"), self.written)

    @staticmethod
    def warnings(said: str) -> list[str]:
        found = re.findall(r"^.*\b(?:WARN|ERROR)\b +(.*)$", said, re.MULTILINE)
        known = OpenapiGenerator.KNOWN
        return [line for line in found if not any(one in line for one in known)]


class OpenapiPythonClient(Generator):
    """openapi-python-client: classes of attrs over httpx."""

    name = "openapi-python-client"
    toolbox = PYTHON
    written = "by_openapi_python_client.py"
    centre = "04"

    CONFIGURATION = """\
content_type_overrides:
  application/x-ndjson: application/octet-stream
  image/svg+xml: application/octet-stream
"""
    """Forms that it would not know, which are octets to a client."""

    def generate(self) -> str:
        tools = self.toolbox.directory / "bin"
        (self.directory / "configuration.yaml").write_text(self.CONFIGURATION)
        return self.run(
            tools / "openapi-python-client", "generate", "--path", self.contract,
            "--config", "configuration.yaml", "--output-path", "day_zero_client", "--meta", "none",
            PATH=f"{tools}:{os.environ['PATH']}", COLUMNS="200",
        )  # fmt: skip

    def operations(self) -> set[str]:
        made = (self.directory / "day_zero_client" / "api").glob("*/*.py")
        return {module.stem for module in made} - {"__init__"}

    def command(self) -> Sequence[str]:
        return (str(self.toolbox.directory / "bin" / "python"), self.written)

    @staticmethod
    def warnings(said: str) -> list[str]:
        signs = ("WARNING", "ERROR", "Unable", "Cannot", "omitted", "Unsupported")
        return [line for line in said.splitlines() if any(sign in line for sign in signs)]


class OpenapiTypescript(Generator):
    """openapi-typescript with openapi-fetch: types alone, which the compiler holds us to."""

    name = "openapi-typescript"
    toolbox = NODE
    written = "by_openapi_typescript.ts"
    centre = "05"
    besides = "; tsc --strict passes (5.9: the types; 7: the types and the programme)"
    steps = tuple(step for step in Generator.steps if step != "read")

    def generate(self) -> str:
        tools = self.toolbox.directory / "node_modules"
        (self.directory / "node_modules").symlink_to(tools)
        (self.directory / "package.json").write_text('{"type": "module"}')
        said = self.run(
            "node", tools / "openapi-typescript/bin/cli.js", self.contract, "-o", "schema.d.ts"
        )
        self.take_written()
        self.run("node", tools / "typescript/bin/tsc", "--strict", "--noEmit", "schema.d.ts")
        self.run("node", tools / "typescript-7/bin/tsc", "--strict", self.written)
        return said

    def operations(self) -> set[str]:
        made = (self.directory / "schema.d.ts").read_text()
        _, _, operations = made.partition("\nexport interface operations {\n")
        return set(re.findall(r"^    (\w+): \{$", operations, re.MULTILINE))

    def command(self) -> Sequence[str]:
        return ("node", Path(self.written).with_suffix(".js").name)

    @staticmethod
    def warnings(said: str) -> list[str]:
        told = ("✨", "🚀")
        lines = [line.strip() for line in said.splitlines()]
        return [line for line in lines if line and not line.startswith(told)]


GENERATORS: tuple[type[Generator], ...] = (
    OpenapiGenerator,
    OpenapiPythonClient,
    OpenapiTypescript,
)
