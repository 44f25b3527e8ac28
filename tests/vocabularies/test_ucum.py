"""The syntax of UCUM units."""

import time

import pytest

from app.vocabularies.laboratory import analytes
from app.vocabularies.ucum import LONGEST, is_ucum


@pytest.mark.parametrize(
    "unit",
    [
        "g/dL",
        "10*9/L",
        "10*3/uL",
        "10^9/L",
        "/uL",
        "mmol/L",
        "umol/L",
        "mg/(24.h)",
        "mL/min/{1.73_m2}",
        "{INR}",
        "{copies}/ug",
        "ug/L{FEU}",
        "%",
        "[pH]",
        "[IU]/mL",
        "m[IU]/L",
        "[arb'U]/mL",
        "mm[Hg]",
        "kg/m2",
        "g.m-2",
        "10*-6",
        "s-1",
        "1",
        "/{HPF}",
        "(g/L)/(mol/kg)",
        "((g))",
        "meq/L",
        "Cel",
        "[degF]",
        "da[IU]",
        "wk",
        "kcal/d",
    ],
)
def test_a_well_formed_unit(unit: str) -> None:
    assert is_ucum(unit)


@pytest.mark.parametrize(
    "unit",
    [
        pytest.param("", id="empty"),
        pytest.param("foo", id="no symbol"),
        pytest.param("IU/mL", id="IU without brackets"),
        pytest.param("mcg/L", id="mcg for ug"),
        pytest.param("gm/dL", id="gm for g"),
        pytest.param("cells/uL", id="a word without braces"),
        pytest.param("µmol/L", id="micro sign"),
        pytest.param("x10E9/L", id="E notation"),
        pytest.param("mg/24h", id="24h without product"),
        pytest.param("g/", id="nothing divided by"),
        pytest.param("g//L", id="two strokes"),
        pytest.param(".g", id="leading point"),
        pytest.param("g /L", id="space"),
        pytest.param("g/L\n", id="line end"),
        pytest.param("k%", id="prefix on a symbol that takes none"),
        pytest.param("kmin", id="prefix on minute"),
        pytest.param("10*9/l9x", id="rubbish after an exponent"),
        pytest.param("m--2", id="two signs"),
        pytest.param("m+", id="sign without exponent"),
        pytest.param("(g", id="open term"),
        pytest.param("g)", id="closed term"),
        pytest.param("()", id="empty term"),
        pytest.param("(foo)", id="no symbol in a term"),
        pytest.param("g/(L/(foo))", id="no symbol in a term in a term"),
        pytest.param("(m)2", id="exponent of a term"),
        pytest.param("m(2)", id="term for an exponent"),
        pytest.param("{a", id="open annotation"),
        pytest.param("{a}{b}", id="two annotations"),
        pytest.param("g{}", id="empty annotation"),
        pytest.param("{a}g", id="annotation before its symbol"),
        pytest.param("\x02", id="control character"),
        pytest.param("\x03/L", id="the parser's own mark"),
        pytest.param("g" * (LONGEST + 1), id="too long"),
    ],
)
def test_a_malformed_unit(unit: str) -> None:
    assert not is_ucum(unit)


def test_the_longest_unit_is_read() -> None:
    at_limit = "g" + ".g" * ((LONGEST - 1) // 2)
    assert is_ucum(at_limit + "2" * (LONGEST - len(at_limit)))
    assert not is_ucum(at_limit + "2" * (LONGEST - len(at_limit) + 1))


@pytest.mark.parametrize(
    "unit",
    [
        pytest.param("(" * 40 + "g" + ")" * 39, id="deep"),
        pytest.param("m" * LONGEST, id="many prefixes"),
        pytest.param("2" * LONGEST, id="many digits"),
        pytest.param("{" * LONGEST, id="many braces"),
        pytest.param("[" * LONGEST, id="many brackets"),
    ],
)
def test_a_hostile_unit_is_told_at_once(unit: str) -> None:
    started = time.process_time()
    is_ucum(unit)
    assert time.process_time() - started < 0.05


def test_every_listed_unit_is_well_formed() -> None:
    assert [unit for analyte in analytes() for unit in analyte.units if not is_ucum(unit)] == []
