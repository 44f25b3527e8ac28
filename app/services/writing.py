"""Stores a version with its event and its answer: one statement, all or nothing."""

import json
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from app.access.permissions import Role
from app.database import Transaction
from app.models.record import Origin
from app.schemas.record import RecordKind
from app.services import record_statements as statements
from app.services.answers_to_writes import BesideRecord, derive_beside
from app.services.caller import Caller
from app.services.keyed_requests import Answer, KeyedRequest
from app.services.new_version import NewVersion
from app.services.place import Place
from app.services.source_versions import origin_by
from app.services.subject_course import SubjectCourse
from app.trial.trial import Trial


@dataclass(frozen=True, slots=True)
class Writing:
    """A write whose transaction is open.

    Attributes:
        role: the role by which the caller may.
        request: the request that it answers.
    """

    transaction: Transaction
    caller: Caller
    role: Role
    request: KeyedRequest

    @property
    def origin(self) -> Origin:
        """Whose words it stores."""
        return origin_by(self.role)

    def event(self, action: str) -> str:
        """Write the members of its ledger events.

        Args:
            action: ``submit``, ``amend`` or ``void``.
        """
        return json.dumps(
            {
                "action": action,
                "principal": self.transaction.authority.name,
                "role": self.role.value,
                "route": self.caller.route,
                "request_id": self.caller.request_id,
            }
        )

    def voided(self, record_id: uuid.UUID | str, based_on: int, reason: str) -> dict[str, Any]:
        """Give what the statement that voids a record takes.

        Args:
            based_on: the version that is the record's last.
        """
        return {
            "record_id": str(record_id),
            "based_on": based_on,
            "reason": reason,
            "recorded_by": self.transaction.authority.name,
            "origin": self.origin,
        }

    async def store(
        self, trial: Trial, version: NewVersion, course: SubjectCourse, *, again: bool = False
    ) -> Answer:
        """Store a version as sent.

        Args:
            course: the course of the subject as it is without this version.
            again: whether the source_id of a new record was that of one that was voided.
        """
        first = version.number == 1
        place = Place(version.kind, version.subject, version.record_id)
        return await self._append(
            statements.append(version.kind, again=again),
            version.row(self.transaction.authority.name),
            "submit" if first else "amend",
            await derive_beside(self.transaction, trial, version, course),
            location=place.address if first else None,
        )

    async def store_void(
        self, kind: RecordKind, voided: Mapping[str, Any], beside: BesideRecord
    ) -> Answer:
        """Store the version that voids a record.

        Args:
            voided: as :meth:`voided` gives it.
            beside: what the answer says beside the record.
        """
        return await self._append(statements.append_void(kind), json.dumps(voided), "void", beside)

    async def _append(
        self,
        statement: str,
        version: str,
        action: str,
        beside: BesideRecord,
        *,
        location: str | None = None,
    ) -> Answer:
        status = 200 if location is None else 201
        answer: dict[str, Any] = {
            "principal": str(self.caller.principal.id),
            "key": self.request.key,
            "digest": self.request.digest,
            "status": status,
            "location": location,
            "visit": beside.visit,
            "moment": beside.members,
        }
        written = await self.transaction.row(
            statement, version, self.event(action), json.dumps(answer)
        )
        if written is None:
            raise RuntimeError("a version was neither stored nor refused")
        return Answer(status, written["body"].encode(), f'"{written["version"]}"', location)
