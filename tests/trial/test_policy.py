"""The policies: the recommended reading by default, the named alternatives, nothing else."""

from decimal import Decimal
from typing import Any

import pytest
from pydantic import ValidationError

from app.trial.policy import EFS_COMPONENTS, MrdPolicy, Policy

DEFAULTS: dict[str, dict[str, Any]] = {
    "imwg": {
        "baseline": "last_on_or_before_ld",
        "serum_5g": "replaces",
        "serum_5g_reference": "nadir",
        "bmpc_pd": "rise",
        "calcium_is_pd": False,
        "plasmacytoma_mr": "at_least_50_pct",
        "nadir": "lowest",
        "pd_scope": "all",
        "flc_nadir_floor": "zero",
        "below_limit_nadir": "zero",
        "quantitative_immunoglobulin": "iga_igd_when_spep_not_measurable",
        "quantitative_ig_measurable": {"IgA": 750, "IgD": 750},
        "urine_for_vgpr": "required",
        "ife_negative_is_zero": True,
        "missing_measurable": "NE",
        "both_flc_suppressed": "ratio_unknown",
        "spd_single_lesion": False,
        "marrow_window_days": 42,
        "measurable_lesion_mm": 20,
        "confirm": "lower_of_two",
        "skip_limited": False,
        "pd_after_new_therapy": "allowed",
        "confirming_pd": "any",
        "unconfirmed_pd": "no_event",
        "confirm_gap_warn_days": 84,
        "confirm_gap_warn_intervals": Decimal("1.5"),
    },
    "tte": {
        "regime": "FDA",
        "horizon_rule": "data_cut",
        "efs": "composite",
        "dor": "pd_or_death",
        "ci": "log-log",
        "median": "R_survfit_table",
        "overdue_contact_days": 120,
        "baseline_required": "derived_only",
    },
    "rates": {
        "denominator": "treated",
        "data_errors": "count_as_ne",
        "by_month": "confirmed_later",
    },
    "mrd": {"threshold": "1e-5", "inadequate_sample": "not_evaluable"},
    "lymphodepletion": {"course_gap_days": 7},
    "lab": {"baseline": "pre_lymphodepletion"},
    "ae": {"chain_state": "at_infusion"},
    "crs": {"onset_day": "start_minus_infusion_plus_1"},
    "partial_dates": {
        "death": "mid",
        "new_therapy": "first",
        "adverse_event_start": "first",
        "adverse_event_end": "last",
        "last_known_alive": "first",
    },
    "disclosure": {"smallest_cell": 0},
}

ALTERNATIVES = [
    ("imwg", "baseline", "before_bridging"),
    ("imwg", "baseline", "before_bridging_if_unmeasurable"),
    ("imwg", "serum_5g", "needs_25pct_too"),
    ("imwg", "serum_5g_reference", "start_value"),
    ("imwg", "bmpc_pd", "level"),
    ("imwg", "calcium_is_pd", True),
    ("imwg", "plasmacytoma_mr", "at_least_25_pct"),
    ("imwg", "nadir", "lowest_confirmed"),
    ("imwg", "pd_scope", "measurable_only"),
    ("imwg", "flc_nadir_floor", "none"),
    ("imwg", "urine_for_vgpr", "waived_if_not_measurable"),
    ("imwg", "ife_negative_is_zero", False),
    ("imwg", "missing_measurable", "downgrade"),
    ("imwg", "both_flc_suppressed", "normal_if_both_le_uln"),
    ("imwg", "spd_single_lesion", True),
    ("imwg", "marrow_window_days", "any"),
    ("imwg", "measurable_lesion_mm", 10),
    ("imwg", "confirm", "at_least_as_good"),
    ("imwg", "skip_limited", True),
    ("imwg", "pd_after_new_therapy", "not_allowed"),
    ("imwg", "confirming_pd", "same_marker"),
    ("imwg", "unconfirmed_pd", "event"),
    ("imwg", "below_limit_nadir", "limit"),
    ("imwg", "quantitative_immunoglobulin", "iga_igd_when_spep_not_done"),
    ("imwg", "quantitative_immunoglobulin", "iga_igd_always"),
    ("imwg", "quantitative_immunoglobulin", "never"),
    ("imwg", "confirm_gap_warn_intervals", Decimal(0)),
    ("tte", "regime", "EMA"),
    ("tte", "horizon_rule", "truncate"),
    ("tte", "horizon_rule", "none"),
    ("tte", "efs", "pfs"),
    ("tte", "efs", "plus_no_response"),
    ("tte", "efs", "plus_toxicity"),
    ("tte", "efs", "death_only"),
    ("tte", "dor", "DOR_IMWG"),
    ("tte", "dor", "pd_related_death"),
    ("tte", "ci", "log"),
    ("tte", "ci", "plain"),
    ("tte", "median", "R_quantile"),
    ("tte", "baseline_required", "always"),
    ("rates", "denominator", "enrolled"),
    ("rates", "denominator", "evaluable"),
    ("rates", "data_errors", "drop"),
    ("rates", "by_month", "confirmed_by_then"),
    ("mrd", "threshold", "1e-4"),
    ("mrd", "threshold", "1e-6"),
    ("mrd", "inadequate_sample", "as_reported"),
    ("lymphodepletion", "course_gap_days", 3),
    ("lab", "baseline", "pre_infusion"),
    ("ae", "chain_state", "previous_line"),
    ("crs", "onset_day", "hours_over_24"),
    ("partial_dates", "death", "first"),
    ("disclosure", "smallest_cell", 2),
    ("disclosure", "smallest_cell", 11),
]


def test_takes_the_recommended_reading_by_default() -> None:
    assert Policy().model_dump() == DEFAULTS


@pytest.mark.parametrize("smallest", [1, -1, 1001, 2.5, "5"])
def test_a_smallest_cell_withholds_something_or_is_off(smallest: object) -> None:
    with pytest.raises(ValidationError):
        Policy.model_validate({"disclosure": {"smallest_cell": smallest}})


@pytest.mark.parametrize(("part", "key", "alternative"), ALTERNATIVES)
def test_offers_the_named_alternative(part: str, key: str, alternative: object) -> None:
    policy = Policy.model_validate({part: {key: alternative}})
    assert getattr(getattr(policy, part), key) == alternative


@pytest.mark.parametrize(
    ("part", "key", "value"),
    [
        pytest.param("imwg", "nadir", "highest", id="an unnamed alternative"),
        pytest.param("imwg", "calcium_is_pd", 1, id="a number for a yes or no"),
        pytest.param("imwg", "marrow_window_days", 0, id="no window at all"),
        pytest.param("imwg", "marrow_window_days", "42", id="a number as text"),
        pytest.param("imwg", "confirm_gap_warn_days", 0, id="every gap warned about"),
        pytest.param("imwg", "confirm_gap_warn_intervals", Decimal("-0.1"), id="a negative gap"),
        pytest.param("tte", "overdue_contact_days", 0, id="always overdue"),
        pytest.param("imwg", "nadirs", "lowest", id="an unknown key"),
    ],
)
def test_refuses(part: str, key: str, value: object) -> None:
    with pytest.raises(ValidationError):
        Policy.model_validate({part: {key: value}})


def test_describes_every_key() -> None:
    schema = Policy.model_json_schema()["$defs"]
    undescribed = [
        f"{part}.{key}"
        for part, definition in schema.items()
        for key, field in definition["properties"].items()
        if not field.get("description")
    ]
    assert not undescribed


@pytest.mark.parametrize(
    "question",
    [f"Q{n}" for n in (1, 2, 3, 4, 5, 6, 7, 8, 9, 12, 14, 16, 18, 19, 20, 21, 25, 29, 31, 33)],
)
def test_names_the_open_point(question: str) -> None:
    properties = Policy.model_json_schema()["$defs"]["ImwgPolicy"]["properties"]
    assert any(field["description"].startswith(f"{question}:") for field in properties.values())


def test_cannot_be_changed() -> None:
    policy = Policy()
    with pytest.raises(ValidationError):
        policy.imwg.nadir = "lowest_confirmed"  # type: ignore[misc]
    assert policy.imwg.nadir == "lowest"


@pytest.mark.parametrize(
    ("threshold", "sensitivity"),
    [("1e-4", Decimal("0.0001")), ("1e-5", Decimal("0.00001")), ("1e-6", Decimal("0.000001"))],
)
def test_reads_an_mrd_threshold_as_a_share_of_cells(threshold: Any, sensitivity: Decimal) -> None:
    assert MrdPolicy(threshold=threshold).sensitivity == sensitivity


def test_says_what_event_free_survival_counts() -> None:
    assert EFS_COMPONENTS == {
        "composite": ("PD", "death", "new_therapy"),
        "pfs": ("PD", "death"),
        "plus_no_response": ("PD", "death", "new_therapy", "no_response"),
        "plus_toxicity": ("PD", "death", "new_therapy", "toxicity"),
        "death_only": ("death",),
    }
