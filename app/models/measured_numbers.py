"""What stands in place of a number where a value was measured, and the member that it belongs in.

A laboratory writes ``<0.5``, ``neg`` or ``UNK`` into the column of its values. Nothing of that is
read for the sender; the refusal names the member that says it.

Decision: an abbreviation that means two things (``ND``: not done, not detected) is told both.
"""

import re
from dataclasses import dataclass
from typing import Final

from pydantic_core import PydanticCustomError

_COMPARATOR: Final = re.compile(
    "[<>\N{LESS-THAN OR EQUAL TO}\N{GREATER-THAN OR EQUAL TO}\N{FULLWIDTH LESS-THAN SIGN}"
    "\N{FULLWIDTH GREATER-THAN SIGN}]|(?:less|more|greater) than|below|above"
)
_WORDS: Final = frozenset({
    "neg", "neg.", "negative", "pos", "pos.", "positive", "detected", "not detected", "detectable",
    "not detectable", "undetected", "undetectable", "present", "absent", "trace", "reactive",
    "nonreactive", "non-reactive", "normal", "abnormal", "indeterminate", "equivocal", "+", "++",
    "+++", "阴性", "阳性", "检出", "未检出", "正常", "异常",
})  # fmt: skip
_NO_RESULT: Final = frozenset({
    "unk", "unknown", "not known", "nk", "n.k.", "na", "n.a.", "n/a", "not available", "not done",
    "not tested", "not performed", "missing", "pending", "cancelled", "canceled", "haemolysed",
    "hemolyzed", "clotted", "insufficient", "qns", "null", "none", "nil", "-", "--", ".", "?",
    "未做", "未查", "未知", "无",
})  # fmt: skip
_COMPONENT_IN_WORDS: Final = (
    "as 0 where nothing could be quantified, or as coded_value of a laboratory result"
)
_EITHER: Final = frozenset({"nd", "n.d.", "n/d"})


@dataclass(frozen=True, kw_only=True)
class MembersBeside:
    """The members beside a value that say what a number cannot; None: there is no such member."""

    comparator: str
    word: str | None
    no_result: str


OF_A_RESULT: Final = MembersBeside(
    comparator="comparator", word="coded_value", no_result="not_done"
)
OF_A_COMPONENT: Final = MembersBeside(comparator="comparator", word=None, no_result="not_done")
OF_A_SAMPLE: Final = MembersBeside(
    comparator="quantification", word="quantification", no_result="not_evaluable"
)


def number_alone(value: object, beside: MembersBeside) -> object:
    """Give a value on to be read as a number, unless it says what another member is for.

    Raises:
        PydanticCustomError: ``not_a_number``; ``allowed`` names the member.
    """
    if not isinstance(value, str) or value[:1].isdigit():
        return value
    text = " ".join(value.split()).casefold()
    if _COMPARATOR.match(text):
        raise PydanticCustomError(
            "not_a_number",
            "write the number alone in value, and what stands before it in {member}",
            {"member": beside.comparator, "allowed": [beside.comparator]},
        )
    if text in _WORDS or text in _EITHER:
        where = f"in {beside.word}" if beside.word else _COMPONENT_IN_WORDS
        if text in _EITHER:
            where += f", or in {beside.no_result} why there is none"
        raise PydanticCustomError(
            "not_a_number",
            "value takes a number: write a result in words {where}",
            {"where": where, "allowed": [beside.word or beside.no_result]},
        )
    if text in _NO_RESULT or not text:
        raise PydanticCustomError(
            "not_a_number",
            "value takes a number: leave it out and write in {member} why there is none",
            {"member": beside.no_result, "allowed": [beside.no_result]},
        )
    return value
