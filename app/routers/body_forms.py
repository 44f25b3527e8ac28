"""In which forms and codings a route takes its body, and how it says so when it cannot take one."""

from collections.abc import Sequence
from dataclasses import dataclass

from fastapi import Request

from app.problems import UnsupportedMediaType


@dataclass(frozen=True, slots=True)
class BodyForms:
    """What a route takes.

    Attributes:
        media_types: of the body.
        codings: of its content; ``identity`` is the body as it is.
    """

    media_types: Sequence[str]
    codings: Sequence[str] = ("identity",)

    def of_type(self, request: Request) -> UnsupportedMediaType:
        """Refuse a media type, naming those that are taken.

        Source: RFC 9110, section 12.5.1 (Accept in an answer); Linked Data Platform 1.0, section
            7.1 (Accept-Post). Accept-Encoding is left out: the coding was not what was wrong.
        """
        taken = ", ".join(self.media_types)
        headers = {"Accept": taken}
        if request.method == "POST":
            headers["Accept-Post"] = taken
        return UnsupportedMediaType(
            f"Send {taken} in UTF-8.", headers=headers, allowed=[*self.media_types]
        )

    def of_coding(self) -> UnsupportedMediaType:
        """Refuse a content coding, naming those that are taken.

        Source: RFC 9110, section 12.5.3 (Accept-Encoding in an answer of 415).
        """
        taken = ", ".join(self.codings)
        plainly = "Send the body as it is, without a content coding"
        detail = plainly + ("." if len(self.codings) == 1 else f", or in one of: {taken}.")
        return UnsupportedMediaType(
            detail, headers={"Accept-Encoding": taken}, allowed=[*self.codings]
        )
