"""What can be done to an access list itself. Each action finds out first what it does to people."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from dyntui.core.errors import Usage
from dyntui.services.access.state import Change, Kind, Row, name_of, role_of
from dyntui.services.access.weighing import deleted, entry_count, switched, updated, weigh_change
from dyntui.services.writes import Effect, Target, WriteAction

if TYPE_CHECKING:
    from dyntui.api.client import Client, Permit
    from dyntui.services.writes import Weight

__all__ = ["CREATE_LIST", "DELETE_LIST", "OUTCOMES", "UPDATE_LIST", "checked_fields", "list_target", "switch_list"]
__all__ += ["with_counts"]

OUTCOMES: Mapping[str, str] = {
    "siteAccess": "only who is on it may sign in",
    "scope": "who is on it gets a scope",
    "block": "who is on it is kept out",
}
"""Every outcome the API names, and what it means."""

_LONGEST = 255


def checked_fields(fields: Mapping[str, Any], *, kind: Kind = Kind.LIST) -> dict[str, Any]:
    """Name, outcome, scope (and rules of a gate), as the API takes them. Raises Usage."""
    known = ("name", "outcome", "scope") + (("rules",) if kind is Kind.GATE else ())
    if wrong := [name for name in fields if name not in known]:
        raise Usage(f"The {kind} has no {', '.join(wrong)} that can be set.", hint=f"It has: {', '.join(known)}.")
    if (outcome := fields.get("outcome")) is not None and outcome not in OUTCOMES:
        raise Usage(f"{outcome!r} is no outcome.", hint=f"There are: {', '.join(OUTCOMES)}.")
    for name in ("name", "scope"):
        text = fields.get(name)
        if text is not None and len(str(text)) > _LONGEST:
            raise Usage(f"The {name} may have {_LONGEST} characters; this one has {len(str(text)):,}.")
    if "name" in fields and not str(fields["name"] or "").strip():
        raise Usage(f"The {kind} needs a name.")
    return dict(fields)


def list_target(row: Row, **data: Any) -> Target:
    """A list as the target of an action."""
    return Target(str(row.get("id", "")), name_of(row), data)


def _bare(document: Any) -> Any:
    return document.get("allowlist", document) if isinstance(document, dict) else document


def _kept(document: Any) -> Any:
    """What the audit keeps of a list."""
    names = ("id", "name", "outcome", "scope", "enabledAt", "entries")
    return {name: document.get(name) for name in names if name in document} if isinstance(document, dict) else document


async def _read(client: Client, target: Target) -> Any:
    return _bare(await client.call("getAllowlistsById", path={"allowlistId": target.id}))


async def _before(client: Client, target: Target) -> Any:
    return _kept(await _read(client, target))


def _after(target: Target, value: Any) -> Any:
    return _kept(value)


def _weigh(change: Change) -> Any:
    async def weigh(client: Client, targets: Sequence[Target]) -> Weight:
        return await weigh_change(client, Kind.LIST, [target.id for target in targets], change)

    return weigh


async def _create(client: Client, target: Target, permit: Permit) -> Any:
    fields = checked_fields(target.data["fields"])
    body = {name: value for name, value in fields.items() if value not in (None, "")}
    return _bare(await client.call("createAllowlistByEnvironmentId", body=body, permit=permit))


async def _update(client: Client, target: Target, permit: Permit) -> Any:
    # PUT may replace the whole: so what stays is sent as well.
    now = await _read(client, target)
    fields = {name: now.get(name) for name in ("name", "outcome", "scope")} | checked_fields(target.data["fields"])
    body = {name: value for name, value in fields.items() if value is not None}
    path = {"allowlistId": target.id}
    return _bare(await client.call("updateAllowlistById", path=path, body=body, permit=permit))


async def _delete(client: Client, target: Target, permit: Permit) -> None:
    await client.call("deleteAllowlistById", path={"allowlistId": target.id}, permit=permit)


async def _before_deletion(client: Client, target: Target) -> Any:
    return {**_kept(await _read(client, target)), "entries": await entry_count(client, target.id)}


async def _weigh_update(client: Client, targets: Sequence[Target]) -> Weight:
    (target,) = targets
    fields = checked_fields(target.data["fields"])
    return await weigh_change(client, Kind.LIST, [target.id], updated(fields))


CREATE_LIST = WriteAction(
    "allowlist.create",
    "Create",
    "allowlist",
    "createAllowlistByEnvironmentId",
    _create,
    warning="It is off until it is enabled.",
    after=_after,
)
UPDATE_LIST = WriteAction(
    "allowlist.update",
    "Change",
    "allowlist",
    "updateAllowlistById",
    _update,
    reread=_read,
    weigh=_weigh_update,
    before=_before,
    after=_after,
)
DELETE_LIST = WriteAction(
    "allowlist.delete",
    "Delete",
    "allowlist",
    "deleteAllowlistById",
    _delete,
    effect=Effect.DESTRUCTIVE,
    warning="Its entries go with it, and none of it can be brought back. Export it first.",
    weigh=_weigh(deleted),
    before=_before_deletion,
)


def switch_list(on: bool) -> WriteAction:
    """Enable or disable a list."""
    operation = "enableAllowlistById" if on else "disableAllowlistById"

    async def call(client: Client, target: Target, permit: Permit) -> Any:
        return _bare(await client.call(operation, path={"allowlistId": target.id}, permit=permit))

    return WriteAction(
        "allowlist.enable" if on else "allowlist.disable",
        "Enable" if on else "Disable",
        "allowlist",
        operation,
        call,
        reread=_read,
        weigh=_weigh(switched(on)),
        before=_before,
        after=_after,
    )


async def with_counts(client: Client, lists: Sequence[Row]) -> list[dict[str, Any]]:
    """Lists with their number of entries under `entries`; None where the server does not say, or refuses."""
    import asyncio

    from dyntui.api.errors import ApiError, Unauthorized

    turn = asyncio.Semaphore(4)

    async def one(row: Row) -> dict[str, Any]:
        async with turn:
            try:
                count = await entry_count(client, str(row.get("id")))
            except Unauthorized:
                raise
            except ApiError:
                count = None
        return {**row, "entries": count, "role": role_of(row).value}

    return list(await asyncio.gather(*(one(row) for row in lists)))
