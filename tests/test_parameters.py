"""No parameter, whatever it says, makes the service fail: each is parsed by us first."""

import random
import uuid

import pytest

from app.embedded_postgres import EmbeddedPostgres
from tests.deployment import Deployment, clone_of_template, open_directory
from tests.parameter_fuzz import ask_hostile_things
from tests.test_isolation import a_centre

SHARDS = 4


@pytest.mark.parametrize("shard", range(SHARDS))
@pytest.mark.timeout(7200)
async def test_no_parameter_makes_the_service_fail(
    shard: int, server: EmbeddedPostgres, request: pytest.FixtureRequest
) -> None:
    cases = int(request.config.getoption("--parameters")) // SHARDS
    seed = int(request.config.getoption("--faults-seed") or 20261129) + shard
    with open_directory() as directory:
        async with (
            clone_of_template(server) as name,
            Deployment(server, name, directory, access_token_seconds=3600) as deployment,
        ):
            centre = await a_centre(deployment, "03")
            callers = [
                centre.coordinator.id,
                *[(await deployment.caller(role)).id for role in ("auditor", "data_manager")],
                (await deployment.caller("response_reviewer")).id,
            ]
            valid = {"subject": "03-001", "record_id": str(uuid.uuid4()), "name": "laboratory"}
            valid |= {f"record_id of {kind}": one for kind, one in centre.records.items()}
            done, chance = 0, random.Random(seed)
            while done < cases:  # in parts, for a token lives for an hour
                part = min(20_000, cases - done)
                tokens = [deployment.token(one) for one in callers]
                answers = await ask_hostile_things(deployment.app, tokens, valid, chance, part)
                assert not answers.failures, answers.failures[:10]
                assert answers.statuses[200]
                assert answers.statuses[400]
                done += part
