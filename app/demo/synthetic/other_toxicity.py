"""Cytopenias, infections and the other events of an invented subject, and what was given."""

from collections.abc import Iterator
from typing import Any, Final

from app.demo.records import Record
from app.demo.synthetic.blood import count, immunoglobulin
from app.demo.synthetic.centres import ASSAYS, reported
from app.demo.synthetic.course import SyntheticCourse
from app.demo.synthetic.event import adverse_event, serious, therapy
from app.demo.synthetic.laboratory import counting_days

CYTOPENIAS: Final = {
    "NEUT": ("Neutrophil count decreased", (1.0, 0.5)),
    "PLT": ("Platelet count decreased", (50.0, 25.0)),
    "HGB": ("Anemia", (80.0, 0.0)),
    "LYMPH": ("Lymphocyte count decreased", (0.5, 0.2)),
}
"""Term, and below what grades 3 and 4 begin (10*9/L, g/L). Anaemia of grade 4 has no number.

Source: CTCAE 5.0.
"""
GAP: Final = 4
"""Days of better counts that do not end an episode: scatter of the samples, transfusions."""
_INFECTIONS: Final = (
    ("Upper respiratory infection", 2, "nose and throat", "rhinovirus"),
    ("Lung infection", 3, "lung", "Streptococcus pneumoniae"),
    ("Urinary tract infection", 2, "urinary tract", "Escherichia coli"),
    ("Sinusitis", 2, "paranasal sinuses", None),
    ("Shingles", 2, "skin", "varicella-zoster virus"),
    ("Sepsis", 4, "blood", "Klebsiella pneumoniae"),
)
_MILD: Final = (
    "Fatigue", "Nausea", "Headache", "Diarrhea", "Hypokalemia", "Constipation", "Cough",
    "Alanine aminotransferase increased", "Anorexia", "Insomnia",
)  # fmt: skip


def printed(course: SyntheticCourse, analyte: str, day: float) -> float:
    """Give a count as its laboratory printed it, in SI units: what a grade is read from."""
    said = reported(course.centre, analyte, count(course, analyte, day))
    conventional = said["unit"] == ASSAYS[analyte].conventional_unit
    return float(said["value"]) / (ASSAYS[analyte].factor if conventional else 1.0)


def episodes(course: SyntheticCourse, analyte: str) -> Iterator[tuple[int, int | None, int]]:
    """Give first day, first better day and worst grade of each time of grade 3 or more."""
    third, fourth = CYTOPENIAS[analyte][1]
    days = [day for day in counting_days(course) if day >= 0]
    low = [day for day in days if printed(course, analyte, day) < third]
    while low:
        begin = last = low[0]
        for day in low:
            if day - last > GAP and not _only_low(days, low, last, day):
                break
            last = day
        worst = min(printed(course, analyte, day) for day in low if day <= last)
        better = next((day for day in days if day > last), None)
        yield begin, better, 4 if worst < fourth else 3
        low = [day for day in low if day > last]


def _only_low(days: list[int], low: list[int], begin: int, end: int) -> bool:
    return all(day in low for day in days if begin < day < end)


def cytopenias(course: SyntheticCourse) -> list[Record]:
    """Tell the cytopenias that the counts show, with growth factor and transfusions."""
    told: list[Record] = []
    for analyte, (term, _) in CYTOPENIAS.items():
        for nth, (begin, better, grade) in enumerate(episodes(course, analyte), start=1):
            end = None if better is None else course.on(better).isoformat()
            late = begin >= 30 or (better or course.last_day) > 30
            event = adverse_event(
                course, f"{analyte}{nth}", term, grade, course.on(begin).isoformat(), end,
                causality={"car_t": "probable" if late else "possible",
                           "lymphodepletion": "probable", "disease": "possible"},
                **({"aesi_kind": "prolonged_cytopenia"} if late and analyte != "LYMPH" else {}),
            )  # fmt: skip
            told += [event, *_support(course, analyte, nth, begin, better, event)]
    return told


def _support(
    course: SyntheticCourse, analyte: str, nth: int, begin: int, better: int | None, event: Record
) -> Iterator[Record]:
    until = better if better is not None else min(begin + 20, course.last_day)
    lowest = min(
        (printed(course, analyte, day), day)
        for day in counting_days(course)
        if begin <= day <= until
    )
    if analyte == "NEUT" and lowest[0] < 0.5 and begin + 3 < until:
        yield therapy(
            course, f"G-CSF{nth}", "g_csf", course.on(begin + 2).isoformat(), event,
            name="filgrastim", end=course.on(until).isoformat(), dose="5", unit="ug/kg",
            frequency="daily", route="SUBCUTANEOUS",
        )  # fmt: skip
    needs = {"PLT": ("platelets", 20.0), "HGB": ("red_cells", 70.0)}.get(analyte)
    if needs is not None and lowest[0] < needs[1]:
        yield therapy(
            course, f"TRANSFUSION-{analyte}{nth}", "transfusion",
            course.on(lowest[1]).isoformat(), event, blood_product=needs[0],
            units_transfused="2" if analyte == "HGB" else "1",
        )  # fmt: skip


def infections(course: SyntheticCourse) -> list[Record]:
    """Tell the infections: more of them early, when neutrophils and IgG are low."""
    chance = course.chance("infections")
    told: list[Record] = []
    number = chance.choices((0, 1, 2, 3), (40, 34, 18, 8))[0]
    for nth in range(1, number + 1):
        day = chance.choice(
            (chance.randint(4, 40), chance.randint(30, 120), chance.randint(90, 500))
        )
        lasts = chance.randint(5, 16)
        if day + lasts >= course.evaluated_until:
            continue
        weights = (30, 16, 14, 10, 6, 3)
        term, grade, site, organism = chance.choices(_INFECTIONS, weights)[0]
        found: dict[str, Any] = {"site": site, "source": "culture" if organism else "clinical"}
        if organism is not None:
            found |= {"organism": organism}
        more: dict[str, Any] = {"infection": found}
        if grade >= 3:
            more |= serious(course, day + 0.4, "hospitalisation") | {"aesi_kind": "infection"}
        event = adverse_event(
            course, f"INF{nth}", term, grade, course.on(day).isoformat(),
            course.on(day + lasts).isoformat(), **more,
        )  # fmt: skip
        treatment = therapy(
            course, f"ANTIMICROBIAL{nth}", "antimicrobial", course.on(day).isoformat(), event,
            name="valaciclovir" if term == "Shingles" else "piperacillin and tazobactam",
            end=course.on(day + lasts - 1).isoformat(),
        )  # fmt: skip
        told += [event, treatment]
    return told


def fatal_infection(course: SyntheticCourse) -> list[Record]:
    """Tell the infection that a subject died of; nothing for the others."""
    if course.death is None or course.death_cause != "infection":
        return []
    early = course.death < 60
    onset = course.death - (6 if early else 11)
    died = course.on(course.death).isoformat()
    event = adverse_event(
        course, "FATAL", "Sepsis" if early else "Lung infection", 5,
        course.on(onset).isoformat(), died,
        outcome="FATAL",
        aesi_kind="infection",
        infection={"organism": "Pseudomonas aeruginosa" if early else "Aspergillus fumigatus",
                   "source": "culture"},
        **serious(course, onset + 0.4, "death", "hospitalisation"),
    )  # fmt: skip
    return [event]


def hypogammaglobulinaemia(course: SyntheticCourse) -> list[Record]:
    """Tell the low IgG of about half of the subjects, and the IVIG given for it."""
    chance = course.chance("IVIG")
    day = chance.randint(50, 110)
    own = course.heavy_chain == "IgG"
    low = own or immunoglobulin(course, "IGG", day) < 4.0
    if not low or chance.random() < 0.35 or day + 60 >= course.evaluated_until:
        return []
    event = adverse_event(
        course, "IGG", "Immune system disorders - Other, specify", 2,
        course.on(day).isoformat()[:7] if chance.random() < 0.2 else course.on(day).isoformat(),
        None, other_specify="hypogammaglobulinaemia", aesi_kind="hypogammaglobulinaemia",
        causality={"car_t": "definite", "lymphodepletion": "possible", "disease": "possible"},
    )  # fmt: skip
    doses = [
        therapy(course, f"IVIG{nth}", "ivig", course.on(day + 3 + 28 * nth).isoformat(), event,
                name="immunoglobulin", dose="0.4", unit="g/kg", route="INTRAVENOUS")
        for nth in range(chance.randint(2, 6))
        if day + 3 + 28 * nth < course.evaluated_until
    ]  # fmt: skip
    return [event, *doses]


def other_events(course: SyntheticCourse) -> list[Record]:
    """Tell a few milder events, febrile neutropenia, and the rare late ones."""
    chance = course.chance("other events")
    told = []
    for term in chance.sample(_MILD, chance.randint(2, 5)):
        day = chance.randint(-4, 45)
        end = day + chance.randint(2, 14)
        if end >= course.evaluated_until:
            continue
        vague = chance.random() < 0.12
        onset, ended = course.on(day).isoformat(), course.on(end).isoformat()
        told.append(
            adverse_event(
                course, term.partition(" ")[0].upper(), term, chance.choice((1, 1, 1, 2)),
                onset[:7] if vague else onset, ended,
            )
        )  # fmt: skip
    neutropenia = next(episodes(course, "NEUT"), None)
    if neutropenia is not None and chance.random() < 0.22:
        day = min(neutropenia[0] + 2, course.last_day - 4)
        told.append(
            adverse_event(
                course, "FN", "Febrile neutropenia", 3, course.on(day).isoformat(),
                course.on(day + 3).isoformat(), **serious(course, day + 0.4, "hospitalisation"),
            )
        )  # fmt: skip
    if course.second_malignancy is not None and course.second_malignancy < course.last_day:
        day = course.second_malignancy
        told.append(
            adverse_event(
                course, "SPM", "Treatment related secondary malignancy", 3,
                course.on(day).isoformat(), None,
                aesi_kind="second_malignancy",
                second_malignancy={"histology": "myelodysplastic neoplasm with low blasts",
                                   "car_transgene": "NOT DETECTED"},
                **serious(course, day + 0.4, "medically_important"),
            )
        )  # fmt: skip
    return told
