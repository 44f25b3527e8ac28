"""The page in a real browser over loopback: when its figures can be read, and what they weigh."""

import asyncio
import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from statistics import median
from typing import Any

import asyncpg
import httpx
from playwright.async_api import Browser, async_playwright

from benchmarks.cohort import TRIAL, fill, told_model
from benchmarks.deployment import Measured

ROUNDS = 7
ARGUMENTS = [
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
]  # fmt: skip
_WATCH = """
sessionStorage.setItem("dayzero.session", TOKEN);
new MutationObserver((_, observer) => {
  if (document.querySelector(".tile strong") === null) return;
  observer.disconnect();
  requestAnimationFrame(() => setTimeout(() => { window.usable = performance.now(); }));
}).observe(document, { childList: true, subtree: true });
"""


def figures(service: Measured) -> Iterator[tuple[str, ...]]:
    """Measure the status board of a trial of 60 subjects, opened by somebody who is signed in."""
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    if chromium is None:
        yield "page usable", "not measured", "<= 1.5 s", "there is no chromium here"
        return
    seconds, octets = asyncio.run(_opened(service, Path(chromium)))
    first, *later = seconds
    note = f"the first of all, which has to be computed, after {first:.2f} s"
    yield "page usable, status board of 60", f"{median(later):.2f} s", "<= 1.5 s", note
    yield "page transferred", f"{octets / 1e6:.2f} MB", "<= 1.2 MB", "with the board's own figures"


async def _opened(service: Measured, chromium: Path) -> tuple[list[float], int]:
    owner = await asyncpg.connect(service.owner_url())
    headers = {"Authorization": f"Bearer {service.token}"}
    origin = f"http://127.0.0.1:{service.port}"
    async with httpx.AsyncClient(base_url=origin, headers=headers, timeout=600) as client:
        await fill(owner, await told_model(client), 1, TRIAL)
    await owner.close()
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=chromium, args=ARGUMENTS)
        visits = [await _visit(browser, origin, service.token) for _ in range(1 + ROUNDS)]
        await browser.close()
    return [seconds for seconds, _ in visits], visits[-1][1]


async def _visit(browser: Browser, origin: str, token: str) -> tuple[float, int]:
    """Open the page with nothing kept; give when its first figures were painted, and all octets."""
    context = await browser.new_context(viewport={"width": 1280, "height": 900})
    await context.add_init_script(_WATCH.replace("TOKEN", json.dumps(token)))
    page = await context.new_page()
    transferred: list[float] = []
    session = await context.new_cdp_session(page)

    def finished(event: dict[str, Any]) -> None:
        transferred.append(event["encodedDataLength"])

    session.on("Network.loadingFinished", finished)
    await session.send("Network.enable")
    await page.goto(origin)
    await page.locator(".tile strong").first.wait_for()
    await page.locator("[aria-busy]").first.wait_for(state="detached")
    milliseconds = await page.evaluate("window.usable")
    await context.close()
    return milliseconds / 1000, int(sum(transferred))
