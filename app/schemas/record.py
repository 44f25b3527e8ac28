"""What every clinical record has on the wire, and what a kind of record is."""

import re
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, create_model
from sqlmodel import SQLModel

from app.models.record import RecordState, TrialRecord
from app.models.shape import RecordFields
from app.models.values import FreeText, SourceId


class Finding(BaseModel):
    """What an edit check noticed about a record; it never refuses one."""

    rule: str = Field(description="Identity of the rule, for example `DATE-AFTER-DEATH`.")
    severity: Literal["error", "warning", "notice"]
    pointer: str = Field(description="JSON pointer to the member of the record that is meant.")
    message: str = Field(description="What was noticed and what would settle it.")


class AlsoHeld(BaseModel):
    """An identifier that another record of the kind has had, or has."""

    source_id: str
    subject: str
    record_id: uuid.UUID


class RecordIn(SQLModel):
    """What a caller may send beside the fields of the kind."""

    # SQLModel reads attributes where members should be: a number would pass for an empty part.
    model_config = ConfigDict(extra="forbid", from_attributes=False, defer_build=True)  # type: ignore[assignment]

    source_id: SourceId | None = Field(
        default=None,
        description="The sending system's own identity of the record, unique per centre and kind; "
        "fixed by the first version.",
    )


class Reasoned(SQLModel):
    """A change of a stored record, which always says why."""

    model_config = ConfigDict(extra="forbid")  # type: ignore[assignment]

    reason: FreeText = Field(
        min_length=1, max_length=2000, description="Why the record is changed or voided."
    )


class RecordOut(RecordFields):
    """What the service adds to the fields of a stored record."""

    record_id: uuid.UUID
    version: int = Field(description="1 for the first; each amendment or void adds one.")
    state: RecordState
    subject: str
    centre: str
    source_id: str | None
    recorded_at: datetime = Field(description="When the database stored this version.")
    recorded_by: str | None = Field(
        description="The principal who sent this version; null for roles without free text."
    )
    reason: str | None = Field(description="The caller's reason for this version.")
    visit_derived: bool | None = Field(
        default=None,
        description="True where the sender named no `visit` and it follows from the day of the "
        "record; left out elsewhere. What a version commits to holds no derived visit.",
    )


class WithFindings(RecordFields):
    """What goes with the answer to a write: of that moment, not stored with the record."""

    findings: list[Finding] = Field(
        description="What the edit checks notice about this record. Of a laboratory result or of "
        "kinetics it follows from the record and the course of its subject; other kinds are held "
        "against the subject's other records too. `/v1/findings` has them all.",
    )


@dataclass(frozen=True, eq=False)
class RecordKind:
    """One kind of record: its path, its table and its shapes.

    Attributes:
        path: the segment of the address, plural, as in ``adverse-events``.
        noun: what one record is in a sentence.
        table: the versioned table.
        submission: what a caller sends.
        view: what a caller gets.
        dated_by: the column whose civil date orders the record in the subject's course; None when
            the kind has no date of its own.
        filters: the kind's own list filters, query parameter to column, or to the text member of a
            part, ``part.member``.
        example: a body that a centre could send.
        one_per_subject: the record is the subject's own and has the subject's address.
        judges: the kind of record that one of this kind is a verdict on; its columns ``<table>``
            and ``<table>_version`` say which. Such a kind is written by the response reviewers, by
            nobody else, and no import takes it.
        shown_with: what every answer derives of the record beside its fields; None: nothing.
        derived: what the answer to a write derives of the record beside findings; None: nothing.
    """

    path: str
    noun: str
    table: type[TrialRecord]
    submission: type[RecordIn]
    view: type[RecordOut]
    dated_by: str | None
    example: Mapping[str, Any]
    filters: Mapping[str, str] = field(default_factory=dict)
    one_per_subject: bool = False
    judges: "RecordKind | None" = None
    shown_with: type[SQLModel] | None = None
    derived: type[SQLModel] | None = None

    @cached_property
    def named(self) -> str:
        """The name of one record in models and operations: ``adverse_event``; its plural: path."""
        return re.sub(r"(?<=[a-z])(?=[A-Z])", "_", self.model).lower()

    @property
    def named_together(self) -> str:
        """The name of several records in operations: ``adverse_events``."""
        return self.path.replace("-", "_")

    @property
    def model(self) -> str:
        """The stem of the names of its shapes: ``AdverseEvent``."""
        return self.submission.__name__.removesuffix("In")

    @cached_property
    def shown(self) -> type[RecordOut]:
        """What a read of the record as it is answers with."""
        if self.shown_with is None:
            return self.view
        return create_model(
            self.view.__name__,
            __base__=(self.view, self.shown_with),  # type: ignore[arg-type]
            __doc__=f"The {self.noun}, and what follows from its other records.",
        )

    @cached_property
    def amendment(self) -> type[RecordIn]:
        """The body of a PUT: all the record's fields and the reason for the change."""
        return create_model(
            self.model + "Amendment",
            __base__=(self.submission, Reasoned),  # type: ignore[arg-type]
            __doc__=f"All the fields of the {self.noun} as they should be, and why.",
        )

    @cached_property
    def stored(self) -> type[RecordOut]:
        """What a write answers with: the stored version and what the edit checks noticed."""
        return create_model(
            self.model + "Stored",
            __base__=(self.shown, *((self.derived,) if self.derived else ()), WithFindings),
            __doc__=f"The {self.noun} as stored, and what the edit checks noticed.",
        )

    @cached_property
    def history(self) -> type[BaseModel]:
        """What the history of a record answers with."""
        return create_model(
            self.model + "History",
            __config__=ConfigDict(defer_build=True),
            items=(list[self.shown], ...),  # type: ignore[name-defined]
            as_of=(int, Field(description="The seq up to which the history is complete.")),
            identifiers=(list[str], Field(description="The sender's own ids of the record.")),
            also_held_by=(
                list[AlsoHeld],
                Field(description="Other records that have had one of these ids, or have it."),
            ),
            __doc__=f"Every version of one record, and what it is known by: {self.noun}.",
        )

    @cached_property
    def listed(self) -> type[BaseModel]:
        """What a list answers with."""
        return create_model(
            self.model + "List",
            __config__=ConfigDict(defer_build=True),
            items=(list[self.shown], ...),  # type: ignore[name-defined]
            as_of=(int, Field(description="The seq up to which the list is complete.")),
            __doc__=f"Records of the kind: {self.noun}.",
        )
