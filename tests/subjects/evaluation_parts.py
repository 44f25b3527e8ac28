"""The parts of a disease evaluation as a centre's system sends them.

A measured value is a number or a text such as ``"<0.5"``, in the unit of its rule: g/dL, mg/24 h,
mg/L, %, mm.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from tests.subjects.told import Day, dated_on


def components(
    s: Any = None,
    u: Any = None,
    ife: str = "",
    kappa: Any = None,
    lambda_: Any = None,
    marrow: Any = None,
    clonality: str | None = None,
    marrow_on: Day | None = None,
    lesions: Mapping[str, tuple[Any, Any]] | None = None,
    new_lesion: bool = False,
    circulating: Any = None,
    calcium: Any = None,
    spurious: tuple[str, ...] = (),
    **more: Any,
) -> dict[str, Any]:
    """Give the parts of an evaluation; what is not named was not done.

    Args:
        s: serum M-protein; ``u``: urine.
        ife: immunofixation of serum and urine: ``"-+"`` is serum negative, urine positive, ``.``
            not done.
        lesions: ``{"a": (40, 25)}``, longest by perpendicular diameter.
    """
    parts = {
        "serum_m_protein": measured(s, "g/dL", "s" in spurious),
        "urine_m_protein": measured(u, "mg/(24.h)", "u" in spurious),
        "serum_immunofixation": _fixation(ife[:1]),
        "urine_immunofixation": _fixation(ife[1:2]),
        "free_kappa": measured(kappa, "mg/L", "kappa" in spurious),
        "free_lambda": measured(lambda_, "mg/L", "lambda" in spurious),
        "marrow": None if marrow is None else _marrow(marrow, clonality, marrow_on, spurious),
        "imaging": None if lesions is None else imaging(lesions),
        "new_lesions": [{"kind": "extramedullary"}] if new_lesion else None,
        "circulating_plasma_cells": measured(circulating, "/uL"),
        "corrected_calcium": measured(calcium, "mg/dL"),
    }
    return {name: part for name, part in (parts | more).items() if part is not None}


def measured(value: Any, unit: str, spurious: bool = False) -> dict[str, Any] | None:
    """A value such as ``0.4`` or ``"<0.5"``; None: not done."""
    if value is None:
        return None
    found = re.fullmatch(r"([<>]=?)?(.+)", str(value))
    assert found
    part = {"value": found[2], "unit": unit, "comparator": found[1], "spurious": spurious or None}
    return {name: member for name, member in part.items() if member is not None}


def imaging(lesions: Mapping[str, tuple[Any, Any]]) -> dict[str, Any]:
    """Plasmacytomas of soft tissue; a lesion without diameters was not assessed."""
    return {
        "modality": "PET/CT",
        "lesions": [
            {"lesion_id": name, "kind": "extramedullary", "not_assessed": "not in the field"}
            if long is None
            else {
                "lesion_id": name,
                "kind": "extramedullary",
                "long_mm": str(long),
                "short_mm": str(short),
            }
            for name, (long, short) in lesions.items()
        ],
    }


def _marrow(
    percent: Any, clonality: str | None, on: Day | None, spurious: tuple[str, ...]
) -> dict[str, Any]:
    part = {
        "aspirate": measured(percent, "%", "marrow" in spurious),
        "clonality": clonality,
        "collected_on": None if on is None else dated_on(on),
    }
    return {name: member for name, member in part.items() if member is not None}


def _fixation(sign: str) -> dict[str, str] | None:
    results = {"-": "negative", "+": "positive"}
    return {"result": results[sign]} if sign in results else None
