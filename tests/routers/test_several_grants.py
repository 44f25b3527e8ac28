"""What a principal may do that holds several roles, or a token for less than its roles."""

import pytest

from app.schemas.record_kinds import RECORD_KINDS
from tests.deployment import Caller, Deployment

NOTED = "The relative was asked again."
THERAPY = next(dict(kind.example) for kind in RECORD_KINDS if kind.path == "therapies")


async def granted(deployment: Deployment, caller: Caller, role: str, centre: str | None) -> None:
    await deployment.owner.execute(
        "INSERT INTO access_grant (principal, role, centre) VALUES ($1, $2, $3)",
        caller.id, role, centre,
    )  # fmt: skip


@pytest.fixture
async def addresses(deployment: Deployment) -> dict[str, str]:
    """One therapy at each of two centres, with an indication in the sender's own words."""
    stored = {}
    for centre in ("03", "05"):
        await deployment.subject(centre)
        sender = await deployment.caller("coordinator", centre)
        answer = await sender.submit(
            f"/v1/subjects/{centre}-001/therapies", {**THERAPY, "indication": NOTED}
        )
        assert answer.status_code == 201, answer.text
        stored[centre] = answer.headers["Location"]
    return stored


async def test_it_shows_free_text_only_where_a_role_shows_it(
    deployment: Deployment, addresses: dict[str, str]
) -> None:
    analyst = await deployment.caller("sponsor_analyst")
    await granted(deployment, analyst, "centre_reader", "03")
    for address in ("", "/history"):
        for centre, shown in (("03", NOTED), ("05", None)):
            found = (await analyst.get(addresses[centre] + address)).json()
            for item in found.get("items", [found]):
                assert item["indication"] == shown, (centre, address)
    listed = (await analyst.get("/v1/therapies")).json()["items"]
    assert {item["centre"]: item["indication"] for item in listed} == {"03": NOTED, "05": None}


async def test_it_writes_only_where_a_role_writes(
    deployment: Deployment, addresses: dict[str, str]
) -> None:
    caller = await deployment.caller("coordinator", "03")
    await granted(deployment, caller, "monitor", "05")
    body = {name: value for name, value in THERAPY.items() if name != "source_id"}
    assert (await caller.get(addresses["05"])).status_code == 200
    assert (await caller.submit("/v1/subjects/05-001/therapies", body)).status_code == 403
    changed = {**body, "reason": "x"}
    assert (await caller.amend(addresses["05"], changed, 1)).status_code == 403
    assert (await caller.void(addresses["05"], 1)).status_code == 403
    assert (await caller.amend(addresses["03"], changed, 1)).status_code == 200


async def test_a_token_for_writing_alone_is_told_whose_the_source_id_is(
    deployment: Deployment, addresses: dict[str, str]
) -> None:
    caller = await deployment.caller("coordinator", "03", scopes=frozenset({"records:write"}))
    answer = await caller.submit("/v1/subjects/03-001/therapies", THERAPY)
    assert answer.status_code == 409, answer.text
    assert answer.json()["type"] == "/problems/source-id-taken"
    assert answer.headers["Location"] == addresses["03"]
