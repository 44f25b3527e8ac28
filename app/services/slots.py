"""The slots of the trial: claiming one, and whether one is free.

Source: the trial's protocol, ``slot_released_by``: a subject that was enrolled and never infused
keeps its slot, or gives it up. Decision: it was never infused once it left the study without an
infusion that stands; who comes back has the slot as before, even where the trial is full by then.
"""

from app.database import Transaction
from app.trial.trial import Trial


async def claim_slot(transaction: Transaction, trial: Trial, subject: str) -> bool:
    """Claim a slot for a subject of the caller; tell whether it has one."""
    slots = await _slots(transaction, trial)
    return await transaction.value("SELECT claim_slot($1, $2)", subject, slots) is not None


async def has_free_slot(transaction: Transaction, trial: Trial) -> bool:
    """Tell whether a slot could be claimed."""
    slots = await _slots(transaction, trial)
    return bool(await transaction.value("SELECT slots_taken() < $1", slots))


async def _slots(transaction: Transaction, trial: Trial) -> int:
    """Give how many slots can have been claimed: the trial's, and those that were given up."""
    if trial.trial.slot_released_by != "not_infused":
        return trial.slots
    given_up: int = await transaction.value("SELECT slots_given_up()")
    return trial.slots + given_up
