"""One subject, three opinions: the measurements, the investigator, and the reviewers.

Source: the trial's endpoint definitions, ``response_source``.
"""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from app.embedded_postgres import EmbeddedPostgres
from tests.deployment import Caller
from tests.endpoints.cohort import Cohort, cohort
from tests.subjects.evaluation_parts import components
from tests.subjects.told import INFUSED_ON as I
from tests.subjects.told import assessment, day, subject

DAYS = (28, 61, 91, 122)


@pytest.fixture
async def told(server: EmbeddedPostgres, tmp_path: Any) -> AsyncIterator[Cohort]:
    """Measured PR throughout; the investigator sees VGPR, and progression at the end."""
    saw = ("VGPR", "VGPR", "VGPR", "PD")
    visits = [
        assessment(
            on,
            **components(1, 0, "+-"),
            investigator_response=category,
            **({"investigator_pd_basis": "imaging"} if category == "PD" else {}),
        )
        for on, category in zip(DAYS, saw, strict=True)
    ]
    one = subject("one", assessment(-10, **components(4, 0, "+-")), *visits)
    async with cohort(server, tmp_path, one) as found:
        yield found


async def adjudicate(told: Cohort, reviewer: Caller, on: int, response: str, **more: str) -> str:
    """Judge the evaluation of a day; gives where the adjudication is."""
    code = told.codes["one"]
    items = (await told.get(f"/v1/subjects/{code}/assessments"))["items"]
    [judged] = [item for item in items if item["assessed_on"] == day(I, on)]
    body = {
        "assessment": judged["record_id"],
        "assessment_version": judged["version"],
        "response": response,
        "rationale": "Read by two reviewers.",
        **more,
    }
    answer = await reviewer.submit(f"/v1/subjects/{code}/adjudications", body)
    assert answer.status_code == 201, answer.text
    return str(answer.headers["Location"])


async def best_and_progression(told: Cohort, source: str) -> tuple[Any, Any, Any]:
    row = (await told.rows("response", response_source=source))["one"]
    explained = (await told.response("one"))["by_source"][source]
    assert explained["best"] == row["best_response"]
    assert explained["progression_on"] == row["progression_on"]
    return row["best_response"], row["first_response_on"], row["progression_on"]


async def test_each_source_has_its_own_answer(told: Cohort) -> None:
    first = day(I, 28)
    assert await best_and_progression(told, "derived") == ("PR", first, None)
    assert await best_and_progression(told, "investigator") == ("VGPR", first, day(I, 122))


async def test_the_reviewers_stand_where_they_judged_and_the_measurements_elsewhere(
    told: Cohort,
) -> None:
    first = day(I, 28)
    assert await best_and_progression(told, "adjudicated") == ("PR", first, None)
    reviewer = await told.deployment.caller("response_reviewer")
    await adjudicate(told, reviewer, 28, "CR")
    assert await best_and_progression(told, "adjudicated") == ("PR", first, None)
    await adjudicate(told, reviewer, 61, "CR")
    assert await best_and_progression(told, "adjudicated") == ("CR", first, None)
    await adjudicate(told, reviewer, 91, "PD", pd_basis="imaging", response_date=day(I, 95))
    assert await best_and_progression(told, "adjudicated") == ("CR", first, day(I, 95))
    assert await best_and_progression(told, "derived") == ("PR", first, None)
    assert await best_and_progression(told, "investigator") == ("VGPR", first, day(I, 122))
    rows = await told.rows("progression-free-survival", response_source="adjudicated")
    assert (rows["one"]["AVAL"], rows["one"]["CNSR"]) == (96, 0)


async def test_a_verdict_that_is_voided_is_gone(told: Cohort) -> None:
    reviewer = await told.deployment.caller("response_reviewer")
    place = await adjudicate(told, reviewer, 28, "PD", pd_basis="imaging")
    assert await best_and_progression(told, "adjudicated") == ("PD", None, day(I, 28))
    answer = await reviewer.void(place, 1)
    assert answer.status_code == 200, answer.text
    assert await best_and_progression(told, "adjudicated") == ("PR", day(I, 28), None)


async def test_where_they_differ_is_listed_with_what_it_would_change(told: Cohort) -> None:
    items = (await told.get("/v1/discrepancies"))["items"]
    assert [(item["assessed_on"], item["kind"]) for item in items] == [
        (day(I, 28), "DERIVED_LOWER_BY_1"),
        (day(I, 61), "DERIVED_LOWER_BY_1"),
        (day(I, 91), "DERIVED_LOWER_BY_1"),
        (day(I, 122), "PD_DISAGREEMENT"),
    ]
