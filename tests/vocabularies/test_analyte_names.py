"""What laboratories call an analyte."""

import pytest

from app.vocabularies.analyte_names import meant_analyte
from app.vocabularies.laboratory import analytes


@pytest.mark.parametrize(
    ("code", "meant"),
    [
        ("ANC", "NEUT"),
        ("LEUK", "WBC"),
        ("Hb", "HGB"),
        ("haemoglobin", "HGB"),
        ("hemoglobin", "HGB"),
        ("NA", "SODIUM"),
        ("CREA", "CREAT"),
        ("SGPT", "ALT"),
        ("TBIL", "BILI"),
        ("D-Dimer", "DDIMER"),
        ("plt", "PLT"),
        ("KL", None),
        ("XYZ", None),
        ("", None),
    ],
)
def test_a_known_name_stands_for_our_code(code: str, meant: str | None) -> None:
    assert meant_analyte(code) == meant


def test_every_name_leads_to_a_listed_analyte() -> None:
    for analyte in analytes():
        assert meant_analyte(analyte.display) == analyte.code
        assert meant_analyte(analyte.code) == analyte.code
