"""Small reports, as the endpoints answer them, for pictures to be drawn of."""

from __future__ import annotations

from typing import Any

from app.services.derivations.time_to_event.event_definition import definition_of
from app.services.derivations.time_to_event.event_time import CensoringReason
from app.services.json_values import jsonable
from app.services.reports.survival import defined
from app.services.reports.survival_figures import SurvivalMethod, described
from app.services.statistics.table_methods import USUAL_METHODS
from app.trial.policy import TimeToEventPolicy
from app.vocabularies.times_to_event import TimeToEvent


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
            "code_digest": "5c0de5" + 58 * "0",
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

    def __init__(
        self, days: int, observed: bool, reason: CensoringReason = CensoringReason.ONGOING
    ) -> None:
        self.days, self.observed = days, observed
        self.censored = CensoringReason.EVENT if observed else reason


def survival(
    *times: tuple[int, bool],
    endpoint: TimeToEvent = "overall-survival",
    variant: str | None = None,
    without_baseline: int = 0,
) -> dict[str, Any]:
    """The report of a time to an event of subjects with these days, observed or censored.

    Args:
        without_baseline: subjects more, censored on day 1 for want of a baseline.
    """
    method = SurvivalMethod("log-log", 0.95, USUAL_METHODS.median_rule)
    shown = [Time(*one) for one in times]
    shown += [Time(1, False, CensoringReason.NO_BASELINE) for _ in range(without_baseline)]
    found = described(shown, method)  # type: ignore[arg-type]
    policy = TimeToEventPolicy()
    report = head(
        endpoint,
        len(shown),
        variant=variant,
        definition=defined(definition_of(endpoint, variant, policy), policy),
        origin="infusion",
        conf_type="log-log",
    )
    return {**report, **jsonable(found)}


def _rate(x: int, n: int) -> dict[str, Any]:
    return {"x": x, "N": n, "percent": 100 * x / n if n else None, "lower": None, "upper": None}


def response(*visits: tuple[str, dict[str, int]], n: int = 10) -> dict[str, Any]:
    """The response of some subjects at visits: how many were in which category."""
    names = ("sCR", "CR", "VGPR", "PR", "MR", "SD", "PD", "NE")
    months = [
        {
            "visit": visit,
            "window_closed": n,
            "categories": {name: _rate(counts.get(name, 0), n) for name in names},
        }
        for visit, counts in visits
    ]
    return head("response", n, N=n, by_month=months)


def adverse_events(*terms: tuple[str, dict[str, int]], n: int = 10) -> dict[str, Any]:
    """The adverse events of some subjects: terms with subjects by worst grade."""
    grades = ("grade_1", "grade_2", "grade_3", "grade_4", "grade_5", "missing")
    rows = [
        {
            "level": "term",
            "system_organ_class": "Investigations",
            "term": term,
            "counts": {
                "subjects": {"x": sum(counts.values()), "n": n},
                "grades": {name: counts.get(name, 0) for name in grades},
            },
        }
        for term, counts in terms
    ]
    above = {"level": "any", "system_organ_class": None, "term": None, "counts": None}
    table = {"window": "treatment_emergent", "n": n, "rows": [above, *rows]}
    return head("adverse-events", n, tables={"treatment_emergent": table})


def lab_abnormalities(*tables: tuple[str, str, dict[tuple[int | None, int | None], int]]) -> Any:
    """Laboratory tables: analyte, direction and subjects by baseline and worst grade."""
    return head(
        "lab-abnormalities",
        10,
        tables=[
            {
                "analyte": analyte,
                "direction": direction,
                "term": f"{analyte} abnormal",
                "shift_scale": "limits" if analyte == "ALT" else "ctcae",
                "n_with_results": sum(shifts.values()),
                "grade_3_or_more": {
                    "x": sum(n for (_, worst), n in shifts.items() if (worst or 0) >= 3)
                },
                "shift": [
                    {"baseline_grade": before, "worst_grade": worst, "subjects": n}
                    for (before, worst), n in shifts.items()
                ],
            }
            for analyte, direction, shifts in tables
        ],
    )


def kinetics(*, rows: bool) -> dict[str, Any]:
    """The kinetics of two subjects in blood, and of nobody elsewhere."""
    analyte = {"matrix": "PB", "method": "qpcr", "unit": "{copies}/ug", "derived": False}

    def day(nominal: int, median: float, quartiles: list[float] | None) -> dict[str, Any]:
        summary = {"quartiles": quartiles} if quartiles else None
        levels = {"n": 2, "n_below_lloq": 0, "median": median, "summary": summary}
        return {"nominal_day": nominal, "levels": levels}

    def sample(days: float, concentration: str | None) -> dict[str, Any]:
        return {"days": days, "concentration": concentration, "lloq": "50", "in_profile": True}

    table = {
        "analyte": analyte,
        "n": 2,
        "expanded": {"x": 2},
        "lloq": ["50"],
        "profile": [day(7, 900.0, [800.0, 1000.0]), day(28, 25.0, None)],
    }
    report = head("car-kinetics", 2, tables=[table])
    if rows:
        samples = [sample(7.2, "800"), sample(28.0, None)]
        profile = {"analyte": analyte, "infusion_number": 1, "samples": samples}
        second = {**profile, "infusion_number": 2}
        report["rows"] = [
            {"USUBJID": code, "kinetics": {"analytes": [{"profile": profile}, {"profile": second}]}}
            for code in ("03-001", "03-002")
        ]
    return report


def enrolment(*, whole: bool = True, planned: int | None = None) -> dict[str, Any]:
    """The enrolment of three subjects in two months, of the whole trial or of one centre."""
    flow = {"screened": 4, "screen_failed": 1, "enrolled": 3, "infused": 2, "off_study": 0}
    month = {"enrolled": 2, "infused": 0, "enrolled_total": 2, "infused_total": 0}
    return head(
        "enrolment",
        4,
        population="screened",
        total=flow,
        by_centre=[{"centre": "03", **flow, "planned": planned}],
        slots={"total": 60, "taken": 3 if whole else None, "left": 57 if whole else None},
        accrual=[
            {"month": "2025-12", **month},
            {"month": "2026-01", **month, "enrolled": 1, "enrolled_total": 3, "infused_total": 2},
        ],
    )


def swimmer(*more: dict[str, Any]) -> dict[str, Any]:
    """Two subjects on study, and more."""
    row = {
        "USUBJID": "03-001",
        "SITEID": "03",
        "infused_on": "2025-01-01",
        "until": "2025-12-01",
        "end": "ongoing",
        "best_response": "sCR",
        "segments": [{"category": "PR", "since": "2025-02-01", "until": "2025-12-01"}],
        "progression_on": None,
        "unconfirmed_progression_on": None,
        "new_therapy_on": None,
        "died_on": None,
    }
    died = row | {
        "USUBJID": "03-002",
        "until": "2025-06-01",
        "end": "died",
        "died_on": "2025-06-01",
        "progression_on": "2025-03-01",
        "new_therapy_on": "2025-04-01",
        "segments": [],
        "best_response": None,
    }
    rows = [died, row, *more]
    return head("swimmer", len(rows), n_infused=len(rows), rows=rows)


def waterfall(*changes: tuple[str, float, str | None]) -> dict[str, Any]:
    """Subjects with the best change of serum M-protein and the best response."""
    rows = [
        {
            "USUBJID": code,
            "SITEID": code[:2],
            "marker": "serum_m_protein",
            "percent_change": change,
            "assessed_on": "2025-02-01",
            "best_response": best,
        }
        for code, change, best in changes
    ]
    without = {"none": 1}
    return head(
        "response-waterfall",
        len(rows) + 1,
        n_with_change=len(rows),
        without_change=without,
        rows=rows,
    )


def of_subject(endpoint: str, **more: Any) -> dict[str, Any]:
    """What a report of one subject says first."""
    whole = head(endpoint, 1, subject="03-001", centre="03", **more)
    return {name: value for name, value in whole.items() if name not in {"population", "n"}}


def lab_series(*results: tuple[int, str, int | None], infused: bool = True) -> dict[str, Any]:
    """Results of one subject: day, value and grade."""
    return of_subject(
        "lab-series",
        analyte="HGB",
        name="haemoglobin",
        unit="g/L",
        infused_on="2025-01-01" if infused else None,
        n_not_shown=0,
        n_not_plausible=0,
        results=[
            {
                "collected_on": f"2025-01-{day + 1:02}",
                "day": day if infused else None,
                "value": value,
                "restated_by": "1 mmol/L = 1.611 g/dL" if day == 20 else None,
                "scale": None,
                "comparator": None,
                "lower_limit": "120",
                "upper_limit": "160",
                "period": "post_infusion",
                "grade": grade,
                "direction": "LOW" if grade else None,
                "clinically_significant": None,
            }
            for day, value, grade in results
        ],
    )


def timeline() -> dict[str, Any]:
    """A subject with something of each kind."""
    return of_subject(
        "subject-timeline",
        origin="2025-01-01",
        origin_is="infusion",
        response_source="derived",
        on_study={"until": "2025-06-01", "end": "died"},
        events=[
            {"lane": "course", "kind": "consent", "on": "2024-11-20"},
            {"lane": "course", "kind": "infusion", "on": "2025-01-01"},
            {"lane": "visit", "kind": "visit", "visit": "M1", "on": "2025-01-29"},
            {"lane": "response", "kind": "PR", "on": "2025-01-29"},
            {"lane": "response", "kind": "PD", "on": "2025-03-01"},
            {"lane": "course", "kind": "progression", "on": "2025-03-01"},
            {"lane": "course", "kind": "death", "on": "2025-06-01"},
        ],
        undated=1,
        spans=[
            {
                "lane": "adverse_event",
                "label": "Cytokine release syndrome",
                "since": "2025-01-02",
                "until": "2025-01-06",
                "grade": 2,
                "serious": True,
            },
            {
                "lane": "therapy",
                "label": "g_csf",
                "since": "2025-01-10",
                "until": None,
                "grade": None,
                "serious": None,
            },
        ],
    )


def markers() -> dict[str, Any]:
    """A subject with two chains, a serum protein that goes to 0, cells and responses."""
    values = [
        ("serum_m_protein", "serum M-protein", "g/dL", day, value)
        for day, value in ((-3, "3.1"), (28, "0.8"), (61, "0"))
    ]
    values += [
        ("free_light_chains", name, "mg/L", day, value)
        for name, at in (
            ("involved chain", ("326.8", "12.5")),
            ("uninvolved chain", ("6.2", "7.0")),
        )
        for day, value in zip((-3, 28), at, strict=True)
    ]
    return of_subject(
        "subject-markers",
        origin="2025-01-01",
        origin_is="infusion",
        response_source="derived",
        markers=[
            {
                "marker": marker,
                "series": series,
                "unit": unit,
                "collected_on": "2025-01-29",
                "day": day,
                "value": value,
                "comparator": None,
            }
            for marker, series, unit, day, value in values
        ],
        responses=[
            {"assessed_on": "2025-01-29", "day": 28, "category": "PR"},
            {"assessed_on": "2025-03-03", "day": 61, "category": "CR"},
        ],
        cells=[
            {
                "analyte": {
                    "matrix": "PB", "method": "qpcr", "unit": "{copies}/ug", "derived": False
                },
                "samples": [
                    {"collected_on": "2025-01-08", "days": 7.0, "value": "4614", "lloq": "50",
                     "quantification": "quantifiable"},
                    {"collected_on": "2025-06-01", "days": 151.0, "value": None, "lloq": "50",
                     "quantification": "detected_below_lloq"},
                ],
            }
        ],
        n_not_shown=1,
    )  # fmt: skip


SHOWN: dict[str, dict[str, Any]] = {
    "swimmer": swimmer(),
    "kaplan-meier": survival((85, True), (101, False), (113, True), (400, False), (800, True)),
    "response-waterfall": waterfall(("03-001", 180.0, "PD"), ("03-002", -97.5, "VGPR")),
    "response-over-time": response(("M1", {"PR": 6, "SD": 4}), ("M2", {"CR": 5, "PD": 5})),
    "car-kinetics": kinetics(rows=True),
    "adverse-events": adverse_events(("Nausea", {"grade_1": 3, "grade_3": 1})),
    "lab-shift": lab_abnormalities(("HGB", "LOW", {(0, 3): 2, (1, 1): 4, (None, 2): 1})),
    "lab-series": lab_series((0, "131", 0), (9, "78", 3), (20, "99", None)),
    "enrolment": enrolment(),
    "subject-timeline": timeline(),
    "subject-markers": markers(),
}
"""A report with somebody in it, for each picture."""

NOBODY: dict[str, dict[str, Any]] = {
    "swimmer": swimmer() | {"n": 0, "rows": []},
    "kaplan-meier": survival(),
    "response-waterfall": waterfall(),
    "response-over-time": response(n=0),
    "car-kinetics": kinetics(rows=False) | {"n": 0, "tables": []},
    "adverse-events": adverse_events(n=0),
    "lab-shift": lab_abnormalities(),
    "lab-series": lab_series(),
    "enrolment": enrolment() | {"accrual": [], "by_centre": []},
    "subject-timeline": timeline() | {"origin": None, "events": [], "spans": []},
    "subject-markers": markers() | {"origin": None, "markers": [], "responses": [], "cells": []},
}
"""The same with nobody in it."""
