"""The shape of a problem document (RFC 9457), for the contract: see ``app.problems``."""

from pydantic import BaseModel, Field


class ProblemError(BaseModel):
    """One thing that is wrong, where it is, and what would be right there."""

    pointer: str | None = Field(
        default=None, description="JSON pointer into the body; absent where it is none of a member."
    )
    parameter: str | None = Field(
        default=None, description="The parameter or header, where it is one."
    )
    code: str = Field(description="What is wrong, for programs.")
    message: str = Field(description="What would be right, for people.")
    allowed: list[str | int] | None = Field(default=None, description="What may stand there.")


class RecordOfProblem(BaseModel):
    """A record that a refusal names."""

    kind: str
    record_id: str
    version: int
    source_id: str | None


class RejectedLine(BaseModel):
    """A line for which an import was not stored."""

    line: int
    source_id: str | None
    errors: list[ProblemError]


class ProblemDocument(BaseModel):
    """A problem document (RFC 9457). The members after `errors` are facts of some problems."""

    type: str = Field(description="Identity of the problem type, `/problems/<slug>`.")
    title: str
    status: int
    detail: str = Field(description="What happened this time and what would be right.")
    request_id: str = Field(description="Names this request in the service's records.")
    errors: list[ProblemError] | None = Field(
        default=None, description="Everything that is wrong, all at once."
    )
    action: str | None = Field(default=None, description="What is not permitted.")
    allowed: list[str] | None = Field(default=None, description="What can be asked for instead.")
    current_version: int | None = Field(default=None, description="The version as it is now.")
    head: int | None = Field(default=None, description="The seq that the ledger has come to.")
    limit: int | None = Field(default=None, description="How much is taken at most.")
    latest: str | None = Field(default=None, description="The latest that can be asked for.")
    scope: str | None = Field(default=None, description="The scope that the token is without.")
    number: int | None = Field(default=None, description="How many records stand in the way.")
    records: list[RecordOfProblem] | None = Field(
        default=None, description="Records that stand in the way."
    )
    rejects: list[RejectedLine] | None = Field(
        default=None, description="Lines that cannot be stored."
    )
