"""The times to an event that the service answers for, by their names, and what people call them.

What each of them is stands in `app/services/derivations/time_to_event/named_times.py`.

Source: the trial's endpoint definitions, events and censoring.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Final, Literal, NamedTuple, TypeAlias


class TimeWords(NamedTuple):
    """What a time to an event is called where people read it.

    Attributes:
        title: its name, as a heading.
        share: what its curve shows of the subjects, in per cent.
    """

    title: str
    share: str


TIMES_TO_EVENT: Final[Mapping[str, TimeWords]] = {
    "overall-survival": TimeWords("Overall survival", "Alive (%)"),
    "progression-free-survival": TimeWords(
        "Progression-free survival", "Alive without progression (%)"
    ),
    "event-free-survival": TimeWords("Event-free survival", "Free of an event (%)"),
    "duration-of-response": TimeWords("Duration of response", "Still in response (%)"),
    "time-to-next-treatment": TimeWords(
        "Time to next treatment", "Alive without next treatment (%)"
    ),
}
"""By the name in the address, in the order of reports."""

if TYPE_CHECKING:
    TimeToEvent: TypeAlias = str
else:
    TimeToEvent = Literal[tuple(TIMES_TO_EVENT)]
"""The name of one of them; a contract lists them, and what is none is refused."""
