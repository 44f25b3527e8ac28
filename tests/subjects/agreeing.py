"""Subjects made for the edit checks: one on whom everything agrees, and what is added to him."""

from collections.abc import Mapping
from datetime import date
from typing import Any, NamedTuple

from app.services.edit_checks import SubjectRecords, on_subject
from app.trial.trial import Trial
from tests.schemas.bodies import ABSENT
from tests.subjects.base import TRIAL, record_id
from tests.subjects.stored import Stored, StoredSubject, kind_of

SENT_ON = date(2028, 1, 10)
"""The latest date of the world when the records were sent."""


class Sent(NamedTuple):
    """A record as a centre sent it; the service would have taken it."""

    path: str
    name: str
    body: Mapping[str, Any]


def ref(name: str) -> str:
    return str(record_id(name))


def sent(path: str, name: str, **body: Any) -> Sent:
    """A record; an adverse event of which nothing else is said goes on."""
    if path == "adverse-events" and not {"end", "outcome", "ongoing"} & body.keys():
        body["ongoing"] = True
    return Sent(path, name, body)


AGREEING: dict[str, Sent] = {
    one.name: one
    for one in (
        sent(
            "subjects",
            "enrolment",
            centre="03",
            sex="F",
            consent={"version": "3.1", "signed_on": "2026-02-10"},
            eligibility=[{"criterion": "IN-01", "met": True}],
            enrolled_on="2026-02-16",
            heavy_chain="IgG",
            light_chain="kappa",
        ),
        sent(
            "preparations",
            "preparation",
            visit="APH",
            leukapheresis_on="2026-02-12",
            lymphodepletion=[
                {"agent": "fludarabine", "given_on": "2026-02-25"},
                {"agent": "fludarabine", "given_on": "2026-02-26"},
                {"agent": "fludarabine", "given_on": "2026-02-27"},
            ],
            product_lot="NB2-0147",
            product_released_on="2026-02-24",
            outcome="infused",
        ),
        sent(
            "infusions",
            "infusion",
            visit="D0",
            preparation=ref("preparation"),
            product_lot="NB2-0147",
            infused_at="2026-03-02T09:40+08:00",
        ),
        sent(
            "assessments",
            "baseline",
            assessed_on="2026-02-20",
            serum_m_protein={"value": "3.2", "unit": "g/dL"},
            free_kappa={"value": "820", "unit": "mg/L"},
            free_lambda={"value": "6", "unit": "mg/L"},
        ),
    )
}
"""Enrolled, prepared, infused on 2 March 2026 and evaluated before: nothing to find."""

DIED = sent(
    "follow-ups",
    "death",
    contacted_on="2026-09-20",
    status="died",
    death_date="2026-09-10",
    death_cause="myeloma",
)


def of(
    *records: Sent,
    without: tuple[str, ...] = (),
    trial: Trial = TRIAL,
    versions: Mapping[str, int] | None = None,
) -> SubjectRecords:
    """The agreeing subject with these records, those of the same name replaced.

    A record is read as the service reads it, so a body that would be refused fails the test. The
    first version of each stands unless ``versions`` names another.
    """
    by_name = {**AGREEING, **{one.name: one for one in records}}
    stored = (
        Stored(
            one.path,
            record_id(name),
            kind_of(one.path).submission.model_validate(dict(one.body)),
            (versions or {}).get(name, 1),
        )
        for name, one in by_name.items()
        if name not in without
    )
    return StoredSubject(
        trial=trial, code="03-001", centre="03", recorded_on=SENT_ON, records=tuple(stored)
    ).for_edit_checks()


def but(name: str, **changes: Any) -> Sent:
    """A record of the agreeing subject with other members."""
    one = AGREEING[name]
    body = {**one.body, **changes}
    return Sent(
        one.path, name, {member: value for member, value in body.items() if value is not ABSENT}
    )


def noticed(subject: SubjectRecords) -> list[tuple[str, str, str]]:
    """Every finding: the rule, the record by its path, the pointer; in order."""
    return sorted(
        (found.finding.rule, found.record.kind, found.finding.pointer)
        for found in on_subject(subject)
    )
