"""What verified claims must say: each of its exact type, for us, now, and not for too long."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TypeGuard

from app.access.tokens import Fault, InvalidToken

_LONGEST_TEXT = 255
_LAST_INSTANT = 253_402_300_799  # 9999-12-31T23:59:59Z, the last second a datetime can hold


@dataclass(frozen=True)
class Lifetime:
    """How long a token may live, and how far clocks may differ.

    Attributes:
        longest: from ``iat`` to ``exp``; without ``iat``, from now (and the leeway) to ``exp``.
        leeway: how far the clock of whoever made the token may be from ours, either way.

    Raises:
        ValueError: ``longest`` is not positive, or ``leeway`` is not between 0 and 60 seconds.
    """

    longest: timedelta
    leeway: timedelta = timedelta(seconds=30)

    def __post_init__(self) -> None:
        if self.longest <= timedelta(0):
            raise ValueError("a lifetime is positive")
        if not timedelta(0) <= self.leeway <= timedelta(seconds=60):
            raise ValueError("the leeway is between 0 and 60 seconds")


@dataclass(frozen=True)
class Validity:
    """From when to when a token says it is valid."""

    issued_at: datetime
    expires_at: datetime


def is_plain_text(value: object) -> TypeGuard[str]:
    """Tell whether a value is a text of 1 to 255 printable characters, as names in claims are."""
    return isinstance(value, str) and 0 < len(value) <= _LONGEST_TEXT and value.isprintable()


def claim(claims: Mapping[str, object], name: str) -> object:
    """Give a claim, whatever it is; null counts as a value.

    Raises:
        InvalidToken: it is missing.
    """
    if name not in claims:
        raise InvalidToken(Fault.CLAIM_MISSING)
    return claims[name]


def text_claim(claims: Mapping[str, object], name: str) -> str:
    """Give a claim that is a text of 1 to 255 printable characters.

    Raises:
        InvalidToken: it is missing, or anything else.
    """
    value = claim(claims, name)
    if not is_plain_text(value):
        raise InvalidToken(Fault.CLAIM_MALFORMED)
    return value


def require_text(claims: Mapping[str, object], name: str, expected: str, fault: Fault) -> None:
    """Require a claim to be exactly one text.

    Raises:
        InvalidToken: it is missing or anything else, for which ``fault`` is the reason.
    """
    if claim(claims, name) != expected:
        raise InvalidToken(fault)


def require_one_audience(claims: Mapping[str, object], accepted: Collection[str]) -> None:
    """Require ``aud`` to be one text, and one of those accepted. A list is refused, even of one.

    Raises:
        InvalidToken: it is missing or anything else.
    """
    audience = claim(claims, "aud")
    if not isinstance(audience, str) or audience not in accepted:
        raise InvalidToken(Fault.AUDIENCE)


def require_listed_audience(claims: Mapping[str, object], expected: str) -> None:
    """Require ``aud`` to be the expected text, or a list of texts that has it.

    Raises:
        InvalidToken: it is missing or anything else.
    """
    audience = claim(claims, "aud")
    listed = audience if isinstance(audience, list) else [audience]
    if not all(isinstance(one, str) for one in listed) or expected not in listed:
        raise InvalidToken(Fault.AUDIENCE)


def validity(claims: Mapping[str, object], now: datetime, lifetime: Lifetime) -> Validity:
    """Give the time in which a token is valid, where it must say both ends (``iat``, ``exp``).

    Raises:
        InvalidToken: as `expiry`; also where ``iat`` is missing.
    """
    return Validity(_instant(claims, "iat"), expiry(claims, now, lifetime))


def expiry(claims: Mapping[str, object], now: datetime, lifetime: Lifetime) -> datetime:
    """Give the time at which a token expires, having checked that it is valid now.

    ``exp`` must be there; ``iat`` and ``nbf`` count where they are. The times are whole seconds:
    RFC 7519 also allows fractions, but the issuers we know write none, and a float is how an
    ``exp`` of 1e400 comes in.

    Raises:
        InvalidToken: a time is not an integer or out of range; the token is expired, or not yet
            valid, by more than the leeway; or it lives longer than allowed.
        ValueError: ``now`` has no time zone.

    Source: RFC 7519, sections 4.1.4 to 4.1.6.
    """
    if now.tzinfo is None:
        raise ValueError("now has no time zone")
    expires_at = _instant(claims, "exp")
    starts = [_instant(claims, name) for name in ("iat", "nbf") if name in claims]
    if expires_at <= now - lifetime.leeway:
        raise InvalidToken(Fault.EXPIRED)
    if any(start > now + lifetime.leeway for start in starts):
        raise InvalidToken(Fault.NOT_YET_VALID)
    issued_at = _instant(claims, "iat") if "iat" in claims else now + lifetime.leeway
    if any(start >= expires_at for start in starts) or expires_at - issued_at > lifetime.longest:
        raise InvalidToken(Fault.LIFETIME)
    return expires_at


def _instant(claims: Mapping[str, object], name: str) -> datetime:
    """Read seconds since 1970. A bool is an int to Python and is refused like any other type."""
    value = claim(claims, name)
    if type(value) is not int or not 0 < value <= _LAST_INSTANT:
        raise InvalidToken(Fault.CLAIM_MALFORMED)
    return datetime.fromtimestamp(value, UTC)
