"""The checker of histories finds what it is there to find."""

from dataclasses import replace

import pytest

from tests.faults.history import (
    Acknowledged,
    Entry,
    Event,
    Storage,
    StoredAnswer,
    Version,
    Write,
    violations,
)

WRITES = [
    Write("a", "p", "ka", Acknowledged("r", 1, "one")),
    Write("b", "p", "kb", Acknowledged("r", 2, "two")),
    Write("c", "q", "kc", None),
    Write("d", "q", "kd", None),
]
SOUND = Storage(
    versions=[
        Version("visits", "r", 1, "a", 10),
        Version("visits", "r", 2, "b", 12),
        Version("visits", "s", 1, "c", 13),
    ],
    events=[Event(9, 1), Event(10, 2, "r", 1), Event(12, 4, "r", 2), Event(13, 3, "s", 1)],
    entries=[Entry(1, 9, 1), Entry(2, 10, 2), Entry(3, 12, 4), Entry(4, 13, 3)],
    answers=[StoredAnswer("p", "ka", "one"), StoredAnswer("p", "kb", "two"),
             StoredAnswer("q", "kc", "three")],
)  # fmt: skip


def test_it_finds_nothing_in_a_sound_history() -> None:
    assert violations(WRITES, SOUND) == []


def test_an_unknown_outcome_may_be_in_or_out() -> None:
    told = [write.token for write in WRITES if write.answer is None]
    assert told == ["c", "d"]
    assert {version.token for version in SOUND.versions} & set(told) == {"c"}


@pytest.mark.parametrize(
    ("change", "found"),
    [
        pytest.param({"versions": SOUND.versions[::2], "answers": SOUND.answers[::2]},
                     "lost write", id="an acknowledged write is gone"),
        pytest.param({"versions": [*SOUND.versions, Version("visits", "t", 1, "a", 14)]},
                     "doubled write", id="a retry made a second record"),
        pytest.param({"versions": [SOUND.versions[0], Version("visits", "r", 3, "b", 12)]},
                     "version gap", id="version 2 is missing"),
        pytest.param({"versions": [*SOUND.versions, Version("visits", "r", 2, "c", 12)]},
                     "version gap", id="version 2 is there twice"),
        pytest.param({"versions": [*SOUND.versions, Version("visits", "u", 1, "x", 15)]},
                     "nobody's write", id="a record that nobody sent"),
        pytest.param({"versions": SOUND.versions[:2]}, "half a write",
                     id="an unknown outcome left its answer behind"),
        pytest.param({"answers": SOUND.answers[:2]}, "half a write",
                     id="an unknown outcome left its record behind"),
        pytest.param({"answers": [*SOUND.answers[1:], StoredAnswer("p", "ka", "other")]},
                     "another answer", id="the stored answer is not the one given"),
        pytest.param({"versions": [Version("visits", "v", 1, "a", 10), *SOUND.versions[1:]]},
                     "wrong answer", id="the record is not the one in the answer"),
        pytest.param({"events": SOUND.events[:3]}, "untold version", id="a version has no event"),
        pytest.param({"events": [*SOUND.events, Event(13, 5, "s", 1)]}, "event of nothing|untold",
                     id="a version has two events"),
        pytest.param({"events": [*SOUND.events, Event(14, 5, "w", 1)]}, "event of nothing",
                     id="an event has no version"),
        pytest.param({"events": [*SOUND.events[:3], Event(12, 3, "s", 1)]}, "untold version",
                     id="an event of another transaction"),
        pytest.param({"entries": [*SOUND.entries[:3], Entry(5, 13, 3)]}, "ledger gap",
                     id="a number is missing"),
        pytest.param({"entries": [*SOUND.entries, Entry(5, 13, 3)]}, "ledger not of the events",
                     id="an event is numbered twice"),
        pytest.param({"entries": SOUND.entries[:3]}, "ledger not of the events",
                     id="an event is never numbered"),
        pytest.param({"entries": [*SOUND.entries[:2], Entry(3, 13, 3), Entry(4, 12, 4)]},
                     "ledger out of order", id="a later transaction comes first"),
    ],
)  # fmt: skip
def test_it_finds(change: dict[str, object], found: str) -> None:
    problems = violations(WRITES, replace(SOUND, **change))
    kinds = {problem.split(":", 1)[0] for problem in problems}
    assert any(kind.startswith(tuple(found.split("|"))) for kind in kinds), problems
