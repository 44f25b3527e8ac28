"""An answer follows from the records that stand, their dates and the cut; from nothing else.

The same subjects are told as four centres of one trial: as they are, with their records in another
order, with records beside them that were voided, and with every date shifted.
"""

import json
import re
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from random import Random
from typing import Any

import pytest

from app.embedded_postgres import EmbeddedPostgres
from app.services.reports.catalogue import REPORTS, SUMMARY
from tests.deployment import Deployment
from tests.endpoints.cohort import Cohort, cohort, imported
from tests.endpoints.differences import differences
from tests.endpoints.drawn_subjects import drawn_subject
from tests.subjects.evaluation_parts import components
from tests.subjects.told import Record, Subject, assessment, death, infusion, kinetics, new_therapy

AS_THEY_ARE, SHUFFLED, VOIDED, SHIFTED = "11", "12", "13", "14"
SUBJECTS = 14
SHIFT = timedelta(days=91)
FIRST_INFUSION = date(2024, 3, 1)
CUT = date(2025, 6, 1)
NAMES = (*REPORTS, SUMMARY)
WITHOUT_RESPONSES = {"enrolment", "adverse-events", "lab-abnormalities"}
"""Endpoints that ask for no source of responses: they look at none."""
VOIDED_RECORDS = (
    assessment(45, **components(9, 900, "++", new_lesion=True)),
    new_therapy(20),
    death(50, "myeloma"),
    infusion(30, infusion_kind="unplanned_repeat"),
    kinetics(15, "999999"),
)
"""What would change everything, if it stood."""


def drawn(centre: str) -> list[Subject]:
    """Draw the subjects, the same for each centre."""
    return [
        drawn_subject(
            Random(f"subject {number}"),
            f"{centre}/{number}",
            centre,
            FIRST_INFUSION + timedelta(days=3 * number),
        )
        for number in range(SUBJECTS)
    ]


def shuffled(one: Subject) -> Subject:
    records = list(one.records)
    Random(one.name).shuffle(records)
    return replace(one, records=tuple(records))


def shifted(one: Subject) -> Subject:
    enrolment = json.loads(moved(json.dumps(dict(one.enrolment)), SHIFT))
    return replace(one, infused_on=one.infused_on + SHIFT, enrolment=enrolment)


def moved(text: str, by: timedelta) -> str:
    """Move every date in a text."""
    return re.sub(r"\d{4}-\d\d-\d\d", lambda found: str(date.fromisoformat(found[0]) + by), text)


def extra_lines(subjects: list[Subject], codes: dict[str, str]) -> Iterator[dict[str, Any]]:
    for one in subjects:
        for number, record in enumerate(VOIDED_RECORDS):
            yield {
                "kind": record.kind,
                "subject": codes[one.name],
                "source_id": f"{one.name}/extra/{number}",
                **one.dated(record.body),
            }


@pytest.fixture(scope="module")
def directory(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("answers")


@pytest.fixture(scope="module")
async def told(server: EmbeddedPostgres, directory: Path) -> AsyncIterator[Cohort]:
    subjects = [
        *drawn(AS_THEY_ARE),
        *map(shuffled, drawn(SHUFFLED)),
        *drawn(VOIDED),
        *map(shifted, drawn(SHIFTED)),
    ]
    async with cohort(server, directory, *subjects) as found:
        coordinator = await found.deployment.caller("coordinator", VOIDED)
        extra = list(extra_lines(drawn(VOIDED), found.codes))
        await imported(coordinator, extra)
        retracted = [
            {name: line[name] for name in ("kind", "subject", "source_id")}
            | {"retracted": True, "reason": "Of another subject."}
            for line in extra
        ]
        await imported(coordinator, retracted)
        yield found


def plain(value: Any) -> Any:
    """Leave out which records, which centre and which cut an answer names."""
    left_out = {"records", "as_of", "centre", "slots", "rule_set"}
    if isinstance(value, dict):
        if "record_id" in value:
            return value["kind"]
        return {name: plain(one) for name, one in value.items() if name not in left_out}
    if isinstance(value, list):
        return [plain(one) for one in value]
    if isinstance(value, str):
        return re.sub(r"^1\d(-\d{3})?$", r"nn\1", value)
    return value


async def answer(told: Cohort, name: str, centre: str, cutoff: date = CUT) -> Any:
    return plain(await told.endpoint(name, centre=centre, cutoff=cutoff.isoformat(), rows="true"))


async def explanations(told: Cohort, centre: str, cutoff: date = CUT) -> Any:
    found = await told.responses(
        {one.name: {"cutoff": cutoff.isoformat()} for one in drawn(centre)}
    )
    return plain(list(found.values()))


@pytest.mark.parametrize("name", NAMES)
async def test_the_order_in_which_records_arrive_does_not_matter(told: Cohort, name: str) -> None:
    expected = await answer(told, name, AS_THEY_ARE)
    assert not differences(await answer(told, name, SHUFFLED), expected)


@pytest.mark.parametrize("name", NAMES)
async def test_a_voided_record_is_as_if_it_had_never_been_sent(told: Cohort, name: str) -> None:
    expected = await answer(told, name, AS_THEY_ARE)
    assert not differences(await answer(told, name, VOIDED), expected)


@pytest.mark.parametrize("name", [name for name in NAMES if name not in {"enrolment", SUMMARY}])
async def test_the_same_days_later_are_the_same_days(told: Cohort, name: str) -> None:
    expected = await answer(told, name, AS_THEY_ARE)
    later = json.dumps(await answer(told, name, SHIFTED, CUT + SHIFT))
    assert not differences(json.loads(moved(later, -SHIFT)), expected)


async def test_the_explanations_follow_from_the_same(told: Cohort) -> None:
    expected = await explanations(told, AS_THEY_ARE)
    assert not differences(await explanations(told, SHUFFLED), expected)
    assert not differences(await explanations(told, VOIDED), expected)
    later = json.dumps(await explanations(told, SHIFTED, CUT + SHIFT))
    assert not differences(json.loads(moved(later, -SHIFT)), expected)


async def test_what_is_compared_says_something(told: Cohort) -> None:
    survival = await told.endpoint("overall-survival", centre=AS_THEY_ARE, cutoff=str(CUT))
    response = await told.endpoint("response", centre=AS_THEY_ARE, cutoff=str(CUT))
    progression = await told.endpoint("progression-free-survival", centre=AS_THEY_ARE)
    assert survival["n"] > 8
    assert 0 < response["rates"]["ORR"]["x"] < response["N"]
    assert progression["event_components"].keys() >= {"PD"}


@pytest.mark.parametrize(
    "query",
    [
        {},
        {"cutoff": "2024-09-01"},
        {"population": "enrolled", "centre": AS_THEY_ARE},
        {"response_source": "investigator"},
    ],
    ids=str,
)
async def test_the_summary_says_what_each_endpoint_says(
    told: Cohort, query: dict[str, str]
) -> None:
    summary = await told.endpoint(SUMMARY, **query)
    assert list(summary["endpoints"]) == list(REPORTS)
    for name, report in summary["endpoints"].items():
        asked = {
            key: value
            for key, value in query.items()
            if key != "response_source" or name not in WITHOUT_RESPONSES
        }
        alone = await told.endpoint(name, as_of=str(summary["as_of"]), **asked)
        source = {"response_source": report["response_source"]}
        assert not differences(alone | source, report), name


async def test_an_answer_says_what_was_asked(told: Cohort) -> None:
    asked = {
        "cutoff": "2024-09-01",
        "population": "enrolled",
        "centre": AS_THEY_ARE,
        "response_source": "investigator",
        "variant": "EMA",
        "conf_type": "plain",
    }
    answer = await told.endpoint("progression-free-survival", **asked)
    assert {name: answer[name] for name in asked} == asked
    assert answer["data_cutoff"] == asked["cutoff"]
    later = await told.endpoint("progression-free-survival", as_of=str(answer["as_of"]), **asked)
    assert later == answer


async def test_an_answer_at_a_cut_stays_the_same_to_the_byte(
    server: EmbeddedPostgres, directory: Path, told: Cohort
) -> None:
    """Whatever is amended, voided and added, and whichever instance of the service is asked."""
    reader = told.reader
    now = {name: await reader.get(f"/v1/endpoints/{name}?rows=true") for name in NAMES}
    cut = now[SUMMARY].json()["as_of"]
    code = told.codes[f"{AS_THEY_ARE}/1"]
    explained = await reader.get(f"/v1/subjects/{code}/response?as_of={cut}")
    await _change_much(told)
    for name in NAMES:
        assert (await reader.get(f"/v1/endpoints/{name}?rows=true")).content != now[name].content
    settings = told.deployment.settings
    again = Deployment(server, told.deployment.database, directory, trial=settings.trial)
    async with again:
        reader.http.headers["Authorization"] = f"Bearer {again.token(reader.id)}"
        fresh = again.client(Authorization=reader.http.headers["Authorization"])
        for client in (reader.http, fresh):
            for name in NAMES:
                then = await client.get(f"/v1/endpoints/{name}?rows=true&as_of={cut}")
                assert then.content == now[name].content, name
                assert then.headers["ETag"] == now[name].headers["ETag"]
            then = await client.get(f"/v1/subjects/{code}/response?as_of={cut}")
            assert then.content == explained.content


async def _change_much(told: Cohort) -> None:
    """Let half of the subjects die, correct every evaluation of the other half, void samples."""
    coordinator = await told.deployment.caller("coordinator", AS_THEY_ARE)
    lines: list[dict[str, Any]] = []
    for number, one in enumerate(drawn(AS_THEY_ARE)):
        code = told.codes[one.name]
        if number % 2:
            record = death(20, "myeloma")
            said = {"kind": record.kind, "subject": code, "source_id": f"{one.name}/late"}
            lines.append(said | one.dated(record.body))
            continue
        for line in one.lines(code):
            if line["kind"] == "assessments":
                higher = {"serum_m_protein": {"value": "7.7", "unit": "g/dL"}}
                lines.append(line | higher | {"reason": "Read from the wrong column."})
            elif line["kind"] == "kinetics":
                said = {name: line[name] for name in ("kind", "subject", "source_id")}
                lines.append(said | {"retracted": True, "reason": "Mixed up."})
    await imported(coordinator, lines)


def test_the_voided_records_are_of_several_kinds() -> None:
    assert {record.kind for record in VOIDED_RECORDS} == {
        "assessments",
        "therapies",
        "follow-ups",
        "infusions",
        "kinetics",
    }
    assert all(isinstance(record, Record) for record in VOIDED_RECORDS)
