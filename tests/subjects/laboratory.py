"""A subject with laboratory results, told in days from the infusion (day 0 = 10 March 2024, 10:00).

Lymphodepletion is on days -5, -4 and -3 at 09:00.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

from app.services.derivations.possible_days import PossibleDays
from app.services.derivations.sampled_values import LabValue
from app.services.derivations.subject_history import Preparation, SubjectHistory, Therapy
from app.trial.trial import Trial
from app.vocabularies.laboratory import Comparator, QualitativeResult
from app.vocabularies.preparations import PreparationOutcome
from app.vocabularies.therapies import BloodProduct, TherapyKind
from tests.subjects import base
from tests.subjects.base import Count, ref

INFUSED_AT = datetime(2024, 3, 10, 10, 0, tzinfo=timezone(timedelta(hours=8)))
LYMPHODEPLETION = (-5, -4, -3)

NORMAL: dict[str, tuple[str, tuple[str | None, str | None]]] = {
    "PLT": ("10*9/L", ("125", "350")),
    "NEUT": ("10*9/L", ("1.8", "7.5")),
    "HGB": ("g/L", ("120", "160")),
    "LYMPH": ("10*9/L", ("1.1", "3.2")),
    "K": ("mmol/L", ("3.5", "5.1")),
    "ALT": ("U/L", (None, "40")),
    "CREAT": ("umol/L", (None, "100")),
    "INR": ("{INR}", (None, "1.2")),
    "GLUC": ("mmol/L", ("3.9", "6.1")),
    "FERRITIN": ("ug/L", (None, "300")),
    "CRP": ("mg/L", (None, "5")),
    "IGG": ("g/L", ("7", "16")),
    "DDIMER": ("ug/L{FEU}", (None, "500")),
    "LDH": ("U/L", (None, "250")),
    "CA_TOTAL": ("mmol/L", ("2.15", "2.55")),
    "CA_CORR": ("mmol/L", ("2.15", "2.55")),
    "ALB": ("g/L", ("35", "50")),
    "BILI": ("umol/L", (None, "21")),
    "PHOS": ("mmol/L", ("0.8", "1.5")),
    "NTPROBNP": ("ng/L", (None, "125")),
    "HBV_DNA": ("[IU]/mL", (None, None)),
    "IL10": ("pg/mL", (None, None)),
}
"""Units and reference ranges of the subject's laboratory."""

When = int | tuple[int, str]
"""A day, or a day and a time on the centre's clock."""

COUNT = Count(INFUSED_AT)
on = COUNT.on


def taken(when: When) -> PossibleDays:
    if isinstance(when, int):
        return COUNT.day(when)
    return COUNT.at(*when)


def lab(
    when: When,
    analyte: str,
    result: str | None,
    *,
    unit: str | None = None,
    normal: tuple[str | None, str | None] | None = None,
    **more: Any,
) -> LabValue:
    """A result, written as on a report: ``"18"``, ``"<10"`` or a word."""
    listed_unit, listed_normal = NORMAL.get(analyte, ("1", (None, None)))
    low, high = listed_normal if normal is None else normal
    word = result if result in set(QualitativeResult) else None
    text = None if word else result
    comparator = text[: -len(text.lstrip("<>="))] if text and text[0] in "<>" else None
    return LabValue(
        record=ref("lab-results", f"{when} {analyte} {result} {more.get('sample_id')}"),
        analyte=analyte,
        collected=taken(when),
        value=None if text is None else Decimal(text.lstrip("<>=")),
        comparator=None if comparator is None else Comparator(comparator),
        coded_value=None if word is None else QualitativeResult(word),
        unit=None if text is None else unit or listed_unit,
        lower_limit=None if low is None else Decimal(low),
        upper_limit=None if high is None else Decimal(high),
        **more,
    )


def therapy(
    kind: TherapyKind, start: int, end: int | None = None, product: BloodProduct | None = None
) -> Therapy:
    return Therapy(
        record=ref("therapies", f"{kind} {start}"),
        kind=kind,
        start=taken(start),
        end=None if end is None else taken(end),
        blood_product=product,
    )


def subject(
    *labs: LabValue,
    therapies: Sequence[Therapy] = (),
    lymphodepletion: Sequence[int] = LYMPHODEPLETION,
    earlier: Sequence[int] = (),
    infused: bool = True,
    cut: int = 500,
) -> SubjectHistory:
    """The history of one subject; lymphodepletion is given at 09:00, also an ``earlier`` one."""
    doses = tuple(taken((day, "09:00")) for day in lymphodepletion)
    given_up = Preparation(
        record=ref("preparations", "given up"),
        lymphodepletion=tuple(taken((day, "09:00")) for day in earlier),
        outcome=PreparationOutcome.OTHER,
    )
    return base.history(
        data_cut=on(cut),
        preparations=(
            *((given_up,) if earlier else ()),
            Preparation(record=ref("preparations", "p"), lymphodepletion=doses),
        ),
        infusions=(base.infusion(INFUSED_AT),) if infused else (),
        therapies=tuple(therapies),
        lab_values=labs,
    )


def under(trial: Trial, *, baseline: str) -> Trial:
    """The trial under another policy of baselines."""
    policy = trial.policy
    lab_policy = policy.lab.model_copy(update={"baseline": baseline})
    return trial.model_copy(update={"policy": policy.model_copy(update={"lab": lab_policy})})
