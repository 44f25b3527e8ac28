"""A version of a record that is about to be stored."""

import json
import uuid
from dataclasses import dataclass

from app.models.record import Origin
from app.schemas.record import RecordIn, RecordKind


@dataclass(frozen=True, slots=True)
class NewVersion:
    """A version of a record that is about to be stored.

    Attributes:
        number: of the version; the first is 1.
        payload: what it says.
        origin: whose words it is.
        source_id: that of the record's first version, which a later one keeps; None where the
            payload's own counts.
    """

    kind: RecordKind
    record_id: uuid.UUID
    number: int
    subject: str
    centre: str
    payload: RecordIn
    origin: Origin
    source_id: str | None = None

    def row(self, recorded_by: str) -> str:
        """Write it as the JSON array of one row that the database types."""
        system = {
            "record_id": str(self.record_id),
            "version": self.number,
            "subject": self.subject,
            "centre": self.centre,
            "state": "active",
            "recorded_by": recorded_by,
            "origin": self.origin,
        }
        if self.source_id is not None:
            system["source_id"] = self.source_id
        return f"[{self.payload.model_dump_json()[:-1]},{json.dumps(system)[1:]}]"
