"""What is promised of HEAD: the status and the headers of a GET, and no body."""

from typing import Any

import httpx
import pytest

from app.schemas.lab_result import LAB_RESULTS
from tests.deployment import Caller, Deployment
from tests.routers.test_imports_under_strain import address

__all__ = ["address"]

LABS = "/v1/subjects/03-001/lab-results"
OF_THE_MOMENT = {"x-request-id", "date"}


@pytest.fixture
async def coordinator(deployment: Deployment) -> Caller:
    await deployment.subject("03")
    return await deployment.caller("coordinator", "03")


@pytest.fixture
async def record(coordinator: Caller) -> str:
    return str((await coordinator.submit(LABS, dict(LAB_RESULTS.example))).headers["Location"])


READABLE = [
    "/livez", "/readyz", "/metrics", "/openapi.json", "/docs", "/v1/me", "/v1/trial",
    "/v1/centres", "/v1/vocabularies", "/v1/vocabularies/response-category", "/v1/lab-results",
    "/v1/lab-results?limit=1", LABS, "/v1/changes", "/v1/findings",
]  # fmt: skip


@pytest.mark.parametrize("path", [*READABLE, "record", "record/history"])
async def test_it_says_what_a_get_says_without_the_body(
    coordinator: Caller, record: str, path: str
) -> None:
    path = path.replace("record", record, 1) if path.startswith("record") else path
    head, get = await coordinator.http.head(path), await coordinator.get(path)
    assert (head.status_code, head.content) == (200, b"")
    if path not in {"/metrics", "/readyz"}:  # whose figures go on
        kept = [{**answer.headers} for answer in (head, get)]
        for headers in kept:
            for name in OF_THE_MOMENT:
                headers.pop(name, None)
        assert kept[0] == kept[1]
        assert int(head.headers["Content-Length"]) == get.num_bytes_downloaded > 0


async def test_it_gives_the_version_of_a_record_and_takes_the_one_held(
    coordinator: Caller, record: str
) -> None:
    head = await coordinator.http.head(record)
    assert head.headers["ETag"] == '"1"'
    held = await coordinator.http.head(record, headers={"If-None-Match": '"1"'})
    assert (held.status_code, held.headers["ETag"]) == (304, '"1"')


async def test_a_whole_list_is_kept_back_too(coordinator: Caller, record: str) -> None:
    for form in ("text/csv", "application/x-ndjson"):
        head = await coordinator.http.head("/v1/lab-results", headers={"Accept": form})
        assert (head.status_code, head.content) == (200, b"")
        assert head.headers["Content-Type"].startswith(form)


async def test_it_is_a_read_like_any_other(
    deployment: Deployment, coordinator: Caller, record: str
) -> None:
    stranger = await deployment.caller("coordinator", "05")
    nobody = deployment.client()
    refused = {
        (await stranger.http.head(record)).status_code: "another centre's",
        (await nobody.head(record)).status_code: "nobody's",
        (await coordinator.http.head(f"{record}?what=ever")).status_code: "not understood",
    }
    assert set(refused) == {404, 401, 400}
    assert (await stranger.http.head(record)).content == b""
    await coordinator.http.head(record)
    log = await deployment.owner.fetch("SELECT * FROM access_event ORDER BY id")
    noted = [(one["principal"], one["status"], one["problem"], one["records"]) for one in log]
    assert noted.count((coordinator.name, 200, None, 1)) == 1
    assert noted.count((stranger.name, 404, "not-found", None)) == 2
    assert {one["route"] for one in log} == {"GET /v1/subjects/{subject}/lab-results/{record_id}"}


async def test_what_is_not_read_has_no_head(coordinator: Caller, record: str) -> None:
    for path in ("/v1/imports", f"{record}/void", "/oauth/token"):
        answer = await coordinator.http.head(path)
        assert (answer.status_code, answer.content) == (405, b"")
        assert answer.headers["Allow"] == "POST"
    refused = await coordinator.http.delete(record)
    assert refused.headers["Allow"] == "GET, HEAD, PUT"
    assert (await coordinator.http.head("/v1/nothing")).status_code == 404


async def test_the_next_answer_on_the_connection_is_whole(
    deployment: Deployment, coordinator: Caller, record: str, address: str
) -> None:
    """Over a real server: a body left over would be read as the next answer."""
    headers = {"Authorization": coordinator.http.headers["Authorization"]}
    limits = httpx.Limits(max_connections=1)
    async with httpx.AsyncClient(base_url=address, headers=headers, limits=limits) as client:
        for _ in range(3):
            head, get = await client.head(record), await client.get(record)
            assert (head.content, head.headers["ETag"]) == (b"", '"1"')
            assert int(head.headers["Content-Length"]) == len(get.content)
            assert get.json()["value"] == "18"


async def test_it_leaves_no_body_to_the_server(coordinator: Caller, deployment: Deployment) -> None:
    """Clients and servers drop the body of a HEAD themselves: here is what the service sends."""
    sent: list[Any] = []

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Any) -> None:
        sent.append(message)

    scope = {
        "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": "HEAD",
        "scheme": "http", "path": "/livez", "raw_path": b"/livez", "query_string": b"",
        "root_path": "", "headers": [], "server": ("127.0.0.1", 8000), "client": ("127.0.0.1", 1),
    }  # fmt: skip
    await deployment.app(scope, receive, send)
    start, *bodies = sent
    assert (start["type"], start["status"]) == ("http.response.start", 200)
    assert [body["body"] for body in bodies] == [b""]
    assert scope["method"] == "HEAD"
