"""Progressive disease: one rule for each marker, each from the marker's own nadir.

Progression is looked for before any response: a subject may be 80 % below baseline and progressing.
A missing marker neither makes nor cancels progression that another one shows. From a nadir of 0 the
relative part of a rule is met by any rise, and the absolute part decides.

Source: Kumar et al., Lancet Oncol 2016 (IMWG 2016), table 4, progressive disease.
"""

from decimal import Decimal
from typing import Literal

from app.services.criteria.imwg.bounds import Bounds


def risen_by(percent: int, *, nadir: Decimal, current: Decimal) -> bool:
    """Tell whether a value lies at least ``percent`` above its nadir, by multiplication."""
    return (current - nadir) * 100 >= percent * nadir


def serum_m_protein_progressed(*, nadir: Decimal, current: Decimal) -> bool:
    """Tell whether serum M-protein has risen by at least 25 % and at least 0.5 g/dL (P-S).

    Args:
        nadir: lowest value before, g/dL.
        current: value of this visit, g/dL.

    Source: IMWG 2016, table 4, progressive disease, serum M-protein.
    """
    return risen_by(25, nadir=nadir, current=current) and current - nadir >= Decimal("0.5")


def high_serum_m_protein_progressed(
    *, reference: Decimal, nadir: Decimal, current: Decimal
) -> bool:
    """Tell whether serum M-protein has risen by at least 1 g/dL where it is at least 5 (P-S5).

    Args:
        reference: the value that has to be at least 5 g/dL: the nadir, or by Q2 the baseline.
        nadir: lowest value before, g/dL.
        current: value of this visit, g/dL.

    Source: IMWG 2016, table 4: an increase of 1 g/dL if the lowest M component was 5 g/dL or more.
    Decision: the rise is enough without 25 %, as Durie 2006 and IMWG 2011 say; otherwise the rule
    could never matter, a quarter of 5 being 1.25 (Q1).
    """
    return reference >= 5 and current - nadir >= 1


def urine_m_protein_progressed(*, nadir: Decimal, current: Decimal) -> bool:
    """Tell whether urine M-protein has risen by at least 25 % and at least 200 mg/24 h (P-U).

    Source: IMWG 2016, table 4, progressive disease, urine M-protein.
    """
    return risen_by(25, nadir=nadir, current=current) and current - nadir >= 200


def dflc_progressed(*, nadir: Decimal, current: Decimal, above: bool = False) -> bool:
    """Tell whether dFLC has risen by at least 25 % and by **more than** 100 mg/L (P-F).

    Args:
        nadir: lowest dFLC before, mg/L; may be negative where it has no floor.
        current: dFLC of this visit, mg/L.
        above: the true dFLC is above ``current``, so that a rise of 100 to it is one of more.

    Source: IMWG 2016, table 4: the absolute increase must be above 10 mg/dL.
    """
    rise = current - nadir
    return risen_by(25, nadir=nadir, current=current) and (rise > 100 or (above and rise == 100))


def marrow_progressed(
    *, nadir: Decimal, current: Decimal, rule: Literal["rise", "level"] = "rise"
) -> bool:
    """Tell whether marrow plasma cells have risen by at least 25 % and 10 points (P-B).

    Args:
        nadir: lowest percentage before.
        current: percentage of this marrow.
        rule: ``level`` asks for at least 10 % instead of a rise of 10 points.

    Source: IMWG 2016, table 4, whatever the baseline; the level is that of Durie 2006 and IMWG 2011
    (Q3).
    """
    absolute = current - nadir if rule == "rise" else current
    return risen_by(25, nadir=nadir, current=current) and absolute >= 10


def product_sum_progressed(*, nadir: Decimal, current: Decimal) -> bool:
    """Tell whether the lesions' sum of products is at least 50 % above its nadir, mm2 (P-L2).

    False from a nadir of 0, which has no percentage: lesions that are back are new ones (P-L1).

    Source: IMWG 2016, table 4, sum of the products of more than one lesion.
    """
    return nadir > 0 and risen_by(50, nadir=nadir, current=current)


def longest_diameter_progressed(
    *, nadir: Decimal, current: Decimal, widest_short_axis: Decimal
) -> bool:
    """Tell whether a lesion's longest diameter is at least 50 % above its nadir (P-L3).

    Args:
        nadir: shortest longest diameter before, mm; 0 has no percentage (P-L1).
        current: longest diameter now, mm.
        widest_short_axis: greatest short axis at baseline or any earlier survey, mm; the lesion
            counts when it was more than 10.

    Source: IMWG 2016, table 4: a previous lesion of more than 1 cm in short axis.
    """
    return nadir > 0 and widest_short_axis > 10 and risen_by(50, nadir=nadir, current=current)


def circulating_plasma_cells_progressed(
    *, nadir: Decimal, current: Decimal, rule: Literal["count", "rise"] = "count"
) -> bool:
    """Tell whether circulating plasma cells are 50 % above their nadir and at least 200/uL (P-C).

    Args:
        nadir: lowest count before, per microlitre.
        current: count of this visit, per microlitre.
        rule: whether the count or its ``rise`` has to be at least 200 (Q15).

    Source: IMWG 2016, table 4: a minimum of 200 cells per microlitre, where nothing else measures
    the disease.
    """
    absolute = current if rule == "count" else current - nadir
    return risen_by(50, nadir=nadir, current=current) and absolute >= 200


def calcium_progressed(*, corrected_calcium: Bounds, due_to_myeloma: bool | None) -> bool:
    """Tell whether corrected calcium is above 11.5 mg/dL and not due to something else (P-H).

    Args:
        corrected_calcium: mg/dL.
        due_to_myeloma: the investigator's attribution; None: not said, and not excluded.

    Source: Durie 2006 and IMWG 2011; IMWG 2016 keeps it for clinical relapse only (Q4).
    """
    return corrected_calcium.above(Decimal("11.5")) and due_to_myeloma is not False
