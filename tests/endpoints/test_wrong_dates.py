"""What a date that cannot be takes out of the figures, and what it leaves in them.

Source: the trial's endpoint definitions, sections 1 and 11.6.
"""

from collections.abc import AsyncIterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from app.embedded_postgres import EmbeddedPostgres
from app.services.derivations.error_effects import KEEPS_OUT
from tests.endpoints.cohort import Cohort, cohort
from tests.subjects import told as bodies
from tests.subjects.evaluation_parts import components
from tests.subjects.told import Record, assessment, contact, dated_on, kinetics, subject

LATE = "2062-04-05"
RESPONDED = (
    assessment(-10, **components(4, 0, "+-")),
    assessment(28, **components(1, 0, "+-")),
    assessment(61, **components(1, 0, "+-")),
)


def event(term: str, onset: Any, **more: Any) -> Record:
    severe = {"grade": 4, "serious": True, "seriousness_criteria": ["life_threatening"]}
    return bodies.event(term, onset, **{**severe, **more})


def albumin(at: Any) -> Record:
    return Record(
        "lab-results", {"analyte": "ALB", "value": "40", "unit": "g/L", "collected_at": at}
    )


SUBJECTS = (
    subject("sound", *RESPONDED, contact(28)),
    subject("albumin", contact(28), albumin(LATE)),
    subject("end of an event", event("Sepsis", dated_on(18), end=LATE)),
    subject("onset of an event", event("Sepsis", LATE), contact(28)),
    subject("evaluation", *RESPONDED, assessment(date(2062, 3, 1), **components(9, 0, "+-"))),
    subject("kinetics", *RESPONDED, kinetics(7, "900", collected_at=f"{LATE}T09:00+08:00")),
    subject("visit", *RESPONDED, Record(
        "visits", {"visit": "M3", "status": "done", "visited_on": LATE})),
    subject("contact", *RESPONDED, Record(
        "follow-ups", {"contacted_on": LATE, "status": "alive"})),
    subject("therapy", *RESPONDED, Record(
        "therapies", {"therapy_kind": "corticosteroid", "start": LATE})),
    subject("therapy end", *RESPONDED, Record(
        "therapies", {"therapy_kind": "corticosteroid", "start": dated_on(5), "end": LATE})),
    subject("dose", *RESPONDED, Record("preparations", {
        "leukapheresis_on": dated_on(-35),
        "lymphodepletion": [
            {"agent": "fludarabine", "given_on": dated_on(-5)},
            {"agent": "fludarabine", "given_on": LATE},
        ]}), prepared=False),
    subject("new therapy", *RESPONDED, Record(
        "therapies", {"therapy_kind": "new_anti_myeloma", "start": LATE})),
    subject("infused", *RESPONDED, event("Sepsis", dated_on(18)), Record(
        "infusions", {"infusion_kind": "planned", "infused_at": f"{LATE}T09:00+08:00"}),
        infused=False),
    subject("died", *RESPONDED, Record(
        "follow-ups", {"contacted_on": dated_on(90), "status": "alive"}), Record(
        "follow-ups", {"contacted_on": LATE, "status": "died", "death_date": LATE})),
    subject("no consent", *RESPONDED, contact(28), consent=None),
)  # fmt: skip
RECORD, ENDPOINT, FATAL = "record", "endpoint", "fatal"
CLASSES = {
    "albumin": RECORD,
    "end of an event": RECORD,
    "onset of an event": RECORD,
    "evaluation": RECORD,
    "kinetics": RECORD,
    "visit": RECORD,
    "contact": RECORD,
    "therapy": RECORD,
    "therapy end": RECORD,
    "dose": RECORD,
    "new therapy": ENDPOINT,
    "infused": FATAL,
    "died": FATAL,
}


@pytest.fixture(scope="module")
async def told(
    server: EmbeddedPostgres, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Cohort]:
    async with cohort(server, tmp_path_factory.mktemp("wrong"), *SUBJECTS) as found:
        yield found


async def errors(told: Cohort) -> dict[str, set[tuple[str, str]]]:
    names = {code: name for name, code in told.codes.items()}
    answer = await told.endpoint("response")
    found: dict[str, set[tuple[str, str]]] = {}
    for one in answer["data_errors"]:
        found.setdefault(names[one["subject"]], set()).add((one["class"], one["finding"]))
    return found


async def test_each_wrong_date_is_listed_with_its_class_and_its_finding(told: Cohort) -> None:
    assert {
        name: {(error_class, "DATE-IN-FUTURE")} for name, error_class in CLASSES.items()
    } == await errors(told)


@pytest.mark.parametrize("name", [*CLASSES, "no consent"])
async def test_each_wrong_date_is_a_finding(told: Cohort, name: str) -> None:
    rule = "NO-CONSENT" if name == "no consent" else "DATE-IN-FUTURE"
    found = await told.get("/v1/findings", subject=told.codes[name], rule=rule)
    assert found["items"], name


@pytest.mark.parametrize("name", [one.name for one in SUBJECTS])
async def test_nobody_leaves_a_denominator(told: Cohort, name: str) -> None:
    for endpoint in ("response", "adverse-events", "lab-abnormalities"):
        answer = await told.endpoint(endpoint)
        assert answer["n"] == len(SUBJECTS), endpoint
    assert name in await told.rows("response")


@pytest.mark.parametrize("name", [one.name for one in SUBJECTS])
async def test_each_class_leaves_the_times_that_it_says(told: Cohort, name: str) -> None:
    error_class = CLASSES.get(name)
    survival = await told.rows("overall-survival")
    progression = await told.rows("progression-free-survival")
    assert (name in survival) is (error_class != FATAL)
    assert (name in progression) is (error_class not in {FATAL, ENDPOINT})


@pytest.mark.parametrize(
    ("name", "days"),
    [
        pytest.param("sound", 62, id="nothing wrong"),
        pytest.param("albumin", 29, id="an albumin of 2062 is no evidence of life"),
        pytest.param("end of an event", 19, id="its onset is the last evidence"),
        pytest.param("onset of an event", 29, id="an onset of 2062 is none"),
        pytest.param("evaluation", 62, id="an evaluation of 2062 is none"),
        pytest.param("kinetics", 62, id="a sample of 2062 is none"),
        pytest.param("visit", 62, id="a visit of 2062 is none"),
        pytest.param("contact", 62, id="a contact of 2062 is none"),
        pytest.param("therapy", 62, id="a therapy of 2062 is none"),
        pytest.param("dose", 62, id="a dose of 2062 is none"),
        pytest.param("new therapy", 62, id="nor is new therapy"),
        pytest.param("no consent", 62, id="a breach takes nobody out"),
    ],
)
async def test_survival_rests_on_what_can_have_been_observed(
    told: Cohort, name: str, days: int
) -> None:
    row = (await told.rows("overall-survival"))[name]
    assert (row["AVAL"], row["CNSR"] > 0) == (days, True)


@pytest.mark.parametrize("name", ["end of an event", "onset of an event", "infused"])
async def test_a_serious_event_is_never_lost_over_a_date(told: Cohort, name: str) -> None:
    [found] = (await told.rows("adverse-events"))[name]["events"]
    assert found["treatment_emergent"] is True
    assert (found["grade"], found["serious"], found["end"]) == (4, True, None)


async def test_what_was_set_aside_is_counted_beside_the_figure(told: Cohort) -> None:
    aside = [name for name, error_class in CLASSES.items() if error_class == RECORD]
    for endpoint in ("overall-survival", "lab-abnormalities", "car-kinetics"):
        answer = await told.endpoint(endpoint)
        assert answer["set_aside"] == {
            "n_records": len(aside),
            "n_subjects": len(aside),
            "by_rule": {"date_in_future": len(aside)},
        }


async def test_without_a_cutoff_the_data_end_on_the_day_of_as_of(told: Cohort) -> None:
    answer = await told.endpoint("overall-survival")
    today = datetime.now(UTC).astimezone(tz=None)
    assert answer["cutoff"] is None
    known = datetime.fromisoformat(answer["data_cutoff"]).date()
    assert abs((known - today.date()).days) <= 1


def furthest_east() -> Any:
    return (datetime.now(UTC) + timedelta(hours=14)).date()


@pytest.mark.parametrize(
    "address",
    [
        "/v1/endpoints/overall-survival",
        "/v1/endpoints/summary",
        "/v1/status-board",
        "/v1/discrepancies",
        "/v1/charts/kaplan-meier?endpoint=overall-survival",
        "/v1/reports/trial",
    ],
)
async def test_a_cutoff_that_has_not_come_anywhere_is_refused(told: Cohort, address: str) -> None:
    joined = "&" if "?" in address else "?"
    day = furthest_east() + timedelta(1)
    answer = await told.reader.get(f"{address}{joined}cutoff={day}")
    assert answer.status_code == 422, answer.text
    assert answer.json()["type"] == "/problems/cutoff-after-as-of"
    held = await told.reader.get(f"{address}{joined}cutoff={day}", **{"If-None-Match": '"none"'})
    assert held.status_code == 422


async def test_a_cutoff_on_the_latest_date_of_the_world_is_taken(told: Cohort) -> None:
    day = furthest_east()
    answer = await told.endpoint("overall-survival", cutoff=str(day))
    assert answer["data_cutoff"] == str(day)
    again = await told.endpoint("overall-survival", cutoff=str(day), as_of=answer["as_of"])
    assert again["data_cutoff"] == str(day)


async def test_a_cutoff_is_held_against_the_moment_asked_about(told: Cohort) -> None:
    moment = datetime.now(UTC) - timedelta(days=3)
    latest = (moment + timedelta(hours=14)).date()
    asked = {"as_of": moment.isoformat(), "cutoff": str(latest + timedelta(1))}
    refused = await told.reader.http.get("/v1/endpoints/overall-survival", params=asked)
    assert (refused.status_code, refused.json()["latest"]) == (422, str(latest))
    answer = await told.endpoint("overall-survival", as_of=asked["as_of"], cutoff=str(latest))
    assert answer["data_cutoff"] == str(latest)


def test_a_breach_keeps_nobody_out() -> None:
    assert KEEPS_OUT["NO-CONSENT"] == ()
