"""Who is calling, by the token that came with the request."""

import uuid
from datetime import UTC, datetime

from fastapi import Request

from app.access import tokens
from app.access.principal import Principal
from app.problems import InvalidToken
from app.service import Service


async def authenticate(request: Request, service: Service) -> Principal:
    """Give the principal of a request's bearer token.

    Raises:
        InvalidToken: there is no token, or not exactly one, or it is not valid.
    """
    presented = request.headers.getlist("authorization")
    scheme, _, token = presented[0].partition(" ") if len(presented) == 1 else ("", "", "")
    if scheme.lower() != "bearer" or not token:
        raise InvalidToken("Send one access token in the Authorization header, as Bearer.")
    try:
        verified = service.verifier.verify(token, datetime.now(UTC))
        return Principal(uuid.UUID(verified.subject), verified.scopes)
    except (tokens.InvalidToken, ValueError):
        raise InvalidToken("Get a new access token and send the request again.") from None
