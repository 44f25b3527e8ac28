"""Subjects whose records contradict each other: never a failure, always listed, in N as NE.

Source: the trial's endpoint definitions, integrity errors and classes of data errors.
"""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from app.embedded_postgres import EmbeddedPostgres
from app.services.reports.catalogue import REPORTS, SUMMARY
from tests.endpoints.cohort import Cohort, cohort
from tests.endpoints.drawn_subjects import cytokine_release
from tests.subjects.evaluation_parts import components
from tests.subjects.told import (
    Record,
    Subject,
    assessment,
    contact,
    dated_on,
    death,
    event,
    infusion,
    kinetics,
    lab,
    new_therapy,
    preparation,
    subject,
    timed_on,
    visit,
)

NAMES = (*REPORTS, SUMMARY)
WITHOUT_RESPONSES = {"enrolment", "adverse-events", "lab-abnormalities"}
"""Endpoints that ask for no source of responses: they look at none."""
BASELINE = assessment(-10, **components(4, 0, "+-"))
RESPONDED = (
    BASELINE,
    assessment(28, **components(1, 0, "+-")),
    assessment(61, **components(1, 0, "+-")),
)
FATAL, ENDPOINT, RECORD = "fatal", "endpoint", "record"


def steroid(start: int, end: int) -> Record:
    return Record(
        "therapies",
        {"therapy_kind": "corticosteroid", "start": dated_on(start), "end": dated_on(end)},
    )


def nausea(onset: int, end: int) -> Record:
    return event("Nausea", onset, grade=1, end=dated_on(end))


def cytokine(day: int, value: str) -> Record:
    return lab(day, "IL6", value, "pg/mL")


def platelets(day: int) -> Record:
    return lab(day, "PLT", "80", "10*9/L")


CONTRADICTORY: tuple[tuple[Subject, str, str], ...] = (
    (subject("death before infusion", *RESPONDED[:1], death(-2)), FATAL, "death_before_origin"),
    (
        subject("evaluation after death", *RESPONDED, death(50)),
        RECORD,
        "evaluation_after_death",
    ),
    (
        subject("contact after death", *RESPONDED, death(70), contact(90)),
        FATAL,
        "contact_after_death",
    ),
    (
        subject("visit after death", *RESPONDED, death(70), visit("M3", 91)),
        FATAL,
        "contact_after_death",
    ),
    (
        subject("new therapy after death", *RESPONDED, death(70), new_therapy(80)),
        RECORD,
        "new_therapy_after_death",
    ),
    (
        subject(
            "second infusion after death",
            *RESPONDED,
            death(70),
            infusion(75, infusion_kind="unplanned_repeat"),
        ),
        FATAL,
        "infusion_after_death",
    ),
    (
        subject(
            "infusion missing",
            preparation(),
            *RESPONDED,
            visit("M1", 28),
            prepared=False,
            infused=False,
        ),
        FATAL,
        "infusion_missing",
    ),
    (
        subject(
            "infusion missing, sampled",
            preparation(),
            kinetics(14, "900", nominal_day=14),
            prepared=False,
            infused=False,
        ),
        FATAL,
        "infusion_missing",
    ),
    (
        subject("new therapy before infusion", *RESPONDED, new_therapy(-3)),
        ENDPOINT,
        "new_therapy_before_infusion",
    ),
    (
        subject("therapy after death", *RESPONDED, death(70), steroid(60, 75)),
        RECORD,
        "therapy_after_death",
    ),
    (
        subject("event after death", *RESPONDED, death(70), nausea(72, 74)),
        RECORD,
        "adverse_event_after_death",
    ),
    (
        subject("sample after death", *RESPONDED, death(70), platelets(75)),
        RECORD,
        "sample_after_death",
    ),
)
SOUND = (
    subject("sound", *RESPONDED, contact(90)),
    subject("sound, died", *RESPONDED, death(70)),
)
MOST, LEAST = "9" * 30, f"0.{'0' * 28}1"
"""The largest and the smallest number that a record can hold."""
ODD = (
    subject(
        "numbers of thirty digits",
        assessment(-10, **components(MOST, MOST, "+-", kappa=MOST, lambda_=LEAST)),
        assessment(28, **components(LEAST, LEAST, "+-", kappa=LEAST, lambda_=MOST)),
        assessment(61, **components(MOST, 0, "+-", lesions={"a": (MOST, MOST)})),
        *(kinetics(day, value, lloq=LEAST) for day, value in ((1, LEAST), (7, MOST), (28, LEAST))),
        *(kinetics(day, LEAST, lloq=LEAST) for day in (35, 42, 49)),
        *(cytokine(day, value) for day, value in ((-3, LEAST), (1, MOST), (7, LEAST))),
    ),
    subject("the same the other way round", kinetics(7, LEAST, lloq=LEAST), cytokine(1, "0")),
    subject(
        "fixation negative and positive",
        *RESPONDED,
        assessment(91, **components(0, 0, "--", marrow=1)),
        assessment(91, **components(0, 0, "+-", marrow=30)),
    ),
    subject("spike without a band", BASELINE, assessment(28, **components(1, 0, "--", marrow=1))),
    subject("nothing but an infusion"),
    subject("nothing at all", prepared=False, infused=False),
    subject("infused without preparation", *RESPONDED, prepared=False),
    subject("dead on the day of the infusion", death(0)),
    subject("two deaths", *RESPONDED, death(70), death(80, "myeloma")),
    subject("infused twice the same day", *RESPONDED, infusion(0, part=2)),
    subject(
        "lymphodepletion after the infusion", preparation(-35, (3,)), *RESPONDED, prepared=False
    ),
    subject("leukapheresis after the infusion", preparation(5, (6,)), *RESPONDED, prepared=False),
    subject("evaluated on the day of the infusion alone", assessment(0, **components(4, 0, "+-"))),
    subject("no baseline", *RESPONDED[1:]),
    subject("CRS before the infusion", *RESPONDED, cytokine_release(-9, 2)),
    subject("sampled before the infusion alone", kinetics(-3, "70")),
    subject("sampled twice at once", kinetics(7, "70"), kinetics(7, "900")),
    subject(
        "never measured",
        *RESPONDED,
        Record(
            "kinetics",
            {
                "matrix": "PB",
                "method": "qpcr",
                "unit": "{copies}/ug",
                "quantification": "not_detected",
                "lloq": "50",
                "collected_at": timed_on(7),
            },
        ),
    ),
    subject(
        "diameters of nothing",
        BASELINE,
        assessment(28, **components(1, 0, "+-", lesions={"a": (None, None)})),
    ),
    subject(
        "no unit of time",
        *RESPONDED,
        Record(
            "follow-ups",
            {
                "contacted_on": dated_on(200),
                "status": "died",
                "death_date": "2024",
            },
        ),
    ),
    subject(
        "lost before the infusion",
        *RESPONDED,
        Record(
            "follow-ups",
            {
                "contacted_on": dated_on(90),
                "status": "lost",
                "last_contact_on": dated_on(-20),
            },
        ),
    ),
    subject(
        "therapy of a month",
        *RESPONDED,
        Record(
            "therapies",
            {
                "therapy_kind": "new_anti_myeloma",
                "start": "2024-03",
            },
        ),
    ),
)


@pytest.fixture(scope="module")
async def told(
    server: EmbeddedPostgres, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Cohort]:
    everybody = [*(one for one, _, _ in CONTRADICTORY), *SOUND, *ODD]
    async with cohort(server, tmp_path_factory.mktemp("odd"), *everybody) as found:
        yield found


def ids(value: Any) -> str | None:
    return value.name if isinstance(value, Subject) else None


@pytest.mark.parametrize(
    "query",
    [
        "",
        "rows=true",
        "population=enrolled",
        "cutoff=2024-04-01",
        "population=enrolled&rows=true",
        "response_source=investigator",
        "cutoff=2023-01-01",
    ],
)
@pytest.mark.parametrize("name", NAMES)
async def test_it_answers(told: Cohort, name: str, query: str) -> None:
    answer = await told.reader.get(f"/v1/endpoints/{name}?{query}")
    asks_in_vain = query.startswith("response_source") and name in WITHOUT_RESPONSES
    assert answer.status_code == (400 if asks_in_vain else 200), answer.text


async def test_it_explains_everybody(told: Cohort) -> None:
    for code in told.codes.values():
        answer = await told.reader.get(f"/v1/subjects/{code}/response")
        assert answer.status_code == 200, answer.text
    assert (await told.reader.get("/v1/discrepancies")).status_code == 200


@pytest.mark.parametrize(("one", "error_class", "rule"), CONTRADICTORY, ids=ids)
async def test_it_lists_the_contradiction_with_its_class(
    told: Cohort, one: Subject, error_class: str, rule: str
) -> None:
    code = told.codes[one.name]
    for name in ("overall-survival", "response"):
        answer = await told.endpoint(name, population="enrolled")
        errors = [error for error in answer["data_errors"] if error["subject"] == code]
        assert {(error["class"], error["rule"]) for error in errors} == {(error_class, rule)}
        assert all(error["records"] for error in errors)


async def test_nobody_else_is_listed(told: Cohort) -> None:
    answer = await told.endpoint("response", population="enrolled")
    assert {error["subject"] for error in answer["data_errors"]} == {
        told.codes[one.name] for one, _, _ in CONTRADICTORY
    }
    assert answer["n_data_errors"] == len(CONTRADICTORY)


@pytest.mark.parametrize(("one", "error_class", "rule"), CONTRADICTORY, ids=ids)
async def test_it_stays_in_the_rates_as_not_evaluable_and_leaves_the_estimates_of_its_class(
    told: Cohort, one: Subject, error_class: str, rule: str
) -> None:
    del rule
    enrolled = {"population": "enrolled"}
    response = await told.rows("response", **enrolled)
    row = response[one.name]
    assert row["data_error"] is (error_class != RECORD)
    assert (row["best_response"] == "NE") is (error_class != RECORD)
    survival = await told.rows("overall-survival", **enrolled)
    progression = await told.rows("progression-free-survival", **enrolled)
    assert (one.name in survival) is (error_class != FATAL)
    assert (one.name in progression) is (error_class == RECORD)


async def test_the_rates_count_everybody_and_the_estimates_say_whom_they_leave_out(
    told: Cohort,
) -> None:
    response = await told.endpoint("response")
    infused = [
        one
        for one in (*(one for one, _, _ in CONTRADICTORY), *SOUND, *ODD)
        if any(record.kind == "infusions" for record in one.records)
    ]
    assert response["N"] == response["n"] == len(infused)
    assert sum(rate["x"] for rate in response["categories"].values()) == len(infused)
    fatal = [one for one, found, _ in CONTRADICTORY if found == FATAL and one in infused]
    survival = await told.endpoint("overall-survival")
    assert survival["n_excluded_by_data_error"] == len(fatal)
    assert survival["n"] == survival["n_population"] - len(fatal)
    progression = await told.endpoint("progression-free-survival")
    assert progression["n_excluded_by_data_error"] == len(fatal) + 1


async def test_no_time_is_below_one_day(told: Cohort) -> None:
    for name in NAMES:
        if name.endswith(("survival", "response", "treatment")) and name != "response":
            rows = await told.rows(name)
            assert all(row["AVAL"] >= 1 for row in rows.values()), name


async def test_the_worse_of_two_evaluations_of_a_day_stands(told: Cohort) -> None:
    answer = await told.response("fixation negative and positive")
    last = answer["visits"][-1]
    assert last["category"] == "VGPR"
    assert len(last["records"]) == 2
    assert "conflicting_records" in last["flags"]


async def test_a_spike_without_a_band_is_no_complete_response(told: Cohort) -> None:
    [visit] = (await told.response("spike without a band"))["visits"]
    assert visit["category"] == "PR"
