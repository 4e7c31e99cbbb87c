"""Read the objects of any resource record, and make write actions from its actions, for commands and screens.

Nothing in this module sends a write: the write gate does.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from contextlib import aclosing
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from dyntui.core.errors import DyntuiError, UsageError
from dyntui.core.interface import by_interface
from dyntui.core.json_types import Row, as_object
from dyntui.core.masking import HIDDEN, mask_row
from dyntui.resources.action import ActionTarget, ResourceAction
from dyntui.resources.all_resources import RESOURCES, resource
from dyntui.resources.cell_formats import get_path
from dyntui.resources.resource import Resource, Scope, Shape
from dyntui.resources.tokens import is_own_token
from dyntui.services.access.actions import ACCESS_RECORDS, access_action
from dyntui.services.actions.organization_choice import resolve_organization
from dyntui.services.actions.registry import declaration, declared_write
from dyntui.services.actions.undo_state import SavedState
from dyntui.services.actions.write_types import Target, WriteAction, WriteResults
from dyntui.services.forms import (
    REQUIRED,
    FieldKind,
    FormField,
    FormResult,
    action_fields,
    body_schema,
    current_values,
    field_text,
    read_form,
    set_path,
)
from dyntui.services.lists.list_source import scan
from dyntui.services.text_diff import elide_common, list_diff

if TYPE_CHECKING:
    from dyntui.api.client import Client
    from dyntui.api.permit import WritePermit
    from dyntui.services.connection import Connection

__all__ = [
    "NothingChanged",
    "check_values",
    "created_results",
    "describe_changes",
    "find_action",
    "find_created_id",
    "find_resource",
    "form_fields",
    "is_single",
    "make_new_target",
    "make_target",
    "make_write_action",
    "mask_fields",
    "mask_results",
    "mask_secrets",
    "needs_parent",
    "needs_rows",
    "read_one",
    "resolve_parent",
    "starting_values",
    "with_warnings",
    "write_action",
]


class NothingChanged(UsageError):
    """The values of a form are those that the object has."""


def find_resource(name: str) -> Resource:
    """Return the record with that name or alias. Raises UsageError with the nearest names."""
    if found := resource(name):
        return found
    import difflib

    names = [*RESOURCES, *(alias for record in RESOURCES.values() for alias in record.aliases)]
    near = difflib.get_close_matches(name.lower(), names, n=3, cutoff=0.5)
    hint = (
        f"Did you mean {', '.join(near)}?"
        if near
        else by_interface("`dyntui get` without a name lists all resources.", "{app.jump}all lists all resources.")
    )
    raise UsageError(f"There is no resource {name!r}.", hint=hint)


def find_action(record: Resource, name: str) -> ResourceAction:
    """Return the action with that name. Raises UsageError with the available actions."""
    if found := record.action(name):
        return found
    names = ", ".join(action.name for action in record.actions)
    hint = f"Available: {names}." if names else "This resource has no actions."
    raise UsageError(f"{record.title} have no action {name!r}.", hint=hint)


def mask_secrets(record: Resource, row: Row) -> Row:
    """Return a row without the values that must not be shown: those of the record, and secrets by their names."""
    return mask_row(mask_fields(record, row))


def mask_fields(record: Resource, row: Row) -> Row:
    """Return a row without the secrets that its record names."""
    masked = {name: HIDDEN if name in record.secrets and value else value for name, value in row.items()}
    for path in record.secrets:
        if "." in path and get_path(masked, path):
            masked = _merged(masked, _nested(path, HIDDEN))
    return masked


def _nested(path: str, value: object) -> dict[str, object]:
    """Return an object with a value at a dot path."""
    found: dict[str, object] = {}
    set_path(found, path, value)
    return found


# Parents of lists


def needs_parent(client: Client, record: Resource, action: ResourceAction) -> bool:
    """Return whether an action is not possible without the parent of its targets."""
    in_path = record.parent in client.catalog.get(action.operation).path_names
    return in_path or (_sends_rows(action) and _is_read_by_parent(client, record))


def needs_rows(client: Client, record: Resource, action: ResourceAction, parent: str = "") -> bool:
    """Return whether an action needs the rows of its targets, not only their ids.

    A row is also needed to check whether the action is possible, where it can be read.
    """
    can_check = action.disabled_reason is not None and (bool(parent) or not _is_read_by_parent(client, record))
    return _sends_rows(action) or can_check


def _sends_rows(action: ResourceAction) -> bool:
    """Return whether the request of an action is made from the rows of its targets."""
    is_on_rows = action.target is ActionTarget.ROWS
    return is_on_rows and bool(action.replaces_all or action.body or action.values_path)


def _is_read_by_parent(client: Client, record: Resource) -> bool:
    """Return whether the path to one object contains its parent."""
    return record.parent in client.catalog.get(record.detail or record.list.operation).path_names


async def resolve_parent(client: Client, record: Resource, parent: str = "") -> str:
    """Return the parent id for the path of a list; "" when it needs none. Raises UsageError when it is missing."""
    if parent or not record.parent:
        return parent if record.parent else ""
    if record.scope is Scope.ORGANIZATION:
        return await resolve_organization(client)
    parent_record = RESOURCES[record.parent_resource]
    raise UsageError(
        f"{record.title} belong to one {parent_record.singular}.",
        hint=by_interface(
            f"Name it with --of {parent_record.metavar}; `dyntui get {parent_record.name}` lists them.",
            f"Open it from {record.parent_resource}.",
        ),
    )


# Reading


def is_single(record: Resource) -> bool:
    """Return whether there is at most one object, so that no id is needed."""
    return record.list.shape is Shape.ONE and not record.list.per_value[0]


async def read_one(client: Client, record: Resource, row_id: str, *, parent: str = "") -> Row:
    """Read one object with its detail operation if there is one, else from the list. Raises NotFound or UsageError."""
    if record.detail:
        document = await client.call(record.detail, path=detail_path(client, record, row_id, parent))
        found = _unwrap(record, document)
        if isinstance(found, dict):
            return found
    async with aclosing(scan(client, record, parent=parent)) as rows:
        async for scanned in rows:
            if is_single(record) or str(scanned.row.get(record.key, "")) == row_id:
                return scanned.row
    raise UsageError(
        f"There is no {record.singular} {row_id!r}.",
        hint=by_interface(f"`dyntui get {record.name}` lists them.", "Refresh the list."),
    )


def detail_path(client: Client, record: Resource, row_id: str, parent: str = "") -> dict[str, str]:
    """Return the path parameters of the detail operation of a record."""
    names = client.catalog.get(record.detail).path_names
    return {name: parent if name == record.parent else row_id for name in names if name != "environmentId"}


def _unwrap(record: Resource, document: object) -> object:
    """Return the object in a response that has a wrapper around it: `{"user": {...}}`."""
    found = document.get(record.detail_wrapper or record.singular) if isinstance(document, dict) else None
    return found if isinstance(found, dict) else document


# Writing


def form_fields(client: Client, action: ResourceAction) -> list[FormField]:
    """Return the form fields of an action, without the path parameters that the target fills."""
    if not action.fields:
        return []
    fields = action_fields(client.catalog, action)
    return [field for field in fields if field.location != "path" or field.name in action.fields]


def starting_values(action: ResourceAction, fields: Iterable[FormField], row: Row | None) -> dict[str, str]:
    """Return the initial form values: those of the row, or the only option."""
    fields = list(fields)
    if row is not None and action.target is ActionTarget.ROWS:
        return current_values(fields, get_path(row, action.values_path))
    return {
        field.name: field.options[0]
        for field in fields
        if field.required and field.options and (len(field.options) == 1 or field.kind.value == "flag")
    }


def make_target(record: Resource, row: Row | None, row_id: str = "", *, label: str = "") -> Target:
    """Make the target of an action from a row, from an id, or for a new object."""
    if row is None:
        return Target(row_id, label or row_id)
    return Target(str(row.get(record.key, row_id)), record.label_of(row), {"row": row})


def make_new_target(record: Resource, values: Mapping[str, str]) -> Target:
    """Make the target of an action that creates an object from these field values. Its label is that of the object."""
    return make_target(record, None, label=record.label_of(values) or next(filter(None, values.values()), ""))


def created_results(record: Resource, results: WriteResults) -> WriteResults:
    """Return the results with the ids of the created objects as targets."""
    items = []
    for item in results.items:
        created_id = find_created_id(record, item.value)
        items.append(replace(item, target=Target(created_id, item.target.label)) if created_id else item)
    return replace(results, items=tuple(items))


def find_created_id(record: Resource, response: object) -> str:
    """Return the id of the created object in a response; "" when it has none."""
    value = response if isinstance(response, Mapping) else {}
    inner = next((part for part in value.values() if isinstance(part, Mapping) and record.key in part), {})
    return str(value.get(record.key) or inner.get(record.key) or "")


def mask_results(record: Resource, results: WriteResults) -> WriteResults:
    """Return the results without the values that must not be shown."""

    def masked(value: object) -> object:
        return mask_secrets(record, value) if isinstance(value, Mapping) else value

    items = (replace(item, value=masked(item.value), reread=masked(item.reread)) for item in results.items)
    return replace(results, items=tuple(items))


def check_values(
    client: Client,
    action: ResourceAction,
    values: Mapping[str, str],
    *,
    before: Mapping[str, str] | None = None,
    written: Mapping[str, object] | None = None,
) -> FormResult:
    """Check form values.

    before: the initial values. written: values by dot path that are sent as they are, in place of those of the form.
    Raises UsageError for invalid values, or when nothing changed.
    """
    fields = form_fields(client, action)
    written = written or {}
    typed = [field for field in fields if not any(f"{field.name}.".startswith(f"{path}.") for path in written)]
    filled = read_form(typed, values, before=before)
    body: dict[str, object] = dict(as_object(filled.body))
    for path, value in written.items():
        set_path(body, path, value)
    filled = replace(filled, body=body or filled.body)
    if filled.errors:
        name, reason = next(iter(filled.errors.items()))
        message = f"Missing required field: {name}." if reason == REQUIRED else f"{name}: {reason}"
        raise UsageError(message, hint="Fields: " + ", ".join(field.label for field in fields) + ".")
    if before is not None and fields and filled.body is None:
        raise NothingChanged("Nothing was changed, so nothing was sent.")
    return filled


def write_action(name: str) -> WriteAction:
    """Make the write action with that name in the audit log, such as `users.delete`, for the write gate.

    The values of its fields are in each target, as `fields`.
    """
    declared = declaration(name)
    return make_write_action(declared.record, declared.action)


def make_write_action(
    record: Resource, action: ResourceAction, filled: FormResult | None = None, *, parent: str = ""
) -> WriteAction:
    """Make the write action for the write gate. Raises UsageError for an action that has its own command.

    filled: values of its fields; None when they are in each target, as `fields`.
    """
    name = f"{record.name}.{action.name}"
    if action.command:
        raise UsageError(f"{name} needs more than ids and fields.", hint=f"Use `dyntui {action.command}`.")
    if record.name in ACCESS_RECORDS:
        return access_action(name)

    async def call(on: Client, target: Target, permit: WritePermit) -> object:
        row = target.data.get("row") or {record.key: target.id}
        values = filled.body if filled is not None else target.data.get("fields")
        if action.disabled_reason is not None and (reason := action.disabled_reason(row)):
            raise UsageError(reason, hint="Nothing was sent.")
        path = {**_path(on, record, action, row, parent), **(filled.path if filled else {})}
        query = {**dict(action.query), **(filled.query if filled else {})}
        sent = target.data["body"] if "body" in target.data else _body_for(on, action, row, values)
        body = {action.body_list: [sent]} if action.body_list else sent
        response = await on.call(action.operation, path=path, query=query, body=body, permit=permit)
        if action.problem is not None and (problem := action.problem(as_object(response))):
            raise DyntuiError(problem)
        return _unwrap(record, response)

    async def reread(on: Client, target: Target) -> object:
        return await read_one(on, record, target.id, parent=parent)

    can_reread = (
        action.target is ActionTarget.ROWS and action.name != "delete" and bool(record.detail) and not action.sensitive
    )

    return declared_write(
        name,
        call,
        reread=reread if can_reread else None,
        **SavedState(record, action, read_one, filled, parent).readers(),
        scope=f"{record.parent}={parent}" if record.parent and parent else "",
    )


async def with_warnings(connection: Connection, write: WriteAction, targets: Sequence[Target]) -> WriteAction:
    """Return the action with a further warning when it deletes the token in use."""
    if write.name not in ("tokens.delete", "user-tokens.delete"):
        return write
    record = declaration(write.name).record
    rows = [target.data["row"] for target in targets if "row" in target.data]
    if len(rows) < len(targets):
        rows = [scanned.row async for scanned in scan(connection.client, record)]
    rows_by_id = {str(row.get("id")): row for row in rows}
    if any(is_own_token(rows_by_id.get(target.id, {}), connection.token_hint) for target in targets):
        own = "This deletes the token in use. Without another token, dyntui cannot access the environment."
        return replace(write, warning=f"{own} {write.warning}")
    return write


def _path(client: Client, record: Resource, action: ResourceAction, row: Row, parent: str) -> dict[str, str]:
    names = [name for name in client.catalog.get(action.operation).path_names if name != "environmentId"]
    path = {record.parent: parent} if record.parent in names else {}
    unset = [name for name in names if name not in path and name not in action.fields]
    if unset and action.target is ActionTarget.ROWS:
        path[unset[-1]] = field_text(row.get(record.key))
    return path


def _body_for(client: Client, action: ResourceAction, row: Row, filled: Any) -> Any:
    """Return the body of the request, or the element of its list."""
    if action.body is not None:
        return action.body(row, filled or {})
    if not action.replaces_all:
        return filled
    schema = body_schema(client.catalog, client.catalog.get(action.operation), action.body_list)
    properties = schema.get("properties", {})
    current = get_path(row, action.values_path)
    unchanged = {
        name: current[name] for name in properties if isinstance(current, Mapping) and current.get(name) is not None
    }
    return _merged(unchanged, filled or {})


def _merged(before: Any, after: Any) -> Any:
    """Return `before` updated with `after`, recursively."""
    if not isinstance(before, Mapping) or not isinstance(after, Mapping):
        return after
    return {**before, **{name: _merged(before.get(name), value) for name, value in after.items()}}


def describe_changes(fields: Iterable[FormField], before: Mapping[str, str], values: Mapping[str, str]) -> list[str]:
    """Return the changed fields as lines for the confirmation, without the values of secrets."""
    lines = []
    for field in fields:
        was, now = before.get(field.name, ""), values.get(field.name, "")
        if field.location != "body" or was == now:
            continue
        if "secret" in field.name.lower():
            lines.append(f"{field.name}: changed")
        elif field.kind is FieldKind.LIST and (parts := list_diff(was, now)):
            lines += [f"{field.name}: {part}" for part in parts]
        else:
            was, now = elide_common(was, now)
            lines.append(f"{field.name}: {was or '—'} → {now or '—'}")
    return lines
