"""What a client asks first, and what those ask who keep the service running."""

import tomllib
from pathlib import Path
from typing import Any

import httpx
import pytest

from app.access.permissions import PERMISSIONS, Action, Role
from app.access.principal import Principal
from app.access.scopes import ALL_SCOPES
from app.embedded_postgres import EmbeddedPostgres
from app.schema_revision import head
from app.schemas.lab_result import LAB_RESULTS
from app.trial import trial as trial_module
from tests.deployment import Deployment, clone_of_template, open_directory

TRIAL_FILE = Path(trial_module.__file__).with_name("trial.toml")


def differences(said: Any, written: Any, place: str = "") -> list[str]:
    """Give the places where an answer does not say what the file says."""
    if isinstance(written, dict):
        return [
            found
            for name, value in written.items()
            for found in differences((said or {}).get(name), value, f"{place}/{name}")
        ]
    if isinstance(written, list) and isinstance(said, list) and len(said) == len(written):
        return [
            found
            for number, value in enumerate(written)
            for found in differences(said[number], value, f"{place}/{number}")
        ]
    same = said == written or (not isinstance(written, bool) and str(said) == str(written))
    return [] if same else [f"{place}: {said!r} is not {written!r}"]


async def test_me_says_who_and_what_one_may(deployment: Deployment) -> None:
    await deployment.centre("05")
    caller = await deployment.caller("coordinator", "03")
    await deployment.owner.execute(
        "INSERT INTO access_grant (principal, role) VALUES ($1, 'data_manager')", caller.id
    )
    me = (await caller.get("/v1/me")).json()
    assert (me["id"], me["name"]) == (str(caller.id), caller.name)
    assert sorted(me["grants"], key=lambda grant: str(grant["role"])) == [
        {"role": "coordinator", "centre": "03"},
        {"role": "data_manager", "centre": None},
    ]
    allowed = [
        action
        for action, roles in PERMISSIONS.items()
        if {Role.COORDINATOR, Role.DATA_MANAGER} & roles
    ]
    assert sorted(me["actions"]) == sorted(allowed)
    assert "ledger:read" not in me["actions"]


async def test_me_tells_the_scopes_of_the_token_and_the_grants_of_now(
    deployment: Deployment,
) -> None:
    caller = await deployment.caller("coordinator", "03", scopes=frozenset({"records:read"}))
    assert (await caller.get("/v1/me")).json()["scopes"] == ["records:read"]
    await deployment.owner.execute("UPDATE access_grant SET revoked_at = now()")
    assert (await caller.get("/v1/me")).status_code == 403


@pytest.mark.parametrize("path", ["/v1/me", "/v1/trial", "/v1/centres", "/v1/vocabularies"])
async def test_nobody_is_told_anything(deployment: Deployment, path: str) -> None:
    answer = await deployment.client().get(path)
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")


async def test_the_trial_is_what_its_file_says(deployment: Deployment) -> None:
    caller = await deployment.caller("summary_reader")
    answer = await caller.get("/v1/trial")
    written = tomllib.loads(TRIAL_FILE.read_text())
    assert written["trial"]["slots"] == 60
    assert differences(answer.json(), written) == []
    assert answer.headers["ETag"] == f'"{deployment.service.trial.digest}"'


async def test_the_trial_is_not_sent_to_one_who_holds_it(deployment: Deployment) -> None:
    caller = await deployment.caller("centre_reader", "03")
    etag = (await caller.get("/v1/trial")).headers["ETag"]
    held = await caller.get("/v1/trial", **{"If-None-Match": f'"other", W/{etag}'})
    assert (held.status_code, held.content, held.headers["ETag"]) == (304, b"", etag)
    other = await caller.get("/v1/trial", **{"If-None-Match": '"other"'})
    assert other.status_code == 200


@pytest.mark.parametrize(
    ("role", "centres", "seen"),
    [
        pytest.param("coordinator", ["05"], ["05"], id="one centre"),
        pytest.param("monitor", ["03", "07"], ["03", "07"], id="several centres"),
        pytest.param("data_manager", [], ["03", "05", "07"], id="every centre"),
        pytest.param("summary_reader", [], ["03", "05", "07"], id="aggregates of every centre"),
        pytest.param("study_admin", [], ["03", "05", "07"], id="whose business the centres are"),
    ],
)
async def test_one_sees_the_centres_of_ones_grants(
    deployment: Deployment, role: str, centres: list[str], seen: list[str]
) -> None:
    for code in ("07", "03", "05"):
        await deployment.centre(code)
    caller = await deployment.caller(role, *centres)
    items = (await caller.get("/v1/centres")).json()["items"]
    assert items == [{"code": code, "name": f"Centre {code}"} for code in seen]


async def test_an_administrator_at_a_centre_sees_all_centres_and_the_data_of_one(
    deployment: Deployment,
) -> None:
    await deployment.subject("05")
    caller = await deployment.caller("coordinator", "03")
    await deployment.owner.execute(
        "INSERT INTO access_grant (principal, role) VALUES ($1, 'study_admin')", caller.id
    )
    items = (await caller.get("/v1/centres")).json()["items"]
    assert [item["code"] for item in items] == ["03", "05"]
    assert (await caller.get("/v1/subjects/05-001/lab-results")).status_code == 404


@pytest.mark.parametrize("role", ["study_admin", "summary_reader", "data_manager", "auditor"])
async def test_who_asks_for_the_centres_gets_at_no_other_table(
    deployment: Deployment, role: str
) -> None:
    await deployment.subject("03")
    caller = await deployment.caller(role)
    principal = Principal(id=caller.id, scopes=ALL_SCOPES)
    async with deployment.service.database.transaction(
        principal, Action.READ_CENTRES
    ) as transaction:
        assert await transaction.value("SELECT count(*) FROM centre") == 1
        for table in ("subject", "lab_result", "enrolment", "ledger_event"):
            assert await transaction.value(f"SELECT count(*) FROM {table}") == 0


async def test_it_lives_and_is_ready(deployment: Deployment) -> None:
    client = deployment.client()
    assert (await client.get("/livez")).json() == {"status": "alive"}
    ready = (await client.get("/readyz")).json()
    assert ready["status"] == "ready"
    assert ready["schema_revision"] == head()
    assert ready["ledger_lag_seconds"] >= 0


async def test_it_is_not_ready_with_another_schema(deployment: Deployment) -> None:
    await deployment.owner.execute("UPDATE alembic_version SET version_num = 'older'")
    answer = await deployment.client().get("/readyz")
    assert (answer.status_code, answer.json()["type"]) == (503, "/problems/not-ready")
    assert (await deployment.client().get("/livez")).status_code == 200


async def test_it_is_not_ready_when_the_ledger_lies_behind(deployment: Deployment) -> None:
    await deployment.owner.execute("DROP FUNCTION sequence_events()")
    for _ in range(5):  # what ran when it was dropped may still number the first of them
        await deployment.owner.execute(
            "INSERT INTO ledger_event (action, principal, route, request_id, occurred_at)"
            " VALUES ('submit', 'x', 'x', 'x', now() - interval '61 seconds')"
        )
        answer = await deployment.client().get("/readyz")
        if answer.status_code == 503:
            break
    assert (answer.status_code, answer.json().get("type")) == (503, "/problems/not-ready")
    assert answer.json()["ledger_lag_seconds"] > 60


async def test_figures_name_routes_and_nobody(deployment: Deployment) -> None:
    await deployment.subject("03")
    caller = await deployment.caller("coordinator", "03")
    await caller.submit("/v1/subjects/03-001/lab-results", dict(LAB_RESULTS.example))
    answer = await deployment.client().get("/metrics")
    assert answer.headers["Content-Type"].startswith("text/plain")
    assert "/v1/subjects/{subject}/lab-results" in answer.text
    assert "03-001" not in answer.text
    assert caller.name not in answer.text


async def test_the_figures_are_for_callers_on_the_services_own_machine(
    deployment: Deployment,
) -> None:
    forwarded = await deployment.client().get("/metrics", headers={"X-Forwarded-For": "127.0.0.1"})
    away = httpx.ASGITransport(deployment.app, client=("192.0.2.7", 4711))
    async with httpx.AsyncClient(transport=away, base_url="http://trial.example") as client:
        elsewhere = await client.get("/metrics")
    assert forwarded.status_code == elsewhere.status_code == 404


@pytest.mark.parametrize(
    ("role", "status"),
    [
        pytest.param(Role.STUDY_ADMIN, 200, id="an operator"),
        pytest.param(Role.AUDITOR, 200, id="the auditor"),
        pytest.param(Role.DATA_MANAGER, 403, id="somebody else"),
        pytest.param(None, 401, id="nobody"),
    ],
)
async def test_the_figures_can_be_kept_for_operators(
    server: EmbeddedPostgres, role: Role | None, status: int
) -> None:
    with open_directory() as directory:
        async with (
            clone_of_template(server) as name,
            Deployment(server, name, directory, metrics="operators") as deployment,
        ):
            nobody = deployment.client()
            client = nobody if role is None else (await deployment.caller(role)).http
            answer = await client.get("/metrics")
    assert answer.status_code == status


@pytest.mark.parametrize(
    ("sent", "error"),
    [
        pytest.param([], None, id="nothing"),
        pytest.param(["Basic YTpi"], None, id="another scheme"),
        pytest.param(["Bearer"], "invalid_token", id="no token"),
        pytest.param(["Bearer x.y.z"], "invalid_token", id="no token of ours"),
        pytest.param(["Bearer a", "Bearer b"], "invalid_token", id="two tokens"),
    ],
)
async def test_a_401_names_an_error_only_to_who_sent_a_token(
    deployment: Deployment, sent: list[str], error: str | None
) -> None:
    headers = [("Authorization", value) for value in sent]
    answer = await deployment.client().get("/v1/me", headers=headers)
    assert answer.status_code == 401
    named = f', error="{error}"' if error else ""
    assert answer.headers["WWW-Authenticate"] == f'Bearer realm="dayzero"{named}'


@pytest.mark.parametrize(
    ("path", "cache_control"),
    [
        ("/openapi.json", "public, max-age=300"),
        ("/v1/trial", "private, max-age=300"),
        ("/v1/vocabularies", "private, max-age=3600"),
        ("/v1/vocabularies/response-category", "private, max-age=3600"),
        ("/v1/me", "no-store"),
    ],
)
async def test_what_changes_with_the_deployment_alone_may_be_kept(
    deployment: Deployment, path: str, cache_control: str
) -> None:
    caller = await deployment.caller("coordinator", "03")
    answer = await caller.get(path)
    assert answer.headers["Cache-Control"] == cache_control
    if "max-age" in cache_control:
        held = await caller.get(path, **{"If-None-Match": answer.headers["ETag"]})
        assert (held.status_code, held.content) == (304, b"")
        assert held.headers["Cache-Control"] == cache_control
        assert held.headers["ETag"] == answer.headers["ETag"]
