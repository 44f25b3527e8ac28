"""What is promised of Accept: a form that a caller takes, or 406; never another one with 200."""

import csv
import io
import json
import re
from collections.abc import Iterator
from typing import Any

import pytest

from app.charts.named_charts import CHARTS
from app.charts.tables.catalogue import TABLES as CHART_TABLES
from app.csv_rows import BYTE_ORDER_MARK
from app.routers import every_router
from app.routers.trial_route import TrialRoute
from app.schemas.adverse_event import ADVERSE_EVENTS
from app.schemas.enrolment import ENROLMENTS
from app.schemas.infusion import INFUSIONS
from app.schemas.lab_result import LAB_RESULTS
from app.schemas.record_kinds import RECORD_KINDS
from tests.deployment import Caller, Deployment

PARAMETERS = {
    "{subject}": "03-001",
    "{record_id}": "0199d2c8-6f0e-7c2a-9d7e-4a5b6c7d8e9f",
    "{name}": "response-category",
}
QUERIES = {
    "/v1/charts/lab-series": "?subject=03-001&analyte=HGB",
    "/v1/charts/subject-markers": "?subject=03-001",
    "/v1/charts/subject-timeline": "?subject=03-001",
}
LABS = "/v1/subjects/03-001/lab-results"
ENDPOINTS = [
    route.path_format
    for router in every_router()
    for route in router.routes
    if isinstance(route, TrialRoute) and route.path_format.startswith("/v1/endpoints/")
]


def addresses() -> Iterator[tuple[TrialRoute, str]]:
    for router in every_router():
        for route in router.routes:
            if isinstance(route, TrialRoute) and "GET" in route.methods:
                path = route.path_format
                for name, value in PARAMETERS.items():
                    path = path.replace(name, value)
                assert "{" not in path, "a parameter that this test does not know"
                yield route, path + QUERIES.get(path, "")


def table(text: str) -> list[dict[str, str]]:
    """Read a CSV as a program does, and see that it is one table."""
    assert "\r\n" in text
    lines = list(csv.reader(io.StringIO(text, newline=""), strict=True))
    assert len({len(line) for line in lines}) == 1
    return [dict(zip(lines[0], line, strict=True)) for line in lines[1:]]


@pytest.fixture
async def everybody(deployment: Deployment) -> list[Caller]:
    """Who together may read everything, with a subject and its results."""
    await deployment.centre("03")
    coordinator = await deployment.caller("coordinator", "03")
    enrolment = {**ENROLMENTS.example, "centre": "03"}
    enrolled = await coordinator.submit("/v1/subjects", enrolment)
    assert (enrolled.status_code, enrolled.json()["subject"]) == (201, "03-001"), enrolled.text
    for value in ("18", "2000"):
        await coordinator.submit(LABS, {**LAB_RESULTS.example, "value": value, "source_id": value})
    return [await deployment.caller("auditor"), coordinator]


async def answered(callers: list[Caller], path: str, accept: str) -> Any:
    """Ask who may."""
    for caller in callers:
        answer = await caller.get(path, Accept=accept)
        if answer.status_code != 403:
            return answer
    raise AssertionError(f"nobody may ask {path}")


async def test_who_takes_csv_alone_gets_it_or_406(everybody: list[Caller]) -> None:
    """Every route that there is."""
    tables = set()
    for route, path in addresses():
        answer = await answered(everybody, path, "text/csv")
        if "text/csv" in route.forms:
            assert answer.status_code == 200, (path, answer.text)
            assert answer.headers["content-type"] == "text/csv; charset=utf-8", path
            assert "Accept" in re.split(", *", answer.headers["vary"]), path
            tables.add(route.path_format)
        else:
            assert (answer.status_code, answer.json()["type"]) == (
                406,
                "/problems/not-acceptable",
            ), path
            assert answer.json()["allowed"] == list(route.forms), path
    wanted = {"/v1/findings", "/v1/discrepancies", "/v1/status-board", "/v1/ledger", *ENDPOINTS}
    assert wanted <= tables


async def test_who_takes_nothing_that_there_is_gets_406(everybody: list[Caller]) -> None:
    for route, path in addresses():
        for accept in ("application/xml", "*/*;q=0", "text/html;q=0.5, application/json;q=0"):
            if "text/html" in route.forms and "text/html" in accept:
                continue
            answer = await answered(everybody, path, accept)
            assert answer.status_code == 406, (path, accept)
            assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize("accept", ["*/*", "", "application/json, */*;q=0.5"])
async def test_who_has_no_wish_gets_the_usual_form(everybody: list[Caller], accept: str) -> None:
    for path in ("/v1/findings", "/v1/me", "/v1/endpoints/response", "/v1/ledger"):
        answer = await answered(everybody, path, accept)
        assert (answer.status_code, answer.headers["content-type"]) == (200, "application/json")


async def test_a_wish_that_is_not_met_reads_nothing(
    deployment: Deployment, everybody: list[Caller]
) -> None:
    await answered(everybody, "/v1/me", "*/*")
    before = await deployment.owner.fetchval("SELECT count(*) FROM access_event WHERE status = 200")
    answer = await everybody[1].get(LABS, Accept="application/xml")
    assert answer.status_code == 406
    after = await deployment.owner.fetchval("SELECT count(*) FROM access_event WHERE status = 200")
    assert before == after


async def test_findings_are_a_table_of_all_of_them(everybody: list[Caller]) -> None:
    _, coordinator = everybody
    listed = (await coordinator.get("/v1/findings?limit=1000")).json()
    answer = await coordinator.get("/v1/findings?limit=1", Accept="text/csv")
    rows = table(answer.text)
    assert len(rows) == len(listed["items"]) > 0
    assert [row["rule"] for row in rows] == [one["rule"] for one in listed["items"]]
    assert set(rows[0]) == set(listed["items"][0])
    assert int(answer.headers["Dayzero-As-Of"]) >= listed["as_of"]


async def test_the_board_is_a_table_of_visits(everybody: list[Caller]) -> None:
    _, coordinator = everybody
    board = (await coordinator.get("/v1/status-board")).json()
    answer = await coordinator.get("/v1/status-board", Accept="text/csv")
    rows = table(answer.text)
    scheduled = [row for row in rows if row["scheduled"] == "true"]
    assert [(row["visit"], row["status"]) for row in scheduled] == [
        (one["visit"], one["status"]) for one in board["subjects"][0]["visits"]
    ]
    held = await coordinator.get(
        "/v1/status-board", Accept="text/csv", **{"If-None-Match": answer.headers["ETag"]}
    )
    assert held.status_code == 304
    other = await coordinator.get("/v1/status-board", **{"If-None-Match": answer.headers["ETag"]})
    assert other.status_code == 200, "who holds the table does not hold the JSON"


@pytest.mark.parametrize("path", ENDPOINTS)
async def test_an_endpoint_is_a_table_of_its_figures(everybody: list[Caller], path: str) -> None:
    _, coordinator = everybody
    document = (await coordinator.get(path)).json()
    answer = await coordinator.get(path, Accept="text/csv")
    rows = table(answer.text)
    assert list(rows[0]) == ["table", "row", "member", "value"]
    told = {(row["table"], row["row"], row["member"]): row["value"] for row in rows}
    assert len(told) == len(rows), "each figure has a place of its own"
    assert told["", "", "/n"] == str(document["n"])
    assert told["", "", "/endpoint"] == document["endpoint"]
    other = await coordinator.get(path, **{"If-None-Match": answer.headers["ETag"]})
    assert other.status_code == 200, "who holds the table does not hold the JSON"
    held = await coordinator.get(
        path, Accept="text/csv", **{"If-None-Match": answer.headers["ETag"]}
    )
    assert held.status_code == 304
    for_people = await coordinator.get(f"{path}?csv=spreadsheet", Accept="text/csv")
    assert for_people.headers["ETag"] != answer.headers["ETag"]


async def test_an_endpoint_with_rows_is_a_table_of_subjects(everybody: list[Caller]) -> None:
    _, coordinator = everybody
    path = "/v1/endpoints/overall-survival?rows=true&population=enrolled"
    listed = (await coordinator.get(path)).json()["rows"]
    rows = table((await coordinator.get(path, Accept="text/csv")).text)
    assert [row["USUBJID"] for row in rows] == [one["USUBJID"] for one in listed]
    assert set(rows[0]) == set(listed[0])


async def test_a_part_of_a_row_is_the_json_that_json_has(everybody: list[Caller]) -> None:
    _, coordinator = everybody
    for kind in (INFUSIONS, ADVERSE_EVENTS):
        sent = await coordinator.submit(f"/v1/subjects/03-001/{kind.path}", kind.example)
        assert sent.status_code == 201, sent.text
    path = "/v1/endpoints/adverse-events?rows=true&population=enrolled"
    listed = (await coordinator.get(path)).json()["rows"]
    rows = table((await coordinator.get(path, Accept="text/csv")).text)
    parts = [name for name, value in listed[0].items() if isinstance(value, list | dict)]
    assert parts
    for name in parts:
        assert [json.loads(row[name]) for row in rows] == [one[name] for one in listed]


async def test_a_table_of_records_has_every_member_of_the_list(everybody: list[Caller]) -> None:
    _, coordinator = everybody
    [told] = (await coordinator.get("/v1/subjects")).json()["items"]
    [row] = table((await coordinator.get("/v1/subjects", Accept="text/csv")).text)
    assert row["status"] == told["status"]
    for kind in RECORD_KINDS:
        answer = await coordinator.get(f"/v1/{kind.path}", Accept="text/csv")
        head = answer.text.splitlines()[0].split(",")
        assert set(head) == set(kind.shown.model_fields), kind.path


@pytest.mark.parametrize("name", sorted(CHARTS))
async def test_a_picture_of_nobody_is_a_table_without_rows(
    everybody: list[Caller], name: str
) -> None:
    address = f"/v1/charts/{name}"
    address += f"{QUERIES.get(address, '?')}&cutoff=2020-01-01".replace("?&", "?")
    answer = await answered(everybody, address, "text/csv")
    assert answer.status_code == 200, answer.text
    assert answer.text.startswith(",".join(CHART_TABLES[name].columns) + "\r\n")


TABLES = ["/v1/lab-results", LABS, "/v1/findings", "/v1/status-board", "/v1/discrepancies",
          "/v1/ledger", "/v1/access-log", "/v1/endpoints/response",
          "/v1/charts/subject-timeline?subject=03-001", "/v1/charts/enrolment"]  # fmt: skip


@pytest.mark.parametrize("path", TABLES)
async def test_every_table_can_be_had_for_a_spreadsheet(everybody: list[Caller], path: str) -> None:
    join = "&" if "?" in path else "?"
    plain = await answered(everybody, path, "text/csv")
    people = await answered(everybody, f"{path}{join}csv=spreadsheet", "text/csv")
    assert people.status_code == 200
    assert not plain.text.startswith(BYTE_ORDER_MARK)
    assert people.content.startswith(b"\xef\xbb\xbf")
    refused = await answered(everybody, f"{path}{join}csv=excel", "text/csv")
    assert refused.status_code == 400


@pytest.mark.parametrize("form", ["plain", "spreadsheet"])
async def test_a_formula_that_a_centre_wrote_runs_nowhere(
    deployment: Deployment, everybody: list[Caller], form: str
) -> None:
    _, coordinator = everybody
    sent = {**LAB_RESULTS.example, "source_id": "=HYPERLINK(1)", "laboratory": "@SUM(A1)"}
    assert (await coordinator.submit(LABS, sent)).status_code == 201
    text = (await coordinator.get(f"/v1/lab-results?csv={form}", Accept="text/csv")).text
    rows = table(text.removeprefix(BYTE_ORDER_MARK))
    [row] = [one for one in rows if "HYPER" in one["source_id"]]
    mark = "'" if form == "spreadsheet" else ""
    assert (row["source_id"], row["laboratory"]) == (f"{mark}=HYPERLINK(1)", f"{mark}@SUM(A1)")
