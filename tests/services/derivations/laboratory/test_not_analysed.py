"""Results whose codes name no analyte of the trial."""

from app.services.derivations.laboratory.not_analysed import not_analysed
from tests.subjects.laboratory import lab, subject


def test_results_of_unknown_codes_are_counted_by_code() -> None:
    labs = (
        lab(3, "770-8", "0.3", unit="10*9/L"),
        lab(5, "770-8", "0.2", unit="10*9/L"),
        lab(3, "LOCAL-7", "POSITIVE"),
        lab(3, "PLT", "20"),
    )
    assert not_analysed(subject(*labs)) == {"770-8": 2, "LOCAL-7": 1}
    assert not_analysed(subject(*labs, infused=False)) == {"770-8": 2, "LOCAL-7": 1}


def test_errors_what_was_not_done_and_what_came_after_the_cut_are_not() -> None:
    labs = (
        lab(3, "770-8", "0.3", spurious=True),
        lab(4, "770-8", None),
        lab(11, "770-8", "0.3"),
    )
    assert not_analysed(subject(*labs, cut=10)) == {}
