"""What is kept while there is room."""

import pytest

from app.bounded_cache import BoundedCache


def test_what_was_not_asked_for_the_longest_goes_first() -> None:
    cache = BoundedCache[str, str](2)
    cache.keep("a", "1")
    cache.keep("b", "2")
    assert cache.get("a") == "1"
    cache.keep("c", "3")
    assert list(cache) == ["a", "c"]
    assert cache.get("b") is None


def test_what_is_kept_again_counts_once() -> None:
    cache = BoundedCache[str, bytes](9, size=len, octets=10)
    cache.keep("a", b"12345")
    cache.keep("b", b"12345")
    cache.keep("a", b"1234")
    assert list(cache) == ["b", "a"]
    cache.keep("c", b"1")
    assert len(cache) == 3


@pytest.mark.parametrize(
    ("octets", "kept"),
    [
        pytest.param(8, ["whole"], id="as large as one may be; it takes the room of the others"),
        pytest.param(9, ["a", "b"], id="one octet larger: the others stay"),
    ],
)
def test_what_is_too_large_is_not_kept(octets: int, kept: list[str]) -> None:
    cache = BoundedCache[str, bytes](9, size=len, octets=10, largest=8)
    cache.keep("a", b"12345")
    cache.keep("b", b"12345")
    cache.keep("whole", b"x" * octets)
    assert list(cache) == kept


def test_the_room_of_what_is_forgotten_is_free() -> None:
    cache = BoundedCache[str, bytes](9, size=len, octets=10)
    cache.keep("a", b"1234567890")
    cache.forget("a")
    cache.forget("never kept")
    cache.keep("b", b"12345")
    cache.keep("c", b"12345")
    assert list(cache) == ["b", "c"]
    cache.clear()
    cache.keep("d", b"1234567890")
    assert list(cache) == ["d"]
