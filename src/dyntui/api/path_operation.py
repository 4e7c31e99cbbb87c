"""Operations for paths that the catalog does not have, so that `dyntui api` can call what a newer server offers."""

from __future__ import annotations

import re
from urllib.parse import unquote

from dyntui.api.catalog import Catalog, Operation, Parameter
from dyntui.core.errors import UsageError
from dyntui.core.ids import quote_segment

__all__ = ["operation_of_path"]

_VARIABLE = re.compile(r"\{(\w+)\}")
_ENVIRONMENT = "{environmentId}"


def operation_of_path(catalog: Catalog, method: str, path: str) -> tuple[Operation, dict[str, str]]:
    """Return an operation for a method and a path that the catalog does not have, and the path values in it.

    path: below the base URL, with a leading slash; `{name}` stands for a path value. The environment of a path below
    `/environments/` is a path value, so that it is checked as in every other call. Raises UsageError for a path that a
    server could read as another one: its rules would not apply then.
    """
    segments = [unquote(segment) for segment in path.removeprefix("/").split("/")]
    values: dict[str, str] = {}
    if segments[0].lower() == "environments" and len(segments) > 1:
        if segments[1] != _ENVIRONMENT:
            values["environmentId"] = segments[1]
        segments[1] = _ENVIRONMENT
    parts = [each if _VARIABLE.fullmatch(each) else quote_segment(each, "a part of a path") for each in segments]
    template = f"/{'/'.join(parts)}"
    for operation in catalog:
        if operation.method == method and re.fullmatch(operation.pattern.pattern, template, re.IGNORECASE):
            raise UsageError(f"The path of {operation.id} is {operation.path}.", hint="Write it in the same way.")
    parameters = tuple(Parameter(name, "path", True, {"type": "string"}, False) for name in _VARIABLE.findall(template))
    return Operation(
        id=f"{method} {template}",
        method=method,
        path=template,
        group="Not in the catalog",
        audience="admin",
        summary="The catalog does not have this path.",
        parameters=parameters,
        body=None if method == "GET" else {},
        body_required=False,
        response=None,
        deprecated=False,
        in_catalog=False,
    ), values
