"""How long an answer may be kept by whom, and that whoever holds it need not get it again.

What follows from records is never in a cache unasked: an answer without a word of its own says
``no-store``. What changes only with the deployment may be kept for a while: the contract by
anybody, because it says nothing of any subject and is given to everybody; the trial and the
vocabularies by the caller alone, because who asks for them has to be known.
"""

from typing import Final

from fastapi import Response

from app.services.entity_tags import is_held

CONTRACT_KEPT: Final = "public, max-age=300"
TRIAL_KEPT: Final = "private, max-age=300"
VOCABULARY_KEPT: Final = "private, max-age=3600"
"""Seconds: what an upgrade may lie behind by. A vocabulary's words are never taken back."""

ASKED_EACH_TIME: Final = "no-cache"
"""Kept by anybody who asks each time whether it is still the same."""


def kept(
    content: str | bytes,
    digest: str,
    cache_control: str,
    if_none_match: str | None,
    media_type: str = "application/json",
) -> Response:
    """Answer with what may be kept, or with 304 to whom it holds already.

    Args:
        content: the body.
        digest: what identifies it, for its ETag.
        cache_control: by whom and for how long.
        if_none_match: the header of the request.
        media_type: of the body.
    """
    headers = {"ETag": f'"{digest}"', "Cache-Control": cache_control}
    if is_held(if_none_match, headers["ETag"]):
        return Response(status_code=304, headers=headers)
    return Response(content, headers=headers, media_type=media_type)
