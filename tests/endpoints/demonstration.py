"""Tells the demonstration trial to a deployment, as it stands at its end, in bulk.

A correction is told in the place of the record that it corrects, and a voided record not at all.
The verdicts of the response reviewers, which cannot be sent in bulk, are left out: what is derived
from the measurements does not look at them. Of the results of a sample one is told: a time to an
event looks at its day alone, and there are forty thousand.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from app.demo.records import ENROLMENTS, Record, Reference, SubjectAsSent
from app.demo.synthetic import synthetic_trial
from tests.deployment import Caller, Deployment, clone_of_template
from tests.endpoints.cohort import Cohort, imported

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from app.embedded_postgres import EmbeddedPostgres

Stored = dict[Reference, str]
"""The record ids that the service gave."""


@asynccontextmanager
async def demonstration(
    server: EmbeddedPostgres, directory: Path, seed: int = 1
) -> AsyncIterator[Cohort]:
    """Open a deployment of the trial as it is shipped, with the demonstration of a seed in it."""
    async with (
        clone_of_template(server) as name,
        Deployment(server, name, directory) as deployment,
    ):
        found = Cohort(deployment, await deployment.caller("data_manager"))
        for centre in synthetic_trial(seed).centres:
            caller = await deployment.caller("coordinator", centre.code)
            await tell_centre(caller, centre.subjects, found.codes)
        yield found


async def tell_centre(
    caller: Caller, subjects: tuple[SubjectAsSent, ...], codes: dict[str, str]
) -> None:
    """Enrol the subjects of a centre, then tell each record once what it refers to is stored."""
    enrolments = [next(standing(subject)) for subject in subjects]
    answers = await imported(caller, [_line(record, {}) for record in enrolments])
    codes |= {
        record.source_id: answer["subject"]
        for record, answer in zip(enrolments, answers, strict=True)
    }
    waiting = [
        (codes[subject.enrolment.source_id], record)
        for subject in subjects
        for record in standing(subject)
        if record.kind != ENROLMENTS
    ]
    stored: Stored = {}
    while waiting:
        ready = [one for one in waiting if all(ref in stored for ref in references(one[1].body))]
        assert ready, "a record refers to one that is never told"
        lines = [{"subject": subject, **_line(record, stored)} for subject, record in ready]
        answers = await imported(caller, lines)
        stored |= {
            record.reference: answer["record_id"]
            for (_, record), answer in zip(ready, answers, strict=True)
        }
        waiting = [one for one in waiting if one[1].reference not in stored]


def standing(subject: SubjectAsSent) -> Iterator[Record]:
    """Give what stands of a subject in the end, its enrolment first."""
    changes = {change.record.reference: change for change in subject.changes}
    results = {(one.kind, one.body["collected_at"]): one for one in reversed(subject.in_bulk)}
    for record in (subject.enrolment, *subject.singly, *results.values()):
        change = changes.get(record.reference)
        if change is None:
            yield record
        elif not change.voided:
            yield change.record


def references(value: Any) -> Iterator[Reference]:
    """Give the references in a body."""
    if isinstance(value, Reference):
        yield value
    elif isinstance(value, Mapping):
        for member in value.values():
            yield from references(member)
    elif isinstance(value, (list, tuple)):
        for member in value:
            yield from references(member)


def _line(record: Record, stored: Stored) -> dict[str, Any]:
    return {
        "kind": record.kind,
        "source_id": record.source_id,
        **_resolved(record.body, stored),
    }


def _resolved(value: Any, stored: Stored) -> Any:
    if isinstance(value, Reference):
        return stored[value]
    if isinstance(value, Mapping):
        return {name: _resolved(member, stored) for name, member in value.items()}
    if isinstance(value, (list, tuple)):
        return [_resolved(member, stored) for member in value]
    return value
