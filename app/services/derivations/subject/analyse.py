"""One subject's history and the trial's rules -> everything that is derived of it."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Final

from app.services.criteria.imwg.baseline import Track
from app.services.criteria.imwg.evaluation import Component
from app.services.criteria.imwg.visit_response import ReviewFlag
from app.services.derivations.data_errors import data_errors, leaves_out
from app.services.derivations.exposure import age_years, exposure, years_since_diagnosis
from app.services.derivations.kinetics.car_kinetics import car_kinetics
from app.services.derivations.laboratory.cytopenia_recovery import cytopenia_recovery
from app.services.derivations.laboratory.graded_labs import graded_labs
from app.services.derivations.laboratory.lab_abnormalities import lab_abnormalities
from app.services.derivations.laboratory.lab_baseline import lab_follow_up
from app.services.derivations.laboratory.lab_summary import lab_summary
from app.services.derivations.laboratory.not_analysed import not_analysed
from app.services.derivations.markers.pharmacodynamics import pharmacodynamics
from app.services.derivations.populations import milestones, populations
from app.services.derivations.response.best_response import best_response
from app.services.derivations.response.clinical_relapse import clinical_relapse
from app.services.derivations.response.response_discrepancies import discrepancies, judgement_of
from app.services.derivations.safety.adverse_events import subject_adverse_events
from app.services.derivations.safety.haematotoxicity import haematotoxicity
from app.services.derivations.safety.immune_toxicity import immune_toxicity
from app.services.derivations.subject.analysis import (
    JudgedVisits,
    ResponseAnalysis,
    SubjectAnalysis,
    Syndrome,
)
from app.services.derivations.subject.response_analysis import response_analysis
from app.services.derivations.subject.responses_by_source import (
    Responses,
    responses_up_to,
)
from app.services.derivations.subject_history import Characteristics, SubjectHistory
from app.services.derivations.time_to_event.endpoint_facts import EndpointFacts
from app.services.derivations.time_to_event.facts_of_subject import (
    Origin,
    SubjectDates,
    endpoint_facts,
    subject_dates,
)
from app.services.derivations.time_to_event.last_known_alive import last_known_alive
from app.services.derivations.time_to_event.variants import FactsByHorizon
from app.services.derivations.visits.scheduled_visits import subject_visits
from app.trial.anchors import add_months
from app.trial.trial import Trial
from app.vocabularies.adverse_events import AesiKind
from app.vocabularies.imwg import ResponseSource

ORIGINS: Final[tuple[Origin, ...]] = ("infusion", "enrolment")
SYNDROMES: Final[tuple[Syndrome, ...]] = (AesiKind.CRS, AesiKind.ICANS)


def analyse(history: SubjectHistory, trial: Trial) -> SubjectAnalysis:
    """Derive everything of one subject that the endpoints ask for."""
    dates = subject_dates(history, trial)
    enrolment, died = history.enrolment, dates.died
    errors = data_errors(history, trial)
    infused = _infused(history, trial, dates) if history.infused_on is not None else None
    new_therapy_on = infused.new_therapy_on if infused else None
    alive = last_known_alive(dates.evidence, until=history.data_cut)
    died_on = died.day if died else None
    screen_failed_on = _by(enrolment.screen_failed_on if enrolment else None, history.data_cut)
    off_study_on = _by(enrolment.off_study_on if enrolment else None, history.data_cut)
    analysis = SubjectAnalysis(
        subject=history.subject,
        centre=history.centre,
        milestones=milestones(history),
        populations=populations(
            history,
            trial.populations,
            measurable=infused is not None and infused.track is not Track.NONE,
            judged=infused is not None and infused.judged(ResponseSource.DERIVED),
        ),
        screen_failed_on=screen_failed_on,
        disposition=(
            enrolment.disposition if enrolment and enrolment.off_study_on == off_study_on else None
        ),
        off_study_on=off_study_on,
        died_on=died_on,
        last_known_alive=alive,
        data_errors=errors,
        adverse_events=subject_adverse_events(
            history,
            trial,
            new_therapy=new_therapy_on,
            death=died_on,
            last_known_alive=alive,
            dates_doubtful=leaves_out(errors, overall_survival=True),
        ),
        visits=subject_visits(
            history,
            trial,
            died=died_on,
            progressed=infused.progressed_on if infused else None,
            contact_end=dates.contact_end,
        ),
        characteristics=enrolment.characteristics if enrolment else Characteristics(),
        age_years=age_years(history),
        years_since_diagnosis=years_since_diagnosis(history),
        exposure=exposure(history, trial.populations),
        labs_not_analysed=not_analysed(history),
        facts=infused.facts if infused else _facts_without_infusion(history, trial, dates),
        not_plausible=tuple(
            number
            for number in history.not_plausible
            if number.day is None or number.day <= history.data_cut
        ),
    )
    if infused is None:
        return analysis
    analysis = _with_response(analysis, history, trial, infused)
    return _with_measurements(analysis, history, trial, infused)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Infused:
    """What the rest of an infused subject's analysis rests on."""

    infused_on: date
    within: Responses
    """Up to the horizon."""
    facts: Mapping[tuple[ResponseSource, Origin], FactsByHorizon]
    new_therapy_on: date | None

    @property
    def track(self) -> Track:
        return self.within.derived.measurable.track

    @property
    def progressed_on(self) -> date | None:
        """First confirmed progression by the measurements; None: none.

        Decision: where no baseline was entered, nothing can be derived, and the investigator's
        progression ends the evaluations.
        """
        measured = self.within.judged.has_baseline
        source = ResponseSource.DERIVED if measured else ResponseSource.INVESTIGATOR
        return self.within.by_source[source].best.progression_whenever_on

    def evaluable(self, source: ResponseSource) -> bool:
        """Tell whether the disease was measurable before treatment and judged after it.

        Decision: where no baseline was entered and a person reported a category, that person had
        one; a baseline that was entered and is not measurable, by any track, is not.
        """
        main = self.facts.get((source, "infusion"))
        had_baseline = main is not None and main.at_horizon.has_baseline
        reported = had_baseline and not self.within.judged.has_baseline
        return (self.track is not Track.NONE or reported) and self.judged(source)

    def judged(self, source: ResponseSource) -> bool:
        """Tell of an adequate evaluation, or of progression or death before the first."""
        main = self.facts.get((source, "infusion"))
        if main is None:
            return False
        facts = main.at_horizon
        return bool(facts.visits) or facts.death is not None or facts.progression is not None


def _by(day: date | None, data_cut: date) -> date | None:
    """Give a day on which the subject left; None: it had not by the data cut."""
    return day if day is not None and day <= data_cut else None


def _infused(history: SubjectHistory, trial: Trial, dates: SubjectDates) -> _Infused:
    infused_on = history.infused_on
    if infused_on is None:
        raise ValueError("a subject without an infusion has no response")
    horizon = add_months(infused_on, history.horizon_months)
    late = history.data_cut > horizon
    whole = responses_up_to(history, trial, infused_on, history.data_cut, dates, explained=not late)
    within = responses_up_to(history, trial, infused_on, horizon, explained=True) if late else whole
    return _Infused(
        infused_on=infused_on,
        within=within,
        facts=_facts(history, trial, within, whole, dates),
        new_therapy_on=whole.new_therapy_on[ResponseSource.DERIVED],
    )


def _with_response(
    analysis: SubjectAnalysis, history: SubjectHistory, trial: Trial, infused: _Infused
) -> SubjectAnalysis:
    within = infused.within
    made: dict[int, ResponseAnalysis] = {}
    for source, response in within.by_source.items():
        if id(response) not in made:
            made[id(response)] = response_analysis(
                history,
                trial,
                within,
                infused.infused_on,
                source,
                evaluable=infused.evaluable(source),
            )
    return replace(
        analysis,
        track=infused.track,
        urine_measured=Component.URINE_M_PROTEIN in within.judged.baseline.collected,
        clinical_relapse=any(
            clinical_relapse(visit, history).signs for visit in within.derived.visits
        ),
        scr_blocked_by_ratio=any(
            ReviewFlag.SCR_BLOCKED_BY_RATIO in visit.flags for visit in within.derived.visits
        ),
        responses={source: made[id(response)] for source, response in within.by_source.items()},
        judged=_judged(history, trial, infused),
    )


def _judged(history: SubjectHistory, trial: Trial, infused: _Infused) -> JudgedVisits:
    within = infused.within
    visits = tuple(visit.visit for visit in within.by_source[ResponseSource.DERIVED].visits)
    differences = discrepancies(
        visits,
        history.assessments,
        trial.policy.imwg,
        infused_on=infused.infused_on,
        new_therapy_on=within.new_therapy_on[ResponseSource.DERIVED],
        died_of_myeloma_on=within.died_of_myeloma_on,
    )
    differing = [difference for difference in differences if difference.comparison is not None]
    return JudgedVisits(
        judged=sum(judgement_of(visit, history.assessments) is not None for visit in visits),
        kinds=tuple(difference.kind for difference in differing),
        best_changes=sum(difference.impact.best_response for difference in differing),
        progression_changes=sum(difference.impact.progression for difference in differing),
        unanswered=len(differences) - len(differing),
    )


def _with_measurements(
    analysis: SubjectAnalysis, history: SubjectHistory, trial: Trial, infused: _Infused
) -> SubjectAnalysis:
    started = infused.new_therapy_on
    labs = lab_follow_up(history, new_therapy=started)
    graded = graded_labs(history, trial, labs) if labs else ()
    followed_until = analysis.died_on or analysis.last_known_alive or history.data_cut
    abnormalities = lab_abnormalities(history, trial, new_therapy=started, graded=graded)
    return replace(
        analysis,
        toxicity={
            kind: immune_toxicity(
                analysis.adverse_events,
                history.therapies,
                kind,
                gap_days=trial.adverse_events.episode_gap_days,
            )
            for kind in SYNDROMES
        },
        laboratory=tuple(map(lab_summary, abnormalities)),
        recovery=cytopenia_recovery(
            history,
            trial,
            new_therapy=started,
            followed_until=followed_until,
            graded=graded,
        ),
        haematotoxicity=haematotoxicity(
            history,
            trial,
            new_therapy=started,
            followed_until=followed_until,
            died_on=analysis.died_on,
            graded=graded,
        ),
        kinetics=car_kinetics(history, trial),
        pharmacodynamics=pharmacodynamics(history, trial),
    )


def _facts(
    history: SubjectHistory,
    trial: Trial,
    within: Responses,
    whole: Responses,
    dates: SubjectDates,
) -> dict[tuple[ResponseSource, Origin], FactsByHorizon]:
    found: dict[tuple[ResponseSource, Origin], FactsByHorizon] = {}
    for source in ResponseSource:
        same = whole.by_source[source] is whole.by_source[ResponseSource.DERIVED]
        for origin in ORIGINS:
            derived = found.get((ResponseSource.DERIVED, origin))
            if same and derived is not None:
                found[source, origin] = derived
                continue
            at_cut = _endpoint_facts(history, trial, whole, source, origin, dates)
            if at_cut is None:
                continue
            at_horizon = at_cut
            if within is not whole:
                beside = _endpoint_facts(history, trial, within, source, origin, dates)
                at_horizon = beside or at_cut
            found[source, origin] = FactsByHorizon(at_horizon=at_horizon, at_cut=at_cut)
    return found


def _endpoint_facts(
    history: SubjectHistory,
    trial: Trial,
    responses: Responses,
    source: ResponseSource,
    origin: Origin,
    dates: SubjectDates,
) -> EndpointFacts | None:
    response = responses.by_source[source]
    return endpoint_facts(
        history,
        trial,
        visits=response.visits,
        response=response.best,
        has_baseline=_has_baseline(history, trial, responses, source),
        origin=origin,
        missed_after_days=trial.time_to_event.missed_after_days,
        dates=dates,
    )


def _has_baseline(
    history: SubjectHistory, trial: Trial, responses: Responses, source: ResponseSource
) -> bool:
    """Tell whether the disease was evaluated before treatment, as far as a source needs it.

    Derived, it was where any component was measured on or before lymphodepletion. A category that a
    person reported says that its author had a baseline, unless the policy always asks for one.

    Source: the trial's endpoint definitions, PFS and DOR censoring, no baseline; the trial's
    protocol, policies, ``tte.baseline_required``.
    """
    if responses.judged.has_baseline or trial.policy.tte.baseline_required == "always":
        return responses.judged.has_baseline
    known = [
        assessment
        for assessment in history.assessments
        if assessment.evaluation.anchor <= responses.until
    ]
    match source:
        case ResponseSource.DERIVED:
            return False
        case ResponseSource.INVESTIGATOR:
            given = (assessment.investigator for assessment in known)
        case ResponseSource.ADJUDICATED:
            given = (assessment.adjudicated for assessment in known)
    return any(judgement is not None for judgement in given)


def _facts_without_infusion(
    history: SubjectHistory, trial: Trial, dates: SubjectDates
) -> dict[tuple[ResponseSource, Origin], FactsByHorizon]:
    facts = endpoint_facts(
        history,
        trial,
        visits=(),
        response=best_response(()),
        has_baseline=False,
        origin="enrolment",
        dates=dates,
    )
    if facts is None:
        return {}
    both = FactsByHorizon(at_horizon=facts, at_cut=facts)
    return {(source, "enrolment"): both for source in ResponseSource}
