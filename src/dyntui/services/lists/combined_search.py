"""Filters that the server cannot apply in one request: full names, the wallets with an address, fields of a whole list.

`list_source` asks here before it sends a filter; `Filter` of a resource record declares which of them a list has.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from contextlib import aclosing
from dataclasses import replace

from dyntui.core.json_types import Row
from dyntui.resources.filters import name_words
from dyntui.resources.resource import Resource
from dyntui.services.lists.list_query import ListQuery
from dyntui.services.lists.row_match import Match, RowFilter

__all__ = ["CombinedSearch"]


class CombinedSearch:
    """Finds the rows of a list that match a filter with several requests."""

    def __init__(
        self,
        resource: Resource,
        scan_server: Callable[[ListQuery], AsyncGenerator[Row, None]],
        count_server: Callable[[ListQuery], Awaitable[int | None]],
        find_wallets: Callable[[str], Awaitable[list[Row]]],
    ) -> None:
        """scan_server: yields all rows that the server finds. count_server: returns their number, None if unknown.

        find_wallets: returns the wallets with an address.
        """
        self._resource = resource
        self._scan_server = scan_server
        self._count_server = count_server
        self._find_wallets = find_wallets

    async def find(self, query: ListQuery) -> list[Row] | None:
        """Return the rows that match the filter; None when the server finds all of them with the filter itself."""
        spec = self._resource.filter
        if spec is None:
            return None
        text = query.filter.get(spec.key or spec.parameter, "")
        if spec.searched_locally:
            row_filter = RowFilter(text, Match.CONTAINS, spec.searched_locally)
            return [row async for row in self._scan_server(replace(query, filter={})) if row_filter.fits(row)]
        if spec.owner_column:
            return await self._find_wallets(text)
        if words := name_words(spec, query.filter):
            return await self._find_by_full_name(query, words)
        return None

    async def _find_by_full_name(self, query: ListQuery, words: Sequence[str]) -> list[Row] | None:
        """Return the users whose full name has these words, with those whom the server finds for the whole text.

        None when no full name has them.
        """
        spec = self._resource.filter
        assert spec is not None
        splits = [(" ".join(words[:at]), " ".join(words[at:])) for at in range(1, len(words))]
        found: dict[object, Row] = {}
        for parts in splits:
            async with aclosing(self._scan_rarest(query, parts)) as rows:
                async for row in rows:
                    if all(_contains(row, name, part) for name, part in zip(spec.name_columns, parts, strict=True)):
                        found[row.get(self._resource.key)] = row
        if not found:
            return None
        async with aclosing(self._scan_server(query)) as rows:
            found |= {row.get(self._resource.key): row async for row in rows}
        return _in_order([*found.values()], query.order)

    async def _scan_rarest(self, query: ListQuery, parts: Sequence[str]) -> AsyncGenerator[Row, None]:
        """Yield the rows with one of the parts of a name: the part that the fewest rows have."""
        spec = self._resource.filter
        assert spec is not None
        queries = [
            replace(query, filter={**query.filter, spec.column_key: column, spec.key: part})
            for column, part in zip(spec.name_columns, parts, strict=True)
        ]
        counts = await asyncio.gather(*(self._count_server(each) for each in queries))
        known = [(count, index) for index, count in enumerate(counts) if count is not None]
        if known and min(known)[0] == 0:
            return
        async with aclosing(self._scan_server(queries[min(known)[1] if known else -1])) as rows:
            async for row in rows:
                yield row


def _contains(row: Row, name: str, text: str) -> bool:
    return text.casefold() in str(row.get(name) or "").casefold()


def _in_order(rows: list[Row], order: str) -> list[Row]:
    """Sort rows as the server does: by the text of one field, without regard to case."""
    name, _, direction = order.rpartition("-")
    return sorted(rows, key=lambda row: str(row.get(name) or "").casefold(), reverse=direction == "desc")
