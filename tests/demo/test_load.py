"""A load over HTTP: everything stored once, corrections kept apart, nobody sees another's rows."""

import json
from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from typing import Any

import httpx
import pytest

from app.access.permissions import Role
from app.demo.client import CentreClient, Refused
from app.demo.credentials import SecretInHeader
from app.demo.isolation import check_isolation, reached
from app.demo.load import load, loaded
from app.demo.records import REVIEWERS, CentreRecords, Record, SubjectAsSent, TrialRecords
from app.demo.report import LoadReport
from app.embedded_postgres import EmbeddedPostgres
from app.services import administration
from tests.demo.clients import clients_of, credentials_of, reviewers_of
from tests.demo.told import trial
from tests.deployment import ORIGIN, Deployment, clone_of_template, open_directory


def corrected() -> TrialRecords:
    """Give the subjects with a correction beside their leaving, and their centres only."""

    def chosen(subject: SubjectAsSent) -> bool:
        return any(change.record.kind != "subjects" for change in subject.changes)

    centres = (
        replace(centre, subjects=tuple(filter(chosen, centre.subjects)))
        for centre in trial().centres
    )
    return TrialRecords("DAYZERO", tuple(centre for centre in centres if centre.subjects))


def without_changes(told: TrialRecords) -> TrialRecords:
    """Give what a load has sent when it is interrupted before the corrections."""
    return replace(
        told,
        centres=tuple(
            replace(
                centre, subjects=tuple(replace(subject, changes=()) for subject in centre.subjects)
            )
            for centre in told.centres
        ),
    )


def one_subject() -> TrialRecords:
    """Give one subject of one centre, without laboratory results."""
    centre = trial().centres[0]
    subject = replace(centre.subjects[1], in_bulk=centre.subjects[1].in_bulk[:20], changes=())
    return TrialRecords("DAYZERO", (replace(centre, subjects=(subject,)),))


def one_subject_at(code: str) -> TrialRecords:
    """Give the same subject as another centre's."""
    told = one_subject()
    return replace(told, centres=(replace(told.centres[0], code=code),))


def counts(told: TrialRecords) -> Counter[str]:
    return Counter(record.kind for centre in told.centres for record in centre.records())


async def versions_of(client: CentreClient, record: Record) -> list[dict[str, Any]]:
    found = await client.read(f"/v1/{record.kind}?source_id={record.source_id}")
    item = found["items"][0]
    address = f"/v1/subjects/{item['subject']}/{record.kind}/{item['record_id']}/history"
    return list((await client.read(address))["items"])


@dataclass(frozen=True)
class Loaded:
    """A deployment into which a trial was loaded, for tests that leave it as it is."""

    deployment: Deployment
    told: TrialRecords
    clients: dict[str, CentreClient]
    report: LoadReport
    known_before: bool


@pytest.fixture(scope="module")
async def corrected_trial(server: EmbeddedPostgres) -> AsyncIterator[Loaded]:
    told = corrected()
    with open_directory() as directory:
        async with (
            clone_of_template(server) as name,
            Deployment(server, name, directory) as deployment,
        ):
            clients = await clients_of(deployment, told)
            known_before = await loaded(told, clients)
            report = await load(told, clients)
            yield Loaded(deployment, told, clients, report, known_before)


async def test_everything_is_stored_and_every_centre_reads_exactly_its_own(
    corrected_trial: Loaded,
) -> None:
    told, clients, report = corrected_trial.told, corrected_trial.clients, corrected_trial.report
    assert not corrected_trial.known_before
    await check_isolation(told, clients, report)
    assert not report.reasons
    assert report.accepted == counts(told)
    assert report.changed.total() == sum(1 for c in told.centres for _ in c.changes())
    assert report.isolated
    assert len(report.readings) == len(told.centres) * len(counts(told))
    assert await loaded(told, clients)


async def test_a_correction_is_a_version_with_its_reason(corrected_trial: Loaded) -> None:
    deployment, clients = corrected_trial.deployment, corrected_trial.clients
    for centre in corrected_trial.told.centres:
        for change in centre.changes():
            if change.record.kind == "subjects":
                continue
            first, second = await versions_of(clients[centre.code], change.record)
            assert (first["version"], second["version"]) == (1, 2)
            assert second["reason"] == change.reason
            assert second["state"] == ("voided" if change.voided else "active")
            action = await deployment.owner.fetchval(
                "SELECT action FROM ledger_event WHERE record_id = $1 AND version = 2",
                second["record_id"],
            )
            assert (action == "import") == change.by_import


async def test_the_reviewers_tell_the_verdicts_and_a_later_correction_makes_one_stale(
    corrected_trial: Loaded,
) -> None:
    told, clients = corrected_trial.told, corrected_trial.clients
    verdicts = (await clients[REVIEWERS].read("/v1/adjudications?limit=1000"))["items"]
    me = await clients[REVIEWERS].read("/v1/me")
    assert {one["recorded_by"] for one in verdicts} == {me["name"]}
    amended = [
        change.record.source_id
        for centre in told.centres
        for change in centre.changes()
        if change.record.kind == "assessments"
    ]
    evaluations = {
        one["record_id"]: one["source_id"]
        for one in (await clients[REVIEWERS].read("/v1/assessments?limit=1000"))["items"]
    }
    assert [evaluations[one["assessment"]] for one in verdicts if one["stale"]] == amended
    findings = (await clients[REVIEWERS].read("/v1/findings?kind=adjudications"))["items"]
    assert [one["rule"] for one in findings] == ["ADJUDICATION-STALE"]


async def test_a_load_that_was_interrupted_goes_on_where_it_ended(deployment: Deployment) -> None:
    told = corrected()
    clients = await clients_of(deployment, told)
    await load(without_changes(told), clients)
    assert not await loaded(told, clients)
    report = await load(told, clients)
    assert not report.accepted
    assert report.known == counts(told)
    assert report.changed.total() == sum(1 for c in told.centres for _ in c.changes())


async def test_a_refusal_is_counted_with_its_reason_and_the_rest_is_stored(
    deployment: Deployment,
) -> None:
    told = one_subject()
    centre, subject = told.centres[0], told.centres[0].subjects[0]
    impossible = Record("visits", "LKS-002:SV:BAD", {"visit": "M1", "status": "nearly"})
    unknown = Record(
        "lab-results", "LKS-002:LB:BAD", {"analyte": "PLT", "collected_at": "2024-05-02"}
    )
    subject = replace(
        subject,
        singly=(*subject.singly, impossible),
        in_bulk=(*subject.in_bulk, unknown),
    )
    told = replace(told, centres=(replace(centre, subjects=(subject,)),))
    report = await load(told, await clients_of(deployment, told))
    assert report.refused == {"visits": 1, "lab-results": 1}
    assert {(r.kind, r.pointer, report.examples[r]) for r in report.reasons} == {
        ("visits", "/status", "LKS-002:SV:BAD"),
        ("lab-results", "/value", "LKS-002:LB:BAD"),
    }
    assert report.accepted.total() == counts(told).total() - 2


class LosingAnswers(httpx.AsyncBaseTransport):
    """A network that delivers every request and loses every fifth answer."""

    def __init__(self, deployment: Deployment) -> None:
        self._app = httpx.ASGITransport(app=deployment.app, raise_app_exceptions=False)
        self.requests = self.lost = 0

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        answer = await self._app.handle_async_request(request)
        self.requests += 1
        if request.url.path.startswith("/v1/") and self.requests % 5 == 0:
            self.lost += 1
            raise httpx.ReadError("the answer got lost", request=request)
        return answer


async def test_a_network_that_loses_answers_stores_nothing_twice(
    deployment: Deployment, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.demo.client.LONGEST_WAIT", 0.0)
    told = one_subject()
    centre = told.centres[0]
    await administration.add_centre(deployment.owner, centre.code, centre.name)
    network = LosingAnswers(deployment)
    http = httpx.AsyncClient(transport=network, base_url=ORIGIN)
    async with CentreClient(http, await credentials_of(deployment, centre)) as client:
        clients = {centre.code: client, REVIEWERS: await reviewers_of(deployment)}
        report = await load(told, clients)
        await check_isolation(told, {centre.code: client}, report)
    assert network.lost > 10
    assert not report.reasons
    assert (report.accepted + report.known) == counts(told)
    assert report.isolated
    events = await deployment.owner.fetchval(
        "SELECT count(*) FROM ledger_event WHERE record_id IS NOT NULL"
    )
    assert events == counts(told).total()


@pytest.mark.parametrize("place", range(3))
async def test_a_client_signs_in_by_each_proof(deployment: Deployment, place: int) -> None:
    proofs = ("client_secret_basic", "client_secret_post", "private_key_jwt")
    centre = CentreRecords("01", "Centre 01 Lakeside", "LKS-", proofs[place], ())
    clients = await clients_of(deployment, TrialRecords("DAYZERO", (centre,)))
    me = await clients["01"].read("/v1/me")
    assert me["grants"] == [{"role": "coordinator", "centre": "01"}]


async def test_a_token_that_is_not_taken_any_more_is_replaced_by_a_new_one(
    deployment: Deployment,
) -> None:
    clients = await clients_of(deployment, one_subject())
    client = clients["01"]
    await client.read("/v1/me")
    client._token = "outlived"
    assert (await client.read("/v1/me"))["grants"]


async def test_a_client_that_is_not_known_is_told_so_at_once(deployment: Deployment) -> None:
    stranger = SecretInHeader("0190b5d6-0000-7000-8000-000000000000", "dayzero_" + "x" * 43)
    client = CentreClient(deployment.client(), stranger)
    with pytest.raises(Refused) as refused:
        await client.read("/v1/me")
    assert refused.value.status == 401


async def test_a_centre_that_reads_another_s_rows_is_noticed(deployment: Deployment) -> None:
    told = replace(corrected(), centres=corrected().centres[:2])
    clients = await clients_of(deployment, told)
    report = await load(told, clients)
    curious, other = told.centres[0].code, told.centres[1].code
    await administration.add_grant(
        deployment.owner, f"engine of {curious}", Role.CENTRE_READER, other, None
    )
    await check_isolation(told, clients, report)
    assert not report.isolated
    assert {reading.centre for reading in report.readings if not reading.exact} == {curious}
    strangers = Counter({r.kind: r.strangers for r in report.readings if r.centre == curious})
    assert strangers == counts(replace(told, centres=(told.centres[1],)))
    assert report.trespasses
    assert all(
        trespass.startswith(f"{curious} at /v1/subjects/{other}-") for trespass in report.trespasses
    )


async def test_a_refusal_other_than_not_found_is_a_trespass_too(deployment: Deployment) -> None:
    """A 403 would tell a centre that the subject exists."""
    subject = await deployment.subject("01")
    made = await administration.create_client(
        deployment.owner, "administrator", Role.STUDY_ADMIN, None, None
    )
    assert made.secret is not None
    refused = CentreClient(deployment.client(), SecretInHeader(str(made.client_id), made.secret))
    assert len(await reached(refused, "02", subject)) == 2
    stranger = (await clients_of(deployment, one_subject_at("02")))["02"]
    assert await reached(stranger, "02", subject) == []


async def test_what_is_sent_is_what_is_read_back(deployment: Deployment) -> None:
    told = one_subject()
    clients = await clients_of(deployment, told)
    client = clients["01"]
    await load(told, clients)
    stored = {row["source_id"]: row for row in map(json.loads, await client.rows("lab-results"))}
    for record in told.centres[0].subjects[0].in_bulk:
        kept = stored[record.source_id]
        assert {name: kept[name] for name in ("analyte", "value", "unit", "collected_at")} == {
            name: record.body[name] for name in ("analyte", "value", "unit", "collected_at")
        }
