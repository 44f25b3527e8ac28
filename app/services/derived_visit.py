"""The visit of a document whose sender named none: where it stands, and how it is put there.

A document is a text that the database wrote; the visit is put in without reading the rest, so that
every digit stays as it was sent. Nobody else knows how.
"""

import json
from typing import Final

_NO_VISIT: Final = '"visit":null'
"""How a document says that its sender named no visit. In a text its quotes would be escaped, and in
a part a space would follow the colon, so it can stand in one place only."""


def names_no_visit(document: str) -> bool:
    """Tell whether the sender of a document named no visit."""
    return _NO_VISIT in document


def visit_derived(visit: str | None) -> str:
    """Write the members that stand in the place of no visit: the one derived, and that it was.

    Args:
        visit: None where none follows from the date; the document stays as it is.
    """
    return _NO_VISIT if visit is None else f'"visit":{json.dumps(visit)},"visit_derived":true'


def with_visit(document: str, visit: str | None) -> str:
    """Give a document that names no visit with the one that was derived."""
    return document.replace(_NO_VISIT, visit_derived(visit), 1)


def with_visit_in_sql(document: str, derived: str) -> str:
    """Give the expression that does the same in a statement.

    Args:
        document: the expression of the document.
        derived: the expression of what :func:`visit_derived` wrote.
    """
    return f"replace({document}, '{_NO_VISIT}', {derived})"
