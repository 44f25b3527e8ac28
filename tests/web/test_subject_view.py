"""A subject's view: what a visit holds, markers over time, and the words beside another one."""

import json
from typing import Any

from playwright.async_api import Route, expect

from tests.web.conftest import Site, Visiting
from tests.web.test_views import answered
from tests.web.visit import Visit


async def instead(visit: Visit, path: str, **members: Any) -> None:
    """Have a list of the service answer with its first record, some of its members changed."""

    async def changed(route: Route) -> None:
        answer = await route.fetch()
        told = await answer.json()
        told["items"] = [{**told["items"][0], **members}]
        await route.fulfill(response=answer, body=json.dumps(told))

    await visit.page.route(f"**{path}?*", changed)


async def test_a_cell_of_the_board_leads_to_the_records_of_its_visit(
    site: Site, visiting: Visiting
) -> None:
    async with visiting("data_manager") as visit:
        page = visit.page
        await visit.open("status?cutoff=2025-06-30")
        row = page.locator(".board tbody tr").filter(has_text="01-001")
        cell = row.get_by_role("link", name="M3: done")
        await row.get_by_role("link", name="01-001").focus()
        for key in ("ArrowRight", "ArrowRight", "ArrowDown", "ArrowUp"):
            await page.keyboard.press(key)
        await expect(row.get_by_role("link", name="APH: done")).to_be_focused()
        assert await row.locator("a:not([tabindex='-1'])").count() == 1, "one stop a subject"
        await cell.click()
        await visit.settled()
        assert page.url == f"{site.origin}/#/subject/01-001?cutoff=2025-06-30&visit=M3"
        part = page.get_by_role("region", name="Records of a visit").first
        await expect(part.get_by_label("Visit", exact=True)).to_have_value("M3")
        [recorded] = (await answered(site, "/v1/visits", subject="01-001", visit="M3"))["items"]
        await expect(part.get_by_text(recorded["visited_on"]).first).to_be_visible()
        results = await answered(
            site, "/v1/lab-results", subject="01-001", visit="M3", limit="1000"
        )
        lines = part.get_by_role("table", name="Laboratory results").locator("tbody tr")
        assert await lines.count() == len(results["items"]) > 0
        await part.get_by_label("Visit", exact=True).select_option("M36")
        await visit.settled()
        await expect(page.get_by_text("No visit M36 (month 36) is recorded")).to_be_visible()
        assert await visit.violations() == []


async def test_another_one_is_named_by_the_words_beside_it(site: Site, visiting: Visiting) -> None:
    events = (await answered(site, "/v1/adverse-events", limit="1000"))["items"]
    other = next(one for one in events if one["other_specify"])
    subject = other["subject"]
    async with visiting("data_manager") as visit:
        await instead(
            visit, f"/v1/subjects/{subject}/visits", status="missed", visited_on=None,
            missed_because="other", missed_because_text="the road was flooded",
        )  # fmt: skip
        await instead(
            visit, f"/v1/subjects/{subject}/preparations", outcome="other",
            outcome_note="the product was lost",
            lymphodepletion=[
                {"agent": "other", "other_agent": "treosulfan", "dose": "14", "unit": "mg/m2",
                 "given_on": "2024-02-06"}
            ],
        )  # fmt: skip
        await instead(
            visit, f"/v1/subjects/{subject}/therapies", therapy_kind="other", name="acupuncture"
        )
        await instead(
            visit, "/v1/adverse-events", term=other["term"], other_specify="hiccups",
            action_taken="UNKNOWN", other_action="admitted for observation",
        )  # fmt: skip
        await visit.open(f"subject/{subject}?visit=M1")
        for said in (
            "Another reason: the road was flooded",
            "Not infused for another reason: the product was lost",
            "Another agent: treosulfan",
            "acupuncture",
            f"{other['term']}: hiccups",
            "unknown; admitted for observation",
        ):
            await expect(visit.page.get_by_text(said).first).to_be_visible()
        await visit.page.unroute_all()
        await instead(
            visit, "/v1/adverse-events", term=other["term"], other_specify=None, serious=True
        )
        await visit.turn("safety")
        await expect(
            visit.page.get_by_text(f"{other['term']}: in words that are not shown to you").first
        ).to_be_visible()


async def test_markers_and_cells_are_drawn_over_time_and_told_in_tables(
    site: Site, visiting: Visiting
) -> None:
    told = await answered(site, "/v1/subjects/01-001/response")
    evaluated = told["visits"][0]
    marker = next(one for one in evaluated["markers"] if one["component"] == "serum_m_protein")
    async with visiting("data_manager") as visit:
        page = visit.page
        await visit.open("subject/01-001")
        line = page.get_by_role("table", name="Markers by day").get_by_role("row")
        line = line.filter(has_text=evaluated["assessed_on"])
        await expect(line).to_contain_text(marker["current"])
        await expect(line).to_contain_text(f"({evaluated['category']})")
        table = page.get_by_role("table", name="Markers by day")
        await expect(table.get_by_text("Involved chain, mg/L", exact=True)).to_be_visible()
        samples = page.get_by_role("table", name="CAR-T cells by sample").locator("tbody tr")
        assert await samples.count() > 5
        figure = page.locator("figure").filter(has_text="Markers and CAR-T cells of 01-001")
        assert len(await figure.locator("img").get_attribute("alt") or "") > 100
        assert visit.called("/v1/charts/subject-markers")[-1].endswith("scale=linear")
        await page.get_by_label("Scale").select_option("log")
        await visit.settled()
        assert visit.called("/v1/charts/subject-markers")[-1].endswith("scale=log")
        assert page.url == f"{site.origin}/#/subject/01-001?scale=log"
        async with page.expect_download() as download:
            await figure.get_by_role("button", name="Data (CSV)").click()
        assert (await download.value).suggested_filename == "subject-markers.csv"
