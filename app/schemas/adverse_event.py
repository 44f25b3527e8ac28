"""Adverse events on the wire, and what one adverse event alone cannot mean.

Source: ICH E2A for seriousness; CTCAE 5.0 for terms and grades; CDISC codelists C66768 (outcome)
and C66767 (action taken); the ASTCT consensus (Lee 2019) for CRS and ICANS.
"""

from collections.abc import Iterator

from pydantic import field_validator
from pydantic_core import PydanticCustomError

from app.models.adverse_event import AdverseEvent, AdverseEventFields
from app.schemas.astct import astct_findings, astct_grade
from app.schemas.chronology import certainly_before
from app.schemas.record import Dating, RecordKind, RecordOut
from app.schemas.refusals import ConsistentRecordIn, Refusal
from app.vocabularies.adverse_events import ENDED, ONGOING, AesiKind, Outcome, SeriousnessCriterion
from app.vocabularies.astct import CRS_TERM
from app.vocabularies.ctcae import (
    ToxicityGrade,
    find_term,
    how_to_write,
    nearest_terms,
    term_of_meddra_code,
)


def published_term(spelling: str) -> str:
    """Read a CTCAE 5.0 term as it is published, or the MedDRA code that is published with it.

    Raises:
        PydanticCustomError: ``unknown_term``, with the terms it may have meant.

    Decision: another case or spacing is refused with the published spelling, because a record is
    given back exactly as it was sent and a term must not be counted under two spellings. For the
    same reason a code is stored as its term; it is a list's filter only as part of ``meddra``.
    """
    if (coded := term_of_meddra_code(spelling)) is not None:
        return coded.term
    term = find_term(spelling)
    if term is not None and term.term == spelling:
        return spelling
    nearest = (term.term,) if term is not None else nearest_terms(spelling)
    advice = how_to_write(spelling) if term is None else None
    raise PydanticCustomError(
        "unknown_term",
        "{advice}",
        {
            "advice": advice
            or "write a term of CTCAE 5.0 in its published spelling, or its MedDRA code",
            "allowed": list(nearest),
        },
    )


def term_and_grade(event: AdverseEventFields) -> Iterator[Refusal]:
    """Require words for an "Other, specify" term, and a grade that the term has."""
    term = find_term(event.term)
    if term is None:
        return
    if term.other_specify and event.other_specify is None:
        yield Refusal(
            "other_specify", "other_specify_missing", "say in words what happened, for this term"
        )
    if not term.other_specify and event.other_specify is not None:
        yield Refusal(
            "other_specify",
            "other_specify_beside_a_term",
            "leave it out: only a term `Other, specify` has it; further words go into narrative",
        )
    if event.grade is not None and event.grade not in term.grades:
        yield Refusal(
            "grade",
            "grade_not_of_term",
            "write one of the grades that CTCAE 5.0 has for this term",
            tuple(str(grade.value) for grade in term.grades),
        )


def onset_or_unknown(event: AdverseEventFields) -> Iterator[Refusal]:
    """Require an onset, or the word that nothing is known of it, and not both."""
    if event.onset is None and event.onset_unknown is not True:
        yield Refusal(
            "onset",
            "onset_missing",
            "write the onset as far as it is known, or onset_unknown true",
        )
    if event.onset is not None and event.onset_unknown is True:
        yield Refusal(
            "onset_unknown", "onset_beside_unknown", "leave it out: the event has an onset"
        )


def grade_or_seriousness(event: AdverseEventFields) -> Iterator[Refusal]:
    """Require at least one statement on how bad the event was, but of CRS and ICANS.

    Decision: their grade follows from findings that may come later; until then they are stored
    without one, and a finding asks for it.
    """
    if event.term == CRS_TERM or event.aesi_kind in {AesiKind.CRS, AesiKind.ICANS} or event.astct:
        return
    if event.grade is None and event.serious is None:
        yield Refusal(
            "grade", "grade_or_seriousness_missing", "write the grade, or whether it is serious"
        )


def seriousness(event: AdverseEventFields) -> Iterator[Refusal]:
    """Hold seriousness against its criteria: serious exactly when one of them is met."""
    criteria = event.seriousness_criteria
    if len(set(criteria)) < len(criteria):
        yield Refusal("seriousness_criteria", "item_repeated", "name each criterion once")
    if event.serious and not criteria:
        yield Refusal(
            "seriousness_criteria",
            "seriousness_criterion_missing",
            "a serious event meets at least one criterion of ICH E2A: name it",
            tuple(SeriousnessCriterion),
        )
    if criteria and not event.serious:
        yield Refusal(
            "serious", "criterion_of_an_event_not_serious", "an event with a criterion is serious"
        )
    if event.became_serious_on is not None and event.serious is False:
        yield Refusal(
            "became_serious_on",
            "date_of_an_event_not_serious",
            "leave it out, or write that the event is serious",
        )


def death(event: AdverseEventFields) -> Iterator[Refusal]:
    """Require grade 5, outcome FATAL and the criterion death together, or none of them.

    Decision: all three are asked for even in a first report, because whoever knows one of them
    knows the others; only one event of a subject is the fatal one.
    """
    if not _is_fatal(event):
        return
    if event.grade is not ToxicityGrade.DEATH:
        yield Refusal("grade", "fatal_event_without_grade_5", "a fatal event has grade 5", ("5",))
    if event.outcome is not Outcome.FATAL:
        yield Refusal(
            "outcome",
            "grade_5_without_fatal_outcome",
            "an event of grade 5, or that results in death, has the outcome FATAL; other events "
            "of the subject stay as they were",
            (Outcome.FATAL,),
        )
    if SeriousnessCriterion.DEATH not in event.seriousness_criteria:
        yield Refusal(
            "seriousness_criteria",
            "fatal_event_without_criterion_death",
            "a fatal event is serious because it results in death",
            (SeriousnessCriterion.DEATH,),
        )
    if event.serious is not True:
        yield Refusal("serious", "fatal_event_not_serious", "a fatal event is serious", ("true",))
    if event.end is None:
        yield Refusal(
            "end", "date_of_death_missing", "the end of a fatal event is the death: write its date"
        )


def end_and_outcome(event: AdverseEventFields) -> Iterator[Refusal]:
    """Require an end of what has ended and of nothing else, not before the onset."""
    if event.outcome in ENDED and event.outcome is not Outcome.FATAL and event.end is None:
        yield Refusal("end", "end_missing", "an event that has resolved has an end: write its date")
    if event.outcome in ONGOING and event.end is not None:
        yield Refusal("end", "end_of_an_ongoing_event", "an event that has not resolved has no end")
    if event.ongoing and event.end is not None:
        yield Refusal("ongoing", "ongoing_with_an_end", "an event with an end is not ongoing")
    if event.ongoing and event.outcome in ENDED:
        yield Refusal("ongoing", "ongoing_with_an_ended_outcome", "a resolved event is not ongoing")
    if event.ongoing is False and event.outcome in ONGOING:
        yield Refusal("ongoing", "not_ongoing_without_an_end", "an event not resolved is ongoing")
    if certainly_before(event.end, event.onset):
        yield Refusal("end", "end_before_onset", "write an end on or after the onset")


def reporting(event: AdverseEventFields) -> Iterator[Refusal]:
    """Require what follows from the event to follow it in time."""
    if certainly_before(event.aware_at, event.onset):
        yield Refusal("aware_at", "aware_before_onset", "nobody knows of an event before its onset")
    if certainly_before(event.reported_at, event.aware_at):
        yield Refusal("reported_at", "reported_before_aware", "write a time at or after aware_at")
    if certainly_before(event.became_serious_on, event.onset):
        yield Refusal(
            "became_serious_on", "serious_before_onset", "write a day on or after the onset"
        )
    if certainly_before(event.discharged_on, event.admitted_on):
        yield Refusal(
            "discharged_on", "discharged_before_admission", "write a day on or after admission"
        )


def _is_fatal(event: AdverseEventFields) -> bool:
    return (
        event.grade is ToxicityGrade.DEATH
        or event.outcome is Outcome.FATAL
        or SeriousnessCriterion.DEATH in event.seriousness_criteria
    )


class AdverseEventIn(AdverseEventFields, ConsistentRecordIn):
    """An adverse event as a centre submits it."""

    rules = (
        term_and_grade,
        onset_or_unknown,
        grade_or_seriousness,
        seriousness,
        death,
        end_and_outcome,
        reporting,
        astct_grade,
        astct_findings,
    )

    @field_validator("term")
    @classmethod
    def term_is_published(cls, term: str) -> str:
        """Require a published term."""
        return published_term(term)


class AdverseEventOut(AdverseEventFields, RecordOut):
    """An adverse event as the service gives it."""


ADVERSE_EVENTS = RecordKind(
    path="adverse-events",
    noun="adverse event",
    table=AdverseEvent,
    submission=AdverseEventIn,
    view=AdverseEventOut,
    dated_by="onset",
    dating=Dating.HAPPENED,
    visit_of_the_day=False,
    place_in_history="adverse_events",
    filters={
        "serious": "serious",
        "term": "term",
        "grade": "grade",
        "outcome": "outcome",
        "aesi_kind": "aesi_kind",
        "onset_unknown": "onset_unknown",
        "meddra_llt_code": "meddra.llt_code",
        "meddra_pt_code": "meddra.pt_code",
    },
    example={
        "source_id": "03-AE-0117",
        "visit": "D3",
        "term": CRS_TERM,
        "grade": 2,
        "onset": "2026-03-05T19:40+08:00",
        "end": "2026-03-08",
        "ongoing": False,
        "outcome": "RECOVERED/RESOLVED",
        "serious": True,
        "seriousness_criteria": ["hospitalisation"],
        "admitted_on": "2026-03-05",
        "discharged_on": "2026-03-12",
        "causality": {"car_t": "definite", "lymphodepletion": "unlikely", "disease": "unrelated"},
        "action_taken": "NOT APPLICABLE",
        "aesi_kind": "CRS",
        "astct": {
            "scale": "ASTCT_CRS",
            "version": "ASTCT 2019",
            "grade": 2,
            "crs": {
                "temperature_max": "39.4",
                "hypotension": True,
                "lowest_systolic": "84",
                "lowest_diastolic": "46",
                "vasopressors": [],
                "vasopressin": False,
                "oxygen": "NASAL_CANNULA",
                "flow": "2.0",
                "tocilizumab_at": ["2026-03-06T02:15+08:00"],
            },
        },
        "aware_at": "2026-03-05T20:00+08:00",
        "reported_at": "2026-03-06T09:30+08:00",
    },
)
