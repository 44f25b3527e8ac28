"""What Pydantic found, as pointers, codes and messages, without what was sent."""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

_PLAIN_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,63}")
_MESSAGES = {
    "missing": "is required",
    "extra_forbidden": "is not a member that is known here",
}

FORMS: Final = {
    "^[0-9A-Z]{1,8}-[0-9]{3,6}$": "write a subject's code, such as 03-001",
    "^([0-9]{1,18}-[0-9]{1,18})?$": "take the cursor from the Link header of the page before",
    r"^[^\x00]*$": "leave out the character NUL",
    r"^[!-~]+$": "write printable letters, digits and marks, without blanks",
    r"^[!-~]+( [!-~]+)*$": "write printable words with one blank between them",
}
"""The forms of parameters and of what is no record, in words."""


def field_errors(errors: Iterable[Mapping[str, Any]], skip: int = 1) -> list[dict[str, Any]]:
    """Write Pydantic's findings as pointers, codes and messages, without what was sent.

    Args:
        errors: what ``ValidationError.errors()`` gives.
        skip: how many leading parts of a location are not part of the document.
    """
    written: list[dict[str, Any]] = []
    for error in errors:
        place = _pointer(error["loc"][skip:])
        several = (error.get("ctx") or {}).get("errors")
        if several:
            written += [{**one, "pointer": place + one["pointer"]} for one in several]
            continue
        written.append(
            {
                "pointer": place,
                "code": error["type"],
                "message": message_of(error),
                **allowed_by(error),
            }
        )
    return written


def message_of(error: Mapping[str, Any]) -> str:
    """Give what would be right, in words: what Pydantic says of a form is a regular expression."""
    form = (error.get("ctx") or {}).get("pattern")
    if form is not None:
        return FORMS.get(form, "write it in the form that the documentation shows")
    return str(_MESSAGES.get(error["type"], error["msg"]))


def allowed_by(error: Mapping[str, Any]) -> dict[str, Sequence[str]]:
    """Give what may stand there, where that is a short list."""
    allowed = (error.get("ctx") or {}).get("allowed")
    return {"allowed": list(allowed)} if allowed else {}


def _pointer(location: Sequence[str | int]) -> str:
    """Write a location as a JSON pointer, ending before a member whose name is not a plain one."""
    pointer = ""
    for part in location:
        if isinstance(part, str) and not _PLAIN_NAME.fullmatch(part):
            break
        pointer += f"/{part}"
    return pointer
