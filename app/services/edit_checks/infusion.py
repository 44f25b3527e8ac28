"""The way to the infusion, and the infusion itself.

Source: the trial's protocol, schedule of assessments (lymphodepletion before day 0), analysis rules
on the origin of every endpoint and on second infusions.
"""

from collections.abc import Iterator

from app.models.infusion import InfusionFields
from app.schemas.record import Finding
from app.services.edit_checks.enrolment import NO_CONSENT
from app.services.edit_checks.rule import CheckedRecord, RecordFinding, Rule, SubjectRecords
from app.services.subject_course import SubjectCourse
from app.trial.trial import Trial
from app.vocabularies.preparations import InfusionKind, PreparationOutcome
from app.vocabularies.visits import VisitStatus

INFUSION_BEFORE_LD = Rule(
    "INFUSION-BEFORE-LD",
    "error",
    "the first infusion is dated before the first lymphodepletion dose; correct one of the dates",
)
LD_GAP = Rule(
    "LD-GAP",
    "warning",
    "the time from the last lymphodepletion dose to the infusion is not the protocol's; confirm "
    "the dates",
)
NO_LYMPHODEPLETION = Rule(
    "NO-LYMPHODEPLETION",
    "warning",
    "no lymphodepletion is recorded before the infusion; send the doses, or why it was omitted",
)
EARLIER_LYMPHODEPLETION = Rule(
    "EARLIER-LYMPHODEPLETION",
    "notice",
    "a course of lymphodepletion came before the one that counts, and is treatment before "
    "baseline; nothing to do if both were given",
)
LEUKAPHERESIS_AFTER_INFUSION = Rule(
    "LEUKAPHERESIS-AFTER-INFUSION",
    "error",
    "the first leukapheresis is dated after the first infusion; correct one of the dates",
)
NO_INFUSION = Rule(
    "NO-INFUSION",
    "error",
    "supposes an infusion and none is recorded; send the infusion or correct this record",
)
OUTCOME_DIFFERS = Rule(
    "OUTCOME-DIFFERS",
    "error",
    "the preparation ended without an infusion, yet an infusion names it; correct the outcome or "
    "the reference",
)
LOT_DIFFERS = Rule(
    "LOT-DIFFERS",
    "warning",
    "the lot infused is not the lot of the preparation; correct one of them",
)
INFUSED_BEFORE_RELEASE = Rule(
    "INFUSED-BEFORE-RELEASE",
    "error",
    "the infusion is dated before the release of its product; correct one of the dates",
)
SECOND_INFUSION_IS_NEW_THERAPY = Rule(
    "SECOND-INFUSION-IS-NEW-THERAPY",
    "notice",
    "an unplanned repeat counts as new anti-myeloma therapy from its day on; nothing to do if it "
    "was unplanned",
)
INFUSION_PART_REPEATED = Rule(
    "INFUSION-PART-REPEATED",
    "warning",
    "two planned infusions have the same part number; number the parts, void one, or call it an "
    "unplanned repeat",
)


def second_infusion(
    infusion: CheckedRecord[InfusionFields], _: SubjectCourse, __: Trial
) -> Iterator[Finding]:
    """Notice an infusion that ends the response to the first one."""
    if infusion.fields.infusion_kind is InfusionKind.UNPLANNED_REPEAT:
        yield SECOND_INFUSION_IS_NEW_THERAPY.at("infusion_kind")


def consent_before_infusion(
    _: CheckedRecord[InfusionFields], course: SubjectCourse, __: Trial
) -> Iterator[Finding]:
    """Notice an infusion of a subject whose enrolment has no consent."""
    if course.enrolled and course.anchors.consent is None:
        yield NO_CONSENT.at("infused_at")


def order_of_treatment(subject: SubjectRecords) -> Iterator[RecordFinding]:
    """Notice a first infusion before leukapheresis or before lymphodepletion."""
    first = first_infusion(subject)
    if first is None:
        return
    if first.is_before(first.fields.infused_at, subject.course.anchors.first_leukapheresis):
        yield RecordFinding(first, LEUKAPHERESIS_AFTER_INFUSION.at("infused_at"))
    if subject.course.lymphodepletion.too_late:
        yield RecordFinding(first, INFUSION_BEFORE_LD.at("infused_at"))


def lymphodepletion_before_infusion(subject: SubjectRecords) -> Iterator[RecordFinding]:
    """Notice an infusion without lymphodepletion, or at another distance from it than planned.

    Decision: the distance planned is the window of the last visit that the schedule counts back
    from the infusion; a schedule without one plans none.
    """
    first = first_infusion(subject)
    if first is None or not subject.trial.schedule.visits:
        return
    depletion = subject.course.lymphodepletion
    omitted = any(
        preparation.fields.lymphodepletion_omitted is not None
        for preparation in subject.preparations
        if depletion.preparation in {None, preparation.record_id}
    )
    if depletion.course is None and not depletion.too_late and not omitted:
        yield RecordFinding(first, NO_LYMPHODEPLETION.at("infused_at"))
    day = first.days(first.fields.infused_at).earliest
    doses = depletion.course.doses if depletion.course is not None else ()
    before = [dose.earliest for dose in doses if dose.earliest <= day]
    planned = _planned_gap(subject.trial)
    if before and planned is not None and (day - before[-1]).days not in planned:
        yield RecordFinding(first, LD_GAP.at("infused_at"))


def earlier_lymphodepletion(subject: SubjectRecords) -> Iterator[RecordFinding]:
    """Notice a course of lymphodepletion that is not the one that counts."""
    earlier = {course.preparation for course in subject.course.lymphodepletion.earlier}
    for preparation in subject.preparations:
        if preparation.record_id in earlier:
            yield RecordFinding(preparation, EARLIER_LYMPHODEPLETION.at("lymphodepletion"))


def _planned_gap(trial: Trial) -> range | None:
    visits = [
        visit for visit in trial.schedule.visits if visit.anchor == "infusion" and visit.target < 0
    ]
    if not visits:
        return None
    last = max(visits, key=lambda visit: visit.target)
    return range(-last.target - last.after, -last.target + last.before + 1)


def infusion_is_there(subject: SubjectRecords) -> Iterator[RecordFinding]:
    """Notice what supposes an infusion of a subject who has none."""
    if subject.infusions:
        return
    for preparation in subject.preparations:
        if preparation.fields.outcome is PreparationOutcome.INFUSED:
            yield RecordFinding(preparation, NO_INFUSION.at("outcome"))
    after = {
        visit.code
        for visit in subject.trial.schedule.visits
        if visit.anchor in {"infusion", "horizon"} and visit.target >= 0
    }
    for visit in subject.visits:
        if visit.fields.status is VisitStatus.DONE and visit.fields.visit in after:
            yield RecordFinding(visit, NO_INFUSION.at("visit"))
    for sample in subject.kinetics:
        if (sample.fields.nominal_day or 0) > 0:
            yield RecordFinding(sample, NO_INFUSION.at("nominal_day"))
    for event in subject.adverse_events:
        if event.fields.astct is not None:
            yield RecordFinding(event, NO_INFUSION.at("astct"))


def preparation_of_infusion(subject: SubjectRecords) -> Iterator[RecordFinding]:
    """Hold an infusion against the preparation that it names."""
    by_id = {record.record_id: record.fields for record in subject.preparations}
    for infusion in subject.infusions:
        fields = infusion.fields
        named = by_id.get(fields.preparation) if fields.preparation else None
        if named is None:
            continue
        if named.outcome not in {None, PreparationOutcome.INFUSED}:
            yield RecordFinding(infusion, OUTCOME_DIFFERS.at("preparation"))
        lots = {fields.product_lot, named.product_lot}
        if None not in lots and len(lots) == 2:
            yield RecordFinding(infusion, LOT_DIFFERS.at("product_lot"))
        if infusion.is_before(fields.infused_at, named.product_released_on):
            yield RecordFinding(infusion, INFUSED_BEFORE_RELEASE.at("infused_at"))


def parts_are_numbered(subject: SubjectRecords) -> Iterator[RecordFinding]:
    """Notice two planned infusions that are the same part."""
    seen: set[int] = set()
    for infusion in subject.infusions:
        if infusion.fields.infusion_kind is not InfusionKind.PLANNED:
            continue
        if infusion.fields.part in seen:
            yield RecordFinding(infusion, INFUSION_PART_REPEATED.at("part"))
        seen.add(infusion.fields.part)


def first_infusion(subject: SubjectRecords) -> CheckedRecord[InfusionFields] | None:
    """Give the infusion that began first; None when there is none."""
    return min(
        subject.infusions, key=lambda infusion: infusion.fields.infused_at.instant, default=None
    )


RECORD_CHECKS = (second_infusion, consent_before_infusion)
SUBJECT_CHECKS = (
    order_of_treatment,
    lymphodepletion_before_infusion,
    earlier_lymphodepletion,
    infusion_is_there,
    preparation_of_infusion,
    parts_are_numbered,
)
