"""Read from the server for imports and exports: a reader function, retries, and complete lists page by page."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from typing import TYPE_CHECKING, TypeVar

from dyntui.core.errors import DyntuiError
from dyntui.core.json_types import as_objects
from dyntui.services.imports.destination import ServerReader
from dyntui.services.imports.server_clock import ServerClock, steady_ms

if TYPE_CHECKING:
    from dyntui.api.client import Client

__all__ = ["make_reader", "read_pages", "with_retries"]

T = TypeVar("T")

_PAGE = 100
_MOST_REWINDS = 1000


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


def make_reader(client: Client, clock: ServerClock | None = None, *, patient: bool = False) -> ServerReader:
    """Return a reader that uses `client` and gives `clock` the time of each response. patient: retry as in
    `with_retries`.
    """
    from dyntui.api.client import decode

    async def read_server(
        operation: str, *, path: Mapping[str, object] | None = None, query: Mapping[str, object] | None = None
    ) -> object:
        async def read() -> object:
            sent = steady_ms()
            response = await client.send(client.catalog.get(operation), path=path, query=query)
            if clock is not None:
                clock.observe_headers(sent, steady_ms(), response.headers)
            return decode(response)

        return await (with_retries(client, read) if patient else read())

    return read_server


async def read_pages(
    read_server: ServerReader,
    operation: str,
    items: str,
    *,
    order: str = "",
    path: Mapping[str, object] | None = None,
    query: Mapping[str, object] | None = None,
) -> AsyncIterator[list[Mapping[str, object]]]:
    """Iterate over every page of a list by offset; some rows come twice.

    Each page starts with the last row of the one before. When that row is missing, rows were deleted meanwhile, and
    half a page is read again.
    """
    from dyntui.api.pagination import PageCheck

    offset, last, rewinds = 0, "", 0
    check = PageCheck()
    while True:
        start = max(0, offset - 1)
        sent_query = {**(query or {}), "offset": start, "limit": _PAGE, **({"orderBy": order} if order else {})}
        response = await read_server(operation, path=path, query=sent_query)
        rows = as_objects(response.get(items) if isinstance(response, Mapping) else response)
        check.offset(start, rows)
        if last and start and all(row.get("id") != last for row in rows):
            rewinds += 1
            if rewinds > _MOST_REWINDS:
                raise DyntuiError("The list changes faster than it can be read.", hint="Try again later.")
            offset, last = max(0, start - _PAGE // 2), ""
            check.restart()
            continue
        yield rows
        if len(rows) < _PAGE:
            return
        last = str(rows[-1].get("id", ""))
        offset = start + len(rows)
