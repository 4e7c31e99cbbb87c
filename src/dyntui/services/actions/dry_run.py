"""Dry runs: the requests that a write would send, which are made like those of the write itself and not sent."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import aclosing
from dataclasses import dataclass
from typing import TYPE_CHECKING

from dyntui.core.errors import DyntuiError
from dyntui.core.redact import is_secret_value, redact
from dyntui.core.strict_json import parse_json
from dyntui.services.actions.write_types import Target, WriteAction
from dyntui.services.bulk import BulkRun

if TYPE_CHECKING:
    from dyntui.api.client import Client
    from dyntui.api.permit import PreparedRequest

__all__ = ["DryRunTarget", "prepare_requests", "request_document"]

_HIDDEN = "<secret>"
"""What is shown in place of a value that may be a secret."""


@dataclass(frozen=True, slots=True)
class DryRunTarget:
    """What an action would do to one target."""

    target: Target
    requests: tuple[PreparedRequest, ...]
    """In the order in which they would be sent, if each one succeeds."""
    error: DyntuiError | None = None
    """Why it would fail before its next request; None when nothing is known to fail."""


async def prepare_requests(client: Client, action: WriteAction, targets: Sequence[Target]) -> list[DryRunTarget]:
    """Return the requests that `action` would send for each target, in their order. Reads are sent, writes are not."""
    from dyntui.api.permit import WritePermit

    async def prepare(target: Target) -> DryRunTarget:
        prepared: list[PreparedRequest] = []
        operations = frozenset({action.operation, *action.extra_operations})
        try:
            await action.call(client, target, WritePermit(action.name, operations, prepared=prepared))
        except DyntuiError as error:
            return DryRunTarget(target, tuple(prepared), error)
        return DryRunTarget(target, tuple(prepared))

    async with aclosing(BulkRun(client, action.operation).in_order(targets, prepare)) as found:
        return [each async for each in found]


def request_document(request: PreparedRequest) -> dict[str, object]:
    """Return method, path, query and body of a request as JSON, without values that may be secrets."""
    from dyntui.services.api_console import hide_secret_values

    query: dict[str, object] = {}
    for name, value in request.query:
        shown = _HIDDEN if is_secret_value(name, value) else redact(value, people=False)
        before = query.get(name)
        query[name] = shown if before is None else [*(before if isinstance(before, list) else [before]), shown]
    text = redact(request.body.decode(), people=False)
    return {
        "operation": request.operation,
        "method": request.method,
        "path": request.path,
        "query": query,
        "body": hide_secret_values(parse_json(text), _HIDDEN)[0] if text else None,
    }
