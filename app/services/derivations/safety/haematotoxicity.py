"""Immune effector cell-associated haematotoxicity (ICAHT) of one subject, and what it rests on.

Source: Rejeski et al. (EHA and EBMT), Blood 2023;142:865-77; the trial's protocol, laboratory
results after the infusion.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Final

from app.services.criteria.icaht import (
    EARLY_UNTIL,
    EarlyIcaht,
    LateIcaht,
    early_icaht,
    late_icaht,
)
from app.services.derivations.laboratory.graded_labs import AnalyteLabs, graded_labs
from app.services.derivations.laboratory.lab_baseline import LabFollowUp, LabPeriod, lab_follow_up
from app.services.derivations.sampled_values import LabValue
from app.services.derivations.subject_history import SubjectHistory, Therapy
from app.trial.trial import Trial
from app.vocabularies.therapies import TherapyKind
from app.vocabularies.unit_conversion import in_unit

NEUTROPHILS: Final = "NEUT"
CELLS_PER_UL: Final = "/uL"
HIGHEST_CUT: Final = Decimal(1500)
"""Cells per uL; a count known to be above it is above every cut."""


class NotGraded(StrEnum):
    """Why there is no grade."""

    NO_COUNTS = "no_counts"
    """No neutrophil count of those days."""
    GAPS = "gaps"
    """Days without a count decide whether there was any."""
    ONE_LOW_COUNT = "one_low_count"
    """A single count, at or below a cut: it may have been transient."""
    NOT_FOLLOWED = "not_followed"
    """Follow-up, or what counts of it, ended by day 30."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Haematotoxicity:
    """ICAHT of one infused subject; days count from the infusion, day 0.

    Attributes:
        early_not_graded: None: it is graded; ``late_not_graded`` alike.
        counts_left_out: counts after the infusion whose unit or comparator does not tell on which
            side of a cut they lie.
        g_csf_days: first days of G-CSF, and ``transfusion_days`` of blood products, as far as
            known to the day.
    """

    early: EarlyIcaht
    late: LateIcaht
    early_not_graded: NotGraded | None
    late_not_graded: NotGraded | None
    counts_left_out: int
    g_csf_days: tuple[int, ...]
    transfusion_days: tuple[int, ...]


def haematotoxicity(
    history: SubjectHistory,
    trial: Trial,
    *,
    new_therapy: date | None,
    followed_until: date,
    died_on: date | None = None,
    graded: tuple[AnalyteLabs, ...] | None = None,
) -> Haematotoxicity | None:
    """Grade early and late ICAHT; None: not infused, or not followed beyond the infusion.

    Args:
        history: the subject's records.
        trial: how results are read.
        new_therapy: start of the first new anti-myeloma therapy after infusion (N); None: none.
        followed_until: death, or the last day known alive.
        died_on: None: alive.
        graded: the subject's results, where they have been graded already.

    Source: Rejeski 2023, grading table.
    Decision: counts after new therapy are due to that too and do not count, as in the tables of
    laboratory results. Of one day the lowest counts. A count below a limit is read as that limit,
    one above a limit is read where the limit is above every cut.
    """
    follow_up = lab_follow_up(history, new_therapy=new_therapy)
    if follow_up is None or followed_until < follow_up.infused_on:
        return None
    if graded is None:
        graded = graded_labs(history, trial, follow_up, analytes={NEUTROPHILS})
    results = [
        result.value
        for labs in graded
        if labs.analyte == NEUTROPHILS
        for result in labs.in_period(LabPeriod.POST_INFUSION)
    ]
    counts = _by_day(results, follow_up)
    last = min(follow_up.until, followed_until)
    until = follow_up.day(last)
    early = early_icaht(counts, followed_until=until, died=died_on == last)
    late = late_icaht(counts)
    return Haematotoxicity(
        early=early,
        late=late,
        early_not_graded=_early_not_graded(early),
        late_not_graded=_late_not_graded(late, until),
        counts_left_out=sum(_cells(result) is None for result in results),
        g_csf_days=_days(history.therapies, TherapyKind.G_CSF, follow_up),
        transfusion_days=_days(history.therapies, TherapyKind.TRANSFUSION, follow_up),
    )


def _by_day(results: Iterable[LabValue], follow_up: LabFollowUp) -> Mapping[int, Decimal]:
    lowest: dict[int, Decimal] = {}
    for result in results:
        cells = _cells(result)
        if cells is not None:
            day = follow_up.day(result.collected.earliest)
            lowest[day] = min(cells, lowest.get(day, cells))
    return lowest


def _cells(result: LabValue) -> Decimal | None:
    """Give a count in cells per uL; None: it does not tell on which side of a cut it lies."""
    if result.value is None or result.unit is None:
        return None
    cells = in_unit(result.value, result.unit, CELLS_PER_UL)
    if cells is None:
        return None
    above = result.comparator is not None and result.comparator.startswith(">")
    return None if above and cells < HIGHEST_CUT else cells


def _early_not_graded(early: EarlyIcaht) -> NotGraded | None:
    if early.grade is not None:
        return None
    return NotGraded.GAPS if early.measured_days else NotGraded.NO_COUNTS


def _late_not_graded(late: LateIcaht, until: int) -> NotGraded | None:
    if late.grade is not None:
        return None
    if until <= EARLY_UNTIL:
        return NotGraded.NOT_FOLLOWED
    return NotGraded.ONE_LOW_COUNT if late.measured_days else NotGraded.NO_COUNTS


def _days(
    therapies: Iterable[Therapy], kind: TherapyKind, follow_up: LabFollowUp
) -> tuple[int, ...]:
    days = {
        follow_up.day(therapy.start.day)
        for therapy in therapies
        if therapy.kind is kind and therapy.start is not None and therapy.start.day is not None
    }
    return tuple(sorted(day for day in days if day >= 0))
