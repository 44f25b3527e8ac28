"""What a deployment says of an issuer at which people sign in from a browser."""

import json
from typing import Any

import pytest

from app.access.browser_sign_in import BrowserSignIn, origin_of
from app.access.issuers import ExternalIssuers, parse_issuers
from tests.access.test_issuers import JWKS, LOGIN

SIGN_IN = {
    "name": "Lakeside Hospital",
    "client_id": "dayzero-page",
    "authorization_endpoint": f"{LOGIN}/authorize",
    "token_endpoint": f"{LOGIN}/token",
}


def parsed(**changes: Any) -> ExternalIssuers:
    issuer = {"issuer": LOGIN, "audience": "dayzero", "jwks": JWKS, "sign_in": SIGN_IN, **changes}
    return ExternalIssuers(parse_issuers(json.dumps([issuer]).encode()))


@pytest.mark.parametrize(
    ("audience", "token"),
    [
        pytest.param("dayzero", "access_token", id="an audience of the service's own"),
        pytest.param("dayzero-page", "id_token", id="the client as audience"),
    ],
)
def test_the_token_with_our_audience_is_the_one_sent(audience: str, token: str) -> None:
    (issuer,) = parsed(audience=audience).of_people
    assert issuer.browser_token == token


def test_an_issuer_of_systems_alone_is_none_of_people() -> None:
    issuers = parsed(sign_in=None)
    assert issuers.of_people == ()
    assert issuers.token_origins == ()


def test_the_page_may_call_each_token_endpoint_and_each_once() -> None:
    first = {"issuer": LOGIN, "audience": "dayzero", "jwks": JWKS, "sign_in": SIGN_IN}
    tokens = {**SIGN_IN, "token_endpoint": "https://tokens.example:8443/oauth2/token"}
    others = [{**first, "issuer": f"{LOGIN}/{name}", "sign_in": tokens} for name in "ab"]
    issuers = ExternalIssuers(parse_issuers(json.dumps([first, *others]).encode()))
    assert issuers.token_origins == ("https://login.example", "https://tokens.example:8443")


@pytest.mark.parametrize(
    "change",
    [
        pytest.param({"name": ""}, id="no name"),
        pytest.param({"client_id": None}, id="no client"),
        pytest.param({"client_secret": "s"}, id="a secret, which a browser cannot keep"),
        pytest.param({"scope": "openid\nprofile"}, id="a scope of two lines"),
        pytest.param({"scope": "openid "}, id="a scope that ends in a blank"),
        pytest.param({"token_endpoint": "http://login.example/token"}, id="no TLS"),
        pytest.param({"authorization_endpoint": "javascript:alert(1)"}, id="a script"),
        pytest.param({"token_endpoint": "https://login.example/to ken"}, id="a blank"),
    ],
)
def test_what_cannot_be_used_is_refused_at_the_start(change: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="sign_in"):
        parsed(sign_in={**SIGN_IN, **change})


def test_openid_is_asked_for_where_nothing_else_is_said() -> None:
    assert BrowserSignIn(**SIGN_IN).scope == "openid"


@pytest.mark.parametrize(
    ("url", "origin"),
    [
        ("https://login.example/token", "https://login.example"),
        ("https://login.example:8443/token?tenant=1", "https://login.example:8443"),
        ("http://127.0.0.1:9000/token", "http://127.0.0.1:9000"),
        ("http://[::1]:9000/token", "http://[::1]:9000"),
    ],
)
def test_an_origin_is_scheme_host_and_port(url: str, origin: str) -> None:
    assert origin_of(url) == origin


@pytest.mark.parametrize(
    "url",
    [
        "http://login.example/token",
        "https://login.example;script-src/token",
        "https://login.example *.example/token",
        "https://*.example/token",
        "https://LOGIN.example/token",
        "https://me@login.example/token",
        "https://login.example/token#here",
        "javascript:alert(1)",
        "https:///token",
    ],
)
def test_an_address_that_would_loosen_the_policy_of_the_page_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match="https://"):
        origin_of(url)
