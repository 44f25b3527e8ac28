"""Lesions that baseline imaging did not have and that nobody has called new.

Source: the trial's reading of IMWG 2016, progressive disease, note 9: unconfirmed progression until
somebody answers, never a response. Called new it is a new lesion, dated to the image; had it been
there, the baseline is corrected.
"""

from app.services.criteria.imwg.history import History
from app.services.criteria.imwg.usable import UsableEvaluation


def unanswered_lesions(history: History, visit: UsableEvaluation) -> tuple[str, ...]:
    """Give the measured lesions of a visit that somebody has to call new or known, by name.

    None are where the subject has no baseline imaging: then nothing tells what was there.
    """
    if history.baseline.raw.imaging is None:
        return ()
    return _not_accounted_for(history, visit)


def untracked(history: History, visit: UsableEvaluation) -> bool:
    """Tell whether a lesion was measured, not called new, and there is no baseline imaging."""
    if history.baseline.raw.imaging is not None:
        return False
    return bool(_not_accounted_for(history, visit))


def _not_accounted_for(history: History, visit: UsableEvaluation) -> tuple[str, ...]:
    imaging, survey = visit.raw.imaging, visit.survey
    called_new = visit.raw.new_lesions or ()
    if imaging is None or survey is None or any(lesion.lesion_id is None for lesion in called_new):
        return ()
    baseline = history.baseline.raw.imaging
    known = {lesion.lesion_id for lesion in baseline.lesions} if baseline else set()
    known |= {
        lesion.lesion_id
        for earlier in history.visits
        if earlier.anchor <= visit.anchor
        for lesion in earlier.raw.new_lesions or ()
        if lesion.lesion_id is not None
    }
    return tuple(
        lesion.lesion_id
        for lesion in imaging.lesions
        if lesion.lesion_id in survey.lesions
        and lesion.lesion_id not in known
        and not known.intersection(lesion.merged_from)
        and lesion.split_from not in known
    )
