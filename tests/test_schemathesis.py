"""The running service against its contract: every phase and every check of schemathesis."""

from pathlib import Path

import pytest

from app.embedded_postgres import EmbeddedPostgres
from tests.contract_server import Run, on_loopback, run_schemathesis, two_centres
from tests.deployment import Deployment, clone_of_template
from tests.rules_between_fields import RULES, rules_in_the_schemas


@pytest.mark.parametrize("phases", ["examples,coverage,fuzzing", "stateful"])
@pytest.mark.timeout(2000)
async def test_it_keeps_its_contract(
    phases: str, server: EmbeddedPostgres, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    run = Run(phases, 900, None) if request.config.getoption("--campaign") else Run(phases, 45, 1)
    async with (
        clone_of_template(server) as name,
        Deployment(server, name, tmp_path, access_token_seconds=3600) as deployment,
        on_loopback(deployment) as address,
    ):
        centres = await two_centres(deployment)
        auditor = await deployment.caller("auditor")
        outcome = await run_schemathesis(address, centres, auditor, tmp_path, run)
    print(outcome.report)
    assert outcome.code == 0


def test_the_rules_between_fields_are_listed() -> None:
    assert rules_in_the_schemas() <= RULES
