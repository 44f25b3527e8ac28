"""What a 415 says: which media types a route takes, or which codings, to a program."""

import pytest

from app.schemas.lab_result import LAB_RESULTS
from tests.deployment import Caller, Deployment

RECORDS = "/v1/subjects/03-001/lab-results"
NDJSON = "application/x-ndjson"


@pytest.fixture
async def system(deployment: Deployment) -> Caller:
    await deployment.subject("03")
    return await deployment.caller("centre_system", "03")


@pytest.mark.parametrize(
    ("path", "sent", "said", "allowed"),
    [
        pytest.param(
            RECORDS, {"Content-Type": "text/xml"},
            {"Accept": "application/json", "Accept-Post": "application/json"},
            ["application/json"], id="a record in XML",
        ),
        pytest.param(
            RECORDS, {"Content-Type": "application/json", "Content-Encoding": "gzip"},
            {"Accept-Encoding": "identity"}, ["identity"], id="a record in gzip",
        ),
        pytest.param(
            "/v1/imports", {"Content-Type": "text/csv"},
            {"Accept": NDJSON, "Accept-Post": NDJSON}, [NDJSON], id="an import in CSV",
        ),
        pytest.param(
            "/v1/imports", {"Content-Type": NDJSON, "Content-Encoding": "br"},
            {"Accept-Encoding": "identity, gzip"}, ["identity", "gzip"], id="an import in Brotli",
        ),
    ],
)  # fmt: skip
async def test_a_415_says_what_is_taken(
    system: Caller, path: str, sent: dict[str, str], said: dict[str, str], allowed: list[str]
) -> None:
    headers = {**sent, "Idempotency-Key": "of-this-test"}
    answer = await system.http.post(path, content=b"{}", headers=headers)
    assert (answer.status_code, answer.json()["type"]) == (415, "/problems/unsupported-media-type")
    ours = ("Accept", "Accept-Post", "Accept-Encoding")
    assert {name: answer.headers[name] for name in ours if name in answer.headers} == said
    assert answer.json()["allowed"] == allowed


async def test_a_change_has_no_accept_post(system: Caller) -> None:
    record = (await system.submit(RECORDS, dict(LAB_RESULTS.example))).headers["Location"]
    headers = {"Content-Type": "text/plain", "If-Match": '"1"'}
    answer = await system.http.put(record, content=b"{}", headers=headers)
    assert answer.status_code == 415
    assert answer.headers["Accept"] == "application/json"
    assert "Accept-Post" not in answer.headers
