"""The status board: who sees whose visits, at which data cut."""

from collections.abc import AsyncIterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from app.embedded_postgres import EmbeddedPostgres
from app.schemas.status_board import StatusBoard
from tests.deployment import Caller
from tests.endpoints.cohort import Cohort, cohort
from tests.subjects.told import Record, contact, dated_on, death, rated, subject, visit

OWN, OTHER = "03", "05"
INFUSED_ON = date(2024, 3, 1)
BOARD = "/v1/status-board"


@pytest.fixture(scope="module")
async def told(
    server: EmbeddedPostgres, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Cohort]:
    subjects = [
        subject(
            "evaluated",
            rated(28, "PR"),
            visit("M2", 61),
            visit("UNS", 40),
            Record(
                "lab-results",
                {"analyte": "PLT", "value": "60", "unit": "10*9/L", "collected_at": dated_on(14)},
            ),
            centre=OWN,
        ),
        subject("died", visit("M1", 28), death(90), centre=OWN),
        subject("waiting", infused=False, prepared=False, centre=OWN),
        subject("elsewhere", contact(40), centre=OTHER),
    ]
    async with cohort(server, tmp_path_factory.mktemp("board"), *subjects) as found:
        yield found


def on(days: int) -> str:
    return (INFUSED_ON + timedelta(days)).isoformat()


async def board(told: Cohort, **query: Any) -> dict[str, Any]:
    return await told.get(BOARD, **query)


def statuses(told: Cohort, found: dict[str, Any], name: str) -> dict[str, str]:
    [row] = [one for one in found["subjects"] if one["subject"] == told.codes[name]]
    return {visit["visit"]: visit["status"] for visit in row["visits"]}


async def test_it_says_where_each_visit_stands_at_the_cut(told: Cohort) -> None:
    found = await board(told, cutoff=on(100))
    assert StatusBoard.model_validate(found)
    assert (found["n"], found["status_on"], found["data_cutoff"]) == (4, on(100), on(100))
    evaluated = statuses(told, found, "evaluated")
    assert [evaluated[code] for code in ("D0", "D1", "M1", "M2", "M3", "M4")] == [
        "done", "missing", "done", "done", "overdue", "upcoming",
    ]  # fmt: skip
    assert evaluated["D14"] == "samples_only"
    died = statuses(told, found, "died")
    assert [died[code] for code in ("M1", "M2", "M3", "EOS")] == [
        "done", "missing", "not_applicable", "not_applicable",
    ]  # fmt: skip
    assert set(statuses(told, found, "waiting").values()) == {"upcoming"}
    states = {one["subject"]: one["state"] for one in found["subjects"]}
    assert [states[told.codes[name]] for name in ("evaluated", "died", "waiting")] == [
        "infused", "died", "enrolled",
    ]  # fmt: skip
    [evaluated_row] = [
        one for one in found["subjects"] if one["subject"] == told.codes["evaluated"]
    ]
    assert evaluated_row["other_visits"] == [{"visit": "UNS", "on": on(40)}]


async def test_it_knows_nothing_that_is_dated_later(told: Cohort) -> None:
    found = await board(told, cutoff=on(60))
    evaluated = statuses(told, found, "evaluated")
    assert [evaluated[code] for code in ("M1", "M2", "M3")] == ["done", "due", "upcoming"]
    states = {one["subject"]: one["state"] for one in found["subjects"]}
    assert states[told.codes["died"]] == "infused"
    before = await board(told, cutoff=on(-1))
    assert statuses(told, before, "evaluated")["D0"] == "upcoming"


async def test_nothing_is_late_on_a_day_of_which_nobody_can_know(told: Cohort) -> None:
    latest = (datetime.now(UTC) + timedelta(hours=14)).date().isoformat()
    now, later = await board(told), await board(told, cutoff=latest)
    assert later["data_cutoff"] == latest
    assert later["status_on"] == now["status_on"]
    assert later["counts"] == now["counts"]


async def test_it_counts_what_it_shows(told: Cohort) -> None:
    found = await board(told, cutoff=on(100))
    shown = [visit["status"] for one in found["subjects"] for visit in one["visits"]]
    assert found["counts"] == {status: shown.count(status) for status in found["counts"]}
    assert sum(found["counts"].values()) == found["n"] * len(found["visits"])
    [m1] = [visit for visit in found["visits"] if visit["code"] == "M1"]
    assert m1["counts"] | {"done": 2, "missing": 1, "upcoming": 1} == m1["counts"]


async def test_a_centre_sees_its_own_subjects_and_no_other_centre(told: Cohort) -> None:
    coordinator = await told.deployment.caller("coordinator", OWN)
    own = await coordinator.get(BOARD)
    assert own.status_code == 200
    assert {one["centre"] for one in own.json()["subjects"]} == {OWN}
    assert told.codes["elsewhere"] not in own.text
    refused = [await coordinator.get(f"{BOARD}?centre={code}") for code in (OTHER, "99")]
    assert [answer.status_code for answer in refused] == [404, 404]
    first, second = ({**answer.json(), "request_id": None} for answer in refused)
    assert first == second
    assert (await board(told, centre=OTHER))["n"] == 1


async def test_whoever_reads_no_record_sees_no_board(told: Cohort) -> None:
    for role in ("summary_reader", "study_admin"):
        caller = await told.deployment.caller(role)
        answer = await caller.get(BOARD)
        assert answer.status_code == 403
        assert not any(code in answer.text for code in told.codes.values())


async def test_a_token_for_records_is_enough(told: Cohort) -> None:
    reader = await told.deployment.caller("data_manager", scopes=frozenset({"records:read"}))
    assert (await reader.get(BOARD)).status_code == 200
    figures = await told.deployment.caller("data_manager", scopes=frozenset({"endpoints:read"}))
    refused = await figures.get(BOARD)
    assert (refused.status_code, refused.json()["scope"]) == (403, "records:read")


async def test_the_same_cut_has_the_same_bytes(told: Cohort) -> None:
    first = await told.reader.get(BOARD)
    address = f"{BOARD}?as_of={first.json()['as_of']}"
    again = await told.reader.get(address)
    assert again.content == first.content
    held = await told.reader.get(address, **{"If-None-Match": first.headers["ETag"]})
    assert (held.status_code, held.content) == (304, b"")
    other = await told.reader.get(f"{BOARD}?cutoff={on(60)}")
    assert other.headers["ETag"] != first.headers["ETag"]


async def test_it_notes_whose_visits_were_read(told: Cohort) -> None:
    reader: Caller = await told.deployment.caller("centre_reader", OTHER)
    assert (await reader.get(BOARD)).status_code == 200
    noted = await told.deployment.owner.fetch(
        "SELECT subjects, records, route FROM access_event WHERE principal = $1", reader.name
    )
    assert [tuple(one) for one in noted] == [([told.codes["elsewhere"]], 1, "GET /v1/status-board")]


@pytest.mark.parametrize(
    ("query", "status"),
    [("colour=crimson", 400), ("cutoff=crimson", 400), ("as_of=99999999", 422), ("rows=true", 400)],
)
async def test_it_refuses_what_it_does_not_know(told: Cohort, query: str, status: int) -> None:
    answer = await told.reader.get(f"{BOARD}?{query}")
    assert answer.status_code == status
    assert "crimson" not in answer.text
