"""Cases in words of linked events, impossible dates, lymphodepletion, laboratory units, cut-off.

Each has every fact that its words have, and no other.
Source of the cases: ``tests/endpoints/data/README.md``.
"""

import json
from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any, Final

import pytest

from app.embedded_postgres import EmbeddedPostgres
from tests.deployment import Deployment
from tests.endpoints import test_changed_rules_of_response as of_response
from tests.endpoints.cohort import Cohort, cohort
from tests.subjects import told as bodies
from tests.subjects.evaluation_parts import components
from tests.subjects.told import (
    INFUSED_ON,
    Day,
    Record,
    assessment,
    dated_on,
    day,
    infusion,
    preparation,
    subject,
)

CASES: Final[list[dict[str, Any]]] = json.loads(
    (Path(__file__).parent / "data" / "changed_rules_cases.json").read_text(encoding="utf-8")
)
ON_NO_SUBJECT: Final = {"RC-37"}


def lab(on: Day, analyte: str, value: str, unit: str, **limits: str) -> Record:
    more = {"reference_range": limits} if limits else {}
    return bodies.lab(dated_on(on), analyte, value, unit, **more)


def prepared(*doses: Day) -> Record:
    """A preparation with fludarabine on some days."""
    return preparation(-60, doses)


def serum(on: Day, g_dl: float) -> Record:
    return assessment(on, **components(g_dl, 0, "+-"))


def event(term: str, grade: int, onset: Day, end: Day | None = None, **more: Any) -> dict[str, Any]:
    """An adverse event, its days counted from the infusion."""
    told = {"term": term, "grade": grade, "serious": False, "onset": written(onset), **more}
    return told | ({} if end is None else {"end": written(end)})


def written(on: Day) -> str:
    return str(on) if isinstance(on, date) else day(INFUSED_ON, on)


def crs(grade: int, onset: int, end: int) -> dict[str, Any]:
    scale = {"scale": "ASTCT_CRS", "grade": grade}
    return event("Cytokine release syndrome", grade, onset, end, aesi_kind="CRS", astct=scale)


SUBJECTS: Final = (
    subject("RC-31", centre="31"),
    subject("RC-32", centre="32"),
    subject(
        "RC-34",
        Record(
            "adverse-events",
            event(
                "Sepsis",
                4,
                18,
                date(2062, 4, 5),
                serious=True,
                seriousness_criteria=["life_threatening"],
            ),
        ),
        centre="34",
    ),
    subject("RC-35", centre="35", consent=None),
    subject(
        "RC-40",
        prepared(-5, -4, -3),
        infusion(),
        serum(-10, 4.0),
        serum(-4, 1.5),
        serum(28, 1.9),
        prepared=False,
        infused=False,
    ),
    subject(
        "RC-41",
        prepared(-51, -50, -49, -5, -4, -3),
        infusion(),
        serum(date(2024, 1, 5), 1.2),
        serum(date(2024, 2, 20), 4.0),
        serum(28, 1.0),
        prepared=False,
        infused=False,
    ),
    subject("RC-51 90", lab(7, "GLUC", "90", "mg/dL")),
    subject("RC-51 520", lab(7, "GLUC", "520", "mg/dL")),
    subject("RC-51 39", lab(7, "GLUC", "39", "mg/dL")),
    subject("RC-53", lab(7, "CA_CORR", "2.88", "mmol/L", high="2.6")),
    subject(
        "RC-54",
        lab(-10, "BILI", "60", "umol/L", high="21"),
        lab(7, "BILI", "4.0", "mg/dL", high="1.2"),
    ),
)
LINKED: Final[Mapping[str, tuple[str, Sequence[dict[str, Any]]]]] = {
    "RC-31": ("part_of_episode", [crs(2, 2, 3), crs(3, 4, 4), crs(4, 5, 6), crs(2, 7, 9)]),
    "RC-32": ("part_of_episode", [event("Nausea", 3, -12, 4), event("Nausea", 1, 5, 8)]),
}
"""Lines of one event, each part of the episode that the first began."""


@pytest.fixture(scope="module")
async def told(
    server: EmbeddedPostgres, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Cohort]:
    async with cohort(server, tmp_path_factory.mktemp("changed"), *SUBJECTS) as found:
        for name, (link, lines) in LINKED.items():
            await tell_linked(found, name, link, lines)
        yield found


async def tell_linked(
    told: Cohort, name: str, link: str, lines: Sequence[Mapping[str, Any]]
) -> None:
    """Send the lines of one event, each naming the first."""
    code = told.codes[name]
    coordinator = await told.deployment.caller("coordinator", code[:2])
    first: dict[str, str] = {}
    for line in lines:
        answer = await coordinator.submit(f"/v1/subjects/{code}/adverse-events", {**line, **first})
        assert answer.status_code == 201, answer.text
        first = first or {link: answer.json()["record_id"]}


async def rules_found(told: Cohort, name: str) -> list[str]:
    """Give the rules of the findings about a subject."""
    return await of_response.rules_found(told, name)


def any_event(answer: Mapping[str, Any], window: str) -> dict[str, Any]:
    """Give the first row of a table of adverse events: of any term."""
    first: dict[str, Any] = answer["tables"][window]["rows"][0]
    assert first["level"] == "any"
    counts: dict[str, Any] = first["counts"]
    return counts


async def test_rc_31_lines_of_one_event_count_once_with_their_highest_grade(told: Cohort) -> None:
    answer = await told.endpoint("adverse-events", centre="31")
    found = any_event(answer, "treatment_emergent")
    assert (found["subjects"]["x"], found["events"], found["grades"]["grade_4"]) == (1, 1, 1)
    syndrome = answer["syndromes"]["CRS"]
    assert (syndrome["onset_days"]["median"], syndrome["grades"]["grade_4"]) == (3, 1)


async def test_rc_32_what_was_worse_before_the_infusion_is_not_emergent(told: Cohort) -> None:
    answer = await told.endpoint("adverse-events", centre="32", rows="true")
    [row] = answer["rows"]
    assert [one["treatment_emergent"] for one in row["events"]] == [False, False]
    found = any_event(answer, "treatment_emergent")
    assert (found["subjects"]["x"], found["events"]) == (0, 0)


async def test_rc_34_an_end_that_nobody_can_have_seen_leaves_the_event_in_every_table(
    told: Cohort,
) -> None:
    answer = await told.endpoint("adverse-events", centre="34", rows="true")
    for window in ("treatment_emergent", "primary", "to_horizon"):
        found = any_event(answer, window)
        assert (found["grades"]["grade_4"], found["serious"]["x"]) == (1, 1)
    [row] = answer["rows"]
    [one] = row["events"]
    assert (one["onset"], one["grade"], one["end"]) == ("2024-03-19", 4, None)
    alive = (await told.rows("overall-survival"))["RC-34"]
    assert alive["ADT"] <= "2024-03-19"
    assert "DATE-IN-FUTURE" in await rules_found(told, "RC-34")


async def test_rc_35_nobody_treated_leaves_an_endpoint_for_want_of_a_consent(told: Cohort) -> None:
    assert "NO-CONSENT" in await rules_found(told, "RC-35")
    summary = await told.endpoint("summary", centre="35")
    counted = {
        name: one["n"] for name, one in summary["endpoints"].items() if name not in RESPONDERS
    }
    assert set(counted.values()) == {1}, counted


RESPONDERS: Final = {"duration-of-response", "duration-of-complete-response", "time-to-response"}
"""Endpoints of those who responded; the subject was never evaluated."""


async def test_rc_40_the_days_of_one_lymphodepletion_are_one_course(told: Cohort) -> None:
    answer = await told.response("RC-40")
    assert set(answer["baseline"]["collected"].values()) == {day(INFUSED_ON, -10)}
    assert [visit["category"] for visit in answer["visits"]] == ["PR"]
    assert "EARLIER-LYMPHODEPLETION" not in await rules_found(told, "RC-40")


async def test_rc_41_the_lymphodepletion_is_the_course_before_the_infusion(told: Cohort) -> None:
    answer = await told.response("RC-41")
    assert set(answer["baseline"]["collected"].values()) == {"2024-02-20"}
    assert [visit["category"] for visit in answer["visits"]] == ["PR"]
    assert (await rules_found(told, "RC-41")).count("EARLIER-LYMPHODEPLETION") == 1


@pytest.mark.parametrize(
    ("name", "outlying"),
    [
        pytest.param("RC-51 90", [], id="RC-51 90 mg/dL is neither"),
        pytest.param("RC-51 520", ["HIGH"], id="RC-51 520 mg/dL is 28.86 mmol/L"),
        pytest.param("RC-51 39", ["LOW"], id="RC-51 39 mg/dL is 2.16 mmol/L"),
    ],
)
async def test_rc_51_a_limit_of_the_trial_is_restated(
    told: Cohort, name: str, outlying: list[str]
) -> None:
    row = (await told.rows("lab-abnormalities"))[name]
    assert [
        one["direction"] for one in row["abnormalities"] if one["outlier_on"] is not None
    ] == outlying


@pytest.mark.parametrize(
    ("name", "analyte"),
    [
        pytest.param("RC-53", "CA_CORR", id="RC-53 the cut as printed in mmol/L"),
        pytest.param("RC-54", "BILI", id="RC-54 a baseline of 60 umol/L, then 4.0 mg/dL"),
    ],
)
async def test_a_grade_is_the_printed_one(told: Cohort, name: str, analyte: str) -> None:
    row = (await told.rows("lab-abnormalities"))[name]
    [high] = [
        one
        for one in row["abnormalities"]
        if (one["analyte"], one["direction"]) == (analyte, "HIGH")
    ]
    assert (high["worst_grade"], high["worst_range"]) == (1, [])
    [case] = [one for one in SUBJECTS if one.name == name]
    [sent] = [case.dated(one.body) for one in case.records[-1:]]
    coordinator = await told.deployment.caller("coordinator", "03")
    answer = await coordinator.submit(f"/v1/subjects/{told.codes[name]}/lab-results", sent)
    assert answer.status_code == 201
    graded = {one["direction"]: one["grades"] for one in answer.json()["ctcae"]}
    assert graded["HIGH"] == [1]


@pytest.mark.parametrize(
    ("asked_at", "days_later", "status"),
    [
        pytest.param(time(17), 1, 200, id="the next day has come in UTC+14"),
        pytest.param(time(10), 1, 200, id="it has just come there"),
        pytest.param(time(9, 59, 59), 1, 422, id="it has not come anywhere"),
        pytest.param(time(17), 2, 422, id="no day after it has"),
        pytest.param(time(17), 0, 200, id="the same day"),
    ],
)
async def test_rc_37_a_cut_off_is_a_day_that_has_come_somewhere(
    deployment: Deployment, asked_at: time, days_later: int, status: int
) -> None:
    on = datetime.now(UTC).date() - timedelta(days=3)
    analyst = await deployment.caller("sponsor_analyst")
    answer = await analyst.http.get(
        "/v1/endpoints/overall-survival",
        params={
            "as_of": datetime.combine(on, asked_at, UTC).isoformat(),
            "cutoff": str(on + timedelta(days=days_later)),
        },
    )
    assert answer.status_code == status
    if status == 422:
        assert answer.json()["type"] == "/problems/cutoff-after-as-of"


def test_every_case_in_words_is_written_out() -> None:
    written_out = {one.name[:5] for one in (*of_response.SUBJECTS, *SUBJECTS)} | ON_NO_SUBJECT
    assert [case["id"] for case in CASES if case["id"] not in written_out] == []
    assert len(CASES) == 20
