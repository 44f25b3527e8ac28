"""Reads what an endpoint takes from a request: path, headers, query and body, everything at once.

The framework declares the parameters and documents them; it would also read them, but it resolves
dependencies of dependencies at each request, which none of our routes has, and lets attributes of
any object pass for the members of a body. Here the same declared parameters are read by their own
types, and what the service supplies is put beside them.
"""

from collections.abc import Mapping
from typing import Any

from fastapi import Request
from fastapi.dependencies.models import Dependant
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, TypeAdapter, ValidationError

from app.routers.supplied import Supplied


class Binding:
    """The parameters of one endpoint.

    Raises:
        RuntimeError: the endpoint takes something that this does not read.
    """

    def __init__(self, dependant: Dependant) -> None:
        unread = (dependant.cookie_params, dependant.body_params[1:])
        if any(unread) or any(not _is_model(field) for field in dependant.query_params):
            raise RuntimeError(f"{dependant.path} takes what no route of ours takes")
        self.supplied = Supplied(dependant)
        self._request_name = dependant.request_param_name
        self._path = dependant.path_params
        self._headers = dependant.header_params
        self._queries: list[tuple[str, Any]] = [
            (field.name, _type_of(field)) for field in dependant.query_params
        ]
        self._bodies: list[tuple[str, TypeAdapter[Any]]] = [
            (field.name, TypeAdapter(_type_of(field))) for field in dependant.body_params
        ]

    def read(self, request: Request, body: Any) -> dict[str, Any]:
        """Give the endpoint's arguments.

        Raises:
            RequestValidationError: everything that cannot be read, each at its place.
        """
        values = self.supplied.of(request)
        errors: list[Any] = []
        if self._request_name is not None:
            values[self._request_name] = request
        for field in self._path:
            place = ("path", field.alias)
            values[field.name], found = field.validate(request.path_params[field.alias], loc=place)
            errors += found
        for field in self._headers:
            sent = request.headers.get(field.alias)
            if sent is None:
                values[field.name] = field.get_default()
            else:
                values[field.name], found = field.validate(sent, loc=("header", field.alias))
                errors += found
        for name, shape in self._queries:
            try:
                values[name] = shape.model_validate(dict(request.query_params))
            except ValidationError as invalid:
                errors += _at("query", invalid)
        for name, adapter in self._bodies:
            try:
                values[name] = adapter.validate_python(body)
            except ValidationError as invalid:
                errors += _at("body", invalid)
        if errors:
            raise RequestValidationError(errors)
        return values


def _type_of(field: Any) -> Any:
    return field.field_info.annotation


def _is_model(field: Any) -> bool:
    shape = _type_of(field)
    return isinstance(shape, type) and issubclass(shape, BaseModel)


def _at(place: str, invalid: ValidationError) -> list[Mapping[str, Any]]:
    found = invalid.errors(include_url=False, include_input=False)
    return [{**error, "loc": (place, *error["loc"])} for error in found]
