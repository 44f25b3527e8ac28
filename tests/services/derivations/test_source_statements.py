"""A source's words and a person's corrections, member by member."""

from typing import Any

import pytest

from app.services.derivations.source_statements import Version, lay_together, unexplained

SAID = {"analyte": "PLT", "value": "180", "unit": "10*9/L", "laboratory": "A"}


def says(**changes: Any) -> dict[str, Any]:
    return {name: value for name, value in (SAID | changes).items() if value is not None}


@pytest.mark.parametrize(
    ("sent", "stands", "kept", "changed", "overridden", "torn"),
    [
        pytest.param({}, {}, "", "", "", "", id="nothing new"),
        pytest.param({}, {"value": "18"}, "value", "", "", "", id="corrected"),
        pytest.param(
            {"laboratory": "B"}, {"value": "18"}, "value", "laboratory", "", "", id="elsewhere"
        ),
        pytest.param({"value": "19"}, {"value": "18"}, "", "value", "value", "", id="both"),
        pytest.param({"value": "18"}, {"value": "18"}, "", "value", "", "", id="the source agrees"),
        pytest.param(
            {"value": "190"}, {"unit": "10*3/uL"}, "unit", "value", "", "unit value",
            id="a number beside a corrected unit",
        ),
        pytest.param(
            {"fasting": True}, {"laboratory": None}, "laboratory", "fasting", "", "",
            id="a member added and one taken out",
        ),
        pytest.param({"visit": "D7"}, {}, "", "visit", "", "", id="a visit named"),
    ],
)  # fmt: skip
def test_lay_together(
    sent: dict[str, Any],
    stands: dict[str, Any],
    kept: str,
    changed: str,
    overridden: str,
    torn: str,
) -> None:
    laid = lay_together("lab-results", sent=says(**sent), last=says(), stands=says(**stands))
    assert laid.kept == set(kept.split())
    assert laid.changed == set(changed.split())
    assert laid.overridden == set(overridden.split())
    assert laid.torn == set(torn.split())


def source(statement: dict[str, Any] | None = None, **changes: Any) -> Version:
    said = says(**changes)
    return Version(of_source=True, said=said, statement=said if statement is None else statement)


def person(**changes: Any) -> Version:
    return Version(of_source=False, said=says(**changes), statement=says(**changes))


@pytest.mark.parametrize(
    ("versions", "members"),
    [
        pytest.param([source()], "", id="the source alone"),
        pytest.param([person(), person(value="18")], "", id="no source ever spoke"),
        pytest.param([source(), person(value="18")], "value", id="corrected"),
        pytest.param([source(), person(visit=None)], "", id="a visit left to be derived"),
        pytest.param([source(), person(value="18"), person(value="18")], "", id="and said why"),
        pytest.param(
            [source(), person(value="18"), person(value="18", laboratory="B")],
            "laboratory value",
            id="another correction explains nothing",
        ),
        pytest.param(
            [source(), person(value="18"), person(value="18"), person(value="17")],
            "value",
            id="explained, and corrected again",
        ),
        pytest.param([source(), person(value="18"), source(value="18")], "", id="it agrees"),
        pytest.param(
            [
                source(),
                person(value="18"),
                source(says(laboratory="B"), value="18", laboratory="B"),
            ],
            "value",
            id="it changed something else and the correction was kept",
        ),
        pytest.param(
            [
                source(),
                person(value="18"),
                person(value="18"),
                source(says(laboratory="B"), value="18", laboratory="B"),
            ],
            "",
            id="kept, and explained before",
        ),
        pytest.param(
            [
                source(),
                person(value="18"),
                person(value="18"),
                source(value="200"),
                person(value="18"),
            ],
            "value",
            id="it says something else since it was explained",
        ),
    ],
)
def test_unexplained(versions: list[Version], members: str) -> None:
    assert unexplained(versions) == set(members.split())
