"""What a list of records promises to who keeps a copy in step."""

import base64
import json

import pytest

from tests.deployment import Caller, Deployment

VISIT = {"visit": "D3", "status": "done", "visited_on": "2026-03-05", "ecog": 1}


@pytest.fixture
async def coordinator(deployment: Deployment) -> Caller:
    await deployment.subject("03")
    return await deployment.caller("coordinator", "03")


async def imported(caller: Caller, count: int) -> list[int]:
    """Send visits in one transaction and give their numbers in the ledger."""
    lines = [
        {"kind": "visits", "subject": "03-001", "source_id": f"SV-{one}", **VISIT}
        for one in range(count)
    ]
    sent = "\n".join(json.dumps(line) for line in lines).encode()
    answer = await caller.http.post(
        "/v1/imports?commit=all", content=sent, headers={"Content-Type": "application/x-ndjson"}
    )
    assert answer.status_code == 200, answer.text
    return [change["seq"] for change in (await caller.get("/v1/changes")).json()["items"]]


async def changed(caller: Caller, query: str) -> list[str]:
    answer = await caller.get(f"/v1/visits?{query}")
    assert answer.status_code == 200, answer.text
    return [item["source_id"] for item in answer.json()["items"]]


@pytest.mark.parametrize("after", range(6))
async def test_it_lists_what_follows_a_seq_inside_a_transaction(
    coordinator: Caller, after: int
) -> None:
    assert await imported(coordinator, 5) == [1, 2, 3, 4, 5]
    assert await changed(coordinator, f"changed_after={after}") == [
        f"SV-{one}" for one in range(after, 5)
    ]


async def test_it_lists_no_record_that_changed_only_after_the_cut(coordinator: Caller) -> None:
    head = (await imported(coordinator, 2))[-1]
    found = (await coordinator.get("/v1/visits?source_id=SV-0")).json()["items"][0]
    amended = await coordinator.amend(
        f"/v1/subjects/03-001/visits/{found['record_id']}", {**VISIT, "ecog": 2, "reason": "x"}, 1
    )
    assert amended.status_code == 200, amended.text
    assert await changed(coordinator, f"changed_after={head}") == ["SV-0"]
    assert await changed(coordinator, f"changed_after={head}&as_of={head}") == []


@pytest.mark.parametrize(
    ("accept", "form"),
    [
        pytest.param("", "application/json", id="nothing in particular"),
        pytest.param("*/*", "application/json", id="anything"),
        pytest.param("text/csv", "text/csv", id="one form"),
        pytest.param("TEXT/CSV", "text/csv", id="in capitals"),
        pytest.param("text/html, text/csv;q=0.9, */*;q=0.1", "text/csv", id="one of its wishes"),
        pytest.param("text/csv;q=0.1, application/json", "application/json", id="the heaviest"),
        pytest.param(
            "application/x-ndjson, text/csv", "application/x-ndjson", id="the first of equals"
        ),
        pytest.param("application/json;q=0, text/*", "text/csv", id="not what weighs nothing"),
        pytest.param("application/json;q=0", "application/problem+json", id="only what it refuses"),
        pytest.param("text/html", "application/problem+json", id="a form we have not"),
        pytest.param(";;;,,q=x", "application/problem+json", id="no media type"),
    ],
)
async def test_it_answers_in_the_form_that_weighs_most(
    coordinator: Caller, accept: str, form: str
) -> None:
    answer = await coordinator.get("/v1/visits", Accept=accept)
    assert answer.headers["Content-Type"].partition(";")[0] == form
    assert answer.status_code == (406 if form == "application/problem+json" else 200)


PLACE = "0199d2c86f0e7c2a9d7e4a5b6c7d8e9f"


@pytest.mark.parametrize(
    ("place", "status"),
    [
        pytest.param(f"{PLACE}.", 200, id="of what is current"),
        pytest.param(f"{PLACE}.0", 200, id="at a seq"),
        pytest.param(f"{PLACE}.{'9' * 18}", 422, id="at a seq to come"),
        pytest.param(f"{PLACE}.{'9' * 19}", 400, id="at no seq"),
        pytest.param(f"{PLACE}.-{'9' * 30}", 400, id="far below the first seq"),
        pytest.param(f"{PLACE}.1_0", 400, id="a number as Python writes it"),
        pytest.param(f"{{{PLACE}}}.1", 400, id="an identity in braces"),
        pytest.param(PLACE, 400, id="without a seq"),
    ],
)
async def test_it_goes_on_only_where_a_link_led(
    coordinator: Caller, place: str, status: int
) -> None:
    cursor = base64.urlsafe_b64encode(place.encode()).decode().rstrip("=")
    answer = await coordinator.get(f"/v1/visits?cursor={cursor}")
    assert answer.status_code == status, answer.text


@pytest.mark.parametrize("address", ["visits", "subjects", "findings", "discrepancies"])
async def test_an_empty_cursor_is_none(coordinator: Caller, address: str) -> None:
    name = "after" if address == "discrepancies" else "cursor"
    answer = await coordinator.get(f"/v1/{address}?{name}=")
    assert answer.status_code == 200, answer.text
    assert answer.json()["items"] == (await coordinator.get(f"/v1/{address}")).json()["items"]


async def test_an_empty_place_in_the_log_of_reads_is_its_beginning(deployment: Deployment) -> None:
    auditor = await deployment.caller("auditor")
    await auditor.get("/v1/subjects/03-001")
    for form in ("application/json", "application/x-ndjson"):
        whole = await auditor.get("/v1/access-log?limit=1", Accept=form)
        begun = await auditor.get("/v1/access-log?after=&limit=1", Accept=form)
        assert begun.status_code == 200, begun.text
        assert begun.text.splitlines()[0] == whole.text.splitlines()[0]


@pytest.mark.parametrize(("written", "status"), [("1.0", 201), ("10e-1", 201), ("1.5", 422)])
async def test_an_integer_is_one_however_it_is_written(
    coordinator: Caller, written: str, status: int
) -> None:
    body = json.dumps(VISIT).replace('"ecog": 1', f'"ecog": {written}').encode()
    answer = await coordinator.submit("/v1/subjects/03-001/visits", body)
    assert answer.status_code == status, answer.text
    if status == 201:
        assert answer.json()["ecog"] == 1
