"""Subjects who look like one person, and lots of cells that look like one product.

No name and no number of a patient is known here: two records of one person can only be told by what
they have in common.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from itertools import combinations
from typing import Final

from app.vocabularies.imwg import HeavyChain, LightChain
from app.vocabularies.subjects import Sex

NEEDED: Final = 2
"""How many of diagnosis, isotype and consent two subjects have to share beside sex and birth."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Likeness:
    """What one person's enrolments have in common; None: not known.

    Attributes:
        isotype: heavy and light chain of the myeloma; None where either is not known.
        consented_on: day of the signature.
    """

    subject: str
    sex: Sex
    year_of_birth: int | None
    year_of_diagnosis: int | None
    isotype: tuple[HeavyChain, LightChain] | None
    consented_on: date | None


def alike(one: Likeness, other: Likeness) -> bool:
    """Tell whether two subjects look like one person.

    They do when sex and year of birth are the same, at least two of year of diagnosis, isotype and
    day of consent are known of both, and none of these three differs.

    Source: the trial's rules for its doors, section 3: sex, year of birth, year of diagnosis,
    isotype, consent day. Decision: two of the last three are enough, and one that differs tells two
    persons apart; a sex or a year of birth that is not known tells nothing.
    """
    if one.sex is not other.sex or one.sex is Sex.UNKNOWN or one.year_of_birth is None:
        return False
    if one.year_of_birth != other.year_of_birth:
        return False
    pairs = (
        (one.year_of_diagnosis, other.year_of_diagnosis),
        (one.isotype, other.isotype),
        (one.consented_on, other.consented_on),
    )
    known = [pair for pair in pairs if None not in pair]
    return len(known) >= NEEDED and all(mine == theirs for mine, theirs in known)


def alike_subjects(subjects: Iterable[Likeness]) -> dict[str, list[str]]:
    """Give, by subject, the others who look like the same person; who looks like none is not there.

    Only those of one sex and year of birth are compared.
    """
    groups: dict[tuple[Sex, int | None], list[Likeness]] = defaultdict(list)
    for likeness in subjects:
        groups[likeness.sex, likeness.year_of_birth].append(likeness)
    others: dict[str, list[str]] = defaultdict(list)
    for group in groups.values():
        for one, other in combinations(group, 2):
            if alike(one, other):
                others[one.subject].append(other.subject)
                others[other.subject].append(one.subject)
    return {subject: sorted(alike) for subject, alike in others.items()}
