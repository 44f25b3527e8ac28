"""Pharmacodynamics of one subject: cytokines, inflammation, soluble BCMA, B cells, antibodies.

Source: the trial's protocol, pharmacodynamics.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Final

from app.services.derivations.lymphodepletion import lymphodepletion_of
from app.services.derivations.markers.b_cell_aplasia import BCellAplasia, b_cell_aplasia
from app.services.derivations.markers.hypogammaglobulinaemia import (
    Hypogammaglobulinaemia,
    hypogammaglobulinaemia,
    m_proteins,
    under_ivig,
)
from app.services.derivations.markers.marker_course import MarkerCourse, MarkerFlag, marker_course
from app.services.derivations.markers.marker_values import (
    LeftOutValues,
    MarkerSeries,
    drawn_before,
    marker_series,
)
from app.services.derivations.possible_days import PossibleDays
from app.services.derivations.subject_history import Infusion, SubjectHistory, Therapy
from app.trial.anchors import add_months
from app.trial.pharmacodynamics import PharmacodynamicRules
from app.trial.trial import Trial
from app.vocabularies.imwg import HeavyChain
from app.vocabularies.therapies import TherapyKind

B_CELLS: Final = "CD19"
IGG: Final = "IGG"
INTERLEUKIN_6: Final = "IL6"
LYMPHOCYTES: Final = "LYMPH"
SERUM_M_PROTEIN: Final = "MPROT_S"


@dataclass(frozen=True, slots=True, kw_only=True)
class SubjectPharmacodynamics:
    """The pharmacodynamics of one subject at a data cut.

    Attributes:
        infused_on: day of the first infusion; None: never infused, and then there is nothing else.
        last_day: last day that counts: the horizon or the data cut, whichever came first.
        markers: one per analyte and unit that has a value; an analyte has a second one only where
            its units cannot be converted.
        b_cells: None without an infusion, as ``immunoglobulin_g``.
        left_out: values of the markers that do not count.
    """

    subject: str
    centre: str
    infused_on: date | None
    last_day: date | None
    markers: tuple[MarkerCourse, ...]
    b_cells: BCellAplasia | None
    immunoglobulin_g: Hypogammaglobulinaemia | None
    left_out: LeftOutValues

    def of(self, analyte: str, unit: str) -> MarkerCourse | None:
        """Give the course of a marker in a unit; None without a value."""
        return next((m for m in self.markers if (m.analyte, m.unit) == (analyte, unit)), None)


def followed_markers(rules: PharmacodynamicRules) -> tuple[str, ...]:
    """Give the analytes that are followed, the required panel first."""
    listed = (
        *rules.panel,
        *rules.baseline_pre_infusion,
        *rules.baseline_pre_lymphodepletion,
        *rules.nadir_analytes,
    )
    return tuple(dict.fromkeys(listed))


def pharmacodynamics(history: SubjectHistory, trial: Trial) -> SubjectPharmacodynamics:
    """Derive the pharmacodynamics of one subject, counted from the first infusion.

    Decision: values after a second infusion or new therapy still count; the protocol ends
    pharmacodynamics at the horizon and the data cut alone.
    """
    infusion = history.first_infusion
    if infusion is None:
        return SubjectPharmacodynamics(
            subject=history.subject,
            centre=history.centre,
            infused_on=None,
            last_day=None,
            markers=(),
            b_cells=None,
            immunoglobulin_g=None,
            left_out=LeftOutValues(),
        )
    rules = trial.pharmacodynamics
    horizon = add_months(infusion.day, history.horizon_months)
    last_day = min(horizon, history.data_cut)
    followed = followed_markers(rules)
    codes = tuple(dict.fromkeys((*followed, B_CELLS, LYMPHOCYTES, IGG, SERUM_M_PROTEIN)))
    series, left_out = marker_series(
        history.lab_values,
        codes,
        infusion=infusion,
        last_day=last_day,
        visits_after=trial.schedule.after_infusion,
    )
    lymphodepletion = _lymphodepletion(history, infusion)
    ivig = [therapy for therapy in history.therapies if therapy.kind is TherapyKind.IVIG]
    markers = tuple(
        _with_therapies(
            marker_course(
                marker,
                trial,
                lymphodepletion=lymphodepletion,
                horizon_day=(horizon - infusion.day).days,
                flags=_flags(marker, ivig, rules),
            ),
            history.therapies,
        )
        for marker in series
        if marker.analyte in followed
    )
    immunoglobulin_g = next((m for m in markers if (m.analyte, m.unit) == (IGG, "g/L")), None)
    return SubjectPharmacodynamics(
        subject=history.subject,
        centre=history.centre,
        infused_on=infusion.day,
        last_day=last_day,
        markers=markers,
        b_cells=b_cell_aplasia(
            _of(series, B_CELLS),
            _of(series, LYMPHOCYTES),
            rules,
            baseline_before=lymphodepletion,
        ),
        immunoglobulin_g=hypogammaglobulinaemia(
            _of(series, IGG),
            rules,
            ivig=ivig,
            m_proteins=m_proteins(history.assessments, _of(series, SERUM_M_PROTEIN)),
            igg_myeloma=_igg_myeloma(history),
            baseline=immunoglobulin_g.baseline if immunoglobulin_g else None,
        ),
        left_out=left_out,
    )


def _of(series: Sequence[MarkerSeries], analyte: str) -> list[MarkerSeries]:
    return [marker for marker in series if marker.analyte == analyte]


def _lymphodepletion(history: SubjectHistory, infusion: Infusion) -> PossibleDays | None:
    """Give the first dose of lymphodepletion, where it was before the infusion day."""
    first = lymphodepletion_of(history).first_dose
    return first if first is not None and first.earliest < infusion.day else None


def _flags(
    series: MarkerSeries, ivig: Sequence[Therapy], rules: PharmacodynamicRules
) -> list[MarkerFlag]:
    if series.analyte != IGG:
        return []
    after = (value for value in series.values if value.after_infusion)
    given = any(under_ivig(value, ivig, rules.ivig_days) for value in after)
    return [MarkerFlag.IVIG] if given else []


def _with_therapies(course: MarkerCourse, therapies: Sequence[Therapy]) -> MarkerCourse:
    """Flag a peak of interleukin 6 that came after tocilizumab, which raises it; it stays.

    Decision: a dose of the day of the peak whose times are not both known came before it, and so
    did one of which no day is known.
    """
    peak = course.peak
    if course.analyte != INTERLEUKIN_6 or peak is None:
        return course
    for therapy in therapies:
        start = therapy.start
        if therapy.kind is not TherapyKind.TOCILIZUMAB:
            continue
        if start is not None and start.earliest > peak.dated:
            continue
        timed = start is not None and start.instant is not None and peak.collected.instant
        if start is None or not timed or not drawn_before(peak.collected, start):
            return replace(course, flags=(*course.flags, MarkerFlag.TOCILIZUMAB_BEFORE_PEAK))
    return course


def _igg_myeloma(history: SubjectHistory) -> bool | None:
    isotypes = history.enrolment.myeloma.isotypes if history.enrolment else ()
    chains = [isotype.heavy_chain for isotype in isotypes if isotype.heavy_chain is not None]
    return HeavyChain.IGG in chains if chains else None
