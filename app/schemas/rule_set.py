"""Which rules made a result, as every answer that follows from records says it."""

from pydantic import BaseModel, Field


class RuleSet(BaseModel):
    """Which rules made a result."""

    version: str = Field(description="Version of the rules.")
    trial: str = Field(description="SHA-256 of the trial file.")
    response_criteria: str
    ae_grading: str
    crs_icans_grading: str
