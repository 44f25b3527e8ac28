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

from app.embedded_postgres import EmbeddedPostgres
from app.routers.charts import CHARTS
from app.services.drawing.forms import Form
from tests.deployment import Caller, Deployment, clone_of_template
from tests.endpoints.cohort import Cohort, cohort
from tests.endpoints.drawn_subjects import CANARY, drawn_subject

OWN, OTHER = "03", "05"
SUBJECTS = 4
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


def address(told: Cohort, name: str, query: str = "") -> str:
    """A picture of everybody, or of one subject of the own centre."""
    return f"/v1/charts/{name}?{query}"


def named(told: Cohort, answer: httpx.Response) -> set[str]:
    return {code for code in told.codes.values() if code.encode() in answer.content}


@pytest.mark.parametrize("form", list(Form))
@pytest.mark.parametrize("name", list(CHARTS))
async def test_it_gives_each_picture_in_each_form(told: Cohort, name: str, form: Form) -> None:
    first = await told.reader.get(address(told, name), Accept=form.value)
    assert first.status_code == 200, first.text
    assert first.headers["content-type"].partition(";")[0] == form.value
    assert first.content.startswith(SIGNATURES[form])
    assert first.headers["vary"] == "Accept"
    assert first.headers["cache-control"] == "private, no-cache"
    again = await told.reader.get(address(told, name), Accept=form.value)
    assert again.content == first.content
    held = await told.reader.get(
        address(told, name), Accept=form.value, **{"If-None-Match": first.headers["etag"]}
    )
    assert (held.status_code, held.content) == (304, b"")
    assert held.headers["etag"] == first.headers["etag"]
    assert held.headers["vary"] == "Accept"


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
        answer = await coordinator.get(address(told, name), Accept=Form.VEGA_LITE.value)
        assert answer.status_code == 200, answer.text
        assert all(code.startswith(f"{OWN}-") for code in named(told, answer))
        refused = [
            await coordinator.get(address(told, name, f"centre={centre}"))
            for centre in (OTHER, "99")
        ]
        assert [one.status_code for one in refused] == [404, 404]


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
        late, drawn = await asyncio.gather(
            reader.get("/v1/charts/kaplan-meier?endpoint=event-free-survival"),
            reader.get("/v1/charts/kaplan-meier?endpoint=progression-free-survival"),
        )
        assert (late.status_code, late.json()["type"]) == (503, "/problems/deadline-exceeded")
        assert late.headers["retry-after"]
        assert drawn.status_code == 200
        assert hanging not in pool.identities
        assert not is_running(hanging)
        again = await reader.get("/v1/charts/kaplan-meier?endpoint=event-free-survival")
        assert again.status_code == 200
        left = pool.identities
        assert left
    assert not any(map(is_running, left))


def is_running(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    return True
