"""Plasmacytomas and lesions under their identities, and the sum of products of their diameters.

Source: Kumar et al., Lancet Oncol 2016 (IMWG 2016), table 4, plasmacytomas.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal

from app.services.criteria.imwg.evaluation import Imaging, Lesion
from app.vocabularies.imwg import LesionKind

SOFT_TISSUE = frozenset({LesionKind.EXTRAMEDULLARY, LesionKind.PARASKELETAL})


@dataclass(frozen=True, slots=True)
class Diameters:
    """Longest diameter and the one perpendicular to it, mm."""

    long_mm: Decimal
    short_mm: Decimal

    @property
    def gone(self) -> bool:
        """Whether nothing is left of the lesion."""
        return self.long_mm == 0 and self.short_mm == 0

    @property
    def product(self) -> Decimal:
        """Product of the diameters, mm2."""
        return self.long_mm * self.short_mm


@dataclass(frozen=True, slots=True)
class LesionSurvey:
    """The lesions measured on one day."""

    imaged_on: date
    measured: Mapping[str, Diameters]
    soft_tissue: frozenset[str]
    """Measured lesions that are plasmacytomas of soft tissue."""
    absorbed: frozenset[str]
    """Lesions whose size another one now includes."""
    reshaped: frozenset[str]
    """Lesions that flowed together or fell apart: their own diameters compare with nothing."""

    @classmethod
    def of(cls, imaging: Imaging, anchor: date) -> "LesionSurvey":
        """Give the survey of an imaging; a lesion without both diameters was not assessed."""
        measured = {
            lesion.lesion_id: Diameters(lesion.long_mm, lesion.short_mm)
            for lesion in imaging.lesions
            if lesion.long_mm is not None and lesion.short_mm is not None
        }
        return cls(
            imaged_on=imaging.imaged_on or anchor,
            measured=measured,
            soft_tissue=frozenset(
                lesion.lesion_id
                for lesion in imaging.lesions
                if lesion.lesion_id in measured and lesion.kind in SOFT_TISSUE
            ),
            absorbed=frozenset(
                absorbed
                for lesion in imaging.lesions
                if lesion.lesion_id in measured
                for absorbed in lesion.merged_from
            ),
            reshaped=frozenset(
                lesion.lesion_id
                for lesion in imaging.lesions
                if lesion.merged_from or lesion.split_from is not None
            ),
        )

    @property
    def lesions(self) -> frozenset[str]:
        """Lesions of every kind that are there."""
        return frozenset(name for name, size in self.measured.items() if not size.gone)

    @property
    def plasmacytomas(self) -> frozenset[str]:
        """Plasmacytomas of soft tissue that are there."""
        return self.lesions & self.soft_tissue

    def accounts_for(self, followed: Iterable[str]) -> bool:
        """Tell whether every followed lesion was measured, recorded as gone, or absorbed."""
        return all(name in self.measured or name in self.absorbed for name in followed)

    def product_sum(self, followed: Iterable[str]) -> Decimal | None:
        """Give the sum of products of the followed lesions, mm2; None: not all were measured.

        Source: IMWG 2016, table 4; the trial's rule that a sum with a hole in it is none.
        """
        names = frozenset(followed)
        if not self.accounts_for(names):
            return None
        return sum(
            (self.measured[name].product for name in names if name in self.measured), Decimal(0)
        )


def is_measurable(lesion: Lesion, imaged_on: date, size_mm: Literal[20, 10]) -> bool:
    """Tell whether a plasmacytoma of soft tissue can be followed as the only measure of disease.

    Args:
        lesion: the lesion at baseline.
        imaged_on: when it was measured; irradiated on or after that day, it no longer counts.
        size_mm: 20 asks for a longest diameter of at least 20 mm, 10 for a short axis of at least
            10 mm.

    Source: IMWG 2016 gives no size; usual protocol text, Q31.
    """
    if lesion.kind not in SOFT_TISSUE:
        return False
    if lesion.irradiated_on is not None and lesion.irradiated_on >= imaged_on:
        return False
    diameter = lesion.long_mm if size_mm == 20 else lesion.short_mm
    return diameter is not None and diameter >= size_mm
