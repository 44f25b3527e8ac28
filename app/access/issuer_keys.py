"""The public keys of an external issuer: written in our settings, or fetched from it."""

import asyncio
import ipaddress
import logging
import time
from collections.abc import Callable, Sequence
from typing import Protocol
from urllib.parse import urlsplit

from app.access.public_keys import (
    LONGEST_KEY_SET,
    VerificationKey,
    jwks_members,
    verification_key,
)

SHORTEST_PAUSE = 60.0
REFRESH_AFTER = 600.0
KEPT_FOR = 86_400.0
SECONDS_TO_CONNECT_OR_READ = 5.0
SECONDS_IN_ALL = 10.0
_MOST_KEYS = 100

logger = logging.getLogger(__name__)


class IssuerKeys(Protocol):
    """Where the keys of an external issuer are found."""

    async def keys_for(self, key_id: str) -> Sequence[VerificationKey]:
        """Give the keys of that name: none, one, or (where the issuer errs) several."""
        ...


class WrittenKeys:
    """Keys that stand in our settings and do not change."""

    def __init__(self, keys: Sequence[VerificationKey]) -> None:
        self._keys = keys

    async def keys_for(self, key_id: str) -> Sequence[VerificationKey]:
        """Give the keys of that name."""
        return [key for key in self._keys if key.key_id == key_id]


class FetchedKeys:
    """Keys at a URL of the issuer, fetched when needed and at most once a minute.

    A request with a known key never waits: keys older than ten minutes are renewed behind its
    back. A request with an unknown key waits for a fetch if one is due; otherwise it is told so at
    once, so that a flood of invented names costs the issuer nothing. When the issuer cannot be
    reached or answers nonsense, the keys fetched last serve on, for a day at most: what the issuer
    withdrew meanwhile cannot be known.
    """

    def __init__(self, url: str, *, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._url = url
        self._monotonic = monotonic
        self._keys: tuple[VerificationKey, ...] = ()
        self._fetched_at: float | None = None
        self._tried_at: float | None = None
        self._fetching: asyncio.Task[None] | None = None

    async def keys_for(self, key_id: str) -> Sequence[VerificationKey]:
        """Give the keys of that name, having asked the issuer if that is due."""
        known = self._named(key_id)
        if self._fetching is None and self._is_due(known):
            self._fetching = asyncio.create_task(self._fetch())
        if self._fetching is not None and not known:
            await asyncio.shield(self._fetching)  # a caller who leaves does not end the fetch
            return self._named(key_id)
        return known

    def _named(self, key_id: str) -> Sequence[VerificationKey]:
        if self._age(self._fetched_at) > KEPT_FOR:
            return []
        return [key for key in self._keys if key.key_id == key_id]

    def _is_due(self, known: Sequence[VerificationKey]) -> bool:
        if self._age(self._tried_at) < SHORTEST_PAUSE:
            return False
        return not known or self._age(self._fetched_at) >= REFRESH_AFTER

    def _age(self, instant: float | None) -> float:
        return float("inf") if instant is None else self._monotonic() - instant

    async def _fetch(self) -> None:
        try:
            self._keys = usable_keys(await _body_of(self._url))
            self._fetched_at = self._monotonic()
        except Exception as error:
            logger.warning("No keys from %s: %s %s", self._url, type(error).__name__, error)
        finally:
            self._tried_at = self._monotonic()
            self._fetching = None


def usable_keys(text: str | bytes) -> tuple[VerificationKey, ...]:
    """Read an issuer's JWK Set, passing over the keys that are not for us or not strong enough.

    An issuer publishes keys for all its clients and all their algorithms; one that we cannot use
    must not cost us the others (RFC 7517, section 5).

    Raises:
        ValueError: no JWK Set, more than 100 keys, or no key that can be used.
    """
    members = jwks_members(text)
    if len(members) > _MOST_KEYS:
        raise ValueError(f"an issuer has at most {_MOST_KEYS} keys")
    keys: list[VerificationKey] = []
    for jwk in members:
        try:
            keys.append(verification_key(jwk))
        except ValueError:
            continue
    if not keys:
        raise ValueError("no key of the JWK Set can be used")
    return tuple(keys)


def safe_url(url: str) -> str:
    """Give back a URL that may be asked for keys: over TLS, or plain from this very machine.

    Raises:
        ValueError: another scheme, no host, a user name, or a fragment.
    """
    parts = urlsplit(url)
    if parts.scheme != "https" and not (parts.scheme == "http" and is_loopback(parts.hostname)):
        raise ValueError("the address of keys begins with https://")
    if not parts.hostname or parts.username is not None or parts.fragment:
        raise ValueError("the address of keys has a host, no user name and no fragment")
    return url


def is_loopback(host: str | None) -> bool:
    """Tell whether a host of a URL is this very machine."""
    try:
        return host == "localhost" or ipaddress.ip_address(host or "").is_loopback
    except ValueError:
        return False


async def _body_of(url: str) -> bytes:
    """Fetch a small document: no redirect, nothing compressed, bounded in size and time.

    Raises:
        ValueError: another status than 200, a coded body, or more than 64 KiB.
        httpx.HTTPError, TimeoutError: it was not to be had in time.
    """
    import httpx  # noqa: PLC0415 - most deployments have no issuer to ask

    body = bytearray()
    headers = {"Accept": "application/json", "Accept-Encoding": "identity"}
    async with (
        asyncio.timeout(SECONDS_IN_ALL),  # httpx bounds each read, not their sum
        httpx.AsyncClient(
            timeout=SECONDS_TO_CONNECT_OR_READ,
            follow_redirects=False,
            trust_env=url.startswith("https:"),  # loopback goes through no proxy
        ) as client,
        client.stream("GET", url, headers=headers) as response,
    ):
        if response.status_code != httpx.codes.OK:
            raise ValueError(f"status {response.status_code}")
        if response.headers.get("content-encoding", "identity") != "identity":
            raise ValueError("a coded body")
        async for part in response.aiter_raw():
            body += part
            if len(body) > LONGEST_KEY_SET:
                raise ValueError("too long")
    return bytes(body)
