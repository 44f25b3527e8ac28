"""The markers of one subject over time, for a picture."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from app.charts.subject_markers import drawn
from app.charts.tables.subject_markers import rows
from app.services.criteria.imwg.evaluation import (
    DiseaseEvaluation,
    Isotype,
    MeasuredValue,
    SerumMProtein,
    SerumMProteinOfIsotype,
    UrineMProtein,
)
from app.services.derivations.subject.markers import subject_markers
from app.services.derivations.subject_history import Assessment
from app.trial.trial import load_trial
from app.vocabularies.imwg import HeavyChain, LightChain, ResponseSource
from tests.charts import reports
from tests.charts.specifications import units, values_of
from tests.subjects.base import ref
from tests.subjects.course import history

TRIAL = load_trial()


def told(*evaluations: DiseaseEvaluation, **records: Any) -> dict[str, Any]:
    assessments = tuple(
        Assessment(record=ref("assessments", number), evaluation=one)
        for number, one in enumerate(evaluations, 1)
    )
    found = history(assessments=assessments, **records)
    return subject_markers(found, TRIAL, ResponseSource.DERIVED)


def evaluation(on: str = "2024-02-12", **parts: Any) -> DiseaseEvaluation:
    return DiseaseEvaluation(evaluation_id=f"of {on}", anchor=date.fromisoformat(on), **parts)


def serum(value: str, unit: str = "g/L", **more: Any) -> SerumMProtein:
    return SerumMProtein(value=Decimal(value), unit=unit, **more)


@pytest.mark.parametrize(
    ("parts", "shown"),
    [
        pytest.param(
            {"serum_m_protein": serum("8.3")},
            [("serum_m_protein", "serum M-protein", "g/dL", "0.83")],
            id="serum in g/L",
        ),
        pytest.param(
            {"urine_m_protein": UrineMProtein(value=Decimal("0.4"), unit="g/(24.h)")},
            [("urine_m_protein", "urine M-protein", "mg/(24.h)", "400")],
            id="urine in g",
        ),
        pytest.param(
            {
                "urine_m_protein": UrineMProtein(
                    value=Decimal(20), unit="mg/dL", volume_ml=Decimal(1500)
                )
            },
            [("urine_m_protein", "urine M-protein", "mg/(24.h)", "300")],
            id="urine by its volume",
        ),
        pytest.param(
            {"urine_m_protein": UrineMProtein(value=Decimal(20), unit="mg/dL")},
            [],
            id="urine without its volume",
        ),
        pytest.param({"serum_m_protein": serum("8.3", spurious=True)}, [], id="held for an error"),
        pytest.param(
            {
                "kappa": MeasuredValue(value=Decimal("9.88"), unit="mg/dL"),
                "lambda_": MeasuredValue(value=Decimal("6.2"), unit="mg/L"),
            },
            [
                ("free_light_chains", "kappa", "mg/L", "98.8"),
                ("free_light_chains", "lambda", "mg/L", "6.2"),
            ],
            id="chains of whom neither is known to be involved",
        ),
        pytest.param(
            {
                "serum_m_proteins": tuple(
                    SerumMProteinOfIsotype(
                        value=Decimal(value),
                        unit="g/L",
                        isotype=Isotype(heavy_chain=heavy, light_chain=LightChain.KAPPA),
                    )
                    for value, heavy in (("12", HeavyChain.IGG), ("3", HeavyChain.IGA))
                )
            },
            [
                ("serum_m_protein", "M-protein IgG kappa", "g/dL", "1.2"),
                ("serum_m_protein", "M-protein IgA kappa", "g/dL", "0.3"),
            ],
            id="two proteins, and no sum",
        ),
    ],
)
def test_a_value_is_shown_in_the_unit_of_the_criteria(
    parts: dict[str, Any], shown: list[tuple[str, ...]]
) -> None:
    found = told(evaluation(**parts), infused=False)
    given = [(one["marker"], one["series"], one["unit"], one["value"]) for one in found["markers"]]
    assert given == [(*names, Decimal(value)) for *names, value in shown]
    assert found["n_not_shown"] == (0 if shown else 1)


def test_days_count_from_the_infusion_else_from_the_first_value() -> None:
    parts = [evaluation(on, serum_m_protein=serum("8")) for on in ("2024-02-12", "2024-01-10")]
    infused, not_infused = told(*parts), told(*parts, infused=False)
    assert [one["day"] for one in infused["markers"]] == [-5, 28]
    assert infused["origin_is"] == "infusion"
    assert [one["day"] for one in not_infused["markers"]] == [0, 33]
    assert not_infused["origin_is"] == "the first value"
    assert told(infused=False)["origin"] is None


def test_the_day_of_collection_counts_and_none_after_the_cut() -> None:
    sent = serum("8", collected_on=date(2024, 2, 10))
    late = evaluation("2024-03-20", serum_m_protein=serum("1"))
    found = told(evaluation(serum_m_protein=sent), late, cut="2024-03-01")
    assert [one["collected_on"] for one in found["markers"]] == [date(2024, 2, 10)]
    assert found["n_not_shown"] == 0


@pytest.mark.parametrize(("scale", "level", "at_limit"), [("linear", 0, False), ("log", 0.4, True)])
def test_a_zero_has_a_place_of_its_own_on_a_logarithmic_scale(
    scale: str, level: float, at_limit: bool
) -> None:
    picture = drawn(reports.markers(), {"scale": scale})
    found = {
        (row["level"], row["at_limit"])
        for unit in units(picture)
        for row in values_of(picture, unit)
        if row.get("marker") == "serum M-protein" and row["days"] == 61
    }
    assert found == {(level, at_limit)}


def test_cells_below_the_limit_are_empty_in_the_table_and_at_half_of_it_in_the_picture() -> None:
    report = reports.markers()
    below = [row for row in rows(report, {}) if row["days"] == 151]
    assert [(row["value"], row["lloq"]) for row in below] == [(None, 50.0)]
    picture = drawn(report, {})
    levels = {
        row["level"]
        for unit in units(picture)
        for row in values_of(picture, unit)
        if row.get("days") == 151
    }
    assert levels == {25.0}
