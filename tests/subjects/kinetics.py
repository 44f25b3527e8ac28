"""Builds the history of a subject whose CAR-T cells and blood markers were followed."""

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from app.services.derivations.possible_days import PossibleDays
from app.services.derivations.sampled_values import KineticsSample, LabValue
from app.services.derivations.subject_history import Infusion, SubjectHistory, Therapy
from app.vocabularies.kinetics import UNITS, KineticsMethod
from app.vocabularies.specimens import Matrix
from app.vocabularies.therapies import TherapyKind
from tests.subjects import base
from tests.subjects.base import Count, ref

INFUSED_AT = datetime(2024, 1, 15, 10, 0, tzinfo=UTC)
INFUSED_ON = INFUSED_AT.date()

COUNT = Count(INFUSED_AT)
at = COUNT.after
on = COUNT.day


def sample(
    number: int,
    taken: float | PossibleDays,
    value: str | float | None,
    *,
    matrix: Matrix = Matrix.PB,
    method: KineticsMethod = KineticsMethod.QPCR,
    lloq: str | None = "50",
    **others: Any,
) -> KineticsSample:
    """Build one result; a time is days after the infusion, or a date without a clock time."""
    others.setdefault("unit", UNITS[method][0])
    return KineticsSample(
        record=ref("kinetics", number),
        matrix=matrix,
        method=method,
        collected=taken if isinstance(taken, PossibleDays) else at(taken),
        value=None if value is None else Decimal(str(value)),
        lloq=None if lloq is None else Decimal(lloq),
        **others,
    )


def profile_of(days: Iterable[float], values: Iterable[float], **others: Any) -> list[Any]:
    """Build the results of one profile; 0 is a sample in which nothing was detected."""
    return [
        sample(number, day, value, **others)
        for number, (day, value) in enumerate(zip(days, values, strict=True), start=1)
    ]


def infusion(number: int = 1, *, day: float = 0, **others: Any) -> Infusion:
    return base.infusion(INFUSED_AT + timedelta(days=day), number, **others)


def therapy(number: int, kind: TherapyKind, start: PossibleDays, **others: Any) -> Therapy:
    return Therapy(record=ref("therapies", number), kind=kind, start=start, **others)


def lab(
    number: int,
    analyte: str,
    taken: float | PossibleDays,
    value: str | None,
    unit: str,
    **others: Any,
) -> LabValue:
    """Build one laboratory result; limits are given as text."""
    limits = {name: Decimal(others.pop(name)) for name in ("lloq", "uloq") if name in others}
    return LabValue(
        record=ref("lab-results", number),
        analyte=analyte,
        collected=taken if isinstance(taken, PossibleDays) else at(taken),
        value=None if value is None else Decimal(value),
        unit=unit,
        **limits,
        **others,
    )


def history(
    kinetics: Iterable[KineticsSample] = (),
    *,
    data_cut: date = date(2030, 1, 1),
    infusions: Iterable[Infusion] | None = None,
    **others: Any,
) -> SubjectHistory:
    return base.history(
        data_cut=data_cut,
        infusions=(infusion(),) if infusions is None else tuple(infusions),
        kinetics=tuple(kinetics),
        **others,
    )
