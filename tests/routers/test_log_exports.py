"""What the auditor takes away: the ledger and the log of reads, filtered, whole, and said to be."""

import csv
import io
import json
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import quote

import pytest

from app.schemas.lab_result import LAB_RESULTS
from app.services import ledger_reads
from tests.deployment import Caller, Deployment

NDJSON, CSV = "application/x-ndjson", "text/csv"
LABS = "/v1/subjects/{}/lab-results"


def lab(number: int) -> dict[str, Any]:
    return {**LAB_RESULTS.example, "source_id": f"LIS:{number}"}


@pytest.fixture
async def auditor(deployment: Deployment) -> Caller:
    """Reads what two centres did: three submissions at 03, one at 05, and one amendment."""
    for centre in ("03", "05"):
        await deployment.subject(centre)
    own, other = [await deployment.caller("coordinator", centre) for centre in ("03", "05")]
    first = await own.submit(LABS.format("03-001"), lab(1))
    for number in (2, 3):
        await own.submit(LABS.format("03-001"), lab(number))
    await other.submit(LABS.format("05-001"), lab(4))
    amended = {**lab(1), "value": "19", "reason": "Mistyped."}
    assert (await own.amend(first.headers["Location"], amended, 1)).status_code == 200
    await own.get(LABS.format("03-001"))
    await other.get(LABS.format("05-001"))
    return await deployment.caller("auditor")


async def taken(caller: Caller, path: str) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    """Take an export and part its entries from its last line."""
    answer = await caller.get(path, Accept=NDJSON)
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == f"{NDJSON}; charset=utf-8"
    *entries, last = map(json.loads, answer.text.splitlines())
    assert last["complete"] is True
    assert last["rows"] == len(entries) == int(answer.headers["Dayzero-Rows"])
    return entries, last


async def test_an_export_has_what_the_pages_have(auditor: Caller) -> None:
    page = (await auditor.get("/v1/ledger")).json()
    entries, last = await taken(auditor, "/v1/ledger?limit=1")
    assert entries == page["items"]
    assert last["next_after"] == page["next_after"]
    assert len(entries) == 5
    log = (await auditor.get("/v1/access-log")).json()
    reads, last = await taken(auditor, "/v1/access-log?limit=1")
    assert reads[: len(log["items"])] == log["items"]
    following = (await auditor.get(f"/v1/access-log?after={last['next_after']}")).json()["items"]
    seen = {one["id"] for one in reads}
    assert not seen & {one["id"] for one in following}, "the export goes on where it ended"


async def test_an_export_goes_on_after_what_was_taken(auditor: Caller) -> None:
    entries, last = await taken(auditor, "/v1/ledger?after=3")
    assert [one["seq"] for one in entries] == [4, 5]
    nothing, again = await taken(auditor, f"/v1/ledger?after={last['next_after']}")
    assert (nothing, again["next_after"]) == ([], last["next_after"])
    refused = await auditor.get("/v1/ledger?after=6", Accept=NDJSON)
    assert (refused.status_code, refused.json()["type"]) == (409, "/problems/history-rewound")


async def test_an_export_of_many_pages_is_whole(
    auditor: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ledger_reads, "AT_ONCE", 2)
    entries, _ = await taken(auditor, "/v1/ledger")
    assert [one["seq"] for one in entries] == [1, 2, 3, 4, 5]
    reads, _ = await taken(auditor, "/v1/access-log")
    assert len({one["id"] for one in reads}) == len(reads) > 2


async def test_an_export_that_breaks_off_does_not_say_that_it_is_whole(
    auditor: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ledger_reads, "AT_ONCE", 2)
    whole = ledger_reads._ledger_page
    asked = 0

    async def failing(*arguments: Any) -> Any:
        nonlocal asked
        asked += 1
        if asked == 2:
            raise RuntimeError("the database went away")
        return await whole(*arguments)

    monkeypatch.setattr(ledger_reads, "_ledger_page", failing)
    answer = await auditor.get("/v1/ledger", Accept=NDJSON, **{"Accept-Encoding": "identity"})
    assert [json.loads(line)["seq"] for line in answer.text.splitlines()] == [1, 2]
    assert answer.headers["Dayzero-Rows"] == "5"


@pytest.mark.parametrize(
    ("query", "seqs"),
    [
        ("subject=03-001", [1, 2, 3, 5]),
        ("centre=05", [4]),
        ("action=amend", [5]),
        ("action=amend&centre=05", []),
        ("centre=03&action=submit", [1, 2, 3]),
        ("action=Amend", []),
        ("subject='%20OR%20TRUE%20--", []),
    ],
)
@pytest.mark.parametrize("form", ["application/json", NDJSON, CSV])
async def test_the_ledger_is_filtered_in_every_form(
    auditor: Caller, query: str, seqs: list[int], form: str
) -> None:
    answer = await auditor.get(f"/v1/ledger?{query}", Accept=form)
    assert answer.status_code == 200, answer.text
    if form == CSV:
        rows = list(csv.DictReader(io.StringIO(answer.text, newline="")))
        assert len(rows) == int(answer.headers["Dayzero-Rows"])
        found = [int(row["seq"]) for row in rows]
    elif form == NDJSON:
        found = [json.loads(line)["seq"] for line in answer.text.splitlines()[:-1]]
    else:
        found = [one["seq"] for one in answer.json()["items"]]
    assert found == seqs


async def test_from_is_included_and_to_is_not(auditor: Caller) -> None:
    entries = (await auditor.get("/v1/ledger")).json()["items"]
    moments = [quote(one["occurred_at"]) for one in entries]
    for path, ids in (("/v1/ledger", "seq"),):
        for query, expected in (
            (f"from={moments[1]}&to={moments[3]}", [2, 3]),
            (f"from={moments[4]}", [5]),
            (f"to={moments[0]}", []),
            (f"from={moments[2]}&to={moments[2]}", []),
        ):
            found = (await auditor.get(f"{path}?{query}")).json()["items"]
            assert [one[ids] for one in found] == expected, query
    later = quote((datetime.now(UTC) + timedelta(days=1)).isoformat())
    assert (await auditor.get(f"/v1/access-log?from={later}")).json()["items"] == []
    assert (await auditor.get(f"/v1/access-log?to={later}")).json()["items"]


@pytest.mark.parametrize(
    "query", ["from=2026-03-01", "to=yesterday", "from=2026-03-01T10:00", "to="]
)
async def test_an_instant_has_an_offset(auditor: Caller, query: str) -> None:
    for path in ("/v1/ledger", "/v1/access-log"):
        answer = await auditor.get(f"{path}?{query}")
        assert answer.status_code == 400, answer.text
        assert answer.json()["errors"][0]["message"] == "give an instant with offset"


async def test_reads_are_filtered_by_centre_and_action(auditor: Caller) -> None:
    def of(log: Any) -> set[tuple[str, ...]]:
        return {tuple(one["subjects"] or ()) for one in log.json()["items"]}

    assert of(await auditor.get("/v1/access-log?centre=05")) == {("05-001",)}
    assert of(await auditor.get("/v1/access-log?centre=0")) == set()
    assert of(await auditor.get("/v1/access-log?centre=03&action=list")) == {("03-001",)}
    assert of(await auditor.get("/v1/access-log?action=none")) == set()


async def test_taking_a_log_away_is_noted(auditor: Caller) -> None:
    for form in (NDJSON, CSV):
        await auditor.get("/v1/ledger?centre=05", Accept=form)
        await auditor.get("/v1/access-log?centre=05", Accept=form)
    mine = (await auditor.get(f"/v1/access-log?principal={quote(auditor.name)}")).json()["items"]
    assert [(one["action"], one["records"], one["subjects"]) for one in mine] == [
        ("ledger", 1, ["05-001"]),
        ("access-log", 2, None),
        ("ledger", 1, ["05-001"]),
        ("access-log", 3, None),
    ], "a read of the ledger is one about the subjects of its entries"
    assert {one["role"] for one in mine} == {"auditor"}


@pytest.mark.parametrize("form", [NDJSON, CSV])
@pytest.mark.parametrize("path", ["/v1/ledger", "/v1/access-log"])
async def test_nobody_else_takes_a_log_away(deployment: Deployment, path: str, form: str) -> None:
    for role, centres in (("data_manager", []), ("coordinator", ["03"]), ("study_admin", [])):
        caller = await deployment.caller(role, *centres)
        answer = await caller.get(path, Accept=form)
        assert (answer.status_code, answer.json()["type"]) == (403, "/problems/not-permitted")
