"""What a table of kinetics or markers needs to know of each subject beside its own results."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True, kw_only=True)
class SubjectFacts:
    """The facts that subjects are grouped and counted by.

    Attributes:
        responder: had a confirmed response; None: not known, and then in neither group.
        crs_grade: highest grade of cytokine release syndrome, 0 for none; None: not known.
        followed_to: last day the subject was known to be alive and in follow-up.
    """

    responder: bool | None = None
    crs_grade: int | None = None
    followed_to: date | None = None


NOTHING_KNOWN = SubjectFacts()
"""Of a subject about whom the caller said nothing."""
