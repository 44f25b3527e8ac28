"""ASTCT grades of CRS and ICANS beside the grade that follows from their findings.

Source: Lee et al., Biol Blood Marrow Transplant 2019;25:625-38, tables 2, 5 and 6, as
``services/criteria/astct`` grades them.

Decision: parts that were not recorded question no grade: a derived grade that a missing part could
raise is questioned only when the reported one is lower.
"""

from collections.abc import Iterator

from app.models.adverse_event import AdverseEventFields
from app.models.astct import CrsBasis, IcansBasis
from app.models.neuro_assessment import NeuroAssessmentFields
from app.schemas.record import Finding
from app.services.analysis_values import examined
from app.services.criteria.astct import crs_grade, icans_grade
from app.services.criteria.astct_findings import CrsFindings, IcansDomain, IcansFindings
from app.services.criteria.astct_grading import AstctGrading
from app.services.derivations.safety.crs_and_icans import syndrome_named
from app.services.edit_checks.rule import DAY, CheckedRecord, RecordFinding, Rule, SubjectRecords
from app.services.subject_course import SubjectCourse
from app.trial.trial import Trial
from app.vocabularies.adverse_events import AesiKind
from app.vocabularies.astct import SYNDROME_OF_SCALE, AstctGrade

CRS_GRADE_DIFFERS = Rule(
    "CRS-GRADE-DIFFERS",
    "warning",
    "the ASTCT grade is not the one that follows from the findings sent with it; correct the grade "
    "or the findings",
)
ICANS_GRADE_DIFFERS = Rule(
    "ICANS-GRADE-DIFFERS",
    "warning",
    "the ASTCT grade is not the one that follows from the findings sent with it; correct the grade "
    "or the findings",
)
ICANS_BELOW_ASSESSMENT = Rule(
    "ICANS-BELOW-ASSESSMENT",
    "warning",
    "a neurological assessment during the event shows a higher grade than the event has; raise the "
    "event's grade or correct the assessment",
)
CRS_UNGRADED = Rule(
    "CRS-UNGRADED",
    "warning",
    "the CRS has no ASTCT grade and counts as not graded among the events of special interest; "
    "send the grade",
)
ICANS_UNGRADED = Rule(
    "ICANS-UNGRADED",
    "warning",
    "the ICANS has no ASTCT grade and counts as not graded, which CTCAE 5.0 has no term to mend; "
    "send the grade",
)
NEURO_WITHOUT_ICANS = Rule(
    "NEURO-WITHOUT-ICANS",
    "warning",
    "the findings make an ICANS grade and no ICANS event covers the day; report the event, or name "
    "the other cause",
)
ICANS_WITHOUT_NEURO = Rule(
    "ICANS-WITHOUT-NEURO",
    "notice",
    "no neurological assessment lies within the event; send those of its days",
)


def reported_syndrome(event: AdverseEventFields, trial: Trial) -> AesiKind | None:
    """Tell whether an event as reported is CRS or ICANS; None: neither."""
    graded_as = SYNDROME_OF_SCALE[event.astct.scale] if event.astct is not None else None
    return syndrome_named(
        aesi_kind=event.aesi_kind or graded_as,
        term=event.term,
        words=event.other_specify,
        graded=False,
        rules=trial.adverse_events,
    )


def syndrome_is_graded(
    event: CheckedRecord[AdverseEventFields], _: SubjectCourse, trial: Trial
) -> Iterator[Finding]:
    """Notice CRS or ICANS without an ASTCT grade: it is stored, and counts as not graded."""
    if event.fields.astct is not None:
        return
    match reported_syndrome(event.fields, trial):
        case AesiKind.CRS:
            yield CRS_UNGRADED.at("astct")
        case AesiKind.ICANS:
            yield ICANS_UNGRADED.at("astct")


def crs_event_grade(
    event: CheckedRecord[AdverseEventFields], _: SubjectCourse, __: Trial
) -> Iterator[Finding]:
    """Hold the grade of a CRS against its findings; grade 5 is the outcome and not graded here."""
    graded = event.fields.astct
    if graded is None or graded.crs is None or graded.grade is AstctGrade.DEATH:
        return
    if _differs(graded.grade, crs_grade(_crs_findings(graded.crs))):
        yield CRS_GRADE_DIFFERS.at("astct", "grade")


def icans_event_grade(
    event: CheckedRecord[AdverseEventFields], _: SubjectCourse, __: Trial
) -> Iterator[Finding]:
    """Hold the grade of an ICANS against its findings."""
    graded = event.fields.astct
    if graded is None or graded.icans is None or graded.grade is AstctGrade.DEATH:
        return
    if _differs(graded.grade, icans_grade(_icans_findings(graded.icans))):
        yield ICANS_GRADE_DIFFERS.at("astct", "grade")


def examiners_grade(
    assessment: CheckedRecord[NeuroAssessmentFields], _: SubjectCourse, __: Trial
) -> Iterator[Finding]:
    """Hold the grade that an examiner gave against the findings of the examination."""
    grade = assessment.fields.grade
    if grade is None or grade == AstctGrade.DEATH:
        return
    if _differs(grade, icans_grade(examined(assessment.fields))):
        yield ICANS_GRADE_DIFFERS.at("grade")


def assessments_beside_events(subject: SubjectRecords) -> Iterator[RecordFinding]:
    """Hold neurological assessments after the infusion against the ICANS events of their days."""
    infused_at = subject.course.infused_at
    events = [
        event
        for event in subject.adverse_events
        if reported_syndrome(event.fields, subject.trial) is AesiKind.ICANS
    ]
    exceeded = set()
    for assessment in subject.neuro_assessments:
        at = assessment.fields.assessed_at
        grade = icans_grade(examined(assessment.fields)).grade or 0
        if grade == 0 or infused_at is None or assessment.is_before(at, infused_at):
            continue
        covering = [event for event in events if _covers(event, assessment)]
        if not covering:
            yield RecordFinding(assessment, NEURO_WITHOUT_ICANS.at("assessed_at"))
        for event in covering:
            graded = event.fields.astct
            if graded is not None and grade > graded.grade:
                exceeded.add(event.record_id)
    for event in events:
        if event.record_id in exceeded:
            yield RecordFinding(event, ICANS_BELOW_ASSESSMENT.at("astct", "grade"))
        if not any(_covers(event, assessment) for assessment in subject.neuro_assessments):
            yield RecordFinding(event, ICANS_WITHOUT_NEURO.at("onset"))


def _covers(
    event: CheckedRecord[AdverseEventFields], assessment: CheckedRecord[NeuroAssessmentFields]
) -> bool:
    """Tell whether an assessment may lie within an event, to the day after its end."""
    if assessment.fields.adverse_event == event.record_id:
        return True
    day = assessment.days(assessment.fields.assessed_at).earliest
    onset, end = event.fields.onset, event.fields.end
    begun = onset is None or event.days(onset).earliest <= day
    return begun and (end is None or day <= event.days(end).latest + DAY)


def _differs(reported: int, derived: AstctGrading) -> bool:
    if derived.grade is None:
        return False
    return reported < derived.grade if derived.at_least else reported != derived.grade


def _crs_findings(basis: CrsBasis) -> CrsFindings:
    return CrsFindings(
        temperature_max=basis.temperature_max,
        fever_other_cause=basis.fever_other_cause,
        established=basis.established,
        treated=basis.treated,
        hypotension=basis.hypotension,
        hypotension_other_cause=basis.hypotension_other_cause,
        vasopressors=None if basis.vasopressors is None else len(basis.vasopressors),
        vasopressin=basis.vasopressin,
        oxygen=basis.oxygen,
        flow=basis.flow,
        hypoxia_other_cause=basis.hypoxia_other_cause,
        positive_pressure_reason=basis.positive_pressure_reason,
    )


def _icans_findings(basis: IcansBasis) -> IcansFindings:
    return IcansFindings(
        ice_score=None if basis.ice is None else basis.ice.score,
        ice_not_done_reason=basis.ice_not_done_reason,
        consciousness=basis.consciousness,
        seizure=basis.seizure,
        motor=basis.motor,
        raised_pressure=basis.raised_pressure,
        intracranial_haemorrhage=basis.intracranial_haemorrhage,
        other_cause=frozenset(IcansDomain(domain) for domain in basis.other_cause),
    )


OF_EVENTS = (syndrome_is_graded, crs_event_grade, icans_event_grade)
OF_ASSESSMENTS = (examiners_grade,)
SUBJECT_CHECKS = (assessments_beside_events,)
