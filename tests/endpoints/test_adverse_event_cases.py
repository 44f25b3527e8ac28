"""Adverse events as centres send them, and what the tables make of them.

Source: the trial's endpoint definitions, adverse events: linked lines, unknown onset, partial
dates; the trial's protocol, one record of an adverse event.
"""

import csv
import io
from collections.abc import AsyncIterator, Mapping
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest

from app.embedded_postgres import EmbeddedPostgres
from tests.deployment import Caller
from tests.endpoints.cohort import Cohort, cohort
from tests.subjects.told import INFUSED_ON, Record, death, lab, subject

CRS = "Cytokine release syndrome"
OTHER = "Nervous system disorders - Other, specify"
SHANGHAI = timezone(timedelta(hours=8))
JUDGED = {"causality": {"car_t": "unrelated"}, "serious": False}


def on(day: int) -> str:
    return (INFUSED_ON + timedelta(day)).isoformat()


def line(
    term: str, grade: int | None, onset: int | str | None, end: int | None = None, **more: Any
) -> dict[str, Any]:
    """A record of an event, its days from the infusion; without an end it goes on."""
    body: dict[str, Any] = {"term": term, "grade": grade, **JUDGED, **more}
    body |= {"onset_unknown": True} if onset is None else {"onset": _written(onset)}
    return body | ({"ongoing": True} if end is None else {"end": on(end)})


def _written(day: int | str) -> str:
    return day if isinstance(day, str) else on(day)


def crs(grade: int, onset: int | str | None, end: int | None, **more: Any) -> dict[str, Any]:
    scale = {"scale": "ASTCT_CRS", "grade": grade}
    return line(CRS, grade, onset, end, aesi_kind="CRS", astct=scale, **more)


LINKED: Mapping[str, list[dict[str, Any]]] = {
    "RC-31": [crs(2, 2, 3), crs(3, 4, 5), crs(4, 6, 7), crs(2, 8, 9)],
    "RC-32": [line("Anemia", 3, -12, 4), line("Anemia", 1, 5)],
    "worse": [line("Anemia", 2, -12, 4), line("Anemia", 1, 5, 6), line("Anemia", 3, 7)],
    "returned": [line("Anemia", 3, -12, 3), line("Anemia", 1, 6)],
}
"""Records of which each names the first as its episode."""
ALONE: Mapping[str, list[dict[str, Any]]] = {
    "unknown": [line("Nausea", 2, None)],
    "unknown, ended before": [line("Nausea", 2, None, -1)],
    "to the year": [crs(2, "2024", 9)],
    "to the day": [crs(1, 4, 6)],
    "nobody says": [{**line("Fatigue", 1, 3), "ongoing": None}],
    "ICANS": [
        {
            "term": OTHER,
            "other_specify": "ICANS",
            "aesi_kind": "ICANS",
            "onset": on(5),
            "end": on(8),
        }
    ],
    "ICANS by its scale": [
        line("Encephalopathy", 2, 6, 7, astct={"scale": "ASTCT_ICANS_ADULT", "grade": 2})
    ],
    "coded": [
        line(
            OTHER,
            2,
            3,
            9,
            other_specify="brain fog",
            meddra={"version": "27.1", "llt_code": "10057668", "pt_code": "10057668"},
        )
    ],
    "by code": [line("10016558", 1, 3, 4)],
    "before": [crs(2, -2, 4)],
}


def neutrophils(day: int, count: str) -> Record:
    return lab(day, "NEUT", count, "10*9/L")


@pytest.fixture(scope="module")
async def told(
    server: EmbeddedPostgres, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Cohort]:
    directory = tmp_path_factory.mktemp("adverse-events")
    subjects = [subject(name) for name in (*LINKED, *ALONE)]
    low = [
        neutrophils(day, "2" if day < 5 else "0.4" if day < 19 else "1.6") for day in range(1, 31)
    ]
    subjects.append(subject("low", *low, neutrophils(40, "0.9"), neutrophils(50, "0.8")))
    subjects.append(subject("died", death(60)))
    async with cohort(server, directory, *subjects) as found:
        caller = await found.deployment.caller("coordinator", "03")
        for name, lines in (LINKED | ALONE).items():
            first = None
            for body in lines:
                named = {} if first is None else {"part_of_episode": first}
                answer = await caller.submit(
                    f"/v1/subjects/{found.codes[name]}/adverse-events", body | named
                )
                assert answer.status_code == 201, answer.text
                first = first or answer.json()["record_id"]
        yield found


@pytest.fixture(scope="module")
async def coordinator(told: Cohort) -> Caller:
    return await told.deployment.caller("coordinator", "03")


async def emergent(told: Cohort, name: str) -> list[bool]:
    rows = await told.rows("adverse-events")
    return [event["treatment_emergent"] for event in rows[name]["events"]]


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        pytest.param("RC-31", [True] * 4, id="CRS 2, 3, 4, 2, all after the infusion"),
        pytest.param("RC-32", [False, False], id="grade 3 to day 4, grade 1 from day 5"),
        pytest.param("worse", [False, False, True], id="from the first above the state on"),
        pytest.param("returned", [False, True], id="more than a day after it had ended"),
        pytest.param("unknown", [True], id="onset not known"),
        pytest.param("unknown, ended before", [False], id="onset not known, ended before"),
        pytest.param("to the year", [True], id="onset known to the year of infusion"),
        pytest.param("before", [False], id="CRS dated before the infusion"),
    ],
)
async def test_which_events_are_treatment_emergent(
    told: Cohort, name: str, expected: list[bool]
) -> None:
    assert await emergent(told, name) == expected


async def test_a_chain_is_one_event_of_its_highest_grade_from_its_first_onset(
    told: Cohort,
) -> None:
    events = (await told.rows("adverse-events"))["RC-31"]["events"]
    assert [event["event"] for event in events] == [events[0]["record"]] * 4
    answer = await told.endpoint("adverse-events")
    assert answer["chain_state"] == "at_infusion"
    row = _row(answer, CRS)
    assert row["counts"]["events"] == 3
    assert row["counts"]["grades"]["grade_4"] == 1
    assert answer["syndromes"]["CRS"]["severe_onset_days"]["minimum"] == 5


async def test_days_that_are_not_known_stay_out_of_onset_and_are_counted(told: Cohort) -> None:
    """RC-31 on day 3, one on day 5, and one in the year of infusion."""
    found = (await told.endpoint("adverse-events"))["syndromes"]["CRS"]
    days = found["onset_days"]
    assert (days["n"], days["minimum"], days["maximum"]) == (2, 3, 5)
    assert (found["affected"]["x"], found["onset_imputed"], found["duration_imputed"]) == (3, 1, 1)
    assert found["before_infusion"] == 1


async def test_an_unknown_onset_counts_from_the_infusion_and_says_so(told: Cohort) -> None:
    (event,) = (await told.rows("adverse-events"))["unknown"]["events"]
    assert (event["onset"], event["study_day"], event["onset_imputed"]) == (None, None, "Y")
    assert event["emerged_on"] == INFUSED_ON.isoformat()
    row = _row(await told.endpoint("adverse-events"), "Nausea")
    assert (row["counts"]["subjects"]["x"], row["first_imputed"]) == (1, 1)
    assert (await told.endpoint("adverse-events"))["records_of_unknown_onset"] >= 2


async def test_an_end_that_nobody_says_is_unknown_and_asked_for(
    told: Cohort, coordinator: Caller
) -> None:
    row = _row(await told.endpoint("adverse-events"), "Fatigue")
    assert (row["counts"]["unresolved"], row["counts"]["end_unknown"]) == (0, 1)
    found = await coordinator.get(f"/v1/findings?subject={told.codes['nobody says']}")
    assert "AE-END-UNKNOWN" in {one["rule"] for one in found.json()["items"]}


async def test_icans_without_a_grade_is_in_its_table_and_asked_for(
    told: Cohort, coordinator: Caller
) -> None:
    found = (await told.endpoint("adverse-events"))["syndromes"]["ICANS"]
    assert (found["affected"]["x"], found["grades"]["missing"]) == (2, 1)
    assert found["grades"]["grade_2"] == 1
    findings = await coordinator.get(f"/v1/findings?subject={told.codes['ICANS']}")
    assert "ICANS-UNGRADED" in {one["rule"] for one in findings.json()["items"]}


async def test_a_coded_event_counts_by_its_preferred_term(told: Cohort) -> None:
    answer = await told.endpoint("adverse-events")
    assert _row(answer, f"{OTHER}: MedDRA 10057668")["counts"]["subjects"]["x"] == 1
    assert _row(answer, "Fever")["counts"]["subjects"]["x"] == 1


@pytest.mark.parametrize(
    ("asked", "names"),
    [
        pytest.param("meddra_llt_code=10057668", ["coded"], id="its lowest level term"),
        pytest.param("meddra_pt_code=10057668", ["coded"], id="its preferred term"),
        pytest.param("meddra_pt_code=10000001", [], id="another"),
        pytest.param("term=Fever", ["by code"], id="a term that was sent by its code"),
        pytest.param(
            "onset_unknown=true", ["unknown", "unknown, ended before"], id="of unknown onset"
        ),
        pytest.param(
            "term=Nausea&from=2030-01-01",
            ["unknown", "unknown, ended before"],
            id="of unknown onset, in any range",
        ),
        pytest.param(
            "term=Nausea&to=2020-01", ["unknown", "unknown, ended before"], id="as before it"
        ),
        pytest.param("term=Fatigue&from=2030-01-01", [], id="of a known one, later"),
    ],
)
async def test_a_list_finds_it(
    told: Cohort, coordinator: Caller, asked: str, names: list[str]
) -> None:
    found = (await coordinator.get(f"/v1/adverse-events?{asked}")).json()["items"]
    assert {one["subject"] for one in found} == {told.codes[name] for name in names}
    assert len(found) == len(names)


async def test_a_code_is_given_back_as_it_was_sent(told: Cohort, coordinator: Caller) -> None:
    found = await coordinator.get("/v1/adverse-events?meddra_pt_code=10057668")
    assert found.json()["items"][0]["meddra"] == {
        "version": "27.1",
        "llt_code": "10057668",
        "llt_name": None,
        "pt_code": "10057668",
    }


async def test_icaht_is_in_the_answer_and_in_the_summary(told: Cohort) -> None:
    answer = await told.endpoint("adverse-events")
    found = answer["icaht"]
    assert found["n"] == answer["n"] == len(told.codes)
    assert (found["early"]["grades"]["3"], found["late"]["grades"]["2"]) == (1, 1)
    assert found["early"]["not_graded"]["no_counts"] == found["n"] - 1
    assert found["early"]["coverage"]["n"] == 1
    row = (await told.rows("adverse-events"))["low"]["icaht"]
    assert (row["early"]["grade"], row["early"]["measured_days"]) == (3, 30)
    summary = await told.endpoint("summary")
    assert summary["endpoints"]["adverse-events"]["icaht"] == found


@pytest.mark.parametrize(
    ("kind", "body", "pointer", "code"),
    [
        pytest.param(
            "adverse-events",
            {"term": "Fever", "grade": 1, "onset": None},
            "/onset",
            "onset_missing",
            id="no onset, and not said to be unknown",
        ),
        pytest.param(
            "adverse-events",
            {"term": "Fever", "grade": 1, "onset": "2024-03-05", "onset_unknown": True},
            "/onset_unknown",
            "onset_beside_unknown",
            id="an onset that is unknown",
        ),
        pytest.param(
            "adverse-events",
            {"term": "10099999", "grade": 1, "onset": "2024-03-05"},
            "/term",
            "unknown_term",
            id="a code that CTCAE does not print",
        ),
        pytest.param(
            "therapies",
            {"therapy_kind": "new_anti_myeloma", "start": None, "start_unknown": True},
            "/start",
            "month_missing",
            id="new therapy without its month",
        ),
        pytest.param(
            "therapies",
            {
                "therapy_kind": "radiotherapy",
                "radiotherapy_target": "progressing",
                "start_unknown": True,
            },
            "/start",
            "month_missing",
            id="a progressing lesion irradiated, nobody knows when",
        ),
        pytest.param(
            "therapies",
            {"therapy_kind": "corticosteroid"},
            "/start",
            "start_missing",
            id="a concomitant therapy without a start",
        ),
    ],
)
async def test_it_is_refused_with_its_place(
    told: Cohort, coordinator: Caller, kind: str, body: dict[str, Any], pointer: str, code: str
) -> None:
    answer = await coordinator.submit(f"/v1/subjects/{told.codes['died']}/{kind}", body)
    assert answer.status_code == 422
    assert [(one["pointer"], one["code"]) for one in answer.json()["errors"]] == [(pointer, code)]


async def test_a_concomitant_therapy_of_unknown_start_is_stored_and_read(
    told: Cohort, coordinator: Caller
) -> None:
    code = told.codes["died"]
    for body in (
        {"therapy_kind": "corticosteroid", "start": None, "start_unknown": True},
        {"therapy_kind": "g_csf", "start_unknown": True, "end": on(9)},
        {"therapy_kind": "ivig", "start_unknown": True, "ongoing": True},
    ):
        answer = await coordinator.submit(f"/v1/subjects/{code}/therapies", body)
        assert answer.status_code == 201, answer.text
        assert answer.json()["start"] is None
    for endpoint in ("adverse-events", "lab-abnormalities", "car-kinetics", "pharmacodynamics"):
        assert (await told.endpoint(endpoint, rows="true"))["n"] == len(told.codes)
    assert (await told.rows("progression-free-survival"))["died"]["AVAL"] == 61
    listed = await coordinator.get("/v1/therapies?start_unknown=true&to=2024-01")
    assert len(listed.json()["items"]) == 3
    assert (await coordinator.get(f"/v1/findings?subject={code}")).status_code == 200


async def test_an_event_first_recorded_before_the_infusion_began_before_it(
    told: Cohort, coordinator: Caller
) -> None:
    """Two of unknown onset: one sent, infused a moment later, and amended; one sent after."""
    today = datetime.now(SHANGHAI).date()
    await told.tell(subject("infused today", infused_on=today, infused=False))
    place = f"/v1/subjects/{told.codes['infused today']}"
    nausea = line("Nausea", 2, None)
    before = await coordinator.submit(f"{place}/adverse-events", nausea)
    infusion = {"infusion_kind": "planned", "infused_at": datetime.now(SHANGHAI).isoformat()}
    assert (await coordinator.submit(f"{place}/infusions", infusion)).status_code == 201
    amended = {**nausea, "grade": 3, "reason": "Graded anew."}
    address = f"{place}/adverse-events/{before.json()['record_id']}"
    assert (await coordinator.amend(address, amended, 1)).status_code == 200
    await coordinator.submit(f"{place}/adverse-events", line("Fever", 1, None))
    events = (await told.rows("adverse-events"))["infused today"]["events"]
    assert {event["term"]: event["treatment_emergent"] for event in events} == {
        "Nausea": False,
        "Fever": True,
    }


@pytest.mark.parametrize(
    ("name", "since"),
    [
        pytest.param("RC-31", ["2"], id="a chain once"),
        pytest.param("returned", ["-12", "6"], id="what returned twice"),
        pytest.param("unknown", ["0"], id="an unknown onset from the infusion"),
        pytest.param("unknown, ended before", ["-1"], id="one that had ended, at its end"),
    ],
)
async def test_its_timeline_is_drawn(
    told: Cohort, coordinator: Caller, name: str, since: list[str]
) -> None:
    answer = await coordinator.get(
        f"/v1/charts/subject-timeline?subject={told.codes[name]}", Accept="text/csv"
    )
    assert answer.status_code == 200, answer.text
    rows = csv.DictReader(io.StringIO(answer.text))
    drawn = [row["since_day"] for row in rows if row["lane"] == "adverse event"]
    assert drawn == since


def _row(answer: Mapping[str, Any], term: str) -> dict[str, Any]:
    rows: list[dict[str, Any]] = answer["tables"]["treatment_emergent"]["rows"]
    return next(row for row in rows if row["term"] == term)
