"""What every answer about an endpoint says: what was asked, of whom, and by which rules."""

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from app.schemas.rule_set import RuleSet
from app.services.derivations.error_effects import ErrorClass
from app.services.derivations.error_rules import ErrorRule
from app.services.derivations.record_ref import RecordRef
from app.trial.populations import PopulationName
from app.vocabularies.imwg import ResponseSource


class Figures(BaseModel):
    """A part of an answer."""

    model_config = ConfigDict(defer_build=True)


class DataErrorOut(Figures):
    """A contradiction in the records of one subject."""

    subject: str
    centre: str
    class_: ErrorClass = Field(alias="class")
    rule: ErrorRule
    message: str
    finding: str | None
    member: str | None
    records: list[RecordRef]


class SetAside(Figures):
    """What the figures are without because its dates cannot be."""

    n_records: int
    n_subjects: int
    by_rule: dict[str, int] = Field(description="Records, by the rule that says so.")


class Answer(Figures):
    """What was asked, of whom, and by which rules; the endpoint's own figures follow.

    Computed estimates are numbers, clinical values are texts, and what was not reached or cannot
    be told is null. Where small counts are withheld from the caller, they are null too, with all
    that rests on them, and `withheld` is true beside them.
    """

    endpoint: str
    variant: str | None = Field(description="The definition asked for, else the trial's.")
    population: PopulationName
    centre: str | None
    response_source: ResponseSource
    n: int = Field(description="Subjects analysed.")
    as_of: int = Field(description="The seq of the ledger up to which records count.")
    cutoff: str | None = Field(description="Clinical data cut-off, as asked.")
    data_cutoff: str = Field(description="Last clinical day that counts.")
    horizon_months: int
    time_unit: Literal["days"]
    days_per_month: float
    conf_level: float
    conf_type: str | None
    rule_set: RuleSet
    engine_version: str


class Report(Answer):
    """An answer about one endpoint."""

    n_not_plausible: int = Field(description="Numbers left out: no living person has them.")
    not_plausible_by: dict[str, int] = Field(description="The same by the member that holds them.")


class ReportOfRecords(Report):
    """An answer about an endpoint that contradictions in the records touch."""

    set_aside: SetAside
    data_errors: list[DataErrorOut] = Field(
        description="Contradictions, of the subjects whose records you may read."
    )
    n_data_errors: int = Field(description="Subjects with a contradiction.")


class Row(Figures):
    """What an endpoint says of one subject."""

    USUBJID: str
    SITEID: str
    time_zone: str = Field(description="In whose calendar the subject's days are.")
