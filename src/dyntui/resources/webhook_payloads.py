"""Read the untyped objects of a webhook delivery, which may contain JSON as text, and headers in any case."""

from __future__ import annotations

import json
from collections.abc import Mapping

__all__ = ["body_text", "parse_nested", "request_header", "request_payload"]

_BODIES = ("body", "data", "payload")


def parse_nested(value: object) -> object:
    """Return `value` with JSON objects and arrays that are given as text parsed, at the top and one level down."""
    value = _parsed(value)
    if isinstance(value, Mapping):
        return {key: _parsed(part) for key, part in value.items()}
    return value


def _parsed(value: object) -> object:
    if isinstance(value, str) and value[:1] in "{[":
        try:
            return json.loads(value)
        except ValueError:
            return value
    return value


def request_payload(request: object) -> object:
    """Return the JSON that was sent in a request; {} when there is none."""
    request = _parsed(request)
    if not isinstance(request, Mapping):
        return {}
    for name in _BODIES:
        if name in request:
            return _parsed(request[name])
    return request if "eventName" in request else {}


def body_text(request: object) -> str | None:
    """Return the body of a request exactly as it was sent; None when the record contains it only as an object."""
    request = _parsed(request)
    if isinstance(request, Mapping):
        for name in _BODIES:
            if isinstance(request.get(name), str):
                return str(request[name])
    return None


def request_header(request: object, name: str) -> str:
    """Return the value of a header; "" when there is none."""
    request = _parsed(request)
    headers = _parsed(request.get("headers")) if isinstance(request, Mapping) else None
    if not isinstance(headers, Mapping):
        return ""
    return next((str(value) for key, value in headers.items() if str(key).lower() == name.lower()), "")
