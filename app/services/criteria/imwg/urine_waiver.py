"""When a response does without urine that had nothing measurable in it at baseline.

Source: IMWG 2016 and 2011 require urine; the trial's list of open points, Q8, for the alternative.
"""

from app.services.criteria.imwg.history import History
from app.services.criteria.imwg.usable import UsableEvaluation


def urine_is_waived(history: History, visit: UsableEvaluation) -> bool:
    """Tell whether VGPR and CR of a visit do without its urine, amount and immunofixation.

    They do under the waiver where the urine was not measurable at baseline, or never measured, and
    nothing of it was sent for this visit. A urine that was sent is read: a positive immunofixation
    still bars CR, and an amount without immunofixation does not show one.
    """
    return (
        history.policy.urine_for_vgpr == "waived_if_not_measurable"
        and not history.measurable.urine
        and visit.urine is None
        and visit.urine_fixation is None
    )
