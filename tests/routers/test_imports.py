"""What is promised of records that are sent in bulk."""

import asyncio
import gzip
import json
from collections.abc import Iterable
from typing import Any

import httpx
import pytest

from app.schemas.adjudication import ADJUDICATIONS
from app.schemas.assessment import ASSESSMENTS
from app.schemas.enrolment import ENROLMENTS
from app.schemas.lab_result import LAB_RESULTS
from app.schemas.record import RecordKind
from app.schemas.record_kinds import IMPORTED, RECORD_KINDS
from app.services.imports import CHUNK
from tests.deployment import Caller, Deployment

NDJSON = "application/x-ndjson"
MIB = 1024 * 1024


def lab(source_id: str, /, subject: str = "03-001", **changes: Any) -> dict[str, Any]:
    """Give the line of a laboratory result."""
    return line(LAB_RESULTS, source_id, subject=subject, **changes)


def line(kind: RecordKind, source_id: str, /, **changes: Any) -> dict[str, Any]:
    """Give the line of a record as its kind's example says."""
    return {**kind.example, "kind": kind.path, "source_id": source_id, **changes}


def enrolment(source_id: str, /, **changes: Any) -> dict[str, Any]:
    """Give the line of an enrolment."""
    return line(ENROLMENTS, source_id, **changes)


def retraction(source_id: str, /, **changes: Any) -> dict[str, Any]:
    """Give the line that retracts a laboratory result."""
    return {
        "kind": "lab-results",
        "subject": "03-001",
        "source_id": source_id,
        "retracted": True,
        "reason": "Wrong sample.",
        **changes,
    }


def ndjson(lines: Iterable[Any]) -> bytes:
    """Write lines; bytes stay as they are."""
    return b"".join(
        (one if isinstance(one, bytes) else json.dumps(one).encode()) + b"\n" for one in lines
    )


async def send(caller: Caller, body: Any, query: str = "", **headers: str) -> httpx.Response:
    """Send an import."""
    sent = {"Content-Type": NDJSON, **{k.replace("_", "-"): v for k, v in headers.items()}}
    return await caller.http.post(f"/v1/imports{query}", content=body, headers=sent)


async def results(
    caller: Caller, *lines: Any, query: str = ""
) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    """Send lines and give the result of each and the summary."""
    answer = await send(caller, ndjson(lines), query)
    assert answer.status_code == 200, answer.text
    assert answer.headers["Content-Type"] == NDJSON
    *each, last = [json.loads(one) for one in answer.text.splitlines()]
    return each, last["summary"]


def statuses(each: list[dict[str, Any]]) -> list[str]:
    return [one["status"] for one in each]


def codes(result: dict[str, Any]) -> list[tuple[str, str]]:
    return [(error["pointer"], error["code"]) for error in result["errors"]]


async def stored(deployment: Deployment) -> dict[str, int]:
    """Count everything that an import could have stored."""
    tables = [str(kind.table.__tablename__) for kind in RECORD_KINDS]
    return {
        table: await deployment.owner.fetchval(f"SELECT count(*) FROM {table}")
        for table in [*tables, "subject", "slot", "ledger_event"]
    }


@pytest.fixture
async def centre_system(deployment: Deployment) -> Caller:
    await deployment.subject("03")
    return await deployment.caller("centre_system", "03")


async def test_it_stores_each_line_as_a_record(
    deployment: Deployment, centre_system: Caller
) -> None:
    each, summary = await results(
        centre_system, lab("LIS:1"), line(ASSESSMENTS, "A:1", subject="03-001"), lab("LIS:2")
    )
    assert [(one["line"], one["status"], one["source_id"], one["kind"]) for one in each] == [
        (1, "created", "LIS:1", "lab-results"),
        (2, "created", "A:1", "assessments"),
        (3, "created", "LIS:2", "lab-results"),
    ]
    assert summary == {
        "created": 3, "updated": 0, "unchanged": 0, "retracted": 0, "rejected": 0, "lines": 3,
    }  # fmt: skip
    for one in each:
        assert (one["subject"], one["version"]) == ("03-001", 1)
        address = f"/v1/subjects/03-001/{one['kind']}/{one['record_id']}"
        record = (await centre_system.get(address)).json()
        assert record["source_id"] == one["source_id"]
        assert record["recorded_by"] == centre_system.name
        assert record["centre"] == "03"
    record = (await centre_system.get(f"/v1/lab-results?source_id={each[0]['source_id']}")).json()
    assert record["items"][0]["value"] == "18"
    events = await deployment.owner.fetch("SELECT * FROM ledger_event ORDER BY record_id")
    assert [(event["action"], event["role"], event["route"]) for event in events] == [
        ("import", "centre_system", "POST /v1/imports")
    ] * 3
    assert {str(event["record_id"]) for event in events} == {one["record_id"] for one in each}
    assert all(event["commitment"] for event in events)


@pytest.mark.parametrize("kind", [pytest.param(kind, id=kind.path) for kind in IMPORTED])
async def test_it_takes_every_kind_of_record_that_a_centre_sends(
    kind: RecordKind, centre_system: Caller
) -> None:
    subject = {} if kind.one_per_subject else {"subject": "03-001"}
    sent = line(kind, "S:1", **subject)
    each, _ = await results(centre_system, sent)
    assert statuses(each) == ["created"], each
    each, _ = await results(centre_system, sent)
    assert statuses(each) == ["unchanged"]
    assert not {"kind", "subject", "reason", "retracted"} & set(kind.submission.model_fields)


@pytest.mark.parametrize("subject", ["03-001", "05-001", "09-001"])
async def test_it_takes_no_verdict_whosever_subject_it_is_about(
    deployment: Deployment, centre_system: Caller, subject: str
) -> None:
    await deployment.subject("05")
    verdict = line(ADJUDICATIONS, "IRC:1", subject=subject)
    taken_back = {**retraction("IRC:1", subject=subject), "kind": "adjudications"}
    each, summary = await results(centre_system, verdict, taken_back, lab("LIS:1"))
    assert [codes(one) for one in each[:2]] == [[("/kind", "not_permitted")]] * 2
    assert (summary["rejected"], summary["created"]) == (2, 1)
    assert (await stored(deployment))["adjudication"] == 0


async def test_a_file_sent_again_changes_nothing(
    deployment: Deployment, centre_system: Caller
) -> None:
    lines = [lab(f"LIS:{n}") for n in range(7)] + [enrolment("SCR:1")]
    first, _ = await results(centre_system, *lines)
    before = await stored(deployment)
    again, summary = await results(centre_system, *lines)
    assert statuses(again) == ["unchanged"] * 8
    assert summary["unchanged"] == 8
    assert await stored(deployment) == before
    assert [one["record_id"] for one in again] == [one["record_id"] for one in first]


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        pytest.param({}, "unchanged", id="nothing"),
        pytest.param({"value": 18}, "unchanged", id="a number instead of the same text"),
        pytest.param({"value": "18.0"}, "updated", id="a digit more"),
        pytest.param({"value": "19"}, "updated", id="another value"),
        pytest.param({"laboratory": None}, "updated", id="a member less"),
        pytest.param({"reference_range": {"high": "350", "low": "125"}}, "unchanged", id="order"),
        pytest.param({"reference_range": {"low": "124", "high": "350"}}, "updated", id="a part"),
    ],
)
async def test_other_content_is_the_next_version(
    centre_system: Caller, changes: dict[str, Any], status: str
) -> None:
    (first,), _ = await results(centre_system, lab("LIS:1"))
    (second,), _ = await results(centre_system, lab("LIS:1", **changes))
    assert second["status"] == status
    assert second["record_id"] == first["record_id"]
    assert second["version"] == (2 if status == "updated" else 1)


@pytest.mark.parametrize(
    ("reason", "kept"),
    [(None, "source correction (import)"), ("Recalibrated.", "Recalibrated.")],
)
async def test_a_next_version_says_why(
    deployment: Deployment, centre_system: Caller, reason: str | None, kept: str
) -> None:
    (first,), _ = await results(centre_system, lab("LIS:1"))
    changed = lab("LIS:1", value="19") | ({"reason": reason} if reason else {})
    await results(centre_system, changed)
    address = f"/v1/subjects/03-001/lab-results/{first['record_id']}/history"
    versions = (await centre_system.get(address)).json()["items"]
    assert [(one["version"], one["value"], one["reason"]) for one in versions] == [
        (1, "18", None),
        (2, "19", kept),
    ]
    reasons = await deployment.owner.fetch("SELECT reason FROM ledger_event ORDER BY id")
    assert [row["reason"] for row in reasons] == [None, kept]


async def test_later_lines_of_a_file_are_later_versions(centre_system: Caller) -> None:
    each, _ = await results(
        centre_system,
        lab("LIS:1", value="1"),
        lab("LIS:2"),
        lab("LIS:1", value="2"),
        lab("LIS:1", value="2"),
        retraction("LIS:1"),
        lab("LIS:1", value="3"),
    )
    assert statuses(each) == [
        "created", "created", "updated", "unchanged", "retracted", "rejected",
    ]  # fmt: skip
    assert [one.get("version") for one in each] == [1, 1, 2, 2, 3, None]
    assert codes(each[-1]) == [("/source_id", "record_voided")]


async def test_a_line_of_a_later_chunk_is_a_later_version(centre_system: Caller) -> None:
    lines = [lab(f"LIS:{n}") for n in range(CHUNK + 3)]
    each, summary = await results(centre_system, *lines, lab("LIS:0", value="19"))
    assert summary["created"] == CHUNK + 3
    assert (each[-1]["status"], each[-1]["version"]) == ("updated", 2)
    assert [one["line"] for one in each] == list(range(1, CHUNK + 5))


async def test_it_retracts_by_source_id(deployment: Deployment, centre_system: Caller) -> None:
    (first,), _ = await results(centre_system, lab("LIS:1"))
    each, summary = await results(centre_system, retraction("LIS:1"), retraction("LIS:1"))
    assert statuses(each) == ["retracted", "unchanged"]
    assert (summary["retracted"], summary["unchanged"]) == (1, 1)
    address = f"/v1/subjects/03-001/lab-results/{first['record_id']}"
    record = (await centre_system.get(address)).json()
    assert (record["state"], record["version"], record["value"]) == ("voided", 2, "18")
    assert record["reason"] == "Wrong sample."
    event = await deployment.owner.fetchrow("SELECT * FROM ledger_event WHERE version = 2")
    assert (event["action"], event["reason"]) == ("retract", "Wrong sample.")


@pytest.mark.parametrize(
    ("changes", "refused"),
    [
        pytest.param({"source_id": "LIS:2"}, ("/source_id", "unknown_source_id"), id="never sent"),
        pytest.param({"kind": "visits"}, ("/source_id", "unknown_source_id"), id="another kind"),
        pytest.param(
            {"subject": "03-002"}, ("/source_id", "unknown_source_id"), id="another subject's"
        ),
        pytest.param({"reason": None}, ("/reason", "missing"), id="without a reason"),
        pytest.param({"retracted": "true"}, ("/retracted", "not_a_boolean"), id="a word"),
        pytest.param({"retracted": 1}, ("/retracted", "not_a_boolean"), id="a number"),
    ],
)
async def test_it_refuses_a_retraction_that_cannot_be_meant(
    deployment: Deployment, centre_system: Caller, changes: dict[str, Any], refused: tuple[str, str]
) -> None:
    await deployment.subject("03", 2)
    await results(centre_system, lab("LIS:1"))
    (one,), _ = await results(centre_system, retraction("LIS:1", **changes))
    assert one["status"] == "rejected"
    assert refused in codes(one)
    states = await deployment.owner.fetch("SELECT state FROM lab_result")
    assert [row["state"] for row in states] == ["active"]


async def test_a_record_of_another_subject_is_not_moved(
    deployment: Deployment, centre_system: Caller
) -> None:
    await deployment.subject("03", 2)
    await results(centre_system, lab("LIS:1"))
    (one,), _ = await results(centre_system, lab("LIS:1", subject="03-002"))
    assert codes(one) == [("/source_id", "source_id_taken")]


SECRET = "Zhang-Wei-13800138000"


@pytest.mark.parametrize(
    ("sent", "refused"),
    [
        pytest.param(lab("LIS:9", value="many"), [("/value", "not_a_number")], id="a value"),
        pytest.param(
            lab("LIS:9", value="x", specimen=SECRET, visit=7),
            [("/specimen", "not_a_code"), ("/value", "not_a_number"), ("/visit", "string_type")],
            id="every error at once",
        ),
        pytest.param(lab("LIS:9", unit="mg/L"), [("/unit", "unit_not_allowed")], id="a rule"),
        pytest.param(
            lab("LIS:9", patient_name=SECRET), [("/patient_name", "extra_forbidden")], id="a member"
        ),
        pytest.param(lab("LIS:9", kind=SECRET), [("/kind", "unknown_kind")], id="a kind"),
        pytest.param(lab("LIS:9", kind=None), [("/kind", "unknown_kind")], id="no kind"),
        pytest.param(lab("LIS:9", subject="03-999"), [("/subject", "unknown_subject")], id="whose"),
        pytest.param(
            lab("LIS:9") | {"subject": 3}, [("/subject", "unknown_subject")], id="a number"
        ),
        pytest.param(
            lab("LIS:9") | {"source_id": None}, [("/source_id", "missing")], id="no source_id"
        ),
        pytest.param(
            lab("LIS:9", source_id="a\tb"),
            [("/source_id", "text_with_control_characters")],
            id="a source_id of two words",
        ),
        pytest.param(
            lab("LIS:9", reason="Call 13800138000"),
            [("/reason", "direct_identifier_suspected")],
            id="a reason that identifies",
        ),
        pytest.param(
            lab("LIS:9", laboratory="a\u202eb"),
            [("/laboratory", "text_with_control_characters")],
            id="text that reads otherwise",
        ),
        pytest.param(
            json.dumps(lab("LIS:9", laboratory="a\x00b")).encode(),
            [("/laboratory", "text_not_storable")],
            id="NUL",
        ),
        pytest.param(b'{"kind": "lab-results"', [("", "not_json")], id="half an object"),
        pytest.param(b'["lab-results"]', [("", "not_an_object")], id="a list"),
        pytest.param(b"null", [("", "not_an_object")], id="null"),
        pytest.param(b'{"a": 1, "a": 2}', [("/a", "duplicate_member")], id="a member twice"),
        pytest.param(b'{"value": NaN}', [("/value", "number_not_finite")], id="NaN"),
        pytest.param(b'{"kind": "\xff"}', [("", "not_utf8")], id="not UTF-8"),
        pytest.param(b"\xef\xbb\xbf{}", [("", "byte_order_mark")], id="a byte order mark"),
        pytest.param(b"[" * 1000, [("", "too_deep")], id="too deep"),
        pytest.param(
            b'{"kind": "' + b"x" * MIB + b'"}', [("", "line_too_long")], id="too long a line"
        ),
    ],
)
async def test_one_line_that_is_wrong_is_rejected_alone(
    deployment: Deployment, centre_system: Caller, sent: Any, refused: list[tuple[str, str]]
) -> None:
    answer = await send(centre_system, ndjson([lab("LIS:1"), sent, lab("LIS:2")]))
    *each, last = [json.loads(one) for one in answer.text.splitlines()]
    assert statuses(each) == ["created", "rejected", "created"]
    assert [one["line"] for one in each] == [1, 2, 3]
    assert sorted(codes(each[1])) == refused
    assert all(error["message"] for error in each[1]["errors"])
    assert "record_id" not in each[1]
    assert SECRET not in answer.text
    assert last["summary"]["rejected"] == 1
    assert (await stored(deployment))["lab_result"] == 2


async def test_a_reject_names_its_row_and_what_would_be_right(centre_system: Caller) -> None:
    each, _ = await results(centre_system, lab("LIS:9", specimen="tea"), lab("LIS:10", kind="labs"))
    assert [one["source_id"] for one in each] == ["LIS:9", "LIS:10"]
    assert "blood" in each[0]["errors"][0]["allowed"]
    assert "lab-results" in each[1]["errors"][0]["allowed"]


async def test_it_reads_lines_as_files_have_them(centre_system: Caller) -> None:
    first, second, third = (json.dumps(lab(f"LIS:{n}")).encode() for n in range(3))
    answer = await send(centre_system, first + b"\r\n\r\n\n   \n" + second + b"\n\t\n " + third)
    *each, last = [json.loads(one) for one in answer.text.splitlines()]
    assert [(one["line"], one["status"]) for one in each] == [
        (1, "created"), (5, "created"), (7, "created"),
    ]  # fmt: skip
    assert last["summary"]["lines"] == 3


async def test_it_keeps_text_of_every_script(centre_system: Caller) -> None:
    sent = lab("LIS:血-1", laboratory="中心实验室 Ωé")
    answer = await send(centre_system, json.dumps(sent, ensure_ascii=False).encode())
    assert json.loads(answer.text.splitlines()[0])["source_id"] == "LIS:血-1"
    listed = (await centre_system.get("/v1/lab-results")).json()["items"]
    assert listed[0]["laboratory"] == "中心实验室 Ωé"


@pytest.mark.parametrize("body", [b"", b"\n\n  \n"], ids=["nothing", "blank lines"])
@pytest.mark.parametrize("query", ["", "?commit=all"])
async def test_an_empty_file_is_an_import_of_nothing(
    centre_system: Caller, body: bytes, query: str
) -> None:
    answer = await send(centre_system, body, query)
    assert answer.status_code == 200
    assert json.loads(answer.text)["summary"]["lines"] == 0


async def test_all_stores_everything_in_one_transaction(
    deployment: Deployment, centre_system: Caller
) -> None:
    lines = [lab(f"LIS:{n}") for n in range(CHUNK + 2)]
    each, summary = await results(centre_system, *lines, query="?commit=all")
    assert summary["created"] == len(lines)
    assert statuses(each) == ["created"] * len(lines)
    count = "SELECT count(DISTINCT transaction_id) FROM lab_result"
    assert await deployment.owner.fetchval(count) == 1
    again, _ = await results(centre_system, *lines, query="?commit=rows")
    assert statuses(again) == ["unchanged"] * len(lines)
    await results(centre_system, *(lab(f"R:{n}") for n in range(CHUNK + 2)))
    assert await deployment.owner.fetchval(count) == 3


async def test_all_stores_nothing_when_one_line_is_wrong(
    deployment: Deployment, centre_system: Caller
) -> None:
    before = await stored(deployment)
    lines = [
        enrolment("SCR:1"),
        lab("LIS:1"),
        lab("LIS:2", value=SECRET),
        lab("LIS:3", subject="x"),
    ]
    answer = await send(centre_system, ndjson(lines), "?commit=all")
    assert answer.status_code == 422
    assert answer.headers["Content-Type"] == "application/problem+json"
    problem = answer.json()
    assert problem["type"] == "/problems/import-rejected"
    assert [(one["line"], one["source_id"], codes(one)) for one in problem["rejects"]] == [
        (3, "LIS:2", [("/value", "not_a_number")]),
        (4, "LIS:3", [("/subject", "unknown_subject")]),
    ]
    assert SECRET not in answer.text
    assert await stored(deployment) == before


@pytest.mark.parametrize(
    ("lines", "status"), [(10_000, 200), (10_001, 422)], ids=["the most", "one more"]
)
async def test_all_has_a_limit(centre_system: Caller, lines: int, status: int) -> None:
    answer = await send(centre_system, b"{}\n" * lines, "?commit=all")
    problem = answer.json()
    assert (answer.status_code, problem["type"]) == (422, "/problems/import-rejected")
    assert ("rejects" in problem) == (status == 200)
    assert problem.get("limit") == (None if status == 200 else 10_000)


@pytest.mark.parametrize("commit", ["rows", "all"])
async def test_validate_only_keeps_nothing(
    deployment: Deployment, centre_system: Caller, commit: str
) -> None:
    await results(centre_system, lab("LIS:0"), lab("LIS:1"), lab("LIS:2"))
    before = await stored(deployment)
    each, summary = await results(
        centre_system,
        enrolment("SCR:1"),
        lab("LIS:0"),
        lab("LIS:1", value="19"),
        retraction("LIS:2"),
        lab("LIS:9"),
        query=f"?commit={commit}&validate_only=true",
    )
    assert statuses(each) == ["created", "unchanged", "updated", "retracted", "created"]
    assert summary["created"] == 2
    assert ["record_id" in one for one in each] == [False, True, False, False, False]
    assert await stored(deployment) == before
    answer = await send(
        centre_system, ndjson([lab("LIS:9", value="x")]), f"?commit={commit}&validate_only=true"
    )
    assert "not_a_number" in answer.text


async def test_an_enrolment_makes_a_subject(deployment: Deployment, centre_system: Caller) -> None:
    (one, two), _ = await results(centre_system, enrolment("SCR:1"), enrolment("SCR:2"))
    assert [one["subject"], two["subject"]] == ["03-002", "03-003"]
    assert await deployment.owner.fetchval("SELECT count(*) FROM slot") == 2
    enrolled = (await centre_system.get("/v1/subjects/03-002")).json()
    assert (enrolled["source_id"], enrolled["status"]) == ("SCR:1", "enrolled")
    again, _ = await results(centre_system, enrolment("SCR:1"), enrolment("SCR:2", sex="M"))
    assert [(one["status"], one["subject"]) for one in again] == [
        ("unchanged", "03-002"),
        ("updated", "03-003"),
    ]
    named, _ = await results(centre_system, enrolment("SCR:1", subject="03-002", ecog=0))
    assert [(one["status"], one["version"]) for one in named] == [("updated", 2)]
    assert await deployment.owner.fetchval("SELECT count(*) FROM subject") == 3
    assert await deployment.owner.fetchval("SELECT count(*) FROM slot") == 2


@pytest.mark.parametrize(
    ("changes", "refused"),
    [
        pytest.param({"centre": "05"}, ("/centre", "unknown_centre"), id="another centre"),
        pytest.param({"centre": "77"}, ("/centre", "unknown_centre"), id="no centre"),
        pytest.param({"subject": "03-001"}, ("/source_id", "unknown_source_id"), id="a made one"),
        pytest.param({"subject": "03-777"}, ("/subject", "unknown_subject"), id="one of its own"),
    ],
)
async def test_it_refuses_an_enrolment_elsewhere(
    deployment: Deployment, centre_system: Caller, changes: dict[str, Any], refused: tuple[str, str]
) -> None:
    await deployment.centre("05")
    before = await stored(deployment)
    (one,), _ = await results(centre_system, enrolment("SCR:1", **changes))
    assert codes(one) == [refused]
    assert await stored(deployment) == before


async def test_an_enrolment_does_not_change_its_centre(deployment: Deployment) -> None:
    caller = await deployment.caller("centre_system", "03", "05")
    await results(caller, enrolment("SCR:1"))
    (one,), _ = await results(caller, enrolment("SCR:1", subject="03-001", centre="05"))
    assert codes(one) == [("/centre", "centre_fixed")]


async def test_it_rejects_an_enrolment_without_what_the_trial_needs(
    deployment: Deployment, centre_system: Caller
) -> None:
    assert deployment.service.trial.records.disease_fields == "required"
    (one,), _ = await results(centre_system, enrolment("SCR:1", light_chain=None))
    assert codes(one) == [("/light_chain", "missing")]
    assert await deployment.owner.fetchval("SELECT count(*) FROM subject") == 1
    screened = enrolment("SCR:1", light_chain=None, enrolled_on=None)
    (one,), _ = await results(centre_system, screened)
    assert one["status"] == "created"


async def leave_slots(deployment: Deployment, free: int) -> None:
    """Take all slots of the trial but some."""
    for number in range(1, deployment.service.trial.slots - free + 1):
        subject = await deployment.subject("09", number)
        await deployment.owner.execute("INSERT INTO slot VALUES ($1, $2, '09')", number, subject)


async def test_it_rejects_an_enrolment_beyond_the_last_slot(
    deployment: Deployment, centre_system: Caller
) -> None:
    await leave_slots(deployment, 1)
    each, _ = await results(centre_system, enrolment("SCR:1"), enrolment("SCR:2"), lab("LIS:1"))
    assert statuses(each) == ["created", "rejected", "created"]
    assert codes(each[1]) == [("/enrolled_on", "enrolment_closed")]
    subjects = await deployment.owner.fetchval("SELECT count(*) FROM subject WHERE centre = '03'")
    assert subjects == 2


async def test_a_screened_subject_claims_its_slot_when_it_is_enrolled(
    deployment: Deployment, centre_system: Caller
) -> None:
    await leave_slots(deployment, 1)
    screened = [enrolment(f"SCR:{n}", enrolled_on=None) for n in (1, 2)]
    each, _ = await results(centre_system, *screened)
    assert statuses(each) == ["created", "created"]
    each, _ = await results(centre_system, enrolment("SCR:1"), enrolment("SCR:2"))
    assert statuses(each) == ["updated", "rejected"]
    assert codes(each[1]) == [("/enrolled_on", "enrolment_closed")]
    taken = await deployment.owner.fetch("SELECT subject FROM slot WHERE centre = '03'")
    assert [row["subject"] for row in taken] == [each[0]["subject"]]


async def test_another_centres_subject_is_rejected_like_one_that_does_not_exist(
    deployment: Deployment, centre_system: Caller
) -> None:
    await deployment.subject("05")
    owner = await deployment.caller("centre_system", "05")
    await results(owner, lab("LIS:1", subject="05-001"), enrolment("SCR:1", centre="05"))
    before = await stored(deployment)
    for make in (lab, retraction):
        each, _ = await results(
            centre_system, make("LIS:1", subject="05-001"), make("LIS:1", subject="05-999")
        )
        assert statuses(each) == ["rejected", "rejected"]
        assert each[0] == {**each[1], "line": 1}
        assert codes(each[0]) == [("/subject", "unknown_subject")]
    each, _ = await results(
        centre_system, enrolment("SCR:1", centre="05"), enrolment("SCR:1", centre="77")
    )
    assert each[0] == {**each[1], "line": 1}
    assert await stored(deployment) == before


async def test_two_centres_use_one_source_id_each_for_its_own(
    deployment: Deployment, centre_system: Caller
) -> None:
    await deployment.subject("05")
    other = await deployment.caller("centre_system", "05")
    both = await deployment.caller("coordinator", "03", "05")
    lines = [lab("LIS:1"), lab("LIS:1", subject="05-001", value="19")]
    assert statuses((await results(centre_system, lines[0]))[0]) == ["created"]
    assert statuses((await results(other, lines[1]))[0]) == ["created"]
    assert statuses((await results(both, *lines))[0]) == ["unchanged", "unchanged"]


async def test_a_centre_that_one_only_reads_takes_nothing(deployment: Deployment) -> None:
    await deployment.subject("03")
    await deployment.subject("05")
    caller = await deployment.caller("coordinator", "03")
    await deployment.owner.execute(
        "INSERT INTO access_grant (principal, role, centre) VALUES ($1, 'centre_reader', '05')",
        caller.id,
    )
    each, _ = await results(caller, lab("LIS:1", subject="05-001"), enrolment("S:1", centre="05"))
    assert [codes(one) for one in each] == [
        [("/subject", "not_permitted")],
        [("/centre", "not_permitted")],
    ]


@pytest.mark.parametrize(
    "role",
    [
        "centre_reader", "monitor", "data_manager", "safety_officer", "response_reviewer",
        "sponsor_analyst", "summary_reader", "auditor", "study_admin",
    ],
)  # fmt: skip
async def test_who_only_reads_imports_nothing(deployment: Deployment, role: str) -> None:
    at_centre = role in {"centre_reader", "monitor"}
    await deployment.subject("03")
    caller = await deployment.caller(role, *(["03"] if at_centre else []))
    answer = await send(caller, ndjson([lab("LIS:1")]))
    assert (answer.status_code, answer.json()["type"]) == (403, "/problems/not-permitted")


async def test_a_token_for_reading_imports_nothing(deployment: Deployment) -> None:
    caller = await deployment.caller("coordinator", "03", scopes=frozenset({"records:read"}))
    answer = await send(caller, ndjson([lab("LIS:1")]))
    assert (answer.status_code, answer.json()["type"]) == (403, "/problems/insufficient-scope")


async def test_it_takes_gzip(centre_system: Caller) -> None:
    lines = [lab(f"LIS:{n}") for n in range(2000)]
    answer = await send(centre_system, gzip.compress(ndjson(lines)), Content_Encoding="gzip")
    assert json.loads(answer.text.splitlines()[-1])["summary"]["created"] == 2000


@pytest.mark.parametrize(
    "spoilt",
    [
        pytest.param(lambda packed: packed[:-1], id="cut off"),
        pytest.param(lambda packed: packed[: len(packed) // 2], id="cut in half"),
        pytest.param(lambda packed: packed + b"more", id="something behind it"),
        pytest.param(lambda packed: packed + packed, id="two members"),
        pytest.param(lambda packed: packed[:-8] + bytes(8), id="another checksum"),
        pytest.param(lambda packed: b"{}\n", id="not gzip"),
        pytest.param(lambda packed: b"", id="nothing"),
    ],
)
async def test_it_refuses_gzip_that_is_not_whole(
    deployment: Deployment, centre_system: Caller, spoilt: Any
) -> None:
    packed = gzip.compress(ndjson([lab("LIS:1")]))
    answer = await send(centre_system, spoilt(packed), Content_Encoding="gzip")
    assert (answer.status_code, answer.json()["type"]) == (400, "/problems/malformed-json")
    assert (await stored(deployment))["lab_result"] == 0


async def test_it_refuses_a_gzip_bomb(centre_system: Caller) -> None:
    bomb = gzip.compress(b"\n" * (65 * MIB))
    assert len(bomb) < MIB
    answer = await send(centre_system, bomb, Content_Encoding="gzip")
    assert (answer.status_code, answer.json()["type"]) == (413, "/problems/body-too-large")


@pytest.mark.parametrize("declared", [True, False], ids=["declared", "in pieces"])
async def test_it_refuses_a_body_beyond_the_limit(centre_system: Caller, declared: bool) -> None:
    async def pieces() -> Any:
        for _ in range(65):
            yield b"\n" * MIB

    body: Any = b"\n" * (64 * MIB + 1) if declared else pieces()
    answer = await send(centre_system, body)
    assert (answer.status_code, answer.json()["type"]) == (413, "/problems/body-too-large")
    assert answer.json()["limit"] == 64 * MIB


@pytest.mark.parametrize(
    "headers",
    [
        {"Content_Type": "application/json"},
        {"Content_Type": ""},
        {"Content_Encoding": "br"},
        {"Content_Encoding": "gzip, gzip"},
    ],
    ids=["JSON", "no type", "another coding", "two codings"],
)
async def test_it_refuses_another_form(centre_system: Caller, headers: dict[str, str]) -> None:
    sent = {"Content-Type": NDJSON, **{k.replace("_", "-"): v for k, v in headers.items()}}
    answer = await centre_system.http.post("/v1/imports", content=b"{}\n", headers=sent)
    assert (answer.status_code, answer.json()["type"]) == (415, "/problems/unsupported-media-type")


@pytest.mark.parametrize(
    "query", ["?commit=some", "?validate_only=perhaps", "?dry_run=true", "?commit=all&commit=rows"]
)
async def test_it_refuses_other_parameters(centre_system: Caller, query: str) -> None:
    assert (await send(centre_system, b"", query)).status_code in {400, 422}


@pytest.mark.parametrize("commits", [("rows", "rows"), ("rows", "all"), ("all", "all")])
async def test_two_identical_imports_at_once_leave_each_record_once(
    deployment: Deployment, centre_system: Caller, commits: tuple[str, str]
) -> None:
    lines = [lab(f"LIS:{n % 700}", value=str(n // 700)) for n in range(1400)]
    lines += [enrolment(f"SCR:{n}", enrolled_on=None) for n in range(5)]
    both = await asyncio.gather(
        *(results(centre_system, *lines, query=f"?commit={commit}") for commit in commits)
    )
    assert [summary["rejected"] for _, summary in both] == [0, 0]
    assert sum(summary["created"] for _, summary in both) == 705
    firsts = "SELECT count(*) FROM {} WHERE version = 1"
    assert await deployment.owner.fetchval(firsts.format("lab_result")) == 700
    assert await deployment.owner.fetchval(firsts.format("enrolment")) == 5
    assert await deployment.owner.fetchval("SELECT count(*) FROM subject") == 6
    # Each import leaves its last word on each record, however the two took turns.
    odd = "SELECT count(*) FROM (SELECT DISTINCT ON (record_id) value FROM lab_result"
    odd += " ORDER BY record_id, version DESC) AS current WHERE value <> 1"
    assert await deployment.owner.fetchval(odd) == 0


async def test_imports_in_opposite_order_do_not_stop_each_other(
    deployment: Deployment, centre_system: Caller
) -> None:
    labs = [lab(f"LIS:{n}") for n in range(300)]
    others = [line(ASSESSMENTS, f"A:{n}", subject="03-001") for n in range(50)]
    both = await asyncio.gather(
        results(centre_system, *labs, *others), results(centre_system, *others[::-1], *labs[::-1])
    )
    assert sum(summary["created"] for _, summary in both) == 350
    assert sum(summary["unchanged"] for _, summary in both) == 350
