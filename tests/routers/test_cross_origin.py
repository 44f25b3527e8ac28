"""What is promised of front ends that other origins serve."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from pydantic import ValidationError

from app.config import Settings
from app.embedded_postgres import EmbeddedPostgres
from app.schemas.lab_result import LAB_RESULTS
from tests.deployment import Deployment, clone_of_template

VIEWER, OTHER = "https://viewer.example", "https://other.example:8443"
LABS = "/v1/subjects/03-001/lab-results"
ASKING = {"Access-Control-Request-Method": "PUT", "Access-Control-Request-Headers": "if-match"}


@pytest.fixture
async def open_to_two(server: EmbeddedPostgres, tmp_path: Path) -> AsyncIterator[Deployment]:
    """A deployment that lists two origins."""
    async with (
        clone_of_template(server) as name,
        Deployment(server, name, tmp_path, cors_origins=f"{VIEWER},{OTHER}") as running,
    ):
        yield running


def allowed(headers: object) -> set[str]:
    return {name for name in dict(headers) if name.startswith("access-control")}  # type: ignore[call-overload]


@pytest.mark.parametrize("origin", [VIEWER, OTHER])
async def test_a_listed_origin_may_send_and_read(open_to_two: Deployment, origin: str) -> None:
    await open_to_two.subject("03")
    caller = await open_to_two.caller("coordinator", "03")
    asked = await open_to_two.client().options(LABS, headers={"Origin": origin, **ASKING})
    assert (asked.status_code, asked.content) == (204, b"")
    assert asked.headers["Access-Control-Allow-Origin"] == origin
    assert asked.headers["Access-Control-Allow-Methods"] == "GET, HEAD, POST, PUT"
    takes = asked.headers["Access-Control-Allow-Headers"].lower().split(", ")
    assert {"authorization", "content-type", "idempotency-key", "if-match"} <= set(takes)
    answers = [
        await caller.submit(LABS, dict(LAB_RESULTS.example), Origin=origin),
        await caller.get(LABS, Origin=origin),
        await caller.get("/v1/nothing", Origin=origin),
        await open_to_two.client().get(LABS, headers={"Origin": origin}),
    ]
    assert [answer.status_code for answer in answers] == [201, 200, 404, 401]
    for answer in answers:
        assert answer.headers["Access-Control-Allow-Origin"] == origin
        shown = answer.headers["Access-Control-Expose-Headers"].split(", ")
        assert {"ETag", "Location", "Link", "Idempotency-Replayed", "Retry-After"} <= set(shown)
        assert "Access-Control-Allow-Credentials" not in answer.headers
        assert "Origin" in answer.headers["Vary"]


@pytest.mark.parametrize(
    "origin",
    [
        pytest.param("https://evil.example", id="another"),
        pytest.param("http://viewer.example", id="the listed one without TLS"),
        pytest.param("https://viewer.example:8443", id="another port of it"),
        pytest.param("https://a.viewer.example", id="below it"),
        pytest.param("https://viewer.example.evil.example", id="that begins so"),
        pytest.param("null", id="a file"),
        pytest.param("*", id="every"),
    ],
)
async def test_another_origin_is_allowed_nothing(open_to_two: Deployment, origin: str) -> None:
    caller = await open_to_two.caller("coordinator", "03")
    asked = await open_to_two.client().options(LABS, headers={"Origin": origin, **ASKING})
    assert (asked.status_code, asked.json()["type"]) == (405, "/problems/method-not-allowed")
    answer = await caller.get("/v1/lab-results", Origin=origin)
    assert answer.status_code == 200
    for one in (asked, answer):
        assert allowed(one.headers) == set()
        assert "Origin" in one.headers["Vary"]


async def test_none_is_allowed_by_default(deployment: Deployment) -> None:
    caller = await deployment.caller("coordinator", "03")
    asked = await deployment.client().options(LABS, headers={"Origin": VIEWER, **ASKING})
    assert asked.status_code == 405
    answer = await caller.get("/v1/lab-results", Origin=VIEWER)
    for one in (asked, answer):
        assert allowed(one.headers) == set()
        assert "Origin" not in one.headers.get("Vary", "")


@pytest.mark.parametrize(
    ("written", "origins"),
    [
        pytest.param("", (), id="empty"),
        pytest.param(VIEWER, (VIEWER,), id="one"),
        pytest.param(f" {VIEWER}, {OTHER} ", (VIEWER, OTHER), id="two"),
        pytest.param("http://localhost:5173", ("http://localhost:5173",), id="a workbench"),
        pytest.param("http://[::1]:5173", ("http://[::1]:5173",), id="IPv6"),
    ],
)
def test_the_setting_lists_origins(
    monkeypatch: pytest.MonkeyPatch, written: str, origins: tuple[str, ...]
) -> None:
    monkeypatch.setenv("DAYZERO_CORS_ORIGINS", written)
    assert Settings().cors_origins == origins


@pytest.mark.parametrize(
    "written",
    [
        "*", "https://*.example", "https://viewer.example/", "https://viewer.example/app",
        "viewer.example", "null", "https://Viewer.example", "ftp://viewer.example",
        f"{VIEWER},*", "https://user@viewer.example", "https://viewer.example:0",
    ],
)  # fmt: skip
def test_the_setting_takes_exact_origins_only(
    monkeypatch: pytest.MonkeyPatch, written: str
) -> None:
    monkeypatch.setenv("DAYZERO_CORS_ORIGINS", written)
    with pytest.raises(ValidationError, match="without a wildcard"):
        Settings()
