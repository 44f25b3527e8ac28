"""What the samples and examinations of a subject gave, as a derivation reads them."""

import uuid
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from app.services.derivations.possible_days import PossibleDays
from app.services.derivations.record_ref import RecordRef
from app.vocabularies.kinetics import KineticsMethod, NotEvaluableReason, QuantificationState
from app.vocabularies.laboratory import Comparator, QualitativeResult
from app.vocabularies.specimens import Matrix, Specimen


@dataclass(frozen=True, slots=True, kw_only=True)
class LabValue:
    """One laboratory result as reported."""

    record: RecordRef
    analyte: str
    """Our code where the analyte is of the trial's list, else the sender's."""
    collected: PossibleDays
    sent_as: str | None = None
    """The code it was sent under: of urea it says what was weighed, urea or its nitrogen."""
    visit: str | None = None
    value: Decimal | None = None
    comparator: Comparator | None = None
    unit: str | None = None
    coded_value: QualitativeResult | None = None
    lower_limit: Decimal | None = None
    """Of the laboratory's reference range, in the unit of the value."""
    upper_limit: Decimal | None = None
    lloq: Decimal | None = None
    uloq: Decimal | None = None
    specimen: Specimen | None = None
    sample_id: str | None = None
    fasting: bool | None = None
    method: str | None = None
    spurious: bool = False
    clinically_significant: bool | None = None
    """The investigator's flag; None: not judged."""
    adverse_event: uuid.UUID | None = None
    transfused_before: bool | None = None
    g_csf_before: bool | None = None
    not_plausible: bool = False
    """No living person can have the number that was sent, and nobody confirmed it: the value is
    left out, and the sample is still evidence of life."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KineticsSample:
    """One assay of one sample for CAR-T cells."""

    record: RecordRef
    matrix: Matrix
    method: KineticsMethod
    collected: PossibleDays
    visit: str | None = None
    nominal_day: int | None = None
    infusion: uuid.UUID | None = None
    value: Decimal | None = None
    unit: str | None = None
    lloq: Decimal | None = None
    lod: Decimal | None = None
    state: QuantificationState | None = None
    """As the laboratory stated it; None: value and limits tell."""
    not_evaluable: NotEvaluableReason | None = None
    spurious: bool = False
    cd3_per_ul: Decimal | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NeuroAssessment:
    """One neurological assessment, as far as the derivations look at it."""

    record: RecordRef
    assessed_at: datetime
    """On the clock of the centre."""
    icans_grade: int | None = None
    """ASTCT grade from its parts; None: they do not tell."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NotPlausible:
    """A number that no living person can have, which nobody confirmed and no rule reads."""

    record: RecordRef
    member: str
    """The member of the record, or our code of the analyte."""
    day: date | None
    """Of the record; None: it has no day of its own."""
