"""The API console: search an operation, fill in its form, send it through the write gate, save requests.

Copied and saved requests never contain the token.
"""

from __future__ import annotations

import json
import shlex
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlencode

from dyntui.core.errors import DyntuiError, UsageError
from dyntui.core.redact import redact
from dyntui.core.strict_json import load_json, parse_json
from dyntui.core.text import plain_json
from dyntui.core.times import now
from dyntui.resources.action import ALL
from dyntui.services.actions.raw_writes import write_action
from dyntui.services.actions.write_types import Confirmation, Requirement, Target, WriteAction
from dyntui.services.forms import FormField, FormResult, operation_fields, read_form
from dyntui.services.metadata import read_json

if TYPE_CHECKING:
    from dyntui.api.catalog import Catalog, Operation
    from dyntui.api.client import Client
    from dyntui.api.permit import WritePermit
    from dyntui.services.connection import Connection

__all__ = [
    "ConsoleRequest",
    "ConsoleResponse",
    "SavedRequests",
    "as_command",
    "as_curl",
    "prepare",
    "request_fields",
    "request_requirement",
]
__all__ += ["search_operations", "send_request", "warning_about"]

_MOST_FIELDS = 30
_SAVED_MOST = 1 << 20
_SECRETS = ("secret", "password", "token", "privatekey", "jwt", "signature")
_KEYS = ("keyshares", "privatekey", "signmessage", "export", "refresh", "reshare", "backup")


@dataclass(frozen=True, slots=True)
class ConsoleRequest:
    """An operation with its form values. body: JSON text in place of the body fields, or ""."""

    operation: str
    values: Mapping[str, str] = field(default_factory=dict)
    body: str = ""
    name: str = ""


@dataclass(frozen=True, slots=True)
class ConsoleResponse:
    """The response to a request. status: 0 without a response. document: None for no content."""

    request: ConsoleRequest
    status: int
    ms: float
    size: int
    document: Any = None
    error: DyntuiError | None = None
    at: datetime = field(default_factory=now)


def search_operations(catalog: Catalog, text: str) -> list[Operation]:
    """Return the operations with every word of `text` in id, method, path, group or summary.

    Order: an exact id, then operations for API tokens, then ids that begin with the text.
    """
    words = text.lower().split()

    def fits(operation: Operation) -> bool:
        about = f"{operation.id} {operation.method} {operation.path} {operation.group} {operation.summary}".lower()
        return all(word in about for word in words)

    start = words[0] if words else ""
    found = [operation for operation in catalog if fits(operation)]

    def place(operation: Operation) -> tuple[bool, ...]:
        name = operation.id.lower()
        return (name != start, operation.audience != "admin", not name.startswith(start), operation.deprecated)

    return sorted(found, key=place)


def request_fields(catalog: Catalog, operation: Operation) -> list[FormField]:
    """Return the form fields. A body with very many fields becomes one JSON field."""
    from dyntui.services.forms import WHOLE, FieldKind, ParameterLocation

    asked = operation_fields(catalog, operation, ALL)
    body = [each for each in asked if each.location is ParameterLocation.BODY]
    if len(body) <= _MOST_FIELDS:
        return asked
    kept = [each for each in asked if each.location is not ParameterLocation.BODY]
    return [*kept, FormField(WHOLE, ParameterLocation.BODY, FieldKind.JSON, operation.body_required)]


def prepare(catalog: Catalog, request: ConsoleRequest) -> FormResult:
    """Return what a request sends; `errors` has messages by field."""
    operation = catalog.get(request.operation)
    asked = request_fields(catalog, operation)
    if not request.body.strip():
        return read_form(asked, request.values)
    from dyntui.services.forms import WHOLE, ParameterLocation

    filled = read_form([each for each in asked if each.location is not ParameterLocation.BODY], request.values)
    try:
        return replace(filled, body=read_json(request.body))
    except UsageError as error:
        return replace(filled, errors={**filled.errors, WHOLE: error.message})


def warning_about(operation: Operation) -> str:
    """Return the warning for an operation; "" for none."""
    way = f"{operation.path} {operation.id}".lower()
    if operation.audience != "admin":
        return "This operation needs the token of a signed-in user; API tokens are refused."
    if "waas" in way and any(word in way for word in _KEYS):
        return "This operation signs or changes key shares. Use it on the device of the owner only."
    return ""


async def _send(
    client: Client, operation: Operation, filled: FormResult, permit: WritePermit | None, answers: list[Any]
) -> Any:
    from dyntui.api.client import decode

    content = json.dumps(filled.body, ensure_ascii=False).encode() if filled.body is not None else None
    answer = await client.send(
        operation, path=filled.path, query=filled.query, content=content, headers=filled.headers, permit=permit
    )
    answers.append(answer)
    return decode(answer)


def _action(operation: Operation, filled: FormResult, answers: list[Any]) -> WriteAction:
    async def call(client: Client, target: Target, permit: WritePermit) -> Any:
        return await _send(client, operation, filled, permit, answers)

    action = write_action(operation, path=filled.path, query=filled.query, body=filled.body)
    return replace(action, call=call, warning=warning_about(operation) or action.warning)


def _target(operation: Operation, filled: FormResult) -> Target:
    return Target(next(reversed(list(filled.path.values())), operation.id), f"{operation.method} {operation.path}")


async def request_requirement(connection: Connection, operation: Operation, filled: FormResult) -> Requirement:
    """Return what has to be confirmed before the request is sent."""
    targets = [_target(operation, filled)]
    action = _action(operation, filled, [])
    if not connection.write_gate.refusal(action):
        action = await connection.write_gate.with_impact(action, targets)
    return connection.write_gate.requirement(action, targets)


async def send_request(connection: Connection, request: ConsoleRequest, confirmation: Confirmation) -> ConsoleResponse:
    """Send a request: reads with the client, writes through the write gate.

    Errors of the server are part of the result. Raises UsageError for requests that were not sent.
    """
    client = connection.client
    operation, filled = client.catalog.get(request.operation), prepare(client.catalog, request)
    if filled.errors:
        name, why = next(iter(filled.errors.items()))
        raise UsageError(f"{name}: {why}")
    answers: list[Any] = []
    action = _action(operation, filled, answers)
    value, error = None, None
    started = time.perf_counter()
    if operation.reads and not action.sensitive:
        try:
            value = await _send(client, operation, filled, None, answers)
        except DyntuiError as problem:
            error = problem
    else:
        results = await connection.write_gate.perform(action, [_target(operation, filled)], confirmation)
        value, error = results.items[0].value, results.items[0].error
    took = (time.perf_counter() - started) * 1000
    if answers:
        return ConsoleResponse(request, answers[0].status, answers[0].ms, len(answers[0].body), value, error)
    if isinstance(error, UsageError):
        raise error
    return ConsoleResponse(request, getattr(error, "status", 0), took, 0, _error_document(error), error)


def _error_document(error: DyntuiError | None) -> Any:
    """Return the body of an error response, if it was saved."""
    body: str = getattr(error, "body", "")
    try:
        return load_json(body.encode("utf-8", "surrogatepass")) if body else None
    except ValueError:
        return body


# Copies


def as_curl(base_url: str, environment_id: str, operation: Operation, filled: FormResult) -> str:
    """Return the request as a curl command, with the token as a variable."""
    path = operation.path
    for name, value in {"environmentId": environment_id, **filled.path}.items():
        path = path.replace("{" + name + "}", quote(str(value), safe=""))
    query = _pairs(filled)
    url = base_url + path + (f"?{urlencode(query)}" if query else "")
    parts = [f"curl -X {operation.method} {shlex.quote(url)}", '-H "Authorization: Bearer $DYNTUI_TOKEN"']
    parts += [f"-H {shlex.quote(f'{name}: {value}')}" for name, value in filled.headers.items()]
    if filled.body is not None:
        parts.append("-H 'Content-Type: application/json'")
        parts.append(f"-d {shlex.quote(plain_json(json.dumps(filled.body, ensure_ascii=False)))}")
    return redact(" \\\n  ".join(parts), people=False)


def as_command(operation: Operation, filled: FormResult) -> str:
    """Return the request as a `dyntui api` command."""
    parts = ["dyntui", "api", operation.id]
    for name, value in [*filled.path.items(), *_pairs(filled), *filled.headers.items()]:
        parts += ["-p", shlex.quote(f"{name}={value}")]
    if filled.body is not None:
        parts += ["-d", shlex.quote(plain_json(json.dumps(filled.body, ensure_ascii=False)))]
    return redact(" ".join([*parts, *(() if operation.reads else ("--yes",))]), people=False)


def _pairs(filled: FormResult) -> list[tuple[str, str]]:
    out: list[tuple[str, str]] = []
    for name, value in filled.query.items():
        if isinstance(value, Mapping):
            out += [(f"{name}[{key}]", _text(part)) for key, part in value.items()]
        elif isinstance(value, (list, tuple)):
            out += [(name, _text(part)) for part in value]
        else:
            out.append((name, _text(value)))
    return out


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


class SavedRequests:
    """Saved requests by name, in one private file, without values that may be secrets."""

    def __init__(self, file: Any = None) -> None:
        from dyntui.config.paths import paths

        self.file = file or paths().state / "requests.json"

    def load(self) -> list[ConsoleRequest]:
        """Return all saved requests. Raises UsageError when the file is invalid."""
        from dyntui.config.private_files import read_private

        if not self.file.exists():
            return []
        try:
            rows = parse_json(read_private(self.file, limit=_SAVED_MOST))
            return [
                ConsoleRequest(row["operation"], dict(row["values"]), str(row["body"]), str(row["name"]))
                for row in rows
            ]
        except (ValueError, KeyError, TypeError):
            raise UsageError(f"{self.file} cannot be read.", hint="Delete or fix the file.") from None

    def save(self, request: ConsoleRequest) -> ConsoleRequest:
        """Save a request under its name, replacing an older one; returns the saved request."""
        kept = _without_secrets(request)
        self._write([*(each for each in self.load() if each.name != kept.name), kept])
        return kept

    def remove(self, name: str) -> None:
        """Delete a saved request."""
        self._write([each for each in self.load() if each.name != name])

    def _write(self, requests: Sequence[ConsoleRequest]) -> None:
        from dyntui.config.private_files import atomic_write, private_dir

        private_dir(self.file.parent)
        rows = sorted((asdict(each) for each in requests), key=lambda row: str(row["name"]).lower())
        atomic_write(self.file, json.dumps(rows, indent=1, ensure_ascii=False).encode())


def _without_secrets(request: ConsoleRequest) -> ConsoleRequest:
    values = {name: value for name, value in request.values.items() if not _secret(name)}
    body = request.body
    if body:
        with suppress(ValueError):  # incomplete JSON is saved unchanged
            body = json.dumps(_bare(parse_json(body)), indent=2, ensure_ascii=False)
    clean = {name: redact(value, people=False) for name, value in values.items()}
    return replace(request, values=clean, body=redact(body, people=False))


def _secret(name: str) -> bool:
    last = name.rsplit(".", 1)[-1].lower()
    return last == "code" or last.endswith(_SECRETS)


def _bare(value: Any) -> Any:
    match value:
        case dict():
            return {
                name: "" if _secret(str(name)) and isinstance(part, str) else _bare(part)
                for name, part in value.items()
            }
        case list():
            return [_bare(part) for part in value]
    return value
