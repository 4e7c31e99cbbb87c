"""The actions that allowlists and gates share: create, edit, enable, disable, delete, with an impact assessment."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from dyntui.core.effect import Effect
from dyntui.core.json_types import Row
from dyntui.services.access.access_policy import Change, PolicyKind, name_of
from dyntui.services.access.impact import assess_change, deleted, with_enabled, with_fields
from dyntui.services.actions.write_types import Target, WriteAction

if TYPE_CHECKING:
    from dyntui.api.client import Client
    from dyntui.api.permit import WritePermit
    from dyntui.services.actions.write_types import Impact

__all__ = ["AccessActions", "AccessOperations", "access_target"]

Fields = Mapping[str, Any]


def access_target(row: Row, **data: Any) -> Target:
    """Make the target of an action from a list or a gate."""
    return Target(str(row.get("id", "")), name_of(row), data)


def _unchanged(document: Any) -> Any:
    return document


@dataclass(frozen=True, slots=True)
class AccessOperations:
    """The ids of the operations of allowlists or gates."""

    id_name: str
    """The path parameter of the id."""
    read: str
    create: str
    update: str
    delete: str
    enable: str
    disable: str


@dataclass(frozen=True, slots=True)
class AccessActions:
    """The actions of allowlists or of gates."""

    kind: PolicyKind
    operations: AccessOperations
    fields: tuple[str, ...]
    """The fields that can be set."""
    checked: Callable[[Fields], dict[str, Any]]
    """Returns valid fields, or raises UsageError."""
    audited: Callable[[Any], Any] = _unchanged
    """Returns what the audit log saves of a row."""
    deletion_warning: str = "It cannot be restored."
    """The warning in the confirmation of a deletion."""
    before_deletion: Callable[[Client, Target], Awaitable[Any]] | None = None
    """Returns what the audit log saves before a deletion; None for the same as before other actions."""

    def _path(self, target: Target) -> dict[str, str]:
        return {self.operations.id_name: target.id}

    def _unwrap(self, document: Any) -> Any:
        return document.get(self.kind.value, document) if isinstance(document, dict) else document

    async def read(self, client: Client, target: Target) -> Any:
        """Read the current row."""
        return self._unwrap(await client.call(self.operations.read, path=self._path(target)))

    async def before(self, client: Client, target: Target) -> Any:
        """Read what the audit log saves of the current row."""
        return self.audited(await self.read(client, target))

    def _after(self, target: Target, value: Any) -> Any:
        return self.audited(value)

    def _assess(self, change: Change) -> Callable[[Client, Sequence[Target]], Awaitable[Impact]]:
        async def assess(client: Client, targets: Sequence[Target]) -> Impact:
            return await assess_change(client, self.kind, [target.id for target in targets], change)

        return assess

    def _name_fields(self, name: str, verb: str) -> tuple[str, str, str]:
        return f"{self.kind}.{name}", verb, self.kind.value

    def create(self) -> WriteAction:
        """Return the action that creates a disabled row."""

        async def call(client: Client, target: Target, permit: WritePermit) -> Any:
            fields = self.checked(target.data["fields"])
            body = {name: value for name, value in fields.items() if value not in (None, "")}
            return self._unwrap(await client.call(self.operations.create, body=body, permit=permit))

        warning = "It is disabled until you enable it."
        return WriteAction(
            *self._name_fields("create", "Create"), self.operations.create, call, warning=warning, after=self._after
        )

    def update(self) -> WriteAction:
        """Return the action that sets fields."""

        async def call(client: Client, target: Target, permit: WritePermit) -> Any:
            # PUT may replace the whole object, so unchanged fields are sent as well.
            current = await self.read(client, target)
            fields = {name: current.get(name) for name in self.fields} | self.checked(target.data["fields"])
            body = {name: value for name, value in fields.items() if value is not None}
            path = self._path(target)
            return self._unwrap(await client.call(self.operations.update, path=path, body=body, permit=permit))

        async def assess(client: Client, targets: Sequence[Target]) -> Impact:
            (target,) = targets
            return await self._assess(with_fields(self.checked(target.data["fields"])))(client, targets)

        return WriteAction(
            *self._name_fields("update", "Edit"),
            self.operations.update,
            call,
            reread=self.read,
            assess_impact=assess,
            before=self.before,
            after=self._after,
        )

    def delete(self) -> WriteAction:
        """Return the action that deletes a row."""

        async def call(client: Client, target: Target, permit: WritePermit) -> None:
            await client.call(self.operations.delete, path=self._path(target), permit=permit)

        return WriteAction(
            *self._name_fields("delete", "Delete"),
            self.operations.delete,
            call,
            effect=Effect.DESTRUCTIVE,
            warning=self.deletion_warning,
            assess_impact=self._assess(deleted),
            before=self.before_deletion or self.before,
        )

    def set_enabled(self, on: bool) -> WriteAction:
        """Return the action that enables or disables a row."""
        operation = self.operations.enable if on else self.operations.disable

        async def call(client: Client, target: Target, permit: WritePermit) -> Any:
            return self._unwrap(await client.call(operation, path=self._path(target), permit=permit))

        return WriteAction(
            *self._name_fields("enable", "Enable") if on else self._name_fields("disable", "Disable"),
            operation,
            call,
            reread=self.read,
            assess_impact=self._assess(with_enabled(on)),
            before=self.before,
            after=self._after,
        )
