"""Findings as they are listed, and where a list of them goes on."""

import base64
import binascii
import json
import uuid
from typing import NamedTuple, Self

from pydantic import BaseModel, Field
from pydantic_core import PydanticCustomError

from app.schemas.record import Finding


class FindingOfRecord(Finding):
    """A finding and the record that it is about."""

    subject: str
    centre: str
    kind: str = Field(description="Kind of the record: the segment of its address.")
    record_id: uuid.UUID
    version: int = Field(description="The version that was looked at.")
    count: int = Field(
        default=1,
        description="Records of the subject of which the same was noticed; `record_id` is the "
        "first of them. With `each=true` every one is listed.",
    )


class FindingList(BaseModel):
    """Findings, subject by subject."""

    items: list[FindingOfRecord]
    as_of: int = Field(description="The seq up to which the list is complete.")


class FindingPlace(NamedTuple):
    """The place of a finding in the order of lists: by subject, record, rule and pointer."""

    subject: str
    record_id: str
    rule: str
    pointer: str

    @classmethod
    def of(cls, finding: FindingOfRecord) -> Self:
        """Give the place of a finding."""
        return cls(finding.subject, str(finding.record_id), finding.rule, finding.pointer)


class FindingCursor(BaseModel):
    """Where a list of findings goes on: after which one, and at which cut."""

    after: FindingPlace
    seq: int | None = None

    def encoded(self) -> str:
        """Write the cursor as one opaque word."""
        text = json.dumps([*self.after, self.seq], separators=(",", ":"))
        return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")

    @classmethod
    def decoded(cls, word: object) -> Self | None:
        """Read the word back; an empty one is none."""
        if word is None or word == "":
            return None
        if isinstance(word, cls):
            return word
        try:
            padded = str(word) + "=" * (-len(str(word)) % 4)
            *place, seq = json.loads(base64.urlsafe_b64decode(padded).decode("ascii"))
            if not all(
                isinstance(one, str) and one.isascii() and one.isprintable() for one in place
            ):
                raise ValueError("not a place")
            uuid.UUID(place[1])
            if seq is not None and (type(seq) is not int or not 0 <= seq < 2**62):
                raise ValueError("not a seq")
            return cls(after=FindingPlace(*place), seq=seq)
        except (ValueError, TypeError, IndexError, RecursionError, binascii.Error):
            raise PydanticCustomError(
                "not_a_cursor", "follow the address in the Link header as it is"
            ) from None
