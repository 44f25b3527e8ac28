"""The corpus of tokens and client assertions that must be refused, each with its reason.

Each case is a good token changed in one place, and signed again wherever the change allows it: so
what refuses it is the check that it is about, and no other.
"""

import base64
import json
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any, NamedTuple

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from app.access.public_keys import public_jwk
from app.access.signing_keys import SigningKey
from app.access.tokens import Fault
from tests.access.forge import Forge, base64url, compact, der_signer, es256_signer, hmac_signer

P256_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
DAY = 86_400
FULLWIDTH_DIGITS = "\uff11\uff12\uff13"


class Bad(NamedTuple):
    """A token to be refused, and why."""

    token: str | bytes
    fault: Fault


Cases = Iterator[tuple[str, Bad]]


def access_token_forge(
    signing_key: SigningKey,
    issuer: str,
    audience: str,
    now: datetime,
    subject: str = "centre-03",
    scope: str = "records:read",
) -> Forge:
    """Give the forge whose good token is an access token of ours."""
    issued_at = int(now.timestamp())
    return Forge(
        signing_key,
        {"alg": "ES256", "kid": signing_key.key_id, "typ": "at+jwt"},
        {
            "iss": issuer,
            "sub": subject,
            "aud": audience,
            "client_id": subject,
            "iat": issued_at,
            "exp": issued_at + 300,
            "jti": "J8p2uEoXkQq1v0cN3sYw7A",
            "scope": scope,
        },
    )


def assertion_forge(client_key: SigningKey, client_id: str, audience: str, now: datetime) -> Forge:
    """Give the forge whose good token is a client's assertion."""
    issued_at = int(now.timestamp())
    return Forge(
        client_key,
        {"alg": "ES256", "kid": client_key.key_id, "typ": "JWT"},
        {
            "iss": client_id,
            "sub": client_id,
            "aud": audience,
            "iat": issued_at,
            "exp": issued_at + 300,
            "jti": "6d9fTqkq0dYw2r8bX1mZ5g",
        },
    )


def bad_tokens(
    signing_key: SigningKey,
    issuer: str,
    audience: str,
    now: datetime,
    subject: str = "centre-03",
    scope: str = "records:read",
) -> dict[str, str | bytes]:
    """Give access tokens that must be refused, by the name of what is wrong with them."""
    forge = access_token_forge(signing_key, issuer, audience, now, subject, scope)
    return {name: bad.token for name, bad in access_token_cases(forge).items()}


def bad_assertions(
    client_key: SigningKey, client_id: str, audience: str, now: datetime
) -> dict[str, str | bytes]:
    """Give client assertions that must be refused, by the name of what is wrong with them."""
    forge = assertion_forge(client_key, client_id, audience, now)
    return {name: bad.token for name, bad in assertion_cases(forge).items()}


def fits_in_a_header(token: str | bytes) -> bool:
    """Tell whether a token can be sent after ``Bearer`` as it is.

    HTTP strips blanks at the end, splits at blanks and forbids control characters; a client cannot
    send 10 MB in a header either, but may try.
    """
    octets = token.encode("utf-8", "surrogatepass") if isinstance(token, str) else token
    return bool(octets) and all(0x20 < octet != 0x7F for octet in octets)


def access_token_cases(forge: Forge) -> dict[str, Bad]:
    """Give all cases of an access token."""
    return _collected(
        _algorithms(forge),
        _keys(forge),
        _types_of_access_tokens(forge),
        _header_parameters(forge),
        _header_texts(forge),
        _texts(forge),
        _segments(forge),
        _signatures(forge),
        _payloads(forge),
        _times(forge),
        _names(forge, ("sub", "client_id", "jti")),
        _audiences(forge),
        _issuers(forge),
        _scopes(forge),
    )


def assertion_cases(forge: Forge) -> dict[str, Bad]:
    """Give all cases of a client assertion."""
    return _collected(
        _algorithms(forge),
        _keys(forge, may_be_absent=True),
        _types_of_assertions(forge),
        _header_parameters(forge),
        _header_texts(forge),
        _texts(forge),
        _segments(forge),
        _signatures(forge),
        _payloads(forge),
        _times(forge, issued_at_required=False),
        _names(forge, ("jti",)),
        _audiences(forge),
        _clients(forge),
    )


def _collected(*groups: Cases) -> dict[str, Bad]:
    cases: dict[str, Bad] = {}
    for group in groups:
        for name, bad in group:
            if name in cases:
                raise ValueError(f"two cases are called {name}")
            cases[name] = bad
    return cases


def _algorithms(forge: Forge) -> Cases:
    for name in ("none", "None", "NONE", "nOnE", ""):
        unsigned = compact({**forge.header, "alg": name}, forge.claims, lambda _: b"")
        yield f"alg {name!r}, no signature", Bad(unsigned, Fault.SEGMENTS)
        yield f"alg {name!r}, signed", Bad(forge.with_header(alg=name), Fault.ALGORITHM)
    public = forge.key.private_key.public_key()
    secrets = {
        "PEM": public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo),
        "DER": public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo),
        "SSH": public.public_bytes(Encoding.OpenSSH, PublicFormat.OpenSSH),
        "point": public.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint),
        "JWK": json.dumps(public_jwk(forge.key.public)).encode(),
        "kid": forge.key.key_id.encode(),
        "empty key": b"",
    }
    for algorithm in ("HS256", "HS384", "HS512"):
        for name, secret in secrets.items():
            token = forge.signed_by(hmac_signer(secret, algorithm), alg=algorithm)
            yield f"{algorithm} with the public key as {name}", Bad(token, Fault.ALGORITHM)
    for other in ("ES512", "RS512", "PS512", "EdDSA", "es256", "ES256 ", "ES256K", "RSA-OAEP"):
        yield f"alg {other!r}", Bad(forge.with_header(alg=other), Fault.ALGORITHM)
    for name, value in _not_texts():
        yield f"alg {name}", Bad(forge.with_header(alg=value), Fault.ALGORITHM)
    yield "alg missing", Bad(forge.without_header("alg"), Fault.ALGORITHM)


def _keys(forge: Forge, *, may_be_absent: bool = False) -> Cases:
    malformed = {
        "SQL": "x' OR 1=1 --",
        "with NUL": f"{forge.key.key_id}\x00",
        "with a newline": f"{forge.key.key_id}\n",
        "with a blank": f" {forge.key.key_id}",
        "empty": "",
        "very long": "k" * 3000,
        "of 129 characters": "k" * 129,
        "of fullwidth digits": FULLWIDTH_DIGITS,
        "of half a surrogate pair": "\ud800",
    }
    for name, key_id in malformed.items():
        fault = Fault.HEADER if name in ("with NUL", "of half a surrogate pair") else Fault.KEY_ID
        yield f"kid {name}", Bad(forge.with_header(kid=key_id), fault)
    for name, value in _not_texts():
        yield f"kid {name}", Bad(forge.with_header(kid=value), Fault.KEY_ID)
    unknown = {
        "unknown": "no-such-key",
        "a path": "../../../../dev/null",
        "an absolute path": "/etc/passwd",
        "a URL": "https://attacker.example/key",
        "in another case": forge.key.key_id.swapcase(),
        "cut short": forge.key.key_id[:-1],
    }
    for name, key_id in unknown.items():
        yield f"kid {name}", Bad(forge.with_header(kid=key_id), Fault.KEY_UNKNOWN)
    if not may_be_absent:
        yield "kid missing", Bad(forge.without_header("kid"), Fault.KEY_ID)


def _types_of_access_tokens(forge: Forge) -> Cases:
    yield "typ missing", Bad(forge.without_header("typ"), Fault.TYPE)
    # RFC 9068 allows some of these; no token that we issued has them.
    for other in ("JWT", "AT+JWT", "at+JWT", "application/at+jwt", "at+jwt ", "jwt", "dpop+jwt"):
        yield f"typ {other!r}", Bad(forge.with_header(typ=other), Fault.TYPE)
    for name, value in _not_texts():
        yield f"typ {name}", Bad(forge.with_header(typ=value), Fault.TYPE)


def _types_of_assertions(forge: Forge) -> Cases:
    for other in ("at+jwt", "application/at+jwt", "id_token", "logout+jwt", "", " JWT"):
        yield f"typ {other!r}", Bad(forge.with_header(typ=other), Fault.TYPE)
    for name, value in _not_texts():
        yield f"typ {name}", Bad(forge.with_header(typ=value), Fault.TYPE)


def _header_parameters(forge: Forge) -> Cases:
    """A token that tells its verifier where to find the key, or what to overlook."""
    attacker = ec.generate_private_key(ec.SECP256R1())
    own = public_jwk(SigningKey("attacker", attacker).public)
    parameters: dict[str, Any] = {
        "crit empty": {"crit": []},
        "crit exp": {"crit": ["exp"]},
        "crit b64": {"crit": ["b64"], "b64": False},
        "crit unknown": {"crit": ["http://example.com/UNDEFINED"]},
        "b64 false": {"b64": False},
        "b64 true": {"b64": True},
        "jku": {"jku": "https://attacker.example/jwks.json"},
        "jku on loopback": {"jku": "http://127.0.0.1:1/jwks.json"},
        "x5u": {"x5u": "https://attacker.example/chain.pem"},
        "x5c": {"x5c": ["MIIBszCCAVmgAwIBAgIU"]},
        "x5t": {"x5t": "dGh1bWJwcmludA"},
        "zip": {"zip": "DEF"},
        "cty": {"cty": "JWT"},
        "enc": {"enc": "A256GCM"},
        "epk": {"epk": own},
        "nonce": {"nonce": "n"},
        "an unknown parameter": {"x": 1},
        "a parameter in capitals": {"ALG": "ES256"},
    }
    for name, added in parameters.items():
        yield f"header with {name}", Bad(forge.with_header(**added), Fault.HEADER_PARAMETER)
    for name, added in (
        ("jwk", {"jwk": own}),
        ("jwk and its kid", {"jwk": own, "kid": "attacker"}),
    ):
        token = forge.signed_by(es256_signer(attacker), **added)
        yield f"header with {name}, signed by it", Bad(token, Fault.HEADER_PARAMETER)


def _header_texts(forge: Forge) -> Cases:
    """A header that is not one flat JSON object with each name once."""
    good = forge.written_header()
    objects = '{"x":' * 800 + "1" + "}" * 800
    texts = {
        "not JSON": b"alg=ES256",
        "an array": b"[" + good.encode() + b"]",
        "a text": json.dumps(good).encode(),
        "null": b"null",
        "a number": b"1",
        "cut short": good[:-1].encode(),
        "with a second object": good.encode() + b"{}",
        "with a byte order mark": b"\xef\xbb\xbf" + good.encode(),
        "in UTF-16": good.encode("utf-16"),
        "not UTF-8": good.encode()[:-1] + b',"x":"\xff"}',
        "with alg twice": f'{{"alg":"none",{good[1:]}'.encode(),
        "with alg twice, once escaped": f'{{"\\u0061lg":"none",{good[1:]}'.encode(),
        "with kid twice": f'{{"kid":"other",{good[1:]}'.encode(),
        "with typ twice": f'{{"typ":"JWT",{good[1:]}'.encode(),
        "nested 2,000 deep": f'{good[:-1]},"x":{"[" * 2000}{"]" * 2000}}}'.encode(),
        "nested 2,000 deep, left open": f'{good[:-1]},"x":{"[" * 2000}'.encode(),
        "of objects 800 deep": f'{good[:-1]},"x":{objects}}}'.encode(),
        "with NaN": f'{good[:-1]},"x":NaN}}'.encode(),
        "with a number of 5,000 digits": f'{good[:-1]},"x":{"9" * 5000}}}'.encode(),
        "with a comment": f"/**/{good}".encode(),
        "with a trailing comma": f"{good[:-1]},}}".encode(),
    }
    for name, text in texts.items():
        yield f"header {name}", Bad(forge.with_raw_header(text), Fault.HEADER)
    deep = f'{good[:-1]},"x":{"[" * 100_000}{"]" * 100_000}}}'.encode()
    yield "header nested 100,000 deep", Bad(forge.with_raw_header(deep), Fault.TOO_LONG)
    yield "header {}", Bad(forge.with_raw_header(b"{}"), Fault.ALGORITHM)


def _texts(forge: Forge) -> Cases:
    """Something other than three base64url segments of a bearable length."""
    good = forge.good()
    header, payload, signature = good.split(".")
    texts = {
        "a blank before": f" {good}",
        "a blank after": f"{good} ",
        "a newline after": f"{good}\n",
        "CR LF and a header": f"{good}\r\nX-Injected: 1",
        "a tab in the payload": forge.with_segments(header, f"{payload[:4]}\t{payload[4:]}"),
        "a newline in the signature": f"{header}.{payload}.{signature[:4]}\n{signature[4:]}",
        "a NUL after": f"{good}\x00",
        "padding after the header": forge.with_segments(f"{header}=", payload),
        "padding after the payload": forge.with_segments(header, f"{payload}=="),
        "padding after the signature": f"{good}==",
        "a percent escape": f"{header}.{payload}.{signature}%3D",
        "quotes": f'"{good}"',
        "fullwidth digits": good + FULLWIDTH_DIGITS,
        "Arabic digits": f"{header}.{payload}.{signature[:-2]}٣٤",
        "a non-ASCII letter": f"{header}.{payload}.é{signature[1:]}",
        "half a surrogate pair": f"{good}\ud800",
        "a zero-width space": f"{good}\u200b",
        "a byte order mark": f"\ufeff{good}",
        "the standard base64 alphabet": f"{header}.{payload}.+/{signature[2:]}",
        "the word Bearer before it": f"Bearer {good}",
        "a signature of an impossible length": f"{header}.{payload}.{'A' * 85}",
        "spare bits set at the end of the header": forge.with_segments(
            _other_spelling(forge.written_header()), payload
        ),
        "spare bits set at the end of the payload": forge.with_segments(
            header, _other_spelling(forge.written_claims())
        ),
        "spare bits set at the end of the signature": (
            f"{header}.{payload}.{_with_spare_bits(signature)}"
        ),
    }
    for name, text in texts.items():
        yield f"text with {name}", Bad(text, Fault.BASE64URL)
    yield "bytes after it that are not UTF-8", Bad(good.encode() + b"\xff\xfe", Fault.NOT_TEXT)
    yield "bytes, all of them 0xFF", Bad(b"\xff" * 100, Fault.NOT_TEXT)
    yield "bytes of a gzip file", Bad(b"\x1f\x8b\x08\x00" + good.encode(), Fault.NOT_TEXT)
    yield "10 MB", Bad(f"{header}.{'A' * 10_000_000}.{signature}", Fault.TOO_LONG)
    yield "10 MB of dots", Bad("." * 10_000_000, Fault.TOO_LONG)
    yield "one character too long", Bad(_padded_to(forge, 8193), Fault.TOO_LONG)


def _segments(forge: Forge) -> Cases:
    good = forge.good()
    header, payload, signature = good.split(".")
    encrypted = base64url(b'{"alg":"RSA-OAEP","enc":"A256GCM"}')
    direct = base64url(b'{"alg":"dir","enc":"A128GCM","kid":"x"}')
    shapes = {
        "empty": "",
        "one segment": header,
        "two segments": f"{header}.{payload}",
        "no signature": f"{header}.{payload}.",
        "no payload": f"{header}..{signature}",
        "no header": f".{payload}.{signature}",
        "only dots": "..",
        "four segments": f"{good}.{signature}",
        "four segments, the last empty": f"{good}.",
        "five segments": f"{good}.{payload}.{signature}",
        "two tokens": f"{good}.{good}",
        "two tokens with a comma": f"{good},{good}",
        "a JWE": f"{encrypted}.{'A' * 43}.{'A' * 16}.{payload}.{'A' * 22}",
        "a JWE with a direct key": f"{direct}..{'A' * 16}.{payload}.{'A' * 22}",
        "a JWS in JSON": json.dumps(
            {"protected": header, "payload": payload, "signature": signature}
        ),
        "with colons for dots": good.replace(".", ":"),
        "a UUID": "0192f0c1-2f3a-7c44-9c55-2d8e3d8c1f00",
        "a basic credential": base64.b64encode(b"user:password").decode(),
    }
    for name, text in shapes.items():
        yield f"shape: {name}", Bad(text, Fault.SEGMENTS)


def _signatures(forge: Forge) -> Cases:
    good = forge.good()
    signed, _, signature = good.rpartition(".")
    other = ec.generate_private_key(ec.SECP256R1())
    rsa_key = rsa.generate_private_key(public_exponent=65_537, key_size=2048)
    zero, order = bytes(32), P256_ORDER.to_bytes(32, "big")
    sound = base64.urlsafe_b64decode(signature + "==")
    signatures: dict[str, bytes] = {
        "of zeros": zero + zero,
        "with r = 0": zero + sound[32:],
        "with s = 0": sound[:32] + zero,
        "with r = n": order + sound[32:],
        "with s = n": sound[:32] + order,
        "of r = s = 1": (b"\x00" * 31 + b"\x01") * 2,
        "of ones": b"\xff" * 64,
        "with r and s exchanged": sound[32:] + sound[:32],
        "cut by an octet": sound[:-1],
        "cut in half": sound[:32],
        "with an octet more": sound + b"\x00",
        "of 96 octets": zero[:16] + sound[:32] + zero[:16] + sound[32:],
        "of one octet": b"\x00",
        "with one bit changed": sound[:-1] + bytes([sound[-1] ^ 1]),
        "in DER": der_signer(forge.key.private_key)(signed.encode()),
        "in DER, of zeros": bytes.fromhex("3006020100020100"),
        "of another key": es256_signer(other)(signed.encode()),
        "of an RSA key": rsa_key.sign(signed.encode(), PKCS1v15(), hashes.SHA256()),
        "of the payload alone": forge.sign(signed.rpartition(".")[2].encode()),
        "of another token": base64.urlsafe_b64decode(
            forge.with_claims(jti="another").rpartition(".")[2] + "=="
        ),
    }
    for name, octets in signatures.items():
        yield f"signature {name}", Bad(f"{signed}.{base64url(octets)}", Fault.SIGNATURE)
    header, payload, _ = good.split(".")
    more = base64url(json.dumps({**forge.claims, "sub": "another"}).encode())
    yield "claims changed after signing", Bad(f"{header}.{more}.{signature}", Fault.SIGNATURE)
    spaced = base64url(forge.written_header().replace(":", ": ").encode())
    yield "header changed after signing", Bad(f"{spaced}.{payload}.{signature}", Fault.SIGNATURE)


def _payloads(forge: Forge) -> Cases:
    """Claims under a good signature that are not one JSON object with each name once."""
    good = forge.written_claims()
    objects = '{"x":' * 800 + "1" + "}" * 800
    texts = {
        "not JSON": b"sub=centre-03",
        "a list": b"[" + good.encode() + b"]",
        "a text": json.dumps(good).encode(),
        "a number": b"300",
        "null": b"null",
        "true": b"true",
        "a blank": b" ",
        "cut short": good[:-1].encode(),
        "followed by another": good.encode() * 2,
        "not UTF-8": good.encode()[:-1] + b',"x":"\xc3\x28"}',
        "in UTF-16": good.encode("utf-16"),
        "with a byte order mark": b"\xef\xbb\xbf" + good.encode(),
        "NaN": b"NaN",
        "with a NaN": f'{good[:-1]},"x":NaN}}'.encode(),
        "with -Infinity": f'{good[:-1]},"x":-Infinity}}'.encode(),
        "with exp twice": f'{{"exp":1,{good[1:]}'.encode(),
        "with exp twice, once escaped": f'{{"\\u0065xp":1,{good[1:]}'.encode(),
        "with sub twice": f'{{"sub":"admin",{good[1:]}'.encode(),
        "with sub twice, once escaped": f'{{"s\\u0075b":"admin",{good[1:]}'.encode(),
        "with aud twice": f'{{"aud":"other",{good[1:]}'.encode(),
        "with a duplicate far inside": f'{good[:-1]},"x":{{"y":[{{"z":1,"z":2}}]}}}}'.encode(),
        "nested 2,000 deep": f'{good[:-1]},"x":{"[" * 2000}{"]" * 2000}}}'.encode(),
        "of objects 800 deep": f'{good[:-1]},"x":{objects}}}'.encode(),
        "with a number of 5,000 digits": f'{good[:-1]},"x":{"9" * 5000}}}'.encode(),
        "with half a surrogate pair": f'{good[:-1]},"x":"\\ud800"}}'.encode(),
        "with an escaped NUL": f'{good[:-1]},"x":"\\u0000"}}'.encode(),
        "with an Arabic number": f'{good[:-1]},"x":١٢}}'.encode(),
        "zipped": b"x\x9c\xabVJ\x04\x00\x02g\x01",
    }
    for name, text in texts.items():
        yield f"claims {name}", Bad(forge.with_payload(text), Fault.CLAIMS)
    yield "claims {}", Bad(forge.with_payload(b"{}"), Fault.CLAIM_MISSING)


def _times(forge: Forge, *, issued_at_required: bool = True) -> Cases:
    now = int(forge.claims["iat"])
    written = {
        "1e400": "1e400",
        "1.8e9": "1.8e9",
        "a float": f"{now + 300}.0",
        "a float with a fraction": f"{now + 300}.5",
        "a text": f'"{now + 300}"',
        "null": "null",
        "true": "true",
        "false": "false",
        "a list": f"[{now + 300}]",
        "an object": "{}",
        "0": "0",
        "-0": "-0",
        "negative": "-1",
        "after the year 9999": "253402300800",
        "beyond 64 bits": "18446744073709551616",
        "of 390 digits": "9" * 390,
        "a date": '"2999-01-01T00:00:00Z"',
    }
    unreadable = {
        "Infinity": "Infinity",
        "-Infinity": "-Infinity",
        "NaN": "NaN",
        "hex": "0x7fffffff",
    }
    for claim in ("exp", "iat", "nbf"):
        for name, text in written.items():
            token = forge.with_written_claim(claim, text)
            yield f"{claim} {name}", Bad(token, Fault.CLAIM_MALFORMED)
        for name, text in unreadable.items():
            yield f"{claim} {name}", Bad(forge.with_written_claim(claim, text), Fault.CLAIMS)
    yield "exp missing", Bad(forge.without_claim("exp"), Fault.CLAIM_MISSING)
    if issued_at_required:
        yield "iat missing", Bad(forge.without_claim("iat"), Fault.CLAIM_MISSING)
    instants = {
        "expired": ({"iat": now - 400, "exp": now - 100}, Fault.EXPIRED),
        "expired for years": ({"iat": 1, "exp": 301}, Fault.EXPIRED),
        "issued in an hour": ({"iat": now + 3600, "exp": now + 3900}, Fault.NOT_YET_VALID),
        "issued in ten years": (
            {"iat": now + 3650 * DAY, "exp": now + 3650 * DAY + 300},
            Fault.NOT_YET_VALID,
        ),
        "not valid before an hour from now": ({"nbf": now + 3600}, Fault.NOT_YET_VALID),
        "valid for two days": ({"exp": now + 2 * DAY}, Fault.LIFETIME),
        "valid for a century": ({"exp": now + 36_500 * DAY}, Fault.LIFETIME),
        "valid to the end of time": ({"exp": 253_402_300_799}, Fault.LIFETIME),
        "issued two days ago": ({"iat": now - 2 * DAY}, Fault.LIFETIME),
        "issued at the epoch": ({"iat": 1}, Fault.LIFETIME),
        "issued after its end": ({"iat": now + 20, "exp": now + 10}, Fault.LIFETIME),
        "issued at its end": ({"iat": now + 10, "exp": now + 10}, Fault.LIFETIME),
        "not valid before its end": ({"nbf": now + 10, "exp": now + 10}, Fault.LIFETIME),
        "in milliseconds": ({"iat": now * 1000, "exp": (now + 300) * 1000}, Fault.CLAIM_MALFORMED),
    }
    for name, (claims, fault) in instants.items():
        yield name, Bad(forge.with_claims(**claims), fault)


def _names(forge: Forge, claims: tuple[str, ...]) -> Cases:
    malformed: dict[str, Any] = {
        **dict(_not_texts()),
        "empty": "",
        "of 256 characters": "x" * 256,
        "with a newline": "a\nb",
        "with a right-to-left override": "a\u202eb",
    }
    for claim in claims:
        yield f"{claim} missing", Bad(forge.without_claim(claim), Fault.CLAIM_MISSING)
        for name, value in malformed.items():
            token = forge.with_claims(**{claim: value})
            yield f"{claim} {name}", Bad(token, Fault.CLAIM_MALFORMED)


def _audiences(forge: Forge) -> Cases:
    right = str(forge.claims["aud"])
    yield "aud missing", Bad(forge.without_claim("aud"), Fault.CLAIM_MISSING)
    wrong: dict[str, Any] = {
        **dict(_not_texts()),
        "a list of one": [right],
        "a list of two": [right, "https://other.example"],
        "a list in a list": [[right]],
        "an object by its name": {right: right},
        "other": "https://other.example",
        "empty": "",
        "cut short": right[:-1],
        "with a slash more": f"{right}/",
        "with a blank more": f"{right} ",
        "in capitals": right.upper(),
        "a pattern": "*",
        "two in one text": f"{right} https://other.example",
    }
    for name, value in wrong.items():
        yield f"aud {name}", Bad(forge.with_claims(aud=value), Fault.AUDIENCE)


def _issuers(forge: Forge) -> Cases:
    right = str(forge.claims["iss"])
    yield "iss missing", Bad(forge.without_claim("iss"), Fault.CLAIM_MISSING)
    wrong: dict[str, Any] = {
        **dict(_not_texts()),
        "a list of one": [right],
        "the previous one": "https://previous.example",
        "with a slash more": f"{right}/",
        "in capitals": right.upper(),
        "cut short": right[:-1],
        "empty": "",
    }
    for name, value in wrong.items():
        yield f"iss {name}", Bad(forge.with_claims(iss=value), Fault.ISSUER)


def _scopes(forge: Forge) -> Cases:
    yield "scope missing", Bad(forge.without_claim("scope"), Fault.CLAIM_MISSING)
    malformed: dict[str, Any] = {
        **dict(_not_texts()),
        "empty": "",
        "a blank": " ",
        "a list of one": ["records:read"],
        "with two blanks": "records:read  records:write",
        "with a blank after": "records:read ",
        "with a newline": "records:read\nrecords:write",
        "with a quote": 'records:read"',
        "with a backslash": "records\\read",
        "not ASCII": "records:réad",
    }
    for name, value in malformed.items():
        yield f"scope {name}", Bad(forge.with_claims(scope=value), Fault.CLAIM_MALFORMED)


def _clients(forge: Forge) -> Cases:
    """An assertion that does not say, twice, which client signed it."""
    for claim, fault in (("iss", Fault.ISSUER), ("sub", Fault.SUBJECT)):
        right = str(forge.claims[claim])
        yield f"{claim} missing", Bad(forge.without_claim(claim), Fault.CLAIM_MISSING)
        wrong: dict[str, Any] = {
            **dict(_not_texts()),
            "a list of one": [right],
            "another client": f"{right}-other",
            "in another case": right.swapcase(),
            "empty": "",
        }
        for name, value in wrong.items():
            yield f"{claim} {name}", Bad(forge.with_claims(**{claim: value}), fault)
    other = forge.with_claims(iss="another-client", sub="another-client")
    yield "iss and sub another client", Bad(other, Fault.ISSUER)
    now = int(forge.claims["iat"])
    no_iat: Mapping[str, Any] = {
        name: value for name, value in forge.claims.items() if name != "iat"
    } | {"exp": now + 2 * DAY}
    yield (
        "valid for two days, without iat",
        Bad(compact(forge.header, no_iat, forge.sign), Fault.LIFETIME),
    )
    for algorithm in ("HS256", "HS512"):
        secret = right.encode()
        token = forge.signed_by(hmac_signer(secret, algorithm), alg=algorithm)
        yield f"{algorithm} with the client's name", Bad(token, Fault.ALGORITHM)


def _not_texts() -> list[tuple[str, Any]]:
    return [
        ("null", None),
        ("a number", 1),
        ("true", True),
        ("an empty list", []),
        ("an object", {"a": "b"}),
    ]


def _other_spelling(text: str) -> str:
    """Write a JSON text, with blanks until bits are spare, as base64url that sets one of them."""
    while len(text) % 3 == 0:
        text += " "
    return _with_spare_bits(base64url(text.encode()))


def _with_spare_bits(segment: str) -> str:
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    return segment[:-1] + alphabet[alphabet.index(segment[-1]) | 1]


def _padded_to(forge: Forge, length: int) -> str:
    """Give a token, good but for being this long: an unknown claim fills it."""
    filler = ""
    while len(token := forge.with_claims(filler=filler)) < length:
        filler += "x" * max(1, (length - len(token)) * 3 // 4 - 3)
    return token
