"""Records that a sender names by its own ids of them, and finding them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Final

from app.database import Transaction
from app.models.references import NamedBySource
from app.problems import ValidationFailed
from app.schemas.record import RecordIn, RecordKind
from app.schemas.record_kinds import by_path
from app.services.edit_checks.references import COMPONENTS

NAMES: Final[Mapping[str, str]] = {
    "preparation": "preparations",
    "infusion": "infusions",
    "symptom_of": "adverse-events",
    "part_of_episode": "adverse-events",
    "worsening_of": "adverse-events",
    "adverse_event": "adverse-events",
    "adverse_events": "adverse-events",
    "assessment": "assessments",
}
"""A member that names another record, and the path of that record's kind."""

UNRESOLVED: Final = "unknown_source_id"
MESSAGE: Final = "no record of this subject was sent under it before; send that one first"


@dataclass(frozen=True, slots=True)
class Naming:
    """A member of a record that names another by the sender's own id.

    Attributes:
        pointer: where it stands.
        kind: path of the kind that it names.
        place: what stands there until the record is found.
    """

    pointer: str
    kind: str
    place: NamedBySource


def namings(payload: RecordIn) -> Iterator[Naming]:
    """Give what a record names by the sender's own ids."""
    of_kind, of_parts = _members(type(payload))
    for name in of_kind:
        value = getattr(payload, name)
        if isinstance(value, NamedBySource):
            yield Naming(f"/{name}", NAMES[name], value)
        elif isinstance(value, list):
            for index, one in enumerate(value):
                if isinstance(one, NamedBySource):
                    yield Naming(f"/{name}/{index}", NAMES[name], one)
    for name in of_parts:
        part = getattr(payload, name)
        if part is not None and isinstance(part.lab_result, NamedBySource):
            yield Naming(f"/{name}/lab_result", "lab-results", part.lab_result)


@cache
def _members(submission: type[RecordIn]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    fields = submission.model_fields
    return (
        tuple(name for name in NAMES if name in fields),
        tuple(name for name in COMPONENTS if name in fields),
    )


@cache
def finding(kind: RecordKind) -> str:
    """Give the records of some subjects by their identifiers.

    Parameters: $1 centres, $2 identifiers, $3 subjects, each at the same place.
    """
    return f"""
    SELECT sent.subject, sent.source_id, found.record_id
    FROM unnest($1::text[], $2::text[], $3::text[]) AS sent (centre, source_id, subject)
    CROSS JOIN LATERAL (
        SELECT record.record_id
        FROM identifier AS held
        JOIN {kind.table.__tablename__} AS record
          ON record.record_id = held.record_id AND record.version = 1
         AND record.subject = sent.subject
        WHERE held.source_id = sent.source_id AND held.centre || '' = sent.centre
          AND held.kind = '{kind.path}'
        ORDER BY held.turn DESC LIMIT 1
    ) AS found"""  # noqa: S608


async def with_records_found(
    transaction: Transaction, payload: RecordIn, centre: str, subject: str
) -> RecordIn:
    """Give a record that names others by their ``record_id`` alone.

    Raises:
        ValidationFailed: the subject has no record under one of the identifiers.
    """
    named = list(namings(payload))
    if not named:
        return payload
    written, errors = payload.model_dump_json(), []
    for naming in named:
        kind = by_path(naming.kind)
        assert kind is not None  # noqa: S101 - the table of names has paths of kinds
        at = ([centre], [naming.place.source_id], [subject])
        found = await transaction.rows(finding(kind), *at)
        if found:
            written = written.replace(str(naming.place), str(found[-1]["record_id"]))
        else:
            errors.append({"pointer": naming.pointer, "code": UNRESOLVED, "message": MESSAGE})
    if errors:
        raise ValidationFailed("Some records are named that are not there.", errors=errors)
    return type(payload).model_validate_json(written)
