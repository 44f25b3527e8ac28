"""What a principal may do that holds several roles, or a token for less than its roles."""

import pytest

from app.schemas.enrolment import ENROLMENTS
from app.schemas.record_kinds import RECORD_KINDS
from tests.deployment import Caller, Deployment
from tests.routers.test_imports import codes, results

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


@pytest.mark.parametrize(
    ("reader", "centre"),
    [
        pytest.param("monitor", "05", id="who reads there as a monitor"),
        pytest.param("data_manager", None, id="who reads everywhere"),
        pytest.param("sponsor_analyst", None, id="who reads everywhere but free text"),
    ],
)
async def test_it_writes_only_where_a_role_writes(
    deployment: Deployment, addresses: dict[str, str], reader: str, centre: str | None
) -> None:
    caller = await deployment.caller("coordinator", "03")
    await granted(deployment, caller, reader, centre)
    body = {name: value for name, value in THERAPY.items() if name != "source_id"}
    assert (await caller.get(addresses["05"])).status_code == 200
    assert (await caller.submit("/v1/subjects/05-001/therapies", body)).status_code == 403
    changed = {**body, "reason": "x"}
    assert (await caller.amend(addresses["05"], changed, 1)).status_code == 403
    assert (await caller.void(addresses["05"], 1)).status_code == 403
    assert (await caller.amend(addresses["03"], changed, 1)).status_code == 200
    enrolment = dict(ENROLMENTS.example)
    assert (await caller.submit("/v1/subjects", {**enrolment, "centre": "05"})).status_code == 403
    sent = {**body, "kind": "therapies", "subject": "05-001", "source_id": "T:1"}
    (line,), _ = await results(caller, sent)
    assert codes(line) == [("/subject", "not_permitted")]
    random = addresses["05"][:-12] + "0" * 12
    for nowhere in (random, addresses["05"].replace("05-001", "05-777")):
        assert (await caller.amend(nowhere, changed, 1)).status_code == 404
        assert (await caller.void(nowhere, 1)).status_code == 404


@pytest.mark.parametrize("role", ["summary_reader", "study_admin"])
async def test_who_sees_no_records_elsewhere_writes_to_nothing_there(
    deployment: Deployment, addresses: dict[str, str], role: str
) -> None:
    caller = await deployment.caller("coordinator", "03")
    await granted(deployment, caller, role, None)
    body = {name: value for name, value in THERAPY.items() if name != "source_id"}
    assert (await caller.submit("/v1/subjects/05-001/therapies", body)).status_code == 404
    assert (await caller.amend(addresses["05"], {**body, "reason": "x"}, 1)).status_code == 404


async def test_a_token_for_writing_alone_is_told_whose_the_source_id_is(
    deployment: Deployment, addresses: dict[str, str]
) -> None:
    caller = await deployment.caller("coordinator", "03", scopes=frozenset({"records:write"}))
    answer = await caller.submit("/v1/subjects/03-001/therapies", THERAPY)
    assert answer.status_code == 409, answer.text
    assert answer.json()["type"] == "/problems/source-id-taken"
    assert answer.headers["Location"] == addresses["03"]
