"""The answers about subjects in a few words, without a database: the same rules, read directly."""

from __future__ import annotations

import json
from copy import deepcopy
from datetime import date
from typing import Any, Final

from app.services.data_cut import DataCut
from app.services.derivations.subject.analyse import analyse
from app.services.derivations.subject_history import SubjectHistory
from app.services.json_values import jsonable
from app.services.reports.catalogue import report
from app.services.reports.question import Question, usual_population
from app.trial.trial import Trial
from tests.subjects.base import record_id
from tests.subjects.stored import Stored, StoredSubject, kind_of
from tests.subjects.told import Subject
from tests.trial.trial_documents import raw, set_at

LAST_DAY: Final = date(2028, 1, 1)
"""Clinical cut-off where none is asked for."""


def trial_of(**changes: Any) -> Trial:
    """The trial with other members, each by its place, ``.`` written as ``__``."""
    document = raw()
    set_at(document, "records.disease_fields", "optional")
    for place, value in changes.items():
        set_at(document, place.replace("__", "."), deepcopy(value))
    return Trial.model_validate_json(json.dumps(document, default=str))


def history(subject: Subject, trial: Trial, cutoff: date = LAST_DAY) -> SubjectHistory:
    """What is known of a subject at a cut-off; a record that would be refused fails the test."""
    records: list[Stored] = []
    bodies = [("subjects", subject.enrolment)]
    bodies += [(record.kind, subject.dated(record.body)) for record in subject.records]
    for number, (path, told) in enumerate(bodies):
        body = {name: value for name, value in told.items() if name != "kind"}
        text = json.dumps(body, default=str)
        payload = kind_of(path).submission.model_validate_json(text)
        records.append(Stored(path, record_id(f"{subject.name}/{number}"), payload))
    return StoredSubject(
        trial=trial,
        code=subject.name,
        centre=subject.centre,
        recorded_on=LAST_DAY,
        records=tuple(records),
    ).history(cutoff)


def answer(
    endpoint: str,
    *subjects: Subject,
    trial: Trial,
    cutoff: date = LAST_DAY,
    **asked: Any,
) -> dict[str, Any]:
    """The answer about some subjects, rows and all."""
    analyses = [analyse(history(one, trial, cutoff), trial) for one in subjects]
    usual = {"population": usual_population(endpoint, trial)}
    question = Question(
        endpoint=endpoint,
        cut=DataCut(seq=1, transaction_id="1", known_on=LAST_DAY),
        cutoff=cutoff,
        rows=True,
        **(usual | asked),
    )
    found: dict[str, Any] = jsonable(report(question, analyses, trial))
    return found


def at(document: Any, place: str) -> Any:
    """What stands at a place such as ``rows.0.CNSR``; ``rows.#`` is how many there are."""
    for step in place.split("."):
        if step == "#":
            return len(document)
        document = document[int(step)] if isinstance(document, list) else document[step]
    return document
