"""What is remembered of a verified token, and for how long."""

import hashlib
import threading
from dataclasses import dataclass
from datetime import datetime

import pytest

from app.access.verified_tokens import VerifiedTokenCache
from tests.access.deployment import NOW, seconds


@dataclass(frozen=True)
class Said:
    """What a token said, as far as the cache looks at it."""

    expires_at: datetime
    name: str = ""


SAID = Said(NOW + seconds(300))


def test_it_finds_what_it_remembers() -> None:
    cache = VerifiedTokenCache[Said]()
    cache.remember("a.b.c", SAID)
    assert cache.find("a.b.c", NOW) is SAID
    assert cache.find("a.b.d", NOW) is None


@pytest.mark.parametrize(
    ("after", "found"),
    [(299.999, True), (300, False), (331, False)],
    ids=["before its end", "at its end", "after its end and the leeway"],
)
def test_it_forgets_a_token_at_its_end(after: float, found: bool) -> None:
    cache = VerifiedTokenCache[Said]()
    cache.remember("a.b.c", SAID)
    assert (cache.find("a.b.c", NOW + seconds(after)) is SAID) == found
    assert len(cache) == found


def test_it_holds_digests_and_no_tokens() -> None:
    cache = VerifiedTokenCache[Said]()
    cache.remember("a.b.c", SAID)
    assert list(cache._verified) == [hashlib.sha256(b"a.b.c").digest()]


def test_when_it_is_full_the_least_recently_used_goes() -> None:
    cache = VerifiedTokenCache[Said](capacity=2)
    cache.remember("a", SAID)
    cache.remember("b", SAID)
    assert cache.find("a", NOW)
    cache.remember("c", SAID)
    assert [bool(cache.find(token, NOW)) for token in "abc"] == [True, False, True]


def test_to_remember_again_is_to_use() -> None:
    cache = VerifiedTokenCache[Said](capacity=2)
    for token in ("a", "b", "a", "c"):
        cache.remember(token, SAID)
    assert [bool(cache.find(token, NOW)) for token in "abc"] == [True, False, True]


@pytest.mark.parametrize("token", [None, 1, b"a.b.c", "é", "a" * 8193], ids=repr)
def test_what_is_no_token_is_never_found(token: object) -> None:
    cache = VerifiedTokenCache[Said]()
    assert cache.find(token, NOW) is None
    with pytest.raises(ValueError, match="token"):
        cache.remember(token, SAID)
    assert len(cache) == 0


def test_threads_may_share_it() -> None:
    cache = VerifiedTokenCache[Said](capacity=8)
    wrong: list[str] = []

    def use(thread: int) -> None:
        for turn in range(2_000):
            token = f"token-{(thread * 7 + turn) % 16}"
            found = cache.find(token, NOW)
            if found is not None and found.name != token:
                wrong.append(token)
            cache.remember(token, Said(NOW + seconds(turn % 2), token))

    threads = [threading.Thread(target=use, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []
    assert len(cache) <= 8
