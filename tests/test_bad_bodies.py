"""Every bad body is refused by the reader or by the record's schema, at its place, without an echo.

The same cases go through the whole service in the tests of the routes.
"""

import contextlib
import json
import time
from collections import Counter

import pytest
from pydantic import ValidationError

from app.schemas.adverse_event import ADVERSE_EVENTS
from app.schemas.lab_result import LAB_RESULTS
from app.strict_json import MalformedJSON, parse_strictly
from tests.bad_bodies import BASES, CANARIES, BadBody, bad_bodies

CASES = bad_bodies()
KINDS = {kind.path: kind for kind in (ADVERSE_EVENTS, LAB_RESULTS)}
BODY_LIMIT = 2**20


def of(status: int) -> list[BadBody]:
    return [case for case in CASES if case.status == status]


@pytest.mark.parametrize("route", BASES)
def test_the_body_that_all_cases_are_made_from_is_accepted(route: str) -> None:
    body = json.dumps(BASES[route]).encode()
    record = KINDS[route].submission.model_validate(parse_strictly(body))
    assert record.model_dump(mode="json", exclude_unset=True) == BASES[route]


def test_the_corpus_holds_at_least_300_different_cases() -> None:
    sent = Counter((case.route, case.body, str(case.headers)) for case in CASES)
    assert len(sent) >= 300
    assert [case for case in CASES if sent[case.route, case.body, str(case.headers)] > 1] == []
    assert len({case.id for case in CASES}) == len(CASES)


@pytest.mark.parametrize("case", of(400), ids=str)
def test_a_malformed_body_is_refused_by_the_reader(case: BadBody) -> None:
    with pytest.raises(MalformedJSON) as refused:
        parse_strictly(case.body)
    assert (refused.value.code, refused.value.pointer) == (case.code, case.pointer)
    assert case.slug == "malformed-json"
    told = f"{refused.value.message} {refused.value.pointer}"
    assert not any(canary in told for canary in CANARIES)


@pytest.mark.parametrize("case", of(422), ids=str)
def test_a_body_that_a_record_cannot_mean_is_refused_by_its_schema(case: BadBody) -> None:
    with pytest.raises(ValidationError) as refused:
        KINDS[case.route].submission.model_validate(parse_strictly(case.body))
    errors = refused.value.errors(include_url=False, include_input=False)
    if case.code is not None:
        assert case.pointer is not None
        assert case.code in {error["type"] for error in errors if at(error["loc"], case.pointer)}
    assert case.slug == "validation-failed"
    told = " ".join(f"{error['msg']} {error.get('ctx', '')}" for error in errors)
    assert not any(canary in told for canary in CANARIES)


def at(location: tuple[str | int, ...], pointer: str) -> bool:
    """Tell whether an error lies at a pointer, which ends before a name that is no field's name."""
    return f"/{'/'.join(map(str, location))}".startswith(pointer)


def test_no_body_takes_100_milliseconds() -> None:
    """Of three readings the fastest counts: the machine has other things to do."""
    slow = [case.id for case in of(400) + of(422) if min(map(seconds, [case] * 3)) > 0.1]
    assert slow == []


def seconds(case: BadBody) -> float:
    started = time.process_time()
    with contextlib.suppress(MalformedJSON, ValidationError):
        KINDS[case.route].submission.model_validate(parse_strictly(case.body))
    return time.process_time() - started


@pytest.mark.parametrize("case", of(413), ids=str)
def test_a_body_that_is_too_large_is_larger_than_a_mebibyte(case: BadBody) -> None:
    assert len(case.body) > BODY_LIMIT
    assert case.slug == "body-too-large"


@pytest.mark.parametrize("case", of(415), ids=str)
def test_a_body_of_another_kind_says_so_in_one_header(case: BadBody) -> None:
    assert (case.headers["content-type"] == "application/json") == (
        "content-encoding" in case.headers
    )
    assert case.slug == "unsupported-media-type"


def test_every_other_case_fits_and_is_called_json() -> None:
    for case in of(400) + of(422):
        assert len(case.body) <= BODY_LIMIT
        assert case.headers == {"content-type": "application/json"}
    assert {case.status for case in CASES} == {400, 413, 415, 422}
