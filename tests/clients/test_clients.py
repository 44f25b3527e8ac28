"""Programs made of the published contract do a centre's work at the service, where their tools are.

``make clients`` installs the tools; without them these tests are skipped.
"""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.clients.generators import (
    GENERATORS,
    Broken,
    Generator,
    OpenapiGenerator,
    OpenapiPythonClient,
    OpenapiTypescript,
)
from tests.clients.tools import NODE, PYTHON, WRITTEN, Toolbox, Unavailable
from tests.clients.walk import CONTRACT, declared, reported, service, walked
from tests.faults.served import Served


@pytest.fixture(scope="module")
def served() -> Iterator[Served]:
    with service() as running:
        yield running


@pytest.mark.parametrize("kind", GENERATORS, ids=lambda kind: kind.name)
def test_a_client_made_of_the_contract_does_the_work_of_a_centre(
    kind: type[Generator], tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    if not kind.toolbox.installed():
        pytest.skip(f"{kind.toolbox.holds} are not installed: `make clients` installs them.")
    steps = walked(kind(CONTRACT, tmp_path), request.getfixturevalue("served"))
    assert [step.name for step in steps] == ["generate", *kind.steps]


def test_every_client_goes_the_whole_way() -> None:
    """What is asked of all; who has types alone cannot try every answer."""
    whole = {"sign in", "enrol", "infuse", "event", "laboratory", "list", "amend", "refusal"}
    assert [whole - set(kind.steps) for kind in GENERATORS] == [set(), set(), set()]


@pytest.mark.parametrize(
    ("kind", "said", "warnings"),
    [
        pytest.param(
            OpenapiGenerator,
            "[main] INFO  o.o.codegen - writing file x\n"
            "[main] WARN  o.o.c.DefaultCodegen - OpenAPI 3.1 support is still in beta. To report",
            [],
            id="said of every contract",
        ),
        pytest.param(
            OpenapiGenerator,
            "[main] WARN  o.o.c.DefaultCodegen - Multiple schemas found for the model Albumin",
            ["o.o.c.DefaultCodegen - Multiple schemas found for the model Albumin"],
            id="a model that is two",
        ),
        pytest.param(
            OpenapiGenerator,
            "[main] ERROR o.o.c.DefaultCodegen - Unable to resolve",
            ["o.o.c.DefaultCodegen - Unable to resolve"],
            id="an error",
        ),
        pytest.param(OpenapiPythonClient, "Generating day_zero_client\n", [], id="nothing said"),
        pytest.param(
            OpenapiPythonClient,
            "WARNING parsing POST /v1/imports within imports. Endpoint will not be generated.\n\n"
            "Unsupported content type application/x-ndjson\n",
            [
                "WARNING parsing POST /v1/imports within imports. Endpoint will not be generated.",
                "Unsupported content type application/x-ndjson",
            ],
            id="an operation that is not made",
        ),
        pytest.param(OpenapiTypescript, "✨ openapi-typescript\n🚀 made [5.3s]\n", [], id="made"),
        pytest.param(
            OpenapiTypescript,
            "✨ openapi-typescript\n⚠ unresolved reference",
            ["⚠ unresolved reference"],
            id="a reference to nothing",
        ),
    ],
)
def test_it_hears_what_a_generator_warns_of(
    kind: type[Generator], said: str, warnings: list[str]
) -> None:
    assert kind.warnings(said) == warnings


@pytest.mark.parametrize("lost", [None, "list"])
def test_it_misses_a_step_that_was_not_done(lost: str | None, tmp_path: Path) -> None:
    generator = OpenapiTypescript(CONTRACT, tmp_path)
    said = "".join(
        f"{json.dumps({'step': step, 'what': 'done'})}\n"
        for step in generator.steps
        if step != lost
    )
    if lost is None:
        assert [step.what for step in reported(generator, said)] == ["done"] * len(generator.steps)
    else:
        with pytest.raises(Broken, match="did sign in"):
            reported(generator, said)


def test_it_counts_the_operations_of_the_contract() -> None:
    names = declared(CONTRACT)
    assert {"issue_token", "submit_adverse_event", "list_lab_results", "import_records"} <= names


def test_it_says_which_command_is_missing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tests.clients.tools.ROOM", tmp_path)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(Unavailable, match=r"openapi-typescript .* no node and no npm\."):
        NODE.install()
    assert not NODE.installed()


@pytest.mark.parametrize("toolbox", [PYTHON, NODE], ids=lambda toolbox: toolbox.name)
def test_what_is_pinned_names_no_registry(toolbox: Toolbox) -> None:
    for lock in toolbox.locks:
        written = (WRITTEN / lock).read_text()
        assert "resolved" not in written
        assert "--index-url" not in written
