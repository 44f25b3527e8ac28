"""Disease evaluations of an invented subject: components, and the investigator's category."""

from random import Random
from typing import Any, Final

from app.demo.records import Record
from app.demo.synthetic.centres import written
from app.demo.synthetic.chance import about
from app.demo.synthetic.course import SyntheticCourse
from app.demo.synthetic.disease import burden, level, noisy, regrowth, share, urine
from app.demo.synthetic.enrolment import screened_on
from app.demo.synthetic.schedule import WITH_IMAGING, WITH_MARROW, SyntheticVisit, evaluations

COMPLETE: Final = frozenset({"CR", "sCR"})
_SITES: Final = ("left sixth rib", "right clavicle", "liver", "chest wall")


def assessments(course: SyntheticCourse) -> list[Record]:
    """Tell every evaluation from screening to progression and its confirmation."""
    screening = SyntheticVisit("SCR", (screened_on(course) - course.infusion).days)
    told = [_evaluation(course, screening)]
    if not course.infused:
        return told
    marrow_on = -999
    for visit in evaluations(course):
        category = level(course, visit.day)
        suspected_complete = category in COMPLETE and visit.day - marrow_on > 42
        with_marrow = visit.code in WITH_MARROW or (
            suspected_complete and not _complete_before(course, visit)
        )
        marrow_on = visit.day if with_marrow else marrow_on
        told.append(_evaluation(course, visit, with_marrow=with_marrow))
    if course.progression is not None:
        told += _progression(course, {visit.day for visit in evaluations(course)})
    return told


def _complete_before(course: SyntheticCourse, visit: SyntheticVisit) -> bool:
    earlier = [other.day for other in evaluations(course) if 0 < other.day < visit.day]
    return any(level(course, day) == level(course, visit.day) for day in earlier)


def _progression(course: SyntheticCourse, told: set[int]) -> list[Record]:
    day = course.progression or 0
    visits = [] if day in told else [SyntheticVisit("", day)]
    if course.progression_kind == "biochemical" and course.last_day > day + 18:
        visits.append(SyntheticVisit("", day + 16))
    return [_evaluation(course, visit, with_marrow=False) for visit in visits]


def _evaluation(
    course: SyntheticCourse, visit: SyntheticVisit, *, with_marrow: bool = True
) -> Record:
    chance = course.chance(f"evaluation {visit.day}")
    baseline = visit.day < 0
    category = None if baseline else level(course, visit.day)
    body: dict[str, Any] = {"assessed_on": course.on(visit.day).isoformat()}
    if visit.code:
        body["visit"] = visit.code
    body |= _fluids(course, visit.day, chance, category)
    body["corrected_calcium"] = _calcium(course, chance)
    if visit.code == "SCR" or (with_marrow and not baseline):
        body |= _marrow(course, visit.day, chance, category)
    if visit.code == "SCR" or visit.code in WITH_IMAGING or _shows_lesion(course, visit.day):
        body |= _imaging(course, visit.day, chance)
    if category is not None:
        body["investigator_response"] = category
    if category == "PD":
        body["investigator_pd_basis"] = course.progression_kind
    code = visit.code or f"UNS{visit.day}"
    return Record("assessments", f"{course.subject}:RS:{code}", body)


def _fluids(
    course: SyntheticCourse, day: float, chance: Random, category: str | None
) -> dict[str, Any]:
    first, left = burden(course), share(course, day)
    conventional = course.centre.conventional
    serum = noisy(chance, first.serum * left)
    in_urine = noisy(chance, urine(course, day))
    gone = category in COMPLETE
    serum = 0.0 if gone or serum < 0.5 else serum
    in_urine = 0.0 if gone or in_urine < 20 else in_urine
    secreted = course.heavy_chain != "light_chain_only"
    band = {"light_chain": course.light_chain, "owner": "original"}
    if secreted:
        band["heavy_chain"] = course.heavy_chain
    chains = _free_light_chains(course, left, chance, category)
    involved, uninvolved = (written(chain, 1) for chain in chains)
    other = "lambda" if course.light_chain == "kappa" else "kappa"
    positive_urine = not gone and not secreted
    return {
        "serum_m_protein": {
            "value": written(serum * 0.1, 2) if conventional else written(serum, 1),
            "unit": "g/dL" if conventional else "g/L",
            "method": "SPEP",
        },
        "urine_m_protein": {"value": written(in_urine, 0), "unit": "mg/(24.h)"},
        "serum_immunofixation": {"result": "negative"}
        if gone
        else {"result": "positive", "bands": [band]},
        "urine_immunofixation": {
            "result": "positive",
            "bands": [{"light_chain": course.light_chain, "owner": "original"}],
        }
        if positive_urine
        else {"result": "negative"},
        f"free_{course.light_chain}": {"value": involved, "unit": "mg/L"},
        f"free_{other}": {"value": uninvolved, "unit": "mg/L"},
        "free_light_chain_assay": "Freelite",
    }


def _free_light_chains(
    course: SyntheticCourse, left: float, chance: Random, category: str | None
) -> tuple[float, float]:
    """Give involved and uninvolved, mg/L; a normal ratio is what tells sCR from CR."""
    first = burden(course)
    kappa = course.light_chain == "kappa"
    uninvolved = about(chance, first.uninvolved, 0.06)
    if category == "sCR":
        return uninvolved * (1.1 if kappa else 0.9), uninvolved
    if category == "CR":
        return uninvolved * (2.4 if kappa else 5.2), uninvolved
    return noisy(chance, max(first.involved * left, uninvolved * 6.0)), uninvolved


def _calcium(course: SyntheticCourse, chance: Random) -> dict[str, str]:
    value = chance.gauss(2.32, 0.06)
    if course.centre.conventional:
        return {"value": written(value * 4.008, 1), "unit": "mg/dL"}
    return {"value": written(value, 2), "unit": "mmol/L"}


def _marrow(
    course: SyntheticCourse, day: float, chance: Random, category: str | None
) -> dict[str, Any]:
    cells = burden(course).marrow * share(course, day)
    gone = category in COMPLETE
    cells = chance.uniform(0.2, 2.0) if gone else max(cells, chance.uniform(0.5, 3.0))
    examined: dict[str, Any] = {
        "aspirate": {"value": written(cells, 1), "unit": "%"},
        "clonality": "absent" if category == "sCR" else "present",
        "clonality_method": "flow_cytometry",
    }
    if category is None:
        return {"marrow": examined}
    negative = chance.random() < {"sCR": 0.93, "CR": 0.7, "VGPR": 0.45, "PR": 0.2}.get(category, 0)
    analysed = chance.randrange(2_200_000, 8_000_000, 100_000)
    return {
        "marrow": examined,
        "mrd": {
            "method": "NGF",
            "result": "negative" if negative else "positive",
            "sensitivity": f"{20 / analysed:.7f}",
            "cells_analysed": analysed,
            "clone_known": True,
            "first_pull": True,
        },
    }


def _shows_lesion(course: SyntheticCourse, day: float) -> bool:
    return course.progression_kind == "imaging" and day == course.progression


def _imaging(course: SyntheticCourse, day: float, chance: Random) -> dict[str, Any]:
    lesions, new = [], []
    if course.extramedullary:
        first = course.chance("lesion").randint(22, 55)
        left = max(share(course, day), 0.0) ** 0.5 if day > 0 else 1.0
        long = first * left if left > 0.12 else 0.0
        lesions.append(_lesion("L1", course.chance("site").choice(_SITES), long))
    if _shows_lesion(course, day) and regrowth(course, day):
        site = chance.choice(_SITES)
        lesions.append(_lesion("L2", site, chance.randint(24, 60)))
        new.append({"lesion_id": "L2", "kind": "extramedullary", "site": site})
    return {"imaging": {"modality": "PET/CT", "lesions": lesions}, "new_lesions": new}


def _lesion(identity: str, site: str, long: float) -> dict[str, Any]:
    return {
        "lesion_id": identity,
        "kind": "extramedullary",
        "site": site,
        "long_mm": written(long, 0),
        "short_mm": written(long * 0.7, 0) if long >= 1 else "0",
    }
