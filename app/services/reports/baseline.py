"""Baseline characteristics and exposure of a population, and who of it left the trial.

Source: CONSORT 2010, items 13 and 15; ICH E3, sections 10.1, 11.2 and 12.1.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any, Final

from app.services.derivations.exposure import InfusionGiven
from app.services.derivations.subject.analysis import SubjectAnalysis
from app.services.statistics.summaries import summarise
from app.vocabularies.concept import Concept
from app.vocabularies.imwg import HeavyChain, LightChain
from app.vocabularies.subjects import ExtramedullaryDisease, IssStage, Refractoriness, Sex

_WORDS: Final[Mapping[str, type[Concept]]] = {
    "sex": Sex,
    "heavy_chain": HeavyChain,
    "light_chain": LightChain,
    "iss": IssStage,
    "r_iss": IssStage,
    "extramedullary_disease": ExtramedullaryDisease,
    "refractoriness": Refractoriness,
}
_FLAGS: Final = ("prior_autologous_transplant", "prior_bcma_therapy", "refractory_to_last_line")
_OF_PRODUCT: Final[Mapping[str, str]] = {
    "dose": "10*6/kg",
    "planned_dose": "10*6/kg",
    "viability": "%",
    "transduction": "%",
    "vector_copy_number": "copies/cell",
    "days_from_enrolment": "d",
    "days_from_leukapheresis": "d",
}


def baseline(cohort: Sequence[SubjectAnalysis]) -> list[dict[str, Any]]:
    """Describe a population before treatment, one characteristic after the other.

    A share is of the subjects of whom the characteristic is known.
    """
    known = [subject.characteristics for subject in cohort]
    numbers = [
        _number("age", "a", [subject.age_years for subject in cohort]),
        _number(
            "years_since_diagnosis", "a", [subject.years_since_diagnosis for subject in cohort]
        ),
        _number("prior_lines", "1", [characteristics.prior_lines for characteristics in known]),
        _number(
            "marrow_plasma_cells",
            "%",
            [characteristics.marrow_plasma_cells for characteristics in known],
        ),
    ]
    words = [
        _words(name, shape, [getattr(characteristics, name) for characteristics in known])
        for name, shape in _WORDS.items()
    ]
    ecog = _counted(
        "ecog",
        [
            None if characteristics.ecog is None else str(characteristics.ecog)
            for characteristics in known
        ],
    )
    flags = [
        _flag(name, [getattr(characteristics, name) for characteristics in known])
        for name in _FLAGS
    ]
    return [numbers[0], words[0], ecog, numbers[1], *words[1:6], *numbers[2:], words[6], *flags]


def exposure_of(cohort: Sequence[SubjectAnalysis]) -> dict[str, Any]:
    """Describe the infusions of a population; subjects who were not infused are not in it."""
    given = [subject.exposure for subject in cohort if subject.exposure is not None]
    return {
        "n": len(given),
        "out_of_specification": sum(exposure.out_of_specification for exposure in given),
        "in_specification": sum(exposure.in_specification for exposure in given),
        "split": sum(exposure.parts > 1 for exposure in given),
        "unplanned_repeat": sum(exposure.unplanned > 0 for exposure in given),
        "lymphodepleted": sum(exposure.lymphodepleted for exposure in given),
        "bridged": _flag("bridged", [exposure.bridged for exposure in given]),
        "numbers": [
            _number(name, unit, _values(given, name)) for name, unit in _OF_PRODUCT.items()
        ],
    }


def _values(given: Iterable[InfusionGiven], name: str) -> list[Decimal | int | None]:
    return [getattr(exposure, name) for exposure in given]


def _number(name: str, unit: str, values: Sequence[Decimal | int | None]) -> dict[str, Any]:
    known = [Decimal(value) for value in values if value is not None]
    summary = summarise(known)
    return {
        "name": name,
        "unit": unit,
        "n": summary.n,
        "n_missing": len(values) - summary.n,
        "mean": summary.mean.estimate,
        "deviation": summary.mean.deviation,
        "median": summary.median,
        "quartiles": summary.quartiles,
        "minimum": summary.minimum,
        "maximum": summary.maximum,
    }


def _words(name: str, shape: type[Concept], values: Sequence[Concept | None]) -> dict[str, Any]:
    counts = Counter(value.value for value in values if value is not None)
    return _shares(
        name,
        len(values),
        [(word.value, word.display, counts[word.value]) for word in shape if counts[word.value]],
    )


def _flag(name: str, values: Sequence[bool | None]) -> dict[str, Any]:
    counts = Counter(value for value in values if value is not None)
    return _shares(
        name, len(values), [("true", "yes", counts[True]), ("false", "no", counts[False])]
    )


def _counted(
    name: str, values: Sequence[str | None], shown: Callable[[str], str] = str
) -> dict[str, Any]:
    counts = Counter(value for value in values if value is not None)
    return _shares(
        name, len(values), [(value, shown(value), counts[value]) for value in sorted(counts)]
    )


def _shares(name: str, n: int, counts: Sequence[tuple[str, str, int]]) -> dict[str, Any]:
    known = sum(count for _, _, count in counts)
    return {
        "name": name,
        "n": known,
        "n_missing": n - known,
        "categories": [
            {
                "value": value,
                "meaning": meaning,
                "x": count,
                "N": known,
                "percent": 100 * count / known if known else None,
            }
            for value, meaning, count in counts
        ],
    }
