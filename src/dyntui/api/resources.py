"""The typed face of the API: each resource of the client reads pages and objects of one kind as models.

Writes are calls of operations of the catalog with a permit.
"""

from __future__ import annotations

import asyncio
import importlib
from collections.abc import Mapping
from typing import TYPE_CHECKING, Generic, Protocol, TypeVar

from dyntui.api.pagination import MAX_LIMIT, Page, RowPage
from dyntui.core.json_types import Json, Row, as_object

if TYPE_CHECKING:
    from dyntui.api.catalog import Catalog
    from dyntui.api.models.common import Model

__all__ = ["AllowlistsResource", "ApiResource", "Reader"]

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

    def __init__(self, client: Reader, model: str, page: tuple[str, str], one: str, limit: int | None = None) -> None:
        """model: the name of the class in `dyntui.api.models`. one: the operation that reads one object.

        page: the list operation, and the name of the rows in its response ("" for a bare array).
        limit: the default number of rows of a page; None for the default of the server.
        """
        self._client = client
        self._name = model
        self._page = page
        self._one = one
        self._limit = limit

    def model(self) -> type[M]:
        """Return the model. The first call loads pydantic, which takes some tenths of a second."""
        found: type[M] = getattr(importlib.import_module("dyntui.api.models"), self._name)
        return found

    async def list(self, **query: object) -> Page[M]:
        """Read a page. query: parameters of the list operation; those that are None are not sent."""
        if self._limit is not None:
            query = {"limit": self._limit, **query}
        operation, items = self._page
        page = await self._client.page(operation, items, path=None, **query)
        return Page(page.rows, page.total, page.cursor, model=self.model)

    async def get(self, object_id: str) -> M:
        """Read one object. Raises NotFound."""
        row = await self.get_raw(object_id)
        # In a thread, because the console would stop while pydantic is loaded.
        return (await asyncio.to_thread(self.model)).of(row)

    async def get_raw(self, object_id: str) -> Row:
        """Read one object as the server sent it, without the object around it, such as `user`. Raises NotFound."""
        parameter = self._client.catalog.get(self._one).path_names[-1]
        document = as_object(await self._client.call(self._one, path={parameter: object_id}))
        return as_object(document.get(self._name.lower(), document))


class AllowlistsResource(ApiResource[M]):
    """Allowlists and their entries."""

    async def entries(self, allowlist_id: str, *, limit: int = MAX_LIMIT, **query: object) -> RowPage:
        """Read a page of entries. query: `offset`, `orderBy`, and `query` for the search of the server."""
        path = {"allowlistId": allowlist_id}
        return await self._client.page("getEntriesByAllowlistId", "entries", path=path, limit=limit, **query)
