"""CAR-T kinetics: what a profile cannot be computed without, and what contradicts it.

Source: the trial's protocol, CAR kinetics: limits of the assay, nominal times, methods never mixed,
copies per mL of a cerebrospinal fluid with little DNA; two samples of one time are a finding.
"""

from collections.abc import Iterator
from decimal import Decimal

from app.models.kinetics_result import KineticsResultFields
from app.schemas.record import Finding
from app.services.edit_checks.infusion import first_infusion
from app.services.edit_checks.laboratory import IDENTICAL_TIMESTAMPS
from app.services.edit_checks.rule import DAY, CheckedRecord, RecordFinding, Rule, SubjectRecords
from app.services.subject_course import SubjectCourse
from app.trial.schedule import nominal_day, visit_of
from app.trial.trial import Trial
from app.vocabularies.kinetics import KineticsMethod, QuantificationState
from app.vocabularies.specimens import Matrix

KINETICS_WITHOUT_LLOQ = Rule(
    "KINETICS-WITHOUT-LLOQ",
    "warning",
    "the result has no lower limit of quantification and cannot be placed; send the assay's limit",
)
KINETICS_TIME_MISSING = Rule(
    "KINETICS-TIME-MISSING",
    "notice",
    "a sample of the early profile has no time of day; send it, or the calendar day stands for it",
)
KINETICS_BEFORE_INFUSION = Rule(
    "KINETICS-BEFORE-INFUSION",
    "warning",
    "CAR-T cells are quantified before the infusion; correct the time or the result, or call it "
    "spurious",
)
NOMINAL_DAY_DIFFERS = Rule(
    "NOMINAL-DAY-DIFFERS",
    "warning",
    "the sample was not taken at the time of the nominal day named; correct one of the two",
)
CSF_NEEDS_VOLUME_UNIT = Rule(
    "CSF-NEEDS-VOLUME-UNIT",
    "warning",
    "the sample holds too little DNA to be reported per microgram; report copies per millilitre",
)
METHOD_CHANGED = Rule(
    "METHOD-CHANGED",
    "warning",
    "the assay is not the one used before; confirm it: results of two assays are never mixed",
)

NOT_PLANNED = Rule(
    "KINETICS-NOT-PLANNED",
    "warning",
    "the trial does not count CAR-T cells by this method or in this specimen; correct it, or "
    "confirm that it was done",
)


def limits_of_the_assay(
    sample: CheckedRecord[KineticsResultFields], _: SubjectCourse, __: Trial
) -> Iterator[Finding]:
    """Notice a result that no limit places."""
    fields = sample.fields
    placed = fields.quantification is QuantificationState.MISSING or fields.not_evaluable
    if fields.lloq is None and not placed and not fields.spurious:
        yield KINETICS_WITHOUT_LLOQ.at("lloq")


def time_of_the_sample(
    sample: CheckedRecord[KineticsResultFields], course: SubjectCourse, trial: Trial
) -> Iterator[Finding]:
    """Notice a sample of the early profile in blood without a time of day.

    The early profile lasts to the last of the trial's nominal times.
    """
    fields, infusion = sample.fields, course.anchors.infusion
    times = trial.kinetics.nominal_times
    if (
        infusion is None
        or not times
        or fields.matrix is not Matrix.PB
        or fields.not_evaluable is not None
    ):
        return
    taken = sample.days(fields.collected_at)
    days = (taken.earliest - infusion).days
    if 0 <= days <= times[-1].day and taken.instant is None:
        yield KINETICS_TIME_MISSING.at("collected_at")


def dna_of_the_fluid(
    sample: CheckedRecord[KineticsResultFields], _: SubjectCourse, trial: Trial
) -> Iterator[Finding]:
    """Notice copies per microgram of a fluid that holds too little DNA for it."""
    fields = sample.fields
    if fields.matrix is not Matrix.CSF or fields.method is not KineticsMethod.QPCR:
        return
    little = fields.genomic_dna_ng is not None and fields.genomic_dna_ng < trial.kinetics.csf_dna_ng
    if little and fields.unit == "{copies}/ug" and fields.value is not None:
        yield CSF_NEEDS_VOLUME_UNIT.at("unit")


def planned_count(
    sample: CheckedRecord[KineticsResultFields], _: SubjectCourse, trial: Trial
) -> Iterator[Finding]:
    """Notice a method or a specimen that the trial does not name; it is analysed all the same.

    Decision: a trial that names none says nothing about them.
    """
    planned = trial.kinetics
    if planned.methods and sample.fields.method not in planned.methods:
        yield NOT_PLANNED.at("method")
    if planned.matrices and sample.fields.matrix not in planned.matrices:
        yield NOT_PLANNED.at("matrix")


def sample_before_infusion(subject: SubjectRecords) -> Iterator[RecordFinding]:
    """Notice cells quantified before the start of the infusion."""
    first = first_infusion(subject)
    if first is None:
        return
    for sample in subject.kinetics:
        if _quantified(sample.fields) and sample.is_before(
            sample.fields.collected_at, first.fields.infused_at
        ):
            yield RecordFinding(sample, KINETICS_BEFORE_INFUSION.at("collected_at"))


def nominal_day_is_the_samples(subject: SubjectRecords) -> Iterator[RecordFinding]:
    """Hold the nominal day of each blood sample after the infusion against its time.

    Decision: after the weeks of the profile a nominal day need not be the target of the visit, only
    lie in the same visit as the sample.
    """
    first, trial, anchors = first_infusion(subject), subject.trial, subject.course.anchors
    times = trial.kinetics.nominal_times
    if first is None or anchors.infusion is None or not times:
        return
    for sample in subject.kinetics:
        fields = sample.fields
        if fields.nominal_day is None or fields.nominal_day < 0 or fields.matrix is not Matrix.PB:
            continue
        taken = sample.days(fields.collected_at)
        at, day = taken.instant, taken.earliest
        elapsed = None if at is None else (at - first.fields.infused_at.instant) / DAY
        derived = nominal_day(
            trial, anchors, day, elapsed_days=None if elapsed is None else Decimal(str(elapsed))
        )
        planned = anchors.infusion + fields.nominal_day * DAY
        late = fields.nominal_day > times[-1].last
        same_visit = late and visit_of(trial, anchors, planned) == visit_of(trial, anchors, day)
        if derived != fields.nominal_day and not same_visit:
            yield RecordFinding(sample, NOMINAL_DAY_DIFFERS.at("nominal_day"))


def _quantified(fields: KineticsResultFields) -> bool:
    """Tell whether cells were certainly quantified: at or above the limit, or called so."""
    if fields.spurious or fields.value is None:
        return False
    if fields.quantification is not None:
        return fields.quantification is QuantificationState.QUANTIFIABLE
    return fields.lloq is not None and fields.value >= fields.lloq


def one_sample_a_time(subject: SubjectRecords) -> Iterator[RecordFinding]:
    """Notice two results of one matrix, method, unit and time."""
    seen = set()
    for sample in subject.kinetics:
        fields = sample.fields
        if fields.collected_at.instant is None or fields.spurious or fields.not_evaluable:
            continue
        same = (fields.matrix, fields.method, fields.unit, fields.collected_at.instant,
                fields.marrow_pull)  # fmt: skip
        if same in seen:
            yield RecordFinding(sample, IDENTICAL_TIMESTAMPS.at("collected_at"))
        seen.add(same)


def assay_stays(subject: SubjectRecords) -> Iterator[RecordFinding]:
    """Notice another assay, or another version of it, than the sample before it had."""
    last: dict[tuple[Matrix, KineticsMethod], tuple[str | None, str | None]] = {}
    for sample in subject.kinetics:
        fields = sample.fields
        if fields.assay is None or fields.not_evaluable is not None:
            continue
        series, assay = (fields.matrix, fields.method), (fields.assay, fields.assay_version)
        if last.setdefault(series, assay) != assay:
            yield RecordFinding(sample, METHOD_CHANGED.at("assay"))
        last[series] = assay


RECORD_CHECKS = (limits_of_the_assay, time_of_the_sample, dna_of_the_fluid, planned_count)
SUBJECT_CHECKS = (
    sample_before_infusion,
    nominal_day_is_the_samples,
    one_sample_a_time,
    assay_stays,
)
