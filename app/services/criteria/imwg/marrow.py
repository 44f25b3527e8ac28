"""Marrow: the plasma cell count that stands, and whether the plasma cells are clonal.

Source: Kumar et al., Lancet Oncol 2016 (IMWG 2016), table 4, complete and stringent complete
response; Rajkumar et al., Blood 2011, for flow cytometry beside immunohistochemistry.
"""

from functools import reduce

from app.services.criteria.imwg import units
from app.services.criteria.imwg.bounds import Bounds
from app.services.criteria.imwg.details import ImwgDetails
from app.services.criteria.imwg.evaluation import Marrow, MeasuredValue
from app.vocabularies.imwg import Clonality, ClonalityMethod, LightChain

LEAST_CELLS_COUNTED = 100


def plasma_cells(marrow: Marrow, details: ImwgDetails) -> Bounds | None:
    """Give the plasma cells of a marrow in %; None: not counted, or only spuriously.

    Decision: the higher of aspirate and biopsy, because clonal cells lie in patches and an aspirate
    is diluted with blood; ``details.marrow_sample`` names the alternative.
    """
    aspirate, biopsy = _percentage(marrow.aspirate), _percentage(marrow.biopsy)
    if details.marrow_sample == "aspirate" and aspirate is not None:
        return aspirate
    counted = [count for count in (aspirate, biopsy) if count is not None]
    if not counted:
        return None
    return reduce(Bounds.highest_of, counted)


def _percentage(count: MeasuredValue | None) -> Bounds | None:
    if count is None or count.value is None or count.spurious:
        return None
    return Bounds.of(units.marrow_plasma_cells(count.value, count.unit), count.comparator)


def clonality_by_immunohistochemistry(
    *, involved: LightChain | None, kappa_cells: int, lambda_cells: int, cells_counted: int
) -> Clonality | None:
    """Give clonality from the kappa and lambda plasma cells counted on a biopsy.

    Absent is a ratio of at most 4:1 in kappa disease and of at least 1:2 in lambda disease. None
    when fewer than 100 plasma cells were counted: not assessable.

    Args:
        involved: light chain of the myeloma. None: both limits have to hold for ``absent``, and
            nothing is told otherwise.
        kappa_cells: plasma cells staining for kappa.
        lambda_cells: plasma cells staining for lambda.
        cells_counted: plasma cells analysed.

    Source: IMWG 2016, table 4, stringent complete response, footnote.
    """
    if cells_counted < LEAST_CELLS_COUNTED:
        return None
    at_most_4_to_1 = kappa_cells <= 4 * lambda_cells
    at_least_1_to_2 = 2 * kappa_cells >= lambda_cells
    if involved is None:
        return Clonality.ABSENT if at_most_4_to_1 and at_least_1_to_2 else None
    normal = at_most_4_to_1 if involved is LightChain.KAPPA else at_least_1_to_2
    return Clonality.ABSENT if normal else Clonality.PRESENT


def clonality(
    marrow: Marrow, involved: LightChain | None, details: ImwgDetails
) -> Clonality | None:
    """Give the clonality of a marrow's plasma cells; None: not tested, or not assessable.

    Cells counted by immunohistochemistry are judged here; any other result is taken as recorded.

    Source: IMWG 2016, table 4, stringent complete response (immunohistochemistry); IMWG 2011 (flow
    cytometry of two to four colours), the default of Q17.
    """
    by_flow = marrow.clonality_method is ClonalityMethod.FLOW_CYTOMETRY
    if by_flow:
        return marrow.clonality if details.clonality == "ihc_or_flow" else None
    if marrow.cells_counted is not None and marrow.cells_counted < LEAST_CELLS_COUNTED:
        return None
    if (
        marrow.kappa_cells is not None
        and marrow.lambda_cells is not None
        and marrow.cells_counted is not None
    ):
        return clonality_by_immunohistochemistry(
            involved=involved,
            kappa_cells=marrow.kappa_cells,
            lambda_cells=marrow.lambda_cells,
            cells_counted=marrow.cells_counted,
        )
    return marrow.clonality
