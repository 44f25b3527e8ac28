"""Which rules made a result, as every answer that follows from records says it."""

from pydantic import BaseModel, Field


class RuleSet(BaseModel):
    """Which rules made a result."""

    version: str = Field(description="The day of the newest rule, for people.")
    code_digest: str = Field(
        description="SHA-256 over the sources and data that figures follow from: their identity."
    )
    trial: str = Field(description="SHA-256 of the trial file.")
    response_criteria: str
    ae_grading: str
    crs_icans_grading: str
