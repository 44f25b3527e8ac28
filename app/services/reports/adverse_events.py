"""Adverse events of a population as a report.

Source: the trial's endpoint definitions, adverse events; the trial's protocol, collection periods.
"""

from collections.abc import Sequence
from typing import Any

from app.services.derivations.safety.safety_follow_up import SafetyWindow
from app.services.derivations.subject.analyse import SYNDROMES
from app.services.derivations.subject.analysis import SubjectAnalysis
from app.services.reports.cohort import members
from app.services.reports.question import Question
from app.services.statistics.adverse_event_tables import adverse_event_table
from app.services.statistics.death_table import death_table
from app.services.statistics.icaht_table import icaht_table
from app.services.statistics.immune_toxicity_table import SubjectToxicity, immune_toxicity_table
from app.services.statistics.special_interest_table import special_interest_table
from app.trial.trial import Trial


def adverse_event_report(
    question: Question, analyses: Sequence[SubjectAnalysis], trial: Trial
) -> dict[str, Any]:
    """Report the adverse events of the population asked about.

    The primary table has the trial's primary period, the second runs to the horizon for serious,
    related and special-interest events; those between the first dose of lymphodepletion and the
    infusion have a table of their own, over the subjects who had one, and so have those of an
    earlier lymphodepletion. ICAHT is graded from the neutrophil counts of the infused subjects, not
    from reported events.
    """
    cohort = members(analyses, question)
    subjects = [subject.adverse_events for subject in cohort]
    lymphodepleted = [
        subject.adverse_events
        for subject in cohort
        if subject.milestones.lymphodepletion_from is not None
    ]
    earlier = [
        subject.adverse_events
        for subject in cohort
        if subject.milestones.earlier_lymphodepletion_from is not None
    ]
    level = question.conf_level
    return {
        "conf_type": "clopper_pearson",
        "crs_scale_in_tables": trial.adverse_events.crs_scale_in_tables,
        "crs_scale_of_special_interest": trial.adverse_events.crs_scale_of_special_interest,
        "chain_state": trial.policy.ae.chain_state,
        "missing_causality_is_related": trial.adverse_events.missing_causality_is_related,
        "tables": {
            SafetyWindow.TREATMENT_EMERGENT.value: adverse_event_table(
                subjects, SafetyWindow.TREATMENT_EMERGENT, conf_level=level
            ),
            SafetyWindow.PRIMARY.value: adverse_event_table(
                subjects, SafetyWindow.PRIMARY, conf_level=level
            ),
            SafetyWindow.TO_HORIZON.value: adverse_event_table(
                subjects, SafetyWindow.TO_HORIZON, conf_level=level
            ),
            SafetyWindow.EARLIER_LYMPHODEPLETION.value: adverse_event_table(
                earlier, SafetyWindow.EARLIER_LYMPHODEPLETION, conf_level=level
            ),
            SafetyWindow.LYMPHODEPLETION.value: adverse_event_table(
                lymphodepleted, SafetyWindow.LYMPHODEPLETION, conf_level=level
            ),
        },
        "special_interest": special_interest_table(subjects, conf_level=level),
        "syndromes": {
            kind.value: immune_toxicity_table(
                [
                    SubjectToxicity(
                        toxicity=subject.toxicity[kind], follow_up=subject.adverse_events.follow_up
                    )
                    for subject in cohort
                    if kind in subject.toxicity
                ],
                kind,
                onset_rule=trial.policy.crs.onset_day,
                conf_level=level,
            )
            for kind in SYNDROMES
        },
        "icaht": icaht_table(
            [
                subject.haematotoxicity
                for subject in cohort
                if subject.milestones.infused_on is not None
            ],
            conf_level=level,
        ),
        "deaths": death_table(subjects, conf_level=level),
        "records_of_unknown_onset": sum(
            event.onset is None for subject in subjects for event in subject.events
        ),
        "records_ignored": sum(len(subject.ignored) for subject in subjects),
        "rows": (_row(subject) for subject in cohort),
    }


def _row(analysis: SubjectAnalysis) -> dict[str, Any]:
    subject = analysis.adverse_events
    return {
        "USUBJID": subject.subject,
        "SITEID": subject.centre,
        "events": subject.events,
        "ignored": subject.ignored,
        "icaht": analysis.haematotoxicity,
    }
