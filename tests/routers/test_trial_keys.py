"""Keys of the trial file that decide what is taken, each way round."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from app.schemas.enrolment import ENROLMENTS, missing_disease_fields
from app.schemas.infusion import INFUSIONS
from tests.deployment import Caller, Deployment


@pytest.fixture
async def coordinator(deployment: Deployment) -> Caller:
    await deployment.centre("03")
    return await deployment.caller("coordinator", "03")


@contextmanager
def says(deployment: Deployment, part: str, **told: Any) -> Iterator[None]:
    """Have the deployment's trial file say something else in one of its parts."""
    trial = deployment.service.trial
    before = getattr(trial, part)
    object.__setattr__(trial, part, before.model_copy(update=told))
    try:
        yield
    finally:
        object.__setattr__(trial, part, before)


async def enrol(caller: Caller, source_id: str, **changes: Any) -> Any:
    return await caller.submit(
        "/v1/subjects", {**ENROLMENTS.example, "source_id": source_id, **changes}
    )


@pytest.mark.parametrize(("autologous", "status"), [(True, 409), (False, 201)])
async def test_a_lot_is_of_one_subject_where_the_trial_says_so(
    deployment: Deployment, coordinator: Caller, autologous: bool, status: int
) -> None:
    with says(deployment, "trial", product_autologous=autologous):
        answers = []
        for number, born in enumerate((1950, 1960)):
            subject = (await enrol(coordinator, f"P:{number}", year_of_birth=born)).json()
            infusion = {**INFUSIONS.example, "preparation": None, "source_id": f"I:{number}"}
            address = f"/v1/subjects/{subject['subject']}/infusions"
            answers.append((await coordinator.submit(address, infusion)).status_code)
    assert answers == [201, status]


@pytest.mark.parametrize(("asked", "status"), [("required", 422), ("optional", 201)])
async def test_an_enrolment_describes_the_disease_where_the_trial_says_so(
    deployment: Deployment, coordinator: Caller, asked: str, status: int
) -> None:
    example = ENROLMENTS.example
    bare = {name: example[name] for name in ("centre", "sex", "year_of_birth", "consent")}
    with says(deployment, "records", disease_fields=asked):
        answer = await coordinator.submit("/v1/subjects", {**bare, "enrolled_on": "2026-02-16"})
    assert answer.status_code == status, answer.text
    if status == 422:
        pointers = {error["pointer"] for error in answer.json()["errors"]}
        wanted = missing_disease_fields(ENROLMENTS.submission(**bare, enrolled_on="2026-02-16"))
        assert pointers == {f"/{name}" for name in wanted}
