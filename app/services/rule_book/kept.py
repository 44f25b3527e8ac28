"""The rule book as it was written for this version of the service."""

from functools import cache
from hashlib import sha256
from typing import Any

from pydantic_core import from_json

from app.services.rule_book.writing import KEPT


@cache
def kept_rules() -> tuple[dict[str, Any], ...]:
    """Give the rules in the order of the book, each with the members of ``reading.Rule``."""
    return tuple(from_json(KEPT.read_bytes()))


@cache
def rules_identity() -> str:
    """Give the digest of the book."""
    return sha256(KEPT.read_bytes()).hexdigest()
