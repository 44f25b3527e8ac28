"""What is promised of a file that is sent again, whatever it says of one record and how often.

A file is written here as the words it has on one laboratory result: a number is the value it
gives, ``-`` retracts. A history is written in the same way, as the versions of the record.
"""

import json
from typing import Any

import pytest

from app.services import imports
from app.services.import_storage import OUTCOMES
from tests.deployment import Caller, Deployment
from tests.routers.test_imports import (
    codes,
    enrolment,
    lab,
    leave_slots,
    ndjson,
    results,
    retraction,
    send,
    statuses,
    stored,
)  # fmt: skip

LABS = "/v1/subjects/03-001/lab-results"


@pytest.fixture
async def centre_system(deployment: Deployment) -> Caller:
    await deployment.subject("03")
    return await deployment.caller("centre_system", "03")


@pytest.fixture(params=["whole", 3, 1], ids=lambda size: f"chunks: {size}")
def query(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Import whole or in rows, with the borders of chunks here and there in the file."""
    if request.param == "whole":
        return "?commit=all"
    monkeypatch.setattr(imports, "CHUNK", request.param)
    return "?commit=rows"


def file(words: str) -> list[dict[str, Any]]:
    """Write a file: its words on one result, each beside a result of its own."""
    lines = []
    for number, word in enumerate(words.split()):
        lines.append(retraction("LIS:1") if word == "-" else lab("LIS:1", value=word))
        lines.append(lab(f"LIS:beside-{number}"))
    return lines


async def history(deployment: Deployment) -> str:
    """Read what the versions of the result say."""
    rows = await deployment.owner.fetch(
        "SELECT state, value FROM lab_result WHERE source_id = 'LIS:1' AND centre = '03'"
        " ORDER BY version"
    )
    return " ".join("-" if row["state"] == "voided" else str(row["value"]) for row in rows)


async def amend(deployment: Deployment, *values: str) -> None:
    """Amend the result as a person at the centre does."""
    coordinator = await deployment.caller("coordinator", "03")
    (record,) = (await coordinator.get(f"{LABS}?source_id=LIS:1")).json()["items"]
    for number, value in enumerate(values):
        body = {key: sent for key, sent in lab("LIS:1", value=value).items() if key != "subject"}
        del body["kind"]
        answer = await coordinator.amend(
            f"{LABS}/{record['record_id']}",
            {**body, "reason": "Read again."},
            record["version"] + number,
        )
        assert answer.status_code == 200, answer.text


async def void(deployment: Deployment) -> None:
    """Void the result as a person at the centre does."""
    coordinator = await deployment.caller("coordinator", "03")
    (record,) = (await coordinator.get(f"{LABS}?source_id=LIS:1")).json()["items"]
    await coordinator.void(f"{LABS}/{record['record_id']}", record["version"])


@pytest.mark.parametrize(
    ("words", "came_to"),
    [
        pytest.param("1", "1", id="one word"),
        pytest.param("1 2", "1 2", id="a correction"),
        pytest.param("1 -", "1 -", id="a retraction"),
        pytest.param("1 2 -", "1 2 -", id="a correction and a retraction"),
        pytest.param("1 2 1", "1 2 1", id="there and back"),
        pytest.param("1 2 1 2", "1 2 1 2", id="there and back and there"),
        pytest.param("1 1 2 2 1 1", "1 2 1", id="each word twice"),
        pytest.param("1 2 3 4 5", "1 2 3 4 5", id="many corrections"),
        pytest.param("1 - -", "1 -", id="retracted twice"),
        pytest.param("1 1.0", "1 1.0", id="other digits are another content"),
    ],
)
async def test_a_file_that_says_several_things_of_one_record_changes_nothing_when_sent_again(
    deployment: Deployment, centre_system: Caller, query: str, words: str, came_to: str
) -> None:
    first, _ = await results(centre_system, *file(words), query=query)
    assert await history(deployment) == came_to
    before = await stored(deployment)
    for again in (query, "?commit=rows", "?commit=all"):
        each, summary = await results(centre_system, *file(words), query=again)
        assert statuses(each) == ["unchanged"] * len(first)
        assert summary["unchanged"] == len(first)
        assert [one["version"] for one in each] == [one["version"] for one in first]
        assert await stored(deployment) == before


@pytest.mark.parametrize(
    ("stored_before", "words", "then"),
    [
        pytest.param("1", "1 2 3", "1 2 3", id="the first line"),
        pytest.param("1 2", "1 2 3", "1 2 3", id="two lines"),
        pytest.param("1 2", "1 2 -", "1 2 -", id="all but the retraction"),
        pytest.param("1 2", "1 2 1 2", "1 2 1 2", id="half of a there and back"),
        pytest.param("1 2 3", "1 2 3 4", "1 2 3 4", id="yesterday's cumulative file"),
        pytest.param("1 2 3", "2 3", "1 2 3", id="more than the file knows"),
    ],
)
async def test_what_is_missing_of_a_file_is_added_and_nothing_else(
    deployment: Deployment,
    centre_system: Caller,
    query: str,
    stored_before: str,
    words: str,
    then: str,
) -> None:
    await results(centre_system, *file(stored_before))
    for _ in range(2):
        await results(centre_system, *file(words), query=query)
        assert await history(deployment) == then


@pytest.mark.parametrize(
    ("words", "amended", "then"),
    [
        pytest.param("1", "8", "1 8", id="one word: the source repeats it"),
        pytest.param("1 2", "8", "1 2 8", id="two: it repeats the last"),
        pytest.param("1 2", "8 9", "1 2 8 9", id="two amendments"),
        pytest.param("1 2", "8 2", "1 2 8 2", id="back at the last word"),
        pytest.param("1 2 3", "1", "1 2 3 1", id="back at the first"),
        pytest.param("1 2 1", "8", "1 2 1 8", id="there and back"),
    ],
)
async def test_after_an_amendment_by_a_person_the_file_sent_again_changes_nothing(
    deployment: Deployment, centre_system: Caller, query: str, words: str, amended: str, then: str
) -> None:
    await results(centre_system, *file(words))
    await amend(deployment, *amended.split())
    for _ in range(3):
        await results(centre_system, *file(words), query=query)
        assert await history(deployment) == then


async def test_an_amendment_between_two_chunks_of_one_import(
    deployment: Deployment, centre_system: Caller
) -> None:
    """The first half of the file was stored, others amended, the rest arrives on the next try."""
    await results(centre_system, *file("1 2"))
    await amend(deployment, "8")
    for _ in range(2):
        await results(centre_system, *file("1 2 3"))
        assert await history(deployment) == "1 2 8 3"


async def test_a_record_voided_by_others_takes_no_word_but_those_it_has_said(
    deployment: Deployment, centre_system: Caller, query: str
) -> None:
    await results(centre_system, *file("1 2"))
    await void(deployment)
    body = ndjson([lab("LIS:1", value="1"), lab("LIS:1", value="2")])
    answer = await send(centre_system, body, query)
    if query == "?commit=all":
        assert [one["line"] for one in answer.json()["rejects"]] == [2]
    else:
        each = [json.loads(one) for one in answer.text.splitlines()[:-1]]
        assert statuses(each) == ["unchanged", "rejected"]
        assert codes(each[1]) == [("/source_id", "record_voided")]
    assert await history(deployment) == "1 2 -"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        pytest.param("1 - 2", ["created", "retracted", "rejected"], id="a word after it"),
        pytest.param("1 - 1", ["created", "retracted", "rejected"], id="the same word after it"),
        pytest.param("- 1", ["rejected", "rejected"], id="nothing to retract yet"),
        pytest.param("- 1 2", ["rejected", "rejected", "rejected"], id="and words after it"),
    ],
)
async def test_nothing_follows_a_retraction(
    deployment: Deployment, centre_system: Caller, words: str, said: list[str]
) -> None:
    lines = file(words)[::2]
    each, _ = await results(centre_system, *lines)
    assert statuses(each) == said
    before = await stored(deployment)
    again, _ = await results(centre_system, *lines)
    assert statuses(again) == ["rejected" if one == "rejected" else "unchanged" for one in said]
    assert await stored(deployment) == before
    refused = {code for one in again if one["status"] == "rejected" for code in codes(one)}
    assert refused <= {("/source_id", "record_voided"), ("/source_id", "unknown_source_id")}


async def test_a_line_that_cannot_be_stored_is_no_last_word(
    deployment: Deployment, centre_system: Caller, query: str
) -> None:
    lines = [lab("LIS:1", value="1"), lab("LIS:1", value="2"), lab("LIS:1", value="many")]
    await results(centre_system, *lines)
    await amend(deployment, "8")
    await send(centre_system, ndjson(lines[:2]), query)
    assert await history(deployment) == "1 2 8"
    await amend(deployment, "9")
    await send(centre_system, ndjson(lines))
    assert await history(deployment) == "1 2 8 9"


async def test_records_of_other_subjects_kinds_and_centres_are_no_words_on_this_one(
    deployment: Deployment, centre_system: Caller, query: str
) -> None:
    await deployment.subject("05")
    both = await deployment.caller("centre_system", "03", "05")
    await results(both, lab("LIS:1", value="1"), lab("LIS:1", subject="05-001", value="5"))
    await amend(deployment, "8")
    lines = [lab("LIS:1", value="1"), lab("LIS:1", subject="05-001", value="5")]
    each, _ = await results(both, *lines, query=query)
    assert statuses(each) == ["unchanged", "unchanged"]
    assert await history(deployment) == "1 8"


async def test_two_words_on_one_enrolment_are_two_versions_once(
    deployment: Deployment, centre_system: Caller, query: str
) -> None:
    lines = [
        enrolment("SCR:1", enrolled_on=None),
        enrolment("SCR:2", enrolled_on=None),
        enrolment("SCR:1"),
        enrolment("SCR:2", sex="M"),
        enrolment("SCR:1", ecog=0),
    ]
    first, _ = await results(centre_system, *lines, query=query)
    assert [(one["status"], one["subject"], one["version"]) for one in first] == [
        ("created", "03-002", 1),
        ("created", "03-003", 1),
        ("updated", "03-002", 2),
        ("updated", "03-003", 2),
        ("updated", "03-002", 3),
    ]
    before = await stored(deployment)
    again, _ = await results(centre_system, *lines, query=query)
    assert [(one["subject"], one["version"]) for one in again] == [
        (one["subject"], one["version"]) for one in first
    ]
    assert statuses(again) == ["unchanged"] * 5
    assert await stored(deployment) == before


@pytest.mark.parametrize(
    ("stored_before", "words", "said"),
    [
        pytest.param("", "1 2 -", ["created", "updated", "retracted"], id="all is new"),
        pytest.param("", "1 1 2", ["created", "unchanged", "updated"], id="a word twice"),
        pytest.param("", "1 2 2", ["created", "updated", "unchanged"], id="the last word twice"),
        pytest.param("1", "1 2 -", ["unchanged", "updated", "retracted"], id="the first is stored"),
        pytest.param("1 2", "1 2", ["unchanged", "unchanged"], id="all is stored"),
        pytest.param("1 2", "3 2", ["updated", "updated"], id="another way to the same"),
        pytest.param("1", "2 - -", ["updated", "retracted", "unchanged"], id="retracted twice"),
        pytest.param("1 -", "2 3 -", ["rejected", "rejected", "unchanged"], id="retracted before"),
    ],
)
async def test_validate_only_says_what_would_happen_and_keeps_nothing(
    deployment: Deployment,
    centre_system: Caller,
    query: str,
    stored_before: str,
    words: str,
    said: list[str],
) -> None:
    await results(centre_system, *file(stored_before))
    before = await stored(deployment)
    lines = file(words)[::2]
    answer = await send(centre_system, ndjson(lines), f"{query}&validate_only=true")
    if "rejected" in said and query == "?commit=all":
        assert answer.status_code == 422
    else:
        *each, last = [json.loads(one) for one in answer.text.splitlines()]
        assert statuses(each) == said
        assert last["summary"] == {**dict.fromkeys(OUTCOMES, 0), **_counted(said)}
        known = await deployment.owner.fetch("SELECT record_id::text, version FROM lab_result")
        named = {(one["record_id"], one["version"]) for one in each if "record_id" in one}
        assert named <= {(row["record_id"], row["version"]) for row in known}
    assert await stored(deployment) == before


def _counted(said: list[str]) -> dict[str, int]:
    return {**{status: said.count(status) for status in said}, "lines": len(said)}


async def test_validate_only_counts_a_slot_for_an_enrolment_of_several_chunks(
    deployment: Deployment, centre_system: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(imports, "CHUNK", 1)
    lines = [enrolment("SCR:1", enrolled_on=None), enrolment("SCR:1"), enrolment("SCR:1", sex="M")]
    each, _ = await results(centre_system, *lines, query="?validate_only=true")
    assert statuses(each) == ["created", "updated", "updated"]
    await leave_slots(deployment, 0)
    each, _ = await results(centre_system, *lines, query="?validate_only=true")
    assert statuses(each) == ["created", "rejected", "rejected"]
    assert codes(each[1]) == [("/enrolled_on", "enrolment_closed")]


async def test_a_long_file_is_looked_over_to_its_end(
    deployment: Deployment, centre_system: Caller
) -> None:
    many = [lab(f"LIS:many-{number}") for number in range(imports.CHUNK)]
    lines = [lab("LIS:1", value="1"), *many, lab("LIS:1", value="2"), *many, retraction("LIS:1")]
    first, summary = await results(centre_system, *lines)
    assert (summary["created"], summary["updated"], summary["retracted"]) == (1001, 1, 1)
    assert await history(deployment) == "1 2 -"
    before = await stored(deployment)
    _, summary = await results(centre_system, *lines)
    assert summary["unchanged"] == len(first) == len(lines)
    assert await stored(deployment) == before


INFUSION = {
    "kind": "infusions", "subject": "03-001", "source_id": "LIS:I1", "product_lot": "NB2-0147",
    "infused_at": "2026-03-02T09:40+08:00",
}  # fmt: skip


@pytest.mark.parametrize(
    "from_before",
    [
        pytest.param(
            "UPDATE lab_result SET reference_range = reference_range - 'text'",
            id="a member of a part came later",
        ),
        pytest.param(
            "ALTER TABLE infusion ALTER part DROP NOT NULL, ALTER premedication DROP NOT NULL,"
            " ALTER infusion_kind DROP NOT NULL;"
            "UPDATE infusion SET part = NULL, premedication = NULL, infusion_kind = NULL",
            id="columns with a default came later",
        ),
    ],
)
async def test_words_from_before_a_column_or_a_member_are_the_same_words(
    deployment: Deployment, centre_system: Caller, from_before: str
) -> None:
    lines = [lab("LIS:1", reference_range={"low": "125", "high": "350"}), INFUSION]
    assert statuses((await results(centre_system, *lines))[0]) == ["created", "created"]
    await deployment.owner.execute(from_before)
    assert statuses((await results(centre_system, *lines))[0]) == ["unchanged", "unchanged"]
    part = INFUSION | {"part": 2, "reason": "It was the second bag."}
    changed = [lab("LIS:1", reference_range={"low": "126", "high": "350"}), part]
    assert statuses((await results(centre_system, *changed))[0]) == ["updated", "updated"]
