"""What the edit checks say of records, in the answers to writes and in the list of findings."""

import base64
import json
from typing import Any

import pytest

from app.access.permissions import PERMISSIONS, Action, Role
from app.schemas.enrolment import ENROLMENTS
from tests.deployment import Caller, Deployment
from tests.subjects.agreeing import AGREEING, DIED

CRP = {"analyte": "CRP", "value": "8", "unit": "mg/L"}
FATIGUE = {"term": "Fatigue", "grade": 1, "ongoing": True, "causality": {"car_t": "possible"}}


def body(name: str, **changes: Any) -> dict[str, Any]:
    return {**AGREEING[name].body, **changes}


async def enrol(caller: Caller, centre: str, lot: str = "NB2-0147", **changes: Any) -> str:
    """Store the subject on whom everything agrees, and give its address."""
    example = {name: value for name, value in ENROLMENTS.example.items() if name != "source_id"}
    address = await stored(caller, "/v1/subjects", {
        **example, **body("enrolment", centre=centre), **changes,
    })  # fmt: skip
    prepared = {**body("preparation"), "product_lot": lot}
    preparation = await stored(caller, f"{address}/preparations", prepared)
    infusion = body("infusion", product_lot=lot, preparation=preparation.rpartition("/")[2])
    await stored(caller, f"{address}/infusions", infusion)
    await stored(caller, f"{address}/assessments", body("baseline"))
    return address


async def stored(caller: Caller, address: str, sent: dict[str, Any]) -> str:
    answer = await caller.submit(address, sent)
    assert answer.status_code == 201, answer.text
    return str(answer.headers["Location"])


@pytest.fixture
async def coordinator(deployment: Deployment) -> Caller:
    await deployment.centre("03")
    return await deployment.caller("coordinator", "03")


@pytest.fixture
async def enrolled(coordinator: Caller) -> str:
    return await enrol(coordinator, "03")


async def listed(caller: Caller, query: str = "") -> list[tuple[str, str, str]]:
    """What is listed: rule, kind of record, pointer."""
    answer = await caller.get(f"/v1/findings{query}")
    assert answer.status_code == 200, answer.text
    return [(one["rule"], one["kind"], one["pointer"]) for one in answer.json()["items"]]


def said(answer: Any) -> list[str]:
    """The rules of the findings in the answer to a write."""
    assert answer.status_code in {200, 201}, answer.text
    return [finding["rule"] for finding in answer.json()["findings"]]


async def test_it_has_nothing_to_say_of_records_that_agree(
    coordinator: Caller, enrolled: str
) -> None:
    assert await listed(coordinator) == []


async def test_it_never_refuses_a_death_whatever_else_is_stored(
    coordinator: Caller, enrolled: str
) -> None:
    sample = {**CRP, "collected_at": "2026-09-11"}
    assert said(await coordinator.submit(f"{enrolled}/lab-results", sample)) == []
    death = await coordinator.submit(f"{enrolled}/follow-ups", dict(DIED.body))
    assert death.status_code == 201
    assert said(death) == ["DEATH-BEFORE-RECORDS"]
    assert sorted(await listed(coordinator)) == [
        ("DATE-AFTER-DEATH", "lab-results", "/collected_at"),
        ("DEATH-BEFORE-RECORDS", "follow-ups", "/death_date"),
    ]


async def test_it_never_refuses_an_adverse_event_after_the_death(
    coordinator: Caller, enrolled: str
) -> None:
    await stored(coordinator, f"{enrolled}/follow-ups", dict(DIED.body))
    event = {**FATIGUE, "onset": "2026-09-11"}
    answer = await coordinator.submit(f"{enrolled}/adverse-events", event)
    assert answer.status_code == 201
    assert said(answer) == ["DATE-AFTER-DEATH"]


async def test_it_says_with_a_laboratory_result_what_follows_from_the_course(
    coordinator: Caller, enrolled: str
) -> None:
    early = {**CRP, "collected_at": "2026-02-09T08:00+08:00", "adverse_event": ABSENT_RECORD}
    answer = await coordinator.submit(f"{enrolled}/lab-results", early)
    assert said(answer) == ["BEFORE-CONSENT"]
    assert sorted(await listed(coordinator)) == [
        ("BEFORE-CONSENT", "lab-results", "/collected_at"),
        ("REFERENCE-UNKNOWN", "lab-results", "/adverse_event"),
    ]


ABSENT_RECORD = "019cbd4a-7f60-7c3e-9a52-1f0e8d7c6b5a"


async def test_it_says_with_an_enrolment_what_is_wrong_with_it(coordinator: Caller) -> None:
    example = {name: value for name, value in ENROLMENTS.example.items() if name != "source_id"}
    answer = await coordinator.submit("/v1/subjects", {**example, "eligibility": []})
    assert said(answer) == ["ELIGIBILITY-OPEN"]
    assert answer.json()["status"] == "enrolled"


async def test_it_finds_an_infusion_its_visit_from_its_own_day(
    coordinator: Caller, enrolled: str
) -> None:
    items = (await coordinator.get(f"{enrolled}/infusions")).json()["items"]
    address = f"{enrolled}/infusions/{items[0]['record_id']}"
    sent = body("infusion", preparation=None, visit=None, infused_at="2026-03-03T09:00+08:00")
    answer = await coordinator.amend(address, {**sent, "reason": "Wrong day."}, 1)
    assert answer.json()["visit"] == "D0"
    assert said(answer) == []


async def test_it_forgets_what_was_corrected(coordinator: Caller, enrolled: str) -> None:
    sample = {**CRP, "collected_at": "2026-02-09"}
    address = await stored(coordinator, f"{enrolled}/lab-results", sample)
    assert await listed(coordinator) == [("BEFORE-CONSENT", "lab-results", "/collected_at")]
    right = {**sample, "collected_at": "2026-03-09", "reason": "Wrong month."}
    assert said(await coordinator.amend(address, right, 1)) == []
    assert await listed(coordinator) == []


async def test_it_forgets_what_was_voided(coordinator: Caller, enrolled: str) -> None:
    await stored(coordinator, f"{enrolled}/lab-results", {**CRP, "collected_at": "2026-09-11"})
    death = await stored(coordinator, f"{enrolled}/follow-ups", dict(DIED.body))
    assert len(await listed(coordinator)) == 2
    assert (await coordinator.void(death, 1)).status_code == 200
    assert await listed(coordinator) == []


async def test_it_looks_again_when_another_record_comes(coordinator: Caller, enrolled: str) -> None:
    event = {**FATIGUE, "onset": "2026-03-09", "grade": 2, "worsening_of": ABSENT_RECORD}
    address = await stored(coordinator, f"{enrolled}/adverse-events", event)
    assert [rule for rule, _, _ in await listed(coordinator)] == ["WORSENING-OF-UNKNOWN"]
    before = await stored(
        coordinator, f"{enrolled}/adverse-events", {**FATIGUE, "onset": "2026-02-20"}
    )
    named = {**event, "worsening_of": before.rpartition("/")[2], "reason": "Now there."}
    assert said(await coordinator.amend(address, named, 1)) == []
    assert await listed(coordinator) == []


async def test_it_tells_whose_record_is_meant(coordinator: Caller, enrolled: str) -> None:
    sample = {**CRP, "collected_at": "2026-02-09"}
    address = await stored(coordinator, f"{enrolled}/lab-results", sample)
    answer = await coordinator.get("/v1/findings")
    (finding,) = answer.json()["items"]
    assert finding["subject"] == "03-001"
    assert finding["centre"] == "03"
    assert finding["record_id"] == address.rpartition("/")[2]
    assert finding["version"] == 1
    assert finding["severity"] == "warning"
    assert "2026" not in finding["message"]
    assert answer.json()["as_of"] >= 0


@pytest.fixture
async def three_findings(coordinator: Caller, enrolled: str) -> str:
    """One finding of each severity, about records of three kinds."""
    await stored(coordinator, f"{enrolled}/lab-results", {**CRP, "collected_at": "2026-02-09"})
    await stored(
        coordinator, f"{enrolled}/therapies", {"therapy_kind": "tocilizumab", "start": "2026-03-05"}
    )
    await stored(
        coordinator, f"{enrolled}/therapies", {"therapy_kind": "maintenance", "start": "2026-03-01"}
    )
    return enrolled


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", {"BEFORE-CONSENT", "TREATMENT-UNLINKED", "NEW-THERAPY-BEFORE-INFUSION"}),
        ("?severity=error", {"NEW-THERAPY-BEFORE-INFUSION"}),
        ("?severity=warning", {"BEFORE-CONSENT"}),
        ("?severity=notice", {"TREATMENT-UNLINKED"}),
        ("?rule=BEFORE-CONSENT", {"BEFORE-CONSENT"}),
        ("?rule=AE-TWICE", set()),
        ("?kind=therapies", {"TREATMENT-UNLINKED", "NEW-THERAPY-BEFORE-INFUSION"}),
        ("?kind=therapies&severity=notice", {"TREATMENT-UNLINKED"}),
        ("?subject=03-002", set()),
        ("?subject=03-001&rule=BEFORE-CONSENT", {"BEFORE-CONSENT"}),
        ("?centre=04", set()),
        ("?centre=03&rule=BEFORE-CONSENT", {"BEFORE-CONSENT"}),
    ],
)
async def test_it_filters(
    query: str, expected: set[str], coordinator: Caller, three_findings: str
) -> None:
    assert {rule for rule, _, _ in await listed(coordinator, query)} == expected


@pytest.mark.parametrize(
    "query",
    ["rule=NO-SUCH-RULE", "kind=fables", "severity=fatal", "limit=0", "cursor=x", "color=red",
     "cursor=WzEsMl0", "cursor=WyJhIiwiYiIsImMiLCJkIiwieCJd"],
)  # fmt: skip
async def test_it_refuses_a_parameter_that_means_nothing(query: str, coordinator: Caller) -> None:
    answer = await coordinator.get(f"/v1/findings?{query}")
    assert answer.status_code == 400, answer.text


async def test_it_names_the_rules_when_it_knows_another(coordinator: Caller) -> None:
    answer = await coordinator.get("/v1/findings?rule=DATE-AFTER-DETH")
    (error,) = answer.json()["errors"]
    assert "DATE-AFTER-DEATH" in error["allowed"]
    assert "DETH" not in answer.text.replace("DATE-AFTER-DEATH", "")


async def test_it_goes_on_page_after_page(coordinator: Caller, three_findings: str) -> None:
    other = await enrol(coordinator, "03", "NB2-0148", year_of_birth=1949)
    await stored(coordinator, f"{other}/lab-results", {**CRP, "collected_at": "2026-02-09"})
    whole = (await coordinator.get("/v1/findings")).json()["items"]
    assert len(whole) == 4
    pages, address = [], "/v1/findings?limit=1"
    while True:
        answer = await coordinator.get(address)
        assert answer.status_code == 200, answer.text
        pages += answer.json()["items"]
        if "link" not in answer.headers:
            break
        address = answer.headers["link"].partition(">")[0].removeprefix("<")
        assert len(pages) < 10
    assert pages == whole
    assert [one["subject"] for one in whole] == sorted(one["subject"] for one in whole)


async def test_it_tells_what_it_would_have_found_then(
    coordinator: Caller, three_findings: str
) -> None:
    before = (await coordinator.get("/v1/changes")).json()["as_of"]
    then = await listed(coordinator)
    death = {**DIED.body, "death_date": "2026-03-01"}
    await stored(coordinator, f"{three_findings}/follow-ups", death)
    assert len(await listed(coordinator)) > len(then)
    assert await listed(coordinator, f"?as_of={before}") == then
    assert await listed(coordinator, "?as_of=0") == []
    first = await coordinator.get(f"/v1/findings?as_of={before}&limit=2")
    link = first.headers["link"].partition(">")[0].removeprefix("<")
    rest = await coordinator.get(link)
    pages = first.json()["items"] + rest.json()["items"]
    assert [(one["rule"], one["kind"], one["pointer"]) for one in pages] == then
    ahead = await coordinator.get(f"/v1/findings?as_of={before + 1000}")
    assert ahead.status_code == 422


async def test_it_hides_another_centres_findings(
    deployment: Deployment, coordinator: Caller, three_findings: str
) -> None:
    stranger = await deployment.caller("coordinator", "05")
    for query in ("", "?centre=03", "?subject=03-001"):
        assert await listed(stranger, query) == []
    sponsor = await deployment.caller("data_manager")
    assert await listed(sponsor) == await listed(coordinator)
    both = await deployment.caller("monitor", "03", "05")
    assert await listed(both, "?centre=03") == await listed(coordinator)
    assert await listed(both, "?centre=05") == []


@pytest.mark.parametrize("role", [Role.SUMMARY_READER, Role.STUDY_ADMIN])
async def test_it_is_not_for_every_role(role: Role, deployment: Deployment) -> None:
    assert role not in PERMISSIONS[Action.READ_FINDINGS]
    answer = await (await deployment.caller(role)).get("/v1/findings")
    assert answer.status_code == 403


async def test_it_notes_whose_findings_were_read(
    deployment: Deployment, coordinator: Caller, three_findings: str
) -> None:
    noted = "SELECT subjects, records, principal FROM access_event WHERE action = 'findings'"
    await listed(coordinator, "?rule=AE-TWICE")
    assert await deployment.owner.fetch(noted) == []
    await listed(coordinator)
    (event,) = await deployment.owner.fetch(noted)
    assert tuple(event) == (["03-001"], 3, coordinator.name)


@pytest.mark.parametrize(
    "place",
    [
        pytest.param(["\x00", "01890a5d-ac96-774b-bcce-b302099a8057", "R", "/p", None], id="NUL"),
        pytest.param(
            ["\ud800", "01890a5d-ac96-774b-bcce-b302099a8057", "R", "/p", None], id="half"
        ),
        pytest.param(["03-001", "no identity", "R", "/p", None], id="no identity"),
        pytest.param(["03-001", None], id="too short"),
        pytest.param({"a": 1}, id="no list"),
    ],
)
async def test_a_cursor_made_by_hand_is_no_cursor(place: object, deployment: Deployment) -> None:
    caller = await deployment.caller("coordinator", "03")
    word = base64.urlsafe_b64encode(json.dumps(place).encode()).decode().rstrip("=")
    answer = await caller.get(f"/v1/findings?cursor={word}")
    assert answer.status_code == 400
    assert answer.json()["type"] == "/problems/invalid-parameter"


async def test_findings_of_one_cause_are_one_with_a_count_and_can_be_listed_singly(
    coordinator: Caller, enrolled: str
) -> None:
    samples = [
        await stored(coordinator, f"{enrolled}/lab-results", {**CRP, "collected_at": day})
        for day in ("2026-02-07", "2026-02-08", "2026-02-09")
    ]
    query = "?rule=BEFORE-CONSENT"
    (one,) = (await coordinator.get(f"/v1/findings{query}")).json()["items"]
    assert one["count"] == 3
    assert samples[0].endswith(one["record_id"])
    each = (await coordinator.get(f"/v1/findings{query}&each=true")).json()["items"]
    assert [single["count"] for single in each] == [1, 1, 1]
    assert [single["record_id"] for single in each] == [
        sample.rpartition("/")[2] for sample in samples
    ]
    assert {**each[0], "count": 3} == one
    first = await coordinator.get(f"/v1/findings{query}&each=true&limit=2")
    link = first.headers["link"].partition(">")[0].removeprefix("<")
    assert "each=true" in link
    rest = (await coordinator.get(link)).json()["items"]
    assert first.json()["items"] + rest == each
