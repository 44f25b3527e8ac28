"""Names of the service as words of a report."""

import re
from collections.abc import Mapping
from typing import Any, Final

from app.vocabularies.times_to_event import TIMES_TO_EVENT

ENDPOINTS: Final[Mapping[str, str]] = {name: words.title for name, words in TIMES_TO_EVENT.items()}
"""The times to an event, in the order of the report."""

MATRICES: Final[Mapping[str, str]] = {
    "PB": "Blood",
    "BM": "Marrow",
    "CSF": "Cerebrospinal fluid",
}
METHODS: Final[Mapping[str, str]] = {
    "qpcr": "PCR",
    "flow_pct": "flow cytometry, % of CD3+",
    "flow_abs": "flow cytometry, cells/µL",
}

_UNITS: Final[Mapping[str, str]] = {
    "{copies}/ug": "copies/µg",
    "{copies}/ug.d": "copies/µg·d",
    "/uL": "cells/µL",
    "/uL.d": "cells/µL·d",
    "%.d": "%·d",
    "d": "days",
    "a": "years",
    "1": "",
    "10*6/kg": "10⁶/kg",
    "ug/L": "µg/L",
    "10*9/L": "10⁹/L",
    "10*6/L": "10⁶/L",
    "m[IU]/L": "mIU/L",
}


_PROCEDURES: Final[Mapping[str, str]] = {
    "clopper_pearson": "Clopper-Pearson",
    "wilson": "Wilson",
    "wilson_cc": "Wilson with continuity correction",
    "R_survfit_table": "R's survfit prints it",
    "reverse_kaplan_meier": "reverse Kaplan-Meier",
    "first_of_two_blq": "the first of two samples in turn below the limit of quantification",
    "linear_up_log_down": "linear up, logarithmic down",
    "adjusted_r_squared": "the best adjusted R²",
    "half_lloq": "half the limit counts",
    "greenwood": "Greenwood",
    "pre_lymphodepletion": "last before lymphodepletion",
}


def procedure(name: str) -> str:
    """Name a procedure as its field does; the name itself in words where it is not known."""
    return _PROCEDURES.get(name) or in_words(name)


def sentence(text: str) -> str:
    """Let a text begin with a capital, and leave it as it is otherwise."""
    return text[:1].upper() + text[1:]


def in_words(name: str | None) -> str:
    """Write a name as words: ``out_of_specification`` as ``out of specification``."""
    return "" if name is None else re.sub(r"[-_]", " ", str(name))


def heading(name: str) -> str:
    """Write a name as words that begin a line."""
    return sentence(in_words(name))


def unit(code: str | None) -> str:
    """Write a unit as people read it; the code itself where there is nothing better."""
    if code is None:
        return ""
    found = _UNITS.get(code, code)
    return found.replace("{", "").replace("}", "")


def with_unit(name: str, code: str | None) -> str:
    """Name a quantity with its unit."""
    shown = unit(code)
    return f"{name}, {shown}" if shown else name


def centres(document: Mapping[str, Any]) -> str:
    """Say whose subjects a report is about."""
    centre = document.get("centre")
    return f"centre {centre}" if centre else "every centre that the reader sees"


def yes_or_no(claim: bool | None) -> str:  # noqa: FBT001 - it is what is said
    """Say whether something is so."""
    return "" if claim is None else "yes" if claim else "no"
