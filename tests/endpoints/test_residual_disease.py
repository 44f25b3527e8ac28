"""Samples for residual disease that tell less than they seem to, sent as a centre does.

Source: the trial's endpoint definitions, MRD; the trial's protocol, policies,
``mrd.inadequate_sample``.
"""

from pathlib import Path
from typing import Any

import pytest

from app.embedded_postgres import EmbeddedPostgres
from tests.endpoints.cohort import cohort
from tests.subjects.evaluation_parts import components
from tests.subjects.told import Subject, assessment, subject

STATED: dict[str, Any] = {"method": "NGF", "sensitivity": "0.00001"}
UNSTATED: dict[str, Any] = {"method": "MFC"}


def sampled(name: str, result: str, *, diluted: bool = False, **sample: Any) -> Subject:
    """A subject with one marrow at month 1."""
    parts = components(1, 0, "+-", marrow=3)
    parts["marrow"]["haemodiluted"] = diluted
    return subject(
        name,
        assessment(-10, **components(4, 0, "+-", marrow=50)),
        assessment(28, **parts, mrd={"result": result, **sample}),
    )


OTHER_FLOW = (
    *(sampled(f"negative {n}", "negative", **UNSTATED) for n in range(10)),
    *(sampled(f"positive {n}", "positive", **UNSTATED) for n in range(4)),
    sampled("stated", "negative", method="MFC", sensitivity="0.00001"),
    sampled("stated less", "negative", method="MFC", sensitivity="0.0001"),
)
INADEQUATE = (
    sampled("good", "negative", **STATED, first_pull=True),
    sampled("diluted", "negative", diluted=True, **STATED),
    sampled("second pull", "negative", **STATED, first_pull=False),
    sampled("diluted, positive", "positive", diluted=True, **STATED),
)


async def test_other_flow_without_a_sensitivity_drops_neither_result_alone(
    server: EmbeddedPostgres, tmp_path: Path
) -> None:
    async with cohort(server, tmp_path, *OTHER_FLOW) as told:
        mrd = (await told.endpoint("response", cutoff="2024-12-31"))["mrd"]
        for threshold, negative in (("1e-4", 2), ("1e-5", 1), ("1e-6", 0)):
            at = mrd["by_threshold"][threshold]
            assert (at["mrd_evaluable"]["x"], at["mrd_evaluable"]["N"]) == (negative, negative)
            assert at["treated"]["N"] == len(OTHER_FLOW)
        samples = mrd["samples"]
        assert samples["n_sensitivity_missing"] == samples["n_subjects_sensitivity_missing"] == 14
        assert samples["flags"] == ["sensitivity_missing"]
        found = await told.get("/v1/findings", rule="MRD-SENSITIVITY-MISSING", limit=100)
        assert len(found["items"]) == 14


@pytest.mark.parametrize(
    ("policy", "negative", "evaluable"), [("not_evaluable", 1, 2), ("as_reported", 3, 4)]
)
async def test_a_negative_of_an_inadequate_marrow_is_counted_apart(
    server: EmbeddedPostgres, tmp_path: Path, policy: str, negative: int, evaluable: int
) -> None:
    rules = {"policy__mrd__inadequate_sample": policy}
    async with cohort(server, tmp_path, *INADEQUATE, **rules) as told:
        mrd = (await told.endpoint("response", cutoff="2024-12-31"))["mrd"]
        at = mrd["by_threshold"]["1e-5"]["mrd_evaluable"]
        assert (at["x"], at["N"]) == (negative, evaluable)
        assert mrd["samples"] == {
            "inadequate_sample": policy,
            "n_inadequate_negative": 2,
            "n_subjects_inadequate_negative": 2,
            "n_sensitivity_missing": 0,
            "n_subjects_sensitivity_missing": 0,
            "flags": ["inadequate_sample"],
        }


async def test_the_landmarks_are_those_of_the_trial_file(
    server: EmbeddedPostgres, tmp_path: Path
) -> None:
    months = [3, 6, 12]
    async with cohort(server, tmp_path, *INADEQUATE, time_to_event__landmarks=months) as told:
        answer = await told.endpoint("overall-survival")
        assert [one["months"] for one in answer["landmarks"]] == months
        assert [one["months"] for one in answer["variants"]["truncate"]["landmarks"]] == months
        competing = (await told.endpoint("time-to-next-treatment"))["TTNT_competing"]
        assert len(competing["causes"]["death"]["landmarks"]) == len(months)
