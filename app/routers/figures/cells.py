"""CAR-T kinetics and pharmacodynamics, as they are answered."""

from pydantic import Field

from app.routers.figures.answer import ReportOfRecords, Row
from app.routers.figures.response import RateOfSubjects
from app.services.derivations.kinetics.car_kinetics import CarKinetics
from app.services.derivations.markers.pharmacodynamics import SubjectPharmacodynamics
from app.services.statistics.kinetics_tables import KineticsTable
from app.services.statistics.pharmacodynamic_tables import MarkerTable
from app.services.statistics.summaries import Summary


class KineticsOfSubject(Row):
    """The course of the cells in one subject."""

    kinetics: CarKinetics


class CarKineticsFigures(ReportOfRecords):
    """Expansion and persistence of the cells in a population."""

    quantile_type: int
    sample_time: str
    blq: str
    auc: str
    half_life: str
    persistence_event: str
    n_evaluable: int
    tables: list[KineticsTable]
    rows: list[KineticsOfSubject] = Field(default=[], description="With `rows=true`.")


class Occurrence(RateOfSubjects):
    """In how many subjects something occurred, and since when."""

    n_treated: int
    median_first_day: float | None
    first_day: Summary


class BCellAplasiaFigures(Occurrence):
    """Absence of B cells, and their recovery."""

    n_recovered: int
    recovered: RateOfSubjects
    recovery_day: Summary


class HypogammaglobulinaemiaFigures(Occurrence):
    """Low immunoglobulin G."""

    unit: str
    lowest: Summary
    n_low_at_baseline: int
    n_values_after_ivig: int
    n_values_without_m_protein: int


class MarkersOfSubject(Row):
    """The markers of one subject."""

    markers: SubjectPharmacodynamics


class PharmacodynamicFigures(ReportOfRecords):
    """Cytokines and other markers of a population."""

    quantile_type: int
    below_lloq: str
    above_uloq: str
    tables: list[MarkerTable]
    b_cell_aplasia: BCellAplasiaFigures
    hypogammaglobulinaemia: HypogammaglobulinaemiaFigures
    rows: list[MarkersOfSubject] = Field(default=[], description="With `rows=true`.")
