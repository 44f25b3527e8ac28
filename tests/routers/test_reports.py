"""The printed report over HTTP: which form, whose figures, whose names, and how it refuses."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from datetime import date
from random import Random
from typing import Any

import httpx
import pytest

from app.embedded_postgres import EmbeddedPostgres
from app.printing.rounding import percent, rate
from app.services.printed_reports import PrintedReports
from tests.deployment import Caller
from tests.endpoints.cohort import Cohort, cohort
from tests.endpoints.drawn_subjects import CANARY, drawn_subject
from tests.printing.hostile import SVG
from tests.subjects.told import contact, death, subject

OWN, OTHER = "03", "05"
REPORT = "/v1/reports/trial"
HTML, PDF = "text/html", "application/pdf"


@pytest.fixture(scope="module")
async def told(
    server: EmbeddedPostgres, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Cohort]:
    drawn = [
        drawn_subject(Random(f"{centre} {number}"), f"{centre}/{number}", centre, date(2024, 3, 1))
        for centre in (OWN, OTHER)
        for number in range(5)
    ]
    dead = [subject(f"{centre} died", death(90), centre=centre) for centre in (OWN, OTHER)]
    contradictory = subject("spoken to", death(90), contact(120), centre=OWN)
    async with cohort(
        server, tmp_path_factory.mktemp("reports"), *drawn, *dead, contradictory
    ) as found:
        yield found


@pytest.fixture
def one_picture(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every picture is the same; the real ones cost a second each and have tests of their own."""

    async def same(*_: object) -> str:
        return SVG

    monkeypatch.setattr(PrintedReports, "_picture", same)


def named(told: Cohort, answer: httpx.Response) -> set[str]:
    return {code for code in told.codes.values() if code.encode() in answer.content}


def cells(page: str) -> list[list[str]]:
    """The rows of the tables of a page, cell by cell."""
    rows = re.findall(r"<tr[^>]*>(.*?)</tr>", page, re.DOTALL)
    return [re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row, re.DOTALL) for row in rows]


async def test_it_is_a_page_that_loads_and_runs_nothing(told: Cohort) -> None:
    answer = await told.reader.get(REPORT)
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == f"{HTML}; charset=utf-8"
    assert re.fullmatch(
        r'inline; filename="DAYZERO-\d+\.html"', answer.headers["content-disposition"]
    )
    policy = answer.headers["content-security-policy"]
    assert policy.startswith("default-src 'none'; ")
    assert "script-src" not in policy
    assert "<script" not in answer.text
    assert answer.text.count('src="data:image/svg+xml;base64,') >= 9


@pytest.mark.usefixtures("one_picture")
async def test_it_is_a_pdf_for_whoever_asks_for_one(told: Cohort) -> None:
    answer = await told.reader.get(f"{REPORT}?cutoff=2024-06-01", Accept=PDF)
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == PDF
    assert answer.headers["content-disposition"].endswith('-2024-06-01.pdf"')
    assert answer.content.startswith(b"%PDF-")


async def test_it_has_no_other_form(told: Cohort) -> None:
    answer = await told.reader.get(REPORT, Accept="image/png")
    assert answer.status_code == 406
    assert answer.json()["allowed"] == [HTML, PDF]


@pytest.mark.usefixtures("one_picture")
@pytest.mark.parametrize("form", [HTML, PDF])
async def test_the_same_cut_has_the_same_bytes(told: Cohort, form: str) -> None:
    address = f"{REPORT}?cutoff=2024-08-08"
    first = await told.reader.get(address, Accept=form)
    told.deployment.service.reports._kept.clear()
    told.deployment.service.reports._reports.clear()
    again = await told.reader.get(address, Accept=form)
    assert again.content == first.content
    tag = first.headers["ETag"]
    held = await told.reader.get(address, Accept=form, **{"If-None-Match": tag})
    assert (held.status_code, held.content) == (304, b"")
    other = await told.reader.get(address, Accept=PDF if form == HTML else HTML)
    assert other.headers["ETag"] != tag
    assert other.headers["Vary"].partition(", ")[0] == "Accept"


@pytest.mark.usefixtures("one_picture")
async def test_its_figures_are_those_of_the_summary(told: Cohort) -> None:
    query = "?cutoff=2025-01-01&population=enrolled"
    page = (await told.reader.get(f"{REPORT}{query}")).text
    summary: dict[str, Any] = (await told.reader.get(f"/v1/endpoints/summary{query}")).json()
    response = summary["endpoints"]["response"]
    assert ["Overall response (PR or better)", *rate(response["rates"]["ORR"])] in cells(page)
    for name, found in response["categories"].items():
        assert [name, *rate(found)] in cells(page)
    total = summary["endpoints"]["enrolment"]["total"]
    infused = percent(100 * total["infused"] / total["enrolled"])
    assert ["Infused", str(total["infused"]), infused] in cells(page)
    survival = summary["endpoints"]["overall-survival"]
    [row] = [one for one in cells(page) if one[0] == "Overall survival" and len(one) == 6]
    assert row[1:3] == [str(survival["n"]), str(survival["n_event"])]
    assert f"<dt>as of</dt><dd>{summary['as_of']}</dd>" in page
    assert "<dt>cut-off</dt><dd>2025-01-01</dd>" in page
    assert f"enrolled, n = {summary['n']}" in page


@pytest.mark.usefixtures("one_picture")
async def test_a_summary_reader_gets_aggregates_and_no_subject(told: Cohort) -> None:
    reader = await told.deployment.caller("summary_reader")
    page = await reader.get(REPORT)
    assert page.status_code == 200, page.text
    assert not named(told, page)
    assert "Listings by subject" not in page.text
    assert "Data quality" in page.text
    assert (await reader.get(REPORT, Accept=PDF)).status_code == 200
    assert await noted(told, reader) == []


@pytest.mark.usefixtures("one_picture")
async def test_whoever_reads_records_gets_listings_and_is_noted_each_time(told: Cohort) -> None:
    reader = await told.deployment.caller("data_manager")
    first = await reader.get(REPORT)
    assert {told.codes[f"{OWN} died"], told.codes[f"{OTHER} died"]} <= named(told, first)
    assert CANARY not in first.text
    assert len(await noted(told, reader)) == 1
    again = await reader.get(REPORT)
    assert again.content == first.content
    await reader.get(REPORT, Accept=PDF)
    assert await noted(told, reader) == [sorted(told.codes.values())] * 3


@pytest.mark.usefixtures("one_picture")
async def test_it_counts_the_findings_that_the_checks_list(told: Cohort) -> None:
    listed = (await told.reader.get("/v1/findings?limit=1000&each=true")).json()["items"]
    assert listed
    page = (await told.reader.get(f"{REPORT}?cutoff=2025-02-02")).text
    for severity in ("error", "warning", "notice"):
        count = sum(one["severity"] == severity for one in listed)
        assert [severity.capitalize(), str(count)] in cells(page)
    of_own = [one for one in listed if one["centre"] == OWN]
    coordinator = await told.deployment.caller("coordinator", OWN)
    page = (await coordinator.get(f"{REPORT}?cutoff=2025-02-02")).text
    count = sum(one["severity"] == "warning" for one in of_own)
    assert ["Warning", str(count)] in cells(page)


async def noted(told: Cohort, caller: Caller) -> list[list[str]]:
    rows = await told.deployment.owner.fetch(
        "SELECT subjects FROM access_event WHERE principal = $1 AND status = 200", caller.name
    )
    return [sorted(row["subjects"]) for row in rows]


@pytest.mark.usefixtures("one_picture")
async def test_a_centre_prints_its_own_subjects(told: Cohort) -> None:
    coordinator = await told.deployment.caller("coordinator", OWN)
    page = await coordinator.get(REPORT)
    assert page.status_code == 200
    assert {code.partition("-")[0] for code in named(told, page)} == {OWN}
    refused = [await coordinator.get(f"{REPORT}?centre={code}") for code in (OTHER, "99")]
    assert [answer.status_code for answer in refused] == [404, 404]
    of_other = await told.reader.get(f"{REPORT}?centre={OTHER}")
    assert {code.partition("-")[0] for code in named(told, of_other)} == {OTHER}
    assert f"<dt>centre</dt><dd>{OTHER}</dd>" in of_other.text


@pytest.mark.usefixtures("one_picture")
async def test_a_report_of_nobody_says_so(told: Cohort) -> None:
    for form in (HTML, PDF):
        answer = await told.reader.get(f"{REPORT}?cutoff=2001-01-01", Accept=form)
        assert answer.status_code == 200, answer.text
    page = await told.reader.get(f"{REPORT}?cutoff=2001-01-01")
    assert "treated, n = 0" in page.text
    assert "There is nothing to list." in page.text


@pytest.mark.parametrize(
    ("query", "status"),
    [("colour=crimson", 400), ("cutoff=crimson", 400), ("rows=true", 400), ("as_of=9999999", 422)],
)
async def test_it_refuses_what_it_does_not_know(told: Cohort, query: str, status: int) -> None:
    answer = await told.reader.get(f"{REPORT}?{query}")
    assert answer.status_code == status
    assert "crimson" not in answer.text


@pytest.mark.parametrize("form", [HTML, PDF])
async def test_one_that_takes_too_long_is_given_up(
    told: Cohort, monkeypatch: pytest.MonkeyPatch, form: str
) -> None:
    with monkeypatch.context() as slow:
        slow.setattr(told.deployment.service.reports.pool, "seconds", 0.001)
        answer = await told.reader.get(f"{REPORT}?cutoff=2024-07-07", Accept=form)
    assert answer.status_code == 503
    assert answer.headers["retry-after"]
    assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.usefixtures("one_picture")
async def test_typesetting_that_takes_too_long_is_given_up(
    told: Cohort, monkeypatch: pytest.MonkeyPatch
) -> None:
    address = f"{REPORT}?cutoff=2024-07-08"
    assert (await told.reader.get(address)).status_code == 200
    with monkeypatch.context() as slow:
        slow.setattr(told.deployment.service.reports.pool, "seconds", 0.001)
        assert (await told.reader.get(address, Accept=PDF)).status_code == 503
    assert (await told.reader.get(address, Accept=PDF)).status_code == 200


@pytest.mark.usefixtures("one_picture")
async def test_two_who_ask_for_the_same_report_have_it_made_once(
    told: Cohort, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = []
    counted = PrintedReports._findings

    async def counting(self: PrintedReports, caller: Any, question: Any) -> Any:
        made.append(question)
        return await counted(self, caller, question)

    monkeypatch.setattr(PrintedReports, "_findings", counting)
    address = f"{REPORT}?cutoff=2024-07-09"
    answers = await asyncio.gather(*(told.reader.get(address) for _ in range(3)))
    assert {answer.status_code for answer in answers} == {200}
    assert len(made) == 1
