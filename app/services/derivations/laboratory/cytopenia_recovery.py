"""Whether a severe cytopenia after the infusion had recovered by day 30 and day 60.

Source: the trial's protocol, adverse events, prolonged cytopenia.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Final

from app.services.derivations.laboratory.graded_labs import AnalyteLabs, GradedLab, graded_labs
from app.services.derivations.laboratory.lab_baseline import LabPeriod, lab_follow_up
from app.services.derivations.subject_history import SubjectHistory, Therapy
from app.trial.adverse_events import ProlongedCytopenia
from app.trial.trial import Trial
from app.vocabularies.laboratory_grading import AbnormalityDirection
from app.vocabularies.therapies import BloodProduct, TherapyKind

RAISED_BY: Final[Mapping[str, frozenset[BloodProduct]]] = {
    "HGB": frozenset({BloodProduct.RED_CELLS}),
    "NEUT": frozenset({BloodProduct.GRANULOCYTES}),
    "PLT": frozenset({BloodProduct.PLATELETS}),
}
"""The cell counts that are asked about, and the blood products that raise each.

Decision: a transfusion hides a cytopenia of the cells it gives, not of others.
"""


class RecoveryStatus(StrEnum):
    """Where a subject stands on a day by which recovery is asked for."""

    NEVER_SEVERE = "never_severe"
    """No severe value up to that day, and followed up to it."""
    RECOVERED = "recovered"
    PROLONGED = "prolonged"
    """Severe before, recovery not shown."""
    NOT_ASSESSABLE = "not_assessable"
    """No value up to that day, or follow-up ended before it and before recovery."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CytopeniaRecovery:
    """The course of one cell count after the infusion; days count from the infusion, day 0.

    Attributes:
        first_severe_day: None: never severe.
        last_severe_day: the last severe value, up to the end of follow-up.
        recovered_day: the first of the values that show recovery after it; None: not shown.
        confirmed_day: the value that confirms it.
        by_day: the status per day that the trial asks about.
        measured_days: days with a graded value, up to the end of follow-up.
    """

    analyte: str
    first_severe_day: int | None
    last_severe_day: int | None
    recovered_day: int | None
    confirmed_day: int | None
    by_day: tuple[tuple[int, RecoveryStatus], ...]
    measured_days: int


@dataclass(frozen=True, slots=True, kw_only=True)
class _Count:
    """One value: severe, recovered, or neither (supported, or between the two grades)."""

    day: int
    severe: bool
    recovered: bool


def cytopenia_recovery(
    history: SubjectHistory,
    trial: Trial,
    *,
    new_therapy: date | None,
    followed_until: date,
    graded: tuple[AnalyteLabs, ...] | None = None,
) -> tuple[CytopeniaRecovery, ...]:
    """Give the recovery of haemoglobin, neutrophils and platelets; empty: not infused.

    A count has recovered when the trial's number of values of at most the recovered grade lie far
    enough apart, with no severe one between them. Values soon after a transfusion of those cells,
    or for neutrophils after G-CSF, show no recovery; a severe one among them is severe all the
    same.

    Args:
        history: the subject's records.
        trial: grades, days and support of prolonged cytopenia.
        new_therapy: start of the first new anti-myeloma therapy after infusion (N); None: none.
        followed_until: death, or the last day known alive.
        graded: the subject's results, where they have been graded already.

    Decision: recovery is dated by the first of its values, which may be confirmed after the day
    asked about. A cytopenia that returned after recovery has not recovered until it does again. A
    range of grades is severe by its lowest and recovered by its highest. What was given on the day
    of the sample may have followed it and does not count; a transfusion whose product is not known
    counts for red cells and platelets.
    """
    follow_up = lab_follow_up(history, new_therapy=new_therapy)
    if follow_up is None:
        return ()
    rules = trial.adverse_events.prolonged_cytopenia
    until = follow_up.day(min(follow_up.until, followed_until))
    if graded is None:
        graded = graded_labs(history, trial, follow_up, analytes=RAISED_BY)
    by_analyte = {labs.analyte: labs for labs in graded}
    return tuple(
        _recovery(analyte, _counts(by_analyte.get(analyte), history.therapies, rules), until, rules)
        for analyte in RAISED_BY
    )


def _recovery(
    analyte: str, counts: Sequence[_Count], until: int, rules: ProlongedCytopenia
) -> CytopeniaRecovery:
    severe = [count.day for count in counts if count.severe]
    recovery = _shown(counts, rules)
    return CytopeniaRecovery(
        analyte=analyte,
        first_severe_day=severe[0] if severe else None,
        last_severe_day=severe[-1] if severe else None,
        recovered_day=recovery[0] if recovery else None,
        confirmed_day=recovery[1] if recovery else None,
        by_day=tuple((day, _status(counts, day, until, rules)) for day in rules.by_days),
        measured_days=len({count.day for count in counts}),
    )


def _status(
    counts: Sequence[_Count], day: int, until: int, rules: ProlongedCytopenia
) -> RecoveryStatus:
    places = [place for place, count in enumerate(counts) if count.day <= day]
    severe = [place for place in places if counts[place].severe]
    followed = bool(places) and until >= day
    if not severe:
        return RecoveryStatus.NEVER_SEVERE if followed else RecoveryStatus.NOT_ASSESSABLE
    later = counts[severe[-1] + 1 :]
    returned = next((place for place, count in enumerate(later) if count.severe), len(later))
    recovery = _first_recovery(later[:returned], rules)
    if recovery is not None and recovery[0] <= day:
        return RecoveryStatus.RECOVERED
    return RecoveryStatus.PROLONGED if followed else RecoveryStatus.NOT_ASSESSABLE


def _shown(counts: Sequence[_Count], rules: ProlongedCytopenia) -> tuple[int, int] | None:
    """Give the days of the recovery from the last severe value, if there was one."""
    severe = [place for place, count in enumerate(counts) if count.severe]
    return _first_recovery(counts[severe[-1] + 1 :], rules) if severe else None


def _first_recovery(counts: Sequence[_Count], rules: ProlongedCytopenia) -> tuple[int, int] | None:
    """Give the days of the first and the confirming value among values of which none is severe."""
    days = [count.day for count in counts if count.recovered]
    shown: list[int] = []
    for day in days:
        if not shown or day - shown[-1] >= rules.recovery_days_apart:
            shown.append(day)
        if len(shown) == rules.recovery_values:
            return shown[0], shown[-1]
    return None


def _counts(
    labs: AnalyteLabs | None, therapies: Iterable[Therapy], rules: ProlongedCytopenia
) -> list[_Count]:
    counts = []
    for result in labs.in_period(LabPeriod.POST_INFUSION) if labs else ():
        low = next(
            (grade for grade in result.grades if grade.direction is AbnormalityDirection.LOW), None
        )
        if low is None or low.lowest is None or low.highest is None:
            continue
        counts.append(
            _Count(
                day=result.day,
                severe=low.lowest >= rules.grade,
                recovered=low.highest <= rules.recovered_grade
                and not _is_supported(result, therapies, rules),
            )
        )
    return counts


def _is_supported(
    result: GradedLab, therapies: Iterable[Therapy], rules: ProlongedCytopenia
) -> bool:
    """Tell whether a value stands on a transfusion or on G-CSF."""
    value, products = result.value, RAISED_BY[result.value.analyte]
    neutrophils = value.analyte == "NEUT"
    if value.g_csf_before if neutrophils else value.transfused_before:
        return True
    for therapy in therapies:
        transfused = therapy.kind is TherapyKind.TRANSFUSION and (
            therapy.blood_product in products or (therapy.blood_product is None and not neutrophils)
        )
        if transfused and _given(therapy, result.collected_on, rules.transfusion_free_days):
            return True
        stimulated = therapy.kind is TherapyKind.G_CSF and neutrophils
        if stimulated and _given(therapy, result.collected_on, rules.g_csf_free_days):
            return True
    return False


def _given(therapy: Therapy, day: date, days: int) -> bool:
    """Tell whether a therapy was, or may have been, given in the days before a day."""
    if therapy.start is not None and therapy.start.earliest >= day:
        return False
    if therapy.end is None and therapy.ongoing:
        return True
    last = therapy.end or therapy.start
    return last is None or last.latest >= day - timedelta(days)
