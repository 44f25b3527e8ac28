"""Keys of the trial file beside its policy, each with a subject whose figure follows it.

Source: the trial's protocol; its endpoint definitions.
"""

from __future__ import annotations

from typing import Any, Final

from tests.endpoints.test_every_alternative import (
    BEST,
    FIRST,
    FOUR,
    INFUSED_ON,
    LESION,
    OS,
    PARTIAL,
    PFS,
    Case,
    one,
    serum,
)
from tests.subjects import told as bodies
from tests.subjects.evaluation_parts import components, imaging
from tests.subjects.told import (
    Record,
    assessment,
    dated_on,
    day,
    death,
    infusion,
    kinetics,
    lab,
    preparation,
    subject,
)

AE, LABS, CELLS, MARKERS = "adverse-events", "lab-abnormalities", "car-kinetics", "pharmacodynamics"
NO_SCHEDULE: Final = {
    "schedule.visits": [],
    "schedule.procedures": [],
    "kinetics.nominal_times": [],
    "kinetics.persistence_visits": [],
}
NO_PROCEDURES: Final = {"schedule.procedures": []}


def event(term: str, grade: int, onset: int, **more: Any) -> Record:
    """An event that goes on and that nobody calls serious."""
    return bodies.event(term, onset, grade=grade, **{"ongoing": True, **more})


def given(kind: str, on: int, **more: Any) -> Record:
    """A therapy of one day."""
    dates = {"start": dated_on(on), "end": dated_on(on)}
    return Record("therapies", {"therapy_kind": kind, **dates, **more})


def imaged(on: int, long: int, short: int) -> dict[str, Any]:
    return {**imaging({"a": (long, short)}), "imaged_on": dated_on(on)}


def of(endpoint: str, *told: Record, **more: Any) -> Any:
    """Give what makes the cases of one subject and endpoint."""

    def case(place: str, value: Any, figure: str, usual: Any, other: Any, **also: Any) -> Case:
        return Case(place, value, endpoint, figure, usual, other, one(*told), **also, **more)

    return case


RESPONDER = one(FOUR, *PARTIAL)
OF_EACH_KIND = (
    *RESPONDER,
    subject("never infused", infused=False),
    subject("out of specification", infusion(out_of_specification=True), infused=False),
)
ORR_M2, START = "by_month.1.rates.ORR.x", "rows.0.STARTDT"
RATED = of("response", FOUR, serum(65, 1), serum(91, 1))
OF_THE_TRIAL = (
    Case("trial.slots", 61, "enrolment", "slots.total", 60, 61, RESPONDER),
    Case("trial.horizon_months", 3, OS, "rows.0.CNSR", 0, 1, one(FOUR, death(200))),
    Case(
        "centres.time_zone",
        "America/New_York",
        OS,
        START,
        day(INFUSED_ON, 0),
        day(INFUSED_ON, -1),
        RESPONDER,
    ),
    Case(
        "centres.time_zones",
        {"03": "America/New_York"},
        OS,
        START,
        day(INFUSED_ON, 0),
        day(INFUSED_ON, -1),
        RESPONDER,
    ),
    *(
        Case(
            f"centres.planned.{key}",
            value,
            "enrolment",
            "by_centre.0.planned",
            usual,
            other,
            RESPONDER,
            given={"centres.planned": [{"code": "03", "subjects": 5}]},
        )
        for key, value, usual, other in (("0.code", "04", 5, None), ("0.subjects", 6, 5, 6))
    ),
    *(
        Case("populations.default", name, "adverse-events", "n", 2, n, OF_EACH_KIND)
        for name, n in (
            ("screened", 3),
            ("enrolled", 3),
            ("apheresed", 3),
            ("lymphodepleted", 3),
            ("treated_in_spec", 1),
            ("evaluable", 1),
            ("responders", 1),
            ("kinetics", 0),
            ("pharmacodynamic", 0),
            ("mrd_evaluable", 0),
        )
    ),
    Case(
        "populations.dose_tolerance_percent",
        5,
        OS,
        "n",
        1,
        0,
        (
            subject(
                "one",
                preparation(),
                infusion(planned_dose="3.0", dose="2.6"),
                prepared=False,
                infused=False,
            ),
        ),
        asked={"population": "treated_in_spec"},
    ),
    Case("time_to_event.landmarks", [3], OS, "landmarks.0.months", 6, 3, RESPONDER),
    Case(
        "time_to_event.missed_after_days",
        60,
        PFS,
        "rows.0.CNSR",
        0,
        3,
        one(FOUR, serum(28, 1), death(95)),
        given=NO_SCHEDULE,
    ),
)
OF_THE_SCHEDULE = (
    RATED("schedule.visits.15.code", "M2B", "by_month.1.visit", "M2", "M2B", given=NO_PROCEDURES),
    RATED("schedule.visits.15.anchor", "first_lymphodepletion", ORR_M2, 1, 0),
    RATED("schedule.visits.15.target", 50, ORR_M2, 1, 0),
    RATED("schedule.visits.15.after", 0, ORR_M2, 1, 0),
    RATED("schedule.visits.15.disease_evaluation", "none", "by_month.1.visit", "M2", "M3"),
    of(CELLS, kinetics(7, "500"), kinetics(85, "300"))(
        "schedule.visits.16.before",
        0,
        "rows.0.kinetics.analytes.0.at_visits.1.detectable",
        usual=True,
        other=None,
    ),
)
BY_MARROW = (assessment(-10, **components(0, 0, "--", marrow=40)),)
NO_MARKER = (serum(-10, 0, ife="--", marrow=5, lesions=LESION),)
OF_COMPONENTS = (
    *(
        of("response", *BY_MARROW, *(serum(on, 0, ife="--", marrow=15, marrow_on=on + late)
                                     for on in (61, 91)))(
            f"response.components.marrow.{key}", 1, BEST, "PR", "NE"
        )
        for key, late in (("before", -10), ("after", 10))
    ),
    of("response", *NO_MARKER, *(serum(on, 0, ife="--", imaging=imaged(on - 10, 30, 10))
                                 for on in (61, 91)))(
        "response.components.imaging.before", 1, FIRST, day(INFUSED_ON, 51), day(INFUSED_ON, 61)
    ),
    of("response", serum(-10, 4, lesions=LESION), *(serum(on, 1, imaging=imaged(on + 10, 20, 12))
                                                    for on in (61, 91)))(
        "response.components.imaging.after", 1, FIRST, day(INFUSED_ON, 71), None
    ),
)  # fmt: skip
PROFILE = of(
    CELLS,
    *(
        kinetics(on, copies)
        for on, copies in ((7, "500"), (12, "5000"), (14, "2000"), (21, "10"), (28, "300"))
    ),
)
SAMPLES = "rows.0.kinetics.analytes.0.profile.samples"
EXPOSURE = "rows.0.kinetics.analytes.0.profile.parameters"
PERSISTS = "rows.0.kinetics.analytes.0.persistence.days"
OF_KINETICS = (
    PROFILE("kinetics.nominal_times.7.day", 30, f"{SAMPLES}.4.nominal_day", 28, 30),
    of(CELLS, kinetics(7, "500"), kinetics(12, "400"))(
        "kinetics.nominal_times.5.first", 13, f"{SAMPLES}.1.nominal_day", 14, None
    ),
    of(CELLS, kinetics(7, "500"), kinetics(16, "400"))(
        "kinetics.nominal_times.5.last", 13, f"{SAMPLES}.1.nominal_day", 14, None
    ),
    of(CELLS, kinetics(7, "500"), kinetics(1, "60", collected_at="2024-03-02T20:00+08:00"))(
        "kinetics.nominal_times.1.clock", value=False, figure=f"{SAMPLES}.0.nominal_day",
        usual=None, other=1,
    ),
    of(CELLS, kinetics(8, "500", nominal_day=7), kinetics(13, "600", nominal_day=14))(
        "kinetics.sample_time", "nominal", PERSISTS, 13, 14
    ),
    *(
        PROFILE("kinetics.blq", value, f"{EXPOSURE}.exposure.auc_last", 34593.472, other)
        for value, other in (("zero", 30098.14), ("half_lloq", 26340.573))
    ),
    PROFILE("kinetics.auc", "linear", f"{EXPOSURE}.exposure.auc_last", 34593.472, 38600.0),
    PROFILE("kinetics.auc_windows.0.to_day", 8, f"{EXPOSURE}.partial_areas.0.area", 1750, 2700),
    of(CELLS, kinetics(7, "500"), kinetics(14, "900"), kinetics(20, "100"))(
        "kinetics.auc_windows.2.tolerance",
        8,
        f"{EXPOSURE}.partial_areas.2.reason",
        "profile ends before T",
        None,
    ),
    of(CELLS, kinetics(7, "500"), kinetics(28, "300"), kinetics(1120, "70"))(
        "kinetics.profile_ends_at", ["data_cutoff", "second_infusion"], PERSISTS, 28, 1120
    ),
    of(CELLS, kinetics(7, "500"), kinetics(28, "300"), infusion(40), kinetics(50, "900"))(
        "kinetics.profile_ends_at", ["horizon", "data_cutoff"], PERSISTS, 28, 50
    ),
    PROFILE(
        "kinetics.persistence_visits",
        ["M3"],
        "rows.0.kinetics.analytes.0.at_visits.0.visit",
        "M1",
        "M3",
    ),
    of(CELLS, kinetics(28, "500"), kinetics(32, "100", matrix="BM"))(
        "kinetics.ratio_days", 5, "tables.1.ratios.#", 0, 1
    ),
)  # fmt: skip
NO_PANEL: Final = {"pharmacodynamics.panel": []}
IL8 = (lab(-1, "IL8", 6, "pg/mL"), lab(3, "IL8", 9, "pg/mL"))
INTERLEUKIN = of(
    MARKERS,
    *(
        lab(on, "IL6", value, "pg/mL")
        for on, value in ((-7, 3), (-1, 6), (3, 90), (20, 300), (27, 9))
    ),
)
SOLUBLE = of(
    MARKERS, *(lab(on, "SBCMA", value, "ng/mL") for on, value in ((-7, 300), (14, 30), (28, 60)))
)
B_CELLS = of(
    MARKERS,
    *(lab(on, "CD19", few, "/uL") for on, few in ((-7, 200), (14, 20), (61, 80), (91, 90))),
)
IGG = (lab(-7, "IGG", 8, "g/L"), lab(28, "IGG", "4.5", "g/L"))
COURSE, APLASIA, LOW_IGG = "rows.0.markers.markers.0", "b_cell_aplasia", "hypogammaglobulinaemia"
OF_MARKERS = (
    of(MARKERS, *IL8, given={"pharmacodynamics.baseline_pre_infusion": []})(
        "pharmacodynamics.panel", [], "tables.#", 1, 0
    ),
    of(MARKERS, *IL8, given=NO_PANEL)(
        "pharmacodynamics.baseline_pre_infusion", [], "tables.#", 1, 0
    ),
    INTERLEUKIN(
        "pharmacodynamics.baseline_pre_lymphodepletion",
        ["IL6"],
        f"{COURSE}.baseline.day",
        -1,
        -7,
    ),
    SOLUBLE("pharmacodynamics.nadir_analytes", ["IGG"], f"{COURSE}.percent_change", -90.0, None),
    INTERLEUKIN("pharmacodynamics.peak_to_day", 14, f"{COURSE}.peak.day", 20, 3),
    INTERLEUKIN("pharmacodynamics.auc_to_day", 14, f"{COURSE}.area", 4540.5, 1881.353),
    INTERLEUKIN("pharmacodynamics.groups", ["responder"], "tables.0.groups.#", 5, 3),
    *(
        B_CELLS(f"pharmacodynamics.{key}", value, f"{APLASIA}.n_recovered", 1, 0)
        for key, value in (
            ("b_cell_aplasia_per_ul", 100),
            ("b_cell_recovery_values", 3),
            ("b_cell_recovery_days_apart", 40),
        )
    ),
    of(
        MARKERS,
        lab(14, "CD19", 80, "/uL", sample_id="a"),
        lab(14, "LYMPH", 10, "10*9/L", sample_id="a"),
    )("pharmacodynamics.b_cell_aplasia_percent", "0.5", f"{APLASIA}.first_day.n", 1, 0),
    Case(
        "pharmacodynamics.hypogammaglobulinaemia_g_per_l",
        5,
        MARKERS,
        f"{LOW_IGG}.first_day.n",
        0,
        1,
        one(*IGG, heavy_chain="IgA"),
    ),
    Case(
        "pharmacodynamics.ivig_days",
        5,
        MARKERS,
        f"{LOW_IGG}.N",
        0,
        1,
        one(IGG[0], given("ivig", 20), lab(28, "IGG", 3, "g/L"), heavy_chain="IgA"),
    ),
)
FIGURES = (*OF_THE_TRIAL, *OF_THE_SCHEDULE, *OF_COMPONENTS, *OF_KINETICS, *OF_MARKERS)
