"""Read from the server for imports and exports: a reader function, retries, and complete lists page by page."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping
from contextlib import aclosing
from typing import TYPE_CHECKING, TypeVar

from dyntui.core.json_types import Row
from dyntui.services.bulk import BulkRun
from dyntui.services.imports.destination import ServerReader
from dyntui.services.imports.server_clock import ServerClock, steady_ms
from dyntui.services.lists.page_scan import scan_by_offset

if TYPE_CHECKING:
    from dyntui.api.client import Client
    from dyntui.api.pagination import RowPage

__all__ = ["make_reader", "read_pages", "with_retries"]

T = TypeVar("T")


async def with_retries(client: Client, read: Callable[[], Awaitable[T]]) -> T:
    """Call `read` until it succeeds, with growing delays while the server fails.

    Raises NotSent at once when the server cannot be reached, other problems when they do not pass. Long waits are
    shown in the request log.
    """
    from dyntui.api.errors import ApiProblem, NotSent
    from dyntui.services.imports.backoff import Backoff

    backoff = Backoff()
    while True:
        try:
            return await read()
        except NotSent:
            raise
        except ApiProblem as problem:
            delay = backoff.next_delay() if problem.is_temporary else None
            if delay is None:
                raise
        with client.log.waits.known("a server that fails", delay):
            await asyncio.sleep(delay)


class ClientReader:
    """Reads with a client; a `ServerReader`."""

    def __init__(self, client: Client, clock: ServerClock | None, *, patient: bool) -> None:
        self._client = client
        self._clock = clock
        self._patient = patient

    async def __call__(
        self, operation: str, *, path: Mapping[str, object] | None = None, query: Mapping[str, object] | None = None
    ) -> object:
        """Send a read operation and return its decoded response."""
        from dyntui.api.client import decode

        async def read() -> object:
            sent = steady_ms()
            response = await self._client.send(self._client.catalog.get(operation), path=path, query=query)
            if self._clock is not None:
                self._clock.observe_headers(sent, steady_ms(), response.headers)
            return decode(response)

        return await (with_retries(self._client, read) if self._patient else read())

    def open_run(self, operation: str) -> BulkRun:
        """Open a run for several requests of an operation."""
        return BulkRun(self._client, operation)


def make_reader(client: Client, clock: ServerClock | None = None, *, patient: bool = False) -> ServerReader:
    """Return a reader that uses `client` and gives `clock` the time of each response. patient: retry as in
    `with_retries`.
    """
    return ClientReader(client, clock, patient=patient)


async def read_pages(
    read_server: ServerReader,
    operation: str,
    items: str,
    *,
    order: str = "",
    path: Mapping[str, object] | None = None,
    query: Mapping[str, object] | None = None,
    max_rows: int | None = None,
) -> AsyncGenerator[list[Row], None]:
    """Yield the pages of a list by offset, each with the rows that were not on a page before (`scan_by_offset`).

    items: the name of the rows in the response. max_rows: stop after this number of rows.
    """
    from dyntui.api.pagination import page_from

    async def read(offset: int, limit: int) -> RowPage:
        sent_query = {**(query or {}), "offset": offset, "limit": limit, **({"orderBy": order} if order else {})}
        return page_from(await read_server(operation, path=path, query=sent_query), items)

    async with aclosing(scan_by_offset(read_server.open_run(operation), read, max_rows=max_rows)) as pages:
        async for page in pages:
            yield list(page.rows)
