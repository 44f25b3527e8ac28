"""A subject beside the other subjects that the caller sees: one person twice, one lot twice."""

from collections.abc import Iterator

from app.services.edit_checks.rule import RecordFinding, Rule, SubjectRecords

SUBJECT_TWICE = Rule(
    "SUBJECT-TWICE",
    "warning",
    "looks like the same person as another subject: same sex, year of birth, and what is known of "
    "diagnosis, isotype and consent; void the enrolment that was made in error, or leave both "
    "where they are two persons",
)
LOT_INFUSED_TWICE = Rule(
    "LOT-INFUSED-TWICE",
    "error",
    "the same part of the same lot of an autologous product is recorded as given to another "
    "subject; correct the lot or the part, or void the infusion that was entered for the wrong "
    "subject",
)


def looks_like_another(subject: SubjectRecords) -> Iterator[RecordFinding]:
    """Notice a subject who looks like others that the caller sees, and name them."""
    alike = subject.others.alike
    if alike and subject.enrolment is not None:
        finding = SUBJECT_TWICE.at()
        message = f"{finding.message}: {', '.join(alike)}"
        yield RecordFinding(subject.enrolment, finding.model_copy(update={"message": message}))


def lot_of_another(subject: SubjectRecords) -> Iterator[RecordFinding]:
    """Notice an infusion of a lot and part that another subject was given."""
    for infusion in subject.infusions:
        lot, part = infusion.fields.product_lot, infusion.fields.part
        if lot is not None and (lot, part) in subject.others.lots:
            yield RecordFinding(infusion, LOT_INFUSED_TWICE.at("product_lot"))


SUBJECT_CHECKS = (looks_like_another, lot_of_another)
