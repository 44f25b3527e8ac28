"""RSA moduli whose factors can be found, which a length in bits does not tell."""

from functools import lru_cache
from math import isqrt
from typing import Final

_FERMAT_STEPS: Final = 1000


def _powers_of_65537(prime: int) -> frozenset[int]:
    found, power = set(), 1
    while power not in found:
        found.add(power)
        power = power * 65_537 % prime
    return frozenset(found)


_PRIMES: Final = tuple(
    prime for prime in range(3, 168, 2) if all(prime % divisor for divisor in range(3, prime, 2))
)
_RESIDUES: Final = {
    prime: powers for prime in _PRIMES if len(powers := _powers_of_65537(prime)) < prime - 1
}
"""By prime: what a modulus of the guessable kind can be modulo it, where that is not everything."""


@lru_cache(maxsize=1024)
def weakness_of(modulus: int) -> str | None:
    """Say why a modulus must not be relied on, as the end of a sentence; None: nothing is known.

    Both factors of the guessable kind are a power of 65537 modulo the product of the first primes,
    so that the modulus is one too. One modulus in about 2**27 looks so by chance.

    Source: CVE-2017-15361 (Nemec et al., ACM CCS 2017, section 3.4: the fingerprint); NIST SP
    800-89, section 5.3.3 (the modulus is odd, composite and no power of a prime).
    Decision: factors so close that Fermat's method finds them in 1,000 steps count as equal ones.
    """
    if modulus % 2 == 0:
        return "an odd modulus, not an even one"
    if any(modulus % prime == 0 for prime in _PRIMES):
        return "a modulus without small factors"
    if all(modulus % prime in powers for prime, powers in _RESIDUES.items()):
        return (
            "factors that cannot be guessed; this one is of the kind that CVE-2017-15361 is about: "
            "make a new key elsewhere"
        )
    if _factors_are_close(modulus):
        return "two factors that are not equal or close to each other"
    if pow(2, modulus - 1, modulus) == 1:
        return "a modulus of two factors, not a prime"
    return None


def _factors_are_close(modulus: int) -> bool:
    root = isqrt(modulus)
    middle = root if root * root == modulus else root + 1
    for _ in range(_FERMAT_STEPS):
        rest = middle * middle - modulus
        if isqrt(rest) ** 2 == rest:
            return True
        middle += 1
    return False
