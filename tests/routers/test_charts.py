"""The pictures over HTTP: which form, whose data, how they refuse, and what draws them."""

from __future__ import annotations

import asyncio
import csv
import io
import os
import re
import signal
from collections.abc import AsyncIterator
from datetime import date
from pathlib import Path
from random import Random

import httpx
import pytest

from app.charts.named_charts import CHARTS
from app.embedded_postgres import EmbeddedPostgres
from app.services.drawing.forms import Form
from tests.deployment import Caller, Deployment, clone_of_template
from tests.endpoints.cohort import Cohort, cohort
from tests.endpoints.drawn_subjects import CANARY, drawn_subject

OWN, OTHER = "03", "05"
SUBJECTS = 4
OF_A_SUBJECT = {"lab-series", "subject-timeline", "subject-markers"}
OF_MANY = [name for name in CHARTS if name not in OF_A_SUBJECT]
SIGNATURES = {
    Form.SVG: b"<svg ",
    Form.PNG: b"\x89PNG\r\n",
    Form.PDF: b"%PDF-",
    Form.VEGA_LITE: b"{",
    Form.CSV: b"",
}


@pytest.fixture(scope="module")
async def told(
    server: EmbeddedPostgres, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Cohort]:
    subjects = [
        drawn_subject(Random(f"{centre} {number}"), f"{centre}/{number}", centre, date(2024, 3, 1))
        for centre in (OWN, OTHER)
        for number in range(SUBJECTS)
    ]
    async with cohort(server, tmp_path_factory.mktemp("charts"), *subjects) as found:
        yield found


@pytest.fixture(scope="module")
async def summary_reader(told: Cohort) -> Caller:
    return await told.deployment.caller("summary_reader")


def address(told: Cohort, name: str, query: str = "", centre: str = OWN) -> str:
    """A picture of everybody, or of one subject of a centre."""
    parts = [query] if query else []
    if name in OF_A_SUBJECT:
        parts.append(f"subject={told.codes[f'{centre}/0']}")
    if name == "lab-series":
        parts.append("analyte=IL6")
    return f"/v1/charts/{name}?{'&'.join(parts)}"


def named(told: Cohort, answer: httpx.Response) -> set[str]:
    return {code for code in told.codes.values() if code.encode() in answer.content}


DRAWN_AGAIN = [("kaplan-meier", Form.PNG), ("kaplan-meier", Form.PDF), ("swimmer", Form.PDF)]
"""A PNG and a PDF are made of the SVG, whatever it shows."""


@pytest.mark.parametrize(
    ("name", "form"),
    [(name, form) for name in CHARTS for form in (Form.SVG, Form.VEGA_LITE, Form.CSV)]
    + DRAWN_AGAIN,
)
async def test_it_gives_each_picture_in_each_form(told: Cohort, name: str, form: Form) -> None:
    first = await told.reader.get(address(told, name), Accept=form.value)
    assert first.status_code == 200, first.text
    assert first.headers["content-type"].partition(";")[0] == form.value
    assert first.content.startswith(SIGNATURES[form])
    assert first.headers["vary"].partition(", ")[0] == "Accept"
    assert first.headers["cache-control"] == "private, no-cache"
    again = await told.reader.get(address(told, name), Accept=form.value)
    assert again.content == first.content
    held = await told.reader.get(
        address(told, name), Accept=form.value, **{"If-None-Match": first.headers["etag"]}
    )
    assert (held.status_code, held.content) == (304, b"")
    assert held.headers["etag"] == first.headers["etag"]
    assert held.headers["vary"].partition(", ")[0] == "Accept"


async def test_each_form_has_an_identity_of_its_own(told: Cohort) -> None:
    answers = [
        await told.reader.get("/v1/charts/kaplan-meier", Accept=form.value)
        for form in (Form.SVG, Form.PNG, Form.CSV)
    ]
    tags = {answer.headers["etag"] for answer in answers}
    assert len(tags) == 3
    for other in tags - {answers[0].headers["etag"]}:
        fresh = await told.reader.get("/v1/charts/kaplan-meier", **{"If-None-Match": other})
        assert fresh.status_code == 200


@pytest.mark.parametrize(
    ("accept", "form"),
    [
        pytest.param("*/*", Form.SVG, id="anything"),
        pytest.param("", Form.SVG, id="nothing said"),
        pytest.param("image/*", Form.SVG, id="a picture"),
        pytest.param("IMAGE/PNG", Form.PNG, id="in capitals"),
        pytest.param("image/png;q=0.5, text/csv;q=0.9", Form.CSV, id="the heavier"),
        pytest.param("image/svg+xml;q=0, image/*", Form.PNG, id="not what weighs nothing"),
        pytest.param("text/html, */*;q=0.1", Form.SVG, id="a browser"),
        pytest.param("*/*;q=0.1, text/*;q=0.2", Form.CSV, id="the more specific range"),
        pytest.param("text/csv; header=present", Form.CSV, id="with a parameter"),
        pytest.param("application/problem+json", Form.SVG, id="the form of refusals alone"),
    ],
)
async def test_it_takes_the_form_that_the_caller_would_rather_have(
    told: Cohort, accept: str, form: Form
) -> None:
    answer = await told.reader.get("/v1/charts/kaplan-meier", Accept=accept)
    assert answer.headers["content-type"].partition(";")[0] == form.value


@pytest.mark.parametrize("accept", ["text/html", "image/webp", "*/*;q=0", "image/png;q=crimson"])
async def test_it_refuses_a_form_that_it_does_not_have(told: Cohort, accept: str) -> None:
    answer = await told.reader.get("/v1/charts/kaplan-meier", Accept=accept)
    assert (answer.status_code, answer.json()["type"]) == (406, "/problems/not-acceptable")
    assert answer.json()["allowed"] == [form.value for form in Form]
    assert "crimson" not in answer.text


async def test_there_is_no_picture_of_another_name(told: Cohort) -> None:
    answer = await told.reader.get("/v1/charts/pie")
    assert (answer.status_code, answer.json()["type"]) == (404, "/problems/not-found")


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("colour=crimson", 400),
        ("cutoff=2024-02-30", 400),
        ("as_of=crimson", 400),
        ("as_of=999999999999999999", 422),
    ],
)
@pytest.mark.parametrize("name", list(CHARTS))
async def test_it_refuses_what_it_cannot_be_asked(
    told: Cohort, name: str, query: str, status: int
) -> None:
    answer = await told.reader.get(address(told, name, query))
    assert answer.status_code == status, answer.text
    assert "crimson" not in answer.text


async def test_a_definition_belongs_to_its_endpoint(told: Cohort) -> None:
    known = "endpoint=progression-free-survival&variant=EMA"
    assert (await told.reader.get(f"/v1/charts/kaplan-meier?{known}")).status_code == 200
    other = "endpoint=overall-survival&variant=EMA"
    refused = await told.reader.get(f"/v1/charts/kaplan-meier?{other}")
    assert (refused.status_code, refused.json()["type"]) == (400, "/problems/invalid-parameter")


async def test_the_data_of_a_curve_are_those_of_its_endpoint(told: Cohort) -> None:
    query = "cutoff=2026-01-01&centre=03"
    report = (await told.reader.get(f"/v1/endpoints/overall-survival?{query}")).json()
    answer = await told.reader.get(f"/v1/charts/kaplan-meier?{query}", Accept="text/csv")
    rows = list(csv.DictReader(io.StringIO(answer.text)))
    assert [float(row["days"]) for row in rows[1:]] == [step["time"] for step in report["curve"]]
    assert [int(row["n_risk"]) for row in rows[1:]] == [step["n_risk"] for step in report["curve"]]
    svg = (await told.reader.get(f"/v1/charts/kaplan-meier?{query}")).text
    assert "clinical cut-off 2026-01-01" in svg
    assert f"n = {report['n']}" in svg


async def test_a_picture_of_nobody_says_so(told: Cohort) -> None:
    for name in CHARTS:
        answer = await told.reader.get(address(told, name, "cutoff=1999-12-31"))
        assert answer.status_code == 200, (name, answer.text)
        assert re.search(r"No [a-z ]+ as of this data cut", answer.text), name
        data = await told.reader.get(address(told, name, "cutoff=1999-12-31"), Accept="text/csv")
        assert data.status_code == 200, (name, data.text)


@pytest.mark.parametrize("form", list(Form))
async def test_a_summary_reader_sees_no_subject_in_any_form(
    told: Cohort, summary_reader: Caller, form: Form
) -> None:
    for name, chart in CHARTS.items():
        answer = await summary_reader.get(address(told, name), Accept=form.value)
        assert answer.status_code == (403 if chart.rows else 200), (name, answer.text)
        assert not named(told, answer)


async def test_what_a_person_wrote_is_in_no_picture(told: Cohort) -> None:
    for name in CHARTS:
        for form in (Form.SVG, Form.CSV, Form.VEGA_LITE):
            answer = await told.reader.get(address(told, name), Accept=form.value)
            assert CANARY not in answer.text, (name, form)


async def test_a_centre_sees_its_own_subjects_and_nobody_elses(told: Cohort) -> None:
    coordinator = await told.deployment.caller("coordinator", OWN)
    for name in CHARTS:
        for form in (Form.CSV, Form.VEGA_LITE):
            answer = await coordinator.get(address(told, name), Accept=form.value)
            assert answer.status_code == 200, answer.text
            assert all(code.startswith(f"{OWN}-") for code in named(told, answer))
    for name in OF_MANY:
        refused = [
            await coordinator.get(address(told, name, f"centre={centre}"))
            for centre in (OTHER, "99")
        ]
        assert [one.status_code for one in refused] == [404, 404]


@pytest.mark.parametrize("name", sorted(OF_A_SUBJECT))
async def test_another_centres_subject_is_as_one_that_does_not_exist(
    told: Cohort, name: str
) -> None:
    coordinator = await told.deployment.caller("coordinator", OWN)
    known = address(told, name, centre=OTHER)
    unknown = known.replace(told.codes[f"{OTHER}/0"], f"{OTHER}-987")
    refused = [await coordinator.get(one) for one in (known, unknown)]
    assert [one.status_code for one in refused] == [404, 404]
    first, second = ({**one.json(), "request_id": None} for one in refused)
    assert first == second


@pytest.mark.parametrize(
    "query",
    ["", "subject=03-001", "subject=03-001&analyte=crimson", "subject=crimson&analyte=HGB"],
)
async def test_a_series_needs_a_subject_and_an_analyte_of_the_vocabulary(
    told: Cohort, query: str
) -> None:
    answer = await told.reader.get(f"/v1/charts/lab-series?{query}")
    assert (answer.status_code, answer.json()["type"]) == (400, "/problems/invalid-parameter")
    assert "crimson" not in answer.text


async def test_subjects_courses_are_for_those_who_read_their_records(
    told: Cohort, summary_reader: Caller
) -> None:
    open_to, closed_to = [
        await caller.get("/v1/charts/car-kinetics", Accept="text/csv")
        for caller in (told.reader, summary_reader)
    ]
    assert named(told, open_to)
    rows = [list(csv.DictReader(io.StringIO(one.text))) for one in (open_to, closed_to)]
    medians = [[row for row in one if row["median"]] for one in rows]
    assert medians[0] == medians[1]
    assert medians[1] == rows[1]
    assert open_to.headers["etag"] != closed_to.headers["etag"]


async def test_who_reads_records_at_one_centre_sees_the_figures_of_all_without_a_subject(
    told: Cohort, summary_reader: Caller
) -> None:
    both = await told.deployment.caller("coordinator", OWN)
    await told.deployment.owner.execute(
        "INSERT INTO access_grant (principal, role) VALUES ($1, 'summary_reader')", both.id
    )
    answers = [
        await caller.get("/v1/charts/car-kinetics", Accept="text/csv")
        for caller in (both, summary_reader)
    ]
    assert not named(told, answers[0])
    assert answers[0].text == answers[1].text


@pytest.mark.parametrize(
    "name",
    [
        "swimmer",
        "response-waterfall",
        "car-kinetics",
        "lab-series",
        "subject-timeline",
        "subject-markers",
    ],
)
async def test_whose_data_a_picture_gives_is_noted_each_time(told: Cohort, name: str) -> None:
    reader = await told.deployment.caller("data_manager")
    for _ in range(2):  # the second is kept
        answer = await reader.get(address(told, name), Accept="text/csv")
        assert answer.status_code == 200
    rows = await told.deployment.owner.fetch(
        "SELECT subjects, route FROM access_event WHERE principal = $1 AND action = 'endpoint'",
        reader.name,
    )
    assert [row["route"] for row in rows] == [f"GET /v1/charts/{name}"] * 2
    for row in rows:
        assert named(told, answer) <= set(row["subjects"])


async def test_a_token_for_endpoints_alone_shows_no_subject(told: Cohort) -> None:
    scoped = await told.deployment.caller("data_manager", scopes=frozenset({"endpoints:read"}))
    for name, chart in CHARTS.items():
        answer = await scoped.get(address(told, name), Accept="text/csv")
        assert answer.status_code == (403 if chart.rows else 200), name
        assert not named(told, answer)


async def test_the_swimmers_are_those_of_the_population(told: Cohort) -> None:
    rows = (await told.endpoint("response", rows="true"))["rows"]
    answer = await told.reader.get("/v1/charts/swimmer", Accept="text/csv")
    drawn = list(csv.DictReader(io.StringIO(answer.text)))
    on_study = {row["subject"]: row for row in drawn if row["shows"] == "on study"}
    assert on_study.keys() == {row["USUBJID"] for row in rows}
    for row in rows:
        assert on_study[row["USUBJID"]]["best_response"] == (row["best_response"] or "")
    progressed = {row["subject"] for row in drawn if row["shows"] == "progression"}
    assert progressed >= {row["USUBJID"] for row in rows if row["progression_on"]}


async def test_the_waterfall_is_what_the_explanations_say(told: Cohort) -> None:
    answer = await told.reader.get("/v1/charts/response-waterfall", Accept="text/csv")
    drawn = {row["subject"]: row for row in csv.DictReader(io.StringIO(answer.text))}
    assert drawn
    for name, code in told.codes.items():
        explained = await told.response(name)
        changes = [
            float(marker["percent_from_baseline"])
            for visit in explained["visits"]
            if visit["in_endpoint_set"]
            for marker in visit["markers"]
            if marker["component"] == drawn.get(code, {}).get("marker")
            and marker["percent_from_baseline"] is not None
        ]
        assert (code in drawn) == bool(changes)
        if changes:
            assert float(drawn[code]["percent_change"]) == pytest.approx(min(changes))


async def test_a_drawing_that_hangs_is_refused_and_another_is_drawn(
    server: EmbeddedPostgres, tmp_path: Path
) -> None:
    """The process is stopped by a signal: for whoever waits, that is what hanging is."""
    async with (
        clone_of_template(server) as name,
        Deployment(server, name, tmp_path, chart_seconds=4) as deployment,
    ):
        reader = await deployment.caller("sponsor_analyst")
        pool = deployment.service.pictures.pool
        assert (await reader.get("/v1/charts/kaplan-meier")).status_code == 200
        [hanging] = pool.identities
        os.kill(hanging, signal.SIGSTOP)
        asked = [
            f"/v1/charts/kaplan-meier?endpoint={name}-survival"
            for name in ("event-free", "progression-free")
        ]
        both = await asyncio.gather(*map(reader.get, asked))
        drawn, late = sorted(both, key=lambda answer: answer.status_code)  # either may come first
        assert (late.status_code, late.json()["type"]) == (503, "/problems/deadline-exceeded")
        assert late.headers["retry-after"]
        assert drawn.status_code == 200
        assert hanging not in pool.identities
        assert not is_running(hanging)
        assert [(await reader.get(address)).status_code for address in asked] == [200, 200]
        left = pool.identities
        assert left
    assert not any(map(is_running, left))


def is_running(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    return True


async def test_the_axis_of_a_curve_reaches_36_months_on_request(told: Cohort) -> None:
    query = "cutoff=2025-03-01"
    usual, longer = [
        await told.reader.get(f"/v1/charts/kaplan-meier?{one}", Accept=Form.VEGA_LITE.value)
        for one in (query, f"{query}&horizon=36")
    ]
    assert usual.headers["etag"] != longer.headers["etag"]
    ends = [set(re.findall(r'"domain": ?\[0, ?([0-9.]+)\]', one.text)) for one in (usual, longer)]
    assert "36" in ends[1]
    assert not ends[0] & {"36", "36.0"}
    same = [
        await told.reader.get(f"/v1/charts/kaplan-meier?{one}", Accept="text/csv")
        for one in (query, f"{query}&horizon=36")
    ]
    assert same[0].content == same[1].content


@pytest.mark.parametrize("horizon", ["0", "-1", "241", "36.5", "crimson", ""])
async def test_it_refuses_an_axis_that_cannot_be(told: Cohort, horizon: str) -> None:
    refused = await told.reader.get(f"/v1/charts/kaplan-meier?horizon={horizon}")
    assert (refused.status_code, refused.json()["type"]) == (400, "/problems/invalid-parameter")
    assert "horizon" in refused.text
    assert "crimson" not in refused.text
