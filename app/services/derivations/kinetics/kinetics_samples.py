"""The samples of CAR-T cells that count: what each says, and when it was taken.

Source: the trial's rules of CAR-T kinetics: analytes, states of a value, time, CAR+ cells per
microlitre.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from decimal import Decimal
from typing import Final, Literal

from app.services.criteria.assay_limits import quantification_state
from app.services.derivations.moments import SECONDS_A_DAY, MomentOrder, days_since, order_of
from app.services.derivations.possible_days import PossibleDays
from app.services.derivations.record_ref import RecordRef
from app.services.derivations.sampled_values import KineticsSample
from app.services.derivations.subject_history import Infusion
from app.vocabularies.kinetics import UNITS, KineticsMethod, QuantificationState
from app.vocabularies.restated_units import restatement
from app.vocabularies.specimens import Matrix

_MATRICES: Final = tuple(Matrix)
_METHODS: Final = tuple(KineticsMethod)

_Placed = tuple[KineticsSample, QuantificationState]
"""A result, and how it stands to the limits of its assay."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KineticsAnalyte:
    """What was counted, where and how; two of these are never mixed.

    Attributes:
        unit: UCUM; copies per mL of cerebrospinal fluid are an analyte of their own.
        derived: cells per microlitre that were reckoned from the per cent of CD3+ cells.
    """

    matrix: Matrix
    method: KineticsMethod
    unit: str
    derived: bool = False


def analyte_order(analyte: KineticsAnalyte) -> tuple[int, int, str, bool]:
    """Give the place of an analyte in a list: blood first, PCR before flow cytometry."""
    return (
        _MATRICES.index(analyte.matrix),
        _METHODS.index(analyte.method),
        analyte.unit,
        analyte.derived,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class AssayedSample:
    """One result that can be placed against the limits of its assay.

    Attributes:
        concentration: None below the lower limit of quantification.
        lloq: in the unit of the analyte; None when the laboratory sent none.
    """

    record: RecordRef
    analyte: KineticsAnalyte
    collected: PossibleDays
    nominal_day: int | None
    state: QuantificationState
    concentration: Decimal | None
    lloq: Decimal | None

    @property
    def day(self) -> date:
        """The date on the centre's clock."""
        return self.collected.earliest


@dataclass(frozen=True, slots=True, kw_only=True)
class SamplesLeftOut:
    """Samples without a result that counts."""

    spurious: int
    """Held for a laboratory error."""
    not_evaluable: int
    missing: int
    """Without a result, or with one that its limits cannot place."""


def assayed_samples(
    samples: Iterable[KineticsSample],
) -> tuple[tuple[AssayedSample, ...], SamplesLeftOut]:
    """Give the results that count, by record id, and how many were left out for which reason.

    A result of cells in per cent of CD3+ with the CD3+ count of its sample also gives cells per
    microlitre, % / 100 x CD3, unless the sample has a measured result of them.

    Decision: results of one matrix and one collection time are of one sample. A result without a
    unit, as one that was not detected may be, has the unit of the subject's other results of that
    matrix and method where they agree, and otherwise the method's first. The limits of cells per
    microlitre are those of the per cent, times the same count.
    """
    counted: list[_Placed] = []
    spurious = not_evaluable = missing = 0
    for sample in sorted(samples, key=lambda result: result.record.record_id):
        if sample.spurious:
            spurious += 1
        elif sample.not_evaluable is not None:
            not_evaluable += 1
        elif (state := _state(sample)) is QuantificationState.MISSING:
            missing += 1
        else:
            counted.append((sample, state))
    counted = [(_in_listed_unit(sample), state) for sample, state in counted]
    units = _usual_units(counted)
    assayed = [_assayed(placed, units) for placed in counted]
    assayed += [_assayed(placed, units, derived=True) for placed in _cells_per_microlitre(counted)]
    left_out = SamplesLeftOut(spurious=spurious, not_evaluable=not_evaluable, missing=missing)
    return tuple(assayed), left_out


def elapsed_days(
    sample: AssayedSample,
    infusion: Infusion,
    *,
    sample_time: Literal["elapsed", "nominal"] = "elapsed",
) -> float:
    """Give the time from the start of an infusion to a sample, in days of 86,400 s.

    Where the clock time is missing, it is whole calendar days from the infusion. Of the infusion's
    own day the nominal time says whether the sample was drawn before the dose, as it was without
    one, and is at 0, or after it.

    Args:
        sample_time: what the time of a sample is; ``nominal`` takes the nominal day of every sample
            that has one.

    Source: the trial's endpoint definitions, section 4, time.

    Decision: a sample drawn after the dose on its day, nobody knows when, is half-way between the
    start of the infusion and the end of that day.
    """
    nominal_day = sample.nominal_day
    if sample_time == "nominal" and nominal_day is not None:
        return float(nominal_day)
    collected = sample.collected
    if collected.instant is not None:
        return days_since(infusion.started_at, collected.instant)
    drawn_after = nominal_day is not None and nominal_day > 0
    side = order_of(
        collected,
        infusion.began,
        on_one_day=MomentOrder.AFTER if drawn_after else MomentOrder.BEFORE,
    )
    calendar_day = (sample.day - infusion.day).days
    if calendar_day == 0 and side is MomentOrder.AFTER:
        return rest_of_the_day(infusion) / 2
    return float(calendar_day)


def rest_of_the_day(infusion: Infusion) -> float:
    """Give the time from the start of an infusion to the end of its day, in days.

    Never 0: an infusion at the last second of a day leaves that second.
    """
    begins = datetime.combine(infusion.day, time(), infusion.started_at.tzinfo)
    elapsed = (infusion.started_at - begins).total_seconds()
    return max(SECONDS_A_DAY - elapsed, 1) / SECONDS_A_DAY


def _state(sample: KineticsSample) -> QuantificationState:
    state = quantification_state(
        value=sample.value, lloq=sample.lloq, lod=sample.lod, stated=sample.state
    )
    if state is QuantificationState.QUANTIFIABLE and not sample.value:
        return QuantificationState.MISSING
    return state


def _in_listed_unit(sample: KineticsSample) -> KineticsSample:
    """Bring a result to the unit of its method that differs by a power of ten, limits and all."""
    for unit in UNITS[sample.method]:
        way = None if sample.unit is None else restatement("", sample.unit, unit)
        if way is None or sample.unit == unit:
            continue
        value, lloq, lod = (
            None if number is None else way.of(number)
            for number in (sample.value, sample.lloq, sample.lod)
        )
        return replace(sample, unit=unit, value=value, lloq=lloq, lod=lod)
    return sample


def _usual_units(counted: Iterable[_Placed]) -> dict[tuple[Matrix, KineticsMethod], str]:
    named: dict[tuple[Matrix, KineticsMethod], set[str]] = {}
    for sample, _ in counted:
        if sample.unit is not None:
            named.setdefault((sample.matrix, sample.method), set()).add(sample.unit)
    return {kind: next(iter(units)) for kind, units in named.items() if len(units) == 1}


def _assayed(
    placed: _Placed, units: dict[tuple[Matrix, KineticsMethod], str], *, derived: bool = False
) -> AssayedSample:
    sample, state = placed
    usual = units.get((sample.matrix, sample.method), UNITS[sample.method][0])
    return AssayedSample(
        record=sample.record,
        analyte=KineticsAnalyte(
            matrix=sample.matrix,
            method=sample.method,
            unit=sample.unit or usual,
            derived=derived,
        ),
        collected=sample.collected,
        nominal_day=sample.nominal_day,
        state=state,
        concentration=sample.value if state is QuantificationState.QUANTIFIABLE else None,
        lloq=sample.lloq,
    )


def _cells_per_microlitre(counted: Sequence[_Placed]) -> Iterator[_Placed]:
    measured = {
        (sample.matrix, sample.collected)
        for sample, _ in counted
        if sample.method is KineticsMethod.FLOW_ABS
    }
    for sample, state in counted:
        count = sample.cd3_per_ul
        if sample.method is not KineticsMethod.FLOW_PCT or not count:
            continue
        if (sample.matrix, sample.collected) in measured:
            continue
        cells = replace(
            sample,
            method=KineticsMethod.FLOW_ABS,
            unit=UNITS[KineticsMethod.FLOW_ABS][0],
            value=_of_the_count(sample.value, count),
            lloq=_of_the_count(sample.lloq, count),
        )
        yield cells, state


def _of_the_count(percent: Decimal | None, count: Decimal) -> Decimal | None:
    return None if percent is None else percent * count / 100
