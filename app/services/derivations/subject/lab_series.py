"""One subject's results of one analyte over time, each with its reference range and grade.

Source: the trial's protocol, laboratory outliers, for baseline, periods and grades.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from app.services.criteria.ctcae_labs.lab_grade import LabGrade, counting_grade
from app.services.derivations.laboratory.corrected_calcium import with_corrected_calcium
from app.services.derivations.laboratory.graded_labs import graded_labs, is_usable, own_grades
from app.services.derivations.laboratory.lab_baseline import LabPeriod, lab_follow_up
from app.services.derivations.markers.marker_values import usual_unit
from app.services.derivations.sampled_values import LabValue
from app.services.derivations.subject_history import SubjectHistory
from app.services.derivations.time_to_event.new_therapy import new_therapy
from app.trial.trial import Trial
from app.vocabularies.laboratory import find_analyte
from app.vocabularies.restated_units import Restatement, restatement, shown

UREA: Final = "UREA"


@dataclass(frozen=True, slots=True)
class _Result:
    value: LabValue
    period: LabPeriod | None
    grade: LabGrade | None


def lab_series(history: SubjectHistory, trial: Trial, analyte: str) -> dict[str, Any]:
    """Give the usable results of an analyte up to the data cut, in the order of collection.

    Args:
        history: the subject.
        trial: how a baseline is chosen.
        analyte: our code.

    Decision: one unit is shown, that of the summaries, else the first sent. A result in another one
    is restated, by a printed factor where it must be, which the result names; one that cannot be
    restated is counted and not shown, and so is one in words. Its grade is of the unit reported. Of
    a result that is graded in both directions the worse grade is shown; of a subject who was not
    infused it is the own grade.
    """
    results = _results(history, trial, analyte)
    sent = [
        result.value.unit
        for result in results
        if result.value.value is not None and result.value.unit
    ]
    unit = usual_unit(analyte)
    if unit is None or not any(_fits(result.value, unit) for result in results):
        unit = sent[0] if sent else None
    shown = [result for result in results if unit is not None and _fits(result.value, unit)]
    listed = find_analyte(analyte)
    infused_on = history.infused_on
    return {
        "analyte": analyte,
        "name": listed.display if listed else analyte,
        "unit": unit,
        "infused_on": infused_on,
        "n_not_shown": len(results) - len(shown),
        "n_not_plausible": sum(
            result.not_plausible and result.collected.earliest <= history.data_cut
            for result in history.lab_values
            if result.analyte == analyte
        ),
        "results": [_written(result, unit, history) for result in shown if unit is not None],
    }


def _results(history: SubjectHistory, trial: Trial, analyte: str) -> list[_Result]:
    started = new_therapy(history)
    follow_up = lab_follow_up(history, new_therapy=started.day if started else None)
    if follow_up is None:
        labs = with_corrected_calcium(result for result in history.lab_values if is_usable(result))
        results = [
            _Result(lab.value, None, counting_grade(own_grades(lab.value, history)))
            for lab in labs
            if lab.value.analyte == analyte
        ]
    else:
        results = [
            _Result(result.value, result.period, counting_grade(result.grades))
            for labs in graded_labs(history, trial, follow_up, analytes={analyte})
            for result in labs.results
        ]
    return sorted(_until(history, results), key=lambda result: result.value.collected.earliest)


def _until(history: SubjectHistory, results: Sequence[_Result]) -> Iterator[_Result]:
    return (result for result in results if result.value.collected.earliest <= history.data_cut)


def _fits(value: LabValue, unit: str) -> bool:
    return value.value is not None and _way(value, unit) is not None


def _way(value: LabValue, unit: str) -> Restatement | None:
    if value.unit is None:
        return None
    code = value.sent_as if value.analyte == UREA and value.sent_as else value.analyte
    return restatement(code, value.unit, unit)


def _restated(number: Decimal | None, value: LabValue, unit: str) -> Decimal | None:
    way = _way(value, unit)
    if number is None or way is None:
        return None
    return way.of(number) if way.exact else shown(way.of(number))


def _written(result: _Result, unit: str, history: SubjectHistory) -> dict[str, Any]:
    value, infused_on = result.value, history.infused_on
    collected_on = value.collected.earliest
    way = _way(value, unit)
    return {
        "collected_on": collected_on,
        "day": None if infused_on is None else (collected_on - infused_on).days,
        "value": _restated(value.value, value, unit),
        "restated_by": way.factor if way else None,
        "comparator": value.comparator,
        "lower_limit": _restated(value.lower_limit, value, unit),
        "upper_limit": _restated(value.upper_limit, value, unit),
        "period": result.period,
        "grade": result.grade.lowest if result.grade else None,
        "scale": result.grade.scale if result.grade else None,
        "direction": result.grade.direction if result.grade else None,
        "clinically_significant": value.clinically_significant,
    }
