from typing import Any

import pytest

from app.trial.trial import Trial
from app.vocabularies.kinetics import KineticsMethod
from app.vocabularies.specimens import Matrix
from tests.subjects.agreeing import Sent, noticed, of, sent
from tests.subjects.base import TRIAL

QPCR = {
    "matrix": "PB", "method": "qpcr", "collected_at": "2026-03-16T08:05+08:00", "value": "482",
    "unit": "{copies}/ug", "lloq": "50", "assay": "CAR qPCR", "assay_version": "2.1",
}  # fmt: skip


def sample(name: str = "sample", **body: Any) -> Sent:
    return sent("kinetics", name, **{**QPCR, **body})


def rules(*records: Sent) -> list[tuple[str, str]]:
    return [(rule, pointer) for rule, _, pointer in noticed(of(*records))]


NO_RESULT = {"value": None, "unit": None, "lloq": None}


@pytest.mark.parametrize(
    ("body", "missing"),
    [
        pytest.param({}, False, id="with its limit"),
        pytest.param({"lloq": None}, True, id="a value without"),
        pytest.param({**NO_RESULT, "quantification": "not_detected"}, True, id="BLQ without"),
        pytest.param({**NO_RESULT, "not_evaluable": "sample_lost"}, False, id="no result"),
        pytest.param({"lloq": None, "spurious": True}, False, id="an error"),
    ],
)
def test_it_notices_a_result_without_its_limit(body: dict[str, Any], missing: bool) -> None:
    assert rules(sample(**body)) == ([("KINETICS-WITHOUT-LLOQ", "/lloq")] if missing else [])


@pytest.mark.parametrize(
    ("body", "missing"),
    [
        pytest.param({"collected_at": "2026-03-02"}, True, id="day 0"),
        pytest.param({"collected_at": "2026-03-30"}, True, id="day 28"),
        pytest.param({"collected_at": "2026-03-31"}, False, id="day 29"),
        pytest.param({"collected_at": "2026-03-30", "matrix": "BM"}, False, id="marrow"),
        pytest.param(
            {"collected_at": "2026-03-30", **NO_RESULT, "not_evaluable": "not_collected"},
            False,
            id="not collected",
        ),
    ],
)
def test_it_notices_an_early_sample_without_its_time(body: dict[str, Any], missing: bool) -> None:
    expected = [("KINETICS-TIME-MISSING", "/collected_at")] if missing else []
    assert rules(sample(**body)) == expected


def trial_counting(**planned: Any) -> Trial:
    return TRIAL.model_copy(update={"kinetics": TRIAL.kinetics.model_copy(update=planned)})


@pytest.mark.parametrize(
    ("planned", "expected"),
    [
        pytest.param({}, [], id="as planned"),
        pytest.param({"methods": (KineticsMethod.FLOW_PCT,)}, ["/method"], id="another method"),
        pytest.param({"matrices": (Matrix.BM,)}, ["/matrix"], id="another specimen"),
        pytest.param({"methods": (), "matrices": ()}, [], id="a trial that names none"),
    ],
)
def test_it_notices_a_count_that_the_trial_does_not_plan(
    planned: dict[str, Any], expected: list[str]
) -> None:
    found = noticed(of(sample(), trial=trial_counting(**planned)))
    assert [pointer for rule, _, pointer in found if rule == "KINETICS-NOT-PLANNED"] == expected


@pytest.mark.parametrize(("last_day", "missing"), [(14, True), (28, True), (10, False)])
def test_the_early_profile_ends_with_the_nominal_times(last_day: int, missing: bool) -> None:
    times = tuple(time for time in TRIAL.kinetics.nominal_times if time.day <= last_day)
    records = of(sample(collected_at="2026-03-16"), trial=trial_counting(nominal_times=times))
    found = [rule for rule, _, _ in noticed(records)]
    assert ("KINETICS-TIME-MISSING" in found) is missing


@pytest.mark.parametrize(
    ("body", "early"),
    [
        pytest.param({"collected_at": "2026-03-02T09:39+08:00"}, True, id="a minute before"),
        pytest.param({"collected_at": "2026-03-02T09:40+08:00"}, False, id="at its start"),
        pytest.param({"collected_at": "2026-03-01"}, True, id="the day before"),
        pytest.param({"collected_at": "2026-03-01", "value": "50"}, True, id="at the limit"),
        pytest.param({"collected_at": "2026-03-01", "value": "49"}, False, id="below the limit"),
        pytest.param({"collected_at": "2026-03-01", "spurious": True}, False, id="an error"),
        pytest.param(
            {"collected_at": "2026-03-01", "quantification": "detected_below_lloq", "value": "49"},
            False,
            id="said to be below",
        ),
    ],
)
def test_it_notices_cells_before_the_infusion(body: dict[str, Any], early: bool) -> None:
    assert rules(sample(**body)) == (
        [("KINETICS-BEFORE-INFUSION", "/collected_at")] if early else []
    )


@pytest.mark.parametrize(
    ("nominal_day", "collected_at", "differs"),
    [
        (14, "2026-03-16T08:05+08:00", False),
        (10, "2026-03-16T08:05+08:00", True),
        (1, "2026-03-03T09:40+08:00", False),
        (3, "2026-03-03T09:40+08:00", True),
        (1, "2026-03-03T18:00+08:00", True),
        (90, "2026-06-01T08:00+08:00", False),
        (91, "2026-06-01", False),
        (122, "2026-06-01", True),
        (-6, "2026-02-24", False),
    ],
)
def test_it_holds_the_nominal_day_against_the_time(
    nominal_day: int, collected_at: str, differs: bool
) -> None:
    found = rules(sample(nominal_day=nominal_day, collected_at=collected_at))
    found = [one for one in found if one[0] != "KINETICS-BEFORE-INFUSION"]
    assert found == ([("NOMINAL-DAY-DIFFERS", "/nominal_day")] if differs else [])


@pytest.mark.parametrize(
    ("body", "wrong"),
    [
        pytest.param({"genomic_dna_ng": "49.9"}, True, id="too little"),
        pytest.param({"genomic_dna_ng": "50"}, False, id="enough"),
        pytest.param({"genomic_dna_ng": "49.9", "unit": "{copies}/mL"}, False, id="per mL"),
        pytest.param({"genomic_dna_ng": "49.9", "matrix": "BM"}, False, id="marrow"),
    ],
)
def test_it_notices_a_fluid_with_too_little_dna(body: dict[str, Any], wrong: bool) -> None:
    found = rules(sample(**{"matrix": "CSF", **body}))
    assert found == ([("CSF-NEEDS-VOLUME-UNIT", "/unit")] if wrong else [])


@pytest.mark.parametrize(
    ("second", "identical"),
    [
        pytest.param({}, True, id="the same time"),
        pytest.param({"collected_at": "2026-03-16T00:05Z"}, True, id="on another clock"),
        pytest.param({"collected_at": "2026-03-16T09:05+08:00"}, False, id="an hour later"),
        pytest.param({"matrix": "BM"}, False, id="another matrix"),
        pytest.param({"spurious": True}, False, id="an error"),
    ],
)
def test_it_notices_two_samples_of_one_time(second: dict[str, Any], identical: bool) -> None:
    found = rules(sample(), sample("second", **second))
    assert found == ([("IDENTICAL-TIMESTAMPS", "/collected_at")] if identical else [])


@pytest.mark.parametrize(
    ("second", "changed"),
    [
        pytest.param({}, False, id="the same assay"),
        pytest.param({"assay_version": "3.0"}, True, id="another version"),
        pytest.param({"assay": "dPCR"}, True, id="another assay"),
        pytest.param({"assay": None, "assay_version": None}, False, id="not said"),
        pytest.param({"assay": "dPCR", "matrix": "BM"}, False, id="another matrix"),
    ],
)
def test_it_notices_another_assay(second: dict[str, Any], changed: bool) -> None:
    later = sample("second", **{"collected_at": "2026-06-01T08:00+08:00", **second})
    again = sample("third", collected_at="2026-06-30T08:00+08:00", **second)
    expected = [("METHOD-CHANGED", "/assay")] if changed else []
    assert rules(sample(), later, again) == expected
