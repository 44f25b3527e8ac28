"""The page works for everybody: with a keyboard, a screen reader, a phone, in the dark."""

import pytest
from playwright.async_api import expect

from tests.web.conftest import Site, Visiting
from tests.web.visit import PHONE

VIEWS = ("status", "enrolment", "endpoints", "safety", "kinetics", "quality", "subject/01-001")


async def test_axe_finds_nothing_in_any_view_by_day_or_night(visiting: Visiting) -> None:
    async with visiting("data_manager") as visit:
        await visit.open("none")
        for view in VIEWS:
            await visit.turn(f"{view}?cutoff=2025-06-30")
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
            await visit.turn(f"{view}?cutoff=2025-06-30")
            width = await visit.page.evaluate("document.documentElement.scrollWidth")
            assert width <= PHONE["width"], view
        await expect(visit.page.get_by_label("Data cut-off")).to_be_hidden()
        await visit.page.locator(".choosing > summary").click()
        await expect(visit.page.get_by_label("Data cut-off")).to_be_visible()


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
