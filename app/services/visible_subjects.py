"""What a caller can see of a subject; what it cannot see does not exist."""

from app.access.centres import visible_centres
from app.database import Transaction
from app.problems import NotFound
from app.services.subject_course import SubjectCourse, courses_of
from app.trial.trial import Trial

_HOME = (
    "SELECT centre FROM subject WHERE subject = $1 AND ($2::text[] IS NULL OR centre = ANY ($2))"
)


async def course_of(transaction: Transaction, trial: Trial, subject: str) -> SubjectCourse:
    """Give the course of a subject.

    Raises:
        NotFound: the caller can see no such subject.
    """
    visible = visible_centres(transaction.authority)
    courses = await courses_of(transaction, trial, [subject], visible)
    if subject not in courses:
        raise NotFound("There is no such subject, or none that you can see.")
    return courses[subject]


async def home(transaction: Transaction, subject: str) -> str:
    """Give the centre of a subject.

    Raises:
        NotFound: the caller can see no such subject.
    """
    centre: str | None = await transaction.value(
        _HOME, subject, visible_centres(transaction.authority)
    )
    if centre is None:
        raise NotFound("There is no such subject, or none that you can see.")
    return centre
