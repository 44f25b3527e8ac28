"""Named tuples of the rules, which answers write as objects."""

from collections.abc import Mapping
from typing import Any, Final

from app.services.criteria.imwg.nadir import Dated

_WRITTEN_AS_OBJECTS: Final = (Dated,)


def say_that_they_are_objects(schemas: Mapping[str, dict[str, Any]]) -> None:
    """Give in a contract the members of each by their names, where Pydantic lists them."""
    for shape in _WRITTEN_AS_OBJECTS:
        schema = schemas[shape.__name__]
        members = schema["prefixItems"]
        schema.clear()
        schema |= {
            "type": "object",
            "title": shape.__name__,
            "description": (shape.__doc__ or "").strip(),
            "properties": dict(zip(shape._fields, members, strict=True)),
            "required": [*shape._fields],
        }
