"""The schedule of assessments as the trial file declares it: visits and procedures."""

from typing import Final, Literal, Self

from pydantic import Field, NonNegativeInt, PositiveInt, model_validator

from app.trial.anchors import AnchorName
from app.trial.parameters import AnalyteCode, Line, Parameters, VisitCode, Word, describes

UNSCHEDULED: Final = "UNS"
"""The visit code of a record outside every window."""

EVENT_ANCHORS: Final[frozenset[AnchorName]] = frozenset(
    {"suspected_progression", "progression_visit", "follow_up_start"}
)
"""Anchors that open a visit only if something happens; their visits yield to scheduled ones."""


class Visit(Parameters):
    """One visit: its target day and its window, ``[target - before, target + after]``."""

    code: VisitCode = Field(description="Visit code (VISIT).")
    anchor: AnchorName = Field(description="The day that the target counts from.")
    target: int = Field(description="Target, days after the anchor.")
    before: NonNegativeInt = Field(description="Days the window opens before the target.")
    after: NonNegativeInt = Field(description="Days the window closes after the target.")
    not_before: AnchorName | None = Field(
        default=None,
        description="The window opens on this day at the earliest, and without it not at all.",
    )
    not_after: AnchorName | None = Field(
        default=None, description="The window closes on this day at the latest."
    )
    disease_evaluation: Literal["none", "baseline", "scheduled"] = Field(
        default="none",
        description="Whether the visit evaluates the disease; `scheduled` ones can be missed.",
    )
    every: PositiveInt | None = Field(
        default=None,
        description="Days after which the visit comes again, until the horizon; null: once.",
        json_schema_extra=describes(
            "a visit that an event opens is taken as it was recorded, whenever that was"
        ),
    )

    @property
    def after_an_event(self) -> bool:
        """Tell whether the visit is opened by an event and not by the calendar."""
        return self.anchor in EVENT_ANCHORS

    @model_validator(mode="after")
    def _is_a_visit(self) -> Self:
        faults = []
        if self.code == UNSCHEDULED:
            faults.append(f"{UNSCHEDULED} is kept for records outside every window")
        if self.every is not None and not self.after_an_event:
            faults.append("only a visit opened by an event comes again; list the others one by one")
        if self.disease_evaluation == "scheduled" and self.after_an_event:
            faults.append("a visit opened by an event is no scheduled disease evaluation")
        if faults:
            raise ValueError(*faults)
        return self


class Procedure(Parameters):
    """What is done at which visits."""

    code: Word
    title: Line
    panels: tuple[Word, ...] = Field(default=(), description="Panels that are measured.")
    required: tuple[VisitCode, ...] = Field(default=(), description="Visits that require it.")
    if_indicated: tuple[VisitCode, ...] = Field(
        default=(), description="Visits that ask for it when abnormal or indicated."
    )
    pre_dose: tuple[VisitCode, ...] = Field(
        default=(), description="Visits, among the required, where it precedes the infusion."
    )
    continuous: tuple[VisitCode, ...] = Field(
        default=(), description="Visits, among the required, throughout which it goes on."
    )
    daily_to: PositiveInt | None = Field(
        default=None, description="Every day from day 1 to this day after infusion; null: not."
    )
    times_a_day: PositiveInt = Field(default=1, description="How often on such a day, at least.")
    note: Line | None = None

    @property
    def visits(self) -> frozenset[str]:
        """Every visit that the procedure names."""
        return frozenset(self.required + self.if_indicated + self.pre_dose + self.continuous)


class Schedule(Parameters):
    """Visits and procedures; both may be empty, then every record is unscheduled."""

    visits: tuple[Visit, ...] = ()
    procedures: tuple[Procedure, ...] = Field(
        default=(), json_schema_extra=describes("says what is done at a visit, for the centres")
    )
    panels: dict[Word, tuple[AnalyteCode, ...]] = Field(
        default_factory=dict,
        description="Analytes that are measured together.",
        json_schema_extra=describes("says what is measured at a visit, for the centres"),
    )

    @property
    def after_infusion(self) -> frozenset[str]:
        """The codes of the visits that are planned after the infusion day."""
        return frozenset(
            visit.code
            for visit in self.visits
            if visit.anchor == "horizon" or (visit.anchor == "infusion" and visit.target > 0)
        )

    @model_validator(mode="after")
    def _agrees_with_itself(self) -> Self:
        codes = [visit.code for visit in self.visits]
        faults = [f"the visit {code} is declared twice" for code in _repeated(codes)]
        names = [procedure.code for procedure in self.procedures]
        faults += [f"the procedure {name} is declared twice" for name in _repeated(names)]
        for procedure in self.procedures:
            place = f"the procedure {procedure.code} names"
            unknown = sorted(procedure.visits - set(codes))
            faults += [f"{place} {code}, which is no visit of this schedule" for code in unknown]
            absent = [panel for panel in procedure.panels if panel not in self.panels]
            faults += [f"{place} {panel}, which is no panel of this schedule" for panel in absent]
            partial = set(procedure.pre_dose + procedure.continuous) - set(procedure.required)
            faults += [f"{place} {code}, but not as required" for code in sorted(partial)]
        if faults:
            raise ValueError(*faults)
        return self


def _repeated(names: list[str]) -> list[str]:
    return sorted({name for name in names if names.count(name) > 1})
