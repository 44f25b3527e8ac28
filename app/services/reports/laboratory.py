"""Laboratory abnormalities, CAR-T kinetics and pharmacodynamics of a population as reports.

Source: the trial's protocol, laboratory outliers, CAR kinetics and pharmacodynamics.
"""

from collections import Counter
from collections.abc import Sequence
from typing import Any, Final

from app.services.derivations.laboratory.cytopenia_recovery import RecoveryStatus
from app.services.derivations.safety.immune_toxicity import ImmuneToxicity
from app.services.derivations.subject.analysis import SubjectAnalysis
from app.services.reports.cohort import members
from app.services.reports.humoral import humoral_report
from app.services.reports.question import Question
from app.services.reports.response import best_of
from app.services.statistics.kinetics_tables import kinetics_tables
from app.services.statistics.lab_tables import lab_tables
from app.services.statistics.pharmacodynamic_tables import pharmacodynamic_tables
from app.services.statistics.subject_facts import SubjectFacts
from app.services.statistics.table_methods import TableMethods
from app.trial.trial import Trial
from app.vocabularies.adverse_events import AesiKind
from app.vocabularies.imwg import ResponseCategory

QUANTILE_TYPE: Final = 2


def lab_abnormality_report(
    question: Question, analyses: Sequence[SubjectAnalysis], trial: Trial
) -> dict[str, Any]:
    """Report worst grades, shifts, outliers by flag and by rule, and recovery of cytopenia."""
    cohort = members(analyses, question)
    subjects = [
        (subject.milestones.infused_on, subject.laboratory)
        for subject in cohort
        if subject.milestones.infused_on is not None
    ]
    return {
        "conf_type": "clopper_pearson",
        "baseline": trial.policy.lab.baseline,
        "grade_range_counts_as": trial.laboratory.grade_range_counts_as,
        "tables": lab_tables(subjects, n=len(cohort), conf_level=question.conf_level),
        **_not_analysed(cohort),
        "cytopenia_recovery": _recoveries(cohort),
        "rows": (
            {
                "USUBJID": subject.subject,
                "SITEID": subject.centre,
                "abnormalities": subject.laboratory,
                "not_analysed": subject.labs_not_analysed,
                "cytopenia_recovery": subject.recovery,
            }
            for subject in cohort
        ),
    }


def car_kinetics_report(
    question: Question, analyses: Sequence[SubjectAnalysis], trial: Trial
) -> dict[str, Any]:
    """Report expansion and persistence of the cells per matrix and method."""
    cohort = members(analyses, question)
    subjects = [subject.kinetics for subject in cohort if subject.kinetics is not None]
    return {
        **_echoed(question),
        "sample_time": trial.kinetics.sample_time,
        "blq": trial.kinetics.blq,
        "auc": trial.kinetics.auc,
        "half_life": trial.kinetics.half_life,
        "persistence_event": trial.kinetics.persistence_event,
        "n_evaluable": sum(bool(subject.analytes) for subject in subjects),
        "tables": kinetics_tables(subjects, _facts(cohort, question), _methods(question, trial)),
        "rows": (
            {"USUBJID": subject.subject, "SITEID": subject.centre, "kinetics": subject}
            for subject in subjects
        ),
    }


def pharmacodynamic_report(
    question: Question, analyses: Sequence[SubjectAnalysis], trial: Trial
) -> dict[str, Any]:
    """Report cytokines and the other markers: baseline, peak or nadir, fold change, area."""
    cohort = members(analyses, question)
    subjects = [
        subject.pharmacodynamics for subject in cohort if subject.pharmacodynamics is not None
    ]
    return {
        **_echoed(question),
        "below_lloq": trial.pharmacodynamics.below_lloq,
        "above_uloq": trial.pharmacodynamics.above_uloq,
        "tables": pharmacodynamic_tables(
            subjects,
            _facts(cohort, question),
            trial.pharmacodynamics,
            _methods(question, trial),
        ),
        **humoral_report(subjects, _methods(question, trial)),
        "rows": (
            {"USUBJID": subject.subject, "SITEID": subject.centre, "markers": subject}
            for subject in subjects
        ),
    }


def _not_analysed(cohort: Sequence[SubjectAnalysis]) -> dict[str, Any]:
    """Count the results that no table has, because their codes name no analyte of the trial."""
    results: Counter[str] = Counter()
    subjects: Counter[str] = Counter()
    for subject in cohort:
        results.update(subject.labs_not_analysed)
        subjects.update(subject.labs_not_analysed.keys())
    return {
        "n_not_analysed": results.total(),
        "not_analysed": [
            {"analyte": code, "results": results[code], "subjects": subjects[code]}
            for code in sorted(results)
        ],
    }


def _echoed(question: Question) -> dict[str, Any]:
    return {"conf_type": question.conf_type or "clopper_pearson", "quantile_type": QUANTILE_TYPE}


def _methods(question: Question, trial: Trial) -> TableMethods:
    return TableMethods(
        quantile_type=QUANTILE_TYPE,
        conf_level=question.conf_level,
        conf_type=trial.policy.tte.ci,
        median_rule=trial.policy.tte.median,
    )


def _facts(cohort: Sequence[SubjectAnalysis], question: Question) -> dict[str, SubjectFacts]:
    """Give what subjects are grouped by: response by the source asked for, and CRS."""
    found = {}
    for subject in cohort:
        best = best_of(subject, question.response_source)
        toxicity = subject.toxicity.get(AesiKind.CRS)
        found[subject.subject] = SubjectFacts(
            responder=None if best is None else best.is_at_least(ResponseCategory.PR),
            crs_grade=_crs_grade(toxicity),
            followed_to=subject.last_known_alive,
        )
    return found


def _crs_grade(toxicity: ImmuneToxicity | None) -> int | None:
    """Give the highest grade, 0 for a subject not affected; None: not known, or not graded."""
    if toxicity is None:
        return None
    return toxicity.max_grade if toxicity.episodes else 0


def _recoveries(cohort: Sequence[SubjectAnalysis]) -> list[dict[str, Any]]:
    """Count the subjects by recovery of each cell count on each day that is asked about."""
    counts: dict[tuple[str, int], Counter[RecoveryStatus]] = {}
    for subject in cohort:
        for recovery in subject.recovery:
            for day, status in recovery.by_day:
                counts.setdefault((recovery.analyte, day), Counter())[status] += 1
    return [
        {
            "analyte": analyte,
            "by_day": day,
            "n": found.total(),
            **{status.value: found[status] for status in RecoveryStatus},
        }
        for (analyte, day), found in sorted(counts.items())
    ]
