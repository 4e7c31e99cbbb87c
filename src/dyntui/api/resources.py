"""The typed face of the API: each resource of the client reads the objects of one kind as models. Lists are documents.

Writes are calls of operations of the catalog with a permit.
"""

from __future__ import annotations

import asyncio
import importlib
from collections.abc import Mapping
from typing import TYPE_CHECKING, Generic, Protocol, TypeVar

from dyntui.api.pagination import MAX_LIMIT, RowPage
from dyntui.core.json_types import Json, Row, as_object

if TYPE_CHECKING:
    from dyntui.api.catalog import Catalog
    from dyntui.api.models.common import Model

__all__ = ["AllowlistsResource", "ApiResource", "Reader", "UsersResource"]

M = TypeVar("M", bound="Model")


class Reader(Protocol):
    """The parts of the client that the resources use."""

    catalog: Catalog

    async def call(self, operation_id: str, *, path: Mapping[str, object] | None = None) -> Json:
        """Call an operation of the catalog."""

    async def page(
        self, operation_id: str, items: str, *, path: Mapping[str, object] | None = None, **query: object
    ) -> RowPage:
        """Read one page of a list."""


class ApiResource(Generic[M]):
    """The objects of one kind."""

    def __init__(self, client: Reader, model: str, operation_id: str) -> None:
        """model: the name of the class in `dyntui.api.models`. operation_id: the operation that reads one object."""
        self._client = client
        self._name = model
        self._operation_id = operation_id

    def model(self) -> type[M]:
        """Return the model. The first call loads pydantic, which takes some tenths of a second."""
        found: type[M] = getattr(importlib.import_module("dyntui.api.models"), self._name)
        return found

    async def get(self, object_id: str) -> M:
        """Read one object. Raises NotFound."""
        row = await self.get_raw(object_id)
        # In a thread, because the console would stop while pydantic is loaded.
        return (await asyncio.to_thread(self.model)).of(row)

    async def get_raw(self, object_id: str) -> Row:
        """Read one object as the server sent it, without the object around it, such as `user`. Raises NotFound."""
        parameter = self._client.catalog.get(self._operation_id).path_names[-1]
        document = as_object(await self._client.call(self._operation_id, path={parameter: object_id}))
        return as_object(document.get(self._name.lower(), document))


class UsersResource(ApiResource[M]):
    """The users of the environment."""

    async def list(self, *, limit: int = MAX_LIMIT, **query: object) -> RowPage:
        """Read a page of users. query: parameters of the list operation; those that are None are not sent."""
        return await self._client.page("getEnvironmentUsers", "users", path=None, limit=limit, **query)


class AllowlistsResource(ApiResource[M]):
    """Allowlists and their entries."""

    async def entries(self, allowlist_id: str, *, limit: int = MAX_LIMIT, **query: object) -> RowPage:
        """Read a page of entries. query: `offset`, `orderBy`, and `query` for the search of the server."""
        path = {"allowlistId": allowlist_id}
        return await self._client.page("getEntriesByAllowlistId", "entries", path=path, limit=limit, **query)
