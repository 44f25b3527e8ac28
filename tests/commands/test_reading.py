"""`dayzero summary` and `dayzero subject`: figures in a terminal, over the public API."""

import itertools
import json
import re
import uuid
from typing import Any

import httpx
import pytest

from app.commands import public_reads
from tests.commands.conftest import Dayzero, get, run, sentence, token_of
from tests.faults.served import Served
from tests.subjects.told import consented

_centres = itertools.count(60)


class Told:
    """A subject that a centre's system told the running service of."""

    def __init__(self, dayzero: Dayzero, served: Served) -> None:
        self.centre = f"R{next(_centres)}"
        self.origin = served.origin
        assert dayzero("centre", "add", self.centre, "--name", "Lakeside").exit_code == 0
        made = dayzero(
            "client", "create", f"lakeside {uuid.uuid4()}", "--role", "coordinator",
            "--centre", self.centre, "--json",
        )  # fmt: skip
        self.client = json.loads(made.stdout)
        self.token = token_of(served.origin, made.stdout)
        enrolment = consented(
            self.centre,
            "2024-01-16",
            enrolled_on="2024-01-21",
            heavy_chain="IgG",
            light_chain="kappa",
            prior_lines=3,
        )
        self.code = self.post("/v1/subjects", enrolment)["subject"]
        own = f"/v1/subjects/{self.code}"
        self.post(f"{own}/infusions", {"infused_at": "2024-03-01T09:00+08:00"})
        for on in ("2024-03-29", "2024-05-01"):
            self.post(f"{own}/assessments", {"assessed_on": on, "investigator_response": "PR"})
        self.post(f"{own}/visits", {"visit": "M1", "status": "done", "visited_on": "2024-03-29"})
        event = {"term": "Nausea", "grade": 2, "onset": "2024-03-04", "serious": False}
        self.post(f"{own}/adverse-events", event)
        other = {"term": "Eye disorders - Other, specify", "other_specify": "glare", "grade": 1}
        self.post(f"{own}/adverse-events", {**other, "onset": "2024-03-05", "serious": False})
        self.post(f"{own}/therapies", {"therapy_kind": "g_csf", "start": "2024-03-06"})
        contact = {"contacted_on": "2024-06-02", "status": "died", "death_date": "2024-06-01"}
        self.post(f"{own}/follow-ups", {**contact, "death_cause": "other"})

    def post(self, address: str, body: dict[str, Any]) -> dict[str, Any]:
        answer = httpx.post(
            f"{self.origin}{address}",
            json=body,
            headers={"Authorization": f"Bearer {self.token}", "Idempotency-Key": str(uuid.uuid4())},
        )
        assert answer.status_code == 201, answer.text
        found: dict[str, Any] = answer.json()
        return found


@pytest.fixture(scope="module")
def told(served: Served) -> Told:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DAYZERO_DATA_DIRECTORY", str(served.data_directory))
        patch.delenv("DAYZERO_ISSUER", raising=False)
        return Told(run, served)


@pytest.fixture(autouse=True)
def no_access_set(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("DAYZERO_TOKEN", "DAYZERO_CLIENT_ID", "DAYZERO_CLIENT_SECRET"):
        monkeypatch.delenv(name, raising=False)


class TestSummary:
    def test_shows_the_figures_of_the_api(self, dayzero: Dayzero, told: Told) -> None:
        shown = dayzero(
            "summary", "--centre", told.centre, "--cutoff", "2024-12-31",
            "--response-source", "investigator", "--population", "enrolled",
        )  # fmt: skip
        assert shown.exit_code == 0, shown.output
        lines = [" ".join(line.split()) for line in shown.stdout.splitlines()]
        summary = get(
            told.origin,
            f"/v1/endpoints/summary?centre={told.centre}&cutoff=2024-12-31"
            "&response_source=investigator&population=enrolled",
            told.token,
        ).json()
        orr = summary["endpoints"]["response"]["rates"]["ORR"]
        assert [line for line in lines if line.startswith("Overall response")] == [
            f"Overall response (PR or better) {orr['x']}/{orr['N']} 100.0 2.5 to 100.0"
        ]
        assert "Infused 1 100.0" in lines
        [survival, _] = [line for line in lines if line.startswith("Overall survival")]
        assert survival.startswith("Overall survival 1 1 4.4 ")
        assert f"Centres centre {told.centre}" in lines
        assert any("cut-off 2024-12-31" in line for line in lines)
        assert told.code not in shown.stdout

    def test_asks_at_an_earlier_number(self, dayzero: Dayzero, told: Told) -> None:
        shown = dayzero("summary", "--as-of", "1")
        assert shown.exit_code == 0, shown.output
        assert "as of 1, cut-off none" in " ".join(shown.stdout.split())

    def test_takes_a_token_or_a_client(
        self, dayzero: Dayzero, told: Told, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        # Somewhere else: nothing of the data directory helps.
        monkeypatch.setenv("DAYZERO_DATA_DIRECTORY", "/nonexistent")
        refused = sentence(run("summary", "--url", told.origin))
        assert "DAYZERO_TOKEN" in refused
        with_token = run("summary", "--url", told.origin, "--token", told.token)
        assert with_token.exit_code == 0, with_token.output
        monkeypatch.setenv("DAYZERO_CLIENT_ID", told.client["client_id"])
        monkeypatch.setenv("DAYZERO_CLIENT_SECRET", told.client["client_secret"])
        assert run("summary", "--url", told.origin).stdout == with_token.stdout
        monkeypatch.setenv("DAYZERO_CLIENT_SECRET", "crimson")
        refused = sentence(run("summary", "--url", told.origin))
        assert "crimson" not in refused

    def test_makes_the_operator_a_person_for_the_occasion(
        self, dayzero: Dayzero, told: Told
    ) -> None:
        for _ in range(2):
            assert dayzero("summary").exit_code == 0
        listed = " ".join(dayzero("grant", "list").stdout.split())
        made = re.findall(r"Operator at the terminal, [^│]*│ person │ summary_reader", listed)
        # Asking twice in a row takes one grant: each is an event that moves the ledger's clock.
        assert len(made) == 1


class TestSubject:
    def test_shows_what_happened_in_the_order_of_its_days(
        self, dayzero: Dayzero, told: Told
    ) -> None:
        shown = dayzero("subject", told.code)
        assert shown.exit_code == 0, shown.output
        lines = [" ".join(line.split()) for line in shown.stdout.splitlines()]
        timeline = lines[lines.index("Day Date What Which More") + 1 :]
        days = [int(line.split()[0]) for line in timeline if line]
        assert days == sorted(days)
        assert [line for line in timeline if " visit " not in line and line] == [
            "-45 2024-01-16 preparation Consent",
            "-40 2024-01-21 preparation Enrolment",
            "0 2024-03-01 infusion Infusion",
            "3 2024-03-04 adverse event Nausea grade 2, not ended",
            "4 2024-03-05 adverse event Eye disorders - Other, specify grade 1, not ended",
            "5 2024-03-06 therapy G-CSF not ended",
            *[line for line in timeline if " response " in line],
            "92 2024-06-01 outcome Death",
        ]
        assert "28 2024-03-29 visit M1" in timeline
        assert [line.split()[0] for line in timeline if " response " in line] == ["28", "61"]
        assert all("investigator PR" in line for line in timeline if " response " in line)

    def test_notes_the_reading_under_the_operators_name(self, dayzero: Dayzero, told: Told) -> None:
        assert dayzero("subject", told.code).exit_code == 0
        auditor = dayzero(
            "client", "create", f"auditor {uuid.uuid4()}", "--role", "auditor", "--for", "1h",
            "--json",
        )  # fmt: skip
        token = token_of(told.origin, auditor.stdout)
        accesses = get(told.origin, "/v1/access-log?limit=1000", token)
        assert accesses.status_code == 200, accesses.text
        mine = [
            one
            for one in accesses.json()["items"]
            if str(one["principal"]).startswith("Operator at the terminal")
            and told.code in (one.get("subjects") or ())
        ]
        assert mine

    @pytest.mark.parametrize("code", ["99-999", "../me", "03-001?x=1", "", "\u202e", "x" * 300])
    def test_one_that_is_not_there_is_a_sentence(
        self, dayzero: Dayzero, told: Told, code: str
    ) -> None:
        said = sentence(dayzero("subject", code))
        assert "x=1" not in said
        assert "xxxx" not in said


class TestRefusals:
    @pytest.mark.parametrize(
        ("options", "said"),
        [
            pytest.param(["--cutoff", "crimson"], "cutoff", id="no date"),
            pytest.param(["--population", "crimson"], "treated_in_spec", id="no population"),
            pytest.param(["--as-of", "99999999"], "as_of lies in the future", id="not yet"),
            pytest.param(["--centre", "Q9"], "nothing here that you can see", id="no centre"),
            pytest.param(["--token", "crimson"], "sign in again", id="no token"),
            pytest.param(["--url", "http://127.0.0.1:9"], "No service answers", id="nobody"),
            pytest.param(["--url", "ftp://crimson"], "http or https", id="no address"),
            pytest.param(["--url", "http://[crimson"], "http or https", id="no address at all"),
            pytest.param(["--url", "http://192.0.2.1"], "https alone", id="in the clear"),
        ],
    )
    def test_are_sentences(
        self, dayzero: Dayzero, told: Told, options: list[str], said: str
    ) -> None:
        refused = sentence(dayzero("summary", *options))
        assert said in refused
        if "--url" not in options:
            assert "crimson" not in refused

    def test_on_an_own_postgresql_nobody_is_signed_in_by_a_directory(
        self, told: Told, own_database: str
    ) -> None:
        assert "DAYZERO_TOKEN" in sentence(run("summary", "--url", told.origin))


def test_a_text_of_the_service_does_not_steer_the_terminal() -> None:
    problem = {
        "title": "\x1b[2J",
        "errors": [{"pointer": "/a", "message": "\x07no", "allowed": []}],
    }
    said = public_reads.refusal(httpx.Response(400, json=problem))
    assert said == " [2J. /a:  no."
    assert public_reads.refusal(httpx.Response(502, text="<html>")) == "The service answered 502."
