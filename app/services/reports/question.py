"""What is asked of an endpoint, and the head that every answer has.

Source: the trial's endpoint definitions, output contract.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from importlib.metadata import version
from typing import Any, Final

from app.services.code_digest import code_digest
from app.services.data_cut import DataCut
from app.services.statistics.days import DAYS_PER_MONTH
from app.trial.populations import PopulationName
from app.trial.trial import Trial
from app.vocabularies.imwg import ResponseSource

ENGINE_VERSION: Final = f"dayzero {version('dayzero')}"
OF_RATES: Final = frozenset({"response", "response-waterfall"})
"""Endpoints whose denominator the policy of rates says."""
RATES_USUAL: Final = "treated"
"""Its default, under which the default of all endpoints stands."""
RULES_VERSION: Final = "2026-11-29"
"""The day of the newest rule, for people; what the rules are is their digest."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """One endpoint, as of one data cut, about some of the subjects.

    Attributes:
        cutoff: last clinical day that counts; None: the day of the cut.
        centre: subjects of one centre; None: of every centre that the caller sees.
        conf_type: how confidence limits are made; None: the endpoint's default.
        variant: which of the endpoint's definitions; None: the trial's policy.
        population_by_default: nobody asked for a population; it is the trial's.
        rows: whether subject-level rows are asked for.
        slots_taken: claimed slots of the trial; None: the caller does not see the whole trial.
        as_of_asked: the cut was asked for; else it is of now.
        smallest_cell: smallest count that is shown beside 0; 0: every count is.
    """

    endpoint: str
    cut: DataCut
    cutoff: date | None = None
    population: PopulationName = "treated"
    centre: str | None = None
    response_source: ResponseSource = ResponseSource.DERIVED
    conf_type: str | None = None
    conf_level: float = 0.95
    variant: str | None = None
    p0: float | None = None
    population_by_default: bool = False
    rows: bool = False
    slots_taken: int | None = None
    as_of_asked: bool = False
    smallest_cell: int = 0


def usual_population(endpoint: str, trial: Trial) -> PopulationName:
    """Give who is analysed where nobody asks: for the response the denominator of its rates.

    Source: the trial's protocol, policies, ``rates.denominator``; populations, default.
    """
    usual = trial.populations.default
    denominator = trial.policy.rates.denominator
    return denominator if endpoint in OF_RATES and denominator != RATES_USUAL else usual


def rule_set(trial: Trial) -> dict[str, Any]:
    """Give which rules made a result: their digest, the trial file's, and the criteria's names."""
    return {
        "version": RULES_VERSION,
        "code_digest": code_digest(),
        "trial": trial.digest,
        "response_criteria": trial.criteria.response,
        "ae_grading": trial.criteria.adverse_events,
        "crs_icans_grading": trial.criteria.crs_icans,
    }


def rules_digest(trial: Trial) -> str:
    """Give the identity of everything but the records that a result follows from."""
    return sha256(f"{ENGINE_VERSION} {code_digest()} {trial.digest}".encode()).hexdigest()


def head(question: Question, trial: Trial, n: int) -> dict[str, Any]:
    """Give what every answer says first: what was asked, of whom, and by which rules."""
    return {
        "endpoint": question.endpoint,
        "variant": question.variant,
        "population": question.population,
        "centre": question.centre,
        "response_source": question.response_source,
        "n": n,
        "as_of": question.cut.seq,
        "cutoff": question.cutoff,
        "data_cutoff": question.cutoff or question.cut.known_on,
        "horizon_months": trial.horizon_months,
        "time_unit": "days",
        "days_per_month": DAYS_PER_MONTH,
        "conf_level": question.conf_level,
        "conf_type": question.conf_type,
        "rule_set": rule_set(trial),
        "engine_version": ENGINE_VERSION,
    }
