"""ICAHT of a cohort: subjects by grade, early and late, and how well their days were covered.

Source: Rejeski et al. (EHA and EBMT), Blood 2023;142:865-77; the trial's protocol, populations.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from app.services.derivations.safety.haematotoxicity import Haematotoxicity, NotGraded
from app.services.statistics.day_range import DayRange, day_range
from app.services.statistics.proportions import Proportion, proportion

SEVERE: Final = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class IcahtPhase:
    """One phase of ICAHT in a cohort.

    Attributes:
        grades: subjects by grade, ``0`` to ``4``; with ``not_graded`` they sum to the denominator.
        not_graded: subjects without a grade, by reason.
        any_grade: of grade 1 or more, of the denominator; ``grade_3_or_more`` alike.
        at_least: subjects whose grade days without a count, or still to come, could make higher.
        measured_days: days with a count of the subjects who have one.
        coverage: share of their days that had a count, in percent; None: the phase has no end.
    """

    grades: Mapping[str, int]
    not_graded: Mapping[str, int]
    any_grade: Proportion
    grade_3_or_more: Proportion
    at_least: int
    measured_days: DayRange
    coverage: DayRange | None


@dataclass(frozen=True, slots=True, kw_only=True)
class IcahtTable:
    """ICAHT in a cohort.

    Attributes:
        n: the denominator.
        early: day 0 to 30.
        late: from day 31 on.
        counts_left_out: counts that do not tell on which side of a cut they lie, of all subjects.
        given_g_csf: subjects given G-CSF after the infusion; ``transfused`` alike.
    """

    n: int
    early: IcahtPhase
    late: IcahtPhase
    counts_left_out: int
    given_g_csf: int
    transfused: int


def icaht_table(
    subjects: Sequence[Haematotoxicity | None], *, conf_level: float = 0.95
) -> IcahtTable:
    """Count the subjects of a cohort by early and late ICAHT.

    Args:
        subjects: the denominator, as the treated; None: not followed beyond the infusion.
        conf_level: two-sided, of the shares.

    Decision: who has no grade stays in the denominator and is counted by reason; coverage stands
    beside the grades, because sparse counts make runs of days shorter or longer than they were.
    """
    n = len(subjects)
    known = [subject for subject in subjects if subject is not None]
    lost = n - len(known)
    early = [subject.early for subject in known]
    return IcahtTable(
        n=n,
        early=_phase(
            [subject.grade for subject in early],
            [subject.early_not_graded for subject in known],
            lost,
            at_least=sum(subject.at_least for subject in early),
            measured=[subject.measured_days for subject in early],
            coverage=day_range(
                100 * subject.measured_days / subject.window_days
                for subject in early
                if subject.measured_days
            ),
            conf_level=conf_level,
        ),
        late=_phase(
            [subject.late.grade for subject in known],
            [subject.late_not_graded for subject in known],
            lost,
            at_least=0,
            measured=[subject.late.measured_days for subject in known],
            coverage=None,
            conf_level=conf_level,
        ),
        counts_left_out=sum(subject.counts_left_out for subject in known),
        given_g_csf=sum(bool(subject.g_csf_days) for subject in known),
        transfused=sum(bool(subject.transfusion_days) for subject in known),
    )


def _phase(
    grades: Sequence[int | None],
    reasons: Sequence[NotGraded | None],
    lost: int,
    *,
    at_least: int,
    measured: Sequence[int],
    coverage: DayRange | None,
    conf_level: float,
) -> IcahtPhase:
    n = len(grades) + lost
    why = Counter(reasons)
    why[NotGraded.NOT_FOLLOWED] += lost
    return IcahtPhase(
        grades={str(grade): grades.count(grade) for grade in range(5)},
        not_graded={reason.value: why[reason] for reason in NotGraded},
        any_grade=proportion(sum(bool(grade) for grade in grades), n, conf_level=conf_level),
        grade_3_or_more=proportion(
            sum((grade or 0) >= SEVERE for grade in grades), n, conf_level=conf_level
        ),
        at_least=at_least,
        measured_days=day_range(days for days in measured if days),
        coverage=coverage,
    )
