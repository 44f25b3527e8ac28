"""What becomes of each invented subject: drawn first; every record is then told from it.

How many respond, progress and die is dealt, not drawn, so that every seed gives a trial of the same
look; who it happens to, when and how badly is drawn.

Source: the shape (response rates, depth over time, CRS and ICANS by grade and onset, expansion) is
that of published trials of BCMA-directed CAR-T cells in relapsed or refractory myeloma; the numbers
are invented.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from random import Random
from typing import Final

from app.demo.synthetic.centres import CENTRES, Centre
from app.demo.synthetic.chance import about, dealt, source_of_chance

FIRST_ENROLMENT: Final = date(2024, 1, 8)
ACCRUAL_DAYS: Final = 420
DATA_UNTIL: Final = date(2026, 10, 15)
"""The last day that the centres tell of."""

FATES: Final = (
    ("manufacturing failure", 1),
    ("progressed before infusion", 1),
    ("NE", 1),
    ("PD", 2),
    ("SD", 2),
    ("MR", 1),
    ("PR", 5),
    ("VGPR", 9),
    ("CR", 9),
    ("sCR", 29),
)
"""Best response of the 58 infused, and why 2 were not. NE: died of sepsis before any evaluation."""

LATER: Final = {
    "SD": ("biochemical", "biochemical"),
    "MR": ("imaging",),
    "PR": ("biochemical", "biochemical", "imaging", "biochemical", "lost"),
    "VGPR": ("biochemical", "imaging", "biochemical", "biochemical", "new therapy", "withdrew"),
    "CR": ("biochemical", "biochemical", "imaging", "infection", "lost"),
    "sCR": ("biochemical", "biochemical", "imaging", "biochemical", "withdrew", "malignancy"),
}
"""What comes later to the first ones of each best response; the others stay as they are."""

_LATER_DAYS: Final = {
    "SD": (85, 200), "MR": (150, 260), "PR": (170, 420), "VGPR": (250, 560), "CR": (300, 600),
    "sCR": (380, 620),
}  # fmt: skip
_ICANS_GIVEN_CRS: Final = ((98, 2, 0, 0), (94, 5, 1, 0), (72, 18, 8, 2), (35, 30, 20, 15))
"""How often ICANS has grade 0, 1, 2 and 3, by the grade of the CRS."""
CRS_GRADES: Final = ((0, 13), (1, 27), (2, 13), (3, 4), (4, 1))


@dataclass(frozen=True)
class SyntheticCourse:
    """One subject's course. Days count from the infusion; None for what never happens.

    Attributes:
        drawn_from: names the subject's own sources of chance.
        number: place of the subject in its centre's enrolment, from 1.
        infusion: day 0; of a subject never infused the day that was planned.
        best: the best response, or why there was no infusion.
        deepens: days on which PR, VGPR and CR are reached, as far as they are.
        progression: day and kind of it, ``biochemical`` or ``imaging``.
        last_day: last day that anything is told of: death, loss, withdrawal or the end of the data.
        crs_grade: ASTCT, 0 for none.
    """

    drawn_from: str
    centre: Centre
    number: int
    enrolled_on: date
    leukapheresis: date
    infusion: date
    infused: bool
    best: str
    deepens: tuple[float, ...]
    progression: int | None
    progression_kind: str | None
    new_therapy: int | None
    death: int | None
    death_cause: str | None
    lost: int | None
    withdrew: int | None
    second_malignancy: int | None
    last_day: int
    crs_grade: int
    crs_onset: float
    crs_days: int
    icans_grade: int
    bridged: bool
    heavy_chain: str
    light_chain: str
    extramedullary: bool

    @property
    def subject(self) -> str:
        """Name the subject as its centre's systems do."""
        return f"{self.centre.prefix}{self.number:03d}"

    def chance(self, purpose: str) -> Random:
        """Give the subject's own source of chance for one purpose."""
        return source_of_chance(self.drawn_from, purpose)

    def on(self, day: float) -> date:
        """Give the date of a day."""
        return self.infusion + timedelta(days=int(day))

    @property
    def evaluated_until(self) -> int:
        """Last day of disease evaluations: progression ends them."""
        return self.last_day if self.progression is None else min(self.last_day, self.progression)


def courses(seed: int) -> tuple[SyntheticCourse, ...]:
    """Draw the sixty courses, in the order of enrolment."""
    chance = source_of_chance("trial", seed)
    centres = dealt(chance, [(centre, centre.subjects) for centre in CENTRES])
    fates = dealt(chance, FATES)
    grades = iter(dealt(chance, CRS_GRADES))
    seen: dict[str, int] = {}
    numbers: dict[str, int] = {}
    drawn = []
    for place, (centre, fate) in enumerate(zip(centres, fates, strict=True)):
        nth = seen[fate] = seen.get(fate, -1) + 1
        number = numbers[centre.code] = numbers.get(centre.code, 0) + 1
        later = LATER.get(fate, ())
        drawn.append(
            _course(
                f"subject {seed} {place}",
                centre,
                number,
                FIRST_ENROLMENT
                + timedelta(days=place * ACCRUAL_DAYS // len(centres) + chance.randrange(4)),
                fate,
                later[nth] if nth < len(later) else "",
                next(grades) if fate not in {FATES[0][0], FATES[1][0]} else 0,
            )
        )
    return tuple(drawn)


def _course(
    drawn_from: str,
    centre: Centre,
    number: int,
    enrolled_on: date,
    fate: str,
    later: str,
    crs: int,
) -> SyntheticCourse:
    chance = source_of_chance(drawn_from, "course")
    infused = fate not in {FATES[0][0], FATES[1][0]}
    leukapheresis = enrolled_on + timedelta(days=chance.randint(1, 5))
    infusion = leukapheresis + timedelta(days=chance.randint(31, 43))
    until = (DATA_UNTIL - infusion).days
    happens = {"PD": "biochemical", "NE": "sepsis"}.get(fate, later)
    day = 28 if fate == "PD" else chance.randint(*_LATER_DAYS.get(fate, (18, 26)))
    progression = day if happens in {"biochemical", "imaging"} else None
    death, cause, therapy = None, None, None
    if progression is not None:
        if chance.random() < 0.8:
            therapy = progression + chance.randint(24, 50)
        if chance.random() < (0.75 if fate in {"PD", "SD", "MR", "PR"} else 0.3):
            death, cause = progression + chance.randint(70, 330), "myeloma"
    elif happens in {"sepsis", "infection"}:
        death, cause = day, "infection"
    elif happens == "new therapy":
        therapy = day
    death = death if death is not None and death <= until else None
    therapy = therapy if therapy is not None and therapy < (death or until) else None
    lost = day if happens == "lost" else None
    withdrew = day if happens == "withdrew" else None
    icans = chance.choices((0, 1, 2, 3), _ICANS_GIVEN_CRS[min(crs, 3)])[0]
    return SyntheticCourse(
        drawn_from=drawn_from,
        centre=centre,
        number=number,
        enrolled_on=enrolled_on,
        leukapheresis=leukapheresis,
        infusion=infusion,
        infused=infused,
        best=fate,
        deepens=_deepens(chance, fate),
        progression=progression,
        progression_kind=happens if progression is not None else None,
        new_therapy=therapy,
        death=death,
        death_cause=cause if death is not None else None,
        lost=lost,
        withdrew=withdrew,
        second_malignancy=day + 20 if happens == "malignancy" else None,
        last_day=min(day for day in (death, lost, withdrew, until) if day is not None),
        crs_grade=crs,
        crs_onset=min(9.5, about(chance, 4.2 - 0.5 * crs, 0.45)),
        crs_days=chance.randint(2, 4) + crs,
        icans_grade=icans,
        bridged=chance.random() < 0.6,
        heavy_chain=chance.choices(("IgG", "IgA", "light_chain_only", "IgD"), (56, 22, 20, 2))[0],
        light_chain=chance.choice(("kappa", "kappa", "kappa", "lambda", "lambda")),
        extramedullary=chance.random() < 0.2,
    )


def _deepens(chance: Random, best: str) -> tuple[float, ...]:
    """Draw when PR, VGPR and CR are reached, as far as the best response goes."""
    partial = min(55.0, about(chance, 22.0, 0.3))
    very_good = partial + about(chance, 35.0, 0.5)
    complete = very_good + about(chance, 75.0, 0.7)
    reached = {"PR": 1, "VGPR": 2, "CR": 3, "sCR": 3}.get(best, 0)
    return (partial, min(very_good, 230.0), min(complete, 480.0))[:reached]
