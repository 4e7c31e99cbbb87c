"""Make write actions from any operation of the catalog, for `dyntui api` and the API console."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import aclosing
from dataclasses import replace
from typing import TYPE_CHECKING

from dyntui.core.errors import UsageError
from dyntui.core.json_types import Row
from dyntui.resources.all_resources import RESOURCES
from dyntui.services.actions.registry import declaration_of
from dyntui.services.actions.resource_actions import read_one
from dyntui.services.actions.undo_state import SavedState
from dyntui.services.actions.write_rules import effect_of, rule_of
from dyntui.services.actions.write_types import Target, WriteAction
from dyntui.services.bulk import BulkRun
from dyntui.services.forms import FormResult
from dyntui.services.lists.page_scan import RecentRows, scan_by_cursor, scan_by_offset

if TYPE_CHECKING:
    from dyntui.api.catalog import Operation
    from dyntui.api.client import Client
    from dyntui.api.permit import WritePermit

__all__ = ["all_rows", "is_sensitive", "raw_write_action"]


def is_sensitive(operation: Operation, query: Mapping[str, object] | None = None) -> bool:
    """Return whether the response contains a secret. Such a read is confirmed and audited."""
    revealed = str((query or {}).get("includeSecret", "")).lower() == "true"
    return operation.id == "getUserOauthAccessToken" or (operation.id == "getWebhook" and revealed)


def raw_write_action(
    operation: Operation,
    *,
    path: Mapping[str, object] | None = None,
    query: Mapping[str, object] | None = None,
    body: object = None,
    headers: Mapping[str, str] | None = None,
) -> WriteAction:
    """Return the action that calls `operation` with these values, for any target.

    The impact of some operations depends on the state of the environment: pass them through `WriteGate.with_impact`
    before they are confirmed.
    """

    async def call(client: Client, target: Target, permit: WritePermit) -> object:
        from dyntui.api.client import decode
        from dyntui.core.strict_json import dump_json

        content = dump_json(body) if body is not None else None
        return decode(
            await client.send(operation, path=path, query=query, content=content, headers=headers, permit=permit)
        )

    declared = declaration_of(operation.id)
    action = WriteAction(
        name=declared.name if declared is not None else f"api.{operation.id}",
        verb="Send",
        past="sent",
        noun="operation",
        operation=operation.id,
        call=call,
        effect=effect_of(operation),
        sensitive=is_sensitive(operation, query),
        warning="" if declared is not None or operation.reads else "This cannot be undone.",
        environment_id=str({**(query or {}), **(path or {})}.get("environmentId") or ""),
        scope=_scope(path or {}),
    )
    if rule_of(operation.id).decides_access:
        from dyntui.services.access.raw_operations import with_impact_check

        return with_impact_check(action, operation, path or {}, body)
    if declared is None or declared.action.command:
        return action
    texts = {name: str(value) for name, value in (path or {}).items()}
    parent = texts.get(declared.record.parent, "")
    filled = FormResult(texts, {}, {}, body, {})
    return replace(action, **SavedState(declared.record, declared.action, read_one, filled, parent).readers())


def _scope(path: Mapping[str, object]) -> str:
    """Return what the target belongs to, from the path: `organizationId=…`."""
    names = [name for name in path if name != "environmentId"]
    return " ".join(f"{name}={path[name]}" for name in names[:-1])


async def all_rows(
    client: Client, operation: Operation, *, path: Mapping[str, object], query: Mapping[str, object]
) -> AsyncIterator[Row]:
    """Yield every row of a list operation, each id one time. Raises UsageError when it has no pages."""
    from dyntui.api.pagination import MAX_LIMIT, RowPage, page_from

    names = {parameter.name for parameter in operation.parameters if parameter.where == "query"}
    offsets, cursors = {"offset", "limit"} <= names, "cursor" in names
    if not (operation.reads and (offsets or cursors)):
        raise UsageError(f"{operation.id} has no pages.", hint="Leave out --all.")
    key = next((record.key for record in RESOURCES.values() if record.list.operation == operation.id), "id")
    run = BulkRun(client, operation.id)

    async def read(parameters: Mapping[str, object]) -> RowPage:
        return page_from(await client.call(operation.id, path=path, query={**query, **parameters}))

    async def read_cursor(cursor: str | None) -> RowPage:
        async with run.request():
            return await read({} if cursor is None else {"cursor": cursor})

    pages = (
        scan_by_offset(
            run,
            lambda offset, limit: read({"offset": offset, "limit": limit}),
            key=key,
            size=int(str(query.get("limit") or MAX_LIMIT)),
        )
        if offsets
        else scan_by_cursor(read_cursor, key=key)
    )
    recent = RecentRows(key)
    async with aclosing(pages):
        async for page in pages:
            for row in page.rows if offsets else recent.add(page.rows):
                yield row
