"""The rule book: current, complete, held by tests, and given to whoever is signed in."""

from pathlib import Path

import pytest

from app.services.code_digest import code_digest
from app.services.rule_book.kept import kept_rules
from app.services.rule_book.reading import Boundary, Rule, read_rules
from app.services.rule_book.writing import DOCUMENT, KEPT, as_data, as_markdown
from tests.deployment import Deployment

ROOT = Path(__file__).parents[3]


@pytest.fixture(scope="module")
def rules() -> tuple[Rule, ...]:
    return read_rules(ROOT)


def test_it_is_current(rules: tuple[Rule, ...]) -> None:
    assert KEPT.read_text(encoding="utf-8") == as_data(rules), "run: make rules"
    assert (ROOT / DOCUMENT).read_text(encoding="utf-8") == as_markdown(rules), "run: make rules"


def test_a_test_holds_every_rule(rules: tuple[Rule, ...]) -> None:
    assert [rule.module for rule in rules if not rule.tests] == []


def test_a_rule_is_there_with_its_boundary_and_source(tmp_path: Path) -> None:
    room = tmp_path / "app" / "services" / "criteria"
    room.mkdir(parents=True)
    (tmp_path / "tests").mkdir()
    (room / "fever.py").write_text(
        '"""Fever.\n\nSource: ASTCT 2019, table 2.\n"""\n'
        'FEVER: Final = Decimal("38.0")\n"""Degrees Celsius, and more."""\n'
        "def _hidden():\n    '''Hidden. \n\n    Source: none.'''\n"
        "def grade():\n    '''Grade it.\n\n    Decision: a blank is no fever.\n    '''\n"
    )
    (tmp_path / "tests" / "test_fever.py").write_text(
        "from app.services.criteria.fever import grade\n"
    )
    (rule,) = read_rules(tmp_path)
    assert rule.module == "app.services.criteria.fever"
    assert rule.said.sources == ("ASTCT 2019, table 2.",)
    assert rule.boundaries == (Boundary("FEVER", "38.0", "Degrees Celsius, and more."),)
    assert [one.name for one in rule.functions] == ["grade"]
    assert rule.functions[0].said.decisions == ("a blank is no fever.",)
    assert rule.tests == ("tests/test_fever.py",)


async def test_whoever_is_signed_in_reads_it(deployment: Deployment) -> None:
    reader = await deployment.caller("summary_reader")
    answer = await reader.http.get("/v1/rules")
    book = answer.json()
    assert book["code_digest"] == code_digest()
    assert len(book["items"]) == len(kept_rules())
    again = await reader.http.get("/v1/rules", headers={"If-None-Match": answer.headers["ETag"]})
    assert again.status_code == 304
    found = (await reader.http.get("/v1/rules", params={"search": "ICAHT rejeski"})).json()
    assert {"app.services.criteria.icaht"} <= {rule["module"] for rule in found["items"]}
    assert len(found["items"]) < len(book["items"])


async def test_nobody_else_does(deployment: Deployment) -> None:
    reader = await deployment.caller("auditor")
    answer = await reader.http.get("/v1/rules", headers={"Authorization": ""})
    assert answer.status_code == 401
