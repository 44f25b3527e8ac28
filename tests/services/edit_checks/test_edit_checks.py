"""What holds for every edit check."""

import re

import pytest

from app.schemas.record_kinds import RECORD_KINDS
from app.services.edit_checks import RULES, Rule
from app.services.edit_checks.catalogue import RECORD_CHECKS
from tests.subjects.agreeing import noticed, of

EVERY_RULE = pytest.mark.parametrize("rule", RULES.values(), ids=RULES)


def test_it_finds_nothing_where_everything_agrees() -> None:
    assert noticed(of()) == []


@EVERY_RULE
def test_its_identity_can_be_a_filter(rule: Rule) -> None:
    assert re.fullmatch(r"[A-Z0-9]+(-[A-Z0-9]+)+", rule.id)


@EVERY_RULE
def test_its_message_is_a_part_of_a_sentence_without_values(rule: Rule) -> None:
    assert rule.message[0].islower() or rule.message.startswith(("CRS", "CTCAE", "CAR-T"))
    assert not rule.message.endswith(".")
    assert "{" not in rule.message


def test_every_kind_of_record_is_looked_at() -> None:
    assert set(RECORD_CHECKS) == {kind.path for kind in RECORD_KINDS}
