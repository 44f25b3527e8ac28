"""Where a record stands: of which kind, of which subject, under which identity."""

import uuid
from dataclasses import dataclass

from app.schemas.record import RecordKind


@dataclass(frozen=True, slots=True)
class Place:
    """Where a record stands.

    Attributes:
        record_id: the record's identity; None for the one enrolment of the subject, which has the
            subject's own address, and for a record that is still to be made.
    """

    kind: RecordKind
    subject: str
    record_id: uuid.UUID | None = None

    @property
    def address(self) -> str:
        """The address of the record; of one still to be made, what would be its subject's."""
        if self.kind.one_per_subject or self.record_id is None:
            return f"/v1/subjects/{self.subject}"
        return f"/v1/subjects/{self.subject}/{self.kind.path}/{self.record_id}"
