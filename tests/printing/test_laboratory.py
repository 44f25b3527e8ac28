"""The laboratory section of the printed report: worst grades, shifts and what they rest on."""

from typing import Any

from app.printing.document import NOTHING
from app.printing.sections.laboratory import shifts, worst_grades


def abnormality(term: str, scale: str = "ctcae", **more: Any) -> dict[str, Any]:
    """A table of the report, of which two subjects have results."""
    worst = {str(grade): 0 for grade in range(5)}
    return {
        "term": term,
        "n_with_results": 2,
        "worst": worst,
        "grade_3_or_more": {"x": 0, "estimate": 0.0},
        "shift_scale": scale,
        "shift": [],
        "factors": [],
        "n_baseline_not_comparable": 0,
        **more,
    }


def labs(*tables: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {
        "baseline": "pre_lymphodepletion",
        "grade_range_counts_as": "lowest",
        "tables": list(tables),
        "n_not_analysed": 0,
        "not_analysed": [],
        **more,
    }


def shift(before: int | None, worst: int | None, subjects: int) -> dict[str, Any]:
    return {"baseline_grade": before, "worst_grade": worst, "subjects": subjects}


def test_a_shift_names_its_scale_and_shows_who_got_worse() -> None:
    found = shifts(
        labs(
            abnormality("ALT increased", "limits", shift=[shift(0, 0, 4), shift(3, 4, 1)]),
            abnormality("Anemia", shift=[shift(None, 2, 1), shift(1, 1, 3), shift(1, 3, 2)]),
            abnormality("Hypokalemia", shift=[shift(0, 0, 9), shift(0, None, 1)]),
        )
    )
    assert [row.cells for row in found.rows] == [
        ("ALT increased", "limits", "3", NOTHING, NOTHING, NOTHING, NOTHING, "1"),
        ("Anemia", "CTCAE", NOTHING, NOTHING, NOTHING, "1", NOTHING, NOTHING),
        ("Anemia", "CTCAE", "1", NOTHING, "3", NOTHING, "2", NOTHING),
    ]
    assert found.note is not None
    assert "shift by the laboratory's limits on both sides" in found.note


def test_the_note_names_factors_baselines_not_compared_and_results_in_no_table() -> None:
    about = worst_grades(
        labs(
            abnormality("ALT increased", factors=["1 mg/dL = 88.4 umol/L"]),
            abnormality("Anemia", n_baseline_not_comparable=2),
            n_not_analysed=5,
            not_analysed=[{"analyte": "753-4"}, {"analyte": "LOCAL-7"}],
        )
    ).note
    assert about is not None
    assert "restated by 1 mg/dL = 88.4 umol/L." in about
    assert "could not be compared with: 2." in about
    assert "name no analyte of the trial: 5 (753-4, LOCAL-7)." in about
    plain = worst_grades(labs(abnormality("Anemia"))).note
    assert plain is not None
    assert plain.endswith("counts as the lowest.")
