"""The codes with which a body is refused although its JSON Schema allows it, and why it does."""

import ast
from collections.abc import Iterator
from pathlib import Path

import app.schemas

BEYOND_A_SCHEMA = {
    "concentration_without_volume": "a unit of concentration needs the collection's volume",
    "direct_identifier_suspected": "what reads like a name, a number or an address of a person",
    "ice_items_incomplete": "all items of the score or none",
    "ice_score_not_the_sum": "the sum of its items",
    "malformed_header": "a pattern that schemathesis forgets where the header is optional",
    "missing": "what a trial asks for once a subject is enrolled",
    "not_a_cursor": "a cursor comes from a Link header",
    "not_a_date": "the days of a month",
    "not_a_date_time": "the days of a month",
    "not_a_number": "digits of a JSON number",
    "not_a_partial_date": "the days of a month",
    "not_an_as_of": "the days of a month",
    "number_too_high": "bounds of a number that is written as text",
    "number_too_low": "bounds of a number that is written as text",
    "centre_fixed": "what the first version says",
    "source_id_fixed": "what the first version says",
    "unit_missing": "a unit beside a value",
    "unit_not_allowed": "the units of a value",
    "unit_not_ucum": "the grammar of UCUM",
    "unknown_centre": "the centres of the caller",
    "unknown_source_id": "the records that were sent",
    "unknown_term": "the 837 terms of CTCAE 5.0",
    "unknown_variant": "the definitions of the time to an event that is asked for",
    "value_missing": "a value, or why there is none",
    "value_of_what_was_not_done": "a value, or why there is none",
}
"""What JSON Schema cannot say of one field or one part."""

PROBLEMS = {
    "/problems/as-of-in-the-future": "the ledger's head",
    "/problems/cutoff-after-as-of": "the day of another parameter",
    "/problems/import-rejected": "the lines of a file, each held to its own kind",
    "/problems/stale-version": "the version as it is now",
}
"""The refusals that depend on what is stored, or on what stands in the lines of a file."""


RULES = frozenset(
    Path(__file__).with_name("data").joinpath("rules_between_fields.txt").read_text().split()
)
"""The rules that hold fields of a record against each other: `Refusal` in ``app/schemas``."""


def rules_in_the_schemas() -> frozenset[str]:
    """Give the codes that stand in the source as they are."""
    return frozenset(
        code for path in Path(*app.schemas.__path__).glob("*.py") for code in _codes(path)
    )


def _codes(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Refusal":
            code = node.args[1]
            if isinstance(code, ast.Constant):
                yield str(code.value)
