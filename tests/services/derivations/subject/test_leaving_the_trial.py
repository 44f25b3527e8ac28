"""Who had left the trial by a data cut."""

from __future__ import annotations

from datetime import date

import pytest

from app.services.derivations.subject.analyse import analyse
from app.services.reports.enrolment import dispositions, flow
from app.trial.trial import load_trial
from app.vocabularies.subjects import Disposition
from tests.subjects.course import enrolment, history

TRIAL = load_trial()


@pytest.mark.parametrize(
    ("cut", "left"),
    [
        pytest.param("2024-08-14", False, id="the day before"),
        pytest.param("2024-08-15", True, id="on the day"),
        pytest.param("2024-08-16", True, id="the day after"),
    ],
)
def test_a_subject_has_left_from_its_day_on(cut: str, left: bool) -> None:
    said = enrolment(off_study_on=date(2024, 8, 15), disposition=Disposition.WITHDREW)
    analysis = analyse(history(cut=cut, enrolment=said), TRIAL)
    assert analysis.off_study_on == (date(2024, 8, 15) if left else None)
    assert analysis.disposition == (Disposition.WITHDREW if left else None)
    assert flow([analysis])["off_study"] == left
    assert dispositions([analysis]) == ({"withdrew": 1} if left else {})


@pytest.mark.parametrize(("cut", "failed"), [("2023-12-09", False), ("2023-12-10", True)])
def test_a_screening_has_failed_from_its_day_on(cut: str, failed: bool) -> None:
    said = enrolment(None, screen_failed_on=date(2023, 12, 10))
    analysis = analyse(history(cut=cut, infused=False, enrolment=said), TRIAL)
    assert analysis.screen_failed_on == (date(2023, 12, 10) if failed else None)
    assert flow([analysis])["screen_failed"] == failed
