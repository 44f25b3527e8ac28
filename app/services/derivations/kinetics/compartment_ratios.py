"""How CAR-T cells of marrow and cerebrospinal fluid stand to those of the blood.

Source: the trial's rules of CAR-T kinetics, BM:PB and CSF:PB ratio of samples within 3 days.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from app.services.derivations.kinetics.kinetics_profile import KineticsProfile, ProfileSample
from app.services.derivations.kinetics.kinetics_samples import KineticsAnalyte
from app.services.derivations.record_ref import RecordRef
from app.vocabularies.specimens import Matrix


@dataclass(frozen=True, slots=True, kw_only=True)
class CompartmentRatio:
    """One sample of marrow or fluid over the sample of blood nearest to it.

    Attributes:
        analyte: of the marrow or fluid; the blood's is the same but for the matrix.
        days: of the sample of marrow or fluid, since the start of the infusion.
        nominal_day: its planned day; None when unscheduled.
        days_apart: calendar days from the sample of blood to it; negative when it came first.
    """

    analyte: KineticsAnalyte
    sample: RecordRef
    blood: RecordRef
    day: date
    days: float
    nominal_day: int | None
    days_apart: int
    ratio: float


def compartment_ratios(
    profiles: Sequence[KineticsProfile], *, ratio_days: int
) -> tuple[CompartmentRatio, ...]:
    """Give the ratio of each sample of marrow or fluid to the blood's, after one infusion.

    Both samples are quantifiable, of one method and unit, and at most ``ratio_days`` calendar days
    apart. Copies per mL of fluid have no counterpart in blood, so no ratio.

    Decision: the sample of blood is the nearest one in time, the later of two equally near; where
    that one is below the limit there is no ratio, even if another within reach is not.
    """
    blood = {
        of_blood.analyte: of_blood for of_blood in profiles if of_blood.analyte.matrix is Matrix.PB
    }
    ratios = []
    for profile in profiles:
        if profile.analyte.matrix is Matrix.PB:
            continue
        counterpart = blood.get(replace(profile.analyte, matrix=Matrix.PB))
        for sample in profile.after_infusion:
            nearest = _nearest(sample, counterpart, ratio_days)
            if nearest is None or not nearest.concentration or not sample.concentration:
                continue
            ratios.append(
                CompartmentRatio(
                    analyte=profile.analyte,
                    sample=sample.record,
                    blood=nearest.record,
                    day=sample.day,
                    days=sample.days,
                    nominal_day=sample.nominal_day,
                    days_apart=(sample.day - nearest.day).days,
                    ratio=float(sample.concentration / nearest.concentration),
                )
            )
    return tuple(ratios)


def _nearest(
    sample: ProfileSample, blood: KineticsProfile | None, ratio_days: int
) -> ProfileSample | None:
    return max(
        (
            candidate
            for candidate in (blood.after_infusion if blood else ())
            if abs((sample.day - candidate.day).days) <= ratio_days
        ),
        key=lambda candidate: (-abs(sample.days - candidate.days), candidate.days),
        default=None,
    )
