"""Calcium corrected for albumin, by the trial's formula."""

from decimal import Decimal

import pytest

from app.services.derivations.laboratory.corrected_calcium import (
    corrected_calcium,
    with_corrected_calcium,
)
from app.services.derivations.sampled_values import LabValue
from tests.subjects.laboratory import lab


@pytest.mark.parametrize(
    ("calcium", "unit", "albumin", "albumin_unit", "corrected"),
    [
        pytest.param("2.20", "mmol/L", "40", "g/L", "2.20", id="normal albumin changes nothing"),
        pytest.param("2.20", "mmol/L", "25", "g/L", "2.50", id="15 g/L below"),
        pytest.param("2.20", "mmol/L", "2.5", "g/dL", "2.50", id="albumin in g/dL"),
        pytest.param("2.60", "mmol/L", "45", "g/L", "2.50", id="albumin above normal"),
        pytest.param("9.0", "mg/dL", "3.0", "g/dL", "9.80", id="conventional units"),
        pytest.param("9.0", "mg/dL", "30", "g/L", "9.80", id="conventional and g/L"),
        pytest.param("4.40", "meq/L", "25", "g/L", "5.00", id="equivalents: 2.20 is 2.50 mmol/L"),
    ],
)
def test_calcium_is_corrected(
    calcium: str, unit: str, albumin: str, albumin_unit: str, corrected: str
) -> None:
    found = corrected_calcium(Decimal(calcium), unit, Decimal(albumin), albumin_unit)
    assert found == Decimal(corrected)


@pytest.mark.parametrize(("unit", "albumin_unit"), [("U/L", "g/L"), ("mmol/L", "umol/L")])
def test_it_refuses_other_units(unit: str, albumin_unit: str) -> None:
    with pytest.raises(ValueError, match=r"calcium|albumin"):
        corrected_calcium(Decimal(2), unit, Decimal(40), albumin_unit)


def calcium_of(*labs: LabValue) -> list[tuple[str, str, int]]:
    return [
        (one.value.analyte, str(one.value.value), len(one.derived_from))
        for one in with_corrected_calcium(labs)
        if one.value.analyte.startswith("CA")
    ]


def test_a_corrected_calcium_names_what_it_was_derived_from() -> None:
    total, albumin = lab(3, "CA_TOTAL", "2.20"), lab(3, "ALB", "25")
    corrected, kept = with_corrected_calcium([total, albumin])
    assert corrected.derived_from == (total.record, albumin.record)
    assert corrected.value.record == total.record
    assert (corrected.value.analyte, corrected.value.value) == ("CA_CORR", Decimal("2.50"))
    assert corrected.value.upper_limit == total.upper_limit
    assert kept.value is albumin
    assert kept.derived_from == ()


@pytest.mark.parametrize(
    ("labs", "calcium"),
    [
        pytest.param([lab(3, "CA_TOTAL", "2.20")], [("CA_TOTAL", "2.20", 0)], id="without albumin"),
        pytest.param(
            [lab(3, "CA_TOTAL", "2.20"), lab(4, "ALB", "25")],
            [("CA_TOTAL", "2.20", 0)],
            id="albumin of another day",
        ),
        pytest.param(
            [lab((3, "08:00"), "CA_TOTAL", "2.20"), lab((3, "18:00"), "ALB", "25")],
            [("CA_TOTAL", "2.20", 0)],
            id="albumin of another hour",
        ),
        pytest.param(
            [lab((3, "08:00"), "CA_TOTAL", "2.20"), lab((3, "08:00"), "ALB", "25")],
            [("CA_CORR", "2.50", 2)],
            id="albumin of the same hour",
        ),
        pytest.param(
            [
                lab((3, "08:00"), "CA_TOTAL", "2.20", sample_id="S1"),
                lab(3, "ALB", "25", sample_id="S1"),
            ],
            [("CA_CORR", "2.50", 2)],
            id="one sample id, the time known of one",
        ),
        pytest.param(
            [lab(3, "CA_TOTAL", "2.20", sample_id="S1"), lab(3, "ALB", "25", sample_id="S2")],
            [("CA_TOTAL", "2.20", 0)],
            id="two sample ids of one day",
        ),
        pytest.param(
            [lab(3, "CA_TOTAL", "2.20", sample_id="S1"), lab(3, "ALB", "25")],
            [("CA_CORR", "2.50", 2)],
            id="of one day, the sample id known of one",
        ),
        pytest.param(
            [lab(3, "CA_TOTAL", "2.20", sample_id="S1"), lab(9, "ALB", "25", sample_id="S1")],
            [("CA_TOTAL", "2.20", 0)],
            id="an id used again on another day",
        ),
        pytest.param(
            [lab(3, "CA_TOTAL", "2.20"), lab(3, "ALB", "25"), lab(3, "ALB", "30")],
            [("CA_TOTAL", "2.20", 0)],
            id="two albumins that differ",
        ),
        pytest.param(
            [lab(3, "CA_TOTAL", "2.20"), lab(3, "ALB", "<20")],
            [("CA_TOTAL", "2.20", 0)],
            id="albumin not exact",
        ),
        pytest.param(
            [lab(3, "CA_TOTAL", "2.20"), lab(3, "ALB", "25", spurious=True)],
            [("CA_TOTAL", "2.20", 0)],
            id="albumin a laboratory error",
        ),
        pytest.param(
            [lab(3, "CA_TOTAL", "2.20"), lab(3, "ALB", "25"), lab(3, "CA_CORR", "2.48")],
            [("CA_CORR", "2.48", 0)],
            id="corrected by the laboratory",
        ),
        pytest.param(
            [lab(3, "CA_TOTAL", "0.1"), lab(3, "ALB", "90")],
            [("CA_TOTAL", "0.1", 0)],
            id="not positive",
        ),
    ],
)
def test_calcium_is_corrected_by_the_albumin_of_its_sample(
    labs: list[LabValue], calcium: list[tuple[str, str, int]]
) -> None:
    assert calcium_of(*labs) == calcium
