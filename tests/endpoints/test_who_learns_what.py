"""Who learns what from the endpoints, and how they refuse.

Two centres with drawn subjects; some of them contradict themselves, so that lists of data errors
have somebody to name.
"""

from collections.abc import AsyncIterator
from datetime import date, timedelta
from random import Random
from typing import Any

import httpx
import pytest

from app.embedded_postgres import EmbeddedPostgres
from app.services.reports.catalogue import REPORTS, SUMMARY
from tests.deployment import Caller
from tests.endpoints.cohort import Cohort, cohort
from tests.endpoints.differences import differences
from tests.endpoints.drawn_subjects import CANARY, drawn_subject
from tests.subjects.told import Subject, contact, death, subject

OWN, OTHER = "03", "05"
NAMES = (*REPORTS, SUMMARY)
SUBJECTS = 6
EVERYBODY = (
    ("coordinator", OWN),
    ("investigator", OWN),
    ("centre_reader", OWN),
    ("centre_system", OWN),
    ("monitor", OWN),
    ("data_manager", None),
    ("safety_officer", None),
    ("response_reviewer", None),
    ("sponsor_analyst", None),
    ("summary_reader", None),
)
IN_THE_FUTURE = (date.today() + timedelta(days=2)).isoformat()  # noqa: DTZ011


def contradictory(centre: str) -> Subject:
    """A subject who was spoken to after its death."""
    return subject(f"{centre} spoken to", death(90), contact(120), centre=centre)


@pytest.fixture(scope="module")
async def told(
    server: EmbeddedPostgres, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Cohort]:
    subjects = [
        drawn_subject(Random(f"{centre} {number}"), f"{centre}/{number}", centre, date(2024, 3, 1))
        for centre in (OWN, OTHER)
        for number in range(SUBJECTS)
    ]
    directory = tmp_path_factory.mktemp("callers")
    async with cohort(
        server, directory, *subjects, contradictory(OWN), contradictory(OTHER)
    ) as found:
        yield found


async def called(told: Cohort, role: str, centre: str | None) -> Caller:
    return await told.deployment.caller(role, *([centre] if centre else []))


def codes_of(told: Cohort, centre: str) -> list[str]:
    return [code for code in told.codes.values() if code.startswith(f"{centre}-")]


def named(told: Cohort, answer: httpx.Response) -> set[str]:
    """The subjects whose codes are anywhere in an answer."""
    return {code for code in told.codes.values() if code.encode() in answer.content}


@pytest.mark.parametrize(
    ("query", "problem"),
    [
        ("colour=crimson", "unknown-parameter"),
        ("cutof=2024-01-01", "unknown-parameter"),
        ("rows=crimson", "invalid-parameter"),
        ("cutoff=crimson", "invalid-parameter"),
        ("cutoff=2024-02-30", "invalid-parameter"),
        ("population=crimson", "invalid-parameter"),
        ("as_of=crimson", "invalid-parameter"),
    ],
)
@pytest.mark.parametrize("name", NAMES)
async def test_it_refuses_a_parameter_that_it_does_not_know(
    told: Cohort, name: str, query: str, problem: str
) -> None:
    answer = await told.reader.get(f"/v1/endpoints/{name}?{query}")
    assert (answer.status_code, answer.json()["type"]) == (400, f"/problems/{problem}")
    assert "crimson" not in answer.text


@pytest.mark.parametrize("name", NAMES)
async def test_nobody_knows_yet_what_will_be_known(told: Cohort, name: str) -> None:
    head = (await told.endpoint("enrolment"))["as_of"]
    for as_of in (str(head + 1), "999999999999999999", f"{IN_THE_FUTURE}T00:00:00Z"):
        answer = await told.reader.get(f"/v1/endpoints/{name}?as_of={as_of}")
        assert answer.status_code == 422, answer.text
        assert answer.json()["type"] == "/problems/as-of-in-the-future"


@pytest.mark.parametrize("name", NAMES)
async def test_another_centre_is_as_one_that_does_not_exist(told: Cohort, name: str) -> None:
    coordinator = await told.deployment.caller("coordinator", OWN)
    refused = []
    for centre in (OTHER, "99", "nowhere"):
        for rows in ("", "&rows=true"):
            answer = await coordinator.get(f"/v1/endpoints/{name}?centre={centre}{rows}")
            assert answer.status_code == 404
            refused.append({**answer.json(), "request_id": None})
    assert all(one == refused[0] for one in refused)
    answer = await told.reader.get(f"/v1/endpoints/{name}?centre=99")
    assert {**answer.json(), "request_id": None} == refused[0]


async def test_another_centres_subject_is_as_one_that_does_not_exist(told: Cohort) -> None:
    coordinator = await told.deployment.caller("coordinator", OWN)
    known, unknown = codes_of(told, OTHER)[0], f"{OTHER}-987"
    answers = [await coordinator.get(f"/v1/subjects/{code}/response") for code in (known, unknown)]
    assert [answer.status_code for answer in answers] == [404, 404]
    first, second = ({**answer.json(), "request_id": None} for answer in answers)
    assert first == second


@pytest.mark.parametrize("name", NAMES)
async def test_a_centre_gets_its_own_figures_and_nobody_elses(told: Cohort, name: str) -> None:
    coordinator = await told.deployment.caller("coordinator", OWN)
    own = await coordinator.get(f"/v1/endpoints/{name}?rows=true")
    of_the_study = await told.endpoint(name, centre=OWN, rows="true")
    assert own.status_code == 200
    mine = own.json()
    assert not named(told, own) - set(codes_of(told, OWN))
    unasked = {"centre", "slots"}
    assert not [
        place
        for place in differences(mine, of_the_study)
        if not unasked & set(place.partition(":")[0].split("/"))
    ]


@pytest.mark.parametrize("name", NAMES)
async def test_a_summary_reader_gets_figures_without_a_subject(told: Cohort, name: str) -> None:
    summary_reader = await told.deployment.caller("summary_reader")
    for query in ("", f"?centre={OWN}", "?population=enrolled", "?cutoff=2024-06-01"):
        answer = await summary_reader.get(f"/v1/endpoints/{name}{query}")
        assert answer.status_code == 200, answer.text
        assert not named(told, answer)
        assert CANARY not in answer.text
        assert "record_id" not in answer.text
    refused = await summary_reader.get(f"/v1/endpoints/{name}?rows=true")
    assert refused.status_code == 403
    assert not named(told, refused)
    asked = await summary_reader.get(f"/v1/endpoints/{name}?rows=false")
    assert asked.status_code == 200


async def test_a_summary_reader_is_told_how_many_contradict_themselves(told: Cohort) -> None:
    summary_reader = await told.deployment.caller("summary_reader")
    answer = (await summary_reader.get("/v1/endpoints/overall-survival")).json()
    assert (answer["data_errors"], answer["n_data_errors"]) == ([], 2)
    coordinator = await told.deployment.caller("coordinator", OWN)
    answer = (await coordinator.get("/v1/endpoints/overall-survival")).json()
    assert {error["subject"] for error in answer["data_errors"]} == {told.codes[f"{OWN} spoken to"]}


async def test_a_summary_reader_reads_no_subject(told: Cohort) -> None:
    summary_reader = await told.deployment.caller("summary_reader")
    code = codes_of(told, OWN)[0]
    for address in (f"/v1/subjects/{code}/response", "/v1/discrepancies"):
        answer = await summary_reader.get(address)
        assert answer.status_code in {403, 404}, answer.text
        assert not named(told, answer) - {code}


@pytest.mark.parametrize("role", [role for role, _ in EVERYBODY])
async def test_nobody_gets_a_subject_that_they_may_not_read(told: Cohort, role: str) -> None:
    centre = dict(EVERYBODY)[role]
    caller = await called(told, role, centre)
    readable = set(codes_of(told, centre)) if centre else set(told.codes.values())
    for name in NAMES:
        answer = await caller.get(f"/v1/endpoints/{name}")
        assert answer.status_code == 200, answer.text
        assert named(told, answer) <= (set() if role == "summary_reader" else readable)
    if role != "summary_reader":
        answer = await caller.get("/v1/endpoints/response?rows=true&population=enrolled")
        assert named(told, answer) <= readable
        assert len(named(told, answer)) == len(readable)


async def test_an_administrator_reads_no_endpoint(told: Cohort) -> None:
    administrator = await told.deployment.caller("study_admin")
    for name in NAMES:
        answer = await administrator.get(f"/v1/endpoints/{name}")
        assert answer.status_code == 403
        assert not named(told, answer)


@pytest.mark.parametrize("name", NAMES)
async def test_rows_hold_nothing_that_somebody_wrote_in_their_own_words(
    told: Cohort, name: str
) -> None:
    answer = await told.reader.get(f"/v1/endpoints/{name}?rows=true&population=enrolled")
    assert answer.status_code == 200
    assert named(told, answer)
    assert CANARY not in answer.text


@pytest.mark.parametrize("name", NAMES)
async def test_an_answer_that_is_held_is_not_sent_again(told: Cohort, name: str) -> None:
    address = f"/v1/endpoints/{name}"
    first = await told.reader.get(address)
    tag = first.headers["ETag"]
    for held in (tag, f'{tag.removeprefix("W/")}, "other"', "*"):
        again = await told.reader.get(address, **{"If-None-Match": held})
        assert (again.status_code, again.content) == (304, b"")
        assert again.headers["ETag"] == tag
    changed = await told.reader.get(address, **{"If-None-Match": '"other"'})
    assert (changed.status_code, changed.content) == (200, first.content)


async def test_another_question_has_another_tag(told: Cohort) -> None:
    queries = (
        "",
        "?rows=true",
        "?cutoff=2024-06-01",
        "?population=enrolled",
        f"?centre={OWN}",
        "?response_source=investigator",
        "?conf_type=wilson",
    )
    tags = [
        (await told.reader.get(f"/v1/endpoints/response{query}")).headers["ETag"]
        for query in queries
    ]
    coordinator = await told.deployment.caller("coordinator", OWN)
    tags.append((await coordinator.get("/v1/endpoints/response")).headers["ETag"])
    summary_reader = await told.deployment.caller("summary_reader")
    tags.append((await summary_reader.get("/v1/endpoints/response")).headers["ETag"])
    assert len(set(tags)) == len(tags)


async def test_a_new_record_changes_the_tag(told: Cohort) -> None:
    before = await told.reader.get("/v1/endpoints/overall-survival")
    await told.tell(subject("one more", contact(30), centre=OWN))
    after = await told.reader.get(
        "/v1/endpoints/overall-survival", **{"If-None-Match": before.headers["ETag"]}
    )
    assert after.status_code == 200
    assert after.json()["n"] == before.json()["n"] + 1


def test_every_role_that_reads_endpoints_is_asked() -> None:
    roles: dict[str, Any] = dict(EVERYBODY)
    assert len(roles) == len(EVERYBODY) == 10
