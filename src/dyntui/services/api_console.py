"""The API console: search operations, make a request from a form, send it through the write gate, save requests.

Copied and saved requests never contain the token.
"""

from __future__ import annotations

import json
import shlex
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, quote, urlencode

from dyntui.api.operation_groups import group_title
from dyntui.core.errors import DyntuiError, UsageError, join_sentences
from dyntui.core.file_version import check_version
from dyntui.core.json_types import as_object
from dyntui.core.masking import hide_values
from dyntui.core.redact import is_secret_name, is_secret_value, redact
from dyntui.core.strict_json import load_json, parse_json
from dyntui.core.text import plain_json
from dyntui.core.times import now
from dyntui.resources.action import ALL
from dyntui.services.actions.raw_writes import raw_write_action
from dyntui.services.actions.write_types import Confirmation, ConfirmationLevel, Requirement, Target, WriteAction
from dyntui.services.forms import FormField, FormResult, operation_fields, read_form
from dyntui.services.metadata import read_json

if TYPE_CHECKING:
    from pathlib import Path

    from dyntui.api.catalog import Catalog, Operation
    from dyntui.api.client import Client
    from dyntui.api.permit import WritePermit
    from dyntui.api.transport import ApiResponse
    from dyntui.services.connection import Connection

__all__ = [
    "ConsoleRequest",
    "ConsoleResponse",
    "as_command",
    "as_curl",
    "prepare",
    "request_fields",
    "request_requirement",
]
__all__ += [
    "hide_secret_values",
    "request_of_path",
    "save_request",
    "saved_requests",
    "search_operations",
    "send_request",
    "shown_headers",
    "warning_about",
    "without_secrets",
]

HIDDEN = "not shown"
"""The value of a header that may be a secret."""

_MAX_BODY_FIELDS = 30
_MAX_SAVED_BYTES = 1 << 20
_KEY_SHARE_WORDS = ("keyshares", "privatekey", "signmessage", "export", "refresh", "reshare", "backup")


@dataclass(frozen=True, slots=True)
class ConsoleRequest:
    """An operation with the values of its fields."""

    operation: str
    """The operation id."""
    values: Mapping[str, str] = field(default_factory=dict)
    """The entered text by field name."""
    body: str = ""
    """The body as JSON text, in place of the body fields; "" to use the fields."""
    name: str = ""
    """The name that it was saved under; "" when it was not saved."""


@dataclass(frozen=True, slots=True)
class ConsoleResponse:
    """The response to a request, or the error when there was none."""

    request: ConsoleRequest
    status: int
    """The HTTP status; 0 without a response."""
    ms: float
    """The duration in milliseconds."""
    size: int
    """The size of the body in bytes."""
    document: object = None
    """The parsed body; None without content."""
    error: DyntuiError | None = None
    at: datetime = field(default_factory=now)
    """The time of the response."""
    headers: Mapping[str, str] = field(default_factory=dict)
    """The headers, without the values of those that may be secrets."""
    is_from_history: bool = False
    """Whether it is of an earlier start, so that its body and headers are not known any more."""


def search_operations(catalog: Catalog, text: str) -> list[Operation]:
    """Return the operations with every word of `text` in id, method, path, group or summary.

    Order: an exact id, then operations for API tokens, then ids with every word, then ids that begin with the text.
    """
    words = text.lower().split()

    def matches(operation: Operation) -> bool:
        group = f"{operation.group} {group_title(operation.group)}"
        text = f"{operation.id} {operation.method} {operation.path} {group} {operation.summary}".lower()
        return all(word in text for word in words)

    first_word = words[0] if words else ""

    def sort_key(operation: Operation) -> tuple[bool, ...]:
        name = operation.id.lower()
        is_for_users = operation.audience != "admin"
        has_words = all(word in name for word in words)
        return (name != first_word, is_for_users, not has_words, not name.startswith(first_word), operation.deprecated)

    return sorted(filter(matches, catalog), key=sort_key)


def request_fields(catalog: Catalog, operation: Operation) -> list[FormField]:
    """Return the form fields. A body with very many fields becomes one JSON field."""
    from dyntui.services.forms import WHOLE, FieldKind

    fields = operation_fields(catalog, operation, ALL)
    body = [field for field in fields if field.location == "body"]
    if len(body) <= _MAX_BODY_FIELDS:
        return fields
    parameters = [field for field in fields if field.location != "body"]
    return [*parameters, FormField(WHOLE, "body", FieldKind.JSON, operation.body_required)]


def prepare(catalog: Catalog, request: ConsoleRequest) -> FormResult:
    """Return the parameters and the body that a request sends; `errors` has messages by field."""
    fields = request_fields(catalog, catalog.get(request.operation))
    if not request.body.strip():
        return read_form(fields, request.values)
    from dyntui.services.forms import WHOLE

    result = read_form([field for field in fields if field.location != "body"], request.values)
    try:
        return replace(result, body=read_json(request.body))
    except UsageError as error:
        return replace(result, errors={**result.errors, WHOLE: error.message})


def request_of_path(catalog: Catalog, method: str, path: str) -> ConsoleRequest:
    """Return the request for a method and a path with its query, below the base URL, such as that of a log.

    Raises UsageError when the catalog does not have its operation or one of its parameters.
    """
    path, _, query = path.partition("?")
    found = catalog.match(method, path)
    if found is None:
        raise UsageError(f"The API has no operation {method} {path}.", hint="The API console sends only operations.")
    operation, values = found
    values.pop("environmentId", None)
    for name, value in parse_qsl(query, keep_blank_values=True):
        values[name] = f"{values[name]}, {value}" if name in values else value
    names = {field.name for field in request_fields(catalog, operation)}
    if unknown := [name for name in values if name not in names]:
        raise UsageError(f"{operation.id} has no parameter {unknown[0]}.", hint="Send it as another request.")
    return ConsoleRequest(operation.id, values)


def warning_about(operation: Operation) -> str:
    """Return the warning for an operation; "" for none."""
    from dyntui.api.token_scopes import is_public

    name = f"{operation.path} {operation.id}".lower()
    if is_public(operation):
        return "This operation needs the token of a signed-in user; API tokens are refused."
    if "waas" in name and any(word in name for word in _KEY_SHARE_WORDS):
        return "This operation signs or changes key shares. Use it on the device of the owner only."
    return ""


async def _send(
    client: Client,
    operation: Operation,
    form_result: FormResult,
    permit: WritePermit | None,
    responses: list[ApiResponse],
) -> object:
    from dyntui.api.client import decode

    content = json.dumps(form_result.body, ensure_ascii=False).encode() if form_result.body is not None else None
    response = await client.send(
        operation,
        path=form_result.path,
        query=form_result.query,
        content=content,
        headers=form_result.headers,
        permit=permit,
    )
    responses.append(response)
    return decode(response)


def _action(operation: Operation, form_result: FormResult, responses: list[ApiResponse]) -> WriteAction:
    async def call(client: Client, target: Target, permit: WritePermit) -> object:
        return await _send(client, operation, form_result, permit, responses)

    action = raw_write_action(operation, path=form_result.path, query=form_result.query, body=form_result.body)
    return replace(action, call=call, warning=f"{warning_about(operation)} {action.warning}".strip())


def _target(operation: Operation, form_result: FormResult) -> Target:
    return Target(next(reversed(list(form_result.path.values())), operation.id), f"{operation.method} {operation.path}")


async def request_requirement(connection: Connection, operation: Operation, form_result: FormResult) -> Requirement:
    """Return what has to be confirmed before the request is sent, with what the body has that is not known."""
    targets = [_target(operation, form_result)]
    action = _action(operation, form_result, [])
    if not connection.write_gate.refusal(action):
        action = await connection.write_gate.with_impact(action, targets)
    requirement = connection.write_gate.requirement(action, targets)
    if requirement.level is ConfirmationLevel.NONE:
        return requirement
    unknown = await unknown_in_body(connection.client, operation, form_result.body)
    return replace(requirement, warning=join_sentences(requirement.warning, *unknown))


async def unknown_in_body(client: Client, operation: Operation, body: object) -> list[str]:
    """Return a warning for each field, value and event in the body of a request that is not known."""
    from dyntui.services.body_check import body_warnings
    from dyntui.services.webhooks import OPERATIONS_WITH_EVENTS, event_warnings

    warnings = body_warnings(client.catalog, operation, body)
    if operation.id in OPERATIONS_WITH_EVENTS:
        warnings += await event_warnings(client, as_object(body).get("events"))
    return warnings


async def send_request(connection: Connection, request: ConsoleRequest, confirmation: Confirmation) -> ConsoleResponse:
    """Send a request: reads with the client, writes through the write gate.

    Errors of the server are part of the result. Raises UsageError for requests that were not sent.
    """
    client = connection.client
    operation, form_result = client.catalog.get(request.operation), prepare(client.catalog, request)
    if form_result.errors:
        name, message = next(iter(form_result.errors.items()))
        raise UsageError(f"{name}: {message}")
    responses: list[ApiResponse] = []
    action = _action(operation, form_result, responses)
    value, error = None, None
    started = time.perf_counter()
    if operation.reads and not action.sensitive:
        try:
            value = await _send(client, operation, form_result, None, responses)
        except DyntuiError as problem:
            error = problem
    else:
        results = await connection.write_gate.perform(action, [_target(operation, form_result)], confirmation)
        value, error = results.items[0].value, results.items[0].error
    duration_ms = (time.perf_counter() - started) * 1000
    if responses:
        (first, *_) = responses
        headers = shown_headers(first.headers)
        return ConsoleResponse(request, first.status, first.ms, len(first.body), value, error, headers=headers)
    if isinstance(error, UsageError):
        raise error
    document, headers = _error_document(error), shown_headers(getattr(error, "headers", {}))
    status = getattr(error, "status", 0)
    return ConsoleResponse(request, status, duration_ms, 0, document, error, headers=headers)


def shown_headers(headers: Mapping[str, str]) -> dict[str, str]:
    """Return the headers of a response as they may be shown: without cookies and other secrets."""
    return {
        name: HIDDEN if is_secret_name(name) or "cookie" in name.lower() else redact(value, people=False)
        for name, value in headers.items()
    }


def _error_document(error: DyntuiError | None) -> object:
    """Return the body of an error response, if it was saved."""
    body: str = getattr(error, "body", "")
    try:
        return load_json(body.encode("utf-8", "surrogatepass")) if body else None
    except ValueError:
        return body


def as_curl(base_url: str, environment_id: str, operation: Operation, form_result: FormResult) -> str:
    """Return the request as a curl command, with the token as a variable."""
    path = operation.path
    for name, value in {"environmentId": environment_id, **form_result.path}.items():
        path = path.replace("{" + name + "}", quote(str(value), safe=""))
    query = _query_pairs(form_result)
    url = base_url + path + (f"?{urlencode(query)}" if query else "")
    parts = [f"curl -X {operation.method} {shlex.quote(url)}", '-H "Authorization: Bearer $DYNTUI_TOKEN"']
    parts += [f"-H {shlex.quote(f'{name}: {value}')}" for name, value in form_result.headers.items()]
    if form_result.body is not None:
        parts.append("-H 'Content-Type: application/json'")
        parts.append(f"-d {shlex.quote(plain_json(json.dumps(form_result.body, ensure_ascii=False)))}")
    return redact(" \\\n  ".join(parts), people=False)


def as_command(operation: Operation, form_result: FormResult) -> str:
    """Return the request as a `dyntui api` command."""
    parts = ["dyntui", "api", operation.id]
    for name, value in [*form_result.path.items(), *_query_pairs(form_result), *form_result.headers.items()]:
        parts += ["-p", shlex.quote(f"{name}={value}")]
    if form_result.body is not None:
        parts += ["-d", shlex.quote(plain_json(json.dumps(form_result.body, ensure_ascii=False)))]
    return redact(" ".join(parts if operation.reads else [*parts, "--yes"]), people=False)


def _query_pairs(form_result: FormResult) -> list[tuple[str, str]]:
    pairs: list[tuple[str, object]] = []
    for name, value in form_result.query.items():
        if isinstance(value, Mapping):
            pairs += [(f"{name}[{key}]", part) for key, part in value.items()]
        else:
            pairs += [(name, part) for part in (value if isinstance(value, (list, tuple)) else (value,))]
    return [(name, str(value).lower() if isinstance(value, bool) else str(value)) for name, value in pairs]


def saved_requests() -> list[ConsoleRequest]:
    """Return all saved requests. Raises UsageError when their file is invalid."""
    from dyntui.config.private_files import read_private

    file = _saved_file()
    if not file.exists():
        return []
    try:
        rows = parse_json(read_private(file, limit=_MAX_SAVED_BYTES))
        check_version(rows, file)
        if not isinstance(rows, list):
            raise TypeError
        return [
            ConsoleRequest(row["operation"], dict(row["values"]), str(row["body"]), str(row["name"])) for row in rows
        ]
    except (ValueError, KeyError, TypeError):
        raise UsageError(f"{file} cannot be read.", hint="Delete or fix the file.") from None


def save_request(request: ConsoleRequest) -> ConsoleRequest:
    """Save a request under its name, without values that may be secrets, and return what was saved."""
    from dyntui.config.private_files import atomic_write, private_dir

    saved = without_secrets(request)
    requests = [*(other for other in saved_requests() if other.name != saved.name), saved]
    rows = sorted((asdict(request) for request in requests), key=lambda row: str(row["name"]).lower())
    private_dir(_saved_file().parent)
    atomic_write(_saved_file(), json.dumps(rows, indent=1, ensure_ascii=False).encode())
    return saved


def _saved_file() -> Path:
    from dyntui.config.paths import paths

    return paths().state / "requests.json"


def without_secrets(request: ConsoleRequest) -> ConsoleRequest:
    """Return a request without the values that may be secrets, and without tokens in the others."""
    values = {name: value for name, value in request.values.items() if not is_secret_name(name)}
    body = request.body
    if body:
        with suppress(ValueError):  # incomplete JSON is saved unchanged
            body = json.dumps(hide_secret_values(parse_json(body))[0], indent=2, ensure_ascii=False)
    clean = {name: redact(value, people=False) for name, value in values.items()}
    return replace(request, values=clean, body=redact(body, people=False))


def hide_secret_values(document: object, placeholder: str = "") -> tuple[object, int]:
    """Return a JSON value with `placeholder` for each value that may be a secret, and the number of those."""
    return hide_values(document, placeholder, lambda name, value: is_secret_value(name, str(value)))
