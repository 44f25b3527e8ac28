"""The page shows what the signed-in role may see, and asks for nothing else."""

import re
from urllib.parse import parse_qs, urlsplit

from playwright.async_api import expect

from tests.web.conftest import Site, Visiting

SUBJECT_LEVEL = (
    "/v1/status-board", "/v1/subjects", "/v1/adverse-events", "/v1/findings", "/v1/discrepancies",
    "/v1/charts/swimmer", "/v1/charts/response-waterfall", "/v1/charts/lab-series",
    "/v1/charts/subject-timeline", "/v1/charts/subject-markers",
)  # fmt: skip
CODE = re.compile(r"\b\d{2}-\d{3}\b")


async def test_who_reads_aggregates_sees_no_subject_and_asks_for_none(visiting: Visiting) -> None:
    async with visiting("summary_reader", drawn=True) as visit:
        await visit.open("status")
        views = await visit.page.get_by_role("navigation").get_by_role("link").all_inner_texts()
        assert views == ["Enrolment", "Endpoints", "Safety", "Kinetics", "Rules"]
        for name in ("subject/01-001", "quality", *(view.lower() for view in views)):
            await visit.turn(name)
            assert not CODE.search(await visit.page.inner_text("main"))
        assert "figure" in await visit.page.inner_html("main"), "there are pictures all the same"
        for beginning in SUBJECT_LEVEL:
            assert visit.called(beginning) == []
        assert not [url for url in visit.asked if "rows" in parse_qs(urlsplit(url).query)]


async def test_a_centre_sees_its_own_subjects_alone(site: Site, visiting: Visiting) -> None:
    async with visiting("investigator", "02") as visit:
        await visit.open("kinetics")
        for view in ("status", "enrolment", "safety", "quality", "subject"):
            await visit.turn(view)
            codes = {*CODE.findall(await visit.page.inner_text("main"))}
            assert {code[:2] for code in codes} <= {"02"}, view
        assert codes, "it sees its own"
        await expect(visit.page.get_by_label("Centre", exact=True).locator("option")).to_have_count(
            1
        )


async def test_another_centres_subject_does_not_exist(visiting: Visiting) -> None:
    async with visiting("investigator", "02") as visit:
        visit.expected = ("404",)
        await visit.open("subject/01-001")
        await expect(visit.page.get_by_text("There is no subject of this code")).to_be_visible()
        assert "Infusion" not in await visit.page.inner_text("main")


async def test_who_administers_the_study_is_told_so_and_gets_no_figure(visiting: Visiting) -> None:
    async with visiting("study_admin") as visit:
        await visit.open("endpoints")
        await expect(visit.page.get_by_text("Your role sees no clinical data")).to_be_visible()
        links = visit.page.get_by_role("navigation").get_by_role("link")
        assert await links.all_inner_texts() == ["Rules"]
        asked = {urlsplit(url).path for url in visit.called("/v1/")}
        assert asked == {"/v1/me", "/v1/trial", "/v1/centres"}
