"""A first lymphodepletion that led to no infusion, and a second that did, sent as a centre does.

Source: the trial's protocol, which lymphodepletion.
"""

from collections.abc import AsyncIterator
from datetime import date
from typing import Any

import pytest

from app.embedded_postgres import EmbeddedPostgres
from tests.endpoints.cohort import Cohort, cohort
from tests.subjects.evaluation_parts import components
from tests.subjects.told import Record, assessment, event, infusion, preparation, subject

BASELINES = (
    assessment(-75, **components(2, 0, "+-")),
    assessment(-8, **components(4, 0, "+-")),
)
"""Serum M-protein before the first and before the second lymphodepletion, g/dL."""
AFTER = tuple(assessment(day, **components(1.5, 0, "+-")) for day in (28, 61))


def given_up(*doses: int) -> Record:
    """A preparation that ended without an infusion."""
    return preparation(-100, doses, outcome="other", outcome_note="infusion put off, infection")


SUBJECTS = (
    subject("once", *BASELINES, *AFTER),
    subject(
        "twice",
        given_up(-70, -69),
        *BASELINES,
        *AFTER,
        event("Nausea", -71),
        event("Cough", -70),
        event("Fatigue", -39),
        event("Headache", -38),
        event("Vomiting", -5),
        event("Rash maculo-papular", 0),
        consent={"version": "1", "signed_on": "2023-10-08"},
        enrolled_on="2023-10-13",
    ),
    subject(
        "omitted",
        given_up(-70),
        preparation(lymphodepletion=()),
        infusion(),
        *BASELINES,
        *AFTER,
        prepared=False,
        infused=False,
        consent={"version": "1", "signed_on": "2023-10-08"},
        enrolled_on="2023-10-13",
    ),
)


@pytest.fixture(scope="module")
async def told(
    server: EmbeddedPostgres, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Cohort]:
    async with cohort(server, tmp_path_factory.mktemp("trial"), *SUBJECTS) as found:
        yield found


@pytest.mark.parametrize(
    ("name", "closes"),
    [("once", "2024-02-25"), ("twice", "2024-02-25"), ("omitted", "2024-02-29")],
)
async def test_the_baseline_is_the_last_value_before_the_lymphodepletion_that_counts(
    told: Cohort, name: str, closes: str
) -> None:
    explained = await told.response(name)
    assert explained["baseline"]["latest"] == closes
    assert [one["category"] for one in explained["visits"]] == ["PR", "PR"]


async def test_an_event_belongs_to_the_course_that_it_followed(told: Cohort) -> None:
    report = await told.endpoint("adverse-events", rows="true")
    row = next(one for one in report["rows"] if one["USUBJID"] == told.codes["twice"])
    assert {one["term"]: one["period"] for one in row["events"]} == {
        "Nausea": "apheresis_bridging",
        "Cough": "earlier_lymphodepletion",
        "Fatigue": "earlier_lymphodepletion",
        "Headache": "apheresis_bridging",
        "Vomiting": "lymphodepletion",
        "Rash maculo-papular": "treatment",
    }
    any_event = {window: table["rows"][0] for window, table in report["tables"].items()}
    denominators = {window: table["n"] for window, table in report["tables"].items()}
    assert any_event["earlier_lymphodepletion"]["counts"]["events"] == 2
    assert denominators["earlier_lymphodepletion"] == 2
    assert any_event["lymphodepletion"]["counts"]["events"] == 1
    assert denominators["lymphodepletion"] == 2


async def test_it_says_how_far_each_subject_came(told: Cohort) -> None:
    rows = await told.rows("enrolment")
    row = rows["twice"]
    assert row["lymphodepleted_on"] == row["earlier_lymphodepletion_from"] == "2023-12-22"
    assert row["lymphodepletion_from"] == "2024-02-25"
    row = rows["omitted"]
    assert row["lymphodepletion_from"] is None
    assert "lymphodepleted" in row["populations"]


async def test_a_record_gets_the_baseline_visit_of_the_second(told: Cohort) -> None:
    """On entry as in a later reading: the visit BL hangs on the first dose that counts."""
    place = f"/v1/subjects/{told.codes['twice']}/assessments"
    items = (await told.get(place))["items"]
    days = {item["assessed_on"]: item["visit"] for item in items}
    assert days[str(date(2024, 2, 22))] == "BL"
    assert days[str(date(2023, 12, 17))] != "BL"


async def test_the_notice_names_the_preparation_that_was_given_up(told: Cohort) -> None:
    query: dict[str, Any] = {"subject": told.codes["twice"], "limit": 1000}
    found = (await told.get("/v1/findings", **query))["items"]
    [notice] = [one for one in found if one["rule"] == "EARLIER-LYMPHODEPLETION"]
    assert notice["severity"] == "notice"
    assert not [one for one in found if one["rule"] == "OLD-BASELINE"]
