"""Keys of adverse events and laboratory results, each with a subject whose figure follows it.

Source: the trial's protocol, adverse events and laboratory outliers.
"""

from __future__ import annotations

from typing import Any, Final

from tests.endpoints.test_every_alternative import Case, nausea, platelets
from tests.endpoints.trial_key_cases import event, given, lab, of
from tests.subjects.base import record_id
from tests.subjects.told import Record, dated_on, preparation, subject, timed_on

AE, LABS = "adverse-events", "lab-abnormalities"
FIRST, SECOND = "rows.0.events.0", "rows.0.events.1"
BY_LINE = str(record_id("one/3"))
"""The identity of a subject's first own record, after preparation and infusion."""
CRS = event(
    "Cytokine release syndrome", 2, 2, aesi_kind="CRS", astct={"scale": "ASTCT_CRS", "grade": 1}
)
PERIOD, EVENT_5 = "adverse_events.periods.3", of(AE, event("Nausea", 2, 5))
LATE = of(AE, event("Nausea", 2, 150))
UNRELATED: Final = {"car_t": "unrelated"}
PROBABLE = event("Nausea", 2, 150, causality={"car_t": "probable"})
SERIOUS = event(
    "Nausea",
    2,
    150,
    causality=UNRELATED,
    serious=True,
    seriousness_criteria=["hospitalisation"],
)
INFECTION = event("Sepsis", 3, 150, causality=UNRELATED, aesi_kind="infection")
PROGRESSION = event(
    "Disease progression",
    5,
    50,
    ongoing=None,
    end=dated_on(50),
    outcome="FATAL",
    serious=True,
    seriousness_criteria=["death"],
)
ICANS = event("Nervous system disorders - Other, specify", 2, 5, other_specify="ICANS")
OF_EVENTS = (
    EVENT_5(
        f"{PERIOD}.code",
        "screening",
        f"{FIRST}.period",
        "treatment",
        "screening",
        also={"adverse_events.periods.0.code": "treatment"},
    ),
    of(AE, event("Nausea", 2, -20))(
        f"{PERIOD}.starts", "consent", f"{FIRST}.period", "apheresis_bridging", "treatment"
    ),
    EVENT_5(f"{PERIOD}.starts_day", 10, f"{FIRST}.period", "treatment", None),
    LATE(
        f"{PERIOD}.ends",
        "horizon",
        f"{FIRST}.in_primary_window",
        usual=False,
        other=True,
        also={f"{PERIOD}.ends_day": 0},
    ),
    LATE(f"{PERIOD}.ends_day", 200, f"{FIRST}.in_primary_window", usual=False, other=True),
    LATE(
        "adverse_events.primary_period",
        "follow_up",
        f"{FIRST}.in_primary_window",
        usual=False,
        other=True,
    ),
    *(
        of(AE, told)(
            "adverse_events.to_horizon", kept, f"{FIRST}.to_horizon", usual=True, other=False
        )
        for told, kept in (
            (SERIOUS, ["aesi", "related"]),
            (INFECTION, ["serious", "related"]),
            (PROBABLE, ["serious", "aesi"]),
        )
    ),
    of(AE, nausea(2, 2, 5, first=True), nausea(2, 10, 12))(
        "adverse_events.episode_gap_days", 10, "tables.primary.rows.0.counts.events", 2, 1
    ),
    of(AE, PROBABLE)(
        "adverse_events.related", ["definite"], f"{FIRST}.related", usual=True, other=False
    ),
    EVENT_5(
        "adverse_events.missing_causality_is_related",
        value=False,
        figure=f"{FIRST}.related",
        usual=True,
        other=False,
    ),
    of(AE, PROGRESSION)(
        "adverse_events.progression_is_event",
        value=True,
        figure=f"{FIRST}.left_out",
        usual="progression",
        other=None,
    ),
    of(AE, CRS)("adverse_events.crs_scale_in_tables", "ASTCT", f"{FIRST}.grade", 2, 1),
    of(AE, CRS)(
        "adverse_events.crs_scale_of_special_interest",
        "CTCAE",
        f"{FIRST}.special_interest_grade",
        1,
        2,
    ),
    of(AE, ICANS)(
        "adverse_events.icans_term", "Encephalopathy", f"{FIRST}.aesi_kind", "ICANS", None
    ),
    of(AE, CRS, event("Fever", 2, 2, symptom_of=BY_LINE))(
        "adverse_events.symptoms_are_counted",
        value=True,
        figure=f"{SECOND}.left_out",
        usual="symptom",
        other=None,
    ),
    of(AE, CRS, event("Nausea", 3, 2, symptom_of=BY_LINE))(
        "adverse_events.organ_toxicity_from_grade", 4, f"{SECOND}.left_out", None, "symptom"
    ),
)
LOW = ((-6, "180"), (5, "30"), (20, "60"), (24, "70"), (40, "80"), (61, "150"))
CYTOPENIA = of(LABS, *(platelets(on, few) for on, few in LOW))
OF_PLATELETS = "rows.0.cytopenia_recovery.2.confirmed_day"
PROLONGED = "adverse_events.prolonged_cytopenia"
OF_CYTOPENIA = (
    CYTOPENIA(f"{PROLONGED}.grade", 4, "cytopenia_recovery.4.never_severe", 0, 1),
    CYTOPENIA(f"{PROLONGED}.recovered_grade", 1, OF_PLATELETS, 24, 61),
    CYTOPENIA(f"{PROLONGED}.recovery_values", 3, OF_PLATELETS, 24, 40),
    CYTOPENIA(f"{PROLONGED}.recovery_days_apart", 6, OF_PLATELETS, 24, 40),
    CYTOPENIA(f"{PROLONGED}.by_days", [10], "cytopenia_recovery.0.by_day", 30, 10),
    of(
        LABS,
        given("transfusion", 16, blood_product="platelets"),
        *(platelets(on, few) for on, few in LOW),
    )(f"{PROLONGED}.transfusion_free_days", 2, OF_PLATELETS, 40, 24),
    of(
        LABS,
        given("g_csf", 18),
        *(
            lab(on, "NEUT", few, "10*9/L", reference_range={"low": "2"})
            for on, few in ((-6, 4), (5, "0.5"), (20, "1.4"), (24, "1.4"), (61, 3))
        ),
    )(f"{PROLONGED}.g_csf_free_days", 0, "rows.0.cytopenia_recovery.1.confirmed_day", 61, 24),
)
EARLIER_COURSE = (
    subject(
        "one",
        preparation(-60, (-40, -5)),
        *(platelets(on, few) for on, few in ((-48, "180"), (-25, "30"), (8, "30"))),
        prepared=False,
    ),
)
OUTLIER, OWN_GRADE = "tables.0.outlier.subjects.x", "rows.0.abnormalities.0.baseline_grade"


def two(analyte: str, before: Any, after: Any, unit: str, **more: Any) -> Any:
    """Give what makes the cases of a value before lymphodepletion and one after the infusion."""
    return of(LABS, lab(-6, analyte, before, unit, **more), lab(8, analyte, after, unit, **more))


def of_platelets(before: str, after: str, *more: Record, on: int = -6) -> Any:
    return of(LABS, platelets(on, before), platelets(8, after), *more)


FERRITIN = two("FERRITIN", 300, 6000, "ug/L")
VIRUS = tuple(
    Record("lab-results", {"analyte": "HBV_DNA", "coded_value": said, "collected_at": timed_on(on)})
    for on, said in ((-8, "NOT DETECTED"), (30, "DETECTED"))
)
OF_THE_LABORATORY = (
    of_platelets("180", "40", on=-12)(
        "laboratory.baseline_days", 5, "rows.0.abnormalities.0.baseline_flags.#", 0, 1
    ),
    *(
        Case(f"laboratory.{key}", days, LABS, OWN_GRADE, 0, 3, EARLIER_COURSE)
        for key, days in (("after_earlier_course_days", 5), ("before_earlier_course_days", 20))
    ),
    of_platelets("180", "60")("laboratory.outlier_grade", 2, OUTLIER, 0, 1),
    of_platelets("70", "40")("laboratory.outlier_rise", 3, OUTLIER, 1, 0),
    of_platelets("180", "40", platelets(20, "60"))(
        "laboratory.resolved_grade", 2, "tables.0.n_resolved", 0, 1
    ),
    FERRITIN("laboratory.limits.0.above", 5000, OUTLIER, 0, 1),
    two("FERRITIN", 300, 16000, "ug/L")("laboratory.limits.0.unit", "mg/L", OUTLIER, 1, 0),
    two("FERRITIN", 300, 16000, "ug/L")(
        "laboratory.limits.0.analyte",
        "CRP",
        OUTLIER,
        1,
        0,
        also={
            "laboratory.limits.0.unit": "mg/L",
            "laboratory.limits.1.analyte": "FERRITIN",
            "laboratory.limits.1.unit": "ug/L",
            "laboratory.limits.1.above": 99999,
        },
    ),
    two("IGG", 8, 3, "g/L")("laboratory.limits.2.below", 5, OUTLIER, 0, 1),
    two("DDIMER", "0.3", 3, "ug/mL{FEU}", reference_range={"high": "0.5"})(
        "laboratory.limits.5.above_uln", 3, OUTLIER, 0, 1
    ),
    of(LABS, *VIRUS)(
        "laboratory.limits.11.newly_detected",
        value=False,
        figure=OUTLIER,
        usual=1,
        other=0,
        also={"laboratory.limits.11.above": 100, "laboratory.limits.11.unit": "[IU]/mL"},
    ),
)  # fmt: skip
FIGURES = (*OF_EVENTS, *OF_CYTOPENIA, *OF_THE_LABORATORY)
