"""Which version of which record a value rests on."""

import uuid
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class RecordRef:
    """The version of a record that a value rests on."""

    kind: str
    """Path of its kind, such as ``adverse-events``."""
    record_id: uuid.UUID
    version: int
