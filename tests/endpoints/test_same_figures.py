"""The same figures have the same identity, whatever else happens in the trial."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import date
from random import Random
from typing import Any

import pytest

from app.embedded_postgres import EmbeddedPostgres
from app.services.data_cut import DataCut
from app.services.entity_tags import is_held, weak
from app.services.reports.catalogue import REPORTS, SUMMARY
from app.services.reports.question import Question
from app.services.trial_endpoints.figures import asked_of, clinical_days
from tests.deployment import Caller
from tests.endpoints.cohort import Cohort, cohort
from tests.endpoints.drawn_subjects import drawn_subject
from tests.subjects.told import Subject, contact, subject

OWN, OTHER = "03", "05"
FEW = ("enrolment", "response", "overall-survival", "lab-abnormalities", SUMMARY)
ADDRESSES = (
    *(f"/v1/endpoints/{name}" for name in (*REPORTS, SUMMARY)),
    *(f"/v1/endpoints/{name}?rows=true" for name in FEW),
    *(f"/v1/endpoints/{name}?centre={OWN}" for name in FEW),
    "/v1/charts/kaplan-meier?endpoint=overall-survival",
    "/v1/charts/swimmer",
    "/v1/charts/enrolment",
    "/v1/status-board",
)
OF_ONE = (
    "/v1/charts/subject-timeline?subject={}",
    "/v1/charts/subject-markers?subject={}",
    "/v1/charts/lab-series?subject={}&analyte=PLT",
)


def drawn(centre: str, number: int) -> Subject:
    name = f"{centre}/{number}"
    return drawn_subject(Random(name), name, centre, date(2024, 3, 1))


@pytest.fixture
async def told(
    server: EmbeddedPostgres, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Cohort]:
    subjects = [drawn(centre, number) for centre in (OWN, OTHER) for number in range(2)]
    async with cohort(server, tmp_path_factory.mktemp("figures"), *subjects) as found:
        yield found


async def tags(caller: Caller, addresses: tuple[str, ...]) -> dict[str, str]:
    found = {}
    for address in addresses:
        answer = await caller.get(address, Accept="*/*" if "endpoints" in address else CSV)
        assert answer.status_code == 200, (address, answer.text)
        found[address] = answer.headers["ETag"]
    return found


CSV = "text/csv, application/json;q=0.5"


async def changed(caller: Caller, held: dict[str, str]) -> set[str]:
    """Ask again for what is held, and give the addresses that are answered anew."""
    anew = set()
    for address, tag in held.items():
        headers = {"If-None-Match": tag, "Accept": "*/*" if "endpoints" in address else CSV}
        answer = await caller.http.get(address, headers=headers)
        assert answer.status_code in {200, 304}, answer.text
        if answer.status_code == 200:
            assert answer.headers["ETag"] != tag
            anew.add(address)
        else:
            assert (answer.content, answer.headers["ETag"]) == (b"", tag)
    return anew


async def test_another_centres_write_leaves_a_centre_its_answers(told: Cohort) -> None:
    code = next(code for code in told.codes.values() if code.startswith(OWN))
    addresses = (*ADDRESSES, *(address.format(code) for address in OF_ONE))
    own = await told.deployment.caller("coordinator", OWN)
    held = await tags(own, addresses)
    assert all(tag.startswith('W/"') for tag in held.values())
    of_all = await tags(told.reader, addresses)
    await told.tell(drawn(OTHER, 2))
    for _ in ("first asked since", "known by now"):
        assert await changed(own, held) == set()
    of_one = {address for address in addresses if OWN in address}
    assert await changed(told.reader, of_all) == set(addresses) - of_one
    await told.tell(drawn(OWN, 2))
    assert await changed(own, held) == {address for address in addresses if code not in address}


async def test_a_change_of_one_subject_leaves_the_picture_of_another(told: Cohort) -> None:
    first, second, *_ = (code for code in told.codes.values() if code.startswith(OWN))
    own = await told.deployment.caller("coordinator", OWN)
    address = OF_ONE[0]
    held = await tags(own, (address.format(first), address.format(second)))
    body = {"contacted_on": "2026-01-05", "status": "alive"}
    sent = await own.submit(f"/v1/subjects/{first}/follow-ups", body)
    assert sent.status_code == 201, sent.text
    assert await changed(own, held) == {address.format(first)}


async def test_a_copy_names_the_place_of_the_ledger_that_was_asked_about(told: Cohort) -> None:
    address = f"/v1/endpoints/overall-survival?centre={OWN}"
    before = await told.reader.get(address)
    await told.tell(drawn(OTHER, 2))
    after = await told.reader.get(address)
    assert after.headers["ETag"] == before.headers["ETag"]
    assert after.json()["as_of"] > before.json()["as_of"]
    assert {**after.json(), "as_of": None} == {**before.json(), "as_of": None}
    then = await told.reader.get(f"{address}&as_of={before.json()['as_of']}")
    assert (then.content, then.headers["ETag"]) == (before.content, before.headers["ETag"])


async def test_slots_are_part_of_enrolment_for_who_sees_the_trial(told: Cohort) -> None:
    own = await told.deployment.caller("coordinator", OWN)
    address = "/v1/endpoints/enrolment"
    held, of_all = await tags(own, (address,)), await tags(told.reader, (address,))
    before = (await told.reader.get(address)).json()["slots"]
    await told.tell(subject("another", contact(9), centre=OTHER))
    assert await changed(own, held) == set()
    assert await changed(told.reader, of_all) == {address}
    after = (await told.reader.get(address)).json()["slots"]
    assert after["taken"] == before["taken"] + 1


async def test_another_day_is_another_cut_off_unless_one_is_asked_for(told: Cohort) -> None:
    own = await told.deployment.caller("coordinator", OWN)
    usual = ("/v1/endpoints/overall-survival", "/v1/status-board")
    asked = (
        "/v1/endpoints/overall-survival?cutoff=2025-06-01",
        "/v1/status-board?cutoff=2025-06-01",
    )
    held = await tags(own, (*usual, *asked))
    await told.tell(subject("another", contact(9), centre=OTHER))
    assert await changed(own, held) == set()
    await told.deployment.owner.execute(
        """SET session_replication_role = replica;
           UPDATE ledger_entry SET sequenced_at = sequenced_at + interval '2 days'
           WHERE seq = (SELECT max(seq) FROM ledger_entry)"""
    )
    assert await changed(own, held) == set(usual)


CUT = DataCut(seq=7, transaction_id="90", known_on=date(2026, 5, 2))
ASKED = Question(endpoint="response", cut=CUT)


@pytest.mark.parametrize(
    ("changes", "same"),
    [
        ({"cut": replace(CUT, seq=9, transaction_id="99")}, True),
        ({"cut": replace(CUT, known_on=date(2026, 5, 3))}, False),
        ({"cutoff": date(2026, 5, 2)}, False),
        ({"rows": True}, False),
        ({"population": "enrolled"}, False),
        ({"variant": "EMA"}, False),
        ({"slots_taken": 3}, True),
    ],
    ids=str,
)
def test_what_was_asked_is_all_but_where_it_was_found(changes: dict[str, Any], same: bool) -> None:
    assert (asked_of(replace(ASKED, **changes)) == asked_of(ASKED)) is same


@pytest.mark.parametrize(
    ("cutoff", "known_on", "last"),
    [
        pytest.param(None, "2026-05-02", "2026-05-02", id="the day of the data cut"),
        pytest.param("2026-04-30", "2026-05-02", "2026-04-30", id="a cut-off before it"),
        pytest.param("2026-05-03", "2026-05-02", "2026-05-02", id="a cut-off that has not come"),
    ],
)
def test_the_last_day_that_counts_had_come(cutoff: str | None, known_on: str, last: str) -> None:
    asked = None if cutoff is None else date.fromisoformat(cutoff)
    cut = replace(CUT, known_on=date.fromisoformat(known_on))
    assert clinical_days(cut, asked) == (asked, date.fromisoformat(last))


@pytest.mark.parametrize(
    ("held", "etag", "named"),
    [
        (None, 'W/"a"', False),
        ('W/"a"', 'W/"a"', True),
        ('"a"', 'W/"a"', True),
        ('W/"a"', '"a"', True),
        ('"b", W/"a"', 'W/"a"', True),
        ("*", 'W/"a"', True),
        ('W/"b"', 'W/"a"', False),
        ("a", 'W/"a"', False),
    ],
)
def test_identities_are_compared_weakly(held: str | None, etag: str, named: bool) -> None:
    assert is_held(held, etag) is named


def test_an_identity_is_weak_and_follows_from_its_parts() -> None:
    assert weak(["a", 1]) == weak(("a", 1)) != weak(("a", 2))
    assert weak(["a"]).startswith('W/"')
