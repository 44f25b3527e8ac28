"""Preparations on the wire, and what one preparation alone cannot mean."""

from collections.abc import Iterator

from app.models.preparation import Preparation, PreparationFields
from app.schemas.chronology import certainly_before
from app.schemas.record import Dating, RecordKind, RecordOut
from app.schemas.refusals import ConsistentRecordIn, Refusal
from app.vocabularies.preparations import LymphodepletionAgent, PreparationOutcome


def leukapheresis(preparation: PreparationFields) -> Iterator[Refusal]:
    """Require further days of leukapheresis to follow the first, each once."""
    first, further = preparation.leukapheresis_on, preparation.further_leukapheresis_on
    if further and first is None:
        yield Refusal("leukapheresis_on", "first_leukapheresis_missing", "write the first day here")
    for index, day in enumerate(further):
        if day in further[:index] or day == first:
            yield Refusal(
                ("further_leukapheresis_on", index), "item_repeated", "name each day once"
            )
        elif certainly_before(day, first):
            yield Refusal(
                ("further_leukapheresis_on", index),
                "leukapheresis_before_the_first",
                "leukapheresis_on is the first day, the others follow it",
            )
    if certainly_before(preparation.product_released_on, first):
        yield Refusal(
            "product_released_on",
            "released_before_leukapheresis",
            "write a day on or after leukapheresis_on",
        )


def bridging(preparation: PreparationFields) -> Iterator[Refusal]:
    """Refuse details of a bridging therapy that was not given, and one that ran backwards."""
    therapy = preparation.bridging
    if therapy is None:
        return
    details = (therapy.agents, therapy.start, therapy.end, therapy.response)
    if not therapy.given and (any(details) or therapy.radiotherapy):
        yield Refusal(
            ("bridging", "given"),
            "details_of_bridging_not_given",
            "write true, or leave the details out",
        )
    if certainly_before(therapy.end, therapy.start):
        yield Refusal(("bridging", "end"), "end_before_start", "write an end on or after the start")


def lymphodepletion(preparation: PreparationFields) -> Iterator[Refusal]:
    """Require each dose to have a name and a unit, and to follow the leukapheresis."""
    rows = preparation.lymphodepletion
    if rows and preparation.lymphodepletion_omitted is not None:
        yield Refusal(
            "lymphodepletion_omitted",
            "lymphodepletion_given_and_omitted",
            "leave out the doses or the reason for none",
        )
    for index, row in enumerate(rows):
        if (row.agent is LymphodepletionAgent.OTHER) != (row.other_agent is not None):
            yield Refusal(
                ("lymphodepletion", index, "other_agent"),
                "other_agent_goes_with_other",
                "name the agent where it is `other`, and only there",
            )
        if (row.dose is None) != (row.unit is None):
            yield Refusal(
                ("lymphodepletion", index, "unit" if row.unit is None else "dose"),
                "dose_without_unit",
                "write dose and unit together",
            )
        if certainly_before(row.given_on, preparation.leukapheresis_on):
            yield Refusal(
                ("lymphodepletion", index, "given_on"),
                "lymphodepletion_before_leukapheresis",
                "write a day on or after leukapheresis_on",
            )


def outcome(preparation: PreparationFields) -> Iterator[Refusal]:
    """Require a date and a note to belong to an outcome that has them."""
    ended = preparation.outcome
    if preparation.outcome_on is not None and ended in {None, PreparationOutcome.INFUSED}:
        yield Refusal(
            "outcome_on",
            "date_of_no_end",
            "leave it out: it is the day of an end without infusion; the infusion has its own date",
        )
    if ended is PreparationOutcome.OTHER and preparation.outcome_note is None:
        yield Refusal("outcome_note", "other_reason_missing", "say which other reason")
    if certainly_before(preparation.outcome_on, preparation.leukapheresis_on):
        yield Refusal(
            "outcome_on", "ended_before_leukapheresis", "write a day on or after leukapheresis_on"
        )
    if ended is PreparationOutcome.MANUFACTURING_FAILURE and preparation.product_released_on:
        yield Refusal(
            "product_released_on",
            "failed_product_released",
            "leave it out: a product that could not be released has no day of release",
        )


class PreparationIn(PreparationFields, ConsistentRecordIn):
    """A preparation as a centre submits it."""

    rules = (leukapheresis, bridging, lymphodepletion, outcome)


class PreparationOut(PreparationFields, RecordOut):
    """A preparation as the service gives it."""


PREPARATIONS = RecordKind(
    path="preparations",
    noun="preparation",
    table=Preparation,
    submission=PreparationIn,
    view=PreparationOut,
    dated_by="leukapheresis_on",
    dating=Dating.TREATED,
    place_in_history="preparations",
    filters={"outcome": "outcome", "product_lot": "product_lot"},
    example={
        "source_id": "03-PREP-008",
        "visit": "APH",
        "leukapheresis_on": "2026-01-20",
        "further_leukapheresis_on": ["2026-01-21"],
        "bridging": {
            "given": True,
            "agents": ["pomalidomide", "dexamethasone"],
            "start": "2026-01-24",
            "end": "2026-02",
            "response": "SD",
            "radiotherapy": False,
        },
        "lymphodepletion": [
            {"agent": "fludarabine", "dose": "30", "unit": "mg/m2", "given_on": "2026-02-25"},
            {
                "agent": "cyclophosphamide",
                "dose": "300",
                "unit": "mg/m2",
                "given_on": "2026-02-25T11:30+08:00",
            },
            {"agent": "fludarabine", "dose": "30", "unit": "mg/m2", "given_on": "2026-02-26"},
        ],
        "product_lot": "NB2-0147",
        "product_released_on": "2026-02-20",
        "outcome": "infused",
    },
)
