"""Parse the rows of list responses: an array, one object, objects by name, or one request per value."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import TYPE_CHECKING

from dyntui.core.json_types import as_object
from dyntui.core.times import now
from dyntui.resources.cell_formats import get_path
from dyntui.resources.resource import ListOperation, Paging, Shape

if TYPE_CHECKING:
    from dyntui.api.client import Client
    from dyntui.api.pagination import RowPage

__all__ = ["parse_rows", "read_page"]

_DEFAULT_RANGE = timedelta(days=30)
"""The date range of lists that need one."""


def parse_rows(listing: ListOperation, document: object) -> RowPage:
    """Return the page in a response. Raises BadPage when it does not have the shape of the list operation."""
    from dyntui.api.errors import BadPage
    from dyntui.api.pagination import RowPage, only_list, page_from

    inner = get_path(document, listing.items) if "." in listing.items else document
    inner = [] if inner is None and document is not None else inner
    match listing.shape:
        case Shape.ROWS:
            if _is_without_list(listing, inner):
                return RowPage([], total=0)
            page = page_from(inner, "" if inner is not document else listing.items)
            if listing.paging is Paging.OFFSET and isinstance(inner, list):
                # A bare array does not contain the total.
                page = RowPage(page.rows, total=None)
            return _unwrapped(listing, page)
        case Shape.ONE:
            row = get_path(document, listing.items) if listing.items else document
            rows = [row] if isinstance(row, dict) and row else []
            return RowPage(rows, total=len(rows))
        case Shape.NAMED:
            objects = get_path(document, listing.items) if listing.items else document
            if document == {} or (objects is None and listing.items in as_object(document)):
                return RowPage([], total=0)
            if isinstance(objects, Mapping):
                rows = [{"name": str(name), **part} for name, part in objects.items() if isinstance(part, Mapping)]
                return RowPage(rows, total=len(rows))
        case Shape.VALUES:
            values = [] if document == {} else only_list(document)
            if values is not None:
                return RowPage([{"value": value} for value in values], total=len(values))
    raise BadPage("The response does not have the expected form.", hint="Check that the base URL is that of the API.")


def _is_without_list(listing: ListOperation, document: object) -> bool:
    """Return whether a response is as documented, but without its list, which is optional."""
    from dyntui.api.catalog import catalog
    from dyntui.api.pagination import only_list

    if not isinstance(document, Mapping) or listing.items in document or only_list(document) is not None:
        return False
    schema = catalog().resolve(catalog().get(listing.operation).response or {})
    documented = schema.get("properties", {})
    return (
        listing.items in documented
        and listing.items not in schema.get("required", ())
        and not (document.keys().isdisjoint(documented))
    )


def _unwrapped(listing: ListOperation, page: RowPage) -> RowPage:
    if not listing.wrapper:
        return page
    from dyntui.api.pagination import RowPage

    rows = [row.get(listing.wrapper) for row in page.rows]
    return RowPage([row for row in rows if isinstance(row, dict)], total=page.total, cursor=page.cursor)


async def read_page(
    client: Client, listing: ListOperation, *, path: Mapping[str, object] | None = None, query: Mapping[str, object]
) -> RowPage:
    if listing.operation == "getUserSessions":
        from dyntui.api.pagination import RowPage
        from dyntui.services.lists.session_rows import read_sessions

        found = await read_sessions(client, str((path or {})["userId"]))
        return RowPage(found, total=len(found))
    if listing.operation == "getUserAccountBalances":
        from dyntui.api.pagination import RowPage
        from dyntui.services.lists.balance_rows import read_balances

        found = await read_balances(client, str((path or {})["userId"]))
        return RowPage(found, total=len(found))
    parameters = {name: value for name, value in query.items() if value is not None}
    if listing.needs_date_range:
        end = now()
        parameters = {"start": f"{end - _DEFAULT_RANGE:%Y-%m-%d}", "end": f"{end:%Y-%m-%d}", **parameters}
    name, values = listing.per_value
    if not name:
        return await _read(client, listing, dict(path or {}), parameters)
    from dyntui.api.pagination import RowPage

    more = await _further_chains(client, values) if name == "chainName" else ()
    pages = await asyncio.gather(
        *(_read(client, listing, {**(path or {}), name: value}, parameters) for value in values),
        *(_read_if_known(client, listing, {**(path or {}), name: value}, parameters) for value in more),
    )
    rows = [{name: value, **row} for value, page in zip((*values, *more), pages, strict=True) for row in page.rows]
    return RowPage(rows, total=len(rows))


async def _further_chains(client: Client, known: Sequence[str]) -> list[str]:
    """Return the enabled chains of the environment that are not in `known`; [] when its settings cannot be read."""
    from dyntui.api.errors import ApiError
    from dyntui.services.lists.balance_rows import environment_chains

    try:
        return [chain for chain in await environment_chains(client) if chain not in known]
    except ApiError:
        return []


async def _read_if_known(
    client: Client, listing: ListOperation, path: dict[str, object], query: Mapping[str, object]
) -> RowPage:
    """Return the page of a value that this version does not know; an empty one when the server refuses the value."""
    from dyntui.api.errors import BadRequest, Invalid, NotFound
    from dyntui.api.pagination import RowPage

    try:
        return await _read(client, listing, path, query)
    except (BadRequest, NotFound, Invalid):
        return RowPage([], total=0)


async def _read(
    client: Client, listing: ListOperation, path: dict[str, object], query: Mapping[str, object]
) -> RowPage:
    from dyntui.api.errors import NotFound
    from dyntui.api.pagination import RowPage

    try:
        return parse_rows(listing, await client.call(listing.operation, path=path, query=query))
    except NotFound:
        if listing.missing_is_empty:
            return RowPage([], total=0)
        raise
