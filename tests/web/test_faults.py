"""When the service refuses, the session ends, the network goes: it is said and nothing lost."""

import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

from playwright.async_api import Route, expect

from app.access.permissions import Role
from app.services import administration
from tests.web.conftest import Site, Visiting
from tests.web.visit import SECONDS

GONE = ("ERR_INTERNET_DISCONNECTED",)


async def test_a_refusal_is_shown_as_sentences_and_what_was_typed_stays(
    visiting: Visiting,
) -> None:
    async with visiting("data_manager") as visit:
        visit.expected = ("422", "400")
        await visit.open("enrolment")
        await visit.choose(**{"As of": "999999999"})
        notice = visit.page.locator(".notice.wrong").first
        await expect(notice).to_contain_text("as_of")
        assert "/problems/" not in await notice.inner_text()
        await expect(visit.page.get_by_label("As of")).to_have_value("999999999")
        await visit.choose(**{"As of": ""})
        await expect(visit.page.get_by_role("table", name="Subjects by centre")).to_be_visible()


async def test_a_session_that_ends_says_so_and_goes_on_where_it_was(
    site: Site, visiting: Visiting
) -> None:
    owner = site.deployment.owner
    async with visiting() as visit:
        visit.expected = ("401", "403")

        async def fresh() -> str:
            name = f"person {uuid.uuid4()}"
            ends = datetime.now(UTC) + timedelta(hours=1)
            person = await administration.add_grant(
                owner, name, Role.MONITOR, "01", ends, make_person=True
            )
            return await administration.make_link(owner, person)

        code = await fresh()
        await visit.page.goto(f"{site.origin}/#link={code}")
        await visit.settled()
        await visit.open("safety?cutoff=2025-06-30")
        await visit.page.get_by_label("Data cut-off").fill("2025-09-30")
        await visit.page.evaluate("sessionStorage.setItem('dayzero.session', 'expired')")
        await visit.page.get_by_role("link", name="Enrolment").click()
        await expect(visit.page.get_by_text("Your session has ended")).to_be_visible()
        await expect(visit.page.get_by_role("heading", level=1)).to_be_focused()
        another = await fresh()
        await visit.page.get_by_label("Sign-in link").fill(f"{site.origin}/#link={another}")
        await visit.page.get_by_role("button", name="Sign in", exact=True).click()
        await visit.settled()
        assert visit.page.url == f"{site.origin}/#/enrolment?cutoff=2025-06-30"
        await expect(visit.page.get_by_label("Data cut-off")).to_have_value("2025-06-30")
        await visit.page.get_by_role("link", name="Safety").click()
        await visit.settled()
        await expect(visit.page.get_by_label("Data cut-off")).to_have_value("2025-09-30")
        await expect(visit.page.get_by_text("Not shown yet")).to_be_visible()


async def test_a_network_that_goes_away_is_waited_for(visiting: Visiting) -> None:
    async with visiting("data_manager") as visit:
        visit.expected = GONE
        await visit.open("enrolment")
        table = visit.page.get_by_role("table", name="Subjects by centre")
        before = await table.inner_text()
        await visit.page.context.set_offline(True)
        await visit.page.get_by_label("Data cut-off").fill("2024-02-15")
        await visit.page.get_by_role("button", name="Show", exact=True).first.click()
        bar = visit.page.get_by_role("alert")
        await expect(bar).to_contain_text("The service cannot be reached")
        await expect(visit.page.get_by_label("Data cut-off")).to_have_value("2024-02-15")
        await visit.page.context.set_offline(False)
        await visit.settled()
        await expect(bar).to_be_hidden()
        assert await table.inner_text() != before


async def test_a_busy_service_is_asked_again_when_it_says(visiting: Visiting) -> None:
    async with visiting("data_manager") as visit:
        visit.expected = ("503",)
        turns = iter([503])

        async def busy(route: Route) -> None:
            if next(turns, None) is None:
                await route.continue_()
            else:
                await route.fulfill(
                    status=503,
                    headers={"Retry-After": "1", "Content-Type": "application/problem+json"},
                    body='{"title": "Busy", "detail": "Come again."}',
                )

        await visit.page.route("**/v1/endpoints/enrolment*", busy)
        await visit.open("enrolment")
        await expect(visit.page.get_by_role("table", name="Subjects by centre")).to_be_visible()


async def test_a_part_that_fails_leaves_the_others_and_can_be_tried_again(
    visiting: Visiting,
) -> None:
    async with visiting("data_manager") as visit:
        visit.expected = ("500",)
        broken: dict[str, Any] = {
            "status": 500,
            "content_type": "application/problem+json",
            "body": '{"title": "The service failed", "detail": "It is noted.", "status": 500}',
        }
        await visit.page.route(
            "**/v1/endpoints/lab-abnormalities*", lambda route: route.fulfill(**broken)
        )
        await visit.open("safety")
        await expect(visit.page.get_by_role("table", name="Treatment of CRS")).to_be_visible()
        part = visit.page.get_by_role("region", name="Laboratory")
        await expect(part.get_by_text("The service failed.")).to_be_visible()
        await visit.page.unroute("**/v1/endpoints/lab-abnormalities*")
        await part.get_by_role("button", name="Try again").click()
        await expect(part.get_by_role("table")).to_be_visible(timeout=SECONDS)
