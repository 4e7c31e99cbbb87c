"""Parses the path values and the query of a request."""

from __future__ import annotations

import re
from collections.abc import Mapping
from urllib.parse import parse_qsl

from dyntui.api.catalog import OPEN_ENUMS, Operation, Parameter, catalog
from dyntui.core.ids import is_uuid
from dyntui.core.json_types import Row, as_text
from dyntui.sandbox.behavior_flags import BehaviorFlags
from dyntui.sandbox.replies import bad_request, not_found
from dyntui.sandbox.store import Document

__all__ = ["check_ids", "parse_query"]

_MAX_LIMIT = 100
_DEEP = re.compile(r"(\w+)\[(\w+)\]\Z")
_INTEGER = re.compile(r"-?[0-9]{1,15}\Z")
_TEXT_FILTERS = frozenset({"query", "resourceType", "startDate", "endDate"})
"""Filters that are one text."""
_NOT_UUIDS = frozenset({"address", "chainName", "mfaDeviceType", "providerType", "sdkViewType"})


def check_ids(values: dict[str, str], flags: BehaviorFlags) -> None:
    """Raise RequestRefused for path parameters that are not valid ids."""
    for name, value in values.items():
        if name not in _NOT_UUIDS and not is_uuid(value):
            if flags["malformed-id"] == "400":
                raise bad_request(f"params/{name} must match the format of a UUID")
            raise not_found(name.removesuffix("Id"))


def parse_query(operation: Operation, text: str, flags: BehaviorFlags) -> Document:
    """Parse a query into typed values. deepObject parameters become dicts, unknown names are ignored."""
    known = {parameter.name: parameter for parameter in operation.parameters if parameter.where == "query"}
    encoding = flags["filter-encoding"]
    out: Document = {}
    for name, value in parse_qsl(text, keep_blank_values=True):
        deep = _DEEP.match(name)
        parameter = known.get(deep[1] if deep is not None else name)
        by_form = None if parameter is not None else _form_parameter(known, name)
        is_search = name == "query" or by_form is not None or (parameter is not None and parameter.deep)
        if encoding == "refused" and is_search:
            raise bad_request(f"query/{name} is not allowed")
        if encoding == "ignored" and (is_search or name in _TEXT_FILTERS):
            continue
        if by_form is not None and encoding in ("form", "both"):
            _add_deep_value(out, by_form, name, value)
        elif deep is not None and parameter is not None and parameter.deep and encoding != "form":
            _add_deep_value(out, parameter, deep[2], value)
        elif deep is None and parameter is not None and not parameter.deep:
            out[name] = _typed(parameter, value, flags)
    for name, parameter in known.items():
        if parameter.required and name not in out:
            raise bad_request(f"query must have required property '{name}'")
    return out


def _form_parameter(known: Mapping[str, Parameter], name: str) -> Parameter | None:
    """Return the object parameter that has a property of this name, as the style `form` sends it; None for none."""
    return next((each for each in known.values() if each.deep and name in _properties(each)), None)


def _properties(parameter: Parameter) -> Document:
    return dict(catalog().resolve(parameter.schema).get("properties", {}))


def _add_deep_value(out: Document, parameter: Parameter, key: str, value: str) -> None:
    properties = _properties(parameter)
    if key in properties:
        _check_enum(properties[key], f"{parameter.name}[{key}]", value)
        out.setdefault(parameter.name, {})[key] = value


def _check_enum(schema: Row, name: str, value: str) -> None:
    if as_text(schema.get("$ref")).rsplit("/", 1)[-1] in OPEN_ENUMS:
        return
    if (allowed := catalog().resolve(schema).get("enum")) and value not in allowed:
        raise bad_request(f"query/{name} must be one of {', '.join(allowed)}")


def _typed(parameter: Parameter, value: str, flags: BehaviorFlags) -> object:
    match catalog().resolve(parameter.schema).get("type"):
        case "number" | "integer":
            if not _INTEGER.match(value):
                raise bad_request(f"query/{parameter.name} must be integer")
            number = int(value)
            if parameter.name == "limit" and number > _MAX_LIMIT and flags["limit-above-maximum"] == "clamp":
                return _MAX_LIMIT
            low, high = (1, _MAX_LIMIT) if parameter.name == "limit" else (0, None)
            if number < low or (high is not None and number > high):
                raise bad_request(f"query/{parameter.name} must be >= {low}{f' and <= {high}' if high else ''}")
            return number
        case "boolean":
            if value not in ("true", "false"):
                raise bad_request(f"query/{parameter.name} must be boolean")
            return value == "true"
        case _:
            _check_enum(parameter.schema, parameter.name, value)
            return value
