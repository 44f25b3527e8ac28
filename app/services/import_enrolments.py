"""The enrolments of an import: new subjects, their slots, and what leaves a slot again."""

from app.database import Transaction
from app.schemas.enrolment import SubjectIn, missing_disease_fields
from app.services.import_homes import FileHomes
from app.services.import_lines import Line
from app.services.import_order import MetRecord
from app.services.import_references import Refuse
from app.services.slots import claim_slot, has_free_slot
from app.services.subject_void import release_slot, standing_beside_enrolment
from app.trial.trial import Trial


class FileEnrolments:
    """The enrolments among the lines of one transaction.

    Args:
        trial: what the protocol says.
        homes: where the lines belong.
        refuse: refuses a line at a pointer with a code and a sentence.

    Attributes:
        made: the subject that a line enrolled, by the number of the line.
    """

    def __init__(self, trial: Trial, homes: FileHomes, refuse: Refuse) -> None:
        self.made: dict[int, str] = {}
        self._trial = trial
        self._homes = homes
        self._refuse = refuse
        self._left: list[str] = []

    async def enrol(self, transaction: Transaction, line: Line) -> bool:
        """Make the subject of a new enrolment and claim its slot; tell whether there was one."""
        if line.subject is not None:
            self._refuse(
                line,
                "/source_id",
                "unknown_source_id",
                "no enrolment was sent under it; a new subject gets its code here",
            )
            return False
        if not self.says_enough(line):
            return False
        await transaction.connection.execute("SAVEPOINT enrolment")
        subject = await transaction.value("SELECT new_subject($1)", line.centre)
        if not await self.has_slot(transaction, line, MetRecord(subject=subject)):
            await transaction.connection.execute("ROLLBACK TO SAVEPOINT enrolment")
            return False
        await transaction.connection.execute("RELEASE SAVEPOINT enrolment")
        self.made[line.number] = subject
        self._homes.made(subject, line)
        return True

    async def has_slot(self, transaction: Transaction, line: Line, record: MetRecord) -> bool:
        """Claim a slot for the subject of an enrolment; tell whether it has one or needs none."""
        if not isinstance(line.payload, SubjectIn) or line.payload.enrolled_on is None:
            return True
        if record.taken_back:
            free = await has_free_slot(transaction, self._trial)
        else:
            free = await claim_slot(transaction, self._trial, record.subject)
        if not free:
            self._refuse(line, "/enrolled_on", "enrolment_closed", "the trial has no slot left")
        return free

    def says_enough(self, line: Line) -> bool:
        """Tell whether an enrolment says what the trial must know; refuse it else."""
        required = self._trial.records.disease_fields == "required"
        if required and isinstance(line.payload, SubjectIn):
            for name in missing_disease_fields(line.payload):
                self._refuse(line, f"/{name}", "missing", "is required once enrolled_on is given")
        return not line.errors

    async def may_void(self, transaction: Transaction, line: Line, known: MetRecord) -> bool:
        """Tell whether a record may be voided: an enrolment not while others stand."""
        if line.kind is None or not line.kind.one_per_subject:
            return True
        if await standing_beside_enrolment(transaction, known.subject):
            self._refuse(
                line, "/retracted", "records_stand", "retract the subject's other records first"
            )
            return False
        self._left.append(known.subject)
        return True

    async def release_slots(self, transaction: Transaction) -> None:
        """Give back the slots of the subjects whose enrolments were voided."""
        while self._left:
            await release_slot(transaction, self._trial, self._left.pop(), [])
