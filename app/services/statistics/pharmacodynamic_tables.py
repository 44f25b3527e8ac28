"""Pharmacodynamics of a trial: per marker its levels and changes, by toxicity and by response.

Source: the trial's protocol, pharmacodynamics, summary; descriptive only.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from app.services.derivations.markers.marker_course import MarkerCourse, MarkerFlag
from app.services.derivations.markers.marker_values import Level, MarkerValue
from app.services.derivations.markers.pharmacodynamics import (
    SubjectPharmacodynamics,
    followed_markers,
)
from app.services.statistics.level_summaries import LevelSummary, MeasuredLevel, summarise_levels
from app.services.statistics.subject_facts import NOTHING_KNOWN, SubjectFacts
from app.services.statistics.table_methods import USUAL_METHODS, TableMethods
from app.trial.pharmacodynamics import GroupComparison, PharmacodynamicRules

SEVERE_CRS_FROM: Final = 2

Group = Literal["all", "crs_grade_0_1", "crs_grade_2_or_more", "responder", "non_responder"]

GROUPS: Final[dict[Group, Callable[[SubjectFacts], bool]]] = {
    "all": lambda _: True,
    "crs_grade_0_1": lambda facts: (
        facts.crs_grade is not None and facts.crs_grade < SEVERE_CRS_FROM
    ),
    "crs_grade_2_or_more": lambda facts: (
        facts.crs_grade is not None and facts.crs_grade >= SEVERE_CRS_FROM
    ),
    "responder": lambda facts: facts.responder is True,
    "non_responder": lambda facts: facts.responder is False,
}
"""Who is in each group; one of whom the fact is not known is in neither."""

COMPARED: Final[dict[GroupComparison, tuple[Group, Group]]] = {
    "crs_grade_2": ("crs_grade_0_1", "crs_grade_2_or_more"),
    "responder": ("responder", "non_responder"),
}
"""The two groups of each comparison that a trial may name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MarkerParameter:
    """One parameter over the subjects of a group who have it.

    Attributes:
        name: such as ``peak``, ``peak_day``, ``fold_change``, ``auc_0_28``, ``percent_change``.
        unit: UCUM; an area is in unit x days.
    """

    name: str
    unit: str
    levels: LevelSummary


@dataclass(frozen=True, slots=True, kw_only=True)
class MarkerGroup:
    """The parameters of one group of subjects."""

    group: Group
    n: int
    parameters: tuple[MarkerParameter, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class MarkerVisit:
    """The levels at one planned visit, one per subject; ``target`` in days, the earliest."""

    visit: str
    target: int
    levels: LevelSummary


@dataclass(frozen=True, slots=True, kw_only=True)
class MarkerTable:
    """One analyte in one unit.

    Attributes:
        kept_apart: the unit cannot be converted to the one that the analyte's summaries use.
        n: treated subjects with a baseline and a value after the infusion: the population of every
            figure here.
        n_without_baseline: treated subjects with a value after the infusion alone.
        flags: subjects per flag of their course.
    """

    analyte: str
    unit: str
    kept_apart: bool
    n_treated: int
    n: int
    n_without_baseline: int
    flags: dict[str, int]
    groups: tuple[MarkerGroup, ...]
    visits: tuple[MarkerVisit, ...]
    methods: TableMethods


Parameter = tuple[str, str, MeasuredLevel | None]
"""Of one subject: name, unit and level; None: it has none."""


def pharmacodynamic_tables(
    subjects: Sequence[SubjectPharmacodynamics],
    facts: Mapping[str, SubjectFacts],
    rules: PharmacodynamicRules,
    methods: TableMethods = USUAL_METHODS,
) -> tuple[MarkerTable, ...]:
    """Summarise each marker, in the order in which the trial follows them.

    Args:
        subjects: every subject; one never infused is not counted.
        facts: by subject: response, and the highest grade of cytokine release syndrome.
        rules: which markers the trial follows, to which day, and which groups it compares.
        methods: of limits and quartiles.

    Decision: where over half of the levels are below the limit, only median and range are given, as
    for CAR-T cells.
    """
    treated = [subject for subject in subjects if subject.infused_on is not None]
    courses: dict[tuple[str, str], dict[str, MarkerCourse]] = {}
    for subject in treated:
        for marker in subject.markers:
            courses.setdefault((marker.analyte, marker.unit), {})[subject.subject] = marker
    order = {analyte: place for place, analyte in enumerate(followed_markers(rules))}
    return tuple(
        _table(courses[key], facts, len(treated), rules, methods)
        for key in sorted(courses, key=lambda key: (order.get(key[0], len(order)), key))
    )


def _table(
    courses: Mapping[str, MarkerCourse],
    facts: Mapping[str, SubjectFacts],
    n_treated: int,
    rules: PharmacodynamicRules,
    methods: TableMethods,
) -> MarkerTable:
    some = next(iter(courses.values()))
    after = {subject: course for subject, course in courses.items() if course.n_values}
    population = {
        subject: course for subject, course in after.items() if course.baseline is not None
    }
    flags = Counter(str(flag) for course in population.values() for flag in course.flags)
    compared = {group for name in rules.groups for group in COMPARED[name]}
    area_name = f"auc_0_{rules.auc_to_day}"
    parameters = {
        subject: tuple(_parameters(course, area_name)) for subject, course in population.items()
    }
    return MarkerTable(
        analyte=some.analyte,
        unit=some.unit,
        kept_apart=MarkerFlag.UNIT_KEPT_APART in some.flags,
        n_treated=n_treated,
        n=len(population),
        n_without_baseline=len(after) - len(population),
        flags=dict(sorted(flags.items())),
        groups=tuple(
            _group(
                group,
                [
                    levels
                    for subject, levels in parameters.items()
                    if belongs(facts.get(subject, NOTHING_KNOWN))
                ],
                methods,
            )
            for group, belongs in GROUPS.items()
            if group == "all" or group in compared
        ),
        visits=_visits(list(population.values()), methods),
        methods=methods,
    )


def _group(
    group: Group, subjects: Sequence[tuple[Parameter, ...]], methods: TableMethods
) -> MarkerGroup:
    parameters = [
        (column[0][0], column[0][1], [level for _, _, level in column if level is not None])
        for column in zip(*subjects, strict=True)
    ]
    return MarkerGroup(
        group=group,
        n=len(subjects),
        parameters=tuple(
            MarkerParameter(name=name, unit=unit, levels=summarise_levels(levels, methods))
            for name, unit, levels in parameters
            if levels
        ),
    )


def _parameters(course: MarkerCourse, area_name: str) -> Iterator[Parameter]:
    """Give every parameter of a course with its unit, always in one order; None without it."""
    for name, value in (
        ("baseline", course.baseline),
        ("peak", course.peak),
        ("nadir", course.nadir),
        ("last", course.last),
    ):
        yield name, course.unit, None if value is None else _level(value)
    for name, value in (
        ("peak_day", course.peak),
        ("nadir_day", course.nadir),
        ("first_below_lloq_day", course.first_below_lloq),
        ("first_return_day", course.first_return),
    ):
        yield name, "d", None if value is None else MeasuredLevel(value.day)
    for name, unit, estimate in (
        ("fold_change", "1", course.fold_change),
        ("percent_change", "%", course.percent_change),
        (area_name, f"{course.unit}.d", course.area),
    ):
        yield name, unit, None if estimate is None else MeasuredLevel(estimate)


def _level(value: MarkerValue) -> MeasuredLevel:
    return MeasuredLevel(
        float(value.amount),  # once, for the many groups that a subject belongs to
        below_lloq=value.level is Level.BELOW_LLOQ,
        above_uloq=value.level is Level.ABOVE_ULOQ,
    )


def _visits(courses: Sequence[MarkerCourse], methods: TableMethods) -> tuple[MarkerVisit, ...]:
    levels: dict[str, list[MeasuredLevel]] = {}
    targets: dict[str, int] = {}
    for course in courses:
        for at_visit in course.visits:
            levels.setdefault(at_visit.visit, []).append(_level(at_visit.value))
            targets[at_visit.visit] = min(
                at_visit.target, targets.get(at_visit.visit, at_visit.target)
            )
    return tuple(
        MarkerVisit(visit=visit, target=target, levels=summarise_levels(levels[visit], methods))
        for visit, target in sorted(targets.items(), key=lambda item: item[1])
    )
