"""Adverse events and laboratory abnormalities, as they are answered."""

from pydantic import Field

from app.routers.figures.answer import Figures, ReportOfRecords, Row
from app.services.derivations.laboratory.cytopenia_recovery import CytopeniaRecovery
from app.services.derivations.laboratory.lab_summary import LabSummary
from app.services.derivations.safety.analysed_adverse_event import (
    AnalysedAdverseEvent,
    IgnoredEvent,
)
from app.services.derivations.safety.haematotoxicity import Haematotoxicity
from app.services.statistics.adverse_event_tables import AdverseEventTable
from app.services.statistics.death_table import DeathTable
from app.services.statistics.icaht_table import IcahtTable
from app.services.statistics.immune_toxicity_table import ImmuneToxicityTable
from app.services.statistics.lab_tables import LabTable
from app.services.statistics.special_interest_table import SpecialInterestRow


class AdverseEventTables(Figures):
    """A table for each period in which events are counted."""

    treatment_emergent: AdverseEventTable
    primary: AdverseEventTable
    to_horizon: AdverseEventTable
    earlier_lymphodepletion: AdverseEventTable
    lymphodepletion: AdverseEventTable


class Syndromes(Figures):
    """The toxicities that the infused cells cause."""

    CRS: ImmuneToxicityTable
    ICANS: ImmuneToxicityTable


class AdverseEventsOfSubject(Row):
    """The adverse events of one subject as they are counted."""

    events: list[AnalysedAdverseEvent]
    ignored: list[IgnoredEvent]
    icaht: Haematotoxicity | None


class AdverseEventFigures(ReportOfRecords):
    """The adverse events of a population."""

    crs_scale_in_tables: str
    crs_scale_of_special_interest: str
    chain_state: str
    missing_causality_is_related: bool
    tables: AdverseEventTables
    special_interest: list[SpecialInterestRow]
    syndromes: Syndromes
    icaht: IcahtTable
    deaths: DeathTable
    records_of_unknown_onset: int
    records_ignored: int
    rows: list[AdverseEventsOfSubject] = Field(default=[], description="With `rows=true`.")


class NotAnalysed(Figures):
    """Results whose code names no analyte of the trial."""

    analyte: str
    results: int
    subjects: int


class RecoveriesByDay(Figures):
    """Subjects by recovery of a cell count on one day."""

    analyte: str
    by_day: int
    n: int
    never_severe: int
    recovered: int
    prolonged: int
    not_assessable: int


class LabAbnormalitiesOfSubject(Row):
    """The laboratory abnormalities of one subject."""

    abnormalities: list[LabSummary]
    not_analysed: dict[str, int] = Field(description="Results by the code that names no analyte.")
    cytopenia_recovery: list[CytopeniaRecovery]


class LabAbnormalityFigures(ReportOfRecords):
    """The laboratory abnormalities of a population."""

    baseline: str
    grade_range_counts_as: str
    tables: list[LabTable]
    n_not_analysed: int
    not_analysed: list[NotAnalysed]
    cytopenia_recovery: list[RecoveriesByDay]
    rows: list[LabAbnormalitiesOfSubject] = Field(default=[], description="With `rows=true`.")
