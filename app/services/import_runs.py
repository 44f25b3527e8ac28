"""In which order a transaction of an import stores its lines."""

from collections.abc import Iterable, Iterator

from app.schemas.enrolment import ENROLMENTS
from app.services.import_lines import Line


def parts(run: list[Line]) -> Iterator[list[Line]]:
    """Part a run: enrolments before what may name their subjects, their retractions after it."""
    if not any(line.kind is ENROLMENTS for line in run):
        yield run
        return
    enrolments = [line for line in run if line.kind is ENROLMENTS and line.payload is not None]
    of_others = [line for line in run if line.kind is not ENROLMENTS]
    retractions = [line for line in run if line.kind is ENROLMENTS and line.payload is None]
    yield from (part for part in (enrolments, of_others, retractions) if part)


def runs(lines: Iterable[Line]) -> Iterator[list[Line]]:
    """Part lines so that no source_id comes twice in a part: the later one is a later version."""
    run: list[Line] = []
    seen: set[tuple[str, str | None]] = set()
    for line in lines:
        identity = (line.kind.path if line.kind else "", line.source_id)
        if identity in seen:
            yield run
            run, seen = [], set()
        run.append(line)
        seen.add(identity)
    if run:
        yield run
