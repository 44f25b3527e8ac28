"""How fast a principal may ask, so that none takes the service from the others."""

import math
import time
import uuid
from collections.abc import Callable

from app.problems import TooManyRequests

MOST_REMEMBERED = 10_000


class RequestRate:
    """A token bucket for each principal, in this worker.

    A bucket fills at ``per_second`` and holds what comes in one second, at least one request. What
    is kept of a principal is one number: when its bucket will be full again.

    Decision: each worker counts for itself, so that no request waits for a count kept elsewhere; a
    principal whose requests reach several workers gets the rate of each.

    Args:
        per_second: the sustained rate; 0 sets no limit.
        monotonic: the clock, in seconds.
    """

    def __init__(
        self, per_second: float, *, monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        self._per_request = 1 / per_second if per_second else 0.0
        self._holds = max(1.0, self._per_request)
        self._monotonic = monotonic
        self._full_at: dict[uuid.UUID, float] = {}

    def admit(self, principal: uuid.UUID) -> None:
        """Take one request from the principal's bucket.

        Raises:
            TooManyRequests: it is empty; ``Retry-After`` says in how many seconds it is not.
        """
        if not self._per_request:
            return
        now = self._monotonic()
        full_at = max(now, self._full_at.get(principal, now)) + self._per_request
        if (wait := full_at - now - self._holds) > 1e-9:
            raise TooManyRequests(
                "Send your requests more slowly, or many records in one import.",
                headers={"Retry-After": str(math.ceil(wait))},
            )
        self._full_at[principal] = full_at
        if len(self._full_at) > MOST_REMEMBERED:
            self._full_at = {who: full for who, full in self._full_at.items() if full > now}
