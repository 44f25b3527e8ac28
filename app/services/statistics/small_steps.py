"""The part of a survival curve that rests on no small count.

Source: Hundepool et al., Handbook on Statistical Disclosure Control, section 4, on tables of
survival: steps are put together until each is large enough, and the curve ends before the tail.
"""

from collections.abc import Mapping, Sequence
from typing import Any


def shown_steps(steps: Sequence[Mapping[str, Any]], n: int, smallest: int) -> list[dict[str, Any]]:
    """Give a curve in steps that put together no events or censored ones, or at least so many.

    A step says how many were at risk after the step before, so that it names no small count of its
    own. The curve ends where fewer than ``smallest`` are at risk.

    Args:
        steps: in the order of time, with ``n_risk``, ``n_event`` and ``n_censor`` of each.
        n: subjects that the curve is of.
        smallest: the smallest count that is shown, beside 0.
    """
    shown: list[dict[str, Any]] = []
    at_risk, events, censored = n, 0, 0
    for step in steps:
        if step["n_risk"] < smallest or at_risk < smallest:
            break
        events += step["n_event"]
        censored += step["n_censor"]
        if 0 < events < smallest or 0 < censored < smallest:
            continue
        shown.append({**step, "n_risk": at_risk, "n_event": events, "n_censor": censored})
        at_risk, events, censored = at_risk - events - censored, 0, 0
    return shown


def shown_landmarks(
    landmarks: Sequence[Mapping[str, Any]], steps: Sequence[Mapping[str, Any]], smallest: int
) -> list[dict[str, Any]]:
    """Give the landmarks that say no more than the curve as it is shown.

    Args:
        landmarks: in the order of time; ``n_event`` and ``n_censor`` are of all up to then.
        steps: of the curve as it is shown.
        smallest: the smallest count that is shown, beside 0.
    """
    shown = {(0, 0)}
    events = censored = 0
    for step in steps:
        events, censored = events + step["n_event"], censored + step["n_censor"]
        shown.add((events, censored))
    return [
        dict(landmark)
        for landmark in landmarks
        if landmark["n_risk"] >= smallest and (landmark["n_event"], landmark["n_censor"]) in shown
    ]
