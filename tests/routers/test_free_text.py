"""What a sponsor's analyst gets of what people wrote: nothing, on any route, in any form."""

import json
import re
import uuid
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

import httpx
import pytest

from app.access.permissions import WITHOUT_FREE_TEXT, Role
from app.embedded_postgres import EmbeddedPostgres
from app.schemas.enrolment import ENROLMENTS
from app.schemas.free_text import derived_without_free_text, without_free_text
from app.schemas.record_kinds import RECORD_KINDS, by_path
from app.services.printed_reports import PrintedReports
from app.trial.trial import Trial, load_trial
from tests.deployment import Caller, Deployment, clone_of_template, open_directory
from tests.endpoints.cohort import tell, trial_file
from tests.printing.hostile import SVG
from tests.routers.canaries import MARK, bodies, texts
from tests.subjects.evaluation_parts import components
from tests.subjects.told import (
    Record,
    Subject,
    assessment,
    kinetics,
    new_therapy,
    subject,
    timed_on,
    visit,
)

KINDS = [kind.path for kind in RECORD_KINDS]
CLOSED = {
    "adverse-events": {"term", "meddra.version", "meddra.llt_code", "meddra.pt_code"},
    "lab-results": {"titre"},
}
"""Texts that the door takes from a list, or in a form of digits alone; dates are such too."""
VISITS_LATER = (0, 28, 56, 84)
DRAWN = ("text/csv", "application/vnd.vegalite.v6+json")


def moved(body: dict[str, Any], days: int) -> dict[str, Any]:
    """Move every date of a body."""
    by = timedelta(days=days)
    text = re.sub(
        r"20\d{2}-\d\d-\d\d",
        lambda found: str(date.fromisoformat(found[0]) + by),
        json.dumps(body),
    )
    return dict(json.loads(text))


@dataclass
class Told:
    """A trial into which somebody wrote everything that can be written."""

    deployment: Deployment
    analyst: Caller
    subjects: list[str] = field(default_factory=list)
    records: dict[str, list[str]] = field(default_factory=dict)


def course() -> Subject:
    """Somebody treated, answered and progressed, whose records name things in their own codes."""
    lesion = f"{MARK}-L1"
    local = {
        "analyte": f"{MARK}-LOCAL",
        "value": "3",
        "unit": f"{{{MARK}}}",
        "laboratory": MARK,
        "method": MARK,
        "collected_at": timed_on(20),
    }
    evaluations = [
        assessment(day, **components(grams, 0, "+-", lesions={lesion: size}), visit=f"{MARK}-V")
        for day, grams, size in (
            (-10, 4, (30, 30)), (30, 1, (25, 25)), (60, 1, (10, 10)), (90, 1, (60, 60)),
            (120, 3, (70, 70)),
        )
    ]  # fmt: skip
    for evaluation in evaluations[3:]:
        lesions = [{"kind": "extramedullary", "lesion_id": f"{MARK}-L2", "site": MARK}]
        evaluation.body["new_lesions"] = lesions  # type: ignore[index]
    return subject(
        f"{MARK} treated",
        *evaluations,
        Record("lab-results", {**local, "analyte_system": "local"}),
        Record("lab-results", {**local, "analyte": "CRP", "unit": f"mg/L{{{MARK}}}"}),
        *(kinetics(day, "400", assay=MARK, laboratory=MARK) for day in (3, 7, 14, 28)),
        visit(f"{MARK}-V", 30),
        new_therapy(130, name=MARK),
    )


async def submit(told: Told, sender: Caller, kind: str, body: dict[str, Any]) -> None:
    address = "/v1/subjects"
    if kind != ENROLMENTS.path:
        address += f"/{told.subjects[0]}/{kind}"
    answer = await sender.submit(address, {**body, "source_id": f"{MARK}/{uuid.uuid4()}"})
    assert answer.status_code == 201, (kind, answer.text)
    told.records.setdefault(kind, []).append(answer.headers["Location"])
    if kind == ENROLMENTS.path:
        told.subjects.append(answer.json()["subject"])


@pytest.fixture(scope="module")
async def told(server: EmbeddedPostgres) -> AsyncIterator[Told]:
    with open_directory() as directory:
        async with (
            clone_of_template(server) as name,
            Deployment(server, name, directory, trial=trial_file(directory)) as deployment,
        ):
            found = Told(deployment, await deployment.caller("sponsor_analyst"))
            await everything(found)
            await tell(deployment, codes := {}, [course()])
            found.subjects += codes.values()
            yield found


async def everything(told: Told) -> None:
    """Tell two subjects in canaries alone, and amend a record of each kind for a reason."""
    coordinator = await told.deployment.caller("coordinator", "03")
    reviewer = await told.deployment.caller("response_reviewer")
    for sender in (coordinator, reviewer):
        await told.deployment.owner.execute(
            "UPDATE principal SET name = $1 WHERE id = $2", f"{MARK} {sender.id}", sender.id
        )
    senders = {"adjudications": reviewer}
    for kind in KINDS:
        sender = senders.get(kind, coordinator)
        for body in bodies(kind)[0]:
            for days in VISITS_LATER if kind in {"assessments", "lab-results"} else (0,):
                await submit(told, sender, kind, moved({**body, **beside(told, kind)}, days))
        amended = {**bodies(kind)[0][0], **beside(told, kind), "reason": f"{MARK} was on leave."}
        answer = await sender.amend(told.records[kind][0], amended, 1)
        assert answer.status_code == 200, (kind, answer.text)


def beside(told: Told, kind: str) -> dict[str, Any]:
    """Give what a body of a kind needs to say of this trial."""
    if kind == ENROLMENTS.path:
        return {"centre": "03"}
    if kind == "adjudications":
        judged = told.records["assessments"][1].rsplit("/", 1)[1]
        return {"assessment": judged, "assessment_version": 1}
    return {}


@pytest.mark.parametrize("kind", KINDS)
def test_a_canary_fits_into_every_text_that_is_of_no_list(kind: str) -> None:
    missing = {".".join(leaf.path) for leaf in texts(kind) if leaf.path not in bodies(kind)[1]}
    assert missing == CLOSED.get(kind, set())


@pytest.mark.parametrize("kind", KINDS)
async def test_another_reader_sees_every_canary(told: Told, kind: str) -> None:
    """What is looked for is there to be found."""
    manager = await told.deployment.caller("data_manager")
    shown = "".join(
        [(await manager.get(f"{address}/history")).text for address in told.records[kind]]
    )
    assert [canary for canary in bodies(kind)[1].values() if canary not in shown] == []


def forms(path: str, content: dict[str, Any]) -> list[str]:
    if path.startswith("/v1/charts/"):
        return list(DRAWN)
    return [form for form in content if form != "application/pdf"] or ["*/*"]


def addresses(told: Told, path: str, operation: dict[str, Any]) -> list[str]:
    """Give the addresses that a path stands for, with everything asked that shows more."""
    if path.startswith("/v1/subjects/{subject}") and "{record_id}" in path:
        kind = path.split("/")[4]
        suffix = path.partition("{record_id}")[2]
        return [address + suffix for address in told.records[kind]]
    asked = {parameter["name"] for parameter in operation.get("parameters", ())}
    query = "&".join(
        [
            *(["rows=true"] if "rows" in asked else []),
            *(["analyte=PLT"] if "analyte" in asked else []),
            *(["limit=1000"] if "limit" in asked and "charts" not in path else []),
        ]
    )
    found = []
    for code in told.subjects:
        address = path.format(subject=code, name="unit")
        if "subject" in asked and "{subject}" not in path and path.startswith("/v1/charts"):
            found.append(f"{address}?subject={code}&{query}")
        else:
            found.append(f"{address}?{query}" if query else address)
    return list(dict.fromkeys(found))


async def answers(told: Told, caller: Caller) -> AsyncIterator[tuple[str, httpx.Response]]:
    """Give what a caller is answered on every route that reads, in every form."""
    document = (await caller.get("/openapi.json")).json()
    for path, methods in document["paths"].items():
        operation = methods.get("get")
        if operation is None or path == "/v1/reports/trial" or path == "/openapi.json":
            continue
        content = operation["responses"]["200"].get("content", {})
        for address in addresses(told, path, operation):
            for form in forms(path, content):
                yield address, await caller.get(address, Accept=form)


async def test_the_analyst_gets_no_canary_on_any_route(told: Told) -> None:
    leaks, read = [], 0
    async for address, answer in answers(told, told.analyst):
        if answer.status_code == 200:
            read += 1
            where = re.findall(rf".{{0,80}}{MARK}.{{0,20}}", answer.text)
            leaks += [(address, answer.headers["content-type"], where[0])] if where else []
        else:
            assert answer.status_code in {403, 404}, (address, answer.text)
    assert leaks == []
    assert read > 200


async def test_the_printed_report_holds_no_canary(
    told: Told, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def same(*_: object) -> str:
        return SVG

    monkeypatch.setattr(PrintedReports, "_picture", same)
    answer = await told.analyst.get("/v1/reports/trial", Accept="text/html")
    assert answer.status_code == 200
    assert MARK not in answer.text


@pytest.mark.parametrize(
    ("path", "asked"),
    [
        ("lab-results", {"analyte": f"{MARK}-LOCAL"}),
        ("lab-results", {"laboratory": MARK}),
        ("visits", {"visit": f"{MARK}-V"}),
        ("assessments", {"visit": f"{MARK}-V"}),
        ("assessments", {"source_id": f"{MARK} treated/3"}),
    ],
    ids=str,
)
async def test_to_be_found_by_it_would_give_it_away(
    told: Told, path: str, asked: dict[str, str]
) -> None:
    manager = await told.deployment.caller("data_manager")
    for caller, seen in ((manager, True), (told.analyst, False)):
        found = await caller.http.get(f"/v1/{path}", params=asked)
        assert (found.json()["items"] != []) is seen


async def test_it_finds_by_what_is_of_a_list(told: Told) -> None:
    found = await told.analyst.get("/v1/lab-results?analyte=CRP")
    assert [one["analyte"] for one in found.json()["items"]] == ["CRP"]


@pytest.fixture(scope="module")
def trial() -> Trial:
    return load_trial(None)


@pytest.mark.parametrize(
    ("path", "member", "text", "shown"),
    [
        pytest.param("visits", "visit", "M3", True, id="a visit of the schedule"),
        pytest.param("visits", "visit", "UNS", True, id="an unscheduled visit"),
        pytest.param("visits", "visit", "M3-ZHANG", False, id="a visit of somebody's own"),
        pytest.param("lab-results", "analyte", "PLT", True, id="our code"),
        pytest.param("lab-results", "analyte", "777-3", True, id="a listed LOINC code"),
        pytest.param("lab-results", "analyte", "1234567-4", False, id="digits that are no code"),
        pytest.param("lab-results", "analyte", "ZHANG-WEI", False, id="a code of one's own"),
        pytest.param("lab-results", "unit", "10*9/L", True, id="a listed unit"),
        pytest.param("lab-results", "unit", "mg/L{Zhang Wei}", False, id="a note in a unit"),
        pytest.param("kinetics", "unit", "{copies}/ug", True, id="a listed annotation"),
        pytest.param("therapies", "unit", "13812345678.mg", False, id="a number in a unit"),
        pytest.param("therapies", "unit", "mg/m2", True, id="a unit of UCUM"),
        pytest.param("lab-results", "titre", "1:80", True, id="a titre"),
        pytest.param("lab-results", "titre", "1:80 Zhang", False, id="more than a titre"),
        pytest.param("adverse-events", "term", "Fatigue", True, id="a term of CTCAE"),
        pytest.param(
            "adverse-events", "term", "Nervous system disorders - Other, specify: MedDRA 10029205",
            True, id="a term as a table counts it",
        ),
        pytest.param("adverse-events", "term", "Fatigue: Zhang", False, id="more than a term"),
        pytest.param("adverse-events", "term", "Tired of Dr Zhang", False, id="no term of CTCAE"),
        pytest.param("neuro-assessments", "examiner", "ZW", False, id="an examiner's code"),
        pytest.param("infusions", "product_lot", "NB2-0147", False, id="a lot"),
        pytest.param("subjects", "recorded_by", "Zhang Wei", False, id="who sent it"),
        pytest.param("subjects", "centre", "03", True, id="a centre"),
    ],
)  # fmt: skip
def test_a_text_is_shown_if_it_is_of_a_closed_list(
    trial: Trial, path: str, member: str, text: str, shown: bool
) -> None:
    kind = by_path(path)
    assert kind is not None
    document = json.loads(without_free_text(kind, json.dumps({member: text}), trial))
    assert document == {member: text if shown else None}


@pytest.mark.parametrize(
    ("document", "shown"),
    [
        (
            {"visits": [{"lesion_id": "Zhang", "size": "3"}]},
            {"visits": [{"lesion_id": None, "size": "3"}]},
        ),
        ({"not_analysed": {"ZW": 2, "ZX": 1}}, {"not_analysed": {"withheld": 3}}),
        (
            {"not_analysed": [{"analyte": "ZW", "results": 2}]},
            {"not_analysed": [{"analyte": None, "results": 2}]},
        ),
        ({"lesions": {"site": ["arm", "leg"]}}, {"lesions": {"site": [None, None]}}),
        (
            {"analyte": {"method": "qpcr", "unit": "{copies}/ug.d"}},
            {"analyte": {"method": "qpcr", "unit": "{copies}/ug.d"}},
        ),
        (
            {"rule_set": {"version": "1"}, "unit": "mg{Z}"},
            {"rule_set": {"version": "1"}, "unit": None},
        ),
        (
            [{"centre": "03", "lesion_id": "L"}, {"SITEID": "05", "lesion_id": "L"}],
            [{"centre": "03", "lesion_id": "L"}, {"SITEID": "05", "lesion_id": None}],
        ),
    ],
)
def test_what_is_derived_names_nothing_in_ones_own_words(
    trial: Trial, document: Any, shown: Any
) -> None:
    assert derived_without_free_text(document, trial, lambda centre: centre == "03") == shown


def test_the_roles_without_free_text_are_those_that_say_so() -> None:
    assert {Role.SPONSOR_ANALYST} == WITHOUT_FREE_TEXT
