"""What centres have to tell: records, corrections, and whom they are about. Plain data."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

ENROLMENTS = "subjects"
"""The kind of record that makes a subject."""

REVIEWERS = "response reviewers"
"""Where a centre's code stands for its client, this stands for the client of the reviewers."""

Proof = Literal["client_secret_basic", "client_secret_post", "private_key_jwt"]
"""How the client of a centre proves who it is."""


@dataclass(frozen=True)
class Reference:
    """Stands in a body for the ``record_id`` that the service gave to an earlier record."""

    kind: str
    source_id: str


@dataclass(frozen=True)
class Record:
    """One record as a centre's system holds it; ``body`` is without its ``source_id``."""

    kind: str
    source_id: str
    body: Mapping[str, Any]

    @property
    def reference(self) -> Reference:
        """Name this record in the body of a later one."""
        return Reference(self.kind, self.source_id)


@dataclass(frozen=True)
class Correction:
    """A correction of a record that was sent before.

    Attributes:
        record: what it should say; its body does not matter when it is voided.
        by_import: it comes with a file of the sending system.
    """

    record: Record
    reason: str
    voided: bool = False
    by_import: bool = False


@dataclass(frozen=True)
class SubjectAsSent:
    """Everything that is told of one subject.

    Attributes:
        singly: sent one by one, in this order, each after those it refers to.
        in_bulk: sent as lines of a file, after them.
        adjudications: sent by the response reviewers, after all that the centre has.
        changes: sent last.
    """

    enrolment: Record
    singly: tuple[Record, ...] = ()
    in_bulk: tuple[Record, ...] = ()
    adjudications: tuple[Record, ...] = ()
    changes: tuple[Correction, ...] = ()


@dataclass(frozen=True)
class CentreRecords:
    """Everything that one centre tells, and what the reviewers make of it.

    Attributes:
        canary: occurs in the ``source_id`` of each of its records and in nobody else's.
    """

    code: str
    name: str
    canary: str
    proof: Proof
    subjects: tuple[SubjectAsSent, ...] = field(repr=False)

    def records(self) -> Iterator[Record]:
        """Give every record that ends up stored, in its first form."""
        for subject in self.subjects:
            yield subject.enrolment
            yield from subject.singly
            yield from subject.in_bulk
            yield from subject.adjudications

    def changes(self) -> Iterator[Correction]:
        """Give every correction."""
        for subject in self.subjects:
            yield from subject.changes


@dataclass(frozen=True)
class TrialRecords:
    """Everything that the centres of a trial tell.

    Attributes:
        trial_code: the trial that the service must have been started for.
    """

    trial_code: str
    centres: tuple[CentreRecords, ...]

    @property
    def adjudicated(self) -> bool:
        """Whether reviewers have anything to tell."""
        return any(subject.adjudications for centre in self.centres for subject in centre.subjects)
