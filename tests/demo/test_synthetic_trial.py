"""The invented trial repeats itself, fits every schema, and looks like a trial of such cells."""

from collections import Counter
from collections.abc import Iterator
from datetime import date
from itertools import pairwise
from statistics import median

import pytest

from app.demo.records import Record, Reference
from app.demo.synthetic import synthetic_trial
from app.demo.synthetic.chance import through
from app.demo.synthetic.course import DATA_UNTIL, SyntheticCourse, courses
from app.demo.synthetic.expansion import copies
from app.demo.synthetic.other_toxicity import CYTOPENIAS, printed
from app.schemas.record_kinds import RECORD_KINDS, by_path
from app.trial.schedule import anchors_of, visit_of
from app.trial.trial import load_trial
from tests.demo.told import SEED, of_course, of_kind, resolved, subjects, trial

INFUSED = [course for course in courses(SEED) if course.infused]
RESPONSES = ("sCR", "CR", "VGPR", "PR", "MR", "SD", "PD")


def responses_of(course: SyntheticCourse) -> list[tuple[int, str]]:
    """Give day and category of each evaluation after the infusion."""
    return [
        (
            (date.fromisoformat(record.body["assessed_on"]) - course.infusion).days,
            record.body["investigator_response"],
        )
        for record in of_kind("assessments", of_course()[course])
        if "investigator_response" in record.body
    ]


def best_of(course: SyntheticCourse, until: int = 2000) -> str | None:
    reached = [category for day, category in responses_of(course) if day <= until]
    return min(reached, key=RESPONSES.index, default=None)


def share_with(*levels: str, until: int = 2000) -> float:
    return sum(best_of(course, until) in levels for course in INFUSED) / len(INFUSED)


def every_record() -> Iterator[Record]:
    for _, subject in subjects():
        yield from (subject.enrolment, *subject.singly, *subject.in_bulk, *subject.adjudications)


class TestSeed:
    def test_the_same_seed_tells_the_same_to_the_last_digit(self) -> None:
        assert synthetic_trial(1) == trial(1)

    def test_another_seed_tells_of_another_trial(self) -> None:
        one, other = trial(1), trial(2)
        assert one != other
        assert [len(centre.subjects) for centre in one.centres] != []
        assert sum(len(c.subjects) for c in one.centres) == sum(
            len(c.subjects) for c in other.centres
        )


class TestSchemas:
    @pytest.mark.parametrize("seed", [1, 2])
    def test_every_record_is_what_its_kind_can_say(self, seed: int) -> None:
        for centre in trial(seed).centres:
            told = [*centre.records(), *(change.record for change in centre.changes())]
            for record in told:
                kind = by_path(record.kind)
                assert kind is not None
                body = {"source_id": record.source_id, **resolved(record.body)}
                kind.submission.model_validate(body)

    def test_every_kind_of_record_occurs(self) -> None:
        assert {record.kind for record in every_record()} == {kind.path for kind in RECORD_KINDS}

    def test_every_source_id_is_given_once_and_carries_its_centre(self) -> None:
        for centre in trial().centres:
            told = Counter((record.kind, record.source_id) for record in centre.records())
            assert set(told.values()) == {1}
            assert all(source_id.startswith(centre.canary) for _, source_id in told)

    def test_a_reference_names_a_record_that_was_told_before(self) -> None:
        def references(value: object) -> Iterator[Reference]:
            if isinstance(value, Reference):
                yield value
            elif isinstance(value, dict):
                for member in value.values():
                    yield from references(member)
            elif isinstance(value, list):
                for member in value:
                    yield from references(member)

        for _, subject in subjects():
            told: set[Reference] = set()
            for record in (*subject.singly, *subject.in_bulk, *subject.adjudications):
                assert set(references(dict(record.body))) <= told, record.source_id
                told.add(record.reference)


class TestDates:
    def test_sixty_are_enrolled_within_fourteen_months(self) -> None:
        enrolled = [course.enrolled_on for course in of_course()]
        assert len(enrolled) == 60
        assert 380 <= (max(enrolled) - min(enrolled)).days <= 430

    def test_consent_enrolment_leukapheresis_and_infusion_come_in_this_order(self) -> None:
        for course, told in of_course().items():
            consent = date.fromisoformat(told.enrolment.body["consent"]["signed_on"])
            assert consent <= course.enrolled_on < course.leukapheresis < course.infusion

    def test_nothing_is_told_of_after_the_death_or_after_the_end_of_the_data(self) -> None:
        dated = {
            "visits": "visited_on",
            "assessments": "assessed_on",
            "lab-results": "collected_at",
            "kinetics": "collected_at",
            "therapies": "start",
        }
        for course, told in of_course().items():
            last = course.on(course.last_day) if course.death is not None else DATA_UNTIL
            for record in (*told.singly, *told.in_bulk):
                if (field := dated.get(record.kind)) and field in record.body:
                    assert record.body[field][:10] <= last.isoformat(), record.source_id

    def test_a_visit_lies_in_its_own_window_of_the_trial_s_schedule(self) -> None:
        schedule = load_trial(None)
        for course, told in of_course().items():
            anchors = anchors_of(
                schedule,
                first_leukapheresis=course.leukapheresis,
                first_lymphodepletion=course.on(-5) if course.infused else None,
                infusion=course.infusion if course.infused else None,
            )
            for record in told.singly:
                day = record.body.get("visited_on") or record.body.get("assessed_on")
                if day is not None and "visit" in record.body:
                    found = visit_of(schedule, anchors, date.fromisoformat(day))
                    assert found == record.body["visit"], record.source_id

    def test_some_visits_were_missed_with_a_reason_and_some_dates_are_partial(self) -> None:
        visits = Counter(record.body["status"] for record in of_kind("visits"))
        assert 8 <= visits["missed"] <= 0.06 * visits["done"]
        partial = [record for record in every_record() if len(record.body.get("onset", "")) == 7]
        assert partial
        assert any(len(record.body.get("death_date", "")) == 7 for record in of_kind("follow-ups"))


class TestResponse:
    def test_most_respond_and_the_responses_deepen_over_months(self) -> None:
        assert 0.85 <= share_with("sCR", "CR", "VGPR", "PR") <= 0.95
        complete = [share_with("sCR", "CR", until=day) for day in (40, 100, 190, 380)]
        assert all(earlier < later for earlier, later in pairwise(complete))
        assert complete[0] < 0.1
        assert 0.55 <= complete[-1] <= 0.72

    def test_every_best_response_occurs(self) -> None:
        assert {best_of(course) for course in INFUSED} >= {*RESPONSES}

    def test_the_best_response_is_the_one_the_course_was_drawn_for(self) -> None:
        for course in INFUSED:
            if course.best not in {"NE", "MR"} and course.last_day > 500:
                assert best_of(course) == course.best, course.subject

    def test_the_serum_spike_agrees_with_the_category(self) -> None:
        limits = {"MR": (0.45, 0.8), "PR": (0.09, 0.55), "VGPR": (0.0, 0.12), "CR": (0.0, 0.0),
                  "sCR": (0.0, 0.0)}  # fmt: skip
        for told in of_course().values():
            evaluations = list(of_kind("assessments", told))
            first = float(evaluations[:2][-1].body["serum_m_protein"]["value"])
            for record in evaluations[2:]:
                category = record.body["investigator_response"]
                if first and category in limits:
                    left = float(record.body["serum_m_protein"]["value"]) / first
                    assert limits[category][0] <= left <= limits[category][1], record.source_id

    def test_some_progress_by_the_serum_and_some_on_imaging(self) -> None:
        kinds = Counter(course.progression_kind for course in INFUSED)
        assert kinds["biochemical"] >= 8
        assert kinds["imaging"] >= 3

    def test_a_biochemical_progression_is_confirmed_by_a_second_sample(self) -> None:
        for course in INFUSED:
            told = [category for _, category in responses_of(course)]
            if (
                course.progression_kind == "biochemical"
                and course.last_day > course.progression + 18
            ):
                assert told.count("PD") == 2, course.subject

    def test_some_die_some_are_lost_some_withdraw_and_one_is_treated_late(self) -> None:
        ends = Counter(record.body["status"] for record in of_kind("follow-ups"))
        assert 5 <= ends["died"] <= 16
        assert ends["lost"] >= 1
        assert ends["withdrew"] >= 1
        late = [c for c in INFUSED if c.new_therapy and c.progression is None]
        assert late
        assert all(course.new_therapy > 180 for course in late)

    def test_the_reviewers_judged_every_progression_and_first_complete_response(self) -> None:
        for told in of_course().values():
            judged = [record.body["assessment"] for record in told.adjudications]
            categories = {
                record.reference: record.body["investigator_response"]
                for record in of_kind("assessments", told)
                if "investigator_response" in record.body
            }
            progressions = [name for name, category in categories.items() if category == "PD"]
            complete = [name for name, category in categories.items() if category in {"CR", "sCR"}]
            assert judged == [*complete[:1], *progressions]
            for record in told.adjudications:
                assert record.body["response"] == categories[record.body["assessment"]]
                assert ("pd_basis" in record.body) is (record.body["response"] == "PD")

    def test_two_are_never_infused(self) -> None:
        outcomes = Counter(record.body["outcome"] for record in of_kind("preparations"))
        assert outcomes == {"infused": 58, "manufacturing_failure": 1, "progressed": 1}


class TestToxicity:
    def test_most_have_crs_mild_mostly_and_within_ten_days(self) -> None:
        events = [r.body for r in of_kind("adverse-events") if r.body.get("aesi_kind") == "CRS"]
        per_subject = len({event["onset"] for event in events}) / len(INFUSED)
        grades = Counter(event["astct"]["grade"] for event in events)
        assert 0.7 <= per_subject <= 0.85
        assert grades[1] + grades[2] > 5 * (grades[3] + grades[4]) > 0
        onsets = sorted(course.crs_onset for course in INFUSED if course.crs_grade)
        assert onsets[-1] <= 10
        assert onsets[len(onsets) * 3 // 4] <= 7

    def test_a_crs_of_grade_2_or_more_was_given_tocilizumab(self) -> None:
        for course in INFUSED:
            kinds = {r.body["therapy_kind"] for r in of_kind("therapies", of_course()[course])}
            if course.crs_grade >= 2:
                assert "tocilizumab" in kinds

    def test_few_have_icans_and_its_worst_score_is_told(self) -> None:
        with_icans = [course for course in INFUSED if course.icans_grade]
        assert 0.05 <= len(with_icans) / len(INFUSED) <= 0.25
        for course in with_icans:
            scores = [
                r.body["ice"]["score"] for r in of_kind("neuro-assessments", of_course()[course])
            ]
            assert min(scores) < 10
            assert scores[0] == scores[-1] == 10

    def test_the_grade_of_a_cytopenia_is_that_of_the_counts(self) -> None:
        terms = {term: analyte for analyte, (term, _) in CYTOPENIAS.items()}
        checked = 0
        for course, told in of_course().items():
            for record in of_kind("adverse-events", told):
                if (analyte := terms.get(record.body["term"])) is None:
                    continue
                third, fourth = CYTOPENIAS[analyte][1]
                onset = (date.fromisoformat(record.body["onset"]) - course.infusion).days
                assert printed(course, analyte, onset) < third
                if record.body["grade"] == 4:
                    assert analyte != "HGB"
                    assert fourth > 0
                checked += 1
        assert checked > 100

    def test_neutrophils_fall_recover_and_fall_again(self) -> None:
        twice = 0
        for course in INFUSED:
            early = min(printed(course, "NEUT", day) for day in range(5, 11))
            between = printed(course, "NEUT", 16)
            later = printed(course, "NEUT", 28)
            assert early < 1.5
            twice += early < between > later
        assert twice > 0.6 * len(INFUSED)


class TestKinetics:
    def test_the_expansion_peaks_around_day_12_and_is_below_the_limit_later(self) -> None:
        peaks = []
        for course in INFUSED:
            curve = copies(course)
            peak = max(range(1, 400), key=lambda day: through(curve, day))
            assert 8 <= peak <= 16
            assert through(curve, peak) > 1000
            assert through(curve, 900) < 50
            peaks.append(peak)
        assert 11 <= median(peaks) <= 13

    def test_late_samples_are_mostly_below_the_limit(self) -> None:
        late = Counter(
            record.body["quantification"]
            for record in of_kind("kinetics")
            if record.body["method"] == "qpcr" and ":PC:PB:M12:" in record.source_id
        )
        assert late["quantifiable"] < late["detected_below_lloq"] + late["not_detected"]

    def test_blood_marrow_and_csf_occur(self) -> None:
        assert {r.body["matrix"] for r in of_kind("kinetics")} == {"PB", "BM", "CSF"}


class TestLaboratories:
    def test_centres_report_in_different_units(self) -> None:
        units = {
            record.body["unit"]
            for record in of_kind("lab-results")
            if record.body["analyte"] == "HGB"
        }
        assert units == {"g/L", "g/dL"}

    def test_every_number_has_its_laboratory_s_limits_where_the_analyte_has_them(self) -> None:
        for record in of_kind("lab-results"):
            if "value" in record.body and record.body["analyte"] != "SBCMA":
                assert "reference_range" in record.body


class TestCorrections:
    def test_two_are_amended_one_voided_and_one_corrected_at_its_source(self) -> None:
        changes = sorted(
            (change.record.kind, change.voided, change.by_import)
            for centre in trial().centres
            for change in centre.changes()
            if change.record.kind != "subjects"
        )
        assert changes == [
            ("adverse-events", False, False),
            ("adverse-events", True, False),
            ("assessments", False, False),
            ("lab-results", False, True),
        ]

    def test_an_evaluation_is_corrected_after_it_was_judged(self) -> None:
        (told,) = [
            subject
            for _, subject in subjects()
            if any(change.record.kind == "assessments" for change in subject.changes)
        ]
        (change,) = [one for one in told.changes if one.record.kind == "assessments"]
        assert change.record.reference == told.adjudications[0].body["assessment"]

    def test_a_correction_says_something_else_than_what_was_sent_first(self) -> None:
        for centre in trial().centres:
            sent = {record.reference: record for record in centre.records()}
            for change in centre.changes():
                if not change.voided:
                    assert sent[change.record.reference].body != change.record.body
