"""Words of a CAR-T kinetics result."""

from typing import Final

from app.vocabularies.concept import Concept


class KineticsMethod(Concept):
    """How CAR-T cells were counted; results of two methods are never mixed."""

    QPCR = "qpcr", "quantitative PCR, CAR copies per ug genomic DNA"
    FLOW_PCT = "flow_pct", "flow cytometry, CAR+ cells in per cent of CD3+ cells"
    FLOW_ABS = "flow_abs", "flow cytometry, CAR+ cells per uL"


UNITS: Final[dict[KineticsMethod, tuple[str, ...]]] = {
    KineticsMethod.QPCR: ("{copies}/ug", "{copies}/mL"),
    KineticsMethod.FLOW_PCT: ("%",),
    KineticsMethod.FLOW_ABS: ("/uL",),
}
"""UCUM units per method, the profile's own first; copies per mL only in cerebrospinal fluid."""


class QuantificationState(Concept):
    """What a result says against the limits of its assay."""

    QUANTIFIABLE = "quantifiable", "at or above the lower limit of quantification"
    DETECTED_BELOW_LLOQ = (
        "detected_below_lloq",
        "below the limit of quantification; detected, or detection not excluded",
    )
    NOT_DETECTED = "not_detected", "below the limit of detection"
    MISSING = "missing", "no result, or one that its limits cannot place"

    @property
    def below_quantification(self) -> bool:
        """Tell whether the result is BLQ: its number is then never used, only its state."""
        return self in {QuantificationState.DETECTED_BELOW_LLOQ, QuantificationState.NOT_DETECTED}


class NotEvaluableReason(Concept):
    """Why a kinetics sample has no result."""

    NOT_COLLECTED = "not_collected", "not collected"
    SAMPLE_LOST = "sample_lost", "lost or damaged"
    INSUFFICIENT_DNA = "insufficient_dna", "too little genomic DNA"
    TOO_FEW_EVENTS = "too_few_events", "too few CD3+ events"
    ASSAY_FAILED = "assay_failed", "assay failed its controls"
    OTHER = "other", "another reason"
