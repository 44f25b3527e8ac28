"""The syntax of a UCUM unit, case-sensitive form.

It tells a unit from a misspelling; it does not convert. A listed analyte accepts its listed units
only; this grammar is for the results of analytes that no list names.

Source: The Unified Code for Units of Measure, version 2.1, sections 2.1 to 2.3 and tables 3 to 23.
"""

import re
from typing import Final

LONGEST: Final = 80
"""Units longer than this are refused unread."""

_PREFIX = "da|Ki|Mi|Gi|Ti|[YZEPTGMkhdcmunpfazy]"
_METRIC = (
    r"m|s|g|rad|K|C|cd|mol|sr|Hz|N|Pa|J|W|A|V|F|Ohm|S|Wb|Cel|T|H|lm|lx|Bq|Gy|Sv|l|L|ar|t|bar|u|eV"
    r"|pc|Ky|Gal|dyn|erg|P|Bi|St|Mx|G|Oe|Gb|sb|Lmb|ph|Ci|R|RAD|REM|Np|B|st|mho|cal|tex|osm|eq|kat|U"
    r"|g%|bit|By|Bd|m\[Hg\]|m\[H2O\]|\[iU\]|\[IU\]"
)
_NOT_METRIC = r"10\*|10\^|%|gon|deg|''|'|min|h|d|wk|mo|a|AU|Ao|b|att|circ|sph|\[[!-Z^-z|~]+\]"
_ANNOTATED, _TERM = "\N{START OF TEXT}", "\N{END OF TEXT}"
_COMPONENT = re.compile(
    rf"(?:(?:(?:{_PREFIX})?(?:{_METRIC})|{_NOT_METRIC})(?:[+-]?[0-9]+)?{_ANNOTATED}?"
    rf"|{_ANNOTATED}|[0-9]+|{_TERM})"
)
_ANNOTATION = re.compile(r"\{[!-z|~]+\}")
_INNERMOST_TERM = re.compile(r"\(([^()]+)\)")


def is_ucum(unit: str) -> bool:
    """Tell whether ``unit`` is a well-formed UCUM unit, such as ``10*9/L`` or ``mg/(24.h)``.

    Covers prefixes, exponents, products, quotients, nested terms and annotations in braces.

    Decision: unbracketed symbols are checked against UCUM's own; any symbol in square brackets is
    taken, because the arbitrary units are many and still growing.
    """
    if not unit or len(unit) > LONGEST or not all("!" <= character <= "~" for character in unit):
        return False
    remainder = _ANNOTATION.sub(_ANNOTATED, unit)
    while term := _INNERMOST_TERM.search(remainder):
        if not _is_term(term[1]):
            return False
        remainder = remainder[: term.start()] + _TERM + remainder[term.end() :]
    return _is_term(remainder)


def _is_term(text: str) -> bool:
    components = re.split(r"[./]", text.removeprefix("/"))
    return all(_COMPONENT.fullmatch(component) for component in components)
