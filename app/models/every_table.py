"""Every table of the database, for migrations and for tests that look at all of them."""

from app.models import (  # noqa: F401
    access,
    adjudication,
    adverse_event,
    assessment,
    enrolment,
    follow_up,
    idempotency,
    identifier,
    infusion,
    kinetics_result,
    lab_result,
    ledger,
    neuro_assessment,
    preparation,
    subject,
    therapy,
    visit,
)
