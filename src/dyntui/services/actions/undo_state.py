"""What the audit log keeps of a write for its undo: the values before and after, bounded and without secrets.

Only what the undo needs is saved, as the declaration of the action says (`ResourceAction.undo`).
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping
from contextlib import aclosing
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from dyntui.core.errors import UsageError
from dyntui.core.json_types import Row, as_list, as_object, as_objects
from dyntui.core.redact import has_secret_in_url, is_secret_name, redact
from dyntui.resources.action import ActionTarget, ResourceAction
from dyntui.resources.cell_formats import get_path
from dyntui.resources.resource import Resource
from dyntui.resources.undo import UndoMethod
from dyntui.services.actions.write_types import Target
from dyntui.services.forms import FormResult, body_schema
from dyntui.services.lists.list_source import scan

if TYPE_CHECKING:
    from dyntui.api.client import Client

__all__ = [
    "ADDED_IDS",
    "CHANGED_SECRET",
    "ENTRIES",
    "NOT_SAVED",
    "SavedState",
    "body_names",
    "same_value",
    "saved_values",
]

NOT_SAVED = "not saved, because it is a secret"
"""The value in the audit log of a field whose value is a secret."""
CHANGED_SECRET = f"changed; {NOT_SAVED}"
ENTRIES = "savedEntries"
"""The field of the state before with the entries of a deleted allowlist."""
ADDED_IDS = "addedIds"
"""The field of the state after with the ids of the objects that the write added."""
MAX_BYTES = 65_536
"""The size of the values of one object above which they are not saved."""


class ReadObject(Protocol):
    """Reads one object of a record by its id."""

    async def __call__(self, client: Client, record: Resource, row_id: str, /, *, parent: str) -> Row: ...


@dataclass(frozen=True, slots=True)
class SavedState:
    """Reads what the audit log keeps of the targets of one action."""

    record: Resource
    action: ResourceAction
    read_object: ReadObject
    """Reads one object of a record: `resource_actions.read_one`."""
    filled: FormResult | None
    """The values of its fields; None when they are in each target, as `fields`."""
    parent: str = ""
    """The id of the parent of the targets."""

    def readers(self) -> dict[str, Any]:
        """Return `before` and `after` of the write action."""
        return {
            "before": self.before if self.has_before else None,
            "after": self.after if self.has_after else None,
        }

    @property
    def _method(self) -> UndoMethod:
        return self.action.undo.method if self.action.undo is not None else UndoMethod.NONE

    @property
    def has_before(self) -> bool:
        """Whether something is saved before the write."""
        undo = self.action.undo
        has_other_target = undo is not None and bool(undo.owner or undo.added)
        return has_other_target or self._method in (UndoMethod.RESTORE, UndoMethod.CREATE_AGAIN)

    @property
    def has_after(self) -> bool:
        """Whether something is saved after the write. The id of a new object always is."""
        is_new = self.action.target is ActionTarget.LIST or self._method is UndoMethod.DELETE
        has_added = self.action.undo is not None and bool(self.action.undo.added)
        return is_new or has_added or self._method is UndoMethod.RESTORE

    async def before(self, client: Client, target: Target) -> object:
        """Return what is saved of a target before the write. Raises DyntuiError when it cannot be read."""
        undo = self.action.undo
        assert undo is not None
        known = as_object(target.data.get("row"))
        if undo.owner and get_path(known, undo.owner):
            return {undo.owner: get_path(known, undo.owner)}
        row = await self._read(client, target.id)
        if row is None:
            return None
        if undo.owner:
            return {undo.owner: get_path(row, undo.owner)}
        if undo.added:
            return {undo.added: _ids(row, undo.added)}
        if self._method is UndoMethod.RESTORE:
            return self._saved(get_path(row, self.action.values_path), self._sent(target))
        names = body_names(client, self.record.action(undo.action))
        return self._saved(row, [*names, undo.then[1]] if undo.then[1] else names)

    async def after(self, client: Client, target: Target, value: object, before: object) -> object:
        """Return what is saved of a target after the write. value: the response. Raises DyntuiError."""
        undo = self.action.undo
        if self._method is UndoMethod.RESTORE:
            return await self._restorable(client, target, value)
        if undo is not None and undo.added:
            known, row = as_list(as_object(before).get(undo.added)), await self._read(client, target.id)
            return (
                {ADDED_IDS: [each for each in _ids(row, undo.added) if each not in known]} if row and before else None
            )
        created = _object_with(self.record.key, value) or await self._find_created(client, target)
        if created is None:
            return None
        names = [*body_names(client, self.action), *(undo.compares if undo is not None else ())]
        values = as_object(self._saved(created, names) if undo is not None and undo.is_possible else None)
        identity = {} if is_secret_name(self.record.key) else {"id": str(created[self.record.key])}
        return {**identity, **{name: each for name, each in values.items() if not same_value(each, None)}}

    def _sent(self, target: Target) -> Row:
        return as_object(self.filled.body if self.filled is not None else target.data.get("fields"))

    async def _read(self, client: Client, row_id: str) -> Row | None:
        """Read an object; None when the server does not let it be read: the write goes on without its values."""
        from dyntui.api.errors import ApiError

        try:
            return await self.read_object(client, self.record, row_id, parent=self.parent)
        except (ApiError, UsageError):
            return None

    async def _find_created(self, client: Client, target: Target) -> Row | None:
        """Find a new object that the response does not have, by what was sent; None when that is not possible."""
        if self.filled is not None and self.record.key in self.filled.path:
            return {**self._sent(target), **self.filled.path}
        sent, paths = self._sent(target), self.record.identified_by
        values = [(path, value) for path in paths if (value := get_path(sent, path))]
        if not values or self.record.filter is not None:
            return None
        async with aclosing(scan(client, self.record, parent=self.parent)) as scanned:
            rows = [each.row async for each in scanned if any(get_path(each.row, path) == it for path, it in values)]
        return rows[0] if len(rows) == 1 else None

    async def _restorable(self, client: Client, target: Target, value: object) -> dict[str, object] | None:
        """Return the values of the sent fields as they are now: of the response, if it has them, else read again."""
        names, row = self._sent(target), as_object(value)
        values = as_object(get_path(row, self.action.values_path))
        if str(row.get(self.record.key)) != target.id or set(names) - set(values):
            again = await self._read(client, target.id)
            if again is None:
                return None
            values = as_object(get_path(again, self.action.values_path))
        saved = self._saved(values, names)
        return {name: CHANGED_SECRET if each == NOT_SAVED else each for name, each in saved.items()} if saved else None

    def _saved(self, row: object, names: Iterable[str]) -> dict[str, object] | None:
        return saved_values({name: get_path(row, name) for name in names}, self.record.secrets)


def saved_values(values: Mapping[str, object], secrets: Collection[str] = ()) -> dict[str, object] | None:
    """Return values as the audit log keeps them: without secrets; None when they are too large.

    secrets: further names of secrets.
    """
    saved = {name: NOT_SAVED if _is_secret(name, value, secrets) else value for name, value in values.items()}
    return saved if len(json.dumps(saved, default=str)) <= MAX_BYTES else None


def body_names(client: Client, action: ResourceAction | None) -> list[str]:
    """Return the names of the fields in the body of an action."""
    assert action is not None
    schema = body_schema(client.catalog, client.catalog.get(action.operation), action.body_list)
    path_names = [name for name in action.fields if name in client.catalog.get(action.operation).path_names]
    return [*path_names, *schema.get("properties", {})]


def same_value(one: object, other: object) -> bool:
    """Return whether two values are the same. One that is empty is the same as one that is not set."""
    return _normal(one) == _normal(other)


def _is_secret(name: str, value: object, secrets: Collection[str]) -> bool:
    """Return whether the audit log must not have a value: by its name, or because it would be redacted."""
    if name in secrets or is_secret_name(name):
        return True
    text = json.dumps(value, ensure_ascii=False, default=str)
    return redact(text, people=False) != text or _contains_secret(value)


def _contains_secret(value: object) -> bool:
    if isinstance(value, Mapping):
        return any(is_secret_name(str(name)) or _contains_secret(part) for name, part in value.items())
    if isinstance(value, list):
        return any(map(_contains_secret, value))
    return isinstance(value, str) and has_secret_in_url(value)


def _object_with(key: str, value: object) -> Row | None:
    """Return the object with an id in a response; None when it has none."""
    document = as_object(value)
    parts = (document, *(part for part in document.values() if isinstance(part, Mapping)))
    return next((part for part in parts if part.get(key)), None)


def _ids(row: Row, path: str) -> list[str]:
    return [str(each["id"]) for each in as_objects(get_path(row, path)) if each.get("id")]


def _normal(value: object) -> object:
    if isinstance(value, Mapping):
        parts = {str(name): _normal(part) for name, part in value.items()}
        return {name: part for name, part in parts.items() if part is not None} or None
    if isinstance(value, list):
        return [_normal(part) for part in value] or None
    return None if value == "" else value
