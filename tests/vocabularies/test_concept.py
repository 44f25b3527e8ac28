"""A concept is its published code and says what it means."""

import json

import pytest
from pydantic import BaseModel, ValidationError

from app.vocabularies.concept import Concept


class Colour(Concept):
    RED = "r", "red"
    SEA_GREEN = "SEA/GREEN", "sea green"


class Painted(BaseModel):
    colour: Colour


def test_a_concept_is_its_code() -> None:
    assert [colour.value for colour in Colour] == ["r", "SEA/GREEN"]
    assert f"{Colour.SEA_GREEN}" == "SEA/GREEN"
    assert json.dumps(Colour.RED) == '"r"'
    assert Colour("SEA/GREEN") is Colour.SEA_GREEN


def test_a_concept_says_what_it_means() -> None:
    assert [colour.display for colour in Colour] == ["red", "sea green"]


def test_pydantic_takes_and_gives_the_code() -> None:
    painted = Painted.model_validate_json('{"colour": "SEA/GREEN"}')
    assert painted.colour is Colour.SEA_GREEN
    assert painted.model_dump_json() == '{"colour":"SEA/GREEN"}'
    assert Painted.model_json_schema()["$defs"]["Colour"]["enum"] == ["r", "SEA/GREEN"]


@pytest.mark.parametrize("text", ["SEA_GREEN", "sea green", "R", ""])
def test_a_name_or_a_display_is_no_code(text: str) -> None:
    with pytest.raises(ValidationError):
        Painted.model_validate({"colour": text})
