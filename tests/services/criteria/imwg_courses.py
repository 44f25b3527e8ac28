"""Myeloma courses in a few words: what the tests of the IMWG criteria write evaluations with.

A value is a number or a string such as ``"<0.5"`` in the unit of its rule; a lesion is
``{"a": (40, 25)}``, longest by perpendicular diameter in mm.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from app.services.criteria.imwg.bounds import Bounds
from app.services.criteria.imwg.details import USUAL_DETAILS, ImwgDetails
from app.services.criteria.imwg.evaluation import (
    Band,
    DiseaseEvaluation,
    Imaging,
    Immunofixation,
    Lesion,
    Marrow,
    MeasuredValue,
    MrdSample,
    NewLesion,
    PetCt,
    SerumMProtein,
    UrineMProtein,
)
from app.services.criteria.imwg.usable import MyelomaType
from app.services.derivations.response.judged_evaluations import ResponseCourse, response_course
from app.trial.policy import ImwgPolicy
from app.vocabularies.imwg import (
    Clonality,
    ImmunofixationResult,
    LesionKind,
    LightChain,
    MrdMethod,
    MrdResult,
    PetResult,
)
from app.vocabularies.laboratory import Comparator

DATA = Path(__file__).parent / "data"
INFUSED_ON = date(2024, 3, 1)
DEFAULT = ImwgPolicy()
NEGATIVE, POSITIVE = ImmunofixationResult.NEGATIVE, ImmunofixationResult.POSITIVE


def load(name: str) -> dict[str, Any]:
    """Read a case file with its numbers as decimals."""
    found: dict[str, Any] = json.loads(
        (DATA / name).read_text(encoding="utf-8"), parse_float=Decimal
    )
    return found


def measured(value: Any, unit: str, kind: Any = MeasuredValue, **more: Any) -> Any:
    """A value such as ``0.4`` or ``"<0.5"``; None for not done."""
    if value is None:
        return None
    found = re.fullmatch(r"([<>]=?)?(.+)", str(value))
    assert found
    comparator = Comparator(found[1]) if found[1] else None
    return kind(value=Decimal(found[2]), unit=unit, comparator=comparator, **more)


def bounds(text: str) -> Bounds:
    """What a result such as ``"<0.5"`` says of the true value."""
    number = text.lstrip("<>=")
    sign = text.removesuffix(number)
    return Bounds.of(Decimal(number), Comparator(sign) if sign else None)


def imaging(
    lesions: Mapping[str, tuple[Any, Any]] | None, on: date | None = None
) -> Imaging | None:
    """Soft-tissue plasmacytomas by name; a diameter of None was not assessed."""
    if lesions is None:
        return None
    return Imaging(
        imaged_on=on,
        lesions=tuple(
            Lesion(
                lesion_id=name,
                kind=LesionKind.EXTRAMEDULLARY,
                long_mm=None if long is None else Decimal(long),
                short_mm=None if short is None else Decimal(short),
            )
            for name, (long, short) in lesions.items()
        ),
    )


def visit(
    day: int,
    s: Any = None,
    u: Any = None,
    *,
    ife: str = "",
    bands: Iterable[Band] = (),
    kappa: Any = None,
    lambda_: Any = None,
    marrow: Any = None,
    clonality: Clonality | None = None,
    marrow_day: int | None = None,
    lesions: Mapping[str, tuple[Any, Any]] | None = None,
    imaged_day: int | None = None,
    new_lesion: bool = False,
    circulating: Any = None,
    calcium: Any = None,
    spurious: Iterable[str] = (),
    mrd: MrdSample | None = None,
    pet: PetResult | None = None,
    name: str = "",
    **more: Any,
) -> DiseaseEvaluation:
    """One evaluation, ``day`` days after infusion.

    Args:
        s: serum M-protein, g/dL; ``u``: urine, mg/24 h.
        ife: immunofixation of serum and urine: ``"-+"`` is serum negative, urine positive, ``.``
            not done; nothing for neither done.
        bands: bands on the serum immunofixation.
    """
    serum_ife, urine_ife = (ife + "..")[:2]
    wrong = set(spurious)
    found = {
        "serum_m_protein": measured(s, "g/dL", SerumMProtein, spurious="s" in wrong),
        "urine_m_protein": measured(u, "mg/(24.h)", UrineMProtein, spurious="u" in wrong),
        "serum_immunofixation": _fixation(serum_ife, tuple(bands)),
        "urine_immunofixation": _fixation(urine_ife, ()),
        "kappa": measured(kappa, "mg/L", spurious="kappa" in wrong),
        "lambda_": measured(lambda_, "mg/L", spurious="lambda" in wrong),
        "marrow": None
        if marrow is None
        else Marrow(
            aspirate=measured(marrow, "%", spurious="marrow" in wrong),
            clonality=clonality,
            collected_on=on_day(marrow_day),
        ),
        "imaging": imaging(lesions, on_day(imaged_day)),
        "new_lesions": (NewLesion(kind=LesionKind.EXTRAMEDULLARY),) if new_lesion else None,
        "circulating_plasma_cells": measured(circulating, "/uL"),
        "corrected_calcium": measured(calcium, "mg/dL"),
        "mrd": mrd,
        "pet_ct": PetCt(result=pet) if pet else None,
    }
    anchor = INFUSED_ON + timedelta(days=day)
    return DiseaseEvaluation(evaluation_id=name or f"day {day}", anchor=anchor, **{**found, **more})


def on_day(day: int | None) -> date | None:
    """The date that many days after infusion."""
    return None if day is None else INFUSED_ON + timedelta(days=day)


def _fixation(sign: str, bands: tuple[Band, ...]) -> Immunofixation | None:
    results = {"-": NEGATIVE, "+": POSITIVE}
    return Immunofixation(result=results[sign], bands=bands) if sign in results else None


@dataclass(frozen=True)
class Read:
    """The categories of a course, in order of their days."""

    course: ResponseCourse

    @property
    def categories(self) -> list[str]:
        return [str(visit.category) for visit in self.course.visits]

    @property
    def last(self) -> Any:
        return self.course.visits[-1]


def read(
    baseline: DiseaseEvaluation | None,
    *visits: DiseaseEvaluation,
    policy: ImwgPolicy = DEFAULT,
    details: ImwgDetails = USUAL_DETAILS,
    involved: LightChain | None = None,
    myeloma: MyelomaType | None = None,
    until: date | None = None,
    infused_on: date = INFUSED_ON,
) -> Read:
    """Judge a course under the default reading, unless another is given."""
    return Read(
        response_course(
            baseline,
            visits,
            infused_on=infused_on,
            myeloma=myeloma or MyelomaType(involved=involved),
            policy=policy,
            details=details,
            until=until,
        )
    )


def case_evaluation(fields: Mapping[str, Any], infused_on: date) -> DiseaseEvaluation:
    """Read one evaluation of ``imwg_cases.json``."""
    spurious = set(fields.get("spurious", ()))

    def value(name: str, unit: str, kind: Any = MeasuredValue) -> Any:
        return measured(fields.get(name), unit, kind, spurious=name in spurious)

    def fixation(name: str) -> Immunofixation | None:
        result = fields.get(name)
        return Immunofixation(result=ImmunofixationResult(result)) if result else None

    lesions, mrd, clonality = fields.get("lesions"), fields.get("mrd"), fields.get("bm_clonality")
    return DiseaseEvaluation(
        evaluation_id=str(fields["day"]),
        anchor=date.fromisoformat(fields["date"]),
        serum_m_protein=value("serum_m_g_dl", "g/dL", SerumMProtein),
        urine_m_protein=value("urine_m_mg_24h", "mg/(24.h)", UrineMProtein),
        serum_immunofixation=fixation("serum_ife"),
        urine_immunofixation=fixation("urine_ife"),
        kappa=value("kappa_mg_l", "mg/L"),
        lambda_=value("lambda_mg_l", "mg/L"),
        marrow=None
        if fields.get("bmpc_pct") is None
        else Marrow(
            aspirate=value("bmpc_pct", "%"),
            clonality=Clonality(clonality) if clonality else None,
        ),
        imaging=None
        if lesions is None
        else imaging({one["id"]: (one["long_mm"], one["short_mm"]) for one in lesions}),
        new_lesions=(NewLesion(kind=LesionKind.EXTRAMEDULLARY),)
        if fields.get("new_lesion")
        else None,
        circulating_plasma_cells=value("circulating_pc_per_ul", "/uL"),
        corrected_calcium=value("corrected_calcium_mg_dl", "mg/dL"),
        mrd=None
        if mrd is None
        else MrdSample(
            method=MrdMethod(mrd["method"]),
            result=MrdResult(mrd["result"]),
            sensitivity=Decimal(mrd["sensitivity"]),
        ),
        pet_ct=PetCt(result=PetResult(fields["pet_ct"])) if fields.get("pet_ct") else None,
    )


def read_case(
    case: Mapping[str, Any],
    policy: ImwgPolicy = DEFAULT,
    details: ImwgDetails = USUAL_DETAILS,
) -> Read:
    """Judge one course of ``imwg_cases.json``."""
    infused_on = date.fromisoformat(case["infusion_date"])
    involved = case["baseline"]["involved_flc"]
    return read(
        case_evaluation(case["baseline"], infused_on),
        *(case_evaluation(fields, infused_on) for fields in case["visits"]),
        policy=policy,
        details=details,
        involved=LightChain(involved) if involved else None,
        infused_on=infused_on,
    )
