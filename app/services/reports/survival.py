"""The times to an event as reports: the trial's own figure, and what stands beside it.

Source: the trial's endpoint definitions, sections on time to event, Kaplan-Meier and output.
"""

from collections.abc import Sequence
from typing import Any, Final

from app.services.derivations.data_errors import leaves_out
from app.services.derivations.subject.analysis import SubjectAnalysis
from app.services.derivations.time_to_event.event_definition import (
    CENSORED_BY_REGIME,
    EventDefinition,
    definition_of,
    of_policy,
)
from app.services.derivations.time_to_event.event_time import EventTime, competing_status
from app.services.derivations.time_to_event.facts_of_subject import Origin
from app.services.derivations.time_to_event.named_times import NAMED_TIMES
from app.services.derivations.time_to_event.variants import BESIDE, ONLY_WHERE_ANY
from app.services.reports.cohort import members
from app.services.reports.question import Question
from app.services.reports.survival_figures import (
    SurvivalMethod,
    adtte_row,
    described,
    estimated,
    follow_up_of,
)
from app.services.statistics.competing_risks import aalen_johansen, incidence_landmarks
from app.services.statistics.days import in_days
from app.trial.policy import TimeToEventPolicy
from app.trial.trial import Trial

COMPETING: Final = "TTNT_competing"
_CAUSES: Final = (None, "new_therapy", "death")

Timed = tuple[SubjectAnalysis, EventTime]


def survival_report(
    question: Question, analyses: Sequence[SubjectAnalysis], trial: Trial
) -> dict[str, Any]:
    """Report one time to an event of the population asked about."""
    policy = trial.policy.tte
    chosen = definition_of(question.endpoint, question.variant, policy)
    method = method_of(question, trial)
    cohort = members(analyses, question)
    of_survival = question.endpoint == "overall-survival"
    counted = [
        subject
        for subject in cohort
        if not leaves_out(subject.data_errors, overall_survival=of_survival)
    ]
    timed = times_of(counted, question, chosen)
    times = [time for _, time in timed]
    return {
        "variant": question.variant or chosen.name(policy),
        "definition": defined(chosen, policy),
        "origin": origin_of(question),
        "conf_type": method.conf_type,
        "median_rule": method.median_rule,
        "se": "greenwood",
        "n_population": len(cohort),
        "n_excluded_by_data_error": len(cohort) - len(counted),
        **described(times, method),
        "follow_up": _follow_up(counted, question, trial, method),
        "variants": _beside(counted, question, chosen, policy, method),
        **_more(counted, question, chosen, method),
        "rows": (adtte_row(analysis.subject, analysis.centre, time) for analysis, time in timed),
    }


def method_of(question: Question, trial: Trial) -> SurvivalMethod:
    """Give the trial's method, with the type of limits that was asked for."""
    policy = trial.policy.tte
    conf_type = question.conf_type or policy.ci
    return SurvivalMethod(
        conf_type=conf_type,  # type: ignore[arg-type]
        conf_level=question.conf_level,
        median_rule=policy.median,
        landmark_months=trial.time_to_event.landmarks,
    )


def defined(definition: EventDefinition, policy: TimeToEventPolicy) -> dict[str, Any]:
    """Give the whole definition of a figure: its name, its regime, and all of it in words."""
    return {
        "name": definition.name(policy),
        "regime": definition.regime if definition.endpoint in CENSORED_BY_REGIME else None,
        "words": definition.words,
    }


def origin_of(question: Question) -> Origin:
    """Give what the times count from: of the enrolled the day of enrolment, else the infusion."""
    return "enrolment" if question.population == "enrolled" else "infusion"


def times_of(
    analyses: Sequence[SubjectAnalysis], question: Question, definition: EventDefinition
) -> list[Timed]:
    """Derive the times of those who have one, in the order of the subjects.

    Args:
        analyses: the subjects.
        question: whose response counts, and from when on.
        definition: of the time.
    """
    key = (question.response_source, origin_of(question))
    times = []
    for analysis in analyses:
        facts = analysis.facts.get(key)
        time = facts.time(definition) if facts is not None else None
        if time is not None:
            times.append((analysis, time))
    return times


def _beside(
    analyses: Sequence[SubjectAnalysis],
    question: Question,
    chosen: EventDefinition,
    policy: TimeToEventPolicy,
    method: SurvivalMethod,
) -> dict[str, Any]:
    """Give what is always returned beside the figure: each departs from it in one part alone."""
    key = (question.response_source, origin_of(question))
    waiting = any(
        facts.at_horizon.unconfirmed_progression is not None
        for analysis in analyses
        if (facts := analysis.facts.get(key)) is not None
    )
    beside = {}
    for part in BESIDE[chosen.endpoint]:
        other = chosen.but(part)
        if other == chosen or (part == ONLY_WHERE_ANY and not waiting):
            continue
        times = [time for _, time in times_of(analyses, question, other)]
        beside[part] = {
            "variant": other.name(policy),
            "definition": defined(other, policy),
            **estimated(times, method),
        }
    return beside


def _follow_up(
    analyses: Sequence[SubjectAnalysis],
    question: Question,
    trial: Trial,
    method: SurvivalMethod,
) -> dict[str, Any]:
    """Give the median follow-up, and how many subjects were heard of lately enough."""
    usual = of_policy("overall-survival", trial.policy.tte)
    survival = [time for _, time in times_of(analyses, question, usual)]
    complete = sum(not time.overdue_contact for time in survival)
    return {
        **follow_up_of(survival, method),
        "complete": {
            "x": complete,
            "N": len(survival),
            "percent": 100 * complete / len(survival) if survival else None,
            "within_days": trial.policy.tte.overdue_contact_days,
        },
    }


def _more(
    analyses: Sequence[SubjectAnalysis],
    question: Question,
    chosen: EventDefinition,
    method: SurvivalMethod,
) -> dict[str, Any]:
    more: dict[str, Any] = {}
    if chosen.endpoint in CENSORED_BY_REGIME:
        more["censoring_changes"] = _changes(analyses, question, chosen)
    if (part := NAMED_TIMES[chosen.endpoint].competing) is not None:
        timed = times_of(analyses, question, chosen.but(part))
        more[COMPETING] = _competing([time for _, time in timed], method)
    return more


def _changes(
    analyses: Sequence[SubjectAnalysis], question: Question, chosen: EventDefinition
) -> dict[str, int]:
    """Count the subjects whom the two regimes of censoring class differently."""
    fda, ema = (
        {
            analysis.subject: time
            for analysis, time in times_of(analyses, question, chosen.but(regime))
        }
        for regime in ("FDA", "EMA")
    )
    both = fda.keys() & ema.keys()
    return {
        "FDA_event_to_EMA_censored": sum(
            fda[subject].observed and not ema[subject].observed for subject in both
        ),
        "FDA_censored_to_EMA_event": sum(
            ema[subject].observed and not fda[subject].observed for subject in both
        ),
        "different_day": sum(fda[subject].days != ema[subject].days for subject in both),
    }


def _competing(times: Sequence[EventTime], method: SurvivalMethod) -> dict[str, Any]:
    """Give the cumulative incidence of new therapy, with death as the competing event."""
    risks = aalen_johansen(
        [time.days for time in times],
        [_CAUSES[competing_status(time)] for time in times],
        of=("new_therapy", "death"),
        conf_type=method.conf_type,
        conf_level=method.conf_level,
    )
    landmarks = [in_days(months) for months in method.landmark_months]
    return {
        "n": risks.n,
        "n_censored": risks.n_censored,
        "causes": {
            cause: {
                "n_event": risks.of(cause).n_event,
                "landmarks": incidence_landmarks(risks, cause, landmarks),
            }
            for cause in ("new_therapy", "death")
        },
    }
