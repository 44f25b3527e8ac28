"""Response: rates with exact limits, by visit, times to response, residual disease."""

from collections.abc import Mapping
from typing import Any, Final

from app.printing.document import Column, Row, Section, Table, label, table
from app.printing.rounding import count_and_percent, days, rate
from app.printing.words import in_words, procedure, sentence
from app.vocabularies.wording import counted

RATES: Final[Mapping[str, str]] = {
    "ORR": "Overall response (PR or better)",
    ">=VGPR": "VGPR or better",
    ">=CR": "CR or better",
    "clinical_benefit": "Clinical benefit (MR or better)",
    "disease_control": "Disease control (SD or better)",
}
_TIMES: Final[Mapping[str, str]] = {
    "TTR": "to first response",
    "TTCR": "to CR or better",
    "TTBR": "to best response",
}
_RESIDUAL: Final[Mapping[str, str]] = {
    "mrd_neg_cr": "MRD-negative with CR or better",
    "imwg_mrd_negative": "IMWG MRD-negative",
    "sustained_6m": "Sustained for 6 months",
    "sustained_12m": "Sustained for 12 months",
    "imwg_sustained": "IMWG sustained MRD-negative",
}
_OF: Final = (Column("x/N"), Column("%"), Column("95 % limits", share=1.4))


_REASONS: Final[Mapping[str, str]] = {
    "no_second_evaluation": "no second evaluation",
    "followed_by_progression": "progression",
    "after_new_therapy": "new therapy first",
    "not_repeated": "less than that",
}


def section(document: Mapping[str, Any], figures: tuple[Any, ...] = ()) -> Section:
    """Show the response of the population."""
    response = document["endpoints"]["response"]
    return Section(
        "Efficacy: response",
        (
            rates(response),
            categories(response),
            unconfirmed(response),
            *figures,
            by_visit(response),
            times(response),
            residual_disease(response),
        ),
        "response",
    )


def rates(response: Mapping[str, Any]) -> Table:
    """Show the rates of at least a depth of response."""
    return table(
        "Best confirmed response, rates",
        (label("Rate"), *_OF),
        (
            Row((words, *rate(response["rates"][name])), strong=name == "ORR")
            for name, words in RATES.items()
        ),
        f"Denominator: {in_words(response['denominator'])}; evaluated {response['n_evaluated']}, "
        f"without any evaluation {response['n_missing']}. Limits: "
        f"{procedure(response['conf_type'])}.",
    )


def unconfirmed(response: Mapping[str, Any]) -> Table:
    """Show what any one visit showed, and why some of it was not confirmed."""
    found = response["unconfirmed"]
    return table(
        "Best response of any one visit, confirmed or not",
        (label("Rate", 2.4), *_OF, *(Column(sentence(words)) for words in _REASONS.values())),
        (
            Row(
                (
                    words,
                    *rate(found["rates"][name]),
                    *(str(found["not_confirmed"][name]["reasons"][why]) for why in _REASONS),
                )
            )
            for name, words in RATES.items()
        ),
        "The last columns count subjects who reached the level at a visit and had it confirmed by "
        "none: what came next.",
    )


def categories(response: Mapping[str, Any]) -> Table:
    """Show how many have each category as their best."""
    return table(
        "Best confirmed response, categories",
        (label("Category"), *_OF),
        ([name, *rate(found)] for name, found in response["categories"].items()),
        f"Signs of clinical relapse, which are a flag and no category: "
        f"{counted(response['n_clinical_relapse'], 'subject')}; nothing measurable at baseline: "
        f"{response['n_unmeasurable_at_baseline']}."
        if "n_clinical_relapse" in response
        else None,
    )


def by_visit(response: Mapping[str, Any]) -> Table:
    """Show the best response so far by the end of each scheduled evaluation."""
    names = ("ORR", ">=VGPR", ">=CR")
    return table(
        "Best response by scheduled evaluation",
        (
            Column("By the end of", "left"),
            Column("Window closed"),
            Column("Evaluated by then"),
            *(Column(name.replace(">=", "\N{GREATER-THAN OR EQUAL TO}")) for name in names),
        ),
        (
            [
                one["visit"],
                str(one["window_closed"]),
                str(one["assessed"]),
                *(
                    count_and_percent(one["rates"][name]["x"], one["rates"][name]["percent"])
                    for name in names
                ),
            ]
            for one in response["by_month"]
            if one["window_closed"]
        ),
        f"Subjects (% of N = {response['N']}); whoever has not come that far is in N.",
    )


def times(response: Mapping[str, Any]) -> Table:
    """Show how long responders took."""
    return table(
        "Time from infusion, among those who got there",
        (label("Time"), Column("Subjects"), Column("Median, days"), Column("Range, days")),
        (
            [
                words,
                str(found["n"]),
                days(found["median"]),
                f"{days(found['min'])} to {days(found['max'])}" if found["n"] else "",
            ]
            for name, words in _TIMES.items()
            for found in (response["time_to_response"][name],)
        ),
    )


def residual_disease(response: Mapping[str, Any]) -> Table:
    """Show the rates of measurable residual disease that was not detected."""
    mrd = response["mrd"]
    at = mrd["by_threshold"][mrd["threshold"]]
    rows = [
        Row((f"Negative at {mrd['threshold']}, of the population", *rate(at["treated"]))),
        Row(("of those with a sample that can tell", *rate(at["mrd_evaluable"])), level=1),
        Row(("of those with CR or better", *rate(at["complete_response"])), level=1),
        *(Row((words, *rate(mrd[name]))) for name, words in _RESIDUAL.items()),
    ]
    samples = mrd["samples"]
    counted = "not evaluable" if samples["inadequate_sample"] == "not_evaluable" else "as reported"
    return table(
        "Measurable residual disease",
        (label("Rate", 3.4), *_OF),
        rows,
        f"Negative samples of a diluted marrow or not of the first pull: "
        f"{samples['n_inadequate_negative']}, counted {counted}. Samples of other flow cytometry "
        f"without a stated sensitivity, not evaluable: {samples['n_sensitivity_missing']}.",
    )
