"""Adjudications: who may, what becomes of them when the evaluation moves on, what others see."""

import json
import uuid
from typing import Any

import asyncpg
import pytest

from app.access.permissions import PERMISSIONS, Action, Role
from app.schemas.adjudication import AdjudicationIn
from app.schemas.assessment import ASSESSMENTS
from app.schemas.record_kinds import RECORD_KINDS
from tests.content_form import commitment
from tests.deployment import Caller, Deployment

EVALUATION = {name: value for name, value in ASSESSMENTS.example.items() if name != "source_id"}
RATIONALE = "New lesion on PET/CT, read by two reviewers."


def verdict(evaluation: str, **changes: Any) -> dict[str, Any]:
    return {
        "assessment": evaluation.rpartition("/")[2],
        "assessment_version": 1,
        "response": "PD",
        "pd_basis": "imaging",
        "rationale": RATIONALE,
        **changes,
    }


async def stored(caller: Caller, address: str, body: dict[str, Any]) -> str:
    answer = await caller.submit(address, body)
    assert answer.status_code == 201, answer.text
    return str(answer.headers["Location"])


@pytest.fixture
async def coordinator(deployment: Deployment) -> Caller:
    await deployment.subject("03")
    return await deployment.caller("coordinator", "03")


@pytest.fixture
async def reviewer(deployment: Deployment) -> Caller:
    return await deployment.caller("response_reviewer")


@pytest.fixture
async def evaluation(coordinator: Caller) -> str:
    """Where an evaluation is that is to be judged."""
    return await stored(coordinator, "/v1/subjects/03-001/assessments", EVALUATION)


@pytest.fixture
async def judged(reviewer: Caller, evaluation: str) -> str:
    """Where its adjudication is."""
    return await stored(reviewer, "/v1/subjects/03-001/adjudications", verdict(evaluation))


async def stale(caller: Caller, address: str) -> bool | None:
    found = (await caller.get(address)).json()
    assert "stale" in found
    flag: bool | None = found["stale"]
    return flag


async def seq(caller: Caller) -> int:
    return int((await caller.get("/v1/changes")).json()["as_of"])


class TestStale:
    async def test_it_is_fresh_until_the_evaluation_is_amended(
        self, coordinator: Caller, reviewer: Caller, evaluation: str, judged: str
    ) -> None:
        assert await stale(coordinator, judged) is False
        before = await seq(coordinator)
        amended = await coordinator.amend(evaluation, {**EVALUATION, "reason": "Misread."}, 1)
        assert amended.status_code == 200
        assert await stale(coordinator, judged) is True
        assert await stale(coordinator, f"{judged}?as_of={before}") is False
        again = verdict(evaluation, assessment_version=2, reason="Read again.")
        answer = await reviewer.amend(judged, again, 1)
        assert answer.json()["stale"] is False
        history = (await coordinator.get(f"{judged}/history")).json()["items"]
        assert [one["stale"] for one in history] == [True, False]

    async def test_it_is_stale_when_the_evaluation_is_voided(
        self, coordinator: Caller, evaluation: str, judged: str
    ) -> None:
        await coordinator.void(evaluation, 1)
        assert await stale(coordinator, judged) is True

    async def test_a_verdict_on_the_version_that_voids_is_stale_too(
        self, coordinator: Caller, reviewer: Caller, evaluation: str
    ) -> None:
        await coordinator.void(evaluation, 1)
        address = "/v1/subjects/03-001/adjudications"
        made = await stored(reviewer, address, verdict(evaluation, assessment_version=2))
        assert await stale(coordinator, made) is True

    @pytest.mark.parametrize(
        "changes",
        [
            pytest.param({"assessment": str(uuid.uuid4())}, id="no such evaluation"),
            pytest.param({"assessment_version": 2}, id="no such version"),
        ],
    )
    async def test_it_is_not_known_of_what_is_not_there(
        self, reviewer: Caller, evaluation: str, changes: dict[str, Any]
    ) -> None:
        answer = await reviewer.submit(
            "/v1/subjects/03-001/adjudications", verdict(evaluation, **changes)
        )
        assert answer.json()["stale"] is None
        rules = [finding["rule"] for finding in answer.json()["findings"]]
        assert rules == ["ADJUDICATION-WITHOUT-ASSESSMENT"]

    async def test_another_subjects_evaluation_is_not_there(
        self, deployment: Deployment, reviewer: Caller, evaluation: str
    ) -> None:
        await deployment.subject("03", 2)
        made = await stored(reviewer, "/v1/subjects/03-002/adjudications", verdict(evaluation))
        assert await stale(reviewer, made) is None

    async def test_every_form_of_an_answer_says_it(
        self, coordinator: Caller, reviewer: Caller, evaluation: str, judged: str
    ) -> None:
        await coordinator.amend(evaluation, {**EVALUATION, "reason": "Misread."}, 1)
        (listed,) = (await coordinator.get("/v1/adjudications")).json()["items"]
        assert listed["stale"] is True
        line = await coordinator.get("/v1/adjudications", Accept="application/x-ndjson")
        assert json.loads(line.text) == listed
        table = (await coordinator.get("/v1/adjudications", Accept="text/csv")).text.splitlines()
        assert table[0].split(",")[-1] == "stale"
        assert table[1].split(",")[-1] == "true"
        voided = await reviewer.void(judged, 1)
        assert voided.json()["stale"] is True
        assert voided.json()["findings"] == []

    async def test_the_commitment_in_the_ledger_does_not_move_with_it(
        self, deployment: Deployment, coordinator: Caller, evaluation: str, judged: str
    ) -> None:
        await coordinator.amend(evaluation, {**EVALUATION, "reason": "Misread."}, 1)
        answer = await coordinator.get(judged)
        assert answer.json()["stale"] is True
        committed = await deployment.owner.fetchrow(
            "SELECT e.commitment, a.salt FROM adjudication a "
            "JOIN ledger_event e USING (record_id, version) WHERE record_id = $1",
            uuid.UUID(judged.rpartition("/")[2]),
        )
        found = commitment(answer.text, committed["salt"], AdjudicationIn.model_fields)
        assert found == committed["commitment"]


class TestDay:
    """Without a day of its own a verdict lies on the day of the version that it judges."""

    async def test_it_has_the_visit_of_the_evaluations_day(
        self, coordinator: Caller, reviewer: Caller
    ) -> None:
        subject = "/v1/subjects/03-001"
        infusion = {"infused_at": "2026-03-02T09:40+08:00", "product_lot": "NB2-0147"}
        await stored(coordinator, f"{subject}/infusions", infusion)
        at_three_months = {**EVALUATION, "assessed_on": "2026-05-31", "visit": None}
        evaluation = await stored(coordinator, f"{subject}/assessments", at_three_months)
        visit = (await coordinator.get(evaluation)).json()["visit"]
        assert visit == "M3"
        answer = await reviewer.submit(f"{subject}/adjudications", verdict(evaluation))
        assert answer.json()["visit"] == visit
        address = answer.headers["Location"]
        assert (await reviewer.get(address)).json()["visit"] == visit
        moved = {**at_three_months, "assessed_on": "2026-03-30", "reason": "Another day."}
        assert (await coordinator.amend(evaluation, moved, 1)).status_code == 200
        assert (await reviewer.get(address)).json()["visit"] == visit
        named = verdict(evaluation, response_date="2026-03-30", reason="Dated.")
        assert (await reviewer.amend(address, named, 1)).json()["visit"] == "M1"
        assert (await reviewer.void(address, 2)).json()["visit"] == "M1"

    @pytest.mark.parametrize(
        ("own", "query", "found"),
        [
            (None, "from=2026-06-01&to=2026-06-01", 1),
            (None, "from=2026-06-02", 0),
            (None, "to=2026-05-31", 0),
            ("2026-06-08", "from=2026-06-02", 1),
            ("2026-06-08", "to=2026-06-07", 0),
        ],
    )
    async def test_it_is_found_by_that_day(
        self, reviewer: Caller, evaluation: str, own: str | None, query: str, found: int
    ) -> None:
        body = verdict(evaluation, response_date=own)
        await stored(reviewer, "/v1/subjects/03-001/adjudications", body)
        items = (await reviewer.get(f"/v1/adjudications?{query}")).json()["items"]
        assert len(items) == found

    async def test_it_is_found_by_what_it_says(
        self, reviewer: Caller, evaluation: str, judged: str
    ) -> None:
        for query, found in (
            (f"assessment={evaluation.rpartition('/')[2]}", 1),
            (f"assessment={uuid.uuid4()}", 0),
            ("response=PD&pd_basis=imaging", 1),
            ("response=sCR", 0),
        ):
            items = (await reviewer.get(f"/v1/adjudications?{query}")).json()["items"]
            assert len(items) == found, query


class TestRoles:
    def test_reviewers_adjudicate_and_nobody_else(self) -> None:
        assert PERMISSIONS[Action.ADJUDICATE_RESPONSE] == {Role.RESPONSE_REVIEWER}

    @pytest.mark.parametrize("role", [role for role in Role if role is not Role.RESPONSE_REVIEWER])
    async def test_no_other_role_writes_one(
        self, deployment: Deployment, evaluation: str, judged: str, role: Role
    ) -> None:
        at = ["03"] if role in {"centre_system", "coordinator", "investigator", "centre_reader",
                                "monitor"} else []  # fmt: skip
        caller = await deployment.caller(role, *at)
        body = verdict(evaluation)
        for answer in (
            await caller.submit("/v1/subjects/03-001/adjudications", body),
            await caller.amend(judged, {**body, "reason": "x"}, 1),
            await caller.void(judged, 1),
        ):
            assert answer.status_code == 403, answer.text
            assert answer.json()["type"] == "/problems/not-permitted"
        assert await deployment.owner.fetchval("SELECT count(*) FROM adjudication") == 1

    @pytest.mark.parametrize("kind", [one for one in RECORD_KINDS if one.judges is None],
                             ids=lambda kind: kind.path)  # fmt: skip
    async def test_a_reviewer_writes_nothing_else(
        self, deployment: Deployment, reviewer: Caller, kind: Any
    ) -> None:
        await deployment.subject("03")
        body = {name: value for name, value in kind.example.items() if name != "source_id"}
        where = "/v1/subjects" if kind.one_per_subject else f"/v1/subjects/03-001/{kind.path}"
        answer = await reviewer.submit(where, body)
        assert (answer.status_code, answer.json()["type"]) == (403, "/problems/not-permitted")

    async def test_a_centre_reads_those_about_its_subjects_alone(
        self, deployment: Deployment, coordinator: Caller, judged: str
    ) -> None:
        stranger = await deployment.caller("investigator", "05")
        assert (await coordinator.get(judged)).json()["rationale"] == RATIONALE
        assert (await stranger.get(judged)).status_code == 404
        assert (await stranger.get("/v1/adjudications")).json()["items"] == []
        assert [one["kind"] for one in (await coordinator.get("/v1/changes")).json()["items"]] == [
            "assessments", "adjudications",
        ]  # fmt: skip
        assert (await stranger.get("/v1/changes")).json()["items"] == []

    async def test_a_sponsors_analyst_gets_the_verdict_without_its_words(
        self, deployment: Deployment, judged: str
    ) -> None:
        analyst = await deployment.caller("sponsor_analyst")
        found = (await analyst.get(judged)).json()
        assert (found["response"], found["stale"], found["rationale"]) == ("PD", False, None)

    async def test_a_token_for_reading_adjudicates_nothing(
        self, deployment: Deployment, evaluation: str
    ) -> None:
        caller = await deployment.caller("response_reviewer", scopes=frozenset({"records:read"}))
        answer = await caller.submit("/v1/subjects/03-001/adjudications", verdict(evaluation))
        assert (answer.status_code, answer.json()["type"]) == (403, "/problems/insufficient-scope")

    async def test_the_ledger_names_the_reviewer(
        self, deployment: Deployment, reviewer: Caller, judged: str
    ) -> None:
        event = await deployment.owner.fetchrow(
            "SELECT action, principal, role, centre FROM ledger_event WHERE kind = 'adjudications'"
        )
        assert tuple(event) == ("submit", reviewer.name, "response_reviewer", "03")

    async def test_a_coordinator_who_reviews_too_writes_both(
        self, deployment: Deployment, coordinator: Caller, evaluation: str
    ) -> None:
        await _granted(deployment, coordinator, "response_reviewer")
        await stored(coordinator, "/v1/subjects/03-001/adjudications", verdict(evaluation))
        await stored(coordinator, "/v1/subjects/03-001/assessments", EVALUATION)
        rows = await deployment.owner.fetch("SELECT role FROM ledger_event ORDER BY id")
        roles = [row["role"] for row in rows]
        assert roles == ["coordinator", "response_reviewer", "coordinator"]

    async def test_a_revoked_reviewer_is_refused_at_the_next_request(
        self, deployment: Deployment, reviewer: Caller, evaluation: str, judged: str
    ) -> None:
        await deployment.owner.execute(
            "UPDATE access_grant SET revoked_at = now() WHERE principal = $1", reviewer.id
        )
        answer = await reviewer.amend(judged, verdict(evaluation, reason="x"), 1)
        assert answer.status_code == 403


class TestFindings:
    async def test_the_list_says_which_verdicts_have_to_be_read_again(
        self, coordinator: Caller, evaluation: str, judged: str
    ) -> None:
        about = "/v1/findings?kind=adjudications"
        assert (await coordinator.get(about)).json()["items"] == []
        await coordinator.amend(evaluation, {**EVALUATION, "reason": "Misread."}, 1)
        (finding,) = (await coordinator.get(about)).json()["items"]
        assert (finding["rule"], finding["severity"], finding["pointer"]) == (
            "ADJUDICATION-STALE", "warning", "/assessment_version",
        )  # fmt: skip
        await coordinator.void(evaluation, 2)
        (finding,) = (await coordinator.get(about)).json()["items"]
        assert (finding["rule"], finding["record_id"]) == (
            "ADJUDICATION-WITHOUT-ASSESSMENT",
            judged.rpartition("/")[2],
        )


class TestWall:
    """The database's own wall, with the application out of the way."""

    INSERT = (
        "INSERT INTO adjudication (record_id, version, subject, centre, state, recorded_by, "
        "assessment, assessment_version, criteria_version, response, rationale) "
        "VALUES (gen_random_uuid(), 1, '03-001', '03', 'active', 'x', gen_random_uuid(), 1, "
        "'IMWG 2016', 'SD', 'x')"
    )
    EVENT = (
        "INSERT INTO ledger_event (action, principal, kind, route, request_id) "
        "VALUES ('submit', 'x', '{}', 'x', 'x')"
    )
    KEPT = (
        "INSERT INTO stored_answer (principal, key, request_digest, status, etag, body) "
        "VALUES ('{}', 'k', '', 201, '1', '')"
    )

    async def test_it_lets_a_reviewer_write_what_an_adjudication_consists_of(
        self, deployment: Deployment, coordinator: Caller, reviewer: Caller
    ) -> None:
        for statement in (
            self.INSERT, self.EVENT.format("adjudications"), self.KEPT.format(reviewer.id),
        ):  # fmt: skip
            await _under_context(deployment, reviewer, statement)

    async def test_it_lets_a_reviewer_write_nothing_else(
        self, deployment: Deployment, coordinator: Caller, reviewer: Caller
    ) -> None:
        others = [
            f"INSERT INTO {kind.table.__tablename__} (record_id, version, subject, centre, state) "
            "VALUES (gen_random_uuid(), 1, '03-001', '03', 'active')"
            for kind in RECORD_KINDS
            if kind.judges is None
        ]
        for statement in (
            *others, self.EVENT.format("assessments"), self.KEPT.format(coordinator.id),
        ):  # fmt: skip
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await _under_context(deployment, reviewer, statement)

    @pytest.mark.parametrize("role", ["data_manager", "safety_officer", "sponsor_analyst"])
    async def test_it_lets_no_other_reader_of_the_trial_write_one(
        self, deployment: Deployment, coordinator: Caller, role: str
    ) -> None:
        reader = await deployment.caller(role)
        for statement in (
            self.INSERT, self.EVENT.format("adjudications"), self.KEPT.format(reader.id),
        ):  # fmt: skip
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await _under_context(deployment, reader, statement)

    async def test_it_lets_no_centre_write_one_about_its_own_subject(
        self, deployment: Deployment, coordinator: Caller
    ) -> None:
        for purpose in ("read", "write"):
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await _under_context(deployment, coordinator, self.INSERT, purpose)

    @pytest.mark.parametrize("end", ["revoked_at = now()", "ends_at = now() - interval '1 s'"])
    async def test_it_forgets_a_reviewer_whose_grant_ended(
        self, deployment: Deployment, coordinator: Caller, end: str
    ) -> None:
        former = await deployment.caller("data_manager")
        await _granted(deployment, former, "response_reviewer")
        await _under_context(deployment, former, self.INSERT)
        await deployment.owner.execute(
            f"UPDATE access_grant SET {end} WHERE principal = $1 AND role = 'response_reviewer'",
            former.id,
        )
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await _under_context(deployment, former, self.INSERT)


async def _granted(deployment: Deployment, caller: Caller, role: str) -> None:
    await deployment.owner.execute(
        "INSERT INTO access_grant (principal, role) VALUES ($1, $2)", caller.id, role
    )


async def _under_context(
    deployment: Deployment, caller: Caller, statement: str, purpose: str = "read"
) -> None:
    """Run a statement as the service would in a transaction of a caller."""
    address = deployment.server.url("dayzero_service", deployment.database)
    service = await asyncpg.connect(address)
    try:
        async with service.transaction():
            await service.execute(
                "SELECT set_config('role', c.database_role, true) FROM begin_context($1, $2) AS c",
                caller.id,
                purpose,
            )
            await service.execute(statement)
    finally:
        await service.close()
