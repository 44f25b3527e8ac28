"""Laboratory results that no analyte of the trial claims, and that no table therefore has.

Source: the trial's protocol, analytes and laboratory outliers: what was accepted and is in no
figure is counted beside it.
"""

from collections import Counter

from app.services.derivations.laboratory.graded_labs import is_usable
from app.services.derivations.subject_history import SubjectHistory
from app.vocabularies.laboratory import find_analyte


def not_analysed(history: SubjectHistory) -> dict[str, int]:
    """Count a subject's results up to the data cut per code that names no analyte of the list.

    Left out is what no table would have under any code: laboratory errors, and what was not done.
    """
    found = Counter(
        result.analyte
        for result in history.lab_values
        if find_analyte(result.analyte) is None
        and is_usable(result)
        and result.collected.earliest <= history.data_cut
    )
    return dict(sorted(found.items()))
