"""What laboratories write, and the unit that is meant."""

import pytest

from app.vocabularies.laboratory import accepted_units
from app.vocabularies.meant_units import meant_ucum, meant_unit, with_meant_unit


@pytest.mark.parametrize(
    ("written", "analyte", "meant"),
    [
        pytest.param("\N{MICRO SIGN}mol/L", "CREAT", "umol/L", id="a micro sign"),
        pytest.param("\N{GREEK SMALL LETTER MU}mol/l", "CREAT", "umol/L", id="a Greek mu"),
        pytest.param("mcg/L", "FERRITIN", "ug/L", id="mcg"),
        pytest.param("G/L", "PLT", "10*9/L", id="giga per litre of cells"),
        pytest.param("G/L", "ALB", "g/L", id="grams per litre of a protein"),
        pytest.param("Gpt/l", "WBC", "10*9/L", id="gigaparticles"),
        pytest.param("K/uL", "NEUT", "10*3/uL", id="thousands"),
        pytest.param("Tsd/µl", "NEUT", "10*3/uL", id="Tausend"),
        pytest.param("10^9/L", "PLT", "10*9/L", id="a caret"),
        pytest.param("x10^9/L", "PLT", "10*9/L", id="times"),
        pytest.param("10E9/L", "PLT", "10*9/L", id="an E"),
        pytest.param("10⁹/L", "PLT", "10*9/L", id="superscript"),
        pytest.param("10^3/µL", "PLT", "10*3/uL", id="caret and micro sign"),
        pytest.param("cells/µL", "CD4", "/uL", id="cells"),
        pytest.param("g/dl", "HGB", "g/dL", id="another case"),
        pytest.param("mEq/L", "K", "meq/L", id="milliequivalents"),
        pytest.param("mEq/L", "CA_TOTAL", None, id="of two charges: half as many millimoles"),
        pytest.param("meq/L", "MG", None, id="of two charges, magnesium"),
        pytest.param("mval/L", "PHOS", None, id="of more than one charge"),
        pytest.param("mval/l", "SODIUM", "meq/L", id="of one charge, by the old name"),
        pytest.param("IU/L", "ALT", "U/L", id="enzyme units"),
        pytest.param("IU/mL", "CMV_DNA", "[IU]/mL", id="international units"),
        pytest.param("copies/mL", "CMV_DNA", "{copies}/mL", id="copies"),
        pytest.param("mg/24h", "UPROT24", "mg/(24.h)", id="in a day"),
        pytest.param("mg/L FEU", "DDIMER", "mg/L{FEU}", id="fibrinogen equivalents"),
        pytest.param("sec", "APTT", "s", id="seconds"),
        pytest.param("mL/min/1.73m2", "EGFR", "mL/min/{1.73_m2}", id="a filtration rate"),
        pytest.param("mg/dL", "PLT", None, id="of another quantity"),
        pytest.param("nmol", "CREAT", None, id="like many, and none"),
        pytest.param("", "CREAT", None, id="nothing"),
    ],
)
def test_the_allowed_unit_that_is_meant_is_named(
    written: str, analyte: str, meant: str | None
) -> None:
    allowed = accepted_units(analyte)
    assert allowed is not None
    assert meant_unit(written, allowed) == meant
    message = with_meant_unit("write it in a unit of this", written, allowed)
    assert message.endswith(f": here {meant}") if meant else allowed[0] in message
    assert meant == written or not written or written not in message


@pytest.mark.parametrize(
    ("written", "meant"),
    [("µg/kg", "ug/kg"), ("mcg", "ug"), ("10^9/L", "10*9/L"), ("IU/L", "U/L"), ("a lot", None)],
)
def test_a_unit_without_a_list_is_named_where_it_is_known(written: str, meant: str | None) -> None:
    assert meant_ucum(written) == meant
