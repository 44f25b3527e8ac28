"""Centres, clients, grants and links: what the operator changes holds at the next request."""

import json
import uuid
import warnings
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from joserfc.jwk import ECKey, RSAKey

from app.access.grant_types import LINK_GRANT
from app.access.permissions import AT_CENTRE, TIME_BOXED, Role
from tests.commands.conftest import Dayzero, get, run, sentence, token_of
from tests.faults.served import Served

WHOLE_TRIAL = sorted(set(Role) - AT_CENTRE)


def new_name(what: str = "client") -> str:
    return f"{what} {uuid.uuid4()}"


@pytest.fixture
def centre(dayzero: Dayzero) -> str:
    """A centre of the running service."""
    code = uuid.uuid4().hex[:8].upper()
    assert dayzero("centre", "add", code, "--name", "Lakeside").exit_code == 0
    return code


class TestCentre:
    def test_is_opened_and_listed(self, dayzero: Dayzero, centre: str) -> None:
        listed = dayzero("centre", "list").stdout
        (row,) = (line for line in listed.splitlines() if centre in line)
        assert [cell.strip() for cell in row.strip("│").split("│")] == [centre, "Lakeside", "0"]

    @pytest.mark.parametrize(
        ("code", "name", "said"),
        [
            pytest.param("03", "Lakeside again", "The centre 03 exists already.", id="taken"),
            pytest.param("a1", "Hill", "1 to 8 digits or capital letters", id="small letters"),
            pytest.param("123456789", "Hill", "1 to 8 digits or capital letters", id="too long"),
            pytest.param("", "Hill", "1 to 8 digits or capital letters", id="no code"),
            pytest.param("0'; --", "Hill", "1 to 8 digits or capital letters", id="SQL"),
            pytest.param("04", "", "A name has 1 to 500 printable characters", id="no name"),
            pytest.param("04", "a\nb", "A name has 1 to 500 printable characters", id="two lines"),
            pytest.param("04", " a", "A name has 1 to 500 printable characters", id="a space"),
            pytest.param("04", "a\udcff", "A name has 1 to 500 printable characters", id="no text"),
        ],
    )
    @pytest.mark.usefixtures("own_database")
    def test_is_refused_in_a_sentence(self, code: str, name: str, said: str) -> None:
        assert run("centre", "add", "03", "--name", "Lakeside").exit_code == 0
        assert said in sentence(run("centre", "add", code, "--name", name))
        assert "Hill" not in run("centre", "list").stdout


class TestClient:
    def test_gets_a_secret_that_is_shown_once(
        self, dayzero: Dayzero, served: Served, centre: str
    ) -> None:
        name = new_name()
        made = dayzero(
            "client", "create", name, "--role", "coordinator", "--centre", centre, "--json"
        )
        shown = json.loads(made.stdout)
        assert set(shown) == {"client_id", "client_secret", "name", "role", "centre"}
        assert (shown["name"], shown["role"], shown["centre"]) == (name, "coordinator", centre)
        me = get(served.origin, "/v1/me", token_of(served.origin, made.stdout)).json()
        assert me["id"] == shown["client_id"]
        assert me["grants"] == [{"role": "coordinator", "centre": centre}]
        for listed in (("grant", "list"), ("centre", "list")):
            assert shown["client_secret"] not in dayzero(*listed).output
        assert shown["client_secret"] not in served.said()

    def test_is_shown_to_people_too(self, dayzero: Dayzero) -> None:
        made = dayzero("client", "create", new_name(), "--role", "summary_reader").stdout
        lines = made.splitlines()
        assert [line.split()[0] for line in lines[:2]] == ["client_id", "client_secret"]
        assert uuid.UUID(lines[0].split()[1])
        assert lines[2] == "Nobody can show the secret again."

    @pytest.mark.parametrize("kind", ["RSA", "EC"])
    def test_registers_its_own_keys_and_gets_no_secret(
        self, dayzero: Dayzero, tmp_path: Path, kind: str
    ) -> None:
        key = RSAKey.generate_key(2048) if kind == "RSA" else ECKey.generate_key("P-256")
        file = tmp_path / "keys.json"
        file.write_text(json.dumps({"keys": [key.as_dict(private=False)]}))
        made = dayzero(
            "client", "create", new_name(), "--role", "data_manager", "--jwks", str(file), "--json"
        )
        assert set(json.loads(made.stdout)) == {"client_id", "name", "role"}

    @pytest.mark.parametrize(
        ("text", "said"),
        [
            pytest.param(None, "cannot be read", id="no file"),
            pytest.param(b"\xff", "cannot be read", id="no text"),
            pytest.param(b"{}", "The keys cannot be used", id="no keys"),
            pytest.param(b'{"keys": []}', "a client has 1 to 10 keys, not 0", id="none"),
            pytest.param(b'{"keys": [{"kty": "oct", "k": "c2VjcmV0"}]}', "key 1", id="a secret"),
            pytest.param("private", "key 1", id="a private key"),
            pytest.param("weak", "key 1", id="1024 bits"),
        ],
    )
    @pytest.mark.usefixtures("own_database")
    def test_with_unusable_keys_is_not_made(
        self, tmp_path: Path, text: bytes | str | None, said: str
    ) -> None:
        file = tmp_path / "keys.json"
        if isinstance(text, str):
            private = text == "private"
            pem = rsa.generate_private_key(65537, 2048 if private else 1024).private_bytes(
                Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()
            )
            with warnings.catch_warnings(action="ignore"):  # of the short key
                key = RSAKey.import_key(pem)
            text = json.dumps({"keys": [key.as_dict(private=private)]}).encode()
        if text is not None:
            file.write_bytes(text)
        refused = run("client", "create", "c", "--role", "data_manager", "--jwks", str(file))
        assert said in sentence(refused)
        assert " c " not in run("grant", "list").stdout

    @pytest.mark.parametrize("by", ["name", "client_id"])
    def test_that_is_revoked_is_refused_at_its_next_request(
        self, dayzero: Dayzero, served: Served, by: str
    ) -> None:
        made = dayzero("client", "create", new_name(), "--role", "data_manager", "--json").stdout
        token = token_of(served.origin, made)
        assert get(served.origin, "/v1/me", token).status_code == 200
        assert dayzero("client", "revoke", json.loads(made)[by]).exit_code == 0
        assert {get(served.origin, "/v1/me", token).status_code for _ in range(8)} == {401}
        again = sentence(dayzero("client", "revoke", json.loads(made)["name"]))
        assert again.startswith("There is no client or person")

    @pytest.mark.parametrize(
        ("name", "said"),
        [
            pytest.param("taken", "The name taken is taken.", id="taken"),
            pytest.param("", "A name has 1 to 500", id="empty"),
            pytest.param("x" * 501, "A name has 1 to 500", id="too long"),
            pytest.param("\x1b[31m", "A name has 1 to 500", id="a colour"),
        ],
    )
    @pytest.mark.usefixtures("own_database")
    def test_has_a_name_of_its_own(self, name: str, said: str) -> None:
        assert run("client", "create", "taken", "--role", "data_manager").exit_code == 0
        assert said in sentence(run("client", "create", name, "--role", "data_manager"))


@pytest.mark.usefixtures("own_database")
class TestRole:
    @pytest.mark.parametrize("role", sorted(AT_CENTRE))
    def test_at_a_centre_names_it(self, role: str) -> None:
        run("centre", "add", "03", "--name", "Lakeside")
        refused = sentence(run("client", "create", "c", "--role", role))
        assert refused == f"The role {role} is held at a centre: name it."
        assert run("client", "create", "c", "--role", role, "--centre", "03").exit_code == 0

    @pytest.mark.parametrize("role", WHOLE_TRIAL)
    def test_of_the_whole_trial_names_none(self, role: str) -> None:
        run("centre", "add", "03", "--name", "Lakeside")
        refused = sentence(run("client", "create", "c", "--role", role, "--centre", "03"))
        assert refused == f"The role {role} holds for the whole trial: name no centre."
        made = run("client", "create", "c", "--role", role)
        assert (made.exit_code == 0) is (role not in TIME_BOXED)

    def test_of_a_client_that_audits_ends_by_itself(self) -> None:
        create = ("client", "create", "c", "--role", "auditor")
        assert sentence(run(*create)) == "The role auditor is given for a time: say until when."
        assert run("client", "create", "c", "--role", "auditor", "--for", "14d").exit_code == 0
        (row,) = (line for line in run("grant", "list").stdout.splitlines() if "auditor" in line)
        ends = datetime.fromisoformat(row.split("│")[5].strip())
        assert timedelta(days=13) < ends - datetime.now(UTC) <= timedelta(days=14)
        refused = run(*create, "--for", "soon")
        assert refused.exit_code == 2
        assert "as in 8h" in refused.stderr

    def test_of_an_auditor_ends_by_itself(self) -> None:
        audit = ("grant", "add", "Ann", "--role", "auditor", "--person")
        assert sentence(run(*audit)) == "The role auditor is given for a time: say until when."
        assert run(*audit, "--for", "14d").exit_code == 0
        (row,) = (line for line in run("grant", "list").stdout.splitlines() if "Ann" in line)
        assert "auditor" in row
        assert row.split("│")[5].strip(), "the day it ends"

    @pytest.mark.parametrize("centre", ["99", "", "03'"])
    def test_is_at_a_centre_that_exists(self, centre: str) -> None:
        refused = run("client", "create", "c", "--role", "coordinator", "--centre", centre)
        assert sentence(refused) == f"There is no centre {centre}."
        assert run("grant", "list").stdout.count("│") == 0, "the client was not made either"

    @pytest.mark.parametrize("lasting", ["8", "h", "0h", "-1h", "1w", "99999h", "8 h"])
    def test_is_given_for_a_span_that_can_be_read(self, lasting: str) -> None:
        add = ("grant", "add", "Ann", "--role", "auditor", "--person", "--for", lasting)
        refused = run(*add)
        assert refused.exit_code == 2
        assert "as in 8h" in refused.stderr

    def test_is_one_of_the_list(self) -> None:
        refused = run("client", "create", "c", "--role", "root")
        assert refused.exit_code == 2
        assert "summary_reader" in refused.stderr


class TestGrant:
    def test_given_and_taken_binds_the_next_request(
        self, dayzero: Dayzero, served: Served, centre: str
    ) -> None:
        name = new_name()
        made = dayzero("client", "create", name, "--role", "data_manager", "--json").stdout
        token = token_of(served.origin, made)

        def roles() -> list[str]:
            me = get(served.origin, "/v1/me", token).json()
            return sorted(grant["role"] for grant in me["grants"])

        at_centre = (name, "--role", "monitor", "--centre", centre)
        assert dayzero("grant", "add", *at_centre).exit_code == 0
        assert roles() == ["data_manager", "monitor"]
        assert dayzero("grant", "revoke", *at_centre).exit_code == 0
        assert roles() == ["data_manager"]
        gone = sentence(dayzero("grant", "revoke", *at_centre))
        assert gone == f"{name} has no role monitor at {centre}."

    def test_is_listed_while_it_holds(self, dayzero: Dayzero) -> None:
        name = uuid.uuid4().hex
        dayzero("grant", "add", name, "--role", "safety_officer", "--person")
        assert name in dayzero("grant", "list").stdout
        dayzero("grant", "revoke", name, "--role", "safety_officer")
        assert name not in dayzero("grant", "list").stdout

    def test_makes_nobody_unless_told_to(self, dayzero: Dayzero) -> None:
        refused = dayzero("grant", "add", "Nobody", "--role", "data_manager")
        assert sentence(refused) == "There is no client or person Nobody with access."

    def test_does_not_bring_a_revoked_person_back(self, dayzero: Dayzero) -> None:
        name = new_name("person")
        add = ("grant", "add", name, "--role", "data_manager", "--person")
        assert dayzero(*add).exit_code == 0
        assert dayzero("client", "revoke", name).exit_code == 0
        assert "choose another name" in sentence(dayzero(*add))

    def test_is_in_the_ledger_with_its_time_and_its_subject(
        self, dayzero: Dayzero, served: Served
    ) -> None:
        name = new_name("person")
        dayzero("grant", "add", name, "--role", "data_manager", "--person")
        made = dayzero("client", "create", new_name(), "--role", "data_manager", "--json").stdout
        auditor = json.loads(made)["name"]
        dayzero("grant", "add", auditor, "--role", "auditor", "--for", "1h")
        token = token_of(served.origin, made)
        events = get(served.origin, "/v1/ledger?limit=1000", token).json()["items"]
        noted = [event for event in events if name in str(event["reason"])]
        assert [event["action"] for event in noted] == ["person:create", "grant:add"]
        assert {event["route"] for event in noted} == {"command line"}


def follow(served: Served, link: str) -> httpx.Response:
    """Exchange a link as the page that it opens does."""
    page, _, code = link.strip().partition("#link=")
    assert page == f"{served.origin}/"
    assert httpx.get(page).status_code == 200
    form = {"grant_type": LINK_GRANT, "link": code}
    return httpx.post(f"{served.origin}/oauth/token", data=form)


class TestLink:
    def test_signs_a_person_in_once(self, dayzero: Dayzero, served: Served, centre: str) -> None:
        name = new_name("person")
        issued = dayzero(
            "token", "issue", "--name", name, "--role", "investigator", "--centre", centre
        )
        assert issued.stdout.count("\n") == 1
        printed = issued.stdout.strip()
        assert len(printed) == len(f"{served.origin}/#link=") + 22, "people can copy it"
        first = follow(served, issued.stdout)
        token = first.json()["access_token"]
        me = get(served.origin, "/v1/me", token).json()
        assert me["name"] == name
        assert me["grants"] == [{"role": "investigator", "centre": centre}]
        assert follow(served, issued.stdout).status_code == 401
        code = issued.stdout.strip().partition("#link=")[2]
        assert get(served.origin, "/v1/me", code).status_code == 401

    def test_ends_with_its_grant(self, dayzero: Dayzero) -> None:
        name = uuid.uuid4().hex
        dayzero("token", "issue", "--name", name, "--role", "auditor", "--for", "30m")
        (row,) = (line for line in dayzero("grant", "list").stdout.splitlines() if name in line)
        assert row.split("│")[5].strip() != ""

    def test_is_for_people_of_the_embedded_service(self, own_database: str) -> None:
        refused = run("token", "issue", "--name", "Ann", "--role", "data_manager")
        assert "OpenID Connect" in sentence(refused)


@pytest.mark.parametrize(
    "command",
    [
        ("centre", "list"),
        ("centre", "add", "03", "--name", "Lakeside"),
        ("client", "create", "c", "--role", "data_manager"),
        ("client", "revoke", "c"),
        ("grant", "add", "c", "--role", "data_manager"),
        ("grant", "revoke", "c", "--role", "data_manager"),
        ("grant", "list"),
    ],
    ids=" ".join,
)
class TestWithoutADatabase:
    def test_it_says_that_it_cannot_be_reached(
        self, command: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        away = "postgresql://admin:secret@127.0.0.1:1/dayzero"
        monkeypatch.setenv("DATABASE_URL", away)
        monkeypatch.setenv("DAYZERO_MIGRATION_URL", away)
        refused = sentence(run(*command))
        assert refused.startswith("The database cannot be reached: nothing answers at its address")
        assert "start the server" in refused

    def test_it_asks_for_a_login_that_may_administer(
        self, command: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("DATABASE_URL", "postgresql://service@127.0.0.1:1/dayzero")
        assert "DAYZERO_MIGRATION_URL" in sentence(run(*command))
