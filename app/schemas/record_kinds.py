"""Every kind of record, in the order of a subject's course."""

from app.schemas.adverse_event import ADVERSE_EVENTS
from app.schemas.enrolment import ENROLMENTS
from app.schemas.infusion import INFUSIONS
from app.schemas.lab_result import LAB_RESULTS
from app.schemas.record import RecordKind

RECORD_KINDS: tuple[RecordKind, ...] = (ENROLMENTS, INFUSIONS, ADVERSE_EVENTS, LAB_RESULTS)
