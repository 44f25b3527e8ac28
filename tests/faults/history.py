"""Holds what clients were told against what is stored: nothing lost, nothing twice, no gap.

A client marks every write with a token of its own, which the stored version carries: the
``source_id`` of a first version, the ``reason`` of a later one. So each write is found again, also
the one whose answer never came.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Acknowledged:
    """The answer that told a client that its write is stored."""

    record_id: str
    version: int
    body: str


@dataclass(frozen=True, slots=True)
class Write:
    """A write that a client sent, as often as it took; ``answer`` is None when it gave up."""

    token: str
    principal: str
    key: str
    answer: Acknowledged | None


@dataclass(frozen=True, slots=True)
class Version:
    """A stored version of a record and the token of the write that made it."""

    kind: str
    record_id: str
    version: int
    token: str
    transaction_id: int


@dataclass(frozen=True, slots=True)
class Event:
    """A ledger event of a change to a record; ``record_id`` is None for every other change."""

    transaction_id: int
    id: int
    record_id: str | None = None
    version: int | None = None


@dataclass(frozen=True, slots=True)
class Entry:
    """The number that the ledger gave to an event."""

    seq: int
    transaction_id: int
    event: int


@dataclass(frozen=True, slots=True)
class StoredAnswer:
    """The answer kept under a principal's idempotency key."""

    principal: str
    key: str
    body: str


@dataclass(frozen=True, slots=True)
class Storage:
    """Everything that is stored, read at one moment after the last write."""

    versions: Sequence[Version]
    events: Sequence[Event]
    entries: Sequence[Entry]
    answers: Sequence[StoredAnswer]


def violations(writes: Sequence[Write], storage: Storage) -> list[str]:
    """Say in what the stored data break what the clients were promised; empty: in nothing."""
    return [
        *_of_writes(writes, storage),
        *_of_versions(writes, storage),
        *_of_events(storage),
        *_of_the_ledger(storage),
    ]


def _of_writes(writes: Sequence[Write], storage: Storage) -> Iterator[str]:
    """An acknowledged write is stored once as answered; any other once or not at all."""
    stored = defaultdict(list)
    for version in storage.versions:
        stored[version.token].append(version)
    kept = {(answer.principal, answer.key): answer.body for answer in storage.answers}
    for write in writes:
        found = stored[write.token]
        body = kept.get((write.principal, write.key))
        if len(found) > 1:
            yield f"doubled write: {write.token} is stored {len(found)} times"
        if (body is not None) != bool(found):
            yield f"half a write: {write.token} has {len(found)} versions and answer {body!r}"
        if write.answer is None:
            continue
        if not found:
            yield f"lost write: {write.token} was acknowledged and is not stored"
            continue
        if (found[0].record_id, found[0].version) != (write.answer.record_id, write.answer.version):
            yield f"wrong answer: {write.token} is stored as {found[0]}, told {write.answer}"
        if body is not None and body != write.answer.body:
            yield f"another answer: {write.token} has an answer stored that was not given"


def _of_versions(writes: Sequence[Write], storage: Storage) -> Iterator[str]:
    """Every version is somebody's write, and the versions of a record are 1 to n."""
    known = {write.token for write in writes}
    by_record = defaultdict(list)
    for version in storage.versions:
        by_record[version.kind, version.record_id].append(version.version)
        if version.token not in known:
            yield f"nobody's write: {version}"
    for record, numbers in by_record.items():
        if sorted(numbers) != list(range(1, len(numbers) + 1)):
            yield f"version gap: {record} has the versions {sorted(numbers)}"


def _of_events(storage: Storage) -> Iterator[str]:
    """Every version has one event, of its own transaction, and every such event a version."""
    events = Counter(
        (event.record_id, event.version, event.transaction_id)
        for event in storage.events
        if event.record_id is not None
    )
    for version in storage.versions:
        number = events.pop((version.record_id, version.version, version.transaction_id), 0)
        if number != 1:
            yield f"untold version: {version} has {number} ledger events"
    for event in events:
        yield f"event of nothing: {event}"


def _of_the_ledger(storage: Storage) -> Iterator[str]:
    """The ledger counts 1 to n, each event once, in the order of transactions and within them."""
    entries = sorted(storage.entries, key=lambda entry: entry.seq)
    if [entry.seq for entry in entries] != list(range(1, len(entries) + 1)):
        yield f"ledger gap: {len(entries)} entries end at {entries[-1].seq}"
    numbered = [(entry.transaction_id, entry.event) for entry in entries]
    if numbered != sorted(numbered):
        yield "ledger out of order: an entry lies before one of an earlier transaction"
    happened = sorted((event.transaction_id, event.id) for event in storage.events)
    if sorted(numbered) != happened:
        missing = set(happened) - set(numbered)
        extra = set(numbered) - set(happened)
        yield f"ledger not of the events: {len(missing)} are missing, {len(extra)} are no events"
