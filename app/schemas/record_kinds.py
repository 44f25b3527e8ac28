"""Every kind of record, in the order of a subject's course."""

from app.schemas.adverse_event import ADVERSE_EVENTS
from app.schemas.record import RecordKind

RECORD_KINDS: tuple[RecordKind, ...] = (ADVERSE_EVENTS,)
