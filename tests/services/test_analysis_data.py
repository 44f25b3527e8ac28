"""Records as they stood at a cut -> the history that the derivations read."""

import json
import uuid
from datetime import date, datetime
from typing import Any

import pytest

from app.services.analysis_data import AnalysisCut, history_of
from app.services.derivations.subject_history import SubjectHistory
from app.services.standing_records import Document
from app.trial.trial import load_trial
from tests.subjects.stored import Stored, as_kept, kind_of

TRIAL = load_trial()
KNOWN_ON = date(2026, 11, 29)


def document(path: str, recorded_on: date = KNOWN_ON, **body: Any) -> Document:
    payload = kind_of(path).submission.model_validate(body)
    return as_kept(Stored(path, uuid.uuid4(), payload), recorded_on)


def told(*documents: Document, cutoff: date | None = None) -> SubjectHistory:
    cut = AnalysisCut(transaction_id=None, known_on=KNOWN_ON, cutoff=cutoff)
    return history_of(TRIAL, "03-001", "03", documents, (), cut)


def infused(at: str, recorded_on: date = KNOWN_ON) -> Document:
    return document("infusions", recorded_on, infusion_kind="planned", infused_at=at)


def test_without_a_cutoff_the_last_day_is_that_on_which_the_database_knew() -> None:
    late = document("follow-ups", contacted_on="2062-04-05", status="alive")
    assert told(infused("2024-03-01T23:30Z"), late).data_cut == KNOWN_ON
    assert told(infused("2024-03-01T23:30Z"), cutoff=date(2024, 9, 1)).data_cut == date(2024, 9, 1)


@pytest.mark.parametrize(
    "at", ["2024-03-01T23:30Z", "2024-03-02T07:30+08:00", "2024-03-01T18:30-05:00"]
)
def test_a_moment_is_on_the_clock_of_the_centre(at: str) -> None:
    history = told(infused(at))
    assert history.infused_on == date(2024, 3, 2)
    [infusion] = history.infusions
    assert infusion.started_at == datetime.fromisoformat("2024-03-01T23:30+00:00")
    assert infusion.started_at.isoformat() == "2024-03-02T07:30:00+08:00"


def test_what_cannot_have_been_observed_is_set_aside_as_rows_become_a_history() -> None:
    early = date(2026, 3, 1)
    late = document("follow-ups", early, contacted_on="2026-03-02", status="alive")
    history = told(infused("2024-03-01T23:30Z"), late)
    assert history.follow_ups == ()
    assert [one.finding for one in history.set_aside] == ["DATE-IN-FUTURE"]
    assert json.loads(late.text)["contacted_on"] == "2026-03-02"
