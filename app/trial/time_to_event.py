"""Where the curves of the times to an event are read."""

from itertools import pairwise
from typing import Self

from pydantic import Field, PositiveInt, model_validator

from app.trial.parameters import Parameters


class TimeToEventRules(Parameters):
    """What is read from a curve besides its median."""

    landmarks: tuple[PositiveInt, ...] = Field(
        default=(6, 12, 18, 24, 30, 36),
        max_length=24,
        description="Months from the origin at which a curve is read, each later than the last.",
    )

    missed_after_days: PositiveInt | None = Field(
        default=None,
        description="Where the schedule has no evaluations: the gap before an event, in days, "
        "beyond which two count as missed, twice the interval and twice the window; null: none "
        "can be missed.",
    )

    @model_validator(mode="after")
    def _run_forward(self) -> Self:
        if any(later <= earlier for earlier, later in pairwise(self.landmarks)):
            raise ValueError("each landmark is later than the one before")
        return self
