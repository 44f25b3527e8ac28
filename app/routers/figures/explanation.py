"""Why a subject's response is what it is, and where two sources differ, as it is answered."""

from datetime import date

from pydantic import Field

from app.routers.figures.answer import Figures
from app.schemas.rule_set import RuleSet
from app.services.criteria.imwg.baseline import MeasurableDisease, Track
from app.services.criteria.imwg.evaluation import Component, Isotype, MrdSample, PetCt
from app.services.criteria.imwg.progression_rules import DerivedBasis, ProgressionFinding
from app.services.criteria.imwg.visit_response import (
    CarriedForward,
    MarkerChange,
    NotShown,
    Relapse,
    ReviewFlag,
    SerumMProteinShown,
)
from app.services.derivations.record_ref import RecordRef
from app.services.derivations.response.best_response import BestResponse
from app.services.derivations.response.clinical_relapse import ClinicalRelapse
from app.services.derivations.response.confirmation_gaps import GapWarning
from app.services.derivations.response.confirmed_response import Confirmation
from app.services.derivations.response.mrd_status import MrdVisit
from app.services.derivations.response.response_discrepancies import Impact
from app.services.derivations.subject_history import InvestigatorResponse
from app.trial.policy import ImwgPolicy
from app.vocabularies.imwg import LightChain, PdBasis, ResponseCategory


class QuestionOfVisit(Figures):
    """What the centre has to say before a visit can be judged."""

    code: str
    pointer: str = Field(description="JSON pointer into the assessment.")


class NotPlausibleValue(Figures):
    """A number that no living person has, which is left out."""

    record: RecordRef
    member: str


class BaselineOfResponse(Figures):
    """What the response is measured from."""

    latest: date = Field(description="Day of the last evaluation that counts.")
    collected: dict[Component, date] = Field(description="Day of each component's own value.")
    old: list[Component] = Field(description="Components whose value is older than it should be.")
    before_bridging: bool
    track: Track
    measurable: MeasurableDisease
    involved_light_chain: LightChain | None
    serum_method: str
    own_isotypes: list[Isotype]
    questions: list[QuestionOfVisit]
    records: list[RecordRef]


class InvestigatorOfVisit(Figures):
    """The investigator's category of a visit beside the derived one."""

    category: ResponseCategory
    pd_basis: PdBasis | None
    dated: date | None
    agreement: str


class VisitExplained(Figures):
    """One visit: its category, the rules that fired, and what was missing."""

    visit: str | None
    records: list[RecordRef]
    anchor: date
    assessed_on: date
    category: ResponseCategory
    rules: list[str]
    track: Track
    progression: list[ProgressionFinding]
    basis: DerivedBasis | None
    ceiling: ResponseCategory
    not_shown: list[NotShown]
    carried_forward: list[CarriedForward]
    markers: list[MarkerChange]
    relapse_signs: list[Relapse]
    flags: list[ReviewFlag]
    serum_m_proteins: list[SerumMProteinShown]
    questions: list[QuestionOfVisit]
    mrd: MrdSample | None
    pet_ct: PetCt | None
    urine_waived: ResponseCategory
    clinical_relapse: ClinicalRelapse
    confirmed: ResponseCategory
    running: ResponseCategory
    state: Confirmation
    confirmed_by: date | None
    in_endpoint_set: bool
    warning: GapWarning | None
    investigator: InvestigatorOfVisit | None
    adjudicated: InvestigatorResponse | None


class BestBySource(Figures):
    """What the confirmed visits come to, by each source; empty before the infusion."""

    derived: BestResponse | None = None
    investigator: BestResponse | None = None
    adjudicated: BestResponse | None = None


class DaysCompared(Figures):
    """The day of one event by two sources."""

    derived: date | None
    investigator: date | None
    days_later: int | None = Field(description="How much later the investigator's is.")


class SourcesCompared(Figures):
    """Derived against investigator's."""

    best: str | None
    first_response: DaysCompared
    progression: DaysCompared


class ResponseExplanation(Figures):
    """The visits of a subject with the category of each, the rule that fired, and what was missing.

    Numbers of a marker are in the unit of its rule; null for what cannot be told.
    """

    subject: str
    centre: str
    infused_on: date | None = Field(description="Day of the first infusion; null: none yet.")
    policy: ImwgPolicy = Field(description="How the criteria were read.")
    baseline: BaselineOfResponse | None
    visits: list[VisitExplained]
    best: BestResponse | None = Field(description="What the confirmed visits come to.")
    by_source: BestBySource
    comparison: SourcesCompared | None
    mrd: list[MrdVisit]
    horizon: date | None = Field(
        default=None, description="Once infused, as the members that follow."
    )
    counted_until: date | None = None
    not_plausible: list[NotPlausibleValue] = Field(default=[])
    new_therapy_on: date | None = None
    died_of_myeloma_on: date | None = None
    as_of: int
    cutoff: date | None
    data_cutoff: date
    rule_set: RuleSet
    engine_version: str


class DiscrepancyItem(Figures):
    """One visit on which the two sources differ, or that has a question, and what would change."""

    subject: str
    centre: str
    record: RecordRef = Field(description="The assessment.")
    assessed_on: date
    kind: str = Field(
        description="Such as `DERIVED_LOWER_BY_2` or `PD_DISAGREEMENT`; `LESION-NOT-AT-BASELINE` "
        "where a lesion has to be called new or known."
    )
    derived: ResponseCategory
    derived_basis: DerivedBasis | None
    derived_ceiling: ResponseCategory
    investigator: ResponseCategory | None = Field(
        description="Null where the investigator gave none."
    )
    investigator_basis: PdBasis | None
    adjudicated: InvestigatorResponse | None
    impact: Impact = Field(
        description="Whether the investigator's category, or the lesion called new, would give "
        "another best response, or another day of progression."
    )


class DiscrepancyList(Figures):
    """Discrepancies, subject by subject."""

    items: list[DiscrepancyItem]
    as_of: int
