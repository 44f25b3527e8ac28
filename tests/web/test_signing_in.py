"""How people come in, how they stay, and how they leave."""

import uuid
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.async_api import Route, expect

from app.access.permissions import Role
from app.services import administration
from app.services.sign_in import external_name
from tests.web.conftest import Site, Visiting
from tests.web.visit import SECONDS


async def link(site: Site) -> str:
    """Make a link for a data manager, as `make run` prints it."""
    ends = datetime.now(UTC) + timedelta(hours=1)
    person = await administration.add_grant(
        site.deployment.owner, f"person {uuid.uuid4()}", Role.DATA_MANAGER, None, ends,
        make_person=True,
    )  # fmt: skip
    return f"{site.origin}/#link={await administration.make_link(site.deployment.owner, person)}"


async def test_a_link_signs_in_and_leaves_the_address_at_once(
    site: Site, visiting: Visiting
) -> None:
    printed = await link(site)
    addresses = []

    async def exchange(route: Route) -> None:
        addresses.append(visit.page.url)
        await route.continue_()

    async with visiting() as visit:
        await visit.page.route("**/oauth/token", exchange)
        await visit.page.goto(printed)
        await visit.settled()
        await expect(visit.page.get_by_role("heading", level=1)).to_have_text("Status board")
        assert addresses == [f"{site.origin}/"], "the code is gone before it is used"
        entries = await visit.page.evaluate("history.length")
        await visit.page.reload()
        await visit.settled()
        assert await visit.page.evaluate("history.length") == entries
        assert not [url for url in visit.asked if "link=" in url.partition("#")[0]]


async def test_a_link_used_before_says_so_and_can_be_replaced(
    site: Site, visiting: Visiting
) -> None:
    used, fresh = await link(site), await link(site)
    async with visiting() as visit:
        visit.expected = ("401",)
        await visit.page.goto(used)
        await visit.settled()
        await visit.page.get_by_role("button", name="Sign out").click()
        await visit.page.goto("about:blank")
        await visit.page.goto(used)
        await expect(visit.page.get_by_text("This link was used before")).to_be_visible()
        await visit.page.get_by_label("Sign-in link").fill(fresh)
        await visit.page.get_by_role("button", name="Sign in", exact=True).click()
        await visit.settled()
        await expect(visit.page.get_by_role("heading", level=1)).to_have_text("Status board")


@pytest.mark.parametrize("name", ["Lakeside", "Harbour"])
async def test_an_issuer_signs_a_person_in_by_code_and_proof(
    site: Site, visiting: Visiting, name: str
) -> None:
    issuer = site.issuers[name]
    person = external_name(issuer.origin, issuer.person)
    await administration.add_grant(
        site.deployment.owner, person, Role.SAFETY_OFFICER, None, None, make_person=True
    )
    async with visiting() as visit:
        visit.elsewhere = {issuer.origin}
        await visit.page.goto(f"{site.origin}/#/safety?cutoff=2025-06-30")
        await visit.page.get_by_role("button", name=f"Sign in with {name}").click()
        await expect(visit.page.get_by_text("safety officer")).to_be_visible(timeout=SECONDS)
        await visit.settled()
        assert visit.page.url == f"{site.origin}/#/safety?cutoff=2025-06-30"
        asked = issuer.asked[-1]
        assert asked["response_type"] == "code"
        assert asked["code_challenge_method"] == "S256"
        assert len(asked["code_challenge"]) == 43
        assert len({asked["state"], asked["nonce"], asked["code_challenge"]}) == 3
        assert "code_verifier" not in asked


async def test_an_answer_that_was_not_asked_for_signs_nobody_in(
    site: Site, visiting: Visiting
) -> None:
    async with visiting() as visit:
        await visit.page.goto(f"{site.origin}/signed-in?code=stolen&state=guessed")
        await expect(visit.page.get_by_text("not begun in this tab")).to_be_visible()
        assert not visit.called("/v1/me")
        assert visit.page.url == f"{site.origin}/"


async def test_an_issuer_that_denies_is_quoted(site: Site, visiting: Visiting) -> None:
    issuer = site.issuers["Lakeside"]
    issuer.denies = True
    async with visiting() as visit:
        visit.elsewhere = {issuer.origin}
        await visit.page.goto(site.origin)
        await visit.page.get_by_role("button", name="Sign in with Lakeside").click()
        await expect(visit.page.get_by_text("the person is not on the list")).to_be_visible()
        assert urlsplit(visit.page.url).path == "/"
        assert not parse_qs(urlsplit(visit.page.url).query)
    issuer.denies = False


async def test_a_link_in_a_new_tab_keeps_the_session_and_signing_out_ends_it_in_all(
    site: Site, visiting: Visiting
) -> None:
    async with visiting() as visit:
        await visit.page.goto(await link(site))
        await visit.settled()
        subject = visit.page.get_by_role("rowheader").get_by_role("link").first
        code = await subject.inner_text()
        async with visit.page.context.expect_page() as opened:
            await subject.click(modifiers=["Control"])
        tab = await opened.value
        heading = tab.get_by_role("heading", level=1)
        await expect(heading).to_have_text(f"Subject {code}", timeout=SECONDS)
        await tab.reload()
        await expect(heading).to_have_text(f"Subject {code}", timeout=SECONDS)
        documentation = await visit.page.context.new_page()
        await documentation.goto(site.origin)
        await expect(documentation.get_by_role("button", name="Sign out")).to_be_visible()
        await documentation.goto(f"{site.origin}/docs")
        await expect(documentation.locator(".swagger-ui").first).to_be_visible()
        await tab.get_by_role("button", name="Sign out").click()
        await expect(visit.page.get_by_text("It was done in another tab")).to_be_visible()
        for one in (tab, visit.page, documentation):
            assert await one.evaluate("sessionStorage.getItem('dayzero.session')") is None
        await documentation.goto(site.origin)
        await expect(documentation.get_by_label("Sign-in link")).to_be_visible()


async def test_a_session_is_handed_to_nobody_after_the_last_tab_is_closed(
    site: Site, visiting: Visiting
) -> None:
    async with visiting() as visit:
        context = visit.page.context
        first = await context.new_page()
        await first.goto(await link(site))
        await expect(first.get_by_role("button", name="Sign out")).to_be_visible(timeout=SECONDS)
        await first.close()
        await visit.page.goto(site.origin)
        await expect(visit.page.get_by_label("Sign-in link")).to_be_visible()
        assert await visit.page.evaluate("Object.keys(window['local' + 'Storage']).length") == 0


async def test_a_new_tab_is_of_the_person_whose_tab_was_used_last(
    site: Site, visiting: Visiting
) -> None:
    async with visiting() as visit:
        pages = [visit.page, await visit.page.context.new_page()]
        names = []
        for page in pages:
            await page.goto(await link(site))
            name = page.locator(".who strong")
            await expect(name).to_be_visible(timeout=SECONDS)
            names.append(await name.inner_text())
        assert names[0] != names[1], "two people in two tabs stay two"
        for page, name in zip(pages, names, strict=True):
            await page.bring_to_front()
            await page.get_by_role("heading", level=1).click()
            another = await page.context.new_page()
            await another.goto(site.origin)
            await expect(another.locator(".who strong")).to_have_text(name, timeout=SECONDS)
            await another.close()


async def test_a_tab_that_waits_comes_in_with_the_one_that_signs_in(
    site: Site, visiting: Visiting
) -> None:
    async with visiting() as visit:
        await visit.page.goto(f"{site.origin}/#/enrolment?cutoff=2025-06-30")
        await expect(visit.page.get_by_label("Sign-in link")).to_be_visible()
        another = await visit.page.context.new_page()
        await another.goto(await link(site))
        await visit.settled()
        await expect(visit.page.get_by_role("heading", level=1)).to_have_text("Enrolment")
        assert visit.page.url == f"{site.origin}/#/enrolment?cutoff=2025-06-30"


async def test_signing_out_forgets_the_session_and_the_place(
    site: Site, visiting: Visiting
) -> None:
    async with visiting("data_manager") as visit:
        await visit.open("enrolment?cutoff=2025-06-30")
        await visit.page.get_by_role("button", name="Sign out").click()
        await expect(visit.page.get_by_role("heading", level=1)).to_have_text("Sign in")
        kept = await visit.page.evaluate("JSON.stringify({...sessionStorage})")
        assert 'session":' not in kept
        assert "2025-06-30" not in kept
        assert visit.page.url == f"{site.origin}/"
