"""Reachability: which lists a token may read, and the reasons for the others. Each list is probed one time."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

from dyntui.core.errors import DyntuiError, UsageError
from dyntui.resources.resource import Paging, Resource, Scope
from dyntui.services.actions.resource_actions import resolve_parent
from dyntui.services.bulk import BulkRun
from dyntui.services.lists.list_source import ListQuery, make_fetch

if TYPE_CHECKING:
    from dyntui.api.client import Client

__all__ = ["Reachability", "reachability_of"]


class Reachability:
    """The reachability of lists for one token, by the name of the record."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._reasons: dict[str, str | None] = {}
        """Why each probed list cannot be read, by the name of its record; None when it can."""

    def is_known(self, record: Resource) -> bool:
        """Return whether the list was probed."""
        return record.name in self._reasons

    def reason(self, record: Resource) -> str | None:
        """Return why the list cannot be read; None when it can, or when it was not probed."""
        return self._reasons.get(record.name)

    def forget(self) -> None:
        """Forget all results, because the scopes of the token may have changed."""
        self._reasons.clear()

    def record(self, record: Resource, error: DyntuiError | None) -> None:
        """Record that a list was read or refused."""
        if error is None or _refusal(error) is not None:
            self._reasons[record.name] = None if error is None else _refusal(error)

    async def probe(self, records: Iterable[Resource]) -> None:
        """Probe each list that was not probed and needs no parent."""
        unknown = [record for record in records if not self.is_known(record) and record.scope != Scope.PARENT]
        async for _ in BulkRun(self._client, "getEnvironmentUsers").in_order(unknown, self._probe):
            pass

    async def _probe(self, record: Resource) -> None:
        try:
            parent = await resolve_parent(self._client, record)
            limit = 1 if record.list.paging is Paging.OFFSET else 100
            await make_fetch(self._client, record, parent)(ListQuery(order=record.list.order), 0, limit, None)
        except DyntuiError as error:
            self.record(record, error)
        else:
            self.record(record, None)


def _refusal(error: DyntuiError) -> str | None:
    """Return why a list is unreachable; None for a temporary error."""
    from dyntui.api.errors import ApiError, Forbidden, NotFound, Unauthorized

    match error:
        case Forbidden() | Unauthorized():
            return f"not allowed: {error.message}"
        case NotFound():
            return f"not available: {error.message}"
        case ApiError(status=501):
            return f"not available: {error.message}"
        case UsageError():
            return f"{error.message}"
    return None


_reachabilities: WeakKeyDictionary[Client, Reachability] = WeakKeyDictionary()


def reachability_of(client: Client) -> Reachability:
    if client not in _reachabilities:
        _reachabilities[client] = Reachability(client)
    return _reachabilities[client]
