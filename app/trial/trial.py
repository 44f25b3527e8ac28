"""The trial file in its typed form: everything particular to this trial."""

import json
import tomllib
from collections.abc import Iterator
from decimal import Decimal
from functools import cached_property
from hashlib import sha256
from pathlib import Path
from typing import Final, Self

from pydantic import Field, ValidationError, model_validator

from app.trial.adverse_events import AdverseEventRules
from app.trial.kinetics import KineticsRules
from app.trial.laboratory import LaboratoryRules
from app.trial.parameters import Parameters
from app.trial.pharmacodynamics import PharmacodynamicRules
from app.trial.policy import EFS_COMPONENTS, Policy
from app.trial.populations import Populations
from app.trial.response import ResponseRules
from app.trial.time_to_event import TimeToEventRules
from app.trial.trial_file_error import TrialFileError, faults
from app.trial.trial_identity import (
    CentrePlan,
    ConsentVersion,
    CriteriaVersions,
    FollowUpRules,
    RecordRules,
    TrialIdentity,
    TrialOutcome,
)
from app.trial.visits import Schedule

TRIAL_FILE: Final = Path(__file__).with_name("trial.toml")
"""The trial file of this trial, read when no other is named."""

CDISC_PILOT_FILE: Final = Path(__file__).with_name("cdisc_pilot.toml")
"""The trial file under which the data of the CDISC pilot study are reused."""


class Trial(Parameters):
    """The trial: one deployment serves exactly one."""

    trial: TrialIdentity
    criteria: CriteriaVersions = Field(default_factory=CriteriaVersions)
    outcomes: tuple[TrialOutcome, ...] = ()
    records: RecordRules = Field(default_factory=RecordRules)
    centres: CentrePlan
    consents: tuple[ConsentVersion, ...] = ()
    schedule: Schedule = Field(default_factory=Schedule)
    follow_up: FollowUpRules = Field(default_factory=FollowUpRules)
    response: ResponseRules = Field(default_factory=ResponseRules)
    time_to_event: TimeToEventRules = Field(default_factory=TimeToEventRules)
    kinetics: KineticsRules = Field(default_factory=KineticsRules)
    pharmacodynamics: PharmacodynamicRules = Field(default_factory=PharmacodynamicRules)
    adverse_events: AdverseEventRules = Field(default_factory=AdverseEventRules)
    laboratory: LaboratoryRules = Field(default_factory=LaboratoryRules)
    populations: Populations = Field(default_factory=Populations)
    policy: Policy = Field(default_factory=Policy)

    @property
    def code(self) -> str:
        """Short code of the trial (STUDYID)."""
        return self.trial.code

    @property
    def title(self) -> str:
        """Title of the trial."""
        return self.trial.title

    @property
    def slots(self) -> int:
        """Subjects that may be enrolled."""
        return self.trial.slots

    @property
    def horizon_months(self) -> int:
        """Follow-up after infusion, calendar months."""
        return self.trial.horizon_months

    @cached_property
    def digest(self) -> str:
        """SHA-256 of what the file says, in hexadecimal.

        Comments, layout, the order of keys and trailing zeros of a number do not change it.
        """
        content = json.dumps(
            self.model_dump(), sort_keys=True, separators=(",", ":"), default=_canonical
        )
        return sha256(content.encode()).hexdigest()

    def __hash__(self) -> int:
        """Cheap, because the schedule of every subject is remembered under its trial."""
        return hash(self.trial.code)

    @model_validator(mode="after")
    def _agrees_with_itself(self) -> Self:
        contradictions = tuple(self._contradictions())
        if contradictions:
            raise ValueError(*contradictions)
        return self

    def _contradictions(self) -> Iterator[str]:
        visits = {visit.code for visit in self.schedule.visits}
        for time in self.kinetics.nominal_times:
            if time.visit not in visits:
                yield f"kinetics.nominal_times: {time.visit} is no visit of the schedule"
        for code in self.kinetics.persistence_visits:
            if code not in visits:
                yield f"kinetics.persistence_visits: {code} is no visit of the schedule"
        definition = self.policy.tte.efs
        if set(self.trial.efs_components) != set(EFS_COMPONENTS[definition]):
            yield (
                f"trial.efs_components: policy.tte.efs is {definition}, whose components are "
                + ", ".join(EFS_COMPONENTS[definition])
            )
        for name, codes in (
            ("centres.planned", [centre.code for centre in self.centres.planned]),
            ("consents", [consent.version for consent in self.consents]),
        ):
            for code in sorted({code for code in codes if codes.count(code) > 1}):
                yield f"{name}: {code} is declared twice"


def load_trial(path: Path | None = None) -> Trial:
    """Read the trial file, by default this trial's own.

    Raises:
        TrialFileError: the file cannot be read, is not TOML, has a key that it does not know, lacks
            one, or says something that cannot be. Everything that is wrong with its parts is said
            at once; contradictions between the parts, once each is right in itself.
    """
    path = path or TRIAL_FILE
    try:
        document = tomllib.loads(path.read_text(encoding="utf-8"), parse_float=Decimal)
    except OSError as error:
        raise TrialFileError(path, [f"cannot be read ({error.strerror})"]) from error
    except UnicodeDecodeError as error:
        raise TrialFileError(path, ["is not UTF-8"]) from error
    except (tomllib.TOMLDecodeError, ArithmeticError) as error:
        raise TrialFileError(path, [f"is not TOML: {error}"]) from error
    try:
        # Through JSON, so that strict types take its lists and decimals, and so that what
        # GET /v1/trial serves is by construction what the file says.
        return Trial.model_validate_json(json.dumps(document, default=str))
    except ValidationError as error:
        raise TrialFileError(path, faults(error, document)) from error


def _canonical(part: object) -> str:
    if isinstance(part, Decimal):
        return format(part.normalize(), "f")
    return str(part)
