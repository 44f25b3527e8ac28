"""What the contract says of the routes of a kind of record: a summary and a description of each."""

from typing import Final, TypedDict

from app.schemas.record import RecordKind

_DESCRIPTIONS: Final = {
    "submit": "Stores {a_noun} of a subject as its first version. `Idempotency-Key` makes it safe "
    "to send again: the same key with the same body gives the same answer and stores nothing. The "
    "answer has the record as stored and, in `findings`, what the edit checks noticed; a finding "
    "refuses nothing.",
    "amend": "Stores what the {noun} should say as its next version; the versions before it stay. "
    "Send every field, not only the changed ones, with a `reason`, and in `If-Match` the ETag of "
    "the version that you read: where the record has moved on since, it is 412 and nothing is "
    "stored.",
    "void": "Says that the {noun} should not have been, with a `reason`. It stays readable with "
    "its history as `voided` and counts in no figure; a voided record cannot be amended.",
    "fetch": "Gives the current version of the {noun}, or with `as_of` the version of then. Its "
    "ETag is what an amendment sends in `If-Match`; sent in `If-None-Match` it gives 304 while "
    "nothing has changed.",
    "history": "Gives every version of the {noun}, oldest first, with who sent it, when and why, "
    "and the ids that its sender knows it by.",
    "list_of_subject": "Gives the {names} of one subject, a page at a time: follow `Link` with "
    '`rel="next"` until there is none. As JSON, or as one record a line (NDJSON) or CSV where '
    "`Accept` asks for it.",
    "list": "Gives the {names} of all subjects that you can see, a page at a time: follow `Link` "
    'with `rel="next"` until there is none. With `changed_after` only what changed since a `seq`. '
    "As JSON, or as one record a line (NDJSON) or CSV where `Accept` asks for it.",
    "identifiers": "Gives the ids that the sender of the {noun} knows it by, in the order in which "
    "it was given them, and the other records that have had one of these ids.",
}
_SUMMARIES: Final = {
    "submit": "Submit {a_noun}",
    "amend": "Amend {a_noun}",
    "void": "Void {a_noun}",
    "fetch": "Fetch {a_noun}",
    "history": "Every version of {a_noun}",
    "list_of_subject": "List the {names} of a subject",
    "list": "List the {names} of every subject",
    "list_subjects": "List the subjects",
    "identify": "Give {a_noun} further identifiers",
    "identifiers": "The identifiers of {a_noun}",
}


class Words(TypedDict):
    """What an operation is called in a list of operations, and what a caller needs to know."""

    summary: str
    description: str


def words_of(kind: RecordKind, operation: str, description: str = "") -> Words:
    """Give the summary and the description of an operation on a kind, as a route takes them.

    Args:
        kind: what the operation works on.
        operation: what it does, such as ``amend`` or ``list_of_subject``.
        description: what is to be said in place of the usual words.
    """
    words = {
        "names": kind.path.replace("-", " "),
        "noun": kind.noun,
        "a_noun": _with_article(kind.noun),
    }
    alone = f"{operation}_{kind.named_together}"
    return {
        "summary": _SUMMARIES.get(alone, _SUMMARIES[operation]).format(**words),
        "description": description or _DESCRIPTIONS[operation].format(**words),
    }


def _with_article(noun: str) -> str:
    """Put ``a`` or ``an`` before a noun."""
    return f"{'an' if noun[0] in 'aeio' else 'a'} {noun}"
