"""Small reports, as the endpoints answer them, for pictures to be drawn of."""

from __future__ import annotations

from typing import Any

from app.services.derivations.time_to_event import CensoringReason
from app.services.statistics.table_methods import USUAL_METHODS
from app.services.trial_endpoints.json_values import jsonable
from app.services.trial_endpoints.survival import SurvivalMethod, described


def head(endpoint: str, n: int, **more: Any) -> dict[str, Any]:
    """What every report says first."""
    return {
        "endpoint": endpoint,
        "variant": None,
        "population": "treated",
        "centre": None,
        "response_source": "derived",
        "n": n,
        "as_of": 712,
        "cutoff": "2026-03-31",
        "data_cutoff": "2026-03-31",
        "horizon_months": 36,
        "time_unit": "days",
        "days_per_month": 30.4375,
        "conf_level": 0.95,
        "conf_type": None,
        "rule_set": {
            "version": "2026-11-25",
            "trial": "c614de8d9fd5453c",
            "response_criteria": "IMWG 2016",
            "ae_grading": "CTCAE 5.0",
            "crs_icans_grading": "ASTCT 2019",
        },
        "engine_version": "dayzero 0.1.0",
        **more,
    }


class Time:
    """A time to an event, as far as a curve looks at it."""

    component = "death"
    overdue_contact = False

    def __init__(self, days: int, observed: bool) -> None:
        self.days, self.observed = days, observed
        self.censored = CensoringReason.EVENT if observed else CensoringReason.ONGOING


def survival(*times: tuple[int, bool], endpoint: str = "overall-survival") -> dict[str, Any]:
    """The report of a time to an event of subjects with these days, observed or censored."""
    method = SurvivalMethod("log-log", 0.95, USUAL_METHODS.median_rule)
    found = described([Time(*one) for one in times], method)  # type: ignore[misc]
    report = head(endpoint, len(times), variant="any_cause", origin="infusion", conf_type="log-log")
    return {**report, **jsonable(found)}
