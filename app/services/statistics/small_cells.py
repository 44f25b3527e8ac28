"""Withholds small counts from an answer, and whatever would give them back.

An answer is a tree of objects with counts in them. Counts that stand in one object are of sets
that hold or complete one another, so that none of them is shown beside one that is withheld, and no
two that differ by a small count. What rests on counts that are withheld is withheld with them.

Source: none of the trial's; the rule of a threshold with complementary suppression is that of
Hundepool et al., Handbook on Statistical Disclosure Control, section 4.
Decision: of two answers to questions that differ in population, definition or source of responses,
the one that is not the trial's usual shows a count only where it differs from the usual one by none
or by a multiple of the smallest cell: any two such answers then differ by no small count either.
"""

from collections.abc import Mapping, Sequence
from itertools import combinations
from typing import Any, Final

from app.services.statistics.small_steps import shown_landmarks, shown_steps

WITHHELD: Final = "withheld"
"""The member that says of an object that counts of it were withheld."""

NOT_COUNTS: Final = frozenset(
    {
        "as_of", "by_day", "conf_level", "day", "days", "days_per_month", "end", "first_day",
        "grade", "horizon_months", "infusion_number", "level", "max", "median", "min", "month",
        "months", "nominal_day", "number", "planned", "probability", "quantile_type", "target",
        "tau", "threshold", "time",
    }
)  # fmt: skip
"""Members that hold whole numbers which count nobody."""

_OF_SOMEBODY: Final = frozenset({"days", "first_day", "max", "median", "min"})
"""Those of them that are still some subject's."""

_ABOUT: Final = frozenset({"policy", "rule_set"})
"""Members about how an answer was made."""
_VARIANTS: Final = "variants"
"""The member under which other definitions of the same endpoint stand."""
_RESTATES: Final = frozenset({"unconfirmed", "waived_if_not_measurable"})
"""Members that say the same as the object that they stand in by another rule."""
_HEAD: Final = "endpoint"
"""The member that only a whole answer has."""
_OF_A_TIME: Final = ("n", "n_event", "n_censored")
"""What a time to an event rests on."""

_PARTS_OF_N: Final = frozenset({"n_event", "n_censored"})
_TOTALS: Final = frozenset({"n", "n_population"})

Document = Mapping[str, Any]


def without_small_cells(document: Document, smallest: int, usual: Document) -> dict[str, Any]:
    """Give an answer with null in the place of every count that is small, or would give one back.

    Args:
        document: an answer as JSON.
        smallest: the smallest count that is shown, beside 0; at least 2.
        usual: the answer to the trial's usual question of the same cut-off; the same one where
            that was asked.

    Raises:
        ValueError: ``smallest`` is less than 2.
    """
    if smallest < 2:
        raise ValueError("a smallest cell of 1 withholds nothing")
    return _Cells(smallest).of_object(document, (usual,))


class _Cells:
    def __init__(self, smallest: int) -> None:
        self._smallest = smallest

    def of_object(self, document: Document, beside: Sequence[Document]) -> dict[str, Any]:
        unsafe = self._unsafe(document, beside)
        if unsafe and not (_HEAD in document and unsafe.isdisjoint(_OF_A_TIME)):
            return self._blank_head(document, unsafe) if _HEAD in document else blank(document)
        shown: dict[str, Any] = {}
        for name, value in document.items():
            if name in unsafe:
                shown[name] = None
            elif name in _ABOUT:
                shown[name] = value
            elif name == _VARIANTS and isinstance(value, Mapping):
                shown[name] = self._of_variants(value, document)
            else:
                others = [one[name] for one in beside if name in one]
                others += [document] if name in _RESTATES else []
                shown[name] = self._of_member(value, others)
        if (
            "curve" in document
            and isinstance(document["curve"], list)
            and is_count(document.get("n"))
        ):
            shown |= self._of_curve(document)
        return shown | ({WITHHELD: True} if unsafe else {})

    def _blank_head(self, document: Document, unsafe: set[str]) -> dict[str, Any]:
        kept = {} if "n" in unsafe else {"n": document.get("n")}
        about = {name: document[name] for name in _ABOUT if name in document}
        return blank(document) | kept | about

    def _of_variants(self, variants: Document, document: Document) -> dict[str, Any]:
        """Give what other definitions come to, each beside the one of the answer; all or none."""
        shown = {name: self.of_object(one, (document,)) for name, one in variants.items()}
        return blank(variants) if any(map(holds_withheld, shown.values())) else shown

    def _of_member(self, value: Any, beside: Sequence[Any]) -> Any:
        if isinstance(value, Mapping):
            return self._of_group(value, [one for one in beside if isinstance(one, Mapping)])
        if isinstance(value, list):
            return self._of_rows(value, [one for one in beside if isinstance(one, list)])
        return value

    def _of_group(self, document: Document, beside: Sequence[Document]) -> dict[str, Any]:
        """Give an object; of several that stand side by side and share a total all or none."""
        shown = self.of_object(document, beside)
        counted = {
            name: count
            for name, one in document.items()
            if _is_cell(one) and is_count(count := one.get("x", one.get("n")))
        }
        if not counted or len(counted) < len(document):
            return shown
        if _share_a_total(document):
            return blank(document) if any(map(holds_withheld, shown.values())) else shown
        close = {
            name
            for pair in combinations(counted, 2)
            if self._is_small(abs(counted[pair[0]] - counted[pair[1]]))
            for name in pair
        }
        return {
            name: blank(one) if name in close and isinstance(one, Mapping) else one
            for name, one in shown.items()
        }

    def _of_rows(self, rows: Sequence[Any], beside: Sequence[Sequence[Any]]) -> list[Any]:
        if not all(isinstance(row, Mapping) for row in rows):
            return list(rows)
        others = [one for one in beside if len(one) == len(rows)]
        shown = [
            self.of_object(row, [one[number] for one in others]) for number, row in enumerate(rows)
        ]
        if any(_is_flat(row) and one.get(WITHHELD) for row, one in zip(rows, shown, strict=True)):
            return [blank(row) for row in rows]
        return [_below(row, shown) for row in shown]

    def _of_curve(self, document: Document) -> dict[str, Any]:
        steps = shown_steps(document["curve"], document["n"], self._smallest)
        shown: dict[str, Any] = {"curve": steps}
        if isinstance(document.get("landmarks"), list):
            shown["landmarks"] = shown_landmarks(document["landmarks"], steps, self._smallest)
        return shown

    def _unsafe(self, document: Document, beside: Sequence[Document]) -> set[str]:
        """Name the counts of an object that are small, or that stand too close to another."""
        counts = {name: value for name, value in document.items() if _counts(name, value)}
        unsafe = {
            name
            for name, value in counts.items()
            if self._is_small(value)
            or any(self._is_unusual(value, other.get(name)) for other in beside)
        }
        for (name, one), (other, two) in combinations(counts.items(), 2):
            if self._is_small(abs(one - two)) and _may_hold(name, other):
                unsafe |= ({name, other} - {"n"}) if _HEAD in document else {name, other}
        return unsafe

    def _is_small(self, count: int) -> bool:
        return 0 < count < self._smallest

    def _is_unusual(self, count: int, usual: Any) -> bool:
        return is_count(usual) and (count - usual) % self._smallest != 0


def _may_hold(name: str, other: str) -> bool:
    """Tell whether one of two counts can be of a part of what the other counts.

    Events and censored ones are parts of those analysed and of nothing else.
    """
    parts = {name, other} & _PARTS_OF_N
    return not parts or bool({name, other} & _TOTALS)


def blank(document: Document) -> dict[str, Any]:
    """Give an object without a number that rests on somebody, and with the word that says so."""
    shown = {
        name: value if name in _ABOUT or _says_what(name, value) else _blanked(value)
        for name, value in document.items()
    }
    return shown | {WITHHELD: True}


def _says_what(name: str, value: Any) -> bool:
    """Tell whether a number says what is answered, and rests on nobody."""
    return name in NOT_COUNTS - _OF_SOMEBODY and not isinstance(value, Mapping | list)


def _blanked(value: Any) -> Any:
    if isinstance(value, Mapping):
        return blank(value)
    if isinstance(value, list):
        rows = [one for one in value if isinstance(one, Mapping) and "n_risk" not in one]
        return [blank(row) for row in rows]
    return None if isinstance(value, int | float) and not isinstance(value, bool) else value


def is_count(value: Any) -> bool:
    """Tell whether a value can be a count."""
    return isinstance(value, int) and not isinstance(value, bool)


def _counts(name: str, value: Any) -> bool:
    return name not in NOT_COUNTS and is_count(value)


def _is_cell(value: Any) -> bool:
    """Tell whether an object is one count, with what is said of it."""
    return isinstance(value, Mapping) and ("x" in value or ("n" in value and _is_flat(value)))


def _share_a_total(document: Document) -> bool:
    """Tell whether objects side by side divide a number of subjects among them.

    What counts without naming its total, as a reason does, divides that of the object above.
    """
    counts = [(one.get("x"), one.get("N", one.get("n"))) for one in document.values()]
    totals = {total for _, total in counts}
    if any(count is None for count, _ in counts):
        return True
    return len(totals) == 1 and sum(count for count, _ in counts) in totals


def _is_flat(row: Document) -> bool:
    return not any(isinstance(value, Mapping | list) for value in row.values())


def holds_withheld(row: Any) -> bool:
    """Tell whether counts were withheld somewhere in an answer or a part of one."""
    if isinstance(row, Mapping):
        return row.get(WITHHELD) is True or any(map(holds_withheld, row.values()))
    return isinstance(row, list) and any(map(holds_withheld, row))


def _below(row: dict[str, Any], rows: Sequence[Document]) -> dict[str, Any]:
    """Give a row without what is withheld in a row that it counts over.

    The row of an organ class counts over its terms, and that of every class over all of them.
    """
    if "term" not in row or row["term"] is not None:
        return row
    organ = row.get("system_organ_class")
    for one in rows:
        if one.get("term") is not None and organ in {None, one.get("system_organ_class")}:
            row = _withheld_alike(row, one)
    return row


def _withheld_alike(document: Document, other: Document) -> dict[str, Any]:
    if other.get(WITHHELD) is True:
        return blank(document)
    return {
        name: _withheld_alike(value, other[name])
        if isinstance(value, Mapping) and isinstance(other.get(name), Mapping)
        else value
        for name, value in document.items()
    }
