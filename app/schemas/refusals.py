"""Refuses what one record alone cannot mean, and says all of it at once.

A rule looks at several fields of a record and says where they contradict each other::

    def end_follows_onset(event: AdverseEventFields) -> Iterator[Refusal]:
        if event.end is not None and certainly_before(event.end, event.onset):
            yield Refusal("end", "end_before_onset", "write an end on or after the onset")

    class AdverseEventIn(AdverseEventFields, ConsistentRecordIn):
        rules = (end_follows_onset,)

Pydantic stops before such rules when a single field cannot be read, and the caller would mend one
half of a body to be told the other half. Here the rules then still run, each as far as it gets
with the fields that could be read.
"""

from collections.abc import Callable, Iterator, Mapping, Set
from dataclasses import dataclass
from functools import cache
from typing import Any, ClassVar, Self

from pydantic import (
    ModelWrapValidatorHandler,
    TypeAdapter,
    ValidationError,
    ValidationInfo,
    model_validator,
)
from pydantic_core import InitErrorDetails, PydanticCustomError

from app.schemas.record import RecordIn

Place = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Refusal:
    """One thing that a record cannot mean.

    Attributes:
        place: the field that would be changed, or the way to it through parts and lists.
        code: stable name of the rule.
        message: what would be right; never what was sent.
        allowed: what may stand there, when that is a short list.
    """

    place: str | Place
    code: str
    message: str
    allowed: tuple[str, ...] = ()

    def as_line(self) -> InitErrorDetails:
        """Give the refusal as Pydantic reports it, without the value."""
        return _line(
            (self.place,) if isinstance(self.place, str) else self.place,
            self.code,
            self.message,
            {"allowed": list(self.allowed)} if self.allowed else {},
        )


Rule = Callable[[Any], Iterator[Refusal]]


class ConsistentRecordIn(RecordIn):
    """A record whose fields are held against each other when it comes in."""

    rules: ClassVar[tuple[Rule, ...]] = ()
    """What the fields must be to each other."""

    # SQLModel's own __init__ makes Pydantic go through it for every record, which runs this model's
    # validators twice and fails on a member called ``__pydantic_self__``. This one is known to
    # Pydantic as doing nothing of its own.
    def __init__(self, /, **fields: Any) -> None:
        self.__pydantic_validator__.validate_python(fields, self_instance=self)

    __init__.__pydantic_base_init__ = True  # type: ignore[attr-defined]

    @model_validator(mode="wrap")
    @classmethod
    def all_at_once(
        cls, sent: Any, handler: ModelWrapValidatorHandler[Self], info: ValidationInfo
    ) -> Self:
        """Read the fields, then hold them against each other.

        An import line has its reason beside the record: it is ``reason`` in the context.

        Raises:
            ValidationError: everything that is wrong with the fields and between them.
        """
        try:
            record = handler(sent)
        except ValidationError as unreadable:
            errors = unreadable.errors(include_url=False, include_input=False)
            lines = [
                _line(error["loc"], error["type"], error["msg"], error.get("ctx", {}))
                for error in errors
            ]
            if isinstance(sent, Mapping):
                refused = {error["loc"][0] for error in errors if error["loc"]}
                lines += _broken(cls.rules, _ReadableFields(cls, sent, refused))
            raise ValidationError.from_exception_data(cls.__name__, lines) from None
        between = _broken(cls.rules, record)
        if getattr(record, "confirmed_implausible", None) and not _reason(record, info):
            between.append(_CONFIRMED_WITHOUT_REASON.as_line())
        if between:
            raise ValidationError.from_exception_data(cls.__name__, between)
        return record


_CONFIRMED_WITHOUT_REASON = Refusal(
    "confirmed_implausible",
    "confirmation_without_reason",
    "confirm it in an amendment that says why: a number that no living person should have is right "
    "only with a reason",
)


def _reason(record: RecordIn, info: ValidationInfo) -> object:
    """Give why a version says what it says; None: it does not say."""
    return getattr(record, "reason", None) or (info.context or {}).get("reason")


class _NotReadable(Exception):  # noqa: N818
    """A rule asked for a field that could not be read."""


class _ReadableFields:
    """The fields of a body that could be read, without those that could not."""

    def __init__(
        self, shape: type[ConsistentRecordIn], sent: Mapping[str, Any], refused: Set[str | int]
    ) -> None:
        readers = _readers(shape)
        for name, field in shape.model_fields.items():
            if name in refused:
                continue
            if name in sent:
                vars(self)[name] = readers[name].validate_python(sent[name])
            else:
                vars(self)[name] = field.get_default(call_default_factory=True)

    def __getattr__(self, name: str) -> Any:
        raise _NotReadable(name)


@cache
def _readers(shape: type[ConsistentRecordIn]) -> dict[str, TypeAdapter[Any]]:
    """Give what reads each field on its own, made when the first body of a kind is refused."""
    return {
        name: TypeAdapter(field.rebuild_annotation()) for name, field in shape.model_fields.items()
    }


def _broken(rules: tuple[Rule, ...], record: object) -> list[InitErrorDetails]:
    """Give what the rules refuse; a rule ends where it asks for a field that is not readable."""
    lines: list[InitErrorDetails] = []
    for rule in rules:
        try:
            for refusal in rule(record):
                lines.append(refusal.as_line())  # noqa: PERF401 - keeps what came before the end
        except _NotReadable:
            continue
    return lines


def _line(place: Place, code: str, message: str, facts: Mapping[str, Any]) -> InitErrorDetails:
    """Write one line of a validation error; the value stays out of it."""
    return InitErrorDetails(
        type=PydanticCustomError(code, message, dict(facts) or None),
        loc=place,
        input=None,
    )
