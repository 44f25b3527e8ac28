"""What a sample tested for residual disease says at a sensitivity."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from app.services.criteria.imwg.evaluation import DiseaseEvaluation, Marrow, MrdSample, PetCt
from app.services.criteria.imwg.mrd import dated_sample, mrd_at, mrd_category, reaches
from app.vocabularies.imwg import MrdMethod, MrdResult, PetResult, ResponseCategory

D = Decimal
ONE_IN_100_000 = D("1e-5")


def sample(result: str = "negative", method: str = "NGF", **more: Any) -> MrdSample:
    given = {"sensitivity": ONE_IN_100_000} | more
    return MrdSample(method=MrdMethod(method), result=MrdResult(result), **given)


@pytest.mark.parametrize(
    ("sensitivity", "cells", "reached"),
    [
        pytest.param("1e-5", None, True, id="exactly 1 in 100,000"),
        pytest.param("1e-6", None, True, id="smaller is better"),
        pytest.param("1e-4", None, False, id="1 in 10,000"),
        pytest.param("1e-5", 100_000, True, id="exactly as many cells as it takes"),
        pytest.param("1e-5", 5_000_000, True, id="more cells than it takes"),
        pytest.param("1e-6", 99_999, False, id="one cell too few, whatever the assay promises"),
        pytest.param("1e-4", 5_000_000, False, id="cells do not mend the assay"),
        pytest.param(None, 100_000, True, id="only the cells are known"),
        pytest.param(None, 99_999, False, id="and too few"),
        pytest.param(None, None, False, id="neither is known"),
    ],
)
def test_what_a_sample_could_have_shown(
    sensitivity: str | None, cells: int | None, reached: bool
) -> None:
    assay = None if sensitivity is None else D(sensitivity)
    assert reaches(sample(sensitivity=assay, cells_analysed=cells), ONE_IN_100_000) is reached


@pytest.mark.parametrize(
    ("taken", "says"),
    [
        pytest.param(sample(), "negative", id="negative within its reach"),
        pytest.param(sample(sensitivity=D("1e-4")), "not_evaluable", id="negative beyond it"),
        pytest.param(sample("positive", sensitivity=D("1e-4")), "positive", id="positive anywhere"),
        pytest.param(sample("not_evaluable"), "not_evaluable", id="the laboratory could not say"),
        pytest.param(sample(method="NGS", clone_known=True), "negative", id="a known clone"),
        pytest.param(sample(method="NGS"), "negative", id="nothing said of the clone"),
        pytest.param(
            sample("positive", method="NGS", clone_known=False),
            "not_evaluable",
            id="sequencing without a clone",
        ),
        pytest.param(sample(clone_known=False), "negative", id="flow asks for no clone"),
        pytest.param(sample(method="MFC"), "negative", id="other flow by its stated sensitivity"),
        pytest.param(
            sample(method="MFC", sensitivity=D("1e-4")), "not_evaluable", id="other flow beyond it"
        ),
        pytest.param(
            sample("positive", method="MFC", sensitivity=D("1e-4")),
            "positive",
            id="other flow, positive",
        ),
        pytest.param(
            sample(method="MFC", sensitivity=None, cells_analysed=5_000_000),
            "not_evaluable",
            id="other flow by its cells alone, negative",
        ),
        pytest.param(
            sample("positive", method="MFC", sensitivity=None, cells_analysed=5_000_000),
            "not_evaluable",
            id="other flow by its cells alone, positive",
        ),
        pytest.param(sample(first_pull=False), "not_evaluable", id="negative, not the first pull"),
        pytest.param(sample(first_pull=True), "negative", id="negative, the first pull"),
        pytest.param(sample(haemodiluted=True), "not_evaluable", id="negative, diluted"),
        pytest.param(sample("positive", haemodiluted=True), "positive", id="positive, diluted"),
        pytest.param(
            sample("positive", first_pull=False), "positive", id="positive, not the first pull"
        ),
    ],
)
def test_what_a_sample_says_at_1_in_100_000(taken: MrdSample, says: str) -> None:
    assert mrd_at(taken, ONE_IN_100_000) == says


@pytest.mark.parametrize("threshold", ["1e-1", "1e-4", "1e-5", "1e-6"])
@pytest.mark.parametrize("result", ["negative", "positive"])
def test_other_flow_without_a_sensitivity_says_nothing_at_any_threshold(
    result: str, threshold: str
) -> None:
    taken = sample(result, method="MFC", sensitivity=None)
    assert mrd_at(taken, D(threshold)) == "not_evaluable"


@pytest.mark.parametrize("known", [{"haemodiluted": True}, {"first_pull": False}])
def test_a_negative_of_an_inadequate_sample_can_be_taken_as_reported(known: dict[str, Any]) -> None:
    taken = sample(**known)
    assert mrd_at(taken, ONE_IN_100_000, inadequate="as_reported") == "negative"
    complete = ResponseCategory.CR
    assert mrd_category(taken, None, complete) is None
    as_reported = mrd_category(taken, None, complete, inadequate="as_reported")
    assert as_reported == "FLOW_MRD_NEGATIVE"


@pytest.mark.parametrize(
    ("on", "diluted"),
    [
        pytest.param(None, True, id="the marrow of the visit"),
        pytest.param(date(2026, 6, 3), True, id="of its day"),
        pytest.param(date(2026, 6, 10), False, id="of another day"),
    ],
)
def test_a_sample_is_diluted_where_its_marrow_is(on: date | None, diluted: bool) -> None:
    visit = DiseaseEvaluation(
        evaluation_id="one",
        anchor=date(2026, 6, 1),
        marrow=Marrow(haemodiluted=True, collected_on=date(2026, 6, 3)),
        mrd=sample(collected_on=on),
    )
    found = dated_sample(visit)
    assert found is not None
    assert found.haemodiluted is diluted


@pytest.mark.parametrize(
    ("taken", "pet", "category", "status"),
    [
        pytest.param(sample(method="MFC"), None, "CR", "FLOW_MRD_NEGATIVE", id="other flow"),
        pytest.param(
            sample(method="MFC", sensitivity=None), None, "CR", None, id="of unknown sensitivity"
        ),
        pytest.param(sample(), None, "CR", "FLOW_MRD_NEGATIVE", id="flow"),
        pytest.param(sample(), None, "sCR", "FLOW_MRD_NEGATIVE", id="sCR is CR"),
        pytest.param(sample(), None, "VGPR", None, id="not without CR"),
        pytest.param(sample(method="NGS"), None, "CR", "SEQUENCING_MRD_NEGATIVE", id="sequencing"),
        pytest.param(sample(), "negative", "CR", "IMAGING_PLUS_MRD_NEGATIVE", id="and imaging"),
        pytest.param(sample(), "positive", "CR", "FLOW_MRD_NEGATIVE", id="imaging still positive"),
        pytest.param(sample("positive"), "negative", "CR", None, id="residual disease"),
        pytest.param(None, "negative", "CR", None, id="no sample"),
    ],
)
def test_the_category_of_a_visit(
    taken: MrdSample | None, pet: str | None, category: str, status: str | None
) -> None:
    scan = None if pet is None else PetCt(result=PetResult(pet))
    assert mrd_category(taken, scan, ResponseCategory(category)) == status
