"""B cells and immunoglobulin G of a trial: how many subjects lost them, and when they came back.

Source: the trial's protocol, pharmacodynamics, B-cell aplasia and hypogammaglobulinaemia.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from app.services.derivations.markers.pharmacodynamics import SubjectPharmacodynamics
from app.services.statistics.proportions import Proportion, proportion
from app.services.statistics.summaries import Summary, summarise
from app.services.statistics.table_methods import USUAL_METHODS, TableMethods


@dataclass(frozen=True, slots=True, kw_only=True)
class BCellTable:
    """B-cell aplasia after the infusion.

    Attributes:
        aplasia: of the treated subjects with a value after the infusion that tells.
        first_day: day after the infusion, of those with aplasia.
        recovered: of those with aplasia.
        recovery_day: of those who recovered alone; the others are still followed.
    """

    n_treated: int
    aplasia: Proportion
    first_day: Summary
    recovered: Proportion
    recovery_day: Summary
    methods: TableMethods


@dataclass(frozen=True, slots=True, kw_only=True)
class ImmunoglobulinTable:
    """Low immunoglobulin G after the infusion.

    Attributes:
        low: of the treated subjects with a value after the infusion that counts.
        lowest: lowest value of each of them, g/L, the M-protein of IgG myeloma subtracted.
        n_low_at_baseline: of them, those low before lymphodepletion already.
        n_values_after_ivig: values left out because of immunoglobulin given.
        n_values_without_m_protein: values left out because no M-protein of the time is known.
    """

    n_treated: int
    low: Proportion
    first_day: Summary
    lowest: Summary
    n_low_at_baseline: int
    n_values_after_ivig: int
    n_values_without_m_protein: int
    methods: TableMethods


def b_cell_table(
    subjects: Sequence[SubjectPharmacodynamics], methods: TableMethods = USUAL_METHODS
) -> BCellTable:
    """Count the subjects whose B cells were absent, and those in whom they recovered."""
    treated = [subject.b_cells for subject in subjects if subject.b_cells is not None]
    judged = [subject for subject in treated if subject.occurred is not None]
    absent = [subject for subject in judged if subject.occurred]
    recovered = [subject for subject in absent if subject.recovery_day is not None]
    return BCellTable(
        n_treated=len(treated),
        aplasia=proportion(len(absent), len(judged), conf_level=methods.conf_level),
        first_day=_days([subject.first_day for subject in absent], methods),
        recovered=proportion(len(recovered), len(absent), conf_level=methods.conf_level),
        recovery_day=_days([subject.recovery_day for subject in recovered], methods),
        methods=methods,
    )


def immunoglobulin_table(
    subjects: Sequence[SubjectPharmacodynamics], methods: TableMethods = USUAL_METHODS
) -> ImmunoglobulinTable:
    """Count the subjects whose own immunoglobulin G was low."""
    treated = [
        subject.immunoglobulin_g for subject in subjects if subject.immunoglobulin_g is not None
    ]
    judged = [subject for subject in treated if subject.occurred is not None]
    low = [subject for subject in judged if subject.occurred]
    return ImmunoglobulinTable(
        n_treated=len(treated),
        low=proportion(len(low), len(judged), conf_level=methods.conf_level),
        first_day=_days([subject.first_day for subject in low], methods),
        lowest=summarise(
            [subject.lowest for subject in judged if subject.lowest is not None],
            quantile_type=methods.quantile_type,
            conf_level=methods.conf_level,
        ),
        n_low_at_baseline=sum(subject.at_baseline is True for subject in judged),
        n_values_after_ivig=sum(subject.n_after_ivig for subject in treated),
        n_values_without_m_protein=sum(subject.n_without_m_protein for subject in treated),
        methods=methods,
    )


def _days(days: Sequence[int | None], methods: TableMethods) -> Summary:
    return summarise(
        [day for day in days if day is not None],
        quantile_type=methods.quantile_type,
        conf_level=methods.conf_level,
    )
