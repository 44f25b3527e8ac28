"""What the views show is what the service answers, at the cut that the address names."""

import csv
import io
import re

from playwright.async_api import Route, expect

from app.services.rule_book.reading import ROOMS
from tests.web.conftest import Site, Visiting
from tests.web.visit import Visit

CUT = "2024-04-30"


async def answered(site: Site, path: str, **query: str) -> dict:
    """Ask the service as the data manager's client would."""
    caller = await site.deployment.caller("data_manager")
    answer = await caller.http.get(path, params=query)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def test_another_cut_shows_other_figures_and_stands_in_the_address(
    site: Site, visiting: Visiting
) -> None:
    whole = await answered(site, "/v1/endpoints/response")
    cut = await answered(site, "/v1/endpoints/response", cutoff=CUT)
    counts = [f"{one['rates']['ORR']['x']} / {one['N']}" for one in (whole, cut)]
    assert counts[0] != counts[1], "the cut has to change something"

    async def shown(visit: Visit) -> str:
        return await visit.cell("Response rates", "Overall response", "x / N")

    async with visiting("data_manager") as visit:
        await visit.open("endpoints")
        assert await shown(visit) == counts[0]
        before = len(visit.called("/v1/charts/"))
        await visit.choose(**{"Data cut-off": CUT})
        assert await shown(visit) == counts[1]
        assert visit.page.url == f"{site.origin}/#/endpoints?cutoff={CUT}"
        pictures = visit.called("/v1/charts/")[before:]
        assert pictures
        assert all(f"cutoff={CUT}" in url for url in pictures), "the pictures follow"
        await visit.page.go_back()
        await visit.settled()
        assert await shown(visit) == counts[0]
        await visit.page.go_forward()
        await visit.settled()
        assert await shown(visit) == counts[1]
    async with visiting("monitor", "01", "02", "03") as another:
        await another.open(f"endpoints?cutoff={CUT}")
        assert await shown(another) == counts[1], "a copied address shows the same"


async def test_the_board_says_of_each_visit_what_the_service_says(
    site: Site, visiting: Visiting
) -> None:
    board = await answered(site, "/v1/status-board")
    async with visiting("data_manager") as visit:
        await visit.open("status")
        for code, number in board["counts"].items():
            tile = visit.page.locator(f".tile.{code}")
            await expect(tile.locator("strong")).to_have_text(str(number))
        rows = visit.page.locator(".board tbody tr")
        assert await rows.count() == board["n"]
        for subject in board["subjects"]:
            row = rows.filter(has_text=subject["subject"])
            said = await row.locator("td .unseen").all_inner_texts()
            statuses = [one["status"].replace("_", " ") for one in subject["visits"]]
            assert [text.partition(" on ")[0].partition(",")[0] for text in said] == statuses
        shapes = {await one.inner_text() for one in await visit.page.locator(".tile .mark").all()}
        assert len(shapes) == len(board["counts"]), "no status rests on its colour"
        await visit.page.get_by_label("Only subjects with a visit due or overdue").check()
        await visit.settled()
        waiting = [
            one
            for one in board["subjects"]
            if any(visit["status"] in {"due", "overdue"} for visit in one["visits"])
        ]
        assert await rows.count() == len(waiting)
        assert "show=open" in visit.page.url


async def test_every_choice_is_kept_in_the_address_and_goes_along(
    site: Site, visiting: Visiting
) -> None:
    head = (await answered(site, "/v1/endpoints/enrolment"))["as_of"]
    async with visiting("data_manager") as visit:
        await visit.open("enrolment")
        await visit.choose(
            **{
                "Data cut-off": CUT,
                "As of": str(head - 1),
                "Population": "enrolled",
                "Centre": "02",
                "Responses by": "investigator",
            }
        )
        cut = f"cutoff={CUT}&as_of={head - 1}"
        chosen = f"{cut}&population=enrolled&centre=02&response_source=investigator"
        assert visit.page.url == f"{site.origin}/#/enrolment?{chosen}"
        known = (await answered(site, "/v1/endpoints/enrolment", as_of=str(head - 1)))["as_of"]
        await expect(visit.page.get_by_text(f"ledger at {known}").first).to_be_visible()
        rows = visit.page.get_by_role("table", name="Subjects by centre").locator("tbody tr")
        await expect(rows).to_have_count(1)
        await visit.page.get_by_role("link", name="Kinetics").click()
        await visit.settled()
        assert visit.page.url == f"{site.origin}/#/kinetics?{chosen}"
        await visit.page.reload()
        await visit.settled()
        await expect(visit.page.get_by_label("Responses by")).to_have_value("investigator")
        await expect(visit.page.get_by_label("Data cut-off")).to_have_value(CUT)


async def test_what_was_typed_belongs_to_its_view_until_it_is_shown(
    site: Site, visiting: Visiting
) -> None:
    async with visiting("data_manager") as visit:
        page = visit.page
        cutoff, population = page.get_by_label("Data cut-off"), page.get_by_label("Population")
        pending = page.get_by_text("Not shown yet")
        await visit.open("enrolment")
        default = await population.input_value()
        await cutoff.fill(CUT)
        await page.get_by_role("link", name="Endpoints").click()
        await visit.settled()
        assert page.url == f"{site.origin}/#/endpoints"
        await expect(population).to_have_value(default)
        await expect(cutoff).to_have_value("")
        await expect(pending).to_be_hidden()
        await page.go_back()
        await visit.settled()
        await expect(cutoff).to_have_value(CUT)
        await expect(population).to_have_value(default)
        await expect(pending).to_be_visible()
        await visit.turn(f"enrolment?population=enrolled&cutoff={CUT}")
        await expect(pending).to_be_hidden()
        await page.go_back()
        await visit.settled()
        await expect(pending).to_be_visible()
        await page.get_by_role("button", name="Reset").click()
        await visit.settled()
        await expect(cutoff).to_have_value("")
        await expect(pending).to_be_hidden()
        await cutoff.fill(CUT)
        await page.get_by_role("button", name="Show", exact=True).first.click()
        await visit.settled()
        await expect(population).to_have_value(default)
        assert page.url == f"{site.origin}/#/enrolment?cutoff={CUT}", "only what was typed"


async def test_the_choosers_show_what_the_address_names(visiting: Visiting) -> None:
    async with visiting("investigator", "02") as visit:
        visit.expected = ("400", "422", "404")
        await visit.open("enrolment?centre=02")
        await expect(visit.page.get_by_text("Not shown yet")).to_be_hidden()
        await visit.open("enrolment?population=nobody")
        await expect(visit.page.get_by_label("Population")).to_have_value("nobody")
        await expect(visit.page.get_by_text("Not shown yet")).to_be_hidden()


async def test_a_response_is_explained_visit_by_visit(site: Site, visiting: Visiting) -> None:
    rows = (await answered(site, "/v1/endpoints/response", rows="true"))["rows"]
    code = next(row["USUBJID"] for row in rows if row["best_response"] in {"sCR", "CR", "VGPR"})
    told = await answered(site, f"/v1/subjects/{code}/response")
    visit_told = next(one for one in told["visits"] if one["markers"])
    async with visiting("data_manager") as visit:
        await visit.open("status")
        await visit.page.get_by_role("link", name=code).click()
        await visit.settled()
        await expect(visit.page.get_by_role("heading", level=1)).to_have_text(f"Subject {code}")
        name = f"{visit_told['visit']}, {visit_told['assessed_on']}: {visit_told['category']}"
        why = visit.page.locator("details.why").filter(has_text=name)
        await why.locator("summary").click()
        for rule in visit_told["rules"]:
            await expect(why.get_by_text(rule).last).to_be_visible()
        for term in ("Missing or not shown", "Confirmation", "Investigator"):
            await expect(why.get_by_text(term)).to_be_visible()
        marker = visit_told["markers"][0]
        line = why.locator("tbody tr").first
        said = await line.inner_text()
        assert marker["nadir"]["value"] in said
        assert marker["nadir"]["collected_on"] in said
        assert marker["current"] in said


async def test_the_rule_book_is_read_by_its_words(site: Site, visiting: Visiting) -> None:
    book = await answered(site, "/v1/rules")
    found = await answered(site, "/v1/rules", search="low-flow cannula")
    (rule,) = [one for one in found["items"] if one["module"].endswith("criteria.astct")]
    assert len(found["items"]) <= 5, "few enough to be shown open"
    async with visiting("study_admin") as visit:
        page = visit.page
        await visit.open("")
        await page.get_by_role("link", name="Rules").click()
        await visit.settled()
        assert page.url == f"{site.origin}/#/rules"
        await expect(page.get_by_label("Data cut-off")).to_have_count(0)
        await expect(page.locator("details.rule")).to_have_count(len(book["items"]))
        chapters = page.get_by_role("navigation", name="On this page").get_by_role("link")
        assert (await chapters.all_inner_texts())[1:] == [*ROOMS.values()]
        field = page.get_by_label("Words of a rule")
        await field.fill(" low-flow cannula ")
        await field.press("Enter")
        await visit.settled()
        assert page.url == f"{site.origin}/#/rules?search=low-flow+cannula"
        await expect(field).to_be_focused()
        await expect(page.locator("details.rule")).to_have_count(len(found["items"]))
        shown = page.locator("details.rule").filter(has_text="criteria.astct")
        boundary = rule["boundaries"][1]
        table = "Boundaries of criteria.astct"
        assert await visit.cell(table, boundary["name"], "Value") == boundary["value"]
        assert await visit.cell(table, boundary["name"], "Meaning") == boundary["meaning"]
        said = await shown.inner_text()
        assert "``" not in said
        for source in rule["said"]["sources"]:
            assert f"Source: {source.replace('``', '')}" in said
        for part in rule["functions"]:
            assert part["name"] in said
            for decision in part["said"]["decisions"]:
                assert f"Decision: {decision}" in said
        for test in rule["tests"]:
            assert test in said
        assert await visit.violations() == []
        await page.go_back()
        await visit.settled()
        await expect(page.locator("details.rule")).to_have_count(len(book["items"]))
        await visit.turn("rules?search=zebrafish")
        assert await page.get_by_text("No rule of this chapter").count() == len(ROOMS)


CODES = re.compile(
    r"\b[a-z0-9]+(?:_[a-z0-9]+)+\b|\b[A-Z0-9]+(?:_[A-Z0-9]+)+\b|RECOVERED/|NOT RECOVERED|[{}]|"
    r"\(24\.h\)"
)


async def test_no_view_shows_a_code_that_is_no_word(visiting: Visiting) -> None:
    async with visiting("investigator", "01") as visit:
        await visit.open("none")
        for view in ("status", "enrolment", "endpoints", "safety", "kinetics", "quality",
                     "subject/01-001?visit=M3"):  # fmt: skip
            await visit.turn(view)
            await visit.page.evaluate(
                "for (const one of document.querySelectorAll('details')) one.open = true"
            )
            assert CODES.findall(await visit.page.inner_text("main")) == [], view


async def test_numbers_agree_with_their_nouns_and_limits_that_were_not_reached_say_so(
    site: Site, visiting: Visiting
) -> None:
    cut = "2025-06-30"
    told = await answered(site, "/v1/endpoints/overall-survival", cutoff=cut)
    assert told["n_event"] == 1
    assert told["median"]["estimate_months"] is told["median"]["upper_months"] is None
    async with visiting("data_manager") as visit:
        await visit.open(f"endpoints?cutoff={cut}")
        image = visit.page.locator("figure").filter(has_text="Overall survival").locator("img")
        assert "1 event, " in (await image.get_attribute("alt") or "")
        said = await visit.cell("Kaplan-Meier estimates", "Overall survival", "Median, months")
        assert said == f"not reached ({told['median']['lower_months']:.1f} to not reached)"
        await visit.open("endpoints?cutoff=2024-02-25")
        medians = visit.page.get_by_role("table", name="Kaplan-Meier").get_by_text("limits not")
        await expect(medians.first).to_have_text("not reached (limits not reached)")


BEGINNINGS = {"SVG": b"<svg", "PNG": b"\x89PNG", "PDF": b"%PDF"}


async def test_a_picture_and_its_data_can_be_taken_along(visiting: Visiting) -> None:
    async with visiting("data_manager", drawn=True) as visit:
        await visit.open("endpoints?endpoint=overall-survival")
        curve = visit.page.locator("figure").filter(has_text="Overall survival")
        image = curve.locator("img")
        assert await image.evaluate("image => image.naturalWidth") > 300
        assert "Overall survival" in (await image.get_attribute("alt") or "")
        for label, beginning in BEGINNINGS.items():
            async with visit.page.expect_download() as download:
                await curve.get_by_role("button", name=f": {label}").click()
            taken = await download.value
            assert taken.suggested_filename == f"kaplan-meier.{label.lower()}"
            assert (await taken.path()).read_bytes().startswith(beginning)
        async with visit.page.expect_download() as download:
            await curve.get_by_role("button", name="Data (CSV)").click()
        text = (await (await download.value).path()).read_text(encoding="utf-8")
        assert len(list(csv.reader(io.StringIO(text)))) > 2


async def test_the_report_of_the_cut_can_be_taken_along(site: Site, visiting: Visiting) -> None:
    async with visiting("data_manager") as visit:
        await visit.open(f"enrolment?cutoff={CUT}&centre=02")
        async with visit.page.expect_download() as download:
            await visit.page.get_by_role("button", name="HTML", exact=True).click()
        content = (await (await download.value).path()).read_text(encoding="utf-8")
        assert content.lower().startswith("<!doctype html")
        assert CUT in content
        asked = "/v1/reports/trial?cutoff=2024-04-30&centre=02"
        assert visit.called("/v1/reports") == [site.origin + asked]


async def test_the_report_on_paper_is_asked_for_as_such(visiting: Visiting) -> None:
    accepted = []

    async def printed(route: Route) -> None:
        accepted.append(route.request.headers["accept"])
        await route.fulfill(content_type="application/pdf", body=b"%PDF-")

    async with visiting("data_manager") as visit:
        await visit.page.route("**/v1/reports/**", printed)
        await visit.open("enrolment")
        async with visit.page.expect_download() as download:
            await visit.page.get_by_role("button", name="PDF", exact=True).click()
        assert (await download.value).suggested_filename == "trial-report.pdf"
        assert accepted == ["application/pdf"]
