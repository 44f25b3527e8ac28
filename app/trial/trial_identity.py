"""What the trial is, where it runs and what it asks of its records."""

from datetime import date
from typing import TYPE_CHECKING, Annotated, Final, Literal, TypeAlias
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, Field, NonNegativeInt, PositiveInt, StringConstraints

from app.trial.parameters import Line, Parameters, describes
from app.trial.policy import EFS_COMPONENTS, EfsComponent
from app.vocabularies.times_to_event import TIMES_TO_EVENT

if TYPE_CHECKING:
    EndpointName: TypeAlias = str
else:
    EndpointName = Literal[
        "enrolment",
        "response",
        *TIMES_TO_EVENT,
        "adverse-events",
        "lab-abnormalities",
        "car-kinetics",
        "pharmacodynamics",
    ]


def _known_time_zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        raise ValueError("is not a time zone of the IANA database") from None
    return name


TimeZone = Annotated[str, AfterValidator(_known_time_zone)]
CentreCode = Annotated[str, StringConstraints(pattern=r"^[A-Z0-9]{1,12}$")]


_REGISTERED: Final = "says what the trial registered"


class TrialOutcome(Parameters):
    """An outcome as the trial registered it, and the endpoints that answer it."""

    name: Line = Field(json_schema_extra=describes(_REGISTERED))
    kind: Literal["primary", "secondary", "other", "described"] = Field(
        json_schema_extra=describes(_REGISTERED)
    )
    registered: Line = Field(
        description="The registered definition, in our words.",
        json_schema_extra=describes(_REGISTERED),
    )
    endpoints: tuple[EndpointName, ...] = Field(
        json_schema_extra=describes("every endpoint is answered, registered or not")
    )


_NAMES: Final = "names the trial in what it gives out"


class TrialIdentity(Parameters):
    """What the trial is."""

    code: Annotated[str, StringConstraints(pattern=r"^[A-Z0-9][A-Z0-9-]{0,19}$")] = Field(
        description="Short code of the trial (STUDYID).", json_schema_extra=describes(_NAMES)
    )
    title: Line = Field(json_schema_extra=describes(_NAMES))
    design: Line = Field(json_schema_extra=describes("says how the trial is made"))
    slots: PositiveInt = Field(description="Subjects that may be enrolled.")
    horizon_months: PositiveInt = Field(description="Follow-up after infusion, calendar months.")
    slot_released_by: Literal["nothing", "not_infused"] = Field(
        default="nothing", description="Whether a subject never infused gives the slot back."
    )
    product_autologous: bool = Field(
        default=True,
        description="Whether a lot is made of the cells of the one subject that it is given to.",
    )
    efs_registered_text: Line | None = Field(
        default=None,
        description="How event-free survival was registered, in our words.",
        json_schema_extra=describes(_REGISTERED),
    )
    efs_components: tuple[EfsComponent, ...] = Field(
        default=EFS_COMPONENTS["composite"],
        description="Events of event-free survival; `policy.tte.efs` names the definition.",
        json_schema_extra=describes("says for people what `policy.tte.efs` counts, or is refused"),
    )


class CriteriaVersions(Parameters):
    """The published criteria that the trial grades and judges by."""

    response: Literal["IMWG 2016"] = "IMWG 2016"
    adverse_events: Literal["CTCAE 5.0"] = "CTCAE 5.0"
    crs_icans: Literal["ASTCT 2019"] = "ASTCT 2019"


class RecordRules(Parameters):
    """What the trial asks of its records."""

    disease_fields: Literal["required", "optional"] = Field(
        default="required",
        description="Whether an enrolment has to describe the myeloma.",
    )


class ConsentVersion(Parameters):
    """A version of the consent form."""

    version: Line
    approved_on: date | None = None


class PlannedCentre(Parameters):
    """A centre that the trial means to open."""

    code: CentreCode
    subjects: PositiveInt | None = Field(default=None, description="Subjects expected of it.")


class CentrePlan(Parameters):
    """Where the trial runs."""

    time_zone: TimeZone = Field(
        description=(
            "Civil calendar of the centres: a moment belongs to the day that the clocks there "
            "showed, whatever offset it was sent with. What was sent is stored and given back as "
            "sent."
        )
    )
    time_zones: dict[CentreCode, TimeZone] = Field(
        default_factory=dict,
        description="Centres whose calendar is another, by their code.",
    )
    planned: tuple[PlannedCentre, ...] = ()

    def time_zone_of(self, centre: str) -> str:
        """Give the name of a centre's time zone."""
        return self.time_zones.get(centre, self.time_zone)

    def zone_of(self, centre: str) -> ZoneInfo:
        """Give a centre's time zone; a centre that the file does not name has the trial's."""
        return ZoneInfo(self.time_zone_of(centre))


class FollowUpRules(Parameters):
    """When a subject is lost, and which of two evaluations a visit summary takes."""

    lost_after_contacts: PositiveInt = Field(
        default=2, description="Consecutive scheduled contacts without one."
    )
    lost_after_attempts: NonNegativeInt = Field(
        default=3,
        description="Documented attempts; the loss is dated at the last contact.",
        json_schema_extra=describes("attempts are documented at the centre and are no record here"),
    )
    two_in_a_window: Literal["nearest_then_later"] = Field(
        default="nearest_then_later",
        description=(
            "By-visit summaries take the evaluation nearest the target, on a tie the later; for "
            "response both count."
        ),
    )
