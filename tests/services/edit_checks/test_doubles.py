"""One thing told twice, kind by kind."""

import pytest

from tests.subjects.agreeing import Sent, noticed, of, sent


def twice(path: str, changes: dict[str, object], **body: object) -> tuple[Sent, Sent]:
    return Sent(path, "one", body), Sent(path, "other", {**body, **changes})


THERAPY = {"therapy_kind": "antimicrobial", "name": "Meropenem", "start": "2026-03-12"}
CONTACT = {"contacted_on": "2026-07-01", "status": "alive"}
NEURO = {"assessed_at": "2026-03-05T08:00+08:00", "ice_not_done": "SEDATED"}
SAMPLE = {
    "matrix": "PB", "method": "qpcr", "collected_at": "2026-03-12",
    "nominal_day": 10, "value": "1200", "unit": "{copies}/ug", "lloq": "50", "sample_id": "T-9",
}  # fmt: skip


@pytest.mark.parametrize(
    ("records", "rule"),
    [
        pytest.param(twice("therapies", {}, **THERAPY), "THERAPY-TWICE", id="a therapy"),
        pytest.param(
            twice("therapies", {"name": "MEROPENEM"}, **THERAPY),
            "THERAPY-TWICE",
            id="a therapy in capitals",
        ),
        pytest.param(
            twice("therapies", {"start": "2026-03-13"}, **THERAPY), None, id="of the day after"
        ),
        pytest.param(
            twice("therapies", {"name": "Cefepime"}, **THERAPY), None, id="another medicine"
        ),
        pytest.param(twice("follow-ups", {}, **CONTACT), "FOLLOW-UP-TWICE", id="a contact"),
        pytest.param(
            twice("follow-ups", {"contacted_on": "2026-07-02"}, **CONTACT), None, id="a later one"
        ),
        pytest.param(
            twice("neuro-assessments", {}, **NEURO),
            "NEURO-ASSESSMENT-TWICE",
            id="an examination",
        ),
        pytest.param(
            twice("neuro-assessments", {"assessed_at": "2026-03-05T00:00Z"}, **NEURO),
            "NEURO-ASSESSMENT-TWICE",
            id="the same moment by another clock",
        ),
        pytest.param(
            twice("neuro-assessments", {"assessed_at": "2026-03-05T09:00+08:00"}, **NEURO),
            None,
            id="an hour later",
        ),
        pytest.param(twice("kinetics", {}, **SAMPLE), "KINETICS-TWICE", id="a sample"),
        pytest.param(twice("kinetics", {"sample_id": "T-10"}, **SAMPLE), None, id="another sample"),
        pytest.param(
            (sent("infusions", "again", infused_at="2026-03-02T01:40Z", part=2),),
            "INFUSION-TWICE",
            id="an infusion as another part",
        ),
        pytest.param(
            (sent("preparations", "again", leukapheresis_on="2026-02-12"),),
            "PREPARATION-TWICE",
            id="a preparation",
        ),
        pytest.param(
            (sent("preparations", "again", leukapheresis_on="2026-02-11"),),
            None,
            id="an earlier attempt",
        ),
    ],
)
def test_it_notices_what_is_told_twice(records: tuple[Sent, ...], rule: str | None) -> None:
    found = [one[0] for one in noticed(of(*records)) if one[0].endswith("-TWICE")]
    assert found == ([] if rule is None else [rule])
