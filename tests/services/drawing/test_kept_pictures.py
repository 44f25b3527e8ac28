"""The pictures that a worker keeps are bounded in number and in size."""

from __future__ import annotations

import pytest

from app.services.drawing import kept_pictures as kept_here
from app.services.drawing.kept_pictures import KeptPicture, kept_pictures


def picture(octets: int) -> KeptPicture:
    return KeptPicture(b"x" * octets, ())


def test_the_one_not_asked_for_the_longest_goes_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept_here, "PICTURES_KEPT", 2)
    kept = kept_pictures()
    kept.keep("a", picture(1))
    kept.keep("b", picture(1))
    assert kept.get("a")
    kept.keep("c", picture(1))
    assert [name for name in "abc" if kept.get(name)] == ["a", "c"]


def test_they_share_so_many_octets(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept_here, "OCTETS_KEPT", 10)
    monkeypatch.setattr(kept_here, "LARGEST_KEPT", 8)
    kept = kept_pictures()
    kept.keep("too large", picture(9))
    assert kept.get("too large") is None
    for name in "abc":
        kept.keep(name, picture(4))
    assert [name for name in "abc" if kept.get(name)] == ["b", "c"]
    kept.keep("d", picture(8))
    assert [name for name in "bcd" if kept.get(name)] == ["d"]
