"""Asks everything there is about one record of a kind that figures are not made of.

It is run in a copy of the tree that has such a kind; `KIND` in the environment is its path.
"""

import json
import os
from collections.abc import AsyncIterator
from typing import Any

import pytest

from app.embedded_postgres import EmbeddedPostgres
from app.routers.charts import CHARTS
from app.schemas.record_kinds import by_path
from app.services.reports.catalogue import REPORTS, SUMMARY
from tests.deployment import Caller, Deployment, clone_of_template, open_directory

PATH = os.environ["KIND"]
KIND = by_path(PATH)
assert KIND is not None
SENT = {name: said for name, said in KIND.example.items() if name != "source_id"}
SUBJECT = "/v1/subjects/03-001"
OF_A_SUBJECT = {
    "lab-series": "?subject=03-001&analyte=HGB",
    "subject-markers": "?subject=03-001",
    "subject-timeline": "?subject=03-001",
}


class Told:
    """A subject that has one record of the kind, who sent it, and who may read everything."""

    def __init__(self, deployment: Deployment, centre: Caller, reader: Caller) -> None:
        self.deployment = deployment
        self.centre = centre
        self.reader = reader
        self.address = ""
        self.before: dict[str, Any] = {}

    async def figures(self) -> dict[str, Any]:
        """Give every figure, without which ledger it is of."""
        found = {}
        for name in (*REPORTS, SUMMARY):
            answer = await self.reader.get(f"/v1/endpoints/{name}")
            assert answer.status_code == 200, answer.text
            found[name] = without(answer.json())
        return found


def without(document: Any) -> Any:
    if isinstance(document, dict):
        return {name: without(one) for name, one in document.items() if name != "as_of"}
    return [without(one) for one in document] if isinstance(document, list) else document


@pytest.fixture(scope="module")
async def told(server: EmbeddedPostgres) -> AsyncIterator[Told]:
    with open_directory() as directory:
        async with (
            clone_of_template(server) as name,
            Deployment(server, name, directory) as deployment,
        ):
            told = Told(
                deployment,
                await deployment.caller("coordinator", "03"),
                await deployment.caller("data_manager"),
            )
            for path, where in (
                ("subjects", "/v1/subjects"),
                ("infusions", f"{SUBJECT}/infusions"),
            ):
                kind = by_path(path)
                assert kind is not None
                sent = await told.centre.submit(where, _only(path, kind.example))
                assert sent.status_code == 201, sent.text
            told.before = await told.figures()
            answer = await told.centre.submit(f"{SUBJECT}/{PATH}", SENT | {"source_id": "LIS-7"})
            assert answer.status_code == 201, answer.text
            assert answer.json()["findings"] == []
            told.address = answer.headers["Location"]
            yield told


def _only(path: str, example: Any) -> dict[str, Any]:
    names = {"infused_at", "product_lot"} if path == "infusions" else example.keys()
    return {name: example[name] for name in names}


async def test_it_changes_no_figure(told: Told) -> None:
    assert await told.figures() == told.before


async def test_every_picture_is_there(told: Told) -> None:
    for name in CHARTS:
        asked = f"/v1/charts/{name}{OF_A_SUBJECT.get(name, '')}"
        answer = await told.reader.get(asked, Accept="text/csv")
        assert answer.status_code == 200, answer.text


async def test_no_route_fails(told: Told) -> None:
    record_id = told.address.rpartition("/")[2]
    asked = 0
    for path, operations in told.deployment.app.openapi()["paths"].items():
        if "get" in operations:
            address = path.replace("{subject}", "03-001").replace("{record_id}", record_id)
            for caller in (told.centre, told.reader):
                answer = await caller.get(address)
                assert answer.status_code < 500, (address, answer.text)
                asked += answer.status_code == 200
    assert asked > 80


@pytest.mark.parametrize("of", [f"/v1/{PATH}", f"{SUBJECT}/{PATH}"])
async def test_it_is_listed_by_the_visit_of_its_day(told: Told, of: str) -> None:
    for visit, found in (("D3", 1), ("M1", 0), ("UNS", 0)):
        answer = await told.reader.get(f"{of}?visit={visit}")
        assert answer.status_code == 200, answer.text
        assert len(answer.json()["items"]) == found


@pytest.mark.parametrize("accept", ["application/json", "text/csv", "application/x-ndjson"])
async def test_it_is_listed_in_every_form(told: Told, accept: str) -> None:
    for asked in ("", "?from=2020", "?to=2020", "?state=active", "?source_id=LIS-7"):
        answer = await told.reader.get(f"/v1/{PATH}{asked}", Accept=accept)
        assert answer.status_code == 200, answer.text
        assert ("LIS-7" in answer.text) is (asked != "?to=2020")


async def test_an_import_sends_amends_and_retracts_it(told: Told) -> None:
    line = {"kind": PATH, "subject": "03-001", "source_id": "LIS-8", **SENT}
    named = {name: line[name] for name in ("kind", "subject", "source_id")}
    results = []
    for sent in (
        line,
        line,
        {**line, "note": "More."},
        {**named, "retracted": True, "reason": "Of another subject."},
    ):
        answer = await told.centre.http.post(
            "/v1/imports",
            content=json.dumps(sent),
            headers={"Content-Type": "application/x-ndjson"},
        )
        assert answer.status_code == 200, answer.text
        results.append(json.loads(answer.text.splitlines()[0])["status"])
    assert results == ["created", "unchanged", "updated", "retracted"]


async def test_it_is_amended_and_keeps_its_history(told: Told) -> None:
    again = {**SENT, "source_id": "LIS-7", "reason": "Read again."}
    amended = await told.centre.amend(told.address, again, 1)
    assert amended.status_code == 200, amended.text
    history = (await told.reader.get(f"{told.address}/history")).json()
    assert [version["reason"] for version in history["items"]] == [None, "Read again."]


async def test_it_is_held_against_the_death(told: Told) -> None:
    follow_up = {"contacted_on": "2026-01-02", "status": "died", "death_date": "2026-01-01"}
    assert (await told.centre.submit(f"{SUBJECT}/follow-ups", follow_up)).status_code == 201
    found = (await told.reader.get(f"/v1/findings?kind={PATH}")).json()["items"]
    assert [one["rule"] for one in found] == ["DATE-AFTER-DEATH"]
    assert (await told.centre.void(told.address, 2)).status_code == 200
    assert (await told.reader.get(f"/v1/findings?kind={PATH}")).json()["items"] == []
