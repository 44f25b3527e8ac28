"""Reads what the pictures of one subject show, for a caller who may read its records."""

from dataclasses import dataclass
from datetime import date
from typing import Any, Final, Literal

from app.access.centres import visible_centres
from app.database import Transaction
from app.schemas.free_text import derived_without_free_text
from app.services.analysis_data import AnalysisCut, histories_of
from app.services.caller import Caller
from app.services.data_cut import DataCut
from app.services.derivations.subject.lab_series import lab_series
from app.services.derivations.subject.markers import subject_markers
from app.services.derivations.subject.timeline import subject_timeline
from app.services.derivations.subject_history import SubjectHistory
from app.services.json_values import jsonable, written
from app.services.reports.question import ENGINE_VERSION, rule_set, rules_digest
from app.services.statistics.days import DAYS_PER_MONTH
from app.services.trial_endpoints.answers import note_subjects
from app.services.trial_endpoints.figures import clinical_days
from app.services.visible_subjects import home
from app.trial.trial import Trial
from app.vocabularies.imwg import ResponseSource

SubjectReport = Literal["lab-series", "subject-timeline", "subject-markers"]
NO_ANALYTE: Final = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SubjectQuestion:
    """One subject, as of one data cut.

    Attributes:
        cutoff: last clinical day that counts; None: every day.
        analyte: of a series of results.
        free_text: whether the answer shows what people wrote.
        response_source: of a timeline and of the markers.
    """

    report: SubjectReport
    subject: str
    cut: DataCut
    cutoff: date | None = None
    analyte: str = NO_ANALYTE
    free_text: bool = True
    response_source: ResponseSource = ResponseSource.DERIVED

    def follows_from(self, trial: Trial, newest: str | None) -> tuple[object, ...]:
        """Give what the answer follows from: what is asked, the rules, the subject's last change.

        Args:
            newest: the last transaction that changed the subject, as text.
        """
        return (
            self.report, self.subject, self.analyte, self.response_source, self.free_text,
            *clinical_days(self.cut, self.cutoff), rules_digest(trial), newest,
        )  # fmt: skip


async def subject_seen(transaction: Transaction, caller: Caller, asked: SubjectQuestion) -> str:
    """Give the centre of the subject, and note that its data are given.

    Raises:
        NotFound: the caller can see no such subject.
    """
    centre = await home(transaction, asked.subject)
    await note_subjects(transaction, caller, [asked.subject])
    return centre


async def history_of_subject(
    transaction: Transaction, trial: Trial, asked: SubjectQuestion, centre: str
) -> SubjectHistory:
    """Give the history of a subject that the caller can see."""
    as_known = AnalysisCut(asked.cut.transaction_id, asked.cut.known_on, asked.cutoff)
    visible = visible_centres(transaction.authority)
    found = await histories_of(transaction, trial, {asked.subject: centre}, visible, as_known)
    return found[asked.subject]


def subject_report(history: SubjectHistory, trial: Trial, asked: SubjectQuestion) -> bytes:
    """Answer a question about a subject: who and as of when, then what was found."""
    shown: dict[str, Any]
    if asked.report == "lab-series":
        shown = lab_series(history, trial, asked.analyte)
    elif asked.report == "subject-markers":
        shown = subject_markers(history, trial, asked.response_source)
    else:
        shown = subject_timeline(history, trial, asked.response_source)
    head = {
        "endpoint": asked.report,
        "subject": history.subject,
        "centre": history.centre,
        "as_of": asked.cut.seq,
        "cutoff": asked.cutoff,
        "data_cutoff": history.data_cut,
        "days_per_month": DAYS_PER_MONTH,
        "rule_set": rule_set(trial),
        "engine_version": ENGINE_VERSION,
    }
    document = jsonable({**head, **shown})
    return written(derived_without_free_text(document, trial, lambda _: asked.free_text))
