"""What an import answers: an object a line, for each line that was sent, and one at the end."""

import uuid
from typing import Literal

from pydantic import BaseModel, Field, RootModel

from app.problem_documents import ProblemError
from app.schemas.record import Finding


class ImportLine(BaseModel):
    """What became of one line."""

    line: int = Field(description="Its number in the file, from 1.")
    status: Literal["created", "updated", "unchanged", "retracted", "rejected", "older"]
    source_id: str | None = None
    kind: str | None = Field(default=None, description="Kind of the record.")
    subject: str | None = None
    record_id: uuid.UUID | None = None
    version: int | None = Field(default=None, description="The record's version as it is now.")
    errors: list[ProblemError] | None = Field(default=None, description="Why it is rejected.")
    findings: list[Finding] | None = Field(
        default=None, description="What the edit checks notice about the record."
    )


class ImportCounts(BaseModel):
    """How many lines became what."""

    created: int
    updated: int
    unchanged: int
    retracted: int
    rejected: int
    older: int | None = Field(default=None, description="Where there are any.")
    lines: int


class ImportSummary(BaseModel):
    """The last line of an import that came to its end."""

    summary: ImportCounts


class ImportFailed(BaseModel):
    """The last line of an import that did not: send the file again."""

    status: Literal["failed"]
    problem: str
    detail: str


class ImportResult(RootModel[ImportLine | ImportSummary | ImportFailed]):
    """One line of the answer to an import."""
