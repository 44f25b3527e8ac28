"""The words of the trial, as a client gets them."""

from typing import Any

import pytest

from app.services.derivations.error_effects import KEEPS_OUT
from app.services.edit_checks import RULES
from app.services.finding_vocabulary import SERVED
from tests.deployment import Caller, Deployment


@pytest.fixture
async def reader(deployment: Deployment) -> Caller:
    return await deployment.caller("centre_reader", "03")


async def test_it_lists_every_vocabulary_with_its_version(reader: Caller) -> None:
    items = (await reader.get("/v1/vocabularies")).json()["items"]
    assert [(one["name"], one["version"], one["concepts"]) for one in items] == [
        (name, vocabulary.version, len(vocabulary.entries))
        for name, versions in SERVED.items()
        for vocabulary in versions
    ]
    listed = {one["name"]: one for one in items}
    assert listed["response-category"]["version"] == "IMWG 2016"
    assert listed["ctcae-term"]["version"] == "CTCAE 5.0"
    assert all(one["title"] and one["source"] for one in items)
    assert "items" not in items[0]


async def test_it_gives_one_vocabulary_whole(reader: Caller) -> None:
    answer = (await reader.get("/v1/vocabularies/response-category")).json()
    assert (answer["name"], answer["version"], answer["concepts"]) == (
        "response-category", "IMWG 2016", 8,
    )  # fmt: skip
    codes = [concept["code"] for concept in answer["items"]]
    assert codes == ["sCR", "CR", "VGPR", "PR", "MR", "SD", "PD", "NE"]
    assert all(concept["display"] for concept in answer["items"])


async def test_it_gives_the_version_that_is_asked_for(reader: Caller) -> None:
    path = "/v1/vocabularies/response-category"
    assert (await reader.get(f"{path}?version=IMWG 2016")).status_code == 200
    other = await reader.get(f"{path}?version=IMWG 2011")
    assert (other.status_code, other.json()["type"]) == (404, "/problems/not-found")


async def test_it_knows_no_other_vocabulary(reader: Caller) -> None:
    answer = await reader.get("/v1/vocabularies/icd-10")
    assert (answer.status_code, answer.json()["type"]) == (404, "/problems/not-found")


@pytest.mark.parametrize(
    ("search", "first", "found"),
    [
        pytest.param("crs", "Cytokine release syndrome", 1, id="another name"),
        pytest.param("CYTOKINE Release", "Cytokine release syndrome", 1, id="words in any case"),
        pytest.param("release cytokine", "Cytokine release syndrome", 1, id="in any order"),
        pytest.param("anemia", "Anemia", 1, id="a code"),
        pytest.param("zzzz", None, 0, id="nothing"),
    ],
)
async def test_it_searches(reader: Caller, search: str, first: str | None, found: int) -> None:
    answer = (await reader.get(f"/v1/vocabularies/ctcae-term?search={search}")).json()
    codes = [concept["code"] for concept in answer["items"]]
    assert codes[:1] == ([first] if first else [])
    assert (len(codes) > 0) == (found > 0)
    assert len(codes) < answer["concepts"] == 837


@pytest.mark.parametrize(("limit", "found"), [(1, 1), (10, 10), (5000, 837)])
async def test_it_gives_as_many_as_are_asked_for(reader: Caller, limit: int, found: int) -> None:
    answer = (await reader.get(f"/v1/vocabularies/ctcae-term?limit={limit}")).json()
    assert len(answer["items"]) == found


@pytest.mark.parametrize("query", ["limit=0", "limit=5001", "limit=x", "find=cytokine"])
async def test_it_refuses_other_parameters(reader: Caller, query: str) -> None:
    assert (await reader.get(f"/v1/vocabularies/ctcae-term?{query}")).status_code in {400, 422}


async def test_it_is_not_sent_to_one_who_holds_it(reader: Caller) -> None:
    path = "/v1/vocabularies/toxicity-grade"
    first = await reader.get(path)
    etag = first.headers["ETag"]
    held = await reader.get(path, **{"If-None-Match": etag})
    assert (held.status_code, held.content, held.headers["ETag"]) == (304, b"", etag)
    other = await reader.get("/v1/vocabularies/sex", **{"If-None-Match": etag})
    assert other.status_code == 200
    assert other.headers["ETag"] != etag


async def test_it_does_not_take_what_one_search_found_for_another(reader: Caller) -> None:
    path = "/v1/vocabularies/ctcae-term"
    found: dict[str, Any] = {}
    for search in ("cytokine", "neutrophil"):
        answer = await reader.get(f"{path}?search={search}")
        found[search] = [concept["code"] for concept in answer.json()["items"]]
    assert found["cytokine"] != found["neutrophil"]


async def test_each_finding_says_what_it_keeps_out_of_the_figures(reader: Caller) -> None:
    answer = (await reader.get("/v1/vocabularies/finding")).json()
    found = {one["code"]: one["properties"] for one in answer["items"]}
    assert set(found) == set(RULES)
    assert found["NO-CONSENT"] == {"severity": "error", "keeps_out": None}
    assert found["CONTACT-AFTER-DEATH"]["keeps_out"] == ["follow-ups: fatal"]
    assert "adverse-events/onset: unknown" in found["DATE-IN-FUTURE"]["keeps_out"]
    assert all(one["keeps_out"] is None for one in found.values() if one["severity"] != "error")


def test_every_error_has_its_row_of_what_it_keeps_out() -> None:
    errors = {rule.id for rule in RULES.values() if rule.severity == "error"}
    assert errors <= set(KEEPS_OUT)
    assert {rule.id for rule in RULES.values() if rule.severity != "error"}.isdisjoint(KEEPS_OUT)
