"""Where the lines of an import belong: their subjects, centres, and the caller's roles there."""

from collections import defaultdict
from collections.abc import Callable, Collection
from typing import Final

from app.access.centres import visible_centres
from app.access.permissions import Action, Role
from app.database import Transaction
from app.problems import NotPermitted
from app.schemas.enrolment import SubjectIn
from app.services import import_statements
from app.services.import_lines import Line
from app.services.import_references import ENROLLED

_AMBIGUOUS: Final = "more than one of your centres has a subject under it; write the code"


class FileHomes:
    """The homes of one file's lines.

    Args:
        refuse: refuses a line at a pointer with a code and a sentence.
    """

    def __init__(self, refuse: Callable[[Line, str, str, str], None]) -> None:
        self._refuse = refuse
        self._roles: dict[str, Role | None] = {}
        self._made_by: dict[str, int] = {}

    def made(self, subject: str, line: Line) -> None:
        """Note which line enrolled a subject: no line before it may call the subject by its id."""
        self._made_by[subject] = line.number

    async def find(self, transaction: Transaction, lines: list[Line]) -> None:
        """Give each line its subject and centre; refuse what the caller may not write to."""
        visible = visible_centres(transaction.authority)
        wanted = sorted({line.called for line in lines if line.called is not None})
        rows = await transaction.rows(import_statements.HOMES, wanted, visible)
        homes = {row["subject"]: row["centre"] for row in rows}
        enrolled = await self._enrolled(transaction, [one for one in wanted if one not in homes])
        for line in lines:
            enrolment = line.payload if isinstance(line.payload, SubjectIn) else None
            if line.called is not None:
                line.subject, centre = line.called, homes.get(line.called)
                if centre is None and (found := enrolled.get(line.called)):
                    if len(found) > 1:
                        self._refuse(line, "/subject", "ambiguous_subject", _AMBIGUOUS)
                        continue
                    centre = self._home_of(line, found)
                pointer, code, what = "/subject", "unknown_subject", "subject"
            elif enrolment is not None:
                centre = enrolment.centre
                pointer, code, what = "/centre", "unknown_centre", "centre"
                if visible is not None and centre not in visible:
                    centre = None
            else:
                self._refuse(line, "/subject", "missing", "name the subject")
                continue
            if centre is None:
                self._refuse(
                    line, pointer, code, f"there is no such {what}, or none that you can see"
                )
            elif self.role_at(transaction, centre) is None:
                self._refuse(line, pointer, "not_permitted", "your role there does not allow it")
            elif enrolment is not None and enrolment.centre != centre:
                self._refuse(
                    line, "/centre", "centre_fixed", "is the centre that enrolled the subject"
                )
            else:
                line.centre = centre

    def _home_of(self, line: Line, enrolled: Collection[tuple[str, str]]) -> str | None:
        """Give the centre of the subject whose enrolment a line calls by its id."""
        for subject, centre in enrolled:
            if self._made_by.get(subject, 0) < line.number:  # no line before its enrolment's
                line.subject = subject
                return centre
        return None

    async def _enrolled(
        self, transaction: Transaction, called: list[str]
    ) -> dict[str, set[tuple[str, str]]]:
        """Give the subjects, with their centres, whose enrolments were sent under some ids."""
        found: dict[str, set[tuple[str, str]]] = defaultdict(set)
        if called:
            visible = visible_centres(transaction.authority)
            for row in await transaction.rows(ENROLLED, called, visible):
                found[row["source_id"]].add((row["subject"], row["centre"]))
        return found

    def role_at(self, transaction: Transaction, centre: str) -> Role | None:
        """Give the role in which the caller may import at a centre; None: it may not."""
        if centre not in self._roles:
            try:
                role = transaction.authority.role_for(Action.IMPORT_RECORDS, centre)
                self._roles[centre] = role
            except NotPermitted:
                self._roles[centre] = None
        return self._roles[centre]
