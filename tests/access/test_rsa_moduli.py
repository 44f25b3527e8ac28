"""Which RSA moduli are not to be relied on."""

import math
import random

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa

from app.access.public_keys import verification_key
from app.access.rsa_moduli import weakness_of
from tests.access.test_public_keys import unsigned

CHANCE = random.Random(20171016)
PRIMORIAL = math.prod(
    prime for prime in range(2, 702) if all(prime % divisor for divisor in range(2, prime))
)
"""Of the first 126 primes: what the guessable keys of 2048 bits are made with."""


def is_prime(number: int) -> bool:
    return all(pow(base, number - 1, number) == 1 for base in (2, 3, 5, 7))


def prime_of(bits: int) -> int:
    return rsa.generate_private_key(65_537, 2 * bits).private_numbers().p


def guessable_prime(bits: int) -> int:
    """Make a prime as the faulty generator does: k times the primorial plus a power of 65537."""
    while True:
        factor = CHANCE.getrandbits(bits - PRIMORIAL.bit_length())
        number = factor * PRIMORIAL + pow(65_537, CHANCE.getrandbits(40), PRIMORIAL)
        if number.bit_length() == bits and is_prime(number):
            return number


def next_prime(number: int) -> int:
    number += 2
    while not is_prime(number):
        number += 2
    return number


PRIME = prime_of(1024)
WEAK = {
    "of the guessable kind": (guessable_prime(1024) * guessable_prime(1024), "CVE-2017-15361"),
    "even": (2 * prime_of(2048), "an even one"),
    "with a small factor": (101 * prime_of(2048), "small factors"),
    "a prime": (prime_of(2048), "not a prime"),
    "of equal factors": (PRIME * PRIME, "not equal or close"),
    "of neighbouring factors": (PRIME * next_prime(PRIME), "not equal or close"),
}


@pytest.mark.parametrize(("modulus", "why"), WEAK.values(), ids=WEAK)
def test_a_weak_modulus_is_refused_when_a_key_is_read(modulus: int, why: str) -> None:
    assert why in (weakness_of(modulus) or "")
    with pytest.raises(ValueError, match="an RSA key has"):
        verification_key({"kty": "RSA", "n": unsigned(modulus), "e": "AQAB"})


def test_one_guessable_factor_is_not_the_kind() -> None:
    assert weakness_of(guessable_prime(1024) * prime_of(1024)) is None


def test_keys_of_a_sound_generator_are_taken() -> None:
    for _ in range(5):
        key = rsa.generate_private_key(65_537, 2048).public_key()
        assert weakness_of(key.public_numbers().n) is None


def test_a_modulus_that_misses_one_residue_is_not_of_the_kind() -> None:
    modulus = guessable_prime(1024) * guessable_prime(1024)
    powers = {pow(65_537, exponent, 37) for exponent in range(36)}
    steps = range(0, 2 * PRIMORIAL, 2 * PRIMORIAL // 37)  # each changes the residue of 37 alone
    changed = next(modulus + step for step in steps if (modulus + step) % 37 not in {0, *powers})
    assert "CVE" not in (weakness_of(changed) or "")
