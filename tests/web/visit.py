"""A person before the page: the browser, and all that it asked for and said meanwhile."""

import os
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser, ConsoleMessage, Page, Route, expect

ARGUMENTS = [
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
]  # fmt: skip
DESKTOP = {"width": 1280, "height": 900}
PHONE = {"width": 360, "height": 740}
_EMPTY_SHEET = '<svg xmlns="http://www.w3.org/2000/svg" width="640" height="360"/>'
_TURN = """(hash) => new Promise((done) => {
  if (location.hash === hash) done();
  addEventListener("hashchange", () => setTimeout(done), { once: true });
  location.hash = hash;
})"""
_SIGNED_IN = """
if (location.protocol === "http:" && !sessionStorage.getItem("visited")) {
  sessionStorage.setItem("visited", "once");
  sessionStorage.setItem("dayzero.session", "TOKEN");
}"""
_ONCE = {"exclude": [["tbody tr:nth-child(n + 4)"], [".why ~ .why ~ .why"]]}
"""What axe need not look at: rows and explanations are made alike, the first stand for all."""
SECONDS = 60_000
"""Milliseconds that anything may take on a machine that is busy with other tests."""


def chromium() -> Path:
    """Give the browser's place; where there is none, skip, but fail in continuous integration."""
    found = shutil.which("chromium") or shutil.which("chromium-browser")
    if found is not None:
        return Path(found)
    reason = "There is no chromium: install Debian's package of that name."
    if os.environ.get("CI") == "true":
        pytest.fail(reason)
    pytest.skip(reason)


@dataclass
class Visit:
    """One tab, as somebody uses it."""

    page: Page
    origin: str
    elsewhere: set[str] = field(default_factory=set)
    """Other origins that the page has a reason to ask."""
    asked: list[str] = field(default_factory=list)
    said: list[str] = field(default_factory=list)
    expected: tuple[str, ...] = ()
    """What the console may say because the test has it so."""

    def watch(self) -> None:
        """Keep every request and every complaint."""
        self.page.on("request", lambda request: self.asked.append(request.url))
        self.page.on("pageerror", lambda error: self.said.append(str(error)))
        self.page.on("console", self._listen)

    async def open(self, address: str) -> None:
        """Go to a view by its address, as one who got it sent."""
        await self.page.goto("about:blank")
        await self.page.goto(f"{self.origin}/#/{address}")
        await self.settled()

    async def turn(self, address: str) -> None:
        """Go from one view to another, as a link does, without loading the page again."""
        await self.page.evaluate(_TURN, f"#/{address}")
        await self.settled()

    async def settled(self) -> None:
        """Wait until nothing loads any more."""
        await expect(self.page.locator("main h1")).to_be_visible(timeout=SECONDS)
        await expect(self.page.locator("[aria-busy]")).to_have_count(0, timeout=SECONDS)

    async def choose(self, **choices: str) -> None:
        """Fill in the choosers by their labels and show what was chosen."""
        for label, value in choices.items():
            field = self.page.get_by_label(label.replace("_", " "), exact=True)
            if await field.evaluate("field => field.tagName") == "SELECT":
                await field.select_option(value)
            else:
                await field.fill(value)
        await self.page.get_by_role("button", name="Show", exact=True).first.click()
        await self.settled()

    async def cell(self, table: str, row: str, column: str) -> str:
        """Read a cell of a table by its caption, the name of its row and its column's head."""
        found = self.page.get_by_role("table", name=table)
        heads = await found.locator("thead th").all_inner_texts()
        line = found.locator("tbody tr").filter(has=self.page.get_by_role("rowheader", name=row))
        return await line.locator("th, td").nth(heads.index(column)).inner_text()

    async def violations(self, *rules: str) -> list[str]:
        """Give what axe finds wrong with the page as it is now, by some of its rules or by all."""
        options: dict[str, Any] = {"resultTypes": ["violations"]}
        if rules:
            options["runOnly"] = {"type": "rule", "values": list(rules)}
        results = await Axe().run(self.page, context=_ONCE, options=options)
        return [
            f"{one['id']}: {node['target']} {node['failureSummary']}"
            for one in results.response["violations"]
            for node in one["nodes"]
        ]

    def strangers(self) -> list[str]:
        """Give the requests that left the host."""
        known = {self.origin, *self.elsewhere}
        parts = [urlsplit(url) for url in self.asked]
        return [
            one.geturl()
            for one in parts
            if one.scheme in {"http", "https", "ws", "wss"}
            and f"{one.scheme}://{one.netloc}" not in known
        ]

    def called(self, beginning: str) -> list[str]:
        """Give the addresses that were asked for and begin so."""
        return [url for url in self.asked if urlsplit(url).path.startswith(beginning)]

    def _listen(self, message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"} and not any(
            one in message.text for one in self.expected
        ):
            self.said.append(message.text)


async def _undrawn(route: Route) -> None:
    if route.request.headers["accept"] == "text/csv":
        await route.continue_()
    else:
        await route.fulfill(content_type="image/svg+xml", body=_EMPTY_SHEET)


@asynccontextmanager
async def visit(
    browser: Browser, origin: str, token: str | None, *, drawn: bool = False, **options: Any
) -> AsyncIterator[Visit]:
    """Open a tab, with somebody signed in or not, and hold it to its promises at the end.

    Args:
        drawn: whether charts are really drawn, which takes longer than all the rest; else an empty
            sheet stands for each; their data come from the service all the same.
    """
    context = await browser.new_context(viewport=options.pop("viewport", DESKTOP), **options)
    context.set_default_timeout(SECONDS)
    if token is not None:
        await context.add_init_script(_SIGNED_IN.replace("TOKEN", token))
    if not drawn:
        await context.route("**/v1/charts/**", _undrawn)
    found = Visit(await context.new_page(), origin)
    found.watch()
    try:
        yield found
        assert found.strangers() == [], "a request left the host"
        assert found.said == [], "the console complains"
    finally:
        await context.close()
