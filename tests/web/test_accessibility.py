"""The page works for everybody: with a keyboard, a screen reader, a phone, in the dark."""

import pytest
from playwright.async_api import expect

from tests.web.conftest import Site, Visiting
from tests.web.visit import PHONE

VIEWS = (
    "status",
    "enrolment",
    "endpoints",
    "safety",
    "kinetics",
    "quality",
    "rules",
    "subject/01-001?visit=M3",
)


def _cut(view: str) -> str:
    return f"{view}{'&' if '?' in view else '?'}cutoff=2025-06-30"


async def test_axe_finds_nothing_in_any_view_by_day_or_night(visiting: Visiting) -> None:
    async with visiting("data_manager") as visit:
        await visit.open("none")
        for view in VIEWS:
            await visit.turn(_cut(view))
            await visit.page.evaluate(
                "for (const one of document.querySelectorAll('details')) one.open = true"
            )
            assert await visit.violations() == [], view
            await visit.page.emulate_media(color_scheme="dark")
            assert await visit.violations("color-contrast") == [], (view, "dark")
            await visit.page.emulate_media(color_scheme="light")


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_axe_finds_nothing_where_people_sign_in(
    site: Site, visiting: Visiting, scheme: str
) -> None:
    async with visiting(color_scheme=scheme) as visit:
        await visit.page.goto(site.origin)
        await expect(visit.page.get_by_label("Sign-in link")).to_be_visible()
        assert await visit.violations() == []


async def test_on_a_phone_no_view_moves_sideways(visiting: Visiting) -> None:
    async with visiting("data_manager", viewport=PHONE, is_mobile=True, has_touch=True) as visit:
        await visit.open("none")
        for view in VIEWS:
            await visit.turn(_cut(view))
            width = await visit.page.evaluate("document.documentElement.scrollWidth")
            assert width <= PHONE["width"], view
        await expect(visit.page.get_by_label("Data cut-off")).to_be_hidden()
        await visit.page.locator(".choosing > summary").click()
        await expect(visit.page.get_by_label("Data cut-off")).to_be_visible()


async def test_on_a_phone_what_goes_on_to_the_right_says_so(visiting: Visiting) -> None:
    size = {"width": 390, "height": 844}
    async with visiting("data_manager", viewport=size, is_mobile=True, has_touch=True) as visit:
        await visit.open("none")
        hidden = 0
        for view in VIEWS:
            await visit.turn(_cut(view))
            for place in await visit.page.locator(".sideways, .sheet").all():
                if not await place.is_visible():
                    continue
                wider = await place.evaluate("one => one.scrollWidth > one.clientWidth + 1")
                said = place.locator("xpath=preceding-sibling::p[1]")
                assert await said.is_visible() == wider, (view, await said.inner_text())
                assert await place.get_attribute("tabindex") == "0"
                described = await place.get_attribute("aria-describedby")
                assert described == (await said.get_attribute("id") if wider else None)
                named = await place.get_attribute("aria-labelledby")
                assert named or await place.get_attribute("aria-label")
                hidden += not wider
        assert hidden, "what fits says nothing"
        assert await visit.violations() == []


async def test_the_contents_of_a_long_view_follow_and_lead(visiting: Visiting) -> None:
    async with visiting("data_manager") as visit:
        page = visit.page
        await visit.open("safety?cutoff=2025-06-30")
        contents = page.get_by_role("navigation", name="On this page")
        links = contents.get_by_role("link")
        sections = await page.locator("section.part > h2").all_inner_texts()
        assert await links.all_inner_texts() == sections
        current = contents.locator("[aria-current]")
        await expect(current).to_have_text(sections[0])
        address = page.url
        await links.nth(4).focus()
        await page.keyboard.press("Enter")
        await expect(current).to_have_text(sections[4])
        await expect(page.get_by_role("heading", name=sections[4], exact=True)).to_be_focused()
        await expect(contents).to_be_in_viewport()
        below = await contents.evaluate("one => one.getBoundingClientRect().bottom")
        top = (
            await page.locator("section.part > h2")
            .nth(4)
            .evaluate("one => one.getBoundingClientRect().top")
        )
        assert below <= top < below + 60, "the heading is not under the contents"
        assert page.url == address
        await page.evaluate("scrollTo(0, document.documentElement.scrollHeight)")
        await expect(current).to_have_text(sections[-1])
        await page.evaluate("scrollTo(0, 0)")
        await expect(current).to_have_text(sections[0])
        await visit.turn("quality")
        await expect(contents).to_have_count(0)


async def test_a_keyboard_reaches_everything_and_is_never_lost(visiting: Visiting) -> None:
    async with visiting("data_manager") as visit:
        page = visit.page
        await visit.open("enrolment")
        await page.keyboard.press("Tab")
        skip = page.get_by_role("link", name="Skip to the content")
        await expect(skip).to_be_focused()
        await expect(skip).to_be_in_viewport()
        await page.keyboard.press("Enter")
        await expect(page.locator("main")).to_be_focused()
        assert "#/enrolment" in page.url
        await page.keyboard.press("Tab")
        await expect(page.get_by_label("Data cut-off")).to_be_focused()
        outline = await page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
        assert outline == "solid", "one sees where one is"
        link = page.get_by_role("link", name="Safety")
        await link.focus()
        await page.keyboard.press("Enter")
        await visit.settled()
        heading = page.get_by_role("heading", level=1)
        await expect(heading).to_have_text("Safety")
        await expect(heading).to_be_focused()
        await expect(page).to_have_title("Safety · Day Zero")
        period = page.get_by_label("Period", exact=True)
        await period.focus()
        await page.keyboard.press("ArrowDown")
        await visit.settled()
        assert "window=" in page.url
        await expect(period).to_be_focused()


async def test_a_screen_reader_finds_its_way(visiting: Visiting) -> None:
    async with visiting("data_manager") as visit:
        await visit.open("endpoints")
        for role in ("banner", "main", "contentinfo", "search"):
            await expect(visit.page.get_by_role(role)).to_have_count(1)  # type: ignore[arg-type]
        for name in ("Views", "On this page"):
            await expect(visit.page.get_by_role("navigation", name=name)).to_have_count(1)
        tables = visit.page.locator("table")
        assert await tables.count() > 5
        assert await tables.count() == await visit.page.locator("table > caption").count()
        assert await visit.page.locator("th:not([scope])").count() == 0
        images = await visit.page.locator("img").all()
        assert images
        for image in images:
            assert len(await image.get_attribute("alt") or "") > 40
        await expect(visit.page.get_by_role("status")).to_have_count(1)


async def test_whoever_wants_no_motion_gets_none(visiting: Visiting) -> None:
    async with visiting("data_manager", reduced_motion="reduce") as visit:
        await visit.open("enrolment")
        running = await visit.page.evaluate("document.getAnimations().length")
        rules = await visit.page.evaluate(
            "[...document.styleSheets].flatMap((sheet) => [...sheet.cssRules])"
            ".map((rule) => rule.cssText).filter((text) => /animation|transition/.test(text))"
        )
        assert running == 0
        assert all("prefers-reduced-motion: no-preference" in rule for rule in rules)
