"""What of the ledger and of the log of reads is wanted, as conditions of a statement.

The text of a condition is one of those written here; what was asked for travels as parameters. A
condition stands in the statement only where it is wanted, so that it is planned for what it is.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Final


@dataclass(frozen=True, slots=True, kw_only=True)
class LogFilters:
    """Which entries are wanted; None does not restrict.

    Attributes:
        since: noted at this instant or later.
        until: noted before this instant.
        principal: by its name.
        subject: about this subject.
        centre: about this centre; of reads, about any of its subjects.
        action: what was done.
    """

    since: datetime | None = None
    until: datetime | None = None
    principal: str | None = None
    subject: str | None = None
    centre: str | None = None
    action: str | None = None

    def conditions(self, meaning: Mapping[str, str], first: int) -> tuple[str, list[object]]:
        """Give the conditions, each after an AND, and the values of their parameters.

        Args:
            meaning: the condition of each filter, with ``{}`` where its parameter stands.
            first: the number of the first parameter.
        """
        wanted = {name: value for name, value in asdict(self).items() if value is not None}
        written = [
            f" AND {meaning[name].format(f'${number}')}"
            for number, name in enumerate(wanted, start=first)
        ]
        return "".join(written), list(wanted.values())


_OF_BOTH: Final = {
    "since": "event.occurred_at >= {}",
    "until": "event.occurred_at < {}",
    "principal": "event.principal = {}",
    "action": "event.action = {}",
}
OF_LEDGER: Final = {
    **_OF_BOTH,
    "subject": "event.subject = {}",
    "centre": "event.centre = {}",
}
OF_READS: Final = {
    **_OF_BOTH,
    "subject": "{} = ANY (event.subjects)",
    "centre": "EXISTS (SELECT FROM unnest(event.subjects) AS one (code) "
    "WHERE split_part(one.code, '-', 1) = {})",
}
"""A subject's code begins with its centre's."""
