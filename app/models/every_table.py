"""Every table of the database, for migrations and for tests that look at all of them."""

from app.models import (  # noqa: F401
    access,
    adverse_event,
    enrolment,
    follow_up,
    idempotency,
    infusion,
    lab_result,
    ledger,
    preparation,
    subject,
)
