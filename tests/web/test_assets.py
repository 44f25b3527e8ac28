"""What the page is made of: little, from us alone, under a policy that lets nothing else in."""

import gzip
import re
from pathlib import Path

import pytest

from app.routers.page import BACK_FROM_ISSUER, HOME, PAGE_ADDRESSES, content_security_policy
from tests.deployment import Deployment

ROOM = Path(__file__).parents[2] / "app" / "web" / "page"


async def test_every_part_is_served_packed_and_kept_by_its_etag(deployment: Deployment) -> None:
    anybody = deployment.client()
    packed = 0
    for address in sorted(PAGE_ADDRESSES):
        plain = await anybody.get(address, headers={"Accept-Encoding": "identity"})
        assert plain.status_code == 200, address
        assert "content-encoding" not in plain.headers
        async with anybody.stream("GET", address, headers={"Accept-Encoding": "br, gzip"}) as sent:
            raw = b"".join([chunk async for chunk in sent.aiter_raw()])
        assert sent.headers["content-encoding"] == "gzip"
        assert sent.headers["vary"] == "Accept-Encoding"
        assert gzip.decompress(raw) == plain.content
        assert sent.headers["etag"] != plain.headers["etag"]
        head = await anybody.head(address, headers={"Accept-Encoding": "gzip"})
        assert (head.status_code, head.headers["etag"]) == (200, sent.headers["etag"])
        held = {"If-None-Match": sent.headers["etag"], "Accept-Encoding": "gzip"}
        assert (await anybody.get(address, headers=held)).status_code == 304
        packed += len(raw)
    assert packed < 100_000


@pytest.mark.parametrize("refused", ["identity", "gzip;q=0", "br", ""])
async def test_who_takes_no_gzip_gets_none(deployment: Deployment, refused: str) -> None:
    sent = await deployment.client().get(HOME, headers={"Accept-Encoding": refused})
    assert "content-encoding" not in sent.headers


async def test_a_browser_is_told_to_load_nothing_from_elsewhere(deployment: Deployment) -> None:
    sent = await deployment.client().get(HOME)
    assert sent.headers["content-security-policy"] == (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob: data:; "
        "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )
    assert sent.headers["cross-origin-opener-policy"] == "same-origin"
    assert sent.headers["referrer-policy"] == "no-referrer"
    assert sent.headers["x-content-type-options"] == "nosniff"
    assert "camera=()" in sent.headers["permissions-policy"]


def test_an_issuer_may_be_called_and_nothing_beside_it() -> None:
    policy = content_security_policy(("https://login.example",))
    assert "connect-src 'self' https://login.example; " in policy
    assert policy.replace(" https://login.example", "") == content_security_policy()


async def test_an_issuer_may_send_back_what_it_likes_and_nobody_else(
    deployment: Deployment,
) -> None:
    anybody = deployment.client()
    back = await anybody.get(f"{BACK_FROM_ISSUER}?code=1&state=2&session_state=3&iss=4")
    assert back.status_code == 200
    assert back.content == (await anybody.get(HOME)).content
    assert (await anybody.get(f"{HOME}?code=1")).status_code == 400


def test_nothing_is_inline_is_evaluated_or_comes_from_elsewhere() -> None:
    html = (ROOM / "index.html").read_text(encoding="utf-8")
    assert not re.search(r"<script>|<style|style=|\son\w+=", html)
    for file in ROOM.rglob("*"):
        if file.suffix not in {".js", ".css", ".html"}:
            continue
        text = file.read_text(encoding="utf-8")
        assert not re.search(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write", text), file
        assert not re.search(r"\beval\(|new Function|localStorage|document\.cookie", text), file
        assert not re.search(r"https?://", text), file
        for loaded in re.findall(r"""(?:src|href)="(/[^"]*)"|from "([^"]+)";""", text):
            address = loaded[0] or f"/page/{(file.parent / loaded[1]).resolve().relative_to(ROOM)}"
            assert address in PAGE_ADDRESSES | {"/docs"}, (file, address)
