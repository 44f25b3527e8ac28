"""Who is calling, by the token that came with the request."""

from fastapi import Request

from app.access.principal import Principal
from app.problems import BEARER, InvalidToken
from app.service import Service


async def authenticate(request: Request, service: Service) -> Principal:
    """Give the principal of a request's bearer token.

    Raises:
        InvalidToken: there is no token, or not exactly one, or it is not valid.
    """
    presented = request.headers.getlist("authorization")
    scheme, _, token = presented[0].partition(" ") if len(presented) == 1 else ("", "", "")
    if scheme.lower() == "bearer" and token:
        return await service.sign_in.principal_of(token)
    # Who sent no token made no error with one: RFC 6750, section 3, has none named then.
    tried = any(one.lower().startswith("bearer") for one in presented)
    raise InvalidToken(
        "Send one access token in the Authorization header, as Bearer.",
        headers={} if tried else {"WWW-Authenticate": BEARER},
    )
